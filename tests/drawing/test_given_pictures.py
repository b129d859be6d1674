"""Pictures that are given: files and addresses, with what cannot be had said."""

from __future__ import annotations

import os
import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from annotating import FOUR_EVENTS, VIDEOS, frames_with_events, jpeg, red_at, run
from click.testing import CliRunner
from PIL import Image
from web import Answer, served, serving

from etl.cli import command_line
from etl.drawing.write import FrameShown, annotate_images, frame_of_source
from etl.look import DISC_RADIUS_PX
from etl.warehouse.open import Warehouse


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header announces an enormous picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


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
        (b"<html>", "is a web page, not a picture|is not a picture of a known format"),
        (b"", "is not a picture of a known format"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is not a picture of a known format"),
        (jpeg()[:400], "is a damaged picture"),
        (
            png_that_claims(60_000, 60_000),
            "more than 67,108,864",
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
    assert problem == f"{source!r} is not an http:// or https:// address"


def test_a_pipe_does_not_keep_us_waiting(warehouse: Warehouse, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    shown = [FrameShown(str(tmp_path / "pipe"), "900001", 0)]
    [problem] = annotate_images(warehouse, shown, tmp_path / "drawn").problems
    assert problem == f"{tmp_path}/pipe is not a file"


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
