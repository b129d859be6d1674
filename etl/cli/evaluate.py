"""`contact-release evaluate`."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from etl.cli.messages import say, warn
from etl.cli.options import quiet_option, selection_options, warehouse_option
from etl.errors import install_command
from etl.evaluation.choices import BASELINE_NAMES, CLASSES, COORDINATES, MAX_ROWS, MEASURES
from etl.names import EVALUATION_PAGE
from etl.wording import counted

if TYPE_CHECKING:
    import polars as pl

    from etl.evaluation.scoring import Evaluation
    from etl.warehouse.selection import Selection

__all__ = ["evaluate"]

Headline = tuple[str, int | None, int | None]
CLIP_HEADLINES: set[Headline] = {
    ("coverage", None, None),
    ("accuracy", 0, None),
    ("accuracy", 2, None),
    ("mean IoU", None, 120),
    ("IoU >= 0.5", None, 120),
    ("point in box", None, None),
    ("point coverage", None, None),
    ("point accuracy", None, 20),
    ("median px", None, None),
}
# Of the scores of all classes together, those that stand for the rest: statistic, tolerance in frames, in pixels.
HEADLINES: dict[str, set[Headline]] = {
    "touch": {("mAP", 2, None)},
    "single-event": {("coverage", None, None), ("accuracy", 0, None), ("accuracy", 2, None)},
    "joint": {("mAP", 2, 20), ("median frames", 4, None), ("median ms", 4, None), ("median px", 4, None)},
    "paper": CLIP_HEADLINES,
    "clips": CLIP_HEADLINES,
}


@click.command(short_help="Score predictions, compared with the ceiling and the baselines.")
@click.argument("predictions", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--measure",
    "--protocol",
    "measures",
    multiple=True,
    type=click.Choice(MEASURES),
    help="Score by this measure and print all its scores. Default: the main scores of all that apply.",
)
@click.option(
    "--classes",
    type=click.Choice(list(CLASSES)),
    default="action",
    show_default=True,
    help="What makes a class: the action, or action and agent, which every prediction then needs.",
)
@click.option(
    "--questions",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The export lmm-qa, or its qa.jsonl, that PREDICTIONS answer: each question counts, and says how to read it.",
)
@click.option(
    "--frame-base",
    type=click.Choice(["0", "1"]),
    help="The number of a video's first frame (default: 0), or of a clip's in answers (default: the questions', or 1).",
)
@click.option(
    "--coordinates",
    type=click.Choice(list(COORDINATES)),
    help="Pixels of the original frame, or parts or thousandths of its sides (default: the questions', or px).",
)
@click.option(
    "--resamples",
    type=click.IntRange(0, 100_000),
    default=1000,
    show_default=True,
    help="How often the videos are drawn for the intervals; 0 for none.",
)
@click.option(
    "--max-rows",
    type=click.IntRange(1),
    default=MAX_ROWS,
    show_default=True,
    help="Read at most N rows of a file; more rows also allow more memory and larger files.",
)
@click.option("--output", type=click.Path(path_type=Path), metavar="DIR", help="Write scores and matches to DIR.")
@click.option(
    "--sheet",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Link the worst videos on the page to DIR, which `suspects --sheet` has made.",
)
@selection_options
@warehouse_option
@quiet_option
def evaluate(
    predictions: tuple[Path, ...],
    measures: tuple[str, ...],
    classes: str,
    questions: Path | None,
    frame_base: str | None,
    coordinates: str | None,
    resamples: int,
    max_rows: int,
    output: Path | None,
    sheet: Path | None,
    selection: Selection,
    memory_limit: str | None,
    warehouse: Path,
) -> None:
    """Score PREDICTIONS against the annotated events: when and where, compared with the ceiling and trivial baselines.

    PREDICTIONS is JSONL, JSON (E2E-Spot's, too), CSV, TSV, Parquet or Excel with video_id, action, frame and, where
    there are any, agent, x, y, box, score; or answers of language models, as text in the column answer, with clip or
    id. Several files are compared with the first.

    \b
    Examples:
      contact-release evaluate predictions.jsonl --split test
      contact-release evaluate ours.parquet theirs.json --split test --measure strict
      contact-release evaluate answers.jsonl --questions lmm-qa --output scores
    """
    from etl.evaluation import evaluate as score

    # The measures are worked out in threads; those of OpenBLAS would keep their cores busy with waiting for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    result = score(
        warehouse,
        predictions,
        selection,
        measures=measures,
        classes=classes,
        questions=questions,
        frame_base=None if frame_base is None else int(frame_base),
        coordinates=coordinates,
        resamples=resamples,
        max_rows=max_rows,
        output=output,
        sheet=sheet,
        memory_limit=memory_limit,
        on_step=say,
    )
    for warning in result.warnings:
        warn(warning)
    _print(result, is_whole=bool(measures), compares=len(predictions) > 1)
    if output:
        say(f'wrote {output}; ask it: contact-release query "from template_failures limit 10" --warehouse {output}')
        if not (output / EVALUATION_PAGE).exists():
            say(f"its page needs the extra [report]: {install_command('report')}")


def _print(result: Evaluation, *, is_whole: bool, compares: bool) -> None:
    from etl.cli.output import print_table

    names = ["file"] if compares else []
    rows = [row for row in result.scores.iter_rows(named=True) if _is_shown(row, is_whole)]
    baselines = [name for name in BASELINE_NAMES if any(row[name] is not None for row in rows)]
    print_table(
        [*names, "score", "value", "95% interval", *(["events"] if is_whole else []), *map(_header, baselines)],
        [
            [
                *([row["predictions"]] if compares else []),
                _name(row),
                _number(row["value"], row["standard_error"]),
                _interval(row),
                *([row["events"]] if is_whole else []),
                *(_number(row[name]) for name in baselines),
            ]
            for row in rows
        ],
    )
    if compares:
        click.echo()
        _print_differences(result.differences, is_whole)
    _print_unparsed(result.unparsed)


def _print_differences(differences: pl.DataFrame, is_whole: bool) -> None:
    from etl.cli.output import print_table

    rows = [row for row in differences.iter_rows(named=True) if _is_shown(row, is_whole)]
    print_table(
        ["file", "compared with", "score", "difference", "95% interval"],
        [
            [row["predictions"], row["compared_with"], _name(row), f"{row['difference']:+.2f}", _interval(row)]
            for row in rows
        ],
    )


def _print_unparsed(unparsed: pl.DataFrame) -> None:
    from etl.errors import printable

    if not len(unparsed):
        return
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in Counter(unparsed["kind"]).most_common())
    answers = counted(len(unparsed), "answer")
    click.echo(f"\n{answers} without a prediction, counted as wrong ({kinds}):", err=True)
    for row in unparsed.head(10).iter_rows(named=True):
        answer = " ".join((row["answer"] or "").split())
        click.echo(printable(f"  {row['predictions']} {row['location']}: {answer[:80]!r}"), err=True)


def _is_shown(row: dict[str, Any], is_whole: bool) -> bool:
    if row["class"] != "all":
        return False
    key = (row["statistic"], row["tolerance_frames"], row["tolerance_px"])
    return is_whole or row["measure"] not in HEADLINES or key in HEADLINES[row["measure"]]


def _header(baseline: str) -> str:
    return baseline.removeprefix("template_")


def _name(row: dict[str, Any]) -> str:
    """Return what a score is called: joint mAP, 2 frames, 20 px."""
    statistic = "AP" if row["measure"] == "touch" and row["statistic"] == "mAP" else row["statistic"]
    parts = [f"{row['measure']} {statistic.removesuffix(', % of diagonal')}"]
    if row["tolerance_frames"] is not None:
        frames = row["tolerance_frames"]
        parts.append(f"{frames:g} frame{'s' * (frames != 1)}")
    if row["tolerance_px"] is not None:
        unit = "% of diagonal" if row["statistic"].endswith("diagonal") else "px"
        parts.append(f"{row['tolerance_px']:g} {unit}")
    return ", ".join(parts)


def _number(value: float | None, error: float | None = None) -> str:
    if value is None:
        return ""
    return f"{value:.2f} ± {error:.2f}" if error is not None else f"{value:.2f}"


def _interval(row: dict[str, Any]) -> str:
    between = " to " if row["low"] is not None and row["low"] < 0 else "–"
    return "" if row["low"] is None else f"{row['low']:.3g}{between}{row['high']:.3g}"
