"""Labels that deserve a second look: the evidence against each, from other labels, from predictions, in pictures."""
