"""Score predicted events against the annotated ones: when and where, with baselines; docs/evaluation.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.errors import OptionError, OutputError, PredictionError
from etl.evaluation.choices import MAX_ROWS
from etl.names import SUSPECTS_PAGE

if TYPE_CHECKING:
    import polars as pl

    from etl.evaluation.scoring import Evaluation
    from etl.warehouse.open import Warehouse
    from etl.warehouse.selection import Selection

__all__ = ["evaluate"]


def evaluate(
    warehouse: str | Path | Warehouse,
    predictions: str | Path | pl.DataFrame | Sequence[str | Path | pl.DataFrame],
    selection: Selection | None = None,
    *,
    measures: str | Sequence[str] = (),
    classes: str = "action",
    questions: str | Path | None = None,
    frame_base: int | None = None,
    coordinates: str | None = None,
    resamples: int = 1000,
    max_rows: int = MAX_ROWS,
    output: str | Path | None = None,
    sheet: str | Path | None = None,
    memory_limit: str | None = None,
    on_step: Callable[[str], None] = lambda step: None,
) -> Evaluation:
    """Score predictions against the selected events of a warehouse, with the ceiling and trivial baselines.

    Args:
        warehouse: the folder of a warehouse, or one that is open.
        predictions: a file (.jsonl, .json, .csv, .tsv, .parquet, .xlsx, each also as .gz) or a polars frame, or
            several to compare. Columns: video_id, action, frame and, optionally, agent, x and y (px), box
            ([x, y, w, h]), score; or, for answers of language models, answer with clip (VIDEO_CLIP), with id (of an
            exported question), or with video_id, action and start_frame.
        selection: the events to find; all by default.
        measures: one or more measures, such as "spot"; by default all that the predictions allow.
        classes: "action", or "action-agent" for six classes, which needs the agent in every row.
        questions: the folder of an export to lmm-qa, or its qa.jsonl, that the predictions answer: every question
            counts, and says how to read its answer.
        frame_base: the number of a video's first frame in the predictions (default 0), or of a clip's first frame in
            answers (default: what the questions say, else 1).
        coordinates: "px", "norm01" (shares of width and height) or "grid1000" (thousandths of them); default: what the
            questions say, else px.
        resamples: the number of resamples of the videos for the intervals; 0 for none. The seed is fixed.
        max_rows: the most rows to read from a file; the memory for reading and the size of files are limited in
            proportion (1,000 and 150 bytes per row).
        output: folder to write scores and matches to.
        sheet: folder of a sheet of suspects, to which the page in `output` links from the worst videos.
        memory_limit: bounds the memory of the engine that opens a folder, as in "500MB".
        on_step: called at each step with what is being done.

    Raises:
        OptionError: the same file is given twice, or an option has an invalid value.
        PredictionError: a file of predictions is invalid; the error has every problem.
        QueryError: the selection is wrong or selects nothing, or a measure does not fit the predictions.
        OutputError: `output` holds something else or cannot be written, or `sheet` is not a sheet of suspects.
        WarehouseError: the warehouse cannot be opened.
    """
    from etl.evaluation.reading_process import Reading

    if sheet is not None and output is None:
        raise OptionError("--sheet goes with --output DIR, whose page links to it")
    if sheet is not None and not (Path(sheet) / SUSPECTS_PAGE).is_file():
        raise OutputError(f"{sheet} has no {SUSPECTS_PAGE}. Try: contact-release suspects --sheet {sheet}")
    with ExitStack() as stack:
        given: list[Any] = [
            stack.enter_context(Reading(Path(one), max_rows)) if isinstance(one, str | Path) else one
            for one in (predictions if isinstance(predictions, list | tuple) else [predictions])
        ]
        readings = [one for one in given if isinstance(one, Reading)]
        with suppress(PredictionError):  # raised in its turn
            for reading in readings[:1]:
                reading.start()  # beside the imports, which take as long

        from etl.evaluation.output import check_output, write_evaluation
        from etl.evaluation.scoring import evaluate as score
        from etl.warehouse.open import using
        from etl.warehouse.selection import Selection

        selection = selection or Selection()
        opened = stack.enter_context(using(warehouse, memory_limit=memory_limit))
        paths = [reading.path for reading in readings]
        inputs = [opened.path, *paths, *(Path(one) for one in (questions, sheet) if one is not None)]
        if output is not None:
            check_output(Path(output), inputs)
        result = score(
            opened,
            given,
            selection=selection,
            measures=measures,
            classes=classes,
            questions=questions,
            frame_base=frame_base,
            coordinates=coordinates,
            resamples=resamples,
            max_rows=max_rows,
            on_step=on_step,
        )
        if output is not None:
            shown = None if sheet is None else Path(sheet)
            write_evaluation(result, opened, Path(output), selection, inputs=inputs, sheet=shown)
    return result
