"""What stood in an output folder and was not written by the program is there afterwards, or the command refuses.

Things of every kind are planted into a new place and into a folder that the command itself has filled; then the command
runs there (with --force where it has that). What was planted has to be there afterwards, byte for byte; and where the
command refused, everything else, too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from clips import write_clip
from datasets import dataset, event, write
from web import served, serving

import etl
from etl.dataset.fetch import fetch_annotations
from etl.dataset.sample import sample_files, write_sample
from etl.dataset.sample.companions import write_companions
from etl.errors import ContactReleaseError
from etl.review.sheet import write_sheet

RELEASED = sample_files()
SUMS = {name: hashlib.sha256(content).hexdigest() for name, content in RELEASED.items()}
CONTENT = dataset(
    {"1": [event("contact", frame=1, x=5, y=6), event("release", frame=3, x=7, y=8)], "2": [event(frame=2, x=9, y=9)]},
    {"Moving [something]": ["1", "2"]},
    train=["1"],
    test=["2"],
)


def fetch(work: Path, output: Path) -> None:
    with served({f"/{name}": serving(content) for name, content in RELEASED.items()}) as (address, _):
        fetch_annotations(output, address=address, checksums=SUMS)


def sample(work: Path, output: Path) -> None:
    write_sample(output)
    write_companions(output)


def suspects(work: Path, output: Path) -> None:
    with etl.open_warehouse(work / "warehouse") as warehouse:
        write_sheet(warehouse, etl.suspects(warehouse), output, frames=work / "frames")


def pack(work: Path, output: Path) -> None:
    """Pack frames that are put beside whatever is there."""
    _put_frames(work / "frames", output)
    etl.pack(output)


def unpack(work: Path, output: Path) -> None:
    _put_frames(work / "packs", output)
    etl.unpack(output)


def _put_frames(frames: Path, output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    for path in frames.iterdir():
        place = output / path.name
        if os.path.lexists(place):
            continue
        if path.is_dir():
            shutil.copytree(path, place)
        else:
            shutil.copy(path, place)


COMMANDS: dict[str, Callable[[Path, Path], object]] = {
    "build": lambda work, output: etl.build(work / "metadata", output, force=True),
    "extract": lambda work, output: etl.extract(work / "videos", frames=output, warehouse=work / "warehouse", jobs=1),
    "annotate": lambda work, output: etl.annotate(work / "warehouse", output, frames=work / "frames", sheet=True),
    "export": lambda work, output: etl.export(work / "warehouse", "csv", output, force=True),
    "export with links": lambda work, output: etl.export(
        work / "warehouse", "coco", output, frames=work / "frames", force=True
    ),
    "import": lambda work, output: etl.import_corrections(
        work / "warehouse", "coco", work / "coco", work / "coco", output, force=True
    ),
    "evaluate": lambda work, output: etl.evaluate(
        work / "warehouse", work / "predictions.csv", resamples=0, output=output
    ),
    "report": lambda work, output: etl.report(work / "warehouse", output),
    "suspects --sheet": suspects,
    "import corrections": lambda work, output: etl.apply_corrections(
        "publisher", work / "edited", work / "metadata", output, force=True
    ),
    "extract --pack": lambda work, output: etl.extract(
        work / "videos", frames=output, warehouse=work / "warehouse", jobs=1, pack=True
    ),
    "pack": pack,
    "unpack": unpack,
    "sample": sample,
    "fetch": fetch,
}


# Each is planted beside what the command writes, or in its place, under names that the command takes, too.
def _deep_folder(path: Path) -> None:
    (path / "deep").mkdir(parents=True)
    (path / "deep" / "a.txt").write_bytes(b"a")


FOREIGN: dict[str, Callable[[Path], object]] = {
    "file": lambda path: path.write_bytes(b"mine\0"),
    "link to a file": lambda path: path.symlink_to(path.parents[1] / "elsewhere" / "secret.txt"),
    "link to a folder": lambda path: path.symlink_to(path.parents[1] / "elsewhere"),
    "link to nothing": lambda path: path.symlink_to("nothing"),
    "folder": _deep_folder,
    "pipe": os.mkfifo,
}


def looked_at(folder: Path) -> dict[str, object]:
    """Return everything below a folder, links not followed: path → kind, and what a file or a link holds."""
    found: dict[str, object] = {}
    for place, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(place, name)
            if path.is_symlink():
                found[str(path.relative_to(folder))] = path.readlink()
            else:
                found[str(path.relative_to(folder))] = path.read_bytes() if path.is_file() else path.stat().st_mode
    return found


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small warehouse, its videos and frames, an export and predictions."""
    folder = tmp_path_factory.mktemp("work")
    write(folder / "metadata", CONTENT)
    for video_id in ("1", "2"):
        write_clip(folder / "videos" / f"{video_id}.webm", size=(64, 48), frames=5)
    etl.build(folder / "metadata", folder / "warehouse")
    etl.extract(folder / "videos", frames=folder / "frames", warehouse=folder / "warehouse", jobs=1)
    etl.export(folder / "warehouse", "coco", folder / "coco")
    shutil.copytree(folder / "frames", folder / "packs")
    etl.pack(folder / "packs")
    edited = CONTENT | {"video_events_labels.json": CONTENT["video_events_labels.json"] | {"2": [event(frame=3)]}}
    write(folder / "edited", edited)
    (folder / "predictions.csv").write_text("video_id,action,frame\n1,contact,1\n2,contact,2\n")
    return folder


