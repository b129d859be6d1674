"""Clips of frames on disk: their pictures, their order, what is refused, and predictions that are evaluated."""

from __future__ import annotations

import multiprocessing
import pickle
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import polars as pl
import pytest
from extracted import ANNOTATED
from PIL import Image
from plain_clips import signature

import etl
from etl.training.collate import stack


def clips_of(folder: Path, **options: Any) -> etl.EventClips:
    return etl.EventClips(folder / "warehouse", folder / "frames", **{"window": 8, **options})


def test_frames_are_those_on_disk_in_rgb_and_the_last_one_is_shown_again(footage_folder):
    clips = clips_of(footage_folder, window=16)
    assert len(clips) == sum(map(len, ANNOTATED.values()))
    for clip in clips:
        assert clip.frames.dtype == np.uint8 and clip.frames.shape[0] == 16
        for picture, number, is_own in zip(clip.frames, clip.frame_numbers, clip.mask, strict=True):
            file = footage_folder / "frames" / clip.video_id / f"frame_{number:05d}.jpg"
            # Pillow's own copy of libjpeg-turbo may differ by 1 in rounding.
            assert np.abs(np.asarray(Image.open(file), np.int16) - picture).max() <= 1
            assert is_own or number == {"1": 12, "2": 20, "10": 30}[clip.video_id] - 1
    assert [clip.mask.sum() for clip in clips] == [12, 12, 16, 16, 16, 16, 16]


def test_videos_decoded_now_show_the_same_frames_without_the_loss_of_jpeg(footage_folder):
    saved = clips_of(footage_folder)
    decoded = clips_of(footage_folder, videos=footage_folder / "videos")
    for a, b in zip(saved, decoded, strict=True):
        assert (a.frame_numbers == b.frame_numbers).all()
        assert 0 < np.abs(a.frames.astype(np.int16) - b.frames).mean() < 10


def test_resizing_letterboxing_and_mirroring_move_the_picture_as_they_move_its_point(footage_folder):
    dark = np.zeros((240, 427, 3), np.uint8)
    cv2.circle(dark, (300, 60), 9, (255, 255, 255), -1)
    for size, letterbox, flip, crop in [
        ((120, 200), True, 0.0, 1.0),
        ((120, 200), False, 1.0, 1.0),
        ((200, 120), True, 1.0, 1.0),
        ((90, 160), True, 1.0, 0.9),
        ((300, 500), True, 0.0, 1.0),
    ]:
        clips = clips_of(footage_folder, size=size, letterbox=letterbox, flip=flip, crop=crop)
        geometry = clips._recipe.geometry(clips._footage.original(0), 0, 4)
        out = np.zeros((*size, 3), np.uint8)
        geometry.apply(dark, out)
        rows, columns = np.nonzero(out[..., 0] > 127)
        ((x, y),) = geometry.move(np.array([[300.0, 60.0]]))
        assert (columns.mean(), rows.mean()) == pytest.approx((x, y), abs=0.5)
        assert geometry.back(np.array([[x, y]])) == pytest.approx(np.array([[300.0, 60.0]]))


def test_a_crop_says_which_points_it_leaves_out(footage_folder):
    clips = clips_of(footage_folder, size=(64, 64), crop=0.3, target=["points", "heatmap", "frame"])
    hidden = [clip for clip in clips if not all(event.is_shown for event in clip.contains)]
    assert hidden, "no crop leaves the corner out"
    for clip in hidden:
        event = next(event for event in clip.contains if not event.is_shown)
        assert clip.targets["frame"][event.position, event.label] == 1
        if sum(other.position == event.position for other in clip.contains) == 1:
            assert not clip.targets["points"][event.position].any()
            assert not clip.targets["heatmap"][event.position].any()


