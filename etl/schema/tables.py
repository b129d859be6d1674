"""Every table's columns: type, unit, key, allowed values, description. The one place they are declared."""

from __future__ import annotations

from dataclasses import dataclass, replace

from etl.names import frame_name
from etl.schema.facts import ACTIONS, AGENTS, EXTRACTION_REASONS, SPLITS, TIME_SOURCES

__all__ = [
    "EVENTS",
    "TABLES",
    "Column",
    "Table",
    "table_named",
]


@dataclass(frozen=True)
class Column:
    """One column of a table. `type` is DuckDB's name of the type; `unit` is empty if there is none."""

    name: str
    type: str
    description: str
    unit: str = ""
    nullable: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of the warehouse: its grain ("One row per …"), its key (empty: none) and its columns in order."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)


VIDEO_ID = Column(
    "video_id", "VARCHAR", "Something-Something V2 video id, as published: text, though it looks like a number."
)
TEMPLATE_ID = Column("template_id", "INTEGER", "Position of the template in the published map, from 0.")
FRAME_NUMBER = Column(
    "frame_number", "INTEGER", f"0-based index in decoding order: frame 9 is {frame_name(9)}.", "frame"
)
WIDTH = Column("width", "INTEGER", "Width of the decoded picture.", "px", nullable=True)
HEIGHT = Column("height", "INTEGER", "Height of the decoded picture.", "px", nullable=True)

EVENTS = Table(
    "events",
    "One row per annotated event.",
    ("video_id", "event_index"),
    (
        VIDEO_ID,
        Column("event_index", "INTEGER", "Position in the video's published list, from 0; not the order in time."),
        Column(
            "action", "VARCHAR", "Whether the two became attached (contact) or detached (release).", allowed=ACTIONS
        ),
        Column("agent", "VARCHAR", "What touches what.", allowed=AGENTS),
        FRAME_NUMBER,
        Column("point_x", "INTEGER", "Where, in the original frame: from the left edge to the right.", "px"),
        Column("point_y", "INTEGER", "Where, in the original frame: from the top edge down.", "px"),
    ),
)

# What decoding finds.
DECODED = (
    WIDTH,
    HEIGHT,
    Column("frame_count", "INTEGER", "Frames that were decoded.", "frame", nullable=True),
    Column("frame_rate", "DOUBLE", "Frames per second, from the decoded timestamps.", "1/s", nullable=True),
    Column("duration_s", "DOUBLE", "Duration, from the decoded timestamps.", "s", nullable=True),
    Column("is_variable_rate", "BOOLEAN", "Whether frames are unevenly spaced in time.", nullable=True),
    Column("codec", "VARCHAR", "Codec of the video stream, such as vp9.", nullable=True),
    Column(
        "declared_frame_count",
        "BIGINT",
        "Frame count that the container declares, for comparison: often wrong. Null where none is declared.",
        "frame",
        nullable=True,
    ),
    Column("decoder", "VARCHAR", "What decoded the video.", nullable=True),
    Column("decoder_version", "VARCHAR", "Version of the decoder and of the codecs it was built with.", nullable=True),
    Column("video_file", "VARCHAR", "Name of the file that was decoded, such as 20.webm.", nullable=True),
)

VIDEOS = Table(
    "videos",
    "One row per labelled video; what decoding finds is null until then.",
    ("video_id",),
    (
        VIDEO_ID,
        TEMPLATE_ID,
        *DECODED,
        Column(
            "time_source",
            "VARCHAR",
            "Where the seconds come from: decoded timestamps, or an assumed frame rate; null without seconds.",
            nullable=True,
            allowed=TIME_SOURCES,
        ),
    ),
)

TEMPLATES = Table(
    "templates",
    "One row per action template.",
    ("template_id",),
    (TEMPLATE_ID, Column("template", "VARCHAR", "The template's text, as published.")),
)

SPLITS_TABLE = Table(
    "splits",
    "One row per video that is in a split; a video in no split has no row.",
    ("video_id",),
    (VIDEO_ID, Column("split", "VARCHAR", "The published split.", allowed=SPLITS)),
)

FRAME_INDEX = Table(
    "frame_index",
    "One row per known frame: every frame of a decoded video, as far as it was decoded, else the annotated frames.",
    ("video_id", "frame_number"),
    (
        VIDEO_ID,
        FRAME_NUMBER,
        Column(
            "time_s",
            "DOUBLE",
            "Presentation time from the decoder, or from an assumed frame rate (videos.time_source); null without.",
            "s",
            nullable=True,
        ),
        Column(
            "file",
            "VARCHAR",
            "The frame's file, or its video's pack, relative to the frames folder; null where it was not saved.",
            nullable=True,
        ),
        Column(
            "offset_bytes",
            "BIGINT",
            "Where the frame begins in its video's pack; null for a file of its own, and where it was not saved.",
            "byte",
            nullable=True,
        ),
        replace(WIDTH, description="Width of this frame; null where it was not decoded."),
        replace(HEIGHT, description="Height of this frame; null where it was not decoded."),
        Column(
            "size_bytes",
            "BIGINT",
            "Size of the frame as a JPEG file; null where it was not saved.",
            "byte",
            nullable=True,
        ),
        Column(
            "sha256",
            "VARCHAR",
            "SHA-256 of the frame as a JPEG file, in lower-case hex; null where it was not saved.",
            nullable=True,
        ),
    ),
)

