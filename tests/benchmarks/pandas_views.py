"""The answers of the other views as one would write them in pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas_tables import AGENT_IN_TIME, COUNTS, EVENT, KINDS, Tables, counted, labelled, video_labels
from pandas_times import event_timing, interaction_intervals


def event_mix(t: Tables) -> pd.DataFrame:
    mix = t.events.groupby(KINDS).agg(events=("frame_number", "size"), videos=("video_id", "nunique")).reset_index()
    mix["share"] = mix["events"] / mix["events"].sum()
    return mix[["action", "agent", "events", "share", "videos"]]


def video_overview(t: Tables) -> pd.DataFrame:
    groups = counted(t.events).groupby("video_id", sort=False)
    counts = groups[COUNTS].sum()
    counts["first_frame"] = groups["frame_number"].min()
    counts["last_frame"] = groups["frame_number"].max()
    counts["span_frames"] = counts["last_frame"] - counts["first_frame"]
    overview = video_labels(t).merge(counts.reset_index(), on="video_id", how="left")
    overview[COUNTS] = overview[COUNTS].fillna(0).astype("int64")
    facts = ["width", "height", "frame_count", "duration_s"]
    spans = ["first_frame", "last_frame", "span_frames"]
    return overview[["video_id", "template_id", "template", "split", *COUNTS, *spans, *facts]]


def event_coordinates(t: Tables) -> pd.DataFrame:
    points = t.events.merge(video_labels(t), on="video_id", how="left")
    points["relative_x"] = points["point_x"] / points["width"]
    points["relative_y"] = points["point_y"] / points["height"]
    return points[[*EVENT, "point_x", "point_y", "width", "height", "relative_x", "relative_y"]]


def coordinate_grid(t: Tables) -> pd.DataFrame:
    points = labelled(t, t.events)
    points["cell_x"], points["cell_y"] = points["point_x"] // 20, points["point_y"] // 20
    return points.groupby(["template", *KINDS, "cell_x", "cell_y"]).size().reset_index(name="events")


def relative_coordinate_grid(t: Tables) -> pd.DataFrame:
    points = event_coordinates(t)
    points = points[points["width"].notna() & points["height"].notna()]
    points["cell_x"] = points["point_x"] * 10 // points["width"]
    points["cell_y"] = points["point_y"] * 10 // points["height"]
    return points.groupby(["template", *KINDS, "cell_x", "cell_y"]).size().reset_index(name="events")


def interval_displacement(t: Tables) -> pd.DataFrame:
    moves = interaction_intervals(t).merge(t.videos[["video_id", "width", "height"]], on="video_id", how="left")
    moves["dx_px"] = moves["release_x"] - moves["contact_x"]
    moves["dy_px"] = moves["release_y"] - moves["contact_y"]
    moves["distance_px"] = np.hypot(moves["dx_px"], moves["dy_px"])
    degrees = np.degrees(np.arctan2(moves["dy_px"], moves["dx_px"])) % 360
    moves["direction_deg"] = degrees.where(moves["distance_px"] > 0)
    moves["relative_distance"] = moves["distance_px"] / np.hypot(moves["width"], moves["height"])
    columns = ["contact_event_index", "release_event_index", "hold_frames", "dx_px", "dy_px", "distance_px"]
    return moves[["video_id", "agent", "template", "split", *columns, "direction_deg", "relative_distance"]]


def coordinates_by_template(t: Tables) -> pd.DataFrame:
    groups = event_coordinates(t).groupby("template")
    x, y = groups["point_x"], groups["point_y"]
    out = pd.DataFrame({"events": groups.size(), "centre_x": x.mean(), "centre_y": y.mean()})
    out["spread_px"] = np.sqrt(x.var(ddof=0) + y.var(ddof=0))
    for name, column in (("x", x), ("y", y)):
        quantiles = column.quantile([0.05, 0.25, 0.5, 0.75, 0.95]).unstack()
        out[[f"{name}_{q}" for q in ("p05", "p25", "median", "p75", "p95")]] = quantiles
    out["sized_events"] = groups["relative_x"].count()
    for axis in "xy":
        out[f"relative_centre_{axis}"] = groups[f"relative_{axis}"].mean()
        out[f"relative_spread_{axis}"] = groups[f"relative_{axis}"].std(ddof=0)
    return out.reset_index()


def template_distribution(t: Tables) -> pd.DataFrame:
    overview = video_overview(t).assign(videos=1)
    for split in ("train", "validation", "test", "unassigned"):
        overview[f"{split}_videos"] = (overview["split"] == split).astype("int64")
    split_columns = [f"{split}_videos" for split in ("train", "validation", "test", "unassigned")]
    counts = overview.groupby("template_id")[["videos", *COUNTS, *split_columns]].sum()
    out = t.templates.merge(counts.reset_index(), on="template_id", how="left").fillna(0)
    out["events_per_video"] = out["events"] / out["videos"]
    out["video_share"] = out["videos"] / out["videos"].sum()
    out["event_share"] = out["events"] / out["events"].sum()
    return out


def _mix(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    counts = frame.groupby([label, *KINDS]).size().unstack(KINDS, fill_value=0)
    mix = counts.stack(KINDS, future_stack=True).reset_index(name="events")
    mix["share"] = mix["events"] / mix.groupby(label)["events"].transform("sum")
    overall = mix.groupby(KINDS)["events"].transform("sum")
    mix["overall_share"] = overall / len(frame)
    return mix


def template_mix(t: Tables) -> pd.DataFrame:
    return _mix(labelled(t, t.events), "template")


def _divergence(share: pd.Series, other: pd.Series) -> pd.Series:
    middle = (share + other) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (share * np.log2(share / middle)).fillna(0) + (other * np.log2(other / middle)).fillna(0)
    return terms / 2


def template_divergence(t: Tables) -> pd.DataFrame:
    mix = template_mix(t)
    mix["divergence_bits"] = _divergence(mix["share"], mix["overall_share"])
    return mix.groupby("template")[["events", "divergence_bits"]].sum().reset_index()


def template_intervals(t: Tables) -> pd.DataFrame:
    keys = ["template", "agent"]
    groups = counted(labelled(t, t.events)).groupby(keys)
    out = groups[["contacts", "releases"]].sum()
    out["videos"] = groups["video_id"].nunique()
    intervals = interaction_intervals(t).groupby(keys)
    out["intervals"] = intervals.size()
    out["videos_with_interval"] = intervals["video_id"].nunique()
    out["hold_frames_median"] = intervals["hold_frames"].median()
    out[["intervals", "videos_with_interval"]] = out[["intervals", "videos_with_interval"]].fillna(0)
    return out.reset_index()


def templates_without_split(t: Tables) -> pd.DataFrame:
    counts = template_distribution(t)
    return counts[counts["videos"] == counts["unassigned_videos"]][["template_id", "template", "videos", "events"]]


def split_distribution(t: Tables) -> pd.DataFrame:
    overview = video_overview(t).assign(videos=1)
    groups = overview.groupby("split")
    out = groups[["videos", *COUNTS]].sum()
    out["templates"] = groups["template_id"].nunique()
    out["events_per_video"] = out["events"] / out["videos"]
    out["video_share"] = out["videos"] / out["videos"].sum()
    out["event_share"] = out["events"] / out["events"].sum()
    return out.reset_index()


def split_templates(t: Tables) -> pd.DataFrame:
    counts = video_overview(t).groupby(["template", "split"]).agg(videos=("events", "size"), events=("events", "sum"))
    cells = counts.unstack(fill_value=0).stack(future_stack=True).reset_index()
    cells["share_of_split"] = cells["videos"] / cells.groupby("split")["videos"].transform("sum")
    cells["share_of_template"] = cells["videos"] / cells.groupby("template")["videos"].transform("sum")
    return cells


def split_mix(t: Tables) -> pd.DataFrame:
    return _mix(labelled(t, t.events), "split")


def split_balance(t: Tables) -> pd.DataFrame:
    mix = split_mix(t)
    templates = split_templates(t)
    parts = [
        mix.assign(dimension="action", item=mix["action"], n=mix["events"]),
        mix.assign(dimension="agent", item=mix["agent"], n=mix["events"]),
        mix.assign(dimension="action and agent", item=mix["action"] + " " + mix["agent"], n=mix["events"]),
        templates.assign(dimension="template", item=templates["template"], n=templates["videos"]),
    ]
    shares = pd.concat(parts).groupby(["split", "dimension", "item"], as_index=False)["n"].sum()
    shares["sample_size"] = shares.groupby(["split", "dimension"])["n"].transform("sum")
    shares["share"] = shares["n"] / shares["sample_size"]
    pairs = shares.merge(shares, on=["dimension", "item"], suffixes=("", "_other"))
    pairs = pairs[pairs["split"] < pairs["split_other"]]
    pairs["divergence_bits"] = _divergence(pairs["share"], pairs["share_other"])
    pairs["categories"] = ((pairs["n"] + pairs["n_other"]) > 0).astype("int64")
    names = {"split_other": "other_split", "sample_size_other": "other_sample_size"}
    keys = ["split", "other_split", "dimension", "sample_size", "other_sample_size"]
    out = pairs.rename(columns=names).groupby(keys)[["divergence_bits", "categories"]].sum().reset_index()
    sizes = 1 / out["sample_size"] + 1 / out["other_sample_size"]
    out["chance_bits"] = (out["categories"] - 1) / (8 * np.log(2)) * sizes
    return out.drop(columns="categories")


def unassigned_videos(t: Tables) -> pd.DataFrame:
    overview = video_overview(t)
    in_splits = overview[overview["split"] != "unassigned"].groupby("template").size()
    out = overview[overview["split"] == "unassigned"][["video_id", "template", "events"]]
    return out.assign(template_videos=out["template"].map(in_splits).fillna(0))


def near_duplicate_events(t: Tables) -> pd.DataFrame:
    keys = ["video_id", "action", "agent"]
    pairs = t.events.merge(t.events, on=keys, suffixes=("", "_later"))
    gap = pairs["frame_number_later"] - pairs["frame_number"]
    is_later = (gap > 0) | ((gap == 0) & (pairs["event_index"] < pairs["event_index_later"]))
    pairs = labelled(t, pairs.assign(gap_frames=gap)[is_later & (gap <= 2)])
    dx, dy = pairs["point_x_later"] - pairs["point_x"], pairs["point_y_later"] - pairs["point_y"]
    pairs = pairs.assign(distance_px=np.hypot(dx, dy), other_event_index=pairs["event_index_later"])
    return pairs[[*EVENT, "other_event_index", "gap_frames", "distance_px"]]


def mixed_action_frames(t: Tables) -> pd.DataFrame:
    counts = counted(t.events).groupby(["video_id", "frame_number", "agent"])[["contacts", "releases"]].sum()
    counts["has_shared_agent"] = (counts["contacts"] > 0) & (counts["releases"] > 0)
    frames = counts.groupby(["video_id", "frame_number"]).agg(
        contacts=("contacts", "sum"), releases=("releases", "sum"), has_shared_agent=("has_shared_agent", "any")
    )
    return labelled(t, frames[(frames["contacts"] > 0) & (frames["releases"] > 0)].reset_index())


def repeated_actions(t: Tables) -> pd.DataFrame:
    events = t.events.sort_values(AGENT_IN_TIME)
    before = events.groupby(["video_id", "agent"], sort=False)[["action", "event_index", "frame_number"]].shift(1)
    is_repeated = events["action"] == before["action"]
    events["previous_event_index"] = before["event_index"]
    events["gap_frames"] = events["frame_number"] - before["frame_number"]
    return labelled(t, events[is_repeated])[[*EVENT, "previous_event_index", "gap_frames"]]


def points_outside_picture(t: Tables) -> pd.DataFrame:
    points = event_coordinates(t)
    is_outside = (points["point_x"] >= points["width"]) | (points["point_y"] >= points["height"])
    return points[is_outside].drop(columns=["relative_x", "relative_y"])


def frames_past_end(t: Tables) -> pd.DataFrame:
    events = t.events.merge(video_labels(t), on="video_id", how="left")
    return events[events["frame_number"] >= events["frame_count"]][[*EVENT, "frame_count"]]


def exceptional_videos(t: Tables) -> pd.DataFrame:
    overview = video_overview(t)
    low, high = overview["events"].quantile([0.25, 0.75])
    overview["fence"] = high + 3 * (high - low)
    return overview[overview["events"] > overview["fence"]][["video_id", "template", "split", "events", "fence"]]


def events_in_rectangle(t: Tables) -> pd.DataFrame:
    is_inside = t.events["point_x"].between(100, 140) & t.events["point_y"].between(60, 100)
    return labelled(t, t.events[is_inside])


def template_profile(t: Tables) -> pd.DataFrame:
    timing = event_timing(t)
    timing = timing[timing["template"] == "Closing something"]
    points = t.events[["video_id", "event_index", "point_x", "point_y"]]
    groups = timing.merge(points, on=["video_id", "event_index"]).groupby(KINDS)
    out = groups.agg(
        videos=("video_id", "nunique"),
        events=("frame_number", "size"),
        position_median=("relative_position", "median"),
        centre_x=("point_x", "mean"),
        centre_y=("point_y", "mean"),
    )
    out["share"] = out["events"] / out["events"].sum()
    out["overall_share"] = event_mix(t).set_index(KINDS)["share"]
    quantiles = groups["frame_number"].quantile([0.25, 0.5, 0.75]).unstack()
    out[["frame_p25", "frame_median", "frame_p75"]] = quantiles
    out["spread_px"] = np.sqrt(groups["point_x"].var(ddof=0) + groups["point_y"].var(ddof=0))
    return out.reset_index()


def totals(t: Tables) -> pd.DataFrame:
    overview = video_overview(t)
    return pd.DataFrame(
        {
            "events": [overview["events"].sum()],
            "contacts": overview["contacts"].sum(),
            "releases": overview["releases"].sum(),
            "videos": len(overview),
            "videos_with_events": (overview["events"] > 0).sum(),
            "decoded_videos": overview["width"].count(),
            "unassigned_videos": (overview["split"] == "unassigned").sum(),
            "templates": len(t.templates),
            "templates_with_videos": overview["template_id"].nunique(),
            "intervals": len(interaction_intervals(t)),
            "first_frame": overview["first_frame"].min(),
            "last_frame": overview["last_frame"].max(),
        }
    )


def events_per_video(t: Tables) -> pd.DataFrame:
    counts = video_overview(t).groupby(["split", "events"]).size().reset_index(name="videos")
    return counts.assign(share=counts["videos"] / counts.groupby("split")["videos"].transform("sum"))


def displacement_grid(t: Tables) -> pd.DataFrame:
    moves = interval_displacement(t)
    moves["cell_dx"], moves["cell_dy"] = (moves["dx_px"] + 10) // 20, (moves["dy_px"] + 10) // 20
    counts = moves.groupby(["agent", "cell_dx", "cell_dy"]).size().reset_index(name="intervals")
    return counts.assign(share=counts["intervals"] / counts.groupby("agent")["intervals"].transform("sum"))