def test_clips_are_the_same_in_other_processes_and_after_pickling_and_follow_the_epoch(footage_folder):
    clips = clips_of(footage_folder, size=(32, 32), flip=0.5, crop=0.8, negatives=1.0, target=["frame", "soft"])
    clips.set_epoch(2)
    here = [signature(clip) for clip in clips]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        there = pool.map(signature_of, [(pickle.dumps(clips), index) for index in range(len(clips))])
    assert here == there
    order = clips.order()
    assert sorted(order) == list(range(len(clips)))
    assert list(clips.sampler()) == order.tolist() and len(clips.sampler()) == len(clips)
    clips.set_epoch(3)
    assert [signature(clip) for clip in clips] != here
    assert list(clips.sampler()) != order.tolist()
    clips.set_epoch(2)
    assert [signature(clip) for clip in clips] == here


def signature_of(work: tuple[bytes, int]) -> tuple[Any, ...]:
    content, index = work
    return signature(pickle.loads(content)[index])


def test_weights_make_all_kinds_of_clips_come_alike(footage_folder):
    clips = clips_of(footage_folder, negatives=0.5)
    weights = clips.weights()
    assert weights.mean() == pytest.approx(1)
    is_negative = np.array([clip.anchor is None for clip in clips])
    assert weights[is_negative].sum() == pytest.approx(weights[~is_negative].sum())
    assert not any(clip.contains for clip in clips if clip.anchor is None)
    only_last = np.zeros(len(clips))
    only_last[-1] = 1
    assert set(clips.order(only_last)) == {len(clips) - 1}
    with pytest.raises(etl.OptionError, match='anchor="event"'):
        clips_of(footage_folder, anchor="all").weights()


@pytest.mark.parametrize("stride", [1, 2])
def test_the_targets_as_scores_are_a_perfect_prediction(footage_folder, stride):
    options = {"anchor": "all", "stride": stride, "target": ["frame", "points"], "size": (100, 160), "flip": 0.5}
    clips = clips_of(footage_folder, **options)
    scores = np.stack([clip.targets["frame"] for clip in clips])
    points = np.stack([clip.targets["points"][..., :2] for clip in clips])
    rows = clips.predictions(scores, points, suppress=0, at_least=0.5)
    expected = [(video, frame // stride * stride) for video, frames in ANNOTATED.items() for frame in frames]
    assert sorted(rows.select("video_id", "frame").rows()) == sorted(expected)
    assert rows["x"].to_numpy() == pytest.approx(10, abs=1e-3) and rows["y"].to_numpy() == pytest.approx(20, abs=1e-3)
    scored = etl.evaluate(footage_folder / "warehouse", rows, measures="strict", resamples=0).scores
    best = scored.filter((pl.col("statistic") == "mAP") & (pl.col("tolerance_frames") == stride - 1))["value"].item()
    assert best == 100


def test_scores_are_averaged_over_clips_and_suppressed_beside_higher_ones(footage_folder):
    clips = clips_of(footage_folder, window=12, anchor="event", where="video_id = '1'")
    assert [clip.frame_numbers.tolist() for clip in clips] == [list(range(12))] * 2
    scores = np.zeros((2, 12, 2))
    scores[0, 4, 0], scores[1, 4, 0], scores[0, 5, 0], scores[0, 9, 0], scores[0, 10, 0] = 0.9, 0.7, 0.6, 0.4, 0.4
    rows = clips.predictions(scores, at_least=0.1)
    assert rows.columns == ["video_id", "action", "frame", "score"]
    assert rows.select("frame", "score").rows() == [(4, pytest.approx(0.8)), (9, pytest.approx(0.2))]
    with pytest.raises(etl.OptionError, match=r"found scores of the shape \(1, 12, 2\), expected \(2, 12, 2\)"):
        clips.predictions(scores[:1])
    with pytest.raises(etl.OptionError, match="not finite"):
        clips.predictions(scores * np.nan)


def test_classes_by_agent_come_back_as_action_and_agent(footage_folder):
    clips = clips_of(footage_folder, anchor="all", classes="action-agent")
    scores = np.stack([clip.targets["frame"] for clip in clips])
    rows = clips.predictions(scores, at_least=0.5, suppress=0)
    assert set(rows.select("action", "agent").rows()) == {("contact", "hand-object")}
    assert len(rows) == 7


def test_a_batch_is_of_one_size(footage_folder):
    clips = clips_of(footage_folder)
    with pytest.raises(etl.OptionError, match="found clips of 240 × 320 and 240 × 427 pixels in a batch"):
        stack(list(clips))
    batch = stack(list(clips_of(footage_folder, size=(32, 48))))
    assert batch["frames"].shape == (7, 8, 32, 48, 3) and batch["frame"].shape == (7, 8, 2)
    assert batch["video_id"] == ["1", "1", "2", "2", "2", "10", "10"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"anchor": "middle"}, "found 'middle' as anchor, expected one of event, uniform, all"),
        ({"target": "boxes"}, r"found \('boxes',\) as target"),
        ({"target": []}, "as target"),
        ({"classes": "agent"}, "found 'agent' as classes"),
        ({"pad": "loop"}, "found 'loop' as pad, expected one of repeat, error"),
        ({"window": 0}, "found 0 as window"),
        ({"stride": 0}, "found 0 as stride"),
        ({"crop": 0.5}, "a size with it"),
        ({"crop": 0}, "found 0 as crop"),
        ({"flip": 2}, "found 2 as flip"),
        ({"size": (0, 3)}, r"found \(0, 3\) as size"),
        ({"negatives": 1, "anchor": "all"}, "none unless anchor"),
        ({"negatives": 1, "window": 60}, "no window of 60 frames without an event"),
        ({"sigma_px": 0}, "found 0 as sigma_px"),
        ({"unlabelled": True}, "none without negatives"),
        ({"unlabelled": "77", "negatives": 1}, "a list of video ids"),
    ],
)
def test_an_option_that_cannot_be_is_refused(footage_folder, options, message):
    with pytest.raises(etl.OptionError, match=message):
        clips_of(footage_folder, **options)


