"""What predictions say about suspects: they agree, see the event elsewhere or as another, or see one without a label.

Everything is measured on the predictions' own scale. A score counts by the share of the matched predictions whose score
is no higher, and a distance in units of what is usual for these predictions. Pure: data frames in, a data frame out.
"""

from __future__ import annotations

import numpy as np
import polars as pl

__all__ = ["MATCH_FRAMES", "with_predictions"]

MATCH_FRAMES = 4
KEY = ["video_id", "event_index"]
PARTNER = f"event_index_within_{MATCH_FRAMES}"
# How much of a score an agreement in time, and one in place, takes away.
OF_TIME = ("frame_part", "gap_part", "order_part")
OF_PLACE = ("place_part", "shift_part", "exchanged_part")
OTHER_ACTION = 6.0
MOST = 6.0
MISSED = 1.0
FALSE_ALARM = 3.0
CONFIDENT = 0.5
# Above this share of the scores of matched predictions, a prediction counts in full.
FULL = 0.1
# Distances up to this many times the usual one count as the predictions' own error: in pixels, and in frames.
USUAL = 3.0
USUAL_TIME = 4.0
LEAST_SPREAD_FRAMES = 1.0
LEAST_SPREAD_PX = 5.0
PREDICTED = {
    "predicted_action": pl.String,
    "predicted_frame": pl.Int64,
    "predicted_x": pl.Float64,
    "predicted_y": pl.Float64,
    "prediction_score": pl.Float64,
}


def with_predictions(
    suspects: pl.DataFrame, events: pl.DataFrame, predictions: pl.DataFrame, folds: pl.DataFrame
) -> pl.DataFrame:
    """Return the rows of the view `suspect_events` with what predictions add, and a row for each unlabelled moment.

    `events` and `predictions` are the matches of an evaluation (`Evaluation.events` and `.matches`), `folds` the
    `row` and `fold` of each prediction. Rows of videos without a prediction stay as they are.
    """
    predicted = _with_confidence(predictions.join(folds, on="row", how="left"))
    matched = events.filter(pl.col("tolerance_frames") == MATCH_FRAMES)
    spread_frames, spread_px = _spreads(matched)
    said = predicted.select(
        "video_id",
        "row",
        "confidence",
        predicted_action="action",
        predicted_frame=pl.col("frame_number").cast(pl.Int64),
        predicted_x="point_x",
        predicted_y="point_y",
        prediction_score="score",
        weight=(pl.col("confidence") / FULL).clip(0, 1),
    )
    left = said.filter(predicted[PARTNER].is_null())
    late = _late_matches(matched.filter(~pl.col("is_found")), left.filter(weight=1.0), USUAL_TIME * spread_frames)
    left = left.filter(~pl.col("row").is_in(late["row"].implode()))
    matched = matched.update(late, on=KEY)
    judged = suspects.join(
        matched.select(*KEY, "is_found", "row", "frame_error", "px_error"), on=KEY, how="left", maintain_order="left"
    ).join(predicted.select("video_id").unique().with_columns(is_judged=True), on="video_id", how="left")
    judged = _with_double(judged).join(
        _nearest_points(judged, said, max(MATCH_FRAMES, USUAL_TIME * spread_frames)), on=KEY, how="left"
    )
    is_near = (pl.col("nearest_px") <= USUAL * spread_px).fill_null(value=False)
    # Of two close moments, one may have been matched with the other's prediction: then the place decides.
    is_seen = pl.col("is_found") | (is_near & pl.col("double_found").is_null())
    found = _of_found(judged.filter(pl.col("is_judged"), is_seen), said, spread_px)
    missed = _of_missed(judged.filter(pl.col("is_judged"), ~is_seen), left, spread_frames)
    unknown = judged.filter(pl.col("is_judged").is_null()).with_columns(prediction_part=pl.lit(0.0))
    used = missed["row"].drop_nulls().implode()
    alarms = _alarms(left.filter(~pl.col("row").is_in(used), pl.col("confidence") >= CONFIDENT), suspects)
    columns = [*suspects.columns, "prediction_part", *PREDICTED]
    rows = pl.concat([found, missed, unknown], how="diagonal_relaxed")
    rows = rows.with_columns(score=pl.col("score") + pl.col("prediction_part"))
    return pl.concat([rows, alarms], how="diagonal_relaxed").select(columns)


