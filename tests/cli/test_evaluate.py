"""`contact-release evaluate`: the table, the folder it writes, the views over it, the errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner, Result
from evaluating import write_lines

import etl
from etl.cli import command_line
from etl.errors import ContactReleaseError, OutputError
from etl.views import load_evaluation_views


@pytest.fixture(scope="module")
def predictions(sample_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's events with one frame too many for every other, and a false alarm in the first video."""
    with etl.open_warehouse(sample_warehouse) as warehouse:
        events = warehouse.query("from events").pl()
    table = events.with_row_index("n").select(
        "video_id",
        "action",
        frame=pl.col("frame_number") + pl.col("n") % 2,
        x="point_x",
        y=pl.col("point_y") + 12,
        score=1 - pl.col("n") / 1000,
    )
    path = tmp_path_factory.mktemp("predictions") / "ours.jsonl"
    alarm = {"video_id": table["video_id"][0], "action": "contact", "frame": 900, "x": 1, "y": 1, "score": 0.9995}
    return write_lines(path, *table.to_dicts(), alarm)


def run(*arguments: object, warehouse: Path) -> Result:
    command = ["evaluate", *map(str, arguments), "--warehouse", str(warehouse)]
    return CliRunner().invoke(command_line, command)


def test_the_table_has_the_main_scores_beside_ceiling_and_floors(predictions: Path, sample_warehouse: Path):
    result = run(predictions, warehouse=sample_warehouse)
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines() if line.strip()]
    assert " ".join(lines[0]) == "score value 95% interval ceiling uniform constant prior"
    assert [line[0] for line in lines[2:]] == [
        *["spot"] * 5, *["strict"] * 5, "touch", *["single-event"] * 3, *["joint"] * 4,
    ]  # fmt: skip
    (strict,) = (line for line in lines if line[:4] == ["strict", "mAP,", "1", "frame"])
    assert strict[6] == "100.00"
    assert 90 < float(strict[4]) < 100  # all are found; the false alarm ranks first
    assert "scoring ours.jsonl" in result.stderr


def test_a_measure_that_is_asked_for_is_printed_whole(predictions: Path, sample_warehouse: Path):
    result = run(predictions, "--measure", "joint", "--quiet", warehouse=sample_warehouse)
    lines = [line for line in result.stdout.splitlines() if line.strip()]
    assert len(lines) == 2 + 16 + 3
    assert "scoring" not in result.stderr


def test_several_files_are_compared(predictions: Path, sample_warehouse: Path, tmp_path: Path):
    other = write_lines(tmp_path / "theirs.jsonl", *predictions.read_text().splitlines()[:10])
    result = run(predictions, other, "--measure", "strict", warehouse=sample_warehouse)
    assert result.exit_code == 0
    assert "compared with" in result.stdout
    assert run(predictions, predictions, warehouse=sample_warehouse).exit_code == 2


def test_the_folder_holds_scores_tables_and_a_database_with_views(
    predictions: Path, sample_warehouse: Path, tmp_path: Path
):
    folder = tmp_path / "scores"
    for _ in range(2):  # the second replaces the first
        assert run(predictions, "--output", folder, warehouse=sample_warehouse).exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        *("breakdown.parquet", "evaluation.duckdb", "evaluation.html"),
        *("event_matches.parquet", "manifest.json", "prediction_matches.parquet"),
        *("score_differences.parquet", "scores.json", "scores.parquet", "unparsed_answers.parquet"),
    ]
    assert list(tmp_path.iterdir()) == [folder]
    asked = CliRunner().invoke(
        command_line, ["query", "select count(*) > 0 as a from scores", "--format", "csv", "--warehouse", str(folder)]
    )
    assert asked.output == "a\ntrue\n"
    content = json.loads((folder / "scores.json").read_text())
    assert (content["warehouse"]["rows"]["events"], content["warehouse"]["rows"]["videos"]) == (166, 60)
    assert {score["measure"] for score in content["scores"]} == {"spot", "strict", "touch", "single-event", "joint"}
    with duckdb.connect(str(folder / "evaluation.duckdb"), read_only=True) as database:
        for view in load_evaluation_views():
            described = database.execute(f"describe {view.name}").fetchall()
            assert [name for name, *_ in described] == [name for name, _ in view.columns]
        recall = database.execute(
            "select sum(found) / sum(events) from template_failures where tolerance_frames = 1"
        ).fetchall()
        assert recall == [(1.0,)]
        errors = database.execute("select frame_error, sum(events) from frame_error_counts group by all order by all")
        counts = dict(errors.fetchall())
        assert set(counts) == {0, 1}
        assert abs(counts[0] - counts[1]) <= 1
        assert database.execute("select distinct from_px from pixel_error_counts").fetchall() == [(10,)]
        by_sql = database.execute(
            "select action, tolerance_frames, sum(precision) / max(100 * found / recall) "
            "from precision_recall group by all order by all"
        ).fetchall()
        assert by_sql == [
            (score["class"], score["tolerance_frames"], pytest.approx(score["value"]))
            for score in sorted(content["scores"], key=lambda score: (score["class"], score["tolerance_frames"] or 0))
            if score["measure"] == "strict" and score["statistic"] == "AP"
        ]
        worst = database.execute("select video_id, missed, false_alarms from video_failures limit 1").fetchall()
        first = json.loads(predictions.read_text().splitlines()[0])["video_id"]
        assert worst == [(first, 0, 1)]