@pytest.mark.parametrize("unlabelled", [True, []])
def test_where_no_video_is_unlabelled_negatives_come_from_the_others(footage_folder, unlabelled):
    without = clips_of(footage_folder, negatives=2.0)
    clips = clips_of(footage_folder, negatives=2.0, unlabelled=unlabelled)
    assert len(clips) == len(without) == 21
    assert signature(clips[20]) == signature(without[20])


def test_what_clips_cannot_be_made_of_is_refused_with_the_next_step(footage_folder, tmp_path):
    with pytest.raises(etl.VideoError, match=r"does not fit into 1 of the videos \(1\)"):
        clips_of(footage_folder, window=16, pad="error")
    with pytest.raises(etl.QueryError, match="so there are no clips"):
        clips_of(footage_folder, split="test")
    with pytest.raises(etl.QueryError, match="the nearest is 'train'"):
        clips_of(footage_folder, split="trian")
    with pytest.raises(etl.VideoError, match="has no file in"):
        clips_of(footage_folder, videos=tmp_path)
    clips = clips_of(footage_folder)
    with pytest.raises(IndexError):
        clips[len(clips)]
    with pytest.raises(etl.OptionError, match="epoch"):
        clips.set_epoch(-1)


def test_frames_that_are_missing_or_changed_are_refused(footage_folder, tmp_path):
    shutil.copytree(footage_folder / "frames", tmp_path / "frames")
    for path in (tmp_path / "frames" / "2").glob("*.jpg"):
        path.write_bytes(b"another")
    clips = etl.EventClips(footage_folder / "warehouse", tmp_path / "frames", window=4)
    with pytest.raises(etl.VideoError, match="not the one that was extracted"):
        clips[2]


def test_videos_without_all_their_frames_are_refused(footage_folder, tmp_path):
    shutil.copytree(footage_folder / "warehouse", tmp_path / "warehouse", symlinks=True)
    etl.extract(footage_folder / "videos", frames=tmp_path / "f", warehouse=tmp_path / "warehouse", only="annotated")
    with pytest.raises(etl.VideoError, match="not extracted for 3 of 3 selected videos"):
        etl.EventClips(tmp_path / "warehouse", tmp_path / "f")
