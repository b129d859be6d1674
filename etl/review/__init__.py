"""Labels that deserve a second look: what speaks against each, by the labels, by predictions, and in pictures."""
