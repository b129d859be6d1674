"""`contact-release build`."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.files import refuse_warehouse_file
from etl.cli.messages import say, warn
from etl.cli.options import FiniteRange, frames_option, quiet_option, warehouse_option
from etl.errors import LocatedError, OutputError, Problem
from etl.files import real, whole_file
from etl.outputs import refuse_inputs

if TYPE_CHECKING:
    from etl.build.pipeline import BuildSummary

__all__ = ["build"]

BOX_FILES = (".json", ".gz", ".zip")


class _NotWrittenError(Exception):
    """A file could be written, and is not."""


class _BuildCommand(click.Command):
    """Takes `--boxes one.json two.json`, as a shell writes `--boxes *.json`: METADATA is a folder."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write --boxes before each of the files that follow it."""
        written: list[str] = []
        for argument in args:
            is_further = written[-2:-1] == ["--boxes"] and argument.endswith(BOX_FILES)
            written += ["--boxes", argument] if is_further else [argument]
        return super().parse_args(ctx, written)


@click.command(cls=_BuildCommand, short_help="Build the warehouse from the annotation files.")
@click.argument("metadata", type=click.Path(path_type=Path), required=False)
@click.option("--sample", is_flag=True, help="Build the bundled synthetic sample instead of METADATA.")
@click.option("--quarantine", is_flag=True, help="Build from the sound records; set the others aside in rejects.")
@click.option(
    "--problems", type=click.Path(path_type=Path), metavar="FILE", help="Write every problem found to FILE, as JSONL."
)
@frames_option("Index the frames that `extract` has put into DIR.", default=None, exists=True)
@click.option(
    "--assume-fps",
    type=FiniteRange(0.001, 1000),
    metavar="RATE",
    help="The frame rate from which videos that were never decoded get their times.",
)
@click.option(
    "--ssv2",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Include SSv2's own label files: any of labels, train, validation, test, test-answers; plain, .gz or .zip.",
)
@click.option(
    "--boxes",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE…",
    help="Include files of Something-Else boxes, one or several: .json, .gz or .zip.",
)
@click.option("--all-boxes", is_flag=True, help="Also keep the boxes of videos without annotation.")
@click.option("--force", is_flag=True, help="Replace a warehouse of other files even by the sample or by fewer events.")
@warehouse_option
@quiet_option
def build(
    metadata: Path | None,
    sample: bool,
    quarantine: bool,
    problems: Path | None,
    frames: Path | None,
    assume_fps: float | None,
    ssv2: Path | None,
    boxes: tuple[Path, ...],
    all_boxes: bool,
    force: bool,
    warehouse: Path,
) -> None:
    """Build the warehouse from the five annotation files in METADATA (default: metadata).

    All files are checked in full. Where anything is wrong, every problem is reported with its place and nothing is
    written: the standing warehouse stays.

    \b
    Examples:
      contact-release build
      contact-release build --sample --warehouse sample-warehouse
      contact-release build downloads/metadata --problems problems.jsonl
      contact-release build --frames frames --assume-fps 12
      contact-release build --ssv2 ssv2-labels --boxes bounding_box_smthsmth_part*.json
    """
    from etl.annotations import FILE_NAMES
    from etl.build import build as build_warehouse

    if sample and metadata:
        raise click.UsageError("give METADATA or --sample, not both")
    if all_boxes and not boxes:
        raise click.UsageError("--all-boxes goes with --boxes FILE")
    if problems:
        from etl.dataset.sample import sample_folder

        source = sample_folder() if sample else metadata or Path("metadata")
        refuse_warehouse_file(problems, warehouse)
        inputs = {real(source / name) for name in FILE_NAMES}
        if problems.name in FILE_NAMES or real(problems) in inputs:
            raise click.UsageError(f"--problems would overwrite an annotation file: {problems}")
        refuse_inputs(problems, [path for path in (*boxes, ssv2, frames) if path])
        _require_writable(problems)
    try:
        summary = build_warehouse(
            metadata,
            warehouse,
            sample=sample,
            quarantine=quarantine,
            frames=frames,
            assumed_rate=assume_fps,
            ssv2=ssv2,
            boxes=boxes,
            all_boxes=all_boxes,
            force=force,
            on_step=say,
        )
    except LocatedError as error:
        if problems:
            _write_problems(problems, error.problems)
        raise
    if problems:
        _write_problems(problems, summary.problems)
    for warning in summary.warnings:
        warn(warning)
    _print_summary(summary, is_sample=sample, quarantine=quarantine)


def _print_summary(summary: BuildSummary, *, is_sample: bool, quarantine: bool) -> None:
    from etl.build.companion_files import COMPANION_TABLES

    rows = summary.rows
    actions = ", ".join(f"{count:,} {action}" for action, count in summary.actions.items())
    lines = {
        "events": f"({actions})",
        "videos": f"({summary.unassigned_videos:,} in no split)",
        "templates": "",
        "splits": "",
        "frame_index": "",
    }
    lines |= dict.fromkeys((name for name in COMPANION_TABLES if rows[name]), "")
    if quarantine:
        lines["rejects"] = "(records set aside: select * from rejects)"
    click.echo(f"built {summary.warehouse}{' from the synthetic sample' if is_sample else ''}")
    for table, note in lines.items():
        click.echo(f"  {table:<12}{rows[table]:>10,}  {note}".rstrip())


def _require_writable(path: Path) -> None:
    """Raise OutputError, before the work, where the file of problems cannot be written; nothing changes there."""
    with suppress(_NotWrittenError), _told(path), whole_file(path):
        raise _NotWrittenError


def _write_problems(path: Path, problems: tuple[Problem, ...]) -> None:
    with _told(path), whole_file(path) as unfinished, unfinished.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(dataclasses.asdict(problem)) + "\n" for problem in problems)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"the problems cannot be written to {path}: {error.strerror}") from error
