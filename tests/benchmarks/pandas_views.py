"""The answers of the views as one would write them in pandas, over the tables of the warehouse in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

IN_TIME = ["video_id", "frame_number", "event_index"]
AGENT_IN_TIME = ["video_id", "agent", "frame_number", "event_index"]
KINDS = ["action", "agent"]
FACTS = ["duration_s", "time_source"]
EVENT = ["video_id", "event_index", "action", "agent", "template", "split", "frame_number"]


class Tables:
    """The tables of a warehouse as data frames."""

    def __init__(self, warehouse: Path) -> None:
        read = {name: pd.read_parquet(warehouse / f"{name}.parquet") for name in ("events", "videos", "templates")}
        self.events, self.videos, self.templates = read["events"], read["videos"], read["templates"]
        self.splits = pd.read_parquet(warehouse / "splits.parquet")
        self.frame_index = pd.read_parquet(warehouse / "frame_index.parquet")


def video_labels(t: Tables) -> pd.DataFrame:
    labels = t.videos.merge(t.templates, on="template_id", how="left").merge(t.splits, on="video_id", how="left")
    labels["split"] = labels["split"].fillna("unassigned")
    return labels[["video_id", "template_id", "template", "split", "width", "height", "frame_count", *FACTS]]


def labelled(t: Tables, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.merge(video_labels(t)[["video_id", "template", "split", "time_source"]], on="video_id", how="left")


def event_mix(t: Tables) -> pd.DataFrame:
    mix = t.events.groupby(KINDS).agg(events=("frame_number", "size"), videos=("video_id", "nunique")).reset_index()
    mix["share"] = mix["events"] / mix["events"].sum()
    return mix[["action", "agent", "events", "share", "videos"]]


def _counts(frame: pd.DataFrame) -> pd.DataFrame:
    """One column for each action and agent, 1 where the event is of it."""
    return frame.assign(
        events=1,
        contacts=(frame["action"] == "contact").astype("int64"),
        releases=(frame["action"] == "release").astype("int64"),
        hand_object_events=(frame["agent"] == "hand-object").astype("int64"),
        object_surface_events=(frame["agent"] == "object-surface").astype("int64"),
        object_object_events=(frame["agent"] == "object-object").astype("int64"),
    )


COUNTS = ["events", "contacts", "releases", "hand_object_events", "object_surface_events", "object_object_events"]


def video_overview(t: Tables) -> pd.DataFrame:
    groups = _counts(t.events).groupby("video_id", sort=False)
    counts = groups[COUNTS].sum()
    counts["first_frame"] = groups["frame_number"].min()
    counts["last_frame"] = groups["frame_number"].max()
    counts["span_frames"] = counts["last_frame"] - counts["first_frame"]
    overview = video_labels(t).merge(counts.reset_index(), on="video_id", how="left")
    overview[COUNTS] = overview[COUNTS].fillna(0).astype("int64")
    facts = ["width", "height", "frame_count", "duration_s"]
    spans = ["first_frame", "last_frame", "span_frames"]
    return overview[["video_id", "template_id", "template", "split", *COUNTS, *spans, *facts]]


def event_timing(t: Tables) -> pd.DataFrame:
    timing = t.events.merge(video_labels(t), on="video_id", how="left")
    times = t.frame_index[["video_id", "frame_number", "time_s"]]
    timing = timing.merge(times, on=["video_id", "frame_number"], how="left").sort_values(IN_TIME)
    videos = timing.groupby("video_id", sort=False)
    timing["event_rank"] = videos.cumcount() + 1
    timing["gap_frames"] = videos["frame_number"].diff()
    timing["gap_s"] = videos["time_s"].diff()
    timing["relative_position"] = timing["frame_number"] / (timing["frame_count"] - 1).replace(0, np.nan)
    return timing[[*EVENT, "event_rank", "gap_frames", "time_s", "gap_s", "time_source", "relative_position"]]


def _with_next(t: Tables) -> pd.DataFrame:
    events = t.events.sort_values(AGENT_IN_TIME)
    after = events.groupby(["video_id", "agent"], sort=False)[
        ["action", "event_index", "frame_number", "point_x", "point_y"]
    ].shift(-1)
    return events.join(after.add_prefix("next_"))


def interaction_intervals(t: Tables) -> pd.DataFrame:
    pairs = _with_next(t)
    pairs = labelled(t, pairs[(pairs["action"] == "contact") & (pairs["next_action"] == "release")])
    times = t.frame_index[["video_id", "frame_number", "time_s"]]
    pairs = pairs.merge(times, on=["video_id", "frame_number"], how="left").rename(columns={"time_s": "contact_time_s"})
    release = {"frame_number": "next_frame_number", "time_s": "release_time_s"}
    pairs = pairs.merge(times.rename(columns=release), on=["video_id", "next_frame_number"], how="left")
    return pd.DataFrame(
        {
            "video_id": pairs["video_id"],
            "agent": pairs["agent"],
            "template": pairs["template"],
            "split": pairs["split"],
            "contact_event_index": pairs["event_index"],
            "release_event_index": pairs["next_event_index"],
            "contact_frame": pairs["frame_number"],
            "release_frame": pairs["next_frame_number"],
            "hold_frames": pairs["next_frame_number"] - pairs["frame_number"],
            "contact_time_s": pairs["contact_time_s"],
            "release_time_s": pairs["release_time_s"],
            "hold_s": pairs["release_time_s"] - pairs["contact_time_s"],
            "time_source": pairs["time_source"],
            "contact_x": pairs["point_x"],
            "contact_y": pairs["point_y"],
            "release_x": pairs["next_point_x"],
            "release_y": pairs["next_point_y"],
        }
    )


def unpaired_events(t: Tables) -> pd.DataFrame:
    events = t.events.sort_values(AGENT_IN_TIME)
    actions = events.groupby(["video_id", "agent"], sort=False)["action"]
    is_contact = events["action"] == "contact"
    events["missing"] = np.where(is_contact, "release", "contact")
    events["neighbour"] = actions.shift(-1).where(is_contact, actions.shift(1))
    events = events[events["neighbour"].isna() | (events["neighbour"] != events["missing"])]
    return labelled(t, events)[[*EVENT, "missing", "neighbour"]]


def hold_times(t: Tables) -> pd.DataFrame:
    counts = _counts(t.events).groupby("agent")[["contacts", "releases"]].sum()
    intervals = interaction_intervals(t)
    intervals["is_assumed"] = intervals["hold_s"].notna() & (intervals["time_source"] == "assumed")
    holds = intervals.groupby("agent")
    frames = holds["hold_frames"].quantile([0, 0.25, 0.5, 0.75, 1]).unstack()
    seconds = holds["hold_s"].quantile([0.25, 0.5, 0.75]).unstack()
    counts["intervals"] = holds.size()
    counts["released_share"] = counts["intervals"] / counts["contacts"]
    counts["timed_intervals"] = holds["hold_s"].count()
    counts["assumed_intervals"] = holds["is_assumed"].sum()
    counts[[f"hold_frames_{name}" for name in ("min", "p25", "median", "p75", "max")]] = frames
    counts[[f"hold_s_{name}" for name in ("p25", "median", "p75")]] = seconds
    return counts.reset_index()


def first_contact_last_release(t: Tables) -> pd.DataFrame:
    contacts = t.events[t.events["action"] == "contact"].groupby("video_id")["frame_number"].min()
    releases = t.events[t.events["action"] == "release"].groupby("video_id")["frame_number"].max()
    bounds = pd.DataFrame({"first_contact_frame": contacts, "last_release_frame": releases}).reset_index()
    times = t.frame_index[["video_id", "frame_number", "time_s"]]
    for moment in ("first_contact", "last_release"):
        renamed = times.rename(columns={"frame_number": f"{moment}_frame", "time_s": f"{moment}_time_s"})
        bounds = bounds.merge(renamed, on=["video_id", f"{moment}_frame"], how="left")
    bounds["frames_between"] = bounds["last_release_frame"] - bounds["first_contact_frame"]
    columns = ["first_contact_frame", "first_contact_time_s", "last_release_frame", "last_release_time_s"]
    return labelled(t, bounds)[["video_id", "template", "split", *columns, "time_source", "frames_between"]]


def timing_quantiles(t: Tables) -> pd.DataFrame:
    timing = event_timing(t).assign(everything="all")
    timing["is_assumed"] = timing["time_s"].notna() & (timing["time_source"] == "assumed")
    parts = []
    for grouped_by, keys in {
        "all": ["everything"],
        "action and agent": KINDS,
        "template": ["template"],
        "split": ["split"],
    }.items():
        groups = timing.groupby(keys)
        part = groups.agg(
            events=("frame_number", "size"), timed_events=("time_s", "count"), assumed_events=("is_assumed", "sum")
        )
        part["frame_min"] = groups["frame_number"].min()
        frames = groups["frame_number"].quantile([0.05, 0.25, 0.5, 0.75, 0.95]).unstack()
        part[[f"frame_{name}" for name in ("p05", "p25", "median", "p75", "p95")]] = frames
        part["frame_max"] = groups["frame_number"].max()
        for column, name in (("time_s", "time_s"), ("relative_position", "position")):
            part[[f"{name}_{q}" for q in ("p25", "median", "p75")]] = (
                groups[column].quantile([0.25, 0.5, 0.75]).unstack()
            )
        parts.append(part.reset_index().assign(grouped_by=grouped_by))
    return pd.concat(parts).drop(columns="everything")


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
    groups = _counts(labelled(t, t.events)).groupby(keys)
    out = groups[["contacts", "releases"]].sum()
    out["videos"] = groups["video_id"].nunique()
    intervals = interaction_intervals(t).groupby(keys)
    out["intervals"] = intervals.size()
    out["videos_with_interval"] = intervals["video_id"].nunique()
    out["hold_frames_median"] = intervals["hold_frames"].median()
    out[["intervals", "videos_with_interval"]] = out[["intervals", "videos_with_interval"]].fillna(0)
    return out.reset_index()


def event_sequences(t: Tables) -> pd.DataFrame:
    events = t.events.sort_values(IN_TIME)
    events["kind"] = events["action"] + " " + events["agent"]
    videos = events.groupby("video_id", sort=False)
    out = pd.DataFrame({"events": videos.size(), "signature": videos["kind"].agg(" → ".join)})
    out["has_shared_frame"] = videos["frame_number"].nunique() < out["events"]
    return labelled(t, out.reset_index())[["video_id", "template", "split", "events", "signature", "has_shared_frame"]]


def template_sequences(t: Tables) -> pd.DataFrame:
    counts = event_sequences(t).groupby(["template", "signature"]).size().reset_index(name="videos")
    counts = counts.sort_values(["template", "videos", "signature"], ascending=[True, False, True])
    templates = counts.groupby("template")
    counts["sequence_rank"] = templates.cumcount() + 1
    counts["video_share"] = counts["videos"] / templates["videos"].transform("sum")
    return counts


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


def signature_counts(t: Tables) -> pd.DataFrame:
    groups = event_sequences(t).groupby("signature")
    out = groups.agg(events=("events", "first"), videos=("events", "size"), templates=("template", "nunique"))
    out["video_share"] = out["videos"] / out["videos"].sum()
    return out.reset_index()


def transition_counts(t: Tables) -> pd.DataFrame:
    events = t.events.sort_values(IN_TIME)
    after = events.groupby("video_id", sort=False)[["action", "agent", "frame_number"]].shift(-1).add_prefix("next_")
    events = events.join(after)
    events = events[events["next_action"].notna()]
    events["gap_frames"] = events["next_frame_number"] - events["frame_number"]
    groups = events.groupby([*KINDS, "next_action", "next_agent"])["gap_frames"]
    out = groups.agg(transitions="size", gap_frames_median="median").reset_index()
    out["share"] = out["transitions"] / out.groupby(KINDS)["transitions"].transform("sum")
    return out


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
    counts = _counts(t.events).groupby(["video_id", "frame_number", "agent"])[["contacts", "releases"]].sum()
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


def events_near_frame(t: Tables) -> pd.DataFrame:
    events = labelled(t, t.events[t.events["frame_number"].between(8, 12)])
    return events.assign(offset_frames=events["frame_number"] - 10)


def events_in_rectangle(t: Tables) -> pd.DataFrame:
    is_inside = t.events["point_x"].between(100, 140) & t.events["point_y"].between(60, 100)
    return labelled(t, t.events[is_inside])


def isolating_windows(t: Tables) -> pd.DataFrame:
    events = t.events.merge(video_labels(t), on="video_id", how="left").sort_values(IN_TIME)
    frames = events.groupby("video_id", sort=False)["frame_number"]
    frame = events["frame_number"]
    starts = pd.concat([frame - 9, frames.shift(1) + 1], axis=1).max(axis=1).clip(lower=0)
    ends = [frame + 9, frames.shift(-1) - 1, events["frame_count"] - 1, frames.transform("max")]
    events["first_start"] = starts
    events["last_start"] = pd.concat(ends, axis=1).min(axis=1) - 9
    events["windows"] = events["last_start"] - events["first_start"] + 1
    return events[events["windows"] > 0][[*EVENT, "first_start", "last_start", "windows"]]


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


def timing_histogram(t: Tables) -> pd.DataFrame:
    timing = event_timing(t)
    timing["bin_start"] = (timing["time_s"] / 0.5).round(9) // 1 * 0.5
    out = timing.groupby([*KINDS, "bin_start"], dropna=False).size().reset_index(name="events")
    return out.assign(bin_end=out["bin_start"] + 0.5)


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


def hold_distribution(t: Tables) -> pd.DataFrame:
    counts = interaction_intervals(t).groupby(["agent", "hold_frames"]).size().reset_index(name="intervals")
    return counts.assign(share=counts["intervals"] / counts.groupby("agent")["intervals"].transform("sum"))


def displacement_grid(t: Tables) -> pd.DataFrame:
    moves = interval_displacement(t)
    moves["cell_dx"], moves["cell_dy"] = (moves["dx_px"] + 10) // 20, (moves["dy_px"] + 10) // 20
    counts = moves.groupby(["agent", "cell_dx", "cell_dy"]).size().reset_index(name="intervals")
    return counts.assign(share=counts["intervals"] / counts.groupby("agent")["intervals"].transform("sum"))


def template_timing(t: Tables) -> pd.DataFrame:
    return labelled(t, t.events).groupby(["template", *KINDS, "frame_number"]).size().reset_index(name="events")
