"""Rerun: one recording per video, to scrub through, with its template, points and, on request, frames.

Two timelines: `frame`, 0-based, and `time`, if the frames were decoded. A point is cleared at the next frame. The
frames are logged as encoded pictures, because Rerun's own video asset reads only MP4.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from etl.errors import MissingExtraError
from etl.export.format import Account, Format, Options
from etl.export.frames import frame_bytes
from etl.look import ACTION_COLORS
from etl.warehouse.events import Event, Frame, Source, Video

if TYPE_CHECKING:
    import rerun

__all__ = ["FORMAT"]

RADIUS_PX = 4.0
APPLICATION = "contact-release"


def write(source: Source, folder: Path, options: Options, account: Account) -> None:
    """Write `<video_id>.rrd` for every selected video."""
    try:
        import rerun
    except ModuleNotFoundError as error:
        raise MissingExtraError("rerun", "the format rerun") from error

    standing = cast("rerun.RecordingStream", rerun.get_global_data_recording())  # or None, which can also be set
    try:
        for video in source.videos():
            # Only init, which makes a global recording, frees the threads and memory of earlier recordings.
            rerun.init(APPLICATION, recording_id=video.video_id, send_properties=False)
            recording = cast("rerun.RecordingStream", rerun.get_global_data_recording())
            _save_with_blueprint(recording, folder / f"{video.video_id}.rrd", video)
            recording.send_recording_name(f"{video.video_id}: {video.template}")
            _log_video(recording, source, video, options.frames)
            recording.flush()
            recording.disconnect()
            account.written += len(video.events)
    finally:
        rerun.set_global_data_recording(standing)
    account.notes.append("A recording holds the time at which it was written: the same export has other bytes.")


def _save_with_blueprint(recording: rerun.RecordingStream, path: Path, video: Video) -> None:
    """Begin the recording's file with a blueprint: timeline `frame`, picture, points and template in view.

    It plays a loop from the first event to the last, because a blueprint has no start position.
    `recording.save(default_blueprint=…)` would do the same, but never frees the blueprint's stream with its two
    threads; so its steps are made here one by one, with a disconnect.
    """
    import rerun
    import rerun.blueprint as rrb
    import rerun_bindings as bindings
    from rerun.blueprint.components import AbsoluteTimeRange

    numbers = list(video.events_by_frame)
    picture = rrb.Spatial2DView(origin="video", name="frames and events")
    template = rrb.TextDocumentView(origin="template", name="template")
    panel = rrb.TimePanel(
        timeline="frame",
        fps=video.frame_rate,
        play_state="playing",
        loop_mode="selection",
        time_selection=AbsoluteTimeRange(numbers[0], numbers[-1] + 1),
    )
    blueprint = rrb.Blueprint(rrb.Horizontal(picture, template, column_shares=[3, 1]), panel)
    native = bindings.new_blueprint(application_id=APPLICATION, make_default=False, make_thread_default=False)
    stream = rerun.RecordingStream._from_native(native)
    stream.set_time("blueprint", sequence=0)
    blueprint._log_to_stream(stream)
    stored = rerun.memory_recording(stream)
    bindings.save(path=str(path), default_blueprint=stored.storage, recording=recording.to_native())
    stream.disconnect()


def _log_video(recording: rerun.RecordingStream, source: Source, video: Video, frames: Path | None) -> None:
    import rerun

    recording.log(
        "template", rerun.TextDocument(f"{video.template}\n\nvideo {video.video_id}, {video.split}"), static=True
    )
    by_frame = video.events_by_frame
    known = {frame.frame_number: frame for frame in source.frames(video.video_id)}
    is_decoded = video.frame_count is not None
    numbers = set(known) if frames and is_decoded else set(by_frame)
    numbers |= {number + 1 for number in by_frame if not is_decoded or number + 1 in known}
    for number in sorted(numbers):
        _set_times(recording, number, known.get(number))
        if frames and (is_decoded or number in by_frame):
            picture = frame_bytes(source, frames, video.video_id, number)
            recording.log("video", rerun.EncodedImage(contents=picture, media_type="image/jpeg"))
        if number in by_frame:
            _log_events(recording, by_frame[number])
        elif number - 1 in by_frame:
            recording.log("video/events", rerun.Clear(recursive=False))


def _log_events(recording: rerun.RecordingStream, events: list[Event]) -> None:
    import rerun

    points = rerun.Points2D(
        [(event.point_x, event.point_y) for event in events],
        labels=[f"{event.action} {event.agent}" for event in events],
        colors=[ACTION_COLORS[event.action] for event in events],
        radii=RADIUS_PX,
    )
    recording.log("video/events", points)


def _set_times(recording: rerun.RecordingStream, number: int, frame: Frame | None) -> None:
    recording.reset_time()
    recording.set_time("frame", sequence=number)
    if frame and frame.time_s is not None:
        recording.set_time("time", duration=frame.time_s)


FORMAT = Format(
    "Rerun recordings, one per video, to scrub through; --frames embeds the frames.",
    "Rerun viewer, rerun.chunk.RrdReader",
    write,
    takes=("frames", "resize", "letterbox"),
)
