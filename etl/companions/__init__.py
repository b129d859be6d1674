"""What users have besides the annotations: SSv2's own label files, and the Something-Else boxes.

Both are read as strictly as the five annotation files: all faults are reported at once, each with its place.
"""
