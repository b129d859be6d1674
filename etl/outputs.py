"""Write a folder completely or not at all, and never over anything that this program did not write.

Every folder that a command makes has a manifest.json, which lists each file with its SHA-256, each folder of links
with a digest of them, and at its end the SHA-256 of its own content. Only what is listed there and unchanged is ever
replaced. Anything else in the folder is an error that names it.

A new folder is filled next to its place and then swapped with the old one in one step, if the system can do that, so
a reader finds one or the other behind the path, whenever the writer is killed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from etl.errors import OutputError
from etl.files import exchange, read_file, real, refuse_builds, save_json, workplace
from etl.names import MANIFEST_FILE
from etl.version import __version__

__all__ = ["new_folder", "refuse_inputs", "require_output"]

SEAL = "manifest_sha256"
ELSEWHERE = "Choose another folder"

# The content of a folder: what shows a change of each entry, by its path relative to the folder.
Standing = dict[str, tuple[int, int, int, int]]


@contextmanager
def new_folder(
    target: Path, kind: str, *, inputs: Iterable[Path] = (), replace: bool = False, keep: bool = False
) -> Iterator[Path]:
    """Give an empty folder to write into; when the block ends without an error, it becomes `target`.

    `kind` is what is written: an export, a report. The block may write facts of its own to manifest.json. `inputs` are
    what the command reads. With `replace` the new folder replaces an earlier one of its kind; with `keep` it also keeps
    the earlier one's files that were not written again, and if nothing was written, nothing changes. A link at `target`
    itself is followed.

    Raises:
        OutputError: the target is taken, or cannot be written; is, holds or lies within an input; or changed meanwhile.
    """
    target = real(target)
    if target.name:
        _mend(target)
    standing = require_output(target, kind, inputs=inputs, replace=replace or keep)
    with _clear_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with workplace(target.parent) as partial:
            partial.mkdir()
            if standing:
                partial.chmod(stat.S_IMODE(target.stat().st_mode))
            yield partial
            if keep and not any(partial.iterdir()):
                return
            if keep and standing:
                _take_over(target, partial)
            _seal(partial, kind)
            _put_in_place(partial, target, standing)


def require_output(target: Path, kind: str, *, inputs: Iterable[Path] = (), replace: bool = False) -> Standing:
    """Raise OutputError, before any work, if `new_folder` with these arguments would; return what is there."""
    target = real(target)
    refuse_builds(target)
    refuse_inputs(target, inputs)
    if target.is_symlink():
        raise OutputError(f"{target} is a link that leads nowhere. {ELSEWHERE}")
    with _clear_errors(target):
        if target == real(Path.cwd()) or target.is_mount():
            what = "the folder you are in" if target == real(Path.cwd()) else "a mounted file system"
            raise OutputError(f"{target} is {what}, which cannot be replaced as a whole. Give a folder inside it")
        standing = _standing(target) if os.path.lexists(target) else {}
        if standing:
            _require_own(target, standing, kind, replace)
        with workplace(next(parent for parent in target.parents if parent.exists())):
            return standing


def refuse_inputs(output: Path, inputs: Iterable[Path]) -> None:
    """Raise OutputError if an output is, holds or lies within something that is read, links followed."""
    place = real(output)
    for path in inputs:
        source = real(path)
        if (source.exists() and source.is_relative_to(place)) or place.is_relative_to(source):
            raise OutputError(f"the output {output} is, contains or lies within the input {path}. {ELSEWHERE}")


@contextmanager
def _clear_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        reason = error.strerror or str(error)
        raise OutputError(f"{target} cannot be written: {reason}{place}. What stood there is untouched") from error


def _standing(folder: Path) -> Standing:
    """Return everything below a folder that is not itself a folder, and empty folders."""
    if not folder.is_dir():
        raise OutputError(f"{folder} is a file, expected a folder to write to. {ELSEWHERE}")
    found: Standing = {}
    start = len(os.fspath(folder / "-")) - 1
    for place, folders, files in os.walk(folder, onerror=_raise):
        # As text: there may be tens of thousands, and that many Path objects take longer than everything else.
        links = [name for name in folders if os.path.islink(f"{place}/{name}")]  # noqa: PTH114
        for name in [*files, *links]:
            path = f"{place}/{name}"
            status = os.lstat(path)
            found[path[start:]] = (status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns)
        if not files and not folders and Path(place) != folder:
            found[place[start:]] = (stat.S_IFDIR, 0, 0, 0)
    return found


def _raise(error: OSError) -> None:
    raise error


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _require_own(folder: Path, standing: Standing, kind: str, replace: bool) -> None:
    """Raise OutputError unless everything in a folder was written by this program and may be replaced."""
    manifest = _manifest(folder)
    if manifest is None:
        if MANIFEST_FILE in standing:
            what = f"{folder / MANIFEST_FILE} is not as this program writes it"
        else:
            what = f"{folder / min(standing)} was not written by this program as part of {_one(kind)}"
        raise OutputError(f"{what}, and is not removed. {ELSEWHERE}, or move it away")
    if manifest["kind"] != kind:
        raise OutputError(f"{folder} holds {_one(manifest['kind'])}, expected {_one(kind)} or nothing. {ELSEWHERE}")
    links: dict[str, list[str]] = {}
    for name, (mode, *_) in sorted(standing.items()):
        listed = manifest["files"].get(name)
        if stat.S_ISLNK(mode) and _parent(name) in manifest["links"]:
            links.setdefault(_parent(name), []).append(name)
        elif name == MANIFEST_FILE:
            continue
        elif not stat.S_ISREG(mode) or listed is None:
            what = f"{folder / name} was not written by this program as part of {_one(kind)}"
            raise OutputError(f"{what}. {ELSEWHERE}, or move it away")
        elif listed["sha256"] != _sha256(folder / name):
            raise OutputError(f"{folder / name} was changed since it was written. {ELSEWHERE}, or move it away")
    for place, names in links.items():
        if _digest(folder, names) != manifest["links"][place]:
            raise OutputError(f"the links in {folder / place} are not those that were written. {ELSEWHERE}")
    if not replace:
        raise OutputError(f"{folder} holds {_one(kind)} already. {ELSEWHERE}, or replace it with --force")


def _one(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest in a folder; None if it is not exactly what this program wrote."""
    try:
        manifest: dict[str, Any] = json.loads(read_file(folder / MANIFEST_FILE))
        seal = manifest.pop(SEAL)
        return manifest if seal == _fingerprint(manifest) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _fingerprint(manifest: dict[str, Any]) -> str:
    """Return the SHA-256 of a manifest as JSON with sorted keys, made piece by piece: it may list a million files."""
    digest = hashlib.sha256()
    for piece in _sorted_json(manifest, depth=2):
        digest.update(piece.encode())
    return digest.hexdigest()