UNLABELLED_VIDEOS = Table(
    "unlabelled_videos",
    "One row per video of the frames folder that has no label; what decoding finds is null where it failed.",
    ("video_id",),
    (
        VIDEO_ID,
        *DECODED,
        Column("saved_frame_count", "INTEGER", "Frames that were saved.", "frame"),
    ),
)

SSV2_VIDEOS = Table(
    "ssv2_videos",
    "One row per video of SSv2's own label files; empty where none were given.",
    ("video_id",),
    (
        VIDEO_ID,
        Column("label", "VARCHAR", "The label, as published; null where the files have none.", nullable=True),
        Column(
            "template",
            "VARCHAR",
            "The template with its brackets, as published; without them where only test-answers.csv has it; "
            "null where no file has it.",
            nullable=True,
        ),
        Column("class_id", "INTEGER", "Number of the template's class in labels.json; null without.", nullable=True),
        Column("ssv2_split", "VARCHAR", "The split of SSv2 itself, not that of the annotations.", allowed=SPLITS),
        Column("is_annotated", "BOOLEAN", "Whether the video is among the labelled ones, in videos."),
    ),
)

OBJECTS = Table(
    "objects",
    "One row per placeholder of a video of SSv2's label files.",
    ("video_id", "placeholder_index"),
    (
        VIDEO_ID,
        Column("placeholder_index", "INTEGER", "Position of the placeholder in the template, from 0."),
        Column("placeholder", "VARCHAR", "What is in the template's brackets, such as something."),
        Column("object", "VARCHAR", "What replaces it, as published: a box."),
    ),
)

BOXES = Table(
    "boxes",
    "One row per box of a hand or an object on a frame, by the Something-Else annotation.",
    ("video_id", "frame_number", "box_index"),
    (
        VIDEO_ID,
        replace(
            FRAME_NUMBER,
            description="0-based frame at 12 frames a second: the number in the box's file name, less 1.",
        ),
        Column("box_index", "INTEGER", "Position of the box in the frame's published list, from 0."),
        Column(
            "instance",
            "VARCHAR",
            "Which one: hand, or the object's number in four digits; 0000 is the first placeholder.",
        ),
        Column("is_hand", "BOOLEAN", "Whether the box is a hand's."),
        Column("category", "VARCHAR", "What is in the box, as published."),
        Column("x1", "DOUBLE", "The box's left edge.", "px"),
        Column("y1", "DOUBLE", "The box's top edge.", "px"),
        Column("x2", "DOUBLE", "The box's right edge.", "px"),
        Column("y2", "DOUBLE", "The box's bottom edge.", "px"),
    ),
)

REJECTS = Table(
    "rejects",
    "One row per record that --quarantine set aside; empty for a build without problems.",
    (),
    (
        Column("file", "VARCHAR", "Name of the annotation file."),
        Column(
            "location",
            "VARCHAR",
            "JSON Pointer (RFC 6901) of the record in that file; records with a repeated key share it.",
        ),
        Column("problem", "VARCHAR", "What is wrong with the record, with the place within it."),
        Column("record", "VARCHAR", "The record's original JSON text."),
    ),
)

EXTRACTION_PROBLEMS = Table(
    "extraction_problems",
    "One row per reason why a video gave no frames, or per warning about the frames it gave.",
    ("video_id", "reason"),
    (
        VIDEO_ID,
        Column("reason", "VARCHAR", "What is wrong, in one word to count by.", allowed=EXTRACTION_REASONS),
        Column("level", "VARCHAR", "error: there are no frames; warning: there are.", allowed=("error", "warning")),
        Column("detail", "VARCHAR", "The same in a sentence: what was found and what was done about it."),
    ),
)

TABLES = (
    EVENTS,
    VIDEOS,
    TEMPLATES,
    SPLITS_TABLE,
    FRAME_INDEX,
    UNLABELLED_VIDEOS,
    EXTRACTION_PROBLEMS,
    SSV2_VIDEOS,
    OBJECTS,
    BOXES,
    REJECTS,
)


def table_named(name: str) -> Table:
    """Return the table of that name. Raises KeyError if there is none."""
    return {table.name: table for table in TABLES}[name]
