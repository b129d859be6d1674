"""Average precision at 0, 1, 2 and 4 frames, as plain Python: `plain_evaluate.py PREDICTIONS.jsonl WAREHOUSE`."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

import etl

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from plain import average_precision


def main() -> None:
    """Print the APs."""
    with Path(sys.argv[1]).open() as file:
        predictions = [json.loads(line) for line in file]
    with etl.open_warehouse(sys.argv[2]) as warehouse:
        rows = warehouse.query(
            "select action, video_id, frame_number from events inner join splits using (video_id) "
            "inner join videos using (video_id) where split = 'test' order by videos.rowid, event_index"
        ).fetchall()
    for action in ("contact", "release"):
        truth = defaultdict(list)
        for kind, video, frame in rows:
            if kind == action:
                truth[video].append(frame)
        ranked = [(p["video_id"], p["frame"], p["score"]) for p in predictions if p["action"] == action]
        for tolerance in (0, 1, 2, 4):
            print(action, tolerance, average_precision(ranked, truth, tolerance))


if __name__ == "__main__":
    main()
