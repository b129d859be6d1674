"""The facts about the data that are in no column: allowed values, limits, rates. Each is stated only here."""

from __future__ import annotations

__all__ = [
    "ACTIONS",
    "AGENTS",
    "CELL_PX",
    "CLASSES",
    "EXTRACTION_ERRORS",
    "EXTRACTION_REASONS",
    "EXTRACTION_WARNINGS",
    "FAR_FROM_BOX_PX",
    "FEW_EVENTS",
    "HICE_LABELS",
    "JPEG_QUALITY",
    "KNOWN_BOX_GAP",
    "MAX_COORDINATE",
    "MAX_FRAME_NUMBER",
    "NEAR_FRAMES",
    "NOMINAL_FRAME_RATE",
    "PICTURE_HEIGHT_PX",
    "SCHEMA_VERSION",
    "SPLITS",
    "SQL_CONSTANTS",
    "TIME_SOURCES",
    "UNASSIGNED",
]

SCHEMA_VERSION = 2

ACTIONS = ("contact", "release")
AGENTS = ("hand-object", "object-surface", "object-object")
# What distinguishes two classes: only the action, or also what touches what.
CLASSES = {
    "action": ACTIONS,
    "action-agent": tuple(f"{action}_{agent}" for action in ACTIONS for agent in AGENTS),
}
SPLITS = ("train", "validation", "test")
UNASSIGNED = "unassigned"  # the word of views and options for a video in no split
# The same actions in the words of HiCE, to which labels can be exported and from which predictions come.
HICE_LABELS = {"contact": "touch", "release": "untouch"}
TIME_SOURCES = ("decoded", "assumed")
# Why a video gave no frames (errors), or what to know about the frames it gave (warnings).
EXTRACTION_ERRORS = (
    "missing",
    "two_files",
    "in_the_way",
    "unreadable",
    "not_a_video",
    "undecodable",
    "too_large",
    "time_limit",
    "crash",
)
EXTRACTION_WARNINGS = ("damaged", "truncated", "size_change", "rotated", "timestamps")
EXTRACTION_REASONS = EXTRACTION_ERRORS + EXTRACTION_WARNINGS

# What a frame's name can say, see `etl.names.FRAME_TEMPLATE`.
MAX_FRAME_NUMBER = 99_999
# The largest picture side that JPEG, VP8 and VP9 allow.
MAX_COORDINATE = 65_535
# Of the videos as published, and of the frames that the publisher makes of them.
NOMINAL_FRAME_RATE = 12
JPEG_QUALITY = 95
# The side of a square of the heat maps.
CELL_PX = 20
# A point that is farther than this from all boxes of its frame counts as far from them.
FAR_FROM_BOX_PX = 20
# Annotators of boxes left out up to this many frames at the end of a video (52 of 64 in a published one).
KNOWN_BOX_GAP = 12
# With fewer events than this there is no distribution in which an event could be an outlier.
FEW_EVENTS = 20
# Two events of one action and agent that are at most this many frames apart may be one moment, annotated twice.
NEAR_FRAMES = 2
# SSv2's videos are scaled to this height.
PICTURE_HEIGHT_PX = 240

# Constants that SQL reads by name: `select cell_px()`.
SQL_CONSTANTS: dict[str, int | str | tuple[str, ...]] = {
    "allowed_actions": ACTIONS,
    "allowed_agents": AGENTS,
    "allowed_splits": SPLITS,
    "allowed_time_sources": TIME_SOURCES,
    "unassigned": UNASSIGNED,
    "max_frame_number": MAX_FRAME_NUMBER,
    "max_coordinate": MAX_COORDINATE,
    "cell_px": CELL_PX,
    "far_from_box_px": FAR_FROM_BOX_PX,
    "known_box_gap": KNOWN_BOX_GAP,
    "few_events": FEW_EVENTS,
    "near_frames": NEAR_FRAMES,
    "picture_height_px": PICTURE_HEIGHT_PX,
}
