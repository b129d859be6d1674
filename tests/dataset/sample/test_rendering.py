"""The sample's clips: what a decoder sees is what the labels say, pixel by pixel."""

from __future__ import annotations

import builtins
import os
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from extracting import plain_loop
from numpy.typing import NDArray
from PIL import Image

from etl.cli import command_line
from etl.dataset.sample import SampleVideo, sample_videos
from etl.dataset.sample.rendering import CUT_VIDEO, SKIN, VARIABLE_RATE_VIDEO, look_of, write_clips
from etl.drawing.frame import annotate_frame
from etl.errors import MissingExtraError, OutputError
from etl.extraction.plan import plan_extraction, run_locally

VIDEOS = {video.video_id: video for video in sample_videos()}

MARGIN = 12  # pixels
# Two regions meet when growing both by so many pixels makes them overlap. Compression blurs about a pixel of either;
# the nearest that anything comes without touching is 4 pixels.
REACH = 2
SMALLEST_EDGE = 9  # pixels; a fingertip is 9 wide
# From a drawn disc's middle to that of the edge: the labelled pixel lies on one side of it.
NEAR = 3.0


class Clip(NamedTuple):
    """A decoded clip: its frames in BGR, and their times in seconds."""

    frames: list[NDArray[np.uint8]]
    times_s: list[float]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    write_clips(folder)
    return folder


@pytest.fixture(scope="module")
def clips(folder: Path) -> dict[str, Clip]:
    return {video_id: decode(folder / f"{video_id}.webm") for video_id in VIDEOS}


def decode(path: Path) -> Clip:
    """All frames by a plain loop."""
    capture = cv2.VideoCapture(str(path))
    clip = Clip([], [])
    while True:
        is_read, frame = capture.read()
        if not is_read:
            return clip
        clip.frames.append(np.asarray(frame, np.uint8))
        clip.times_s.append(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)


def around_the_box(frame: NDArray[np.uint8], video: SampleVideo) -> tuple[NDArray[np.uint8], int, int]:
    """The part of a frame where the box's colour is, with a margin; and its left and top."""
    color = np.array(look_of(video).box[::-1])
    x, y, width, height = cv2.boundingRect(cv2.inRange(frame, color - 20, color + 20))
    left, top = max(0, x - MARGIN), max(0, y - MARGIN)
    return frame[top : y + height + MARGIN, left : x + width + MARGIN], left, top


def regions(frame: NDArray[np.uint8], video: SampleVideo) -> dict[str, NDArray[np.uint8]]:
    """Which pixels are hand, box, block and table: each is what has the colour nearest to its own."""
    colors = {"hand": SKIN, **look_of(video)._asdict()}
    palette = np.array([color[::-1] for color in colors.values()], dtype=np.int32)
    nearest = ((frame[:, :, None, :] - palette) ** 2).sum(axis=3).argmin(axis=2)
    # Where two colours blur into each other the mixture may be nearest to a third: thin lines are nothing.
    thickness = np.ones((3, 3), np.uint8)
    return {
        name: np.asarray(cv2.morphologyEx((nearest == number).astype(np.uint8), cv2.MORPH_OPEN, thickness), np.uint8)
        for number, name in enumerate(colors)
    }


def touches_seen(frame: NDArray[np.uint8], video: SampleVideo) -> dict[str, list[tuple[float, float]]]:
    """What touches, from the pixels alone: agent → the middle of each edge along which the two meet, as (x, y)."""
    part, left, top = around_the_box(frame, video)
    seen = regions(part, video)
    reach = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)
    near_box = cv2.dilate(seen["box"], reach)
    found = {}
    for agent, other in (("hand-object", "hand"), ("object-surface", "table"), ("object-object", "block")):
        edge = np.asarray(near_box) & np.asarray(cv2.dilate(seen[other], reach))
        count, _, sizes, middles = cv2.connectedComponentsWithStats(edge)
        found[agent] = [
            (middles[i][0] + left, middles[i][1] + top)
            for i in range(1, count)
            if sizes[i][cv2.CC_STAT_AREA] >= SMALLEST_EDGE
        ]
    return found


@pytest.mark.parametrize("video_id", VIDEOS)
def test_every_touch_can_be_seen_on_its_frames_and_on_no_other(clips: dict[str, Clip], video_id: str):
    video = VIDEOS[video_id]
    for number, frame in enumerate(clips[video_id].frames):
        told = Counter(agent for agent, _ in video.scene.touches(number))
        seen = Counter({agent: len(edges) for agent, edges in touches_seen(frame, video).items()})
        assert +seen == told, f"frame {number}"


