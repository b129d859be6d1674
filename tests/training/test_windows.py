"""Where windows lie, and every target, on the real labels beside a slow implementation of its own."""

from __future__ import annotations

import pickle
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_clips import Row, inside, moved, shown_frames, soft

from etl.errors import OptionError
from etl.schema import ACTIONS, CLASSES
from etl.training.clip_set import ClipSet
from etl.training.clips import EventClips
from etl.training.draws import uniform
from etl.training.epoch import Epoch
from etl.training.footage import Events, Footage
from etl.training.recipe import Recipe
from etl.training.windows import Windows, frames_of

pytestmark = pytest.mark.real_data
WIDTH, HEIGHT = 427, 240


@pytest.fixture(scope="module")
def labels(real: duckdb.DuckDBPyConnection) -> dict[str, list[Row]]:
    """Every seventh video's events by action: a sample of 1,448 videos."""
    rows = real.execute(
        "select video_id, event_index, action, frame_number, point_x, point_y from events "
        "where video_id in (select video_id from videos order by hash(video_id) limit 1448)"
    ).fetchall()
    videos: dict[str, list[Row]] = {}
    for video_id, *row in rows:
        videos.setdefault(video_id, []).append(Row(*row))
    return videos


@pytest.fixture(scope="module")
def footage(labels: dict[str, list[Row]]) -> Footage:
    """The same as arrays, each video ending 0 to 6 frames after its last event."""
    rows = [
        (video, row)
        for video, events in enumerate(labels.values())
        for row in sorted(events, key=lambda row: (row.frame, row.event_index))
    ]
    video = np.array([number for number, _ in rows])
    columns = {name: np.array([getattr(row, name) for _, row in rows]) for name in ("event_index", "frame", "x", "y")}
    first = np.searchsorted(video, np.arange(len(labels) + 1))
    count = np.array([max(row.frame for row in events) + 1 + i % 7 for i, events in enumerate(labels.values())])
    events = Events(first=first, video=video, label=np.array([ACTIONS.index(row.name) for _, row in rows]), **columns)
    return Footage(
        video_ids=np.array(list(labels)),
        labelled=len(labels),
        width=np.full(len(labels), WIDTH),
        height=np.full(len(labels), HEIGHT),
        frame_count=count,
        first_frame=np.zeros(len(labels) + 1, np.int64),
        size_bytes=np.zeros(0, np.int64),
        sha256=np.zeros(0, np.bytes_),
        offset_bytes=np.zeros(0, np.int64),
        events=events,
        first_annotated=first,
        annotated=columns["frame"],
    )


def clips_over(footage: Footage, windows: Windows, window: int, stride: int, **options: Any) -> EventClips:
    """Clips over a footage without any file: their pictures are black."""
    clips = object.__new__(EventClips)
    targets = ("frame", "soft", "heatmap", "points")
    fixed = {"size": None, "letterbox": True, "crop": 1.0, "flip": 0.0, "sigma_frames": 1.5, "sigma_px": 4.0}
    ClipSet.__init__(clips, Recipe(CLASSES["action"], targets, window, stride, seed=3, **{**fixed, **options}))
    clips._footage, clips._windows = footage, windows
    clips._draw = lambda video, geometry, numbers, out: out.fill(0)  # type: ignore
    return clips


@settings(max_examples=60)
@given(
    window=st.integers(1, 40),
    stride=st.integers(1, 5),
    anchor=st.sampled_from(["event", "uniform", "all"]),
    epoch=st.integers(0, 3),
    flip=st.sampled_from([0.0, 0.5, 1.0]),
    crop=st.sampled_from([1.0, 0.6]),
    size=st.sampled_from([(24, 24), (30, 53), (17, 41)]),
    letterbox=st.booleans(),
    pick=st.floats(0, 0.999),
)
def test_every_target_of_the_real_labels_is_that_of_the_slow_implementation(
    labels, footage, window, stride, anchor, epoch, flip, crop, size, letterbox, pick
):
    windows = Windows(footage, window=window, stride=stride, anchor=anchor, negatives=0.0)
    clips = clips_over(footage, windows, window, stride, flip=flip, crop=crop, size=size, letterbox=letterbox)
    clips.set_epoch(epoch)
    for index in {int(pick * len(clips)), len(clips) - 1}:
        clip = clips[index]
        placed = clips._place(np.array([index]))
        video, start = int(placed.video[0]), int(placed.start[0])
        rows, geometry = labels[clip.video_id], clips._recipe.geometry(footage.original(video), epoch, index)
        numbers, mask = shown_frames(start, window, stride, int(footage.frame_count[video]))
        assert clip.frame_numbers.tolist() == numbers and clip.mask.tolist() == mask
        expected = inside(rows, start, window, stride)
        found = [(e.event_index, e.frame_number, clips.classes[e.label], e.position) for e in clip.contains]
        assert found == expected
        assert anchor != "event" or clip.anchor in [event_index for event_index, *_ in expected]
        np.testing.assert_allclose(clip.targets["soft"], soft(rows, numbers, mask, clips.classes, 1.5), atol=1e-6)
        frame, points = np.zeros((window, 2)), np.zeros((window, 2, 3))
        by_index = {row.event_index: row for row in rows}
        peaks: dict[tuple[int, int], list[tuple[float, float]]] = {}
        for event, (event_index, _, name, position) in zip(clip.contains, expected, strict=True):
            label = clips.classes.index(name)
            frame[position, label] = 1
            x, y = moved(by_index[event_index].x, by_index[event_index].y, geometry)
            assert (event.x, event.y) == pytest.approx((x, y), abs=1e-6)
            if event.is_shown:
                peaks.setdefault((position, label), []).append((x, y))
                if not points[position, label, 2]:
                    points[position, label] = (x, y, 1)
        assert (clip.targets["frame"] == frame).all()
        np.testing.assert_allclose(clip.targets["points"], points, atol=1e-4)
        for position in range(window):
            for label in range(2):
                heatmap = clip.targets["heatmap"][position, label]
                assert heatmap.shape == size
                peak = peaks.get((position, label))
                if not peak:
                    assert not heatmap.any()
                    continue
                y, x = np.unravel_index(heatmap.argmax(), size)
                assert min(max(abs(x - px), abs(y - py)) for px, py in peak) <= 0.5 + 1e-6


