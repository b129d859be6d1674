"""The publisher's procedure as a plain script, to compare with: plain_extraction.py VIDEOS FRAMES [SHARE [ANNOTATED]].

SHARE, such as 1/2, is which part of the videos to take; ANNOTATED a JSON file of the frame numbers of each video, of
which alone pictures are made and written, and no frame is read past the last.
"""

import json
import sys
from pathlib import Path

import cv2

videos, frames = map(Path, sys.argv[1:3])
share, shares = map(int, sys.argv[3].split("/")) if len(sys.argv) > 3 else (1, 1)
annotated = json.loads(Path(sys.argv[4]).read_text()) if len(sys.argv) > 4 else None
for video in sorted(videos.iterdir())[share - 1 :: shares]:
    folder = frames / video.stem
    folder.mkdir(parents=True)
    capture = cv2.VideoCapture(str(video))
    wanted = annotated[video.stem] if annotated is not None else None
    number = 0
    while (wanted is None or number <= max(wanted)) and capture.grab():
        if wanted is None or number in wanted:
            _, picture = capture.retrieve()
            cv2.imwrite(str(folder / f"frame_{number:05d}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
        number += 1
