"""`annotate`: from extracted frames, from videos, from image files and addresses; what cannot be had is said."""

from __future__ import annotations

import io
import os
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from clips import smash
from PIL import Image
from web import Answer, served, serving

from etl.build import pipeline
from etl.cli import command_line
from etl.dataset.sample import sample_folder, sample_videos
from etl.dataset.sample.rendering import CUT_VIDEO, look_of, write_clips
from etl.drawing.annotate import annotate
from etl.drawing.drawn import Style
from etl.drawing.write import FrameShown, annotate_images, annotate_videos, frame_of_source
from etl.errors import OptionError, OutputError
from etl.extraction.plan import plan_extraction, run_locally
from etl.look import DISC_RADIUS_PX
from etl.videos.video import Video
from etl.warehouse.open import Warehouse, open_warehouse
from etl.warehouse.selection import Selection, select_events

VIDEOS = {video.video_id: video for video in sample_videos()}
FOUR_EVENTS = "900008"
TWO_ON_A_FRAME = "900006"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample's warehouse and clips."""
    folder = tmp_path_factory.mktemp("annotate")
    pipeline.build_warehouse(sample_folder(), folder / "warehouse")
    write_clips(folder / "videos")
    return folder


@pytest.fixture
def warehouse(folder: Path) -> Iterator[Warehouse]:
    with open_warehouse(folder / "warehouse") as opened:
        yield opened


def events_of(warehouse: Warehouse, *videos: str) -> pa.Table:
    return select_events(warehouse, Selection(videos=videos))


def frames_with_events(video_id: str) -> list[int]:
    return sorted({event.frame_number for event in VIDEOS[video_id].events})


def extract(video: Path, folder: Path, numbers: list[int]) -> None:
    folder.mkdir(parents=True)
    with Video(video) as opened:
        for frame in opened.frames(numbers):
            if frame.picture is not None:
                rgb = Image.fromarray(frame.picture[:, :, ::-1].copy())
                rgb.save(folder / f"frame_{frame.number:05d}.jpg", quality=95)


def red_at(path: Path, x: int, y: int) -> bool:
    red, green, blue = np.asarray(Image.open(path).convert("RGB"))[y, x]
    return red > 230 and green < 40 and blue < 40


def names(folder: Path) -> set[str]:
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return files - {"manifest.json"}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command_line, ["annotate", *map(str, arguments)])


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header announces an enormous picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def jpeg(width: int = 427, height: int = 240) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, height), (200, 210, 220)).save(content, "JPEG")
    return content.getvalue()


def test_all_events_of_the_sample_are_drawn_from_its_clips_at_their_points(
    folder: Path, warehouse: Warehouse, tmp_path: Path
):
    events = select_events(warehouse, Selection())
    drawn = annotate_videos(events, tmp_path / "drawn", frames=tmp_path / "none", videos=folder / "videos")
    assert drawn.problems == ()
    expected = {f"{video_id}/frame_{number:05d}.jpg" for video_id in VIDEOS for number in frames_with_events(video_id)}
    assert names(tmp_path / "drawn") == expected
    assert drawn.frames == len(expected)
    for event in events.to_pylist():
        path = tmp_path / "drawn" / event["video_id"] / f"frame_{event['frame_number']:05d}.jpg"
        assert red_at(path, event["point_x"], event["point_y"]), event


def test_extracted_frames_are_drawn_on_without_the_video(folder: Path, warehouse: Warehouse, tmp_path: Path):
    numbers = frames_with_events(FOUR_EVENTS)
    extract(folder / "videos" / f"{FOUR_EVENTS}.webm", tmp_path / "frames" / FOUR_EVENTS, numbers)
    drawn = annotate_videos(events_of(warehouse, FOUR_EVENTS), tmp_path / "drawn", frames=tmp_path / "frames")
    assert drawn.problems == ()
    assert names(tmp_path / "drawn") == {f"{FOUR_EVENTS}/frame_{number:05d}.jpg" for number in numbers}


