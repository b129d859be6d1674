"""Negatives from videos without a label."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from clips import write_clip

import etl


@pytest.fixture(scope="module", params=[False, True], ids=["folders", "packs"])
def folder(footage_folder: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The small warehouse again, with two unlabelled videos and one that gives no frames beside; not to be changed."""
    folder = tmp_path_factory.mktemp("unlabelled")
    shutil.copytree(footage_folder, folder, symlinks=True, dirs_exist_ok=True)
    write_clip(folder / "videos" / "77.webm", "vp8", frames=25, seed=7)
    write_clip(folder / "videos" / "78.webm", "vp8", frames=9, size=(320, 240), seed=8)
    (folder / "videos" / "79.webm").write_text("<html>")
    etl.extract(
        folder / "videos", frames=folder / "frames", warehouse=folder / "warehouse", unlabelled=True, pack=request.param
    )
    return folder


def clips_of(folder: Path, **options: Any) -> etl.EventClips:
    return etl.EventClips(
        folder / "warehouse", folder / "frames", **{"window": 8, "negatives": 20.0, "unlabelled": True, **options}
    )


def test_negatives_come_from_every_video_with_room_and_show_its_frames(folder):
    clips = clips_of(folder)
    found = set()
    for index in range(7, len(clips), 3):
        clip = clips[index]
        found.add(clip.video_id)
        assert clip.anchor is None and clip.contains == () and clip.mask.all()
        assert not clip.targets["frame"].any()
    assert {"77", "78"} < found
    packs = [folder / "frames" / f"{video_id}.tar" for video_id in found]
    if not any(path.exists() for path in packs):
        clip = next(clips[index] for index in range(7, len(clips)) if clips[index].video_id == "77")
        for picture, number in zip(clip.frames, clip.frame_numbers, strict=True):
            file = folder / "frames" / "77" / f"frame_{number:05d}.jpg"
            expected = cv2.imread(str(file))
            assert expected is not None and (expected[..., ::-1] == picture).all()


def test_only_chosen_unlabelled_videos_are_drawn_from(folder):
    clips = clips_of(folder, unlabelled=["78"])
    assert "77" not in {clips[index].video_id for index in range(7, len(clips), 2)}
    assert "78" in {clips[index].video_id for index in range(7, len(clips), 2)}
    with pytest.raises(
        etl.VideoError, match=r"2 of the 3 chosen unlabelled videos \(1, 79\) are not extracted completely"
    ):
        clips_of(folder, unlabelled=["1", "78", "79"])


def test_windows_with_an_event_are_those_of_labelled_videos_as_before(folder):
    with_others, without = clips_of(folder), clips_of(folder, unlabelled=False)
    assert len(with_others) == len(without)
    for index in range(7):
        one, other = with_others[index], without[index]
        assert one.video_id == other.video_id and (one.frames == other.frames).all()


def test_videos_decoded_now_serve_as_negatives_too(folder):
    saved, decoded = clips_of(folder), clips_of(folder, videos=folder / "videos")
    for index in range(7, 40, 8):
        assert saved[index].video_id == decoded[index].video_id
        assert np.abs(saved[index].frames.astype(np.int16) - decoded[index].frames).mean() < 10


def test_predictions_say_nothing_of_unlabelled_videos(folder):
    clips = clips_of(folder)
    rows = clips.predictions(np.ones((len(clips), 8, 2)), suppress=0)
    assert set(rows["video_id"]) == {"1", "2", "10"}


def test_frames_of_an_unlabelled_video_that_changed_are_refused(folder, tmp_path):
    shutil.copytree(folder / "frames", tmp_path / "frames")
    shutil.rmtree(tmp_path / "frames" / "77", ignore_errors=True)
    (tmp_path / "frames" / "77.tar").unlink(missing_ok=True)
    write_clip(tmp_path / "videos" / "77.webm", "vp8", frames=24, seed=7)
    shutil.copytree(folder / "warehouse", tmp_path / "warehouse", symlinks=True)
    etl.extract(
        tmp_path / "videos", frames=tmp_path / "frames", warehouse=tmp_path / "warehouse", unlabelled=True, jobs=1
    )
    clips = etl.EventClips(
        folder / "warehouse", tmp_path / "frames", window=8, negatives=20.0, unlabelled=["77"], seed=1
    )
    with pytest.raises(etl.VideoError, match="video 77 are not those that the warehouse knows"):
        [clips[index] for index in range(7, len(clips))]
