"""Score predicted events against the annotated ones: when and where, with ceilings and floors; docs/evaluation.md."""