@pytest.mark.parametrize("video_id", VIDEOS)
def test_every_drawn_disc_lies_on_a_touch_that_can_be_seen(clips: dict[str, Clip], video_id: str):
    video = VIDEOS[video_id]
    for event in video.events:
        frame = clips[video_id].frames[event.frame_number]
        drawn = annotate_frame(Image.fromarray(frame[:, :, ::-1]), [event._asdict()])
        rows, columns = np.nonzero((np.asarray(drawn) == (255, 0, 0)).all(axis=2))
        disc = columns.mean(), rows.mean()
        distances = [np.hypot(x - disc[0], y - disc[1]) for x, y in touches_seen(frame, video)[event.agent]]
        assert min(distances) <= NEAR, event


def test_a_clip_has_the_frames_and_the_size_of_its_scene(clips: dict[str, Clip]):
    for video_id, clip in clips.items():
        scene = VIDEOS[video_id].scene
        assert {frame.shape for frame in clip.frames} == {(240, scene.width, 3)}
        assert len(clip.frames) == scene.frame_count or video_id == CUT_VIDEO


def test_odd_widths_are_kept(clips: dict[str, Clip]):
    assert {clip.frames[0].shape[1] for clip in clips.values()} == {427, 320, 240}


def test_the_clips_run_at_12_frames_a_second_but_one(clips: dict[str, Clip]):
    for video_id, clip in clips.items():
        is_even = np.allclose(clip.times_s, np.arange(len(clip.times_s)) / 12, atol=0.001)
        assert is_even == (video_id != VARIABLE_RATE_VIDEO)


def test_one_clip_is_cut_off_after_its_last_event(clips: dict[str, Clip]):
    video = VIDEOS[CUT_VIDEO]
    assert max(event.frame_number for event in video.events) < len(clips[CUT_VIDEO].frames) < video.scene.frame_count


def test_clips_that_are_there_already_stay_untouched_and_others_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("etl.dataset.sample.rendering.sample_videos", lambda: sample_videos()[:2])
    first, second = write_clips(tmp_path)
    content = second.read_bytes()
    os.utime(first, ns=(0, 0))
    write_clips(tmp_path)
    assert (first.stat().st_mtime_ns, second.read_bytes()) == (0, content)
    second.write_bytes(b"other")
    with pytest.raises(OutputError, match=f"{second} holds something other"):
        write_clips(tmp_path)
    assert (first.stat().st_mtime_ns, second.read_bytes()) == (0, b"other")
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_the_clips_are_vp9_in_webm(folder: Path):
    for path in folder.iterdir():
        capture = cv2.VideoCapture(str(path))
        assert path.read_bytes()[:4] == b"\x1a\x45\xdf\xa3"
        assert int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little") == b"VP90"


def test_rendering_again_gives_the_same_bytes(folder: Path, tmp_path: Path):
    write_clips(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in folder.iterdir()
    }


def test_the_command_writes_the_files_and_the_clips(tmp_path: Path):
    result = CliRunner().invoke(command_line, ["sample", str(tmp_path), "--videos"])
    assert result.exit_code == 0, result.output
    assert {path.stem for path in (tmp_path / "videos").iterdir()} == VIDEOS.keys()
    assert len(list(tmp_path.glob("*.json"))) == 5


def test_without_the_encoder_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    real_import = builtins.__import__

    def without_av(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "av":
            raise ModuleNotFoundError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_av)
    with pytest.raises(MissingExtraError, match=r"pip install '.\[sample\]'"):
        write_clips(tmp_path / "videos")
    assert not (tmp_path / "videos").exists()


def test_extracted_frames_of_every_clip_are_byte_identical_to_the_plain_loops(folder: Path, tmp_path: Path):
    plan = plan_extraction(folder, tmp_path / "frames", dict.fromkeys(VIDEOS), time_limit_s=300)
    assert {outcome.video_id for outcome in run_locally(plan.jobs, 2) if not outcome.has_failed} == VIDEOS.keys()
    for video_id in VIDEOS:
        plain = {path.name: path.read_bytes() for path in plain_loop(folder / f"{video_id}.webm", tmp_path / video_id)}
        ours = {path.name: path.read_bytes() for path in (tmp_path / "frames" / video_id).glob("*.jpg")}
        assert len(plain) > 10
        assert ours == plain
