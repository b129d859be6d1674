"""Clips for training loops: windows of frames with their targets, determined only by seed and epoch."""
