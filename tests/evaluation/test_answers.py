"""What a language model's answer says: a frame, a point, a box, or why it says none."""

from __future__ import annotations

import pytest

from etl.evaluation.answers import parse_box, parse_frame, parse_point


@pytest.mark.parametrize(
    ("answer", "frame"),
    [
        ("Prediction: 7", 7),
        ("The hand closes.\nprediction :  12.", 12),
        ("**Prediction:** 3", 3),
        ("Prediction: 2 … no, wait. Prediction: 5", 5),
        ("Prediction: 3 or 4", 3),
        ("Prediction: 2. Prediction: unsure", None),
        ("Prediction: 7.5", None),
        ("Prediction: 0", 0),
        ("Prediction: -3", None),
        (" 7.\n", 7),
        ("", None),
        # In brackets, quotes, boxes, full width, after a word.
        ("Prediction: Frame 3", 3),
        ("prediction: frame_3", 3),
        ("Frame 7", 7),
        ("[3]", 3),
        ("Prediction: [3]", 3),
        ('"3"', 3),
        ('{"Prediction": "3"}', 3),
        (r"\boxed{3}", 3),
        (r"So: Prediction: $\boxed{3}$.", 3),
        ("3.0", 3),
        ("Prediction: 3.0", 3),
        ("Prediction：３", 3),
        ("Prediction: 3, because the hand closes", 3),
        ("Prediction: 12th", 12),
        ("\ufeff3", 3),
        *((f"Prediction: {unseen}3", 3) for unseen in "\u200b\u200c\u200d\u2060"),
        ("Prediction:【3】。", 3),
        ("【3】", 3),
        ("Prediction：３．", 3),
        ("３。", 3),
        ("Prediction: \u200b3\u200b", 3),
    ],
)
def test_the_number_behind_the_last_prediction_counts(answer: str, frame: int | None):
    assert parse_frame(answer).number == frame


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("Prediction: 3-4", "a range of frames"),
        ("3–4", "a range of frames"),
        ("Prediction: 3 to 4", "a range of frames"),
        ("Prediction: 3/10", "a range of frames"),
        ("Prediction: 7.5", "no whole number"),
        ("Prediction: 3½", "no whole number"),
        ("Prediction: 1e5", "no whole number"),
        ("Prediction: 0x3", "no whole number"),
        ("Prediction: 0:03", "no whole number"),
        ("Prediction: ~3", "other words between Prediction: and a number"),
        ("Prediction: between 3 and 4", "other words between Prediction: and a number"),
        ("Prediction: -3", "a number below 0"),
        ("Prediction: unsure", "no number behind the last Prediction:"),
        ("The answer is 3", "no Prediction:"),
        ("I cannot see it.", "no number"),
        (" ", "empty"),
    ],
)
def test_what_is_close_to_a_number_but_none_has_a_kind(answer: str, kind: str):
    assert (parse_frame(answer).number, parse_frame(answer).kind) == (None, kind)


@pytest.mark.parametrize(
    ("answer", "point"),
    [
        ("12, 30", (12, 30)),
        ("(0.1234, 0.5678).", (0.1234, 0.5678)),
        ("The point is [12,30].", (12, 30)),
        ("x = 12, y = 30", (12, 30)),
        ("First (1, 2), no: (3, 4)", (3, 4)),
        ("12", None),
        ("1, 2, 3, 4", None),
        ("", None),
    ],
)
def test_two_numbers_with_a_comma_between_are_a_point(answer: str, point: tuple[float, float] | None):
    assert parse_point(answer) == point


def test_a_box_needs_four_numbers_and_an_extent():
    assert parse_box("Predicted BBox: [1, 2.5, 30, 40]. Predicted BBox: [5,6,7,8]") == (5, 6, 7, 8)
    assert parse_box("Predicted BBox: [-1, 2, 30, 40]") == (-1, 2, 30, 40)
    assert parse_box("Predicted BBox: [0, 0, 1, 0.5]") == (0, 0, 1, 0.5)
    assert parse_box("Predicted BBox: [1, 2, 30, 0]") is None
    assert parse_box("Predicted BBox: [1, 2, 0, 40]") is None
    assert parse_box("Predicted BBox: [1, 2, 3]") is None
