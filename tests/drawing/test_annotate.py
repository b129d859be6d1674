"""The command `annotate`: what it draws of a selection, and which command lines are at fault."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from annotating import FOUR_EVENTS, TWO_ON_A_FRAME, VIDEOS, frames_with_events, jpeg, names, red_at, run
from click.testing import CliRunner
from PIL import Image

from etl.cli import command_line
from etl.drawing.annotate import annotate
from etl.errors import OptionError
from etl.look import DISC_RADIUS_PX
from etl.warehouse.selection import Selection


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
        f"not drawn: video {FOUR_EVENTS} has no selected event on frame 1; its frames with events: {labelled}\n"
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
