"""Answers to exported questions: only what was asked is scored, and read as the questions say."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from datasets import event
from evaluating import opened, value, write_lines

import etl
from etl.errors import PredictionError, QueryError

# One event at every position of a clip of ten frames, and one far behind it, so that clips can be balanced.
VIDEOS = {str(n): [event(frame=20 + n % 7, x=10 + n, y=30), event("release", frame=60, x=5, y=5)] for n in range(40)}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[etl.Warehouse]:
    with opened(tmp_path_factory.mktemp("clips"), VIDEOS) as warehouse:
        yield warehouse


def exported(warehouse: etl.Warehouse, folder: Path, base: int) -> list[dict]:
    etl.export(warehouse, "lmm-qa", folder, frame_base=base)
    return [json.loads(line) for line in (folder / "qa.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("base", [0, 1])
def test_right_answers_to_all_questions_score_100(warehouse: etl.Warehouse, tmp_path: Path, base: int):
    items = exported(warehouse, tmp_path / "qa", base)
    answers = write_lines(tmp_path / "a.jsonl", *({"id": item["id"], "answer": item["answer"]} for item in items))
    found = etl.evaluate(warehouse, answers, questions=tmp_path / "qa", resamples=0)
    assert set(found.scores["measure"]) == {"clips"}
    for statistic, frames, pixels in (
        *(("coverage", None, None), ("accuracy", 0, None), ("accuracy", 5, None)),
        *(("point coverage", None, None), ("point accuracy", None, 5)),
    ):
        assert value(found, "clips", statistic, frames, pixels) == 100
        assert value(found, "clips", statistic, frames, pixels, column="ceiling") == 100
    assert value(found, "clips", "median px") == 0
    assert value(found, "clips", "accuracy", 0, column="events") == len(items) / 2


def test_the_questions_own_file_answers_them_and_carries_its_base(warehouse: etl.Warehouse, tmp_path: Path):
    exported(warehouse, tmp_path / "qa", 0)
    found = etl.evaluate(warehouse, tmp_path / "qa" / "qa.jsonl", resamples=0)
    assert value(found, "clips", "accuracy", 0) == 100
    with pytest.raises(PredictionError, match="found 0 in the questions, expected 1, as --frame-base says"):
        etl.evaluate(warehouse, tmp_path / "qa" / "qa.jsonl", frame_base=1)


def test_a_question_without_an_answer_counts_as_wrong(warehouse: etl.Warehouse, tmp_path: Path):
    items = exported(warehouse, tmp_path / "qa", 1)
    when = [item for item in items if item["kind"] == "when"]
    answers = write_lines(tmp_path / "a.jsonl", {"id": when[0]["id"], "answer": when[0]["answer"]})
    found = etl.evaluate(warehouse, answers, questions=tmp_path / "qa", resamples=0)
    assert value(found, "clips", "coverage") == value(found, "clips", "accuracy", 0) == 100 / len(when)
    alone = etl.evaluate(warehouse, answers, resamples=0)
    assert value(alone, "clips", "accuracy", 0) == 100


@pytest.mark.parametrize("base", [0, 1])
def test_a_base_that_puts_answers_outside_their_clips_is_refused(warehouse: etl.Warehouse, tmp_path: Path, base: int):
    items = exported(warehouse, tmp_path / "qa", base)
    answers = write_lines(
        tmp_path / "a.jsonl",
        *({"id": item["id"], "answer": item["answer"]} for item in items if item["kind"] == "when"),
    )
    with pytest.raises(PredictionError, match=f"give --frame-base {base}"):
        etl.evaluate(warehouse, answers, frame_base=1 - base)


def test_a_sample_log_is_joined_with_the_questions_by_number(warehouse: etl.Warehouse, tmp_path: Path):
    items = exported(warehouse, tmp_path / "qa", 0)
    log = write_lines(
        tmp_path / "samples.jsonl",
        *(
            {
                "doc_id": n,
                "target": item["answer"],
                "resps": [[f"{item['answer']}"]],
                "filtered_resps": [item["answer"]],
            }
            for n, item in reversed(list(enumerate(items)))
        ),
    )
    found = etl.evaluate(warehouse, log, questions=tmp_path / "qa", resamples=0)
    assert value(found, "clips", "accuracy", 0) == value(found, "clips", "point accuracy", None, 5) == 100
    assert found.warnings == ()
    with pytest.raises(PredictionError, match="expected the questions, as --questions FILE"):
        etl.evaluate(warehouse, log)


def test_an_answer_with_the_number_of_one_question_and_the_id_of_another_is_refused(
    warehouse: etl.Warehouse, tmp_path: Path
):
    items = exported(warehouse, tmp_path / "qa", 0)
    rows = [{"doc_id": n, "id": item["id"], "answer": item["answer"]} for n, item in enumerate(items)]
    one, other, *rest = rows
    agreeing = write_lines(tmp_path / "agreeing.jsonl", *rows)
    assert etl.evaluate(warehouse, agreeing, questions=tmp_path / "qa", resamples=0).warnings == ()
    swapped = write_lines(tmp_path / "swapped.jsonl", one | {"id": other["id"]}, other | {"id": one["id"]}, *rest)
    with pytest.raises(PredictionError, match=f'id: found "{other["id"]}", expected what doc_id says'):
        etl.evaluate(warehouse, swapped, questions=tmp_path / "qa")


def test_several_answers_to_one_question_are_told(warehouse: etl.Warehouse, tmp_path: Path):
    items = exported(warehouse, tmp_path / "qa", 1)
    rows = [{"id": item["id"], "answer": item["answer"]} for item in items]
    answers = write_lines(tmp_path / "a.jsonl", *rows, rows[0] | {"answer": 2}, rows[0] | {"answer": 3})
    found = etl.evaluate(warehouse, answers, questions=tmp_path / "qa", resamples=0)
    assert found.warnings == ("a.jsonl: 1 question has several answers, expected one each",)
    ranked = write_lines(tmp_path / "b.jsonl", *({**row, "score": n} for n, row in enumerate([*rows, rows[0]])))
    assert not any("several answers" in w for w in etl.evaluate(warehouse, ranked, questions=tmp_path / "qa").warnings)


@pytest.mark.parametrize("suffix", ["tsv", "tsv.gz", "xlsx", "csv"])
def test_a_table_of_results_has_the_answers_as_predictions(warehouse: etl.Warehouse, tmp_path: Path, suffix: str):
    exported(warehouse, tmp_path / "qa", 0)
    table = pl.read_csv(tmp_path / "qa" / "vlmevalkit.tsv", separator="\t", infer_schema=False)
    table = table.with_columns(
        prediction=pl.when(pl.col("category") == "when").then("answer").otherwise(pl.lit("40, 1"))
    )
    path = tmp_path / f"results.{suffix}"
    if suffix == "xlsx":
        table.write_excel(path)
    elif suffix == "csv":
        table.write_csv(path)
    else:
        content = table.write_csv(separator="\t").encode()
        path.write_bytes(gzip.compress(content) if suffix.endswith("gz") else content)
    found = etl.evaluate(warehouse, path, resamples=0)
    assert value(found, "clips", "accuracy", 0) == 100
    assert value(found, "clips", "point accuracy", None, 5) == 0
    assert found.warnings == ()


def test_questions_of_another_warehouse_are_refused(warehouse: etl.Warehouse, tmp_path: Path):
    exported(warehouse, tmp_path / "qa", 1)
    lines = (tmp_path / "qa" / "qa.jsonl").read_text().splitlines()
    path = write_lines(tmp_path / "other.jsonl", json.dumps(json.loads(lines[0]) | {"event_frame": 3}), *lines[1:])
    with pytest.raises(PredictionError, match="event_frame: found 3, expected the frame of this event"):
        etl.evaluate(warehouse, path, questions=path)


def test_measures_over_clips_need_clips(warehouse: etl.Warehouse):
    rows = pl.DataFrame({"video_id": ["1"], "action": ["contact"], "frame": [21]})
    with pytest.raises(QueryError, match="leave out --measure paper"):
        etl.evaluate(warehouse, rows, measures="paper")
    with pytest.raises(QueryError, match="needs clips of questions"):
        etl.evaluate(warehouse, rows, measures="clips")
