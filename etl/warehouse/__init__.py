"""The read side: open a warehouse, select its events, check it."""
