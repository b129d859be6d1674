"""Clips for training loops: windows of frames with their targets, decided by seed and epoch alone."""
