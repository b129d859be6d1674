"""Small videos that are easily described wrongly, with what is true of each. They are no part of the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from etl.extraction.outcome import Outcome
from etl.extraction.plan import plan_extraction, run_locally
from etl.extraction.record import Record, read_record

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "videos"
SENTENCES = {
    "cut_not_at_key": "11 packets gave no picture: 11 before frame 0",
    "lost5_libx264": "9 packets gave no picture: 9 before frame 30",
    "key_after_1200": "1,199 packets gave no picture: 1,199 before frame 0",
    "edit_zero_duration": "its edit list shows none of its 60 pictures",
    "song_with_cover": "it holds sound only",
    "matrix_hflip": "mirrored left to right; the decoder turned the frames by 180 degrees",
    "matrix_rot45": "turned by 45 degrees; the decoder did not turn or mirror the frames",
    "matrix_zero": "by a matrix of zeros, which is no way to show a picture",
    "avi_mpeg4_b2": "the file gives no presentation time for frame 23",
}


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Outcome, Record]]:
    """What extraction says of every case, by its name without suffix."""
    if not CASES.is_dir():
        pytest.skip(f"the cases are not at {CASES}")
    frames = tmp_path_factory.mktemp("frames")
    names = [path.stem for path in CASES.iterdir() if path.suffix not in (".json", ".md")]
    plan = plan_extraction(CASES, frames, dict.fromkeys(names), time_limit_s=60)
    found = {}
    for outcome in run_locally(plan.jobs, 2):
        record = read_record(frames / outcome.video_id)
        assert record is not None
        found[outcome.video_id] = (outcome, record)
    return found


def test_every_case_is_described_truly(extracted):
    expected = json.loads((CASES / "expected.json").read_text())
    assert {Path(name).stem for name in expected} == set(extracted)
    wrong = []
    for name, case in expected.items():
        outcome, record = extracted[Path(name).stem]
        reasons = {problem.reason for problem in outcome.problems}
        if (
            len(record.frames.time_s) != case["frames"]
            or not reasons >= set(case["must"])
            or reasons & set(case["must_not"])
        ):
            wrong.append((name, case, len(record.frames.time_s), outcome.problems))
    assert wrong == []


def test_sound_cases_have_nothing_said_of_them(extracted):
    expected = json.loads((CASES / "expected.json").read_text())
    sound = [Path(name).stem for name, case in expected.items() if "nothing to say" in case["note"]]
    assert len(sound) > 10
    assert {name: extracted[name][0].problems for name in sound if extracted[name][0].problems} == {}


@pytest.mark.parametrize(("name", "sentence"), SENTENCES.items())
def test_a_case_that_is_not_sound_has_its_sentence(extracted, name, sentence):
    assert sentence in extracted[name][0].problems[0].detail


@pytest.mark.parametrize("name", ["avi_mpeg4_b2", "avi_mpeg2video_b2", "packed_bframes_divx"])
def test_a_frame_without_a_time_has_none_and_rate_and_duration_stay_known(extracted, name):
    record = extracted[name][1]
    assert record.frames.time_s[-1] is None
    assert None not in record.frames.time_s[:-1]
    assert record.facts.frame_rate == 25
    assert record.facts.duration_s == pytest.approx(len(record.frames.time_s) / 25)
