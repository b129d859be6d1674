"""Render the sample's scenes as WebM clips that a decoder sees like those of Something-Something V2.

VP9, 12 frames a second, 240 pixels high, mostly 427 wide, one key frame. One clip has a variable rate, one is cut
off after its last event. PyAV encodes them: OpenCV's VideoWriter drops the odd column of 427 and takes seconds a clip.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from etl.dataset.sample import SampleVideo, sample_videos, stands
from etl.dataset.sample.scenes import HEIGHT, Hand, Rectangle, Scene
from etl.errors import MissingExtraError
from etl.files import make_folder, put_beside, workplace
from etl.schema import NOMINAL_FRAME_RATE

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["CUT_VIDEO", "SKIN", "VARIABLE_RATE_VIDEO", "hand_extent", "look_of", "render_frame", "write_clips"]

VARIABLE_RATE_VIDEO = "900008"
CUT_VIDEO = "900010"

Color = tuple[int, int, int]
SKIN: Color = (226, 164, 130)
HAND_SPEED = 7  # pixels per frame, so that a gap can be seen one frame before a contact and one after a release
FARTHEST = 160  # pixels


class Look(NamedTuple):
    """The colours of a scene; none of them is close to the hand's."""

    wall: Color
    table: Color
    box: Color
    block: Color


LOOKS = (
    Look(wall=(222, 226, 224), table=(110, 118, 128), box=(40, 92, 170), block=(52, 120, 72)),
    Look(wall=(24, 28, 34), table=(66, 74, 84), box=(60, 150, 190), block=(120, 60, 160)),
    Look(wall=(126, 130, 128), table=(60, 62, 66), box=(30, 60, 130), block=(230, 232, 236)),
)


def write_clips(folder: Path) -> list[Path]:
    """Render one clip per sample video into a folder, as `<video_id>.webm`, and return their paths.

    A clip gets its name only when it is complete; one that is there already is not touched.
    Raises MissingExtraError if PyAV is not installed, OutputError if something else is in a clip's place.
    """
    try:
        import av  # noqa: F401 — fail before anything is made
    except ModuleNotFoundError as error:
        raise MissingExtraError("sample", "rendering the sample's clips") from error
    make_folder(folder)
    paths = []
    for video in sample_videos():
        path = folder / f"{video.video_id}.webm"
        with workplace(folder) as unfinished:
            _encode(video, unfinished)
            if video.video_id == CUT_VIDEO:
                _cut_off(unfinished, max(event.frame_number for event in video.events) + 3)
            if not stands(path, unfinished.read_bytes()):
                put_beside(unfinished, path)
        paths.append(path)
    return paths


def render_frame(video: SampleVideo, frame: int) -> Image:
    """Draw one frame of a video's scene, in RGB, its width × 240."""
    import PIL.Image
    from PIL import ImageDraw

    scene, look = video.scene, look_of(video)
    image = PIL.Image.new("RGB", (scene.width, HEIGHT), look.wall)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, scene.table_row, scene.width - 1, HEIGHT - 1), fill=look.table)
    if scene.block:
        draw.rectangle(scene.block, fill=look.block)
    draw.rectangle(scene.box(frame), fill=look.box)
    for hand in scene.hands:
        for shape, corner in _hand_shapes(scene, hand, frame):
            draw.rounded_rectangle(shape, corner, fill=SKIN)
    return image


def hand_extent(scene: Scene, hand: Hand, frame: int) -> Rectangle | None:
    """Return the smallest rectangle around what is seen of a hand on a frame; None if it is out of the picture."""
    clipped = [
        Rectangle(max(0, left), max(0, top), min(scene.width - 1, right), min(HEIGHT - 1, bottom))
        for (left, top, right, bottom), _ in _hand_shapes(scene, hand, frame)
    ]
    seen = [part for part in clipped if part.left <= part.right and part.top <= part.bottom]
    if not seen:
        return None
    return Rectangle(
        min(part.left for part in seen),
        min(part.top for part in seen),
        max(part.right for part in seen),
        max(part.bottom for part in seen),
    )


def look_of(video: SampleVideo) -> Look:
    """The colours of a video."""
    return LOOKS[int(video.video_id) % len(LOOKS)]


# A hand that points right with its fingertip's last pixel at (0, 0): finger, fist and arm, as rectangles
# (left, top, right, bottom) with rounded corners.
_HAND = ((-26, -4, 0, 4, 3), (-52, -14, -20, 14, 8), (-600, -10, -40, 10, 0))


def _hand_shapes(scene: Scene, hand: Hand, frame: int) -> list[tuple[tuple[int, int, int, int], int]]:
    """Return finger, fist and arm on a frame, each with the radius of its corners."""
    x, y = _fingertip(scene, hand, frame)
    return [(_turned(hand.side, x, y, left, top, right, bottom), corner) for left, top, right, bottom, corner in _HAND]


def _fingertip(scene: Scene, hand: Hand, frame: int) -> tuple[int, int]:
    """The hand's foremost pixel: next to the box while they touch, else farther away with each frame from a touch."""
    nearest = min((min(max(frame, first), last) for first, last in hand.touches), key=lambda other: abs(frame - other))
    x, y = scene.grip(hand.side, nearest)
    away = 1 + min(abs(frame - nearest) * HAND_SPEED, FARTHEST)
    return {"left": (x - away, y), "right": (x + away, y), "top": (x, y - away)}[hand.side]


def _turned(side: str, x: int, y: int, left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
    if side == "left":
        return x + left, y + top, x + right, y + bottom
    if side == "right":
        return x - right, y + top, x - left, y + bottom
    return x + top, y + left, x + bottom, y + right


def _encode(video: SampleVideo, path: Path) -> None:
    from fractions import Fraction

    import av
    import numpy as np

    # One thread and no random identifiers: the same clip, byte for byte, each time.
    with av.open(str(path), "w", format="webm", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libvpx-vp9", rate=NOMINAL_FRAME_RATE)
        stream.width, stream.height, stream.pix_fmt = video.scene.width, HEIGHT, "yuv420p"
        stream.gop_size = video.scene.frame_count + 1
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        stream.options = {"crf": "18", "b": "0", "deadline": "realtime", "cpu-used": "8", "threads": "1"}
        for frame in range(video.scene.frame_count):
            picture = av.VideoFrame.from_ndarray(np.asarray(render_frame(video, frame)), format="rgb24")
            picture.pts, picture.time_base = _milliseconds(video, frame), stream.codec_context.time_base
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def _milliseconds(video: SampleVideo, frame: int) -> int:
    if video.video_id == VARIABLE_RATE_VIDEO:
        return frame * 80 + frame // 3 * 90  # every third frame stays for longer
    return round(frame * 1000 / NOMINAL_FRAME_RATE)


def _cut_off(path: Path, frame: int) -> None:
    """Cut a clip in the middle of a frame's packet, as a broken download would."""
    import av

    with av.open(str(path)) as container:
        packets = [(packet.pos or 0, packet.size) for packet in container.demux(video=0)]
    start, size = packets[frame]
    with path.open("r+b") as file:
        file.truncate(start + size // 2)
