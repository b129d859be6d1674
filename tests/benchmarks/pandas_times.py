"""The answers of the views of times and sequences as one would write them in pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas_tables import AGENT_IN_TIME, EVENT, IN_TIME, KINDS, Tables, counted, labelled, video_labels


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
    counts = counted(t.events).groupby("agent")[["contacts", "releases"]].sum()
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


def events_near_frame(t: Tables) -> pd.DataFrame:
    events = labelled(t, t.events[t.events["frame_number"].between(8, 12)])
    return events.assign(offset_frames=events["frame_number"] - 10)


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


def timing_histogram(t: Tables) -> pd.DataFrame:
    timing = event_timing(t)
    timing["bin_start"] = (timing["time_s"] / 0.5).round(9) // 1 * 0.5
    out = timing.groupby([*KINDS, "bin_start"], dropna=False).size().reset_index(name="events")
    return out.assign(bin_end=out["bin_start"] + 0.5)


def hold_distribution(t: Tables) -> pd.DataFrame:
    counts = interaction_intervals(t).groupby(["agent", "hold_frames"]).size().reset_index(name="intervals")
    return counts.assign(share=counts["intervals"] / counts.groupby("agent")["intervals"].transform("sum"))


def template_timing(t: Tables) -> pd.DataFrame:
    return labelled(t, t.events).groupby(["template", *KINDS, "frame_number"]).size().reset_index(name="events")
