"""Write an evaluation to a folder: scores.json, Parquet tables, and a DuckDB file with views over them."""

from __future__ import annotations

import importlib.util
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import duckdb
import msgspec
import polars as pl

from etl.errors import OutputError
from etl.evaluation.scoring import Evaluation
from etl.names import EVALUATION_DATABASE, EVALUATION_PAGE, SUSPECTS_PAGE
from etl.outputs import new_folder, require_output
from etl.version import __version__
from etl.views import DATABASE_SETTINGS, comment_statements, load_evaluation_views
from etl.wording import first_words

if TYPE_CHECKING:
    from etl.warehouse.open import Warehouse
    from etl.warehouse.selection import Selection

__all__ = ["TABLES", "check_output", "write_evaluation"]

KIND = "evaluation"
SCORES_FILE = "scores.json"
# The data frames of an Evaluation, each a table of this name.
TABLES = {
    "scores": "scores",
    "differences": "score_differences",
    "breakdown": "breakdown",
    "events": "event_matches",
    "matches": "prediction_matches",
    "unparsed": "unparsed_answers",
}


def check_output(folder: Path, inputs: Iterable[Path]) -> None:
    """Raise OutputError if `folder` holds anything but an earlier evaluation, or an input, or cannot be written."""
    if "?" in str(folder.absolute()):
        raise OutputError(f"{folder}: DuckDB cannot open a path with a question mark. Give another with --output DIR")
    if _has_page():
        from etl.pages.pictures import require_open_files

        require_open_files()
    require_output(folder, KIND, inputs=inputs, replace=True)


def write_evaluation(
    evaluation: Evaluation,
    warehouse: Warehouse,
    folder: Path,
    selection: Selection | None = None,
    *,
    inputs: Iterable[Path] = (),
    sheet: Path | None = None,
) -> None:
    """Write everything into `folder`, whole or not at all; an earlier evaluation there is replaced.

    `inputs` are the files of predictions, which the folder must not hold. `sheet` is the folder of a sheet of suspects,
    to which the page links.

    The page, which names the `selection`, is written if the extra [report] is installed.
    Raises OutputError if the folder holds something else or cannot be written.
    """
    with new_folder(folder, KIND, inputs=[warehouse.path, *inputs], replace=True) as temporary:
        try:
            for frame, table in TABLES.items():
                content = getattr(evaluation, frame)
                if content.width:
                    content.write_parquet(temporary / f"{table}.parquet")
            _write_database(temporary)
        # Their class depends on the moment at which the disk was full.
        except (duckdb.Error, pl.exceptions.PolarsError) as error:
            reason = first_words(error)
            raise OutputError(f"{folder} cannot be written: {reason}. What stood there before is untouched") from error
        (temporary / SCORES_FILE).write_text(_scores(evaluation, warehouse), encoding="utf-8")
        address = "" if sheet is None else quote(os.path.relpath(sheet / SUSPECTS_PAGE, folder))
        if _has_page():
            (temporary / EVALUATION_PAGE).write_text(
                _page(evaluation, warehouse, selection, temporary, address), encoding="utf-8"
            )


def _has_page() -> bool:
    """Tell whether the page can be written: its libraries are the extra [report]."""
    return all(map(importlib.util.find_spec, ("altair", "jinja2", "vl_convert")))


def _write_database(folder: Path) -> None:
    with duckdb.connect(str(folder / EVALUATION_DATABASE), config=DATABASE_SETTINGS) as database:
        for path in sorted(folder.glob("*.parquet")):
            parquet = re.sub(r"([*?[])", r"[\1]", str(path))  # a path, not a pattern
            database.execute(f"create table {path.stem} as from read_parquet(?)", [parquet])
        present = {row[0] for row in database.execute("select table_name from duckdb_tables()").fetchall()}
        for view in load_evaluation_views():
            if set(view.sources) & set(TABLES.values()) <= present:
                statements = [f"create view {view.name} as\n{view.statement}", *comment_statements(view)]
                database.execute(";\n".join(statements))


def _page(evaluation: Evaluation, warehouse: Warehouse, selection: Selection | None, folder: Path, sheet: str) -> str:
    from etl.dataset.provenance import provenance
    from etl.evaluation.page import evaluation_page
    from etl.warehouse.selection import selection_facts

    with duckdb.connect(str(folder / EVALUATION_DATABASE), read_only=True) as database:
        facts = selection_facts(selection) if selection else []
        return evaluation_page(database, provenance(warehouse), facts, evaluation.warnings, sheet)


def _scores(evaluation: Evaluation, warehouse: Warehouse) -> str:
    inputs = msgspec.to_builtins(warehouse.manifest.inputs)
    rows = {name: table.rows for name, table in warehouse.manifest.tables.items()}
    content: dict[str, Any] = {
        "version": __version__,
        "warehouse": {"inputs": inputs, "rows": rows},
        "units": "value, low, high and the baselines in percent; medians in the unit that they name",
        "warnings": list(evaluation.warnings),
        "scores": evaluation.scores.to_dicts(),
        "differences": evaluation.differences.to_dicts(),
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