def test_a_frame_that_was_not_extracted_comes_from_the_video(folder: Path, warehouse: Warehouse, tmp_path: Path):
    numbers = frames_with_events(FOUR_EVENTS)
    extract(folder / "videos" / f"{FOUR_EVENTS}.webm", tmp_path / "frames" / FOUR_EVENTS, numbers[:1])
    events = events_of(warehouse, FOUR_EVENTS)
    drawn = annotate_videos(events, tmp_path / "drawn", frames=tmp_path / "frames", videos=folder / "videos")
    assert drawn.problems == ()
    assert drawn.frames == len(numbers)


def test_what_is_missing_is_named_and_the_rest_is_drawn(folder: Path, warehouse: Warehouse, tmp_path: Path):
    numbers = frames_with_events(FOUR_EVENTS)
    extract(folder / "videos" / f"{FOUR_EVENTS}.webm", tmp_path / "frames" / FOUR_EVENTS, numbers[1:])
    events = events_of(warehouse, FOUR_EVENTS, "900001")
    drawn = annotate_videos(events, tmp_path / "drawn", frames=tmp_path / "frames")
    assert drawn.problems == ("900001: there is no frame 0", f"{FOUR_EVENTS}: there is no frame {numbers[0]}")
    assert drawn.frames == len(numbers) - 1


def test_a_damaged_frame_is_named_and_the_other_videos_are_drawn(folder: Path, warehouse: Warehouse, tmp_path: Path):
    numbers = frames_with_events(FOUR_EVENTS)
    extract(folder / "videos" / f"{FOUR_EVENTS}.webm", tmp_path / "frames" / FOUR_EVENTS, numbers)
    damaged = tmp_path / "frames" / "900001" / "frame_00000.jpg"
    damaged.parent.mkdir()
    damaged.write_bytes(jpeg()[:300])
    drawn = annotate_videos(events_of(warehouse, "900001", FOUR_EVENTS), tmp_path / "drawn", frames=tmp_path / "frames")
    assert len(drawn.problems) == 1
    assert drawn.problems[0].startswith(f"900001: {damaged} is a damaged picture")
    assert drawn.frames == len(numbers)


def test_one_damaged_frame_costs_that_frame_alone_or_comes_from_the_video(
    folder: Path, warehouse: Warehouse, tmp_path: Path
):
    numbers = frames_with_events(FOUR_EVENTS)
    extract(folder / "videos" / f"{FOUR_EVENTS}.webm", tmp_path / "frames" / FOUR_EVENTS, numbers)
    damaged = tmp_path / "frames" / FOUR_EVENTS / f"frame_{numbers[1]:05d}.jpg"
    damaged.write_bytes(jpeg()[:300])
    events = events_of(warehouse, FOUR_EVENTS)
    drawn = annotate_videos(events, tmp_path / "drawn", frames=tmp_path / "frames")
    assert drawn.frames == len(numbers) - 1
    assert len(drawn.problems) == 1
    assert drawn.problems[0].startswith(f"{FOUR_EVENTS}: {damaged} is a damaged picture")
    again = annotate_videos(events, tmp_path / "drawn", frames=tmp_path / "frames", videos=folder / "videos")
    assert (again.frames, again.problems) == (len(numbers), ())


@pytest.mark.parametrize("planted", ["frame", "folder"])
def test_a_link_among_the_frames_is_named_and_never_drawn(
    folder: Path, warehouse: Warehouse, tmp_path: Path, planted: str
):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "frame_00000.jpg").write_bytes(jpeg())
    frames = tmp_path / "frames" / "900001"
    if planted == "folder":
        frames.parent.mkdir()
        frames.symlink_to(tmp_path / "secret")
    else:
        frames.mkdir(parents=True)
        (frames / "frame_00000.jpg").symlink_to(tmp_path / "secret" / "frame_00000.jpg")
    drawn = annotate_videos(events_of(warehouse, "900001"), tmp_path / "drawn", frames=frames.parent)
    assert drawn.frames == 0
    assert f"{frames / 'frame_00000.jpg'} cannot be read: it is a link" in drawn.problems[0]


