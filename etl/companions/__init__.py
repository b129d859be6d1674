"""What users have beside the annotations: SSv2's own label files, and the Something-Else boxes.

Both are read as strictly as the five annotation files: every fault with its place, all of them at once.
"""