@pytest.fixture(scope="module", params=COMMANDS)
def written(request: pytest.FixtureRequest, work: Path) -> tuple[str, Path]:
    """A command, and a folder that it has filled."""
    output = work / "written" / request.param
    COMMANDS[request.param](work, output)
    return request.param, output


def require_kept(command: str, work: Path, output: Path, planted: set[str]) -> bool:
    """Run a command over `output`; what was planted has to stay. Return whether the command refused."""
    elsewhere = output.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / "secret.txt").write_bytes(b"secret")
    before = looked_at(output)
    assert planted <= set(before)
    outside, inputs = looked_at(elsewhere), looked_at(work / "metadata") | looked_at(work / "coco")
    try:
        COMMANDS[command](work, output)
    except ContactReleaseError as error:
        assert str(error)
        has_refused = True
    else:
        has_refused = False
    after = looked_at(output)
    kept = set(before) if has_refused else planted
    assert {name: after.get(name) for name in kept} == {name: before[name] for name in kept}
    assert looked_at(elsewhere) == outside
    assert looked_at(work / "metadata") | looked_at(work / "coco") == inputs
    return has_refused


def test_a_command_runs_again_over_what_it_wrote_itself(written, work, tmp_path):
    command, filled = written
    shutil.copytree(filled, tmp_path / "out", symlinks=True)
    assert not require_kept(command, work, tmp_path / "out", set())


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_thing_where_the_command_would_write_stays(written, work, tmp_path, kind):
    command, filled = written
    names = sorted(path.name for path in filled.iterdir())
    for number, name in enumerate({names[list(FOREIGN).index(kind) % len(names)], "manifest.json"}):
        output = tmp_path / str(number) / "out"
        output.mkdir(parents=True)
        FOREIGN[kind](output / name)
        require_kept(command, work, output, set(looked_at(output)))


def test_foreign_things_beside_what_the_command_wrote_stay(written, work, tmp_path):
    command, filled = written
    folders = [".", *sorted(path.name for path in filled.iterdir() if path.is_dir() and not path.is_symlink())[:1]]
    for number, folder in enumerate(folders):
        output = tmp_path / str(number) / "out"
        shutil.copytree(filled, output, symlinks=True)
        before = set(looked_at(output))
        for kind, plant in FOREIGN.items():
            plant(output / folder / f"my {kind}")
        require_kept(command, work, output, set(looked_at(output)) - before)


def test_a_file_that_was_changed_since_stays(written, work, tmp_path):
    command, filled = written
    if command in ("build", "extract", "extract --pack", "pack", "unpack"):
        return  # their folders are the program's own: builds and frames are made anew where they are not as recorded
    changed = sorted(name for name, content in looked_at(filled).items() if isinstance(content, bytes))
    for number, name in enumerate([changed[0], changed[-1]]):
        output = tmp_path / str(number) / "out"
        shutil.copytree(filled, output, symlinks=True)
        with (output / name).open("ab") as file:
            file.write(b"my own addition")
        assert require_kept(command, work, output, {name})