@pytest.mark.parametrize("change", ["frame", "size", "record"])
def test_a_frame_that_is_not_as_it_was_extracted_is_named_and_never_drawn(
    folder: Path, warehouse: Warehouse, tmp_path: Path, change: str
):
    plan = plan_extraction(folder / "videos", tmp_path / "frames", {"900001": None}, time_limit_s=60)
    list(run_locally(plan.jobs, 1))
    path, record = (tmp_path / "frames" / "900001" / name for name in ("frame_00000.jpg", "extraction.json"))
    if change == "record":
        record.write_text(record.read_text().replace('"jpeg_quality":', '"jpeg_quality":-'))
    else:
        path.write_bytes(jpeg() if change == "frame" else path.read_bytes() + b"0")
    drawn = annotate_videos(events_of(warehouse, "900001"), tmp_path / "drawn", frames=tmp_path / "frames")
    assert drawn.frames == 0
    assert ("is damaged" if change == "record" else "is not the one that was extracted") in drawn.problems[0]


def test_damage_before_the_frames_that_are_drawn_is_told(folder: Path, tmp_path: Path):
    videos = tmp_path / "videos"
    videos.mkdir()
    content = (folder / "videos" / f"{FOUR_EVENTS}.webm").read_bytes()
    (videos / f"{FOUR_EVENTS}.webm").write_bytes(content)
    smash(videos / f"{FOUR_EVENTS}.webm", [2])
    result = run(
        *("--video", FOUR_EVENTS, "--videos", videos, "--frames", tmp_path / "none", "--output", tmp_path / "drawn"),
        *("--warehouse", folder / "warehouse", "-q"),
    )
    assert result.exit_code == 0
    assert f"damaged: {FOUR_EVENTS}: " in result.stderr


def test_videos_are_decoded_in_a_process_of_their_own(
    folder: Path, warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def never(*_: object) -> None:
        raise AssertionError("decoded in the process that draws")

    monkeypatch.setattr("etl.extraction.one_video.Video", never)
    events = events_of(warehouse, "900001")
    drawn = annotate_videos(events, tmp_path / "drawn", frames=tmp_path / "none", videos=folder / "videos")
    assert (drawn.frames, drawn.problems) == (len(frames_with_events("900001")), ())


def test_a_drawing_never_lies_beside_the_picture_it_was_made_of_nor_among_extracted_frames(
    warehouse: Warehouse, tmp_path: Path
):
    image = tmp_path / "src" / "900001" / "frame_00000.jpg"
    image.parent.mkdir(parents=True)
    image.write_bytes(jpeg())
    events, shown = events_of(warehouse, "900001"), [FrameShown(str(image), "900001", 0)]
    with pytest.raises(OutputError, match=r"contains or lies within the input .*frame_00000"):
        annotate_images(warehouse, shown, tmp_path / "src")
    for output in (tmp_path / "frames", tmp_path / "frames" / "deep"):
        with pytest.raises(OutputError, match=r"contains or lies within the input .*frames"):
            annotate_images(warehouse, shown, output, frames=tmp_path / "frames")
        with pytest.raises(OutputError, match=r"contains or lies within the input .*frames"):
            annotate_videos(events, output, frames=tmp_path / "frames")
    assert image.read_bytes() == jpeg()
    assert names(tmp_path) == {"src/900001/frame_00000.jpg"}


def test_a_video_that_does_not_decode_is_named(warehouse: Warehouse, tmp_path: Path):
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "900001.webm").write_text("<html>not found</html>")
    events = events_of(warehouse, "900001")
    drawn = annotate_videos(events, tmp_path / "drawn", frames=tmp_path / "none", videos=tmp_path / "videos")
    assert len(drawn.problems) == 1
    assert drawn.problems[0].startswith(f"900001: {tmp_path}/videos/900001.webm ")
    assert not (tmp_path / "drawn").exists()


