"""Which event each prediction is matched with, and the reverse: tables with the warehouse's keys."""

from __future__ import annotations

import numpy as np
import polars as pl

from etl.evaluation.field import Entry
from etl.evaluation.matching import distances

__all__ = ["event_matches", "prediction_matches"]


def event_matches(entry: Entry) -> pl.DataFrame:
    """Return one row per event and tolerance (of `strict`): the event, and the prediction that finds it, if any.

    frame_error is predicted minus annotated.
    """
    field, predictions = entry.field, entry.moments
    columns = ["video_id", "event_index", "action", "agent", "template", "split", "frame_number", "point_x", "point_y"]
    parts = []
    for detection in entry.strict:
        order = np.argsort(detection.events)
        event, matched = detection.events[order], detection.hits[order]
        is_found = np.zeros(len(field.events), dtype=np.bool_)
        is_found[event] = True
        found = entry.rows[entry.rank[matched]]

        def filled(values: np.ndarray, is_found: np.ndarray = is_found) -> pl.Series:
            whole = np.full(len(is_found), np.nan)
            whole[is_found] = values
            return pl.Series(whole).fill_nan(None)

        frame, annotated = predictions.frame[matched], field.events.frame[event]
        parts.append(
            field.truth.events.select(columns).with_columns(
                tolerance_frames=pl.lit(detection.frames, pl.Int64),
                is_found=pl.Series(is_found),
                row=filled(found["row"].to_numpy()).cast(pl.Int64),
                score=filled(found["score"].to_numpy()),
                frame_error=filled(frame - annotated).cast(pl.Int64),
                ms_error=filled(field.times.milliseconds(field.events.video[event], frame, annotated)),
                px_error=filled(distances(field.events, predictions, event, matched)),
            )
        )
    return pl.concat(parts)


def prediction_matches(entry: Entry) -> pl.DataFrame:
    """Return one row per prediction, in the order of the file: what it says, and the event it finds at each tolerance.

    `event_index_within_0` is null where it finds none within 0 frames, and so on.
    """
    index = entry.field.truth.events["event_index"].to_numpy()
    table = entry.rows.select("row", "video_id", "action", "agent", "frame_number", "point_x", "point_y", "score")
    return table.with_columns(
        pl.col("action", "agent").cast(pl.String),
        *(
            pl.repeat(None, len(table), dtype=pl.Int32, eager=True)
            .scatter(entry.rank[detection.hits], index[detection.events])
            .alias(f"event_index_within_{detection.frames}")
            for detection in entry.strict
        ),
    )
