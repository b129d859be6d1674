"""The dataset itself: the released files, the paper's clips, the synthetic sample, provenance and licence."""