def _sorted_json(value: Any, depth: int) -> Iterator[str]:
    """Yield the pieces of what `json.dumps` gives with sorted keys, cut at the members of so many levels of objects."""
    if not depth or not isinstance(value, dict) or not value:
        yield json.dumps(value, sort_keys=True)
        return
    before = "{"
    for key in sorted(value):
        yield f"{before}{json.dumps(key)}: "
        yield from _sorted_json(value[key], depth - 1)
        before = ", "
    yield "}"


def _seal(folder: Path, kind: str) -> None:
    """List what was written in the folder's manifest."""
    path = folder / MANIFEST_FILE
    manifest: dict[str, Any] = {"written_by": f"contact-release-warehouse {__version__}", "kind": kind}
    if path.exists():
        manifest |= json.loads(path.read_bytes())
    for place, folders, files in os.walk(folder, topdown=False):
        if not folders and not files:
            Path(place).rmdir()  # what is not listed would count as foreign
    standing = _standing(folder)
    links: dict[str, list[str]] = {}
    listed: dict[str, dict[str, Any]] = {}
    for name in sorted(standing):
        mode, _, size, _ = standing.pop(name)  # there may be a million
        if stat.S_ISLNK(mode):
            links.setdefault(_parent(name), []).append(name)
        elif stat.S_ISREG(mode) and name != MANIFEST_FILE:
            listed[name] = {"size_bytes": size, "sha256": _sha256(folder / name)}
    manifest["files"] = listed
    manifest["links"] = {place: _digest(folder, names) for place, names in sorted(links.items())}
    save_json(path, manifest | {SEAL: _fingerprint(manifest)})


def _parent(name: str) -> str:
    return name.rpartition("/")[0] or "."


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(folder: Path, names: Iterable[str]) -> str:
    """Return one SHA-256 for links: of their names, in order, and where they lead."""
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(os.fsencode(name) + b"\0" + os.fsencode((folder / name).readlink()) + b"\0")
    return digest.hexdigest()


def _take_over(old: Path, new: Path) -> None:
    """Keep in the new folder what the old one's manifest lists and was not written again."""
    for name in (_manifest(old) or {"files": {}})["files"]:
        source, place = old / name, new / name
        if source.exists() and not os.path.lexists(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                place.hardlink_to(source)
            except OSError:  # a file system without hard links
                shutil.copy2(source, place)


def _put_in_place(partial: Path, target: Path, standing: Standing) -> None:
    """Put a folder in its place; whatever was there is then in the other place, where it is removed."""
    if not standing:
        partial.rename(target)  # only an empty folder is replaced
        return
    if _standing(target) == standing:
        _exchange(partial, target)
        if _standing(partial) == standing:
            return
        _exchange(partial, target)
    raise OutputError(f"{target} was changed by another program meanwhile, and is left as it is. Run this again")


def _exchange(one: Path, other: Path) -> None:
    """Swap two folders, in one step if the system and the file system can do that."""
    if not exchange(one, other):
        _exchange_in_steps(one, other)


def _exchange_in_steps(one: Path, other: Path) -> None:
    """The same in three steps. If the process is killed between them, the next run restores the old folder."""
    aside = _aside(other)
    other.rename(aside)
    one.rename(other)
    aside.rename(one)


def _aside(target: Path) -> Path:
    return target.with_name(f"{target.name}.replaced")


def _mend(target: Path) -> None:
    """Restore the old folder that a killed run has moved aside; remove it if the new one is in its place."""
    aside = _aside(target)
    manifest = _manifest(aside)
    if manifest is None:
        return
    with _clear_errors(target):
        if os.path.lexists(target):
            _require_own(aside, _standing(aside), manifest["kind"], replace=True)
            shutil.rmtree(aside)
        else:
            aside.rename(target)
