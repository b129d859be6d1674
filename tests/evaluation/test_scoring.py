"""`etl.evaluate`: every measure and edge on warehouses whose scores can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from datasets import event
from evaluating import TWO, opened, rows, value

import etl
from etl.errors import OptionError, OutputError, QueryError
from etl.evaluation.baselines import best_constant
from etl.evaluation.boxes import intersection_over_union
from etl.warehouse.selection import Selection


def test_the_door_of_the_package_is_a_function_and_the_house_behind_it_a_package(tmp_path: Path):
    with opened(tmp_path, TWO) as warehouse:
        found = etl.evaluate(warehouse, rows(("1", "contact", 5)), measures=["strict"])
    assert isinstance(found, etl.Evaluation)
    assert value(found, "strict", "mAP", 0) == 25  # contact: 1 of 2; release: 0


def test_frames_and_pixels_count_together(tmp_path: Path):
    # Video 1: on the frame, 3-4-5 pixels away. Video 2: two frames late, on the point.
    predictions = rows(("1", "contact", 5, 0.9, 13, 24), ("2", "contact", 11, 0.8, 50, 60))
    with opened(tmp_path, TWO) as warehouse:
        found = etl.evaluate(warehouse, predictions, measures=["joint"])
    contact = {
        (frames, pixels): value(found, "joint", "AP", frames, pixels, label="contact")
        for frames in (0, 1, 2, 4)
        for pixels in (5, 10, 20, 40)
    }
    assert {pixels for (frames, pixels), ap in contact.items() if frames < 2 and ap == 50} == {5, 10, 20, 40}
    assert {ap for (frames, _), ap in contact.items() if frames >= 2} == {100.0}
    assert value(found, "joint", "median frames", 4) == 1
    assert value(found, "joint", "median ms", 4) == pytest.approx(1000 / 12)
    assert value(found, "joint", "median px", 4) == 2.5


def test_a_point_that_is_too_far_away_does_not_use_up_its_event(tmp_path: Path):
    # On the frame but 100 pixels away; then a frame late but on the point.
    predictions = rows(("1", "contact", 5, 0.9, 110, 20), ("1", "contact", 6, 0.8, 10, 20))
    with opened(tmp_path, {"1": TWO["1"]}) as warehouse:
        found = etl.evaluate(warehouse, predictions, measures=["joint", "strict"])
    assert value(found, "joint", "mAP", 1, 5) == 50
    assert value(found, "strict", "mAP", 1) == 100


def test_touch_takes_contact_and_release_for_one(tmp_path: Path):
    with opened(tmp_path, {"1": TWO["1"]}) as warehouse:
        found = etl.evaluate(warehouse, rows(("1", "release", 7)))
    assert value(found, "touch", "mAP", 2) == 100
    assert value(found, "strict", "mAP", 4) == 0


def test_six_classes_tell_agents_apart_and_need_one_in_every_row(tmp_path: Path):
    predictions = rows(("1", "contact", 5), ("2", "contact", 9)).with_columns(agent=pl.lit("hand-object"))
    videos = {"1": [event(frame=5)], "2": [event(agent="object-object", frame=9)]}
    with opened(tmp_path, videos) as warehouse:
        found = etl.evaluate(warehouse, predictions, measures=["strict"], classes="action-agent")
        assert value(found, "strict", "AP", 0, label="contact_hand-object") == 100
        assert value(found, "strict", "AP", 0, label="contact_object-object") == 0
        with pytest.raises(QueryError, match="need an agent in every row"):
            etl.evaluate(warehouse, predictions.drop("agent"), classes="action-agent")


def test_a_single_event_is_answered_by_the_highest_score_and_a_missing_answer_is_wrong(tmp_path: Path):
    videos = {**TWO, "3": [event("release", frame=30)], "4": [event(frame=1)]}
    predictions = rows(
        ("1", "contact", 40, 0.2), ("1", "contact", 7, 0.8), ("1", "contact", 5, 0.8), ("1", "release", 5, 0.9),
        ("2", "contact", 9, 1.0), ("3", "release", 30, 0.1),
    )  # fmt: skip
    with opened(tmp_path, videos) as warehouse:
        found = etl.evaluate(warehouse, predictions, measures=["single-event"])
    # Videos 1, 3, 4 have one event. 1 is answered by 7, two frames late; 3 rightly; 4 not at all.
    assert value(found, "single-event", "coverage") == pytest.approx(200 / 3)
    assert value(found, "single-event", "accuracy", 0) == pytest.approx(100 / 3)
    assert value(found, "single-event", "accuracy", 1) == pytest.approx(100 / 3)
    assert value(found, "single-event", "accuracy", 2) == pytest.approx(200 / 3)
    # The standard error of 1, 0, 0: sqrt(1/3) / sqrt(3).
    assert value(found, "single-event", "accuracy", 0, column="standard_error") == pytest.approx(100 / 3)
    assert value(found, "single-event", "accuracy", 0, column="events") == 3


def test_floors_of_single_events_are_counted(tmp_path: Path):
    videos = {"1": [event(frame=5)], "2": [event(frame=6)], "3": [event(frame=9)], "4": [event(frame=2)]}
    templates = {"Fitted": ["1", "2", "4"], "Unseen in training": ["3"]}
    splits = {"train": ["4"], "test": ["1", "2", "3"]}
    with opened(tmp_path, videos, templates=templates, **splits) as warehouse:
        found = etl.evaluate(
            warehouse, rows(("1", "contact", 5)), selection=Selection(splits=("test",)), measures=["single-event"]
        )
    # Training shows frames 0 to 2. Within 4 frames of 5, 6 and 9 lie of these: 1 and 2; 2; none.
    assert value(found, "single-event", "accuracy", 4, column="uniform") == pytest.approx(100 * (2 / 3 + 1 / 3 + 0) / 3)
    assert value(found, "single-event", "accuracy", 1, column="constant") == pytest.approx(200 / 3)
    # The prior says 2 for all, also for the template without training.
    assert value(found, "single-event", "accuracy", 3, column="template_prior") == pytest.approx(100 / 3)
    assert value(found, "single-event", "accuracy", 0, column="ceiling") == 100


def test_without_training_events_there_is_no_template_prior(tmp_path: Path):
    with opened(tmp_path, TWO) as warehouse:
        found = etl.evaluate(warehouse, rows(("1", "contact", 5)), measures=["strict", "single-event"])
    assert found.scores["template_prior"].null_count() == len(found.scores)
    assert value(found, "strict", "mAP", 0, column="ceiling") == 100


def test_the_best_constant_is_the_earliest_frame_with_the_most_events_around_it():
    assert best_constant(np.array([3, 3, 9]), 0) == (3, 2)
    assert best_constant(np.array([3, 7, 9]), 2) == (5, 2)
    assert best_constant(np.array([0, 9]), 4) == (0, 1)
    assert best_constant(np.array([1, 9]), 4) == (5, 2)


def test_a_selection_sets_other_videos_aside_and_counts_what_it_sets_aside(tmp_path: Path):
    with opened(tmp_path, TWO) as warehouse:
        found = etl.evaluate(
            warehouse, rows(("1", "contact", 5), ("2", "contact", 9)), selection=Selection(videos=("2",))
        )
    assert value(found, "strict", "AP", 0, label="contact") == 100
    assert any("set aside 1 prediction of" in warning for warning in found.warnings)


def test_choosing_an_action_keeps_the_videos_without_it(tmp_path: Path):
    with opened(tmp_path, TWO) as warehouse:
        found = etl.evaluate(
            warehouse,
            rows(("1", "release", 5, 0.9), ("2", "release", 20, 0.8)),
            selection=Selection(actions=("release",)),
            measures=["strict"],
        )
    assert value(found, "strict", "mAP", 0) == 50  # the false one in video 1 ranks first
    assert any("the selection leaves out 2 events of the scored videos" in warning for warning in found.warnings)


def test_an_empty_selection_is_an_error_and_an_empty_frame_is_not(tmp_path: Path):
    with opened(tmp_path, TWO) as warehouse:
        with pytest.raises(QueryError, match="holds no events"):
            etl.evaluate(warehouse, rows(("1", "contact", 5)), selection=Selection(splits=("train",)))
        found = etl.evaluate(warehouse, rows(("1", "contact", 5)).clear())
    assert value(found, "strict", "mean mAP") == 0
    assert value(found, "single-event", "coverage") == 0
    assert any("no predictions" in warning for warning in found.warnings)


def test_one_video_alone_is_scored_with_an_interval_of_no_width(tmp_path: Path):
    with opened(tmp_path, {"1": TWO["1"]}) as warehouse:
        found = etl.evaluate(warehouse, rows(("1", "contact", 5)))
    assert value(found, "strict", "mAP", 0, column="low") == value(found, "strict", "mAP", 0, column="high") == 100


def test_scores_and_intervals_are_the_same_every_time_and_none_are_drawn_on_request(tmp_path: Path):
    predictions = rows(*((str(n), "contact", n % 7, (n * 7 % 10) / 10) for n in range(1, 30)))
    videos = {str(n): [event(frame=n % 5)] for n in range(1, 30)}
    with opened(tmp_path, videos) as warehouse:
        once, twice = (etl.evaluate(warehouse, predictions).scores for _ in range(2))
        undrawn = etl.evaluate(warehouse, predictions, resamples=0).scores
    assert once.equals(twice)
    assert undrawn["low"].null_count() == len(undrawn)
    assert undrawn.drop("low", "high").equals(once.drop("low", "high"))
    drawn = once.filter(pl.col("low").is_not_null() & (pl.col("statistic") == "AP"))
    assert (drawn["low"] <= drawn["value"]).all()
    assert (drawn["value"] <= drawn["high"]).all()


def test_files_are_compared_on_the_same_resamples(tmp_path: Path):
    videos = {str(n): [event(frame=5)] for n in range(20)}
    good = rows(*((str(n), "contact", 5) for n in range(20)))
    half = rows(*((str(n), "contact", 5 if n % 2 else 30) for n in range(20)))
    with opened(tmp_path, videos) as warehouse:
        found = etl.evaluate(warehouse, [good, good, half], measures=["single-event"])
    exact = found.differences.filter((pl.col("statistic") == "accuracy") & (pl.col("tolerance_frames") == 0))
    assert exact["predictions"].to_list() == ["frame 2", "frame 3"]
    assert exact["compared_with"].to_list() == ["frame 1", "frame 1"]
    assert exact.select("difference", "low", "high").row(0) == (0, 0, 0)
    assert exact["difference"][1] == -50
    assert -100 < exact["low"][1] < -50 < exact["high"][1] < 0


def test_the_tables_say_for_every_event_and_prediction_what_it_is_matched_with(tmp_path: Path):
    predictions = rows(
        ("2", "release", 18, 0.3, 13, 24), ("1", "contact", 5, 0.9, 13, 24), ("1", "contact", 50, 0.9, 0, 0)
    )
    with opened(tmp_path, TWO) as warehouse:
        found = etl.evaluate(warehouse, predictions)
    within = found.events.filter(pl.col("tolerance_frames") == 2)
    assert within["video_id"].to_list() == ["1", "2", "2"]
    assert within["row"].to_list() == [1, None, 0]
    assert within["frame_error"].to_list() == [0, None, -2]
    assert within["px_error"].to_list() == [5, None, pytest.approx(np.hypot(3, 4))]
    assert within["ms_error"].to_list() == [0, None, pytest.approx(-2000 / 12)]
    assert found.matches["row"].to_list() == [0, 1, 2]
    assert found.matches["event_index_within_1"].to_list() == [None, 0, None]
    assert found.matches["event_index_within_2"].to_list() == [1, 0, None]


def test_agents_have_no_map_where_predictions_name_none(tmp_path: Path):
    videos = {"1": [event(frame=5), event(agent="object-object", frame=20)], "2": [event(frame=7)]}
    templates = {"One": ["1"], "Other": ["2"]}
    predictions = rows(("1", "contact", 20, 0.9), ("2", "contact", 60, 0.8), ("1", "contact", 5, 0.7))
    with opened(tmp_path, videos, templates=templates) as warehouse:
        broken = etl.evaluate(warehouse, predictions).breakdown.filter(pl.col("tolerance_frames") == 0)
    found = {(row["grouped_by"], row["group"]): (row["events"], row["found"], row["map"]) for row in broken.to_dicts()}
    assert found["agent", "hand-object"] == (2, 1, None)
    assert found["agent", "object-object"] == (1, 1, None)
    # The action ranks all three: hits at 1 and 3 of three events.
    assert found["action", "contact"] == (3, 2, pytest.approx(100 * (1 + 2 / 3) / 3))
    assert found["template", "One"] == (2, 2, 100)
    assert found["template", "Other"] == (1, 0, 0)
    assert found["split", "test"] == found["action", "contact"]


def test_agents_that_predictions_name_are_matched_within_themselves(tmp_path: Path):
    videos = {"1": [event(frame=5), event(agent="object-object", frame=5)], "2": [event(frame=7)]}
    predictions = rows(("1", "contact", 5, 0.9), ("2", "contact", 60, 0.8), ("2", "contact", 7, 0.7)).with_columns(
        agent=pl.Series(["object-object", "object-object", "hand-object"])
    )
    with opened(tmp_path, videos) as warehouse:
        broken = etl.evaluate(warehouse, predictions).breakdown.filter(pl.col("tolerance_frames") == 0)
    found = {row["group"]: row for row in broken.to_dicts() if row["grouped_by"] == "agent"}
    columns = ("events", "found", "recall", "map")
    # The false alarm names object-object, whose event is found before it; hand-object has one right of two events.
    assert [found["hand-object"][name] for name in columns] == [2, 1, 50, 50]
    assert [found["object-object"][name] for name in columns] == [1, 1, 100, 100]


def test_boxes_overlap_by_the_share_of_what_they_cover_together():
    boxes = np.array([[0.0, 0, 10, 10], [0, 0, 10, 10], [0, 0, 10, 10], [np.nan] * 4])
    others = np.array([[0.0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30], [0, 0, 10, 10]])
    assert intersection_over_union(boxes, others).tolist() == [1, pytest.approx(1 / 3), 0, 0]


def test_where_every_video_has_several_events_of_a_class_single_events_have_no_score(tmp_path: Path):
    videos = {"1": [event(frame=5), event(frame=9)]}
    with opened(tmp_path, videos) as warehouse:
        found = etl.evaluate(warehouse, rows(("1", "contact", 5)), resamples=0)
    assert found.scores.filter(pl.col("measure") == "single-event").is_empty()
    assert value(found, "strict", "mAP", 0) == 50


def test_points_at_the_edge_of_the_picture_are_within_it(tmp_path: Path):
    with opened(tmp_path, TWO) as warehouse:
        found = etl.evaluate(warehouse, rows(("1", "contact", 0, 1.0, 0, 0), ("2", "contact", 9, 1.0, 50, 60)))
    assert not any("beyond their picture" in warning for warning in found.warnings)


def test_the_page_leads_from_the_worst_videos_to_the_sheet_of_suspects(tmp_path: Path):
    predictions = rows(("1", "contact", 5, 0.9), ("1", "release", 40, 0.5))
    with opened(tmp_path, {"1": [event(frame=5), event("release", frame=20)]}) as warehouse:
        sheet = tmp_path / "sus pects"
        with pytest.raises(OutputError, match=r"has no suspects\.html\. Try: contact-release suspects --sheet"):
            etl.evaluate(warehouse, predictions, output=tmp_path / "scores", sheet=sheet)
        with pytest.raises(OptionError, match="--sheet goes with --output DIR"):
            etl.evaluate(warehouse, predictions, sheet=sheet)
        sheet.mkdir()
        (sheet / "suspects.html").write_text("")
        etl.evaluate(warehouse, predictions, output=tmp_path / "scores", sheet=sheet)
        page = (tmp_path / "scores" / "evaluation.html").read_text(encoding="utf-8")
        assert page.count('<a href="../sus%20pects/suspects.html">') == 1
        etl.evaluate(warehouse, predictions, output=tmp_path / "scores")
        assert "suspects.html" not in (tmp_path / "scores" / "evaluation.html").read_text(encoding="utf-8")
