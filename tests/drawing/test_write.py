"""`annotate`: from extracted frames, from videos, from image files and addresses; what cannot be had is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from annotating import FOUR_EVENTS, VIDEOS, events_of, extract, frames_with_events, jpeg, names, red_at, run
from clips import smash
from PIL import Image

from etl.dataset.sample.rendering import CUT_VIDEO, look_of
from etl.drawing.drawn import Style
from etl.drawing.write import FrameShown, annotate_images, annotate_videos
from etl.errors import OutputError
from etl.extraction.plan import plan_extraction, run_locally
from etl.warehouse.open import Warehouse
from etl.warehouse.selection import Selection, select_events


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
    with pytest.raises(OutputError, match="cannot be the name of a folder"):
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
