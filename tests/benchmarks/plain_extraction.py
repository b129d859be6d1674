"""The publisher's procedure as a plain script, to compare with: plain_extraction.py VIDEOS FRAMES."""

import sys
from pathlib import Path

import cv2

videos, frames = map(Path, sys.argv[1:])
for video in sorted(videos.iterdir()):
    folder = frames / video.stem
    folder.mkdir(parents=True)
    capture = cv2.VideoCapture(str(video))
    number = 0
    while True:
        is_sound, picture = capture.read()
        if not is_sound:
            break
        cv2.imwrite(str(folder / f"frame_{number:05d}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
        number += 1