def test_two_files_for_a_video_are_named(folder: Path, warehouse: Warehouse, tmp_path: Path):
    for place in ("a", "b"):
        (tmp_path / "videos" / place).mkdir(parents=True)
        (tmp_path / "videos" / place / "900001.webm").write_bytes((folder / "videos" / "900001.webm").read_bytes())
    events = events_of(warehouse, "900001")
    drawn = annotate_videos(events, tmp_path / "drawn", frames=tmp_path / "none", videos=tmp_path / "videos")
    first, second = tmp_path / "videos" / "a" / "900001.webm", tmp_path / "videos" / "b" / "900001.webm"
    assert drawn.problems == (f"900001: several files could be it: {first}, {second}",)


def test_the_clip_that_is_cut_off_still_shows_all_its_events(folder: Path, warehouse: Warehouse, tmp_path: Path):
    drawn = annotate_videos(
        events_of(warehouse, CUT_VIDEO),
        tmp_path,
        frames=tmp_path / "none",
        videos=folder / "videos",
        style=Style(with_sheet=True, with_clip=True),
    )
    assert drawn.problems == ()
    assert drawn.frames == len(frames_with_events(CUT_VIDEO))


def test_a_decoded_frame_has_the_colours_of_the_scene(folder: Path, warehouse: Warehouse, tmp_path: Path):
    video = VIDEOS[FOUR_EVENTS]
    annotate_videos(events_of(warehouse, FOUR_EVENTS), tmp_path, frames=tmp_path / "none", videos=folder / "videos")
    picture = Image.open(tmp_path / FOUR_EVENTS / f"frame_{frames_with_events(FOUR_EVENTS)[0]:05d}.jpg")
    assert picture.mode == "RGB"
    assert np.allclose(np.asarray(picture)[5, 5], look_of(video).wall, atol=6)
    assert np.allclose(np.asarray(picture)[235, 5], look_of(video).table, atol=6)


def test_a_sheet_shows_all_drawn_frames_of_a_video(folder: Path, warehouse: Warehouse, tmp_path: Path):
    events = events_of(warehouse, FOUR_EVENTS)
    style = Style(with_sheet=True)
    drawn = annotate_videos(events, tmp_path, frames=tmp_path / "none", videos=folder / "videos", style=style)
    assert drawn.sheets == 1
    sheet = Image.open(tmp_path / FOUR_EVENTS / "sheet.jpg")
    assert sheet.size == (1321, 530)  # four frames of 427 × 240, three in a row
    pixels = np.asarray(sheet).astype(int)
    red = (pixels[:, :, 0] > 230) & (pixels[:, :, 1] < 40) & (pixels[:, :, 2] < 40)
    assert 4 * 60 < red.sum() < 4 * 100  # four discs of radius 5


def test_a_clip_shows_the_frames_around_an_event_and_stays_on_it(folder: Path, warehouse: Warehouse, tmp_path: Path):
    events = events_of(warehouse, FOUR_EVENTS)
    style = Style(with_clip=True)
    drawn = annotate_videos(events, tmp_path, frames=tmp_path / "none", videos=folder / "videos", style=style)
    numbers = frames_with_events(FOUR_EVENTS)
    assert drawn.clips == len(numbers)
    durations = []
    with Image.open(tmp_path / FOUR_EVENTS / f"clip_{numbers[0]:05d}.webp") as opened:
        clip: Any = opened
        assert clip.size == (427, 240)
        for index in range(clip.n_frames):
            clip.seek(index)
            clip.load()
            durations.append(clip.info["duration"])
    assert durations == [83] * 6 + [750] + [83] * 6


