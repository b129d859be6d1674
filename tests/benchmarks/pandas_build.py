"""What one writes without this project: the events of the JSON file as a Parquet file, nothing checked."""

import json
import sys
from pathlib import Path

import pandas as pd

source, target = map(Path, sys.argv[1:])
with source.open() as file:
    videos = json.load(file)
rows = [
    (video_id, index, e["action"], e["agent"], int(e["frameNumber"]), int(e["pointX"]), int(e["pointY"]))
    for video_id, events in videos.items()
    for index, e in enumerate(events)
]
columns = ["video_id", "event_index", "action", "agent", "frame_number", "point_x", "point_y"]
pd.DataFrame(rows, columns=columns).to_parquet(target)
