"""Clips for training loops: windows of frames with their targets, decided only by seed and epoch."""