def test_a_clip_at_the_beginning_has_fewer_frames(folder: Path, warehouse: Warehouse, tmp_path: Path):
    events = events_of(warehouse, "900001")
    style = Style(with_clip=True)
    annotate_videos(events, tmp_path, frames=tmp_path / "none", videos=folder / "videos", style=style)
    with Image.open(tmp_path / "900001" / "clip_00000.webp") as opened:
        clip: Any = opened
        assert clip.n_frames == 7


def test_the_radius_is_that_of_the_disc(folder: Path, warehouse: Warehouse, tmp_path: Path):
    for radius in (2, 20):
        style = Style(radius=radius)
        annotate_videos(
            events_of(warehouse, "900001"), tmp_path, frames=tmp_path / "none", videos=folder / "videos", style=style
        )
        event = VIDEOS["900001"].events[0]
        path = tmp_path / "900001" / "frame_00000.jpg"
        assert red_at(path, event.point_x, event.point_y)
        assert red_at(path, event.point_x + 15, event.point_y) == (radius == 20)


@pytest.mark.parametrize("video_id", ["../outside", "/tmp/outside", "..", "a/b", "", "a\0b"])
def test_an_id_that_is_no_folder_name_is_never_written_to(warehouse: Warehouse, tmp_path: Path, video_id: str):
    events = events_of(warehouse, "900001").set_column(0, "video_id", pa.array([video_id]))
    with pytest.raises(OutputError, match="is no name for a folder"):
        annotate_videos(events, tmp_path / "in" / "drawn", frames=tmp_path / "none")
    assert names(tmp_path) == set()


def test_the_extracted_frames_are_never_mixed_with_drawn_ones(folder: Path, warehouse: Warehouse, tmp_path: Path):
    (tmp_path / "frames").mkdir()
    with pytest.raises(OutputError, match=r"contains or lies within the input .*frames"):
        annotate_videos(events_of(warehouse, "900001"), tmp_path / "frames", frames=tmp_path / "x" / ".." / "frames")


def test_an_output_that_is_a_file_is_named(folder: Path, warehouse: Warehouse, tmp_path: Path):
    (tmp_path / "900001").write_text("in the way")
    with pytest.raises(OutputError, match=r"900001 was not written by this program"):
        annotate_videos(events_of(warehouse, "900001"), tmp_path, frames=tmp_path / "none", videos=folder / "videos")


def test_a_picture_from_the_web_is_drawn_on(warehouse: Warehouse, tmp_path: Path):
    answers: dict[str, Answer] = {
        "/old.jpg": serving(b"", status=302, location="/new.jpg"),
        "/new.jpg": serving(jpeg()),
    }
    with served(answers) as (address, _):
        [path] = annotate_images(warehouse, [FrameShown(f"{address}/old.jpg", "900001", 0)], tmp_path).paths
    event = VIDEOS["900001"].events[0]
    assert path == tmp_path / "900001" / "frame_00000.jpg"
    assert red_at(path, event.point_x, event.point_y)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>", "is a web page, not a picture|is no picture of a known format"),
        (b"", "is no picture of a known format"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is no picture of a known format"),
        (jpeg()[:400], "is a damaged picture"),
        (
            png_that_claims(60_000, 60_000),
            "60000 × 60000 pixels, more than 67,108,864|is a damaged picture: Image size",
        ),
        (png_that_claims(9_000, 9_000), "9000 × 9000 pixels, more than 67,108,864"),
        (png_that_claims(9, 9), "is a damaged picture"),
    ],
    ids=["page", "empty", "PostScript", "cut", "bomb", "large", "no pixels"],
)
def test_what_is_no_picture_is_refused_from_the_web_and_from_a_file(
    warehouse: Warehouse, tmp_path: Path, content: bytes, message: str
):
    source = tmp_path / "picture"
    source.write_bytes(content)
    with served({"/picture": serving(content)}) as (address, _):
        for place in (f"{address}/picture", str(source)):
            drawn = annotate_images(warehouse, [FrameShown(place, "900001", 0)], tmp_path / "drawn")
            [problem] = drawn.problems
            assert problem.startswith(place)
            assert re.search(message, problem)
    assert not (tmp_path / "drawn").exists()