@settings(max_examples=40)
@given(window=st.integers(1, 40), stride=st.integers(1, 5), epoch=st.integers(0, 5))
def test_a_window_holds_its_event_and_leaves_its_video_only_where_it_is_longer(footage, window, stride, epoch):
    windows = Windows(footage, window=window, stride=stride, anchor="event", negatives=0.0)
    video, start, event = windows.place(np.arange(len(windows)), 7, epoch)
    frame, last = footage.events.frame[event], start + (window - 1) * stride
    assert (event == np.arange(len(footage.events.frame))).all() and (video == footage.events.video).all()
    assert ((start <= frame) & (frame < start + window * stride) & (start >= 0)).all()
    fits = footage.frame_count[video] > (window - 1) * stride
    assert (last[fits] < footage.frame_count[video][fits]).all()


@settings(max_examples=30)
@given(window=st.integers(1, 20), stride=st.integers(1, 3), epoch=st.integers(0, 5))
def test_negatives_hold_no_event_of_any_kind(labels, footage, window, stride, epoch):
    try:
        windows = Windows(footage, window=window, stride=stride, anchor="event", negatives=0.1)
    except OptionError as error:
        assert "negatives" in str(error)
        return
    negative = np.arange(windows.positives, len(windows))
    video, start, event = windows.place(negative, 7, epoch)
    assert len(negative) == round(0.1 * len(footage.events.frame)) and (event == -1).all()
    for v, s in zip(video, start, strict=True):
        assert not inside(labels[footage.video_ids[v]], int(s), window, stride)
        assert 0 <= s <= max(0, footage.frame_count[v] - 1 - (window - 1) * stride)


@pytest.mark.parametrize(("window", "stride"), [(1, 1), (16, 1), (7, 3)])
def test_windows_over_all_show_every_event_once_and_with_stride_1_every_frame_once(footage, window, stride):
    windows = Windows(footage, window=window, stride=stride, anchor="all", negatives=0.0)
    video, start, _ = windows.place(np.arange(len(windows)), 0, 0)
    shown = np.zeros((len(footage.video_ids), footage.frame_count.max()), np.int64)
    for v, s in zip(video, start, strict=True):
        numbers, mask = frames_of(int(s), window, stride, int(footage.frame_count[v]))
        shown[v, numbers[mask]] += 1
    for v, count in enumerate(footage.frame_count):
        assert shown[v, :count:stride].max() == shown[v, :count:stride].min() == 1
        assert shown[v].sum() == -(-count // stride)


def test_seed_and_epoch_decide_alone_and_an_index_is_the_same_by_itself(footage):
    windows = Windows(footage, window=16, stride=1, anchor="event", negatives=0.2)
    index = np.arange(len(windows))
    every = windows.place(index, 5, 2)
    for one in (0, 100, len(windows) - 1):
        assert [int(part[0]) for part in windows.place(np.array([one]), 5, 2)] == [int(part[one]) for part in every]
    for other in ((5, 3), (6, 2)):
        assert (windows.place(index, *other).start != every.start).any()
    again = pickle.loads(pickle.dumps(windows)).place(index, 5, 2)
    assert all((a == b).all() for a, b in zip(every, again, strict=True))


def test_drawn_numbers_are_these_for_good_and_even():
    drawn = uniform(1, 2, np.arange(200_000), 0)
    assert drawn[:2].tolist() == [0.400763097112819, 0.6060130075191257]
    assert drawn.min() >= 0 and drawn.max() < 1
    assert np.histogram(drawn, 10, (0, 1))[0] == pytest.approx(20_000, rel=0.03)


def test_epochs_are_shared_with_processes_and_not_with_copies():
    epoch = Epoch(3)
    copy = pickle.loads(pickle.dumps(SimpleNamespace(epoch=epoch))).epoch
    epoch.value = 4
    assert (epoch.value, copy.value) == (4, 3)
