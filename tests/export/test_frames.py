"""Frames in exports: each is the one that was extracted, and stands there as a link, a hard link or a copy."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports import exported, hostile_warehouse, write_frames

from etl.errors import OutputError, VideoError
from etl.export.write import FORMATS
from etl.warehouse.open import Warehouse

FRAME = "20/frame_00009.jpg"
WITH_FRAMES = sorted(name for name, kind in FORMATS.items() if "frames" in kind.takes and name != "lmm-qa")
LINKING = sorted(name for name in WITH_FRAMES if "link" in FORMATS[name].takes)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return hostile_warehouse(tmp_path / "hostile")


@pytest.fixture
def frames(warehouse: Warehouse, tmp_path: Path) -> Path:
    return write_frames(warehouse, tmp_path / "frames")


def pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.jpg"))


@pytest.mark.parametrize("name", LINKING)
@pytest.mark.parametrize("link", ["symlink", "hard", "copy"])
def test_frames_are_put_in_as_asked(warehouse: Warehouse, frames: Path, tmp_path: Path, name: str, link: str):
    made = exported(warehouse, name, tmp_path / "out", frames=frames, link=link)
    found = pictures(tmp_path / "out")
    assert found
    assert made.manifest["options"]["link"] == link
    assert made.manifest["links_to_frames"] == (len(found) if link == "symlink" else 0)
    known = {path.stat().st_ino: path for path in pictures(frames)}
    for path in found:
        assert path.is_symlink() is (link == "symlink")
        assert (path.stat().st_ino in known) is (link != "copy")
        assert path.read_bytes() in {file.read_bytes() for file in pictures(frames)}


def test_symbolic_links_are_relative_so_that_export_and_frames_move_together(
    warehouse: Warehouse, frames: Path, tmp_path: Path
):
    exported(warehouse, "coco", tmp_path / "exports" / "coco", frames=frames)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (tmp_path / "exports").rename(moved / "exports")
    frames.rename(moved / "frames")
    for path in pictures(moved / "exports"):
        assert not path.readlink().is_absolute()
        assert path.is_file()


@pytest.mark.parametrize("name", WITH_FRAMES)
@pytest.mark.parametrize("harm", ["a link", "another picture", "a shorter file", "a linked folder"])
def test_a_frame_that_is_not_what_was_extracted_goes_into_no_export(
    warehouse: Warehouse, frames: Path, tmp_path: Path, name: str, harm: str
):
    path, secret = frames / FRAME, tmp_path / "secret"
    secret.write_bytes(path.read_bytes())
    if harm == "a link":
        path.unlink()
        path.symlink_to(secret)
    elif harm == "another picture":
        path.write_bytes((frames / "20" / "frame_00008.jpg").read_bytes())
    elif harm == "a shorter file":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        path.parent.rename(tmp_path / "planted")
        path.parent.symlink_to(tmp_path / "planted")
    with pytest.raises(VideoError, match=r"the frame .*20/frame_0000"):
        exported(warehouse, name, tmp_path / "out", frames=frames)
    assert not (tmp_path / "out").exists()


def test_a_frame_that_the_warehouse_does_not_know_is_no_frame(warehouse: Warehouse, frames: Path, tmp_path: Path):
    warehouse._connection.execute("update frame_index set size_bytes = null, sha256 = null where frame_number = 9")
    with pytest.raises(VideoError, match=r"20/frame_00009\.jpg is not in the warehouse's frame index"):
        exported(warehouse, "coco", tmp_path / "out", frames=frames)


def test_a_hard_link_that_cannot_be_made_tells_of_copies(
    warehouse: Warehouse, frames: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(self: Path, target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    with pytest.raises(OutputError, match=r"Invalid cross-device link. For frames on another .* --link copy"):
        exported(warehouse, "coco", tmp_path / "out", frames=frames, link="hard")
