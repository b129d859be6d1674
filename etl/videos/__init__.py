"""Decode one video, and report every fault in it."""