@pytest.mark.parametrize("source", ["file:///etc/passwd", "ftp://127.0.0.1/x.jpg", "data://x", "HTTPS+x://y/z"])
def test_other_schemes_are_refused(warehouse: Warehouse, tmp_path: Path, source: str):
    [problem] = annotate_images(warehouse, [FrameShown(source, "900001", 0)], tmp_path).problems
    assert problem == f"{source!r} is no http:// or https:// address"


def test_a_pipe_does_not_keep_us_waiting(warehouse: Warehouse, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    shown = [FrameShown(str(tmp_path / "pipe"), "900001", 0)]
    [problem] = annotate_images(warehouse, shown, tmp_path / "drawn").problems
    assert problem == f"{tmp_path}/pipe is no file"


def test_a_picture_that_cannot_be_had_does_not_stop_the_others(folder: Path, tmp_path: Path):
    image = tmp_path / "900001" / "frame_00000.jpg"
    image.parent.mkdir()
    image.write_bytes(jpeg())
    arguments = ["--image", tmp_path / "900002" / "frame_00000.jpg", "--image", image]
    result = CliRunner().invoke(
        command_line,
        ["annotate", *map(str, arguments), "--output", f"{tmp_path}/drawn", "--warehouse", f"{folder}/warehouse"],
        standalone_mode=False,
    )
    assert result.return_value == 1
    assert result.stdout == f"{tmp_path}/drawn/900001/frame_00000.jpg\n"
    assert result.stderr.startswith("not drawn: ")


def test_the_password_in_an_address_is_never_printed(folder: Path, tmp_path: Path):
    with served({"/900001/frame_00000.jpg": serving(b"", status=404)}) as (address, _):
        secret = address.replace("://", "://someone:s3cret@")
        result = run(
            *("--image", f"{secret}/900001/frame_00000.jpg", "--output", tmp_path / "drawn"),
            *("--warehouse", folder / "warehouse"),
        )
    assert "the server answered 404" in result.stderr
    assert "s3cret" not in result.output
    assert "s3cret" not in run("--image", f"{secret}/x.jpg", "--output", tmp_path / "drawn").output


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("frames/900001/frame_00009.jpg", ("900001", 9)),
        ("/a/b/900001/frame_9.png", ("900001", 9)),
        ("https://example.org/frames/900001/frame_00072.jpg?size=1#x", ("900001", 72)),
        ("https://example.org/frames/a%20b/frame_00072.jpg", ("a b", 72)),
        ("frame_00009.jpg", None),
        ("900001/img_00009.jpg", None),
        ("900001/frame_00009", None),
        ("900001/frame_-1.jpg", None),
    ],
)
def test_a_name_says_which_frame_it_is(source: str, expected: tuple[str, int] | None):
    assert frame_of_source(source) == expected


def test_the_command_draws_and_counts(folder: Path, tmp_path: Path):
    result = run(
        *("--video", FOUR_EVENTS, "--video", TWO_ON_A_FRAME, "--videos", folder / "videos", "--sheet", "--clip"),
        *("--output", tmp_path / "drawn", "--frames", tmp_path / "none", "--warehouse", folder / "warehouse", "-q"),
    )
    count = len(frames_with_events(FOUR_EVENTS)) + len(frames_with_events(TWO_ON_A_FRAME))
    assert result.stdout == f"drawn into {tmp_path}/drawn: {count} frames, 2 contact sheets, {count} clips\n"
    assert (result.exit_code, result.stderr) == (0, "")


def test_the_command_draws_the_selected_events_alone(folder: Path, tmp_path: Path):
    result = run(
        *(
            "--where",
            "frame_number = 0 and action = 'contact'",
            "--agent",
            "hand-object",
            "--output",
            tmp_path / "drawn",
        ),
        *("--videos", folder / "videos", "--frames", tmp_path / "none", "--warehouse", folder / "warehouse"),
    )
    assert result.exit_code == 0
    assert names(tmp_path / "drawn") == {
        f"{video.video_id}/frame_00000.jpg"
        for video in VIDEOS.values()
        if any(event[:3] == ("contact", "hand-object", 0) for event in video.events)
    }