def test_the_shell_answers_from_a_folder_of_any_name(predictions: Path, sample_warehouse: Path, tmp_path: Path):
    folder = tmp_path / "run[1]* it's"
    assert run(predictions, "--output", folder, warehouse=sample_warehouse).exit_code == 0
    shell = [str(Path(sys.executable).parent / "duckdb"), "-readonly", "-list", "-noheader"]
    question = "select count(*) > 0 from template_failures"
    done = subprocess.run([*shell, str(folder / "evaluation.duckdb"), question], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("true\n", "")


def test_a_folder_that_duckdb_cannot_open_is_refused_at_once(predictions: Path, sample_warehouse: Path, tmp_path: Path):
    result = run(predictions, "--output", tmp_path / "why?", warehouse=sample_warehouse)
    assert isinstance(result.exception, OutputError)
    assert "question mark" in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_a_folder_of_something_else_is_left_alone(predictions: Path, sample_warehouse: Path, tmp_path: Path):
    (tmp_path / "thesis.tex").write_text("")
    result = run(predictions, "--output", tmp_path, warehouse=sample_warehouse)
    assert isinstance(result.exception, OutputError)
    assert list(tmp_path.iterdir()) == [tmp_path / "thesis.tex"]


def test_answers_without_a_prediction_are_listed_without_moving_the_cursor(sample_warehouse: Path, tmp_path: Path):
    lines = [{"clip": "1979_1", "answer": "No\x1b[2J idea"}, {"clip": "1979_2", "answer": "3"}]
    path = write_lines(tmp_path / "answers.jsonl", *lines)
    result = run(path, warehouse=sample_warehouse)
    assert result.exit_code == 0
    assert "1 answer without a prediction" in result.stderr
    assert "\x1b" not in result.stderr + result.stdout


@pytest.mark.parametrize("name", ["'; drop table events --.jsonl", "\x1b[31m.jsonl"])
def test_a_hostile_file_name_is_only_a_name(sample_warehouse: Path, tmp_path: Path, name: str):
    path = write_lines(tmp_path / name, {"video_id": "900001", "action": "grab", "frame": 3})
    result = run(path, warehouse=sample_warehouse)
    assert isinstance(result.exception, ContactReleaseError)
    assert "\x1b" not in str(result.exception)


def test_the_page_shows_scores_curves_and_errors_and_trusts_no_name(
    predictions: Path, sample_warehouse: Path, tmp_path: Path
):
    hostile = tmp_path / "<script>alert(1)<" / "a<img src=x onerror=alert(1)>.jsonl"
    hostile.parent.mkdir()
    hostile.write_bytes(predictions.read_bytes())
    result = run(hostile, "--split", "test", "--output", tmp_path / "scores", warehouse=sample_warehouse)
    assert result.exit_code == 0
    page = (tmp_path / "scores" / "evaluation.html").read_text(encoding="utf-8")
    for anchor in ("score-by-tolerance", "precision-recall", "frame-errors", "pixel-errors"):
        assert f'id="figure-{anchor}"' in page
    assert page.count('"scale":{"domain":[0,100]}') == 3  # of mAP, recall and precision
    assert "datum.n," not in page  # no panel tells a number of rows
    assert '"value":[1,0]' in page  # predictions are whole lines
    assert "This is the synthetic sample" in page
    assert "<code>test</code>" in page
    assert "sequences are those of the selected" not in page
    for title in ("Scores with a tolerance in pixels", "By action, agent and split"):
        assert title in page
    assert "<img src=x" not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_answers_alone_make_a_folder_with_their_scores_and_page(sample_warehouse: Path, tmp_path: Path):
    path = write_lines(tmp_path / "answers.jsonl", {"clip": "2648_1", "answer": "Prediction: 3"})
    assert run(path, "--output", tmp_path / "scores", warehouse=sample_warehouse).exit_code == 0
    assert {path.name for path in (tmp_path / "scores").iterdir()} >= {"evaluation.html", "evaluation.duckdb"}
    assert not (tmp_path / "scores" / "event_matches.parquet").exists()
    page = (tmp_path / "scores" / "evaluation.html").read_text(encoding="utf-8")
    assert "Answers without a prediction" not in page
    assert "<summary>Query</summary>" in page


def test_the_page_has_the_worst_videos_of_every_file(predictions: Path, sample_warehouse: Path, tmp_path: Path):
    other = tmp_path / "theirs.jsonl"
    other.write_bytes(predictions.read_bytes())
    assert run(predictions, other, "--output", tmp_path / "scores", warehouse=sample_warehouse).exit_code == 0
    page = (tmp_path / "scores" / "evaluation.html").read_text(encoding="utf-8")
    worst = page[page.index("The 30 worst videos of each file") :]
    assert worst.count("<td>ours.jsonl</td>") == worst.count("<td>theirs.jsonl</td>") == 30


def test_the_page_lists_the_answers_without_a_prediction(sample_warehouse: Path, tmp_path: Path):
    lines = [{"clip": "2648_1", "answer": "Hard to <b>say</b>"}, {"clip": "2648_2", "answer": "3"}]
    path = write_lines(tmp_path / "answers.jsonl", *lines)
    assert run(path, "--output", tmp_path / "scores", warehouse=sample_warehouse).exit_code == 0
    page = (tmp_path / "scores" / "evaluation.html").read_text(encoding="utf-8")
    assert "Answers without a prediction" in page
    assert "Hard to &lt;b&gt;say&lt;/b&gt;" in page


def test_without_the_extra_the_folder_has_no_page_and_says_how_to_get_it(
    predictions: Path, sample_warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = run(predictions, "--output", tmp_path / "scores", warehouse=sample_warehouse)
    assert result.exit_code == 0
    assert "[report]" in result.stderr
    assert not (tmp_path / "scores" / "evaluation.html").exists()


def test_a_missing_warehouse_is_told_before_a_file_of_unknown_format(tmp_path: Path):
    given = tmp_path / "predictions.foo"
    given.write_text("a")
    assert "there is no warehouse" in str(run(given, warehouse=tmp_path / "nowhere").exception)
