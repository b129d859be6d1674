"""Open images with their points in FiftyOne's app, for `browse.py`: run by the Python of FiftyOne's own environment.

    python fiftyone_app.py IMAGES PORT

IMAGES is a folder with `labels.json`: file name → list of [action, x, y], x and y from 0 to 1. Prints `made SECONDS`
when the dataset is there, then `address ADDRESS` when the app serves it, and waits to be ended.
"""

import json
import sys
import time
from pathlib import Path


def main() -> None:
    """Make the dataset, and serve it."""
    import fiftyone

    begin = time.perf_counter()
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    dataset = fiftyone.Dataset("browse-benchmark", overwrite=True)
    samples = []
    for name, events in json.loads((folder / "labels.json").read_text()).items():
        points = [fiftyone.Keypoint(label=action, points=[(x, y)]) for action, x, y in events]
        samples.append(fiftyone.Sample(filepath=str(folder / name), events=fiftyone.Keypoints(keypoints=points)))
    dataset.add_samples(samples, progress=False)
    print("made", time.perf_counter() - begin, flush=True)
    session = fiftyone.launch_app(dataset, port=port, address="127.0.0.1", auto=False)
    print("address", f"http://127.0.0.1:{port}/datasets/{dataset.name}", flush=True)
    session.wait(-1)


if __name__ == "__main__":
    main()