def test_the_command_says_what_it_could_not_draw_and_exits_1(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)  # where no frames/ stands, as `make run` leaves it
    arguments = ["--video", "900001", "--output", tmp_path / "drawn", "--warehouse", folder / "warehouse", "-q"]
    result = CliRunner().invoke(command_line, ["annotate", *map(str, arguments)], standalone_mode=False)
    assert result.return_value == 1
    assert result.stdout == f"drawn into {tmp_path}/drawn: 0 frames\n"
    assert result.stderr == (
        "not drawn: 900001: there is no frame 0\n"
        "frames are looked for in frames (--frames DIR) and in the videos (--videos DIR)\n"
    )


def test_the_command_draws_on_an_image_by_its_name(folder: Path, tmp_path: Path):
    image = tmp_path / "900001" / "frame_00000.jpg"
    image.parent.mkdir()
    image.write_bytes(jpeg())
    result = run("--image", image, "--output", tmp_path / "drawn", "--warehouse", folder / "warehouse")
    assert result.stdout == f"{tmp_path}/drawn/900001/frame_00000.jpg\n"
    event = VIDEOS["900001"].events[0]
    assert red_at(Path(result.stdout.strip()), event.point_x, event.point_y)


def test_the_command_draws_on_any_image_when_told_what_it_shows(folder: Path, tmp_path: Path):
    image = tmp_path / "picture.jpg"
    image.write_bytes(jpeg())
    result = run(
        *("--image", image, "--video", "900001", "--frame", 0, "--output", tmp_path / "drawn"),
        *("--warehouse", folder / "warehouse"),
    )
    assert result.stdout == f"{tmp_path}/drawn/900001/frame_00000.jpg\n"


def test_a_frame_without_an_event_is_refused_and_those_with_one_are_named(folder: Path, tmp_path: Path):
    image = tmp_path / "frame_00001.jpg"
    image.write_bytes(jpeg())
    result = run(
        *("--image", image, "--video", FOUR_EVENTS, "--frame", 1, "--output", tmp_path / "drawn"),
        *("--warehouse", folder / "warehouse"),
    )
    labelled = ", ".join(map(str, frames_with_events(FOUR_EVENTS)))
    assert result.stderr == (
        f"not drawn: video {FOUR_EVENTS} has no selected event on frame 1; its frames with one: {labelled}\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say which events"),
        (["--frame", "3", "--video", "900001"], "--frame goes with --image"),
        (["--image", "x.jpg"], "found no name like <video_id>/frame_00009.jpg"),
        (["--image", "x.jpg", "--frame", "3"], "--frame needs one --image and one --video"),
        (["--image", "1/frame_1.jpg", "--sheet"], "go with whole videos"),
        (["--image", "900003/frame_00005.jpg", "--video", "900008"], "its name says video 900003, --video says 900008"),
        (
            ["--image", "900003/frame_00005.jpg", "--video", "900003", "--frame", "6"],
            "its name says video 900003, frame 5, --video and --frame say 900003, 6",
        ),
        (["--video", "900001", "--radius", "0"], "0 is not in the range"),
    ],
)
def test_a_command_line_at_fault_exits_2_and_says_why(tmp_path: Path, arguments: list[str], message: str):
    result = run(*arguments, "--output", tmp_path)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_selection_of_nothing_is_an_error(folder: Path, tmp_path: Path):
    result = run("--where", "frame_number > 999", "--output", tmp_path, "--warehouse", folder / "warehouse")
    assert str(result.exception) == "no event is selected"


