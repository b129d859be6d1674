"""Decode one video and tell the truth about it."""
