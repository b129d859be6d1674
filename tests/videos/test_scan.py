"""The packets of a file, read without decoding."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest
from clips import cut, smash, write_clip, write_resized

from etl.videos import scan
from etl.videos.decoder import codec_name, load_cv2, open_capture
from etl.videos.headers import read_container
from etl.videos.scan import Packets, scan_packets


def scanned(path: Path) -> Packets:
    file = os.open(path, os.O_RDONLY)
    try:
        container = read_container(file)
        codec = codec_name(int(open_capture(file, []).get(load_cv2().CAP_PROP_FOURCC)))
        return scan_packets(file, container.view_of_video(), container.video, codec, math.inf)
    finally:
        os.close(file)


@pytest.mark.parametrize("codec", ["vp8", "vp9"])
def test_packets_are_the_same_whether_or_not_a_decoder_looks_at_the_first_of_them(
    tmp_path: Path, codec: str, monkeypatch: pytest.MonkeyPatch
):
    clips = [
        write_clip(tmp_path / "sound.webm", codec, frames=40),
        write_clip(tmp_path / "uneven.mkv", codec, times_ms=[0, 40, 45, 300, 7000]),
        write_resized(tmp_path / "resized.webm", codec, [(426, 240), (320, 180)]),
        smash(write_clip(tmp_path / "smashed.webm", codec, frames=40), [0, 5]),
        cut(write_clip(tmp_path / "cut.webm", codec, frames=40), 0.5),
    ]
    unprobed = [scanned(clip) for clip in clips]
    assert [packets.count > 0 for packets in unprobed] == [True] * 5
    assert len(unprobed[0].expected_s) == 40
    monkeypatch.setattr(scan, "_TIMED_CODECS", ())
    assert [scanned(clip) for clip in clips] == unprobed
