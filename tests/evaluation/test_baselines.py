"""What the baselines predict: each from so few events that a hand can follow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from datasets import event
from evaluating import moments, opened, value, write_lines

import etl
from etl.evaluation.baselines import BASELINES, DRAWS, Draw, Setting, best_constant
from etl.evaluation.clip_accuracy import single_baselines
from etl.evaluation.moments import Moments


def at(*given: tuple[int, int, int, float, float]) -> Moments:
    """Moments as (video, label, frame, x, y)."""
    video, label, frame, x, y = (np.array(column) for column in zip(*given, strict=True))
    return Moments(video, label, frame, x.astype(float), y.astype(float), np.ones(len(video)))


def setting(training: Moments, names: list[str], templates: list[int]) -> Setting:
    """Two scored videos, of templates 0 and 7, of 10 and 20 frames."""
    return Setting(
        template=np.array([0, 7]),
        frame_count=np.array([10, 20]),
        width=np.array([100, 200]),
        height=np.array([50, 60]),
        training=training,
        training_video=np.array(names, dtype=np.str_),
        training_template=np.array(templates),
    )


EVENTS = at((0, 0, 3, 10, 20), (0, 1, 5, 30, 40), (1, 0, 4, 20, 30), (1, 1, 15, 50, 10))


def test_of_two_middle_values_the_lower_is_the_prior():
    training = at((0, 0, 2, 10, 40), (1, 0, 8, 20, 30), (2, 0, 4, 90, 20), (3, 0, 5, 80, 10))
    (draw,) = BASELINES["template_prior"](EVENTS, setting(training, ["1", "2", "3", "4"], [0, 0, 0, 0]), (2,))
    found = draw.predictions
    assert found.frame.tolist() == [4, 4]
    assert (found.x.tolist(), found.y.tolist()) == ([20.0, 20.0], [20.0, 20.0])


def test_a_template_without_training_events_takes_all_of_them_and_the_score_is_the_share_of_videos():
    training = at((0, 0, 2, 1, 1), (0, 1, 6, 2, 2), (1, 0, 9, 3, 3), (2, 0, 9, 4, 4))
    (draw,) = BASELINES["template_prior"](EVENTS, setting(training, ["1", "1", "2", "3"], [0, 0, 0, 5]), (2,))
    found = draw.predictions
    assert list(zip(found.video.tolist(), found.label.tolist(), found.frame.tolist(), strict=True)) == [
        (0, 0, 2),
        (0, 1, 6),
        (1, 0, 9),
        (1, 1, 6),
    ]
    assert found.score.tolist() == pytest.approx([1.0, 0.5, 1.0, 1 / 3])


def test_without_training_events_there_is_no_prior():
    empty = moments((0, 0, 0, 1.0))
    none = Moments(*(getattr(empty, name)[:0] for name in ("video", "label", "frame", "x", "y", "score")))
    assert BASELINES["template_prior"](EVENTS, setting(none, [], []), (2,)) == []


def test_the_uniform_guess_is_drawn_evenly_in_every_video_many_times():
    draws = BASELINES["uniform"](EVENTS, setting(EVENTS, ["1", "1", "2", "2"], [0, 0, 0, 0]), (2, 4))
    assert len(draws) == DRAWS
    assert {draw.frames for draw in draws} == {(2, 4)}
    table = pl.concat(
        pl.DataFrame({name: getattr(draw.predictions, name) for name in ("video", "label", "frame", "x", "y")})
        for draw in draws
    )
    assert len(table) == DRAWS * 2 * 2
    assert len(table.unique(["video", "frame", "x"])) == len(table)
    for video, frames, width, height in ((0, 10, 100, 50), (1, 20, 200, 60)):
        mine = table.filter(pl.col("video") == video)
        assert mine["frame"].is_between(0, frames - 1).all()
        assert mine["frame"].mean() == pytest.approx((frames - 1) / 2, rel=0.3)
        for axis, size in (("x", width), ("y", height)):
            assert mine[axis].is_between(0, size, closed="left").all()
            assert mine[axis].mean() == pytest.approx(size / 2, rel=0.3)


def test_each_class_has_a_constant_of_its_own_at_each_tolerance():
    draws = BASELINES["constant"](EVENTS, setting(EVENTS, ["1", "1", "2", "2"], [0, 0, 0, 0]), (0, 1))
    found = {draw.frames: draw.predictions for draw in draws}
    assert found[1,].label.tolist() == [0, 1, 0, 1]
    assert found[0,].frame.tolist() == [3, 5, 3, 5]
    # Contacts at 3 and 4: the earliest frame within 1 of both is 3; releases at 5 and 15: the earliest within 1 of one.
    assert found[1,].frame.tolist() == [3, 4, 3, 4]
    assert found[1,].x.tolist() == [15.0, 40.0, 15.0, 40.0]


def test_the_best_constant_is_the_earliest_of_equals():
    assert best_constant(np.array([9, 5, 1]), 2) == (3, 2)
    assert best_constant(np.array([1, 9]), 2) == (0, 1)
    assert best_constant(np.array([4, 4, 9]), 0) == (4, 2)


def test_single_events_have_a_constant_for_each_class_and_the_expected_uniform_guess():
    # Contacts at 3 and 4, releases at 5 and 15: at 0 frames one of each is met, within 1 both contacts, one release.
    found = single_baselines(EVENTS, setting(EVENTS, ["1", "1", "2", "2"], [0, 0, 0, 0]))
    constant = {score.frames: score.value for score in found["constant"]}
    assert (constant[0], constant[1]) == (50.0, 75.0)
    uniform = {score.frames: score.value for score in found["uniform"]}
    assert uniform[0] == pytest.approx(100 * (1 / 10 + 1 / 10 + 1 / 20 + 1 / 20) / 4)
    assert uniform[1] == pytest.approx(100 * (3 / 10 + 3 / 10 + 3 / 20 + 3 / 20) / 4)
    assert {score.frames: score.value for score in found["ceiling"]}[0] == 100.0


def test_what_a_score_shows_of_the_uniform_guess_is_the_mean_of_its_draws(tmp_path, monkeypatch):
    made = []

    def two_guesses(events, setting, frames):
        """The events themselves, and then nothing of them: AP of 100 and of 0."""
        missed = replace(events, frame=events.frame + 1000)
        made.append(frames)
        return [Draw(events, frames), Draw(missed, frames)]

    monkeypatch.setitem(BASELINES, "uniform", two_guesses)
    videos = {"1": [event(frame=3)], "2": [event(frame=9, action="release")]}
    with opened(tmp_path, videos) as warehouse:
        predictions = write_lines(tmp_path / "p.jsonl", {"video_id": "1", "action": "contact", "frame": 3})
        found = etl.evaluate(warehouse, predictions, measures=["spot"])
    assert made
    assert value(found, "spot", "mAP", 2, column="uniform") == 50.0