def _with_confidence(predictions: pl.DataFrame) -> pl.DataFrame:
    """Add `confidence`: the share of the matched predictions of the same fold whose score is no higher."""
    parts = []
    for part in predictions.partition_by("fold"):
        scores = np.sort(part.filter(pl.col(PARTNER).is_not_null())["score"].to_numpy())
        rank = np.searchsorted(scores, part["score"].to_numpy(), side="right")
        parts.append(part.with_columns(confidence=pl.Series(rank / max(1, len(scores)), dtype=pl.Float64)))
    return pl.concat(parts) if parts else predictions.with_columns(confidence=pl.lit(None, pl.Float64))


def _spreads(matched: pl.DataFrame) -> tuple[float, float]:
    """Return the usual distance of the matched predictions: the standard deviation in frames, the median in pixels."""
    frames, pixels = matched["frame_error"].drop_nulls(), matched["px_error"].drop_nulls()
    spread = float(np.std(frames.to_numpy())) if len(frames) else 0.0
    usual_px = float(np.median(pixels.to_numpy())) if len(pixels) else 0.0
    return max(LEAST_SPREAD_FRAMES, spread), max(LEAST_SPREAD_PX, usual_px)


def _late_matches(missed: pl.DataFrame, left: pl.DataFrame, frames: float) -> pl.DataFrame:
    """Return `row` of the nearest prediction of each missed event's action, at most this many frames away.

    Predictions are sometimes off by more than MATCH_FRAMES. An event and a prediction belong together only if each is
    the other's nearest.
    """
    away = (pl.col("predicted_frame") - pl.col("frame_number")).abs()
    beside = missed.select(*KEY, "action", "frame_number").join(
        left.select("video_id", "row", "predicted_action", "predicted_frame"),
        left_on=["video_id", "action"],
        right_on=["video_id", "predicted_action"],
    )
    near = beside.with_columns(away=away).filter(pl.col("away") <= frames).sort("away", *KEY, "row")
    of_events = near.unique(KEY, keep="first", maintain_order=True)
    of_predictions = near.unique("row", keep="first", maintain_order=True)
    return of_events.join(of_predictions, on=[*KEY, "row"], how="semi").select(*KEY, "row", is_found=True)


def _with_double(judged: pl.DataFrame) -> pl.DataFrame:
    """Add `double_found`: whether the other event of a double is found; null if the event is not a double."""
    doubles = judged.filter(pl.col("double_part") > 0).select(*KEY, other="other_event_index")
    pairs = pl.concat([doubles, doubles.select("video_id", event_index="other", other="event_index")]).unique(KEY)
    found = judged.select("video_id", other="event_index", double_found="is_found")
    return judged.join(pairs, on=KEY, how="left").join(found, on=["video_id", "other"], how="left")


def _of_found(judged: pl.DataFrame, said: pl.DataFrame, spread_px: float) -> pl.DataFrame:
    """Rate the events with a matched prediction: agreement removes the doubts, unless the point is far away."""
    rows = judged.join(said.drop("video_id"), on="row", how="left")
    is_far = (pl.col("nearest_px") > USUAL * spread_px).fill_null(value=False)
    is_near = (pl.col("nearest_px") <= USUAL * spread_px).fill_null(value=False)
    weight = pl.col("weight").fill_null(1.0)
    far = (4 * (pl.col("nearest_px") / spread_px - USUAL)).clip(0, MOST) * weight
    doubts = pl.sum_horizontal(OF_TIME) + pl.when(is_near).then(pl.sum_horizontal(OF_PLACE)).otherwise(0.0)
    double = pl.when("double_found").then("double_part").otherwise(0.0)
    # Time and place rarely agree by chance, whatever score the prediction has.
    agreement = pl.when(is_near).then(1.0).otherwise(weight)
    part = pl.when(is_far).then(far).otherwise(-doubts * agreement - double * weight)
    reason = (
        pl.when(is_far)
        .then(pl.format("a prediction has the point {} pixels away", pl.col("nearest_px").round().cast(pl.Int64)))
        .when(part < 0)
        .then(pl.lit("though a prediction agrees"))
    )
    return _explained(rows, part, reason)