def test_nothing_of_a_hostile_filter_reaches_a_terminal_as_a_traceback(folder: Path, tmp_path: Path):
    arguments = ["--where", "true) or (true", "--output", str(tmp_path), "--warehouse", str(folder / "warehouse")]
    done = subprocess.run([sys.executable, "-m", "etl", "annotate", *arguments], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("error: the filter 'true) or (true'")
    assert done.stderr.count("\n") == 1


def test_all_events_of_a_selected_event_s_frame_are_drawn(folder: Path, tmp_path: Path):
    everything = annotate(
        folder / "warehouse", tmp_path / "all", Selection(videos=(TWO_ON_A_FRAME,)), videos=folder / "videos"
    )
    shared = [
        number
        for number in frames_with_events(TWO_ON_A_FRAME)
        if sum(event.frame_number == number for event in VIDEOS[TWO_ON_A_FRAME].events) == 2
    ]
    index = next(index for index, event in enumerate(VIDEOS[TWO_ON_A_FRAME].events) if event.frame_number == shared[0])
    selection = Selection(videos=(TWO_ON_A_FRAME,), where=f"event_index = {index}")
    drawn = annotate(folder / "warehouse", tmp_path / "one", selection, videos=folder / "videos")
    (path,) = drawn.paths
    assert path.read_bytes() == (tmp_path / "all" / path.relative_to(tmp_path / "one")).read_bytes()
    assert everything.problems == ()


def test_strips_and_predictions_are_drawn_where_they_are_asked_for(folder: Path, tmp_path: Path):
    predictions = tmp_path / "predictions.csv"
    frame = frames_with_events(FOUR_EVENTS)[0]
    predictions.write_text(f"video_id,action,frame,x,y\n{FOUR_EVENTS},contact,{frame},100,60\n")
    options = ["annotate", "--warehouse", str(folder / "warehouse"), "--videos", str(folder / "videos")]
    options += ["--frames", str(tmp_path / "frames"), "--video", FOUR_EVENTS, "--output", str(tmp_path / "drawn")]
    result = CliRunner().invoke(command_line, [*options, "--predictions", str(predictions), "--context", "2"])
    assert result.exit_code == 0, result.output
    assert f"{len(frames_with_events(FOUR_EVENTS))} strips" in result.output
    strips = sorted((tmp_path / "drawn" / FOUR_EVENTS).glob("strip_*.jpg"))
    assert [int(strip.stem[-5:]) for strip in strips] == frames_with_events(FOUR_EVENTS)
    with Image.open(tmp_path / "drawn" / FOUR_EVENTS / f"frame_{frame:05d}.jpg") as picture:
        red, _, blue = np.asarray(picture.convert("RGB"))[60 - 2 * DISC_RADIUS_PX + 1, 100]
    assert blue > red + 60
    with pytest.raises(OptionError, match="go with whole videos"):
        annotate(folder / "warehouse", tmp_path / "no", images=["a.jpg"], context=2)


def test_predictions_are_drawn_on_a_given_picture_too(folder: Path, tmp_path: Path):
    first, second = frames_with_events(FOUR_EVENTS)[:2]
    predictions = tmp_path / "predictions.csv"
    predictions.write_text(f"video_id,action,frame,x,y\n{FOUR_EVENTS},contact,{first},100,60\n")
    for number in (first, second):
        (tmp_path / FOUR_EVENTS).mkdir(exist_ok=True)
        Image.new("RGB", (320, 240), "white").save(tmp_path / FOUR_EVENTS / f"frame_{number:05d}.png")
        options = ["--image", tmp_path / FOUR_EVENTS / f"frame_{number:05d}.png", "--warehouse", folder / "warehouse"]
        result = run(*options, "--output", tmp_path / "drawn", "--predictions", predictions)
        assert result.exit_code == 0, result.output
        with Image.open(tmp_path / "drawn" / FOUR_EVENTS / f"frame_{number:05d}.jpg") as picture:
            red, _, blue = np.asarray(picture.convert("RGB")).astype(int)[60 - 2 * DISC_RADIUS_PX + 1, 100]
        assert (blue > red + 60) == (number == first)
