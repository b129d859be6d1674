"""Kill `contact-release browse` between a click and its answer: what it had confirmed must be on the disk."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from etl.browse.guard import cookie_name
from etl.corrections.log import read_decisions
from etl.dataset.sample import sample_videos

VIDEO = sample_videos()[0]
LABEL = {name: getattr(VIDEO.events[0], name) for name in ("action", "agent", "frame_number", "point_x", "point_y")}
EVENT: dict[str, Any] = {
    "video_id": VIDEO.video_id,
    "event_index": 0,
    "frame_number": VIDEO.events[0].frame_number,
    "label": LABEL,
}
MOST_S = 0.25


def kill_between_click_and_answer(warehouse: Path, folder: Path, times: int, seed: int = 0) -> int:
    """Start the server so many times on one corrections file, decide without pause, and kill it at a random moment.

    Returns how many decisions were confirmed; every one of them is on the disk, in its order, and at most one more for
    each kill, which was written and not yet confirmed. Raises AssertionError where that is not so.
    """
    dice = random.Random(seed)
    log = folder / "corrections.jsonl"
    confirmed: list[int] = []
    frame = EVENT["frame_number"]
    for kill in range(times):
        command = [sys.executable, "-m", "etl", "browse", "--no-open", "--quiet", "--port", "18760"]
        command += ["--warehouse", str(warehouse), "--corrections", str(log)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            address = urlsplit(server.stdout.readline().strip())
            decide(address, frame, confirmed)  # it answers
            frame = confirmed[-1]
            timer = threading.Timer(dice.uniform(0, MOST_S), server.send_signal, [signal.SIGKILL])
            timer.start()
            begin = time.monotonic()
            while decide(address, frame, confirmed):
                frame = confirmed[-1]
                assert time.monotonic() - begin < 60
            timer.join()
        written = [decision.after.frame_number for decision in read_decisions(log) if decision.after]
        assert [one for one in written if one in set(confirmed)] == confirmed
        assert len(written) <= len(confirmed) + kill + 1
        frame = written[-1]
    return len(confirmed)


def decide(address: Any, frame: int, confirmed: list[int]) -> bool:
    """Move the event one frame on; note it when the server confirms it. Tell whether there was an answer."""
    token = parse_qs(address.query)["token"][0]
    body = json.dumps(
        {
            "video_id": EVENT["video_id"],
            "event_index": EVENT["event_index"],
            "op": "move",
            "before": LABEL | {"frame_number": frame},
            "after": LABEL | {"frame_number": frame + 1},
        }
    )
    headers = {
        "Cookie": f"{cookie_name(address.netloc)}={token}",
        "Origin": f"http://{address.netloc}",
        "Content-Type": "application/json",
    }
    connection = HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.request("POST", "/api/decide", body, headers)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    assert answer.status == 200, content
    confirmed.append(frame + 1)
    return True