def _nearest_points(judged: pl.DataFrame, said: pl.DataFrame, frames: float) -> pl.DataFrame:
    """Return `nearest_px` of each event: to the nearest predicted point of its action within this many frames.

    If two events of one action are close in time, either prediction may have been matched with either.
    """
    beside = judged.select(*KEY, "action", "frame_number", "point_x", "point_y").join(
        said, left_on=["video_id", "action"], right_on=["video_id", "predicted_action"]
    )
    near = beside.filter((pl.col("predicted_frame") - pl.col("frame_number")).abs() <= frames)
    away = ((pl.col("predicted_x") - pl.col("point_x")) ** 2 + (pl.col("predicted_y") - pl.col("point_y")) ** 2).sqrt()
    return near.group_by(KEY).agg(nearest_px=away.min())


def _of_missed(judged: pl.DataFrame, left: pl.DataFrame, spread_frames: float) -> pl.DataFrame:
    """Rate the events without a prediction, by an unmatched prediction of another action or farther away."""
    away = (pl.col("predicted_frame") - pl.col("frame_number")).abs()
    is_other = pl.col("predicted_action") != pl.col("action")
    beside = judged.select(*KEY, "action", "frame_number").join(left, on="video_id")
    beside = beside.with_columns(
        rating=pl.when(is_other)
        .then(pl.when(away <= MATCH_FRAMES).then(OTHER_ACTION).otherwise(0.0))
        .otherwise((1.5 * (away / spread_frames - USUAL_TIME)).clip(0, MOST))
        * pl.col("weight")
    )
    best = beside.filter(pl.col("rating") > 0).sort("rating", "row", descending=[True, False])
    best = best.unique(KEY, keep="first", maintain_order=True)
    rows = judged.drop("row").join(best.drop("action", "frame_number"), on=KEY, how="left")
    is_found_as_double = pl.col("double_found").fill_null(value=False)
    has_double = pl.col("double_part") > 0
    part = (
        pl.when(is_found_as_double & ~has_double)
        .then(0.0)
        .otherwise(MISSED + pl.col("rating").fill_null(0.0) + pl.when(has_double).then(1.0).otherwise(0.0))
    )
    reason = (
        pl.when(pl.col("rating").is_null())
        .then(pl.lit(f"no prediction of this action within {MATCH_FRAMES} frames"))
        .otherwise(
            pl.format(
                "a prediction has a {} on frame {} instead", pl.col("predicted_action"), pl.col("predicted_frame")
            )
        )
    )
    return _explained(rows, part, pl.when(part > 0).then(reason))


def _explained(rows: pl.DataFrame, part: pl.Expr, reason: pl.Expr) -> pl.DataFrame:
    """Add the part to the score, and the reason to the others."""
    rows = rows.with_columns(part.alias("prediction_part"), reason.alias("said"))
    own = pl.when(pl.col("reasons") != "").then("reasons")
    return rows.with_columns(reasons=pl.concat_str("said", own, separator="; ", ignore_nulls=True))


def _alarms(left: pl.DataFrame, suspects: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each confident prediction of an unlabelled moment."""
    facts = suspects.select("video_id", "template", "split").unique("video_id")
    parts = {name: pl.lit(0.0) for name in suspects.columns if name.endswith("_part")}
    return left.join(facts, on="video_id").with_columns(
        action="predicted_action",
        frame_number=pl.col("predicted_frame").cast(pl.Int32),
        prediction_part=FALSE_ALARM * pl.col("confidence"),
        score=FALSE_ALARM * pl.col("confidence"),
        reasons=pl.format(
            "a confident prediction of a {} on frame {}, where no label is", "predicted_action", "predicted_frame"
        ),
        **parts,
    )
