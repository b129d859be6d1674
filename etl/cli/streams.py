"""The one way to standard output and standard error: nothing in a text can move a terminal's cursor or hide there.

Whatever is printed goes through here, wherever it comes from: rows, paths, the engine's messages. Standard error is
always made harmless, because people read it; standard output only on a terminal, because elsewhere it is data.
"""

from __future__ import annotations

import io
import json
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

__all__ = ["Harmless", "end_when_unread", "harmless", "harmless_streams", "terminal_of"]

KEPT = {"\n", "\t"}


def harmless(text: str) -> str:
    """Return a text with what a terminal obeys, reverses or hides written out, as JSON does it: \\u001b."""
    if text.isprintable():
        return text
    return "".join(character if _is_harmless(character) else json.dumps(character)[1:-1] for character in text)


def _is_harmless(character: str) -> bool:
    return character.isprintable() or character in KEPT or unicodedata.category(character) == "Zs"


class Harmless(io.TextIOBase):
    """A stream that hands on to another one. When nobody reads that one any more, the work goes on all the same."""

    def __init__(self, stream: TextIO, *, is_for_people: bool) -> None:
        self.stream = stream
        self.is_for_people = is_for_people
        self.needs_reader = False

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The other stream's."""
        return self.stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """The other stream's."""
        return self.stream.errors

    def fileno(self) -> int:
        """Return the other stream's descriptor."""
        return self.stream.fileno()

    def isatty(self) -> bool:
        """Tell whether it is a terminal."""
        return self.stream.isatty()

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Write a text."""
        if not isinstance(text, str):
            raise TypeError(f"found {type(text).__name__}, expected text")
        with self._unread():
            self.stream.write(harmless(text) if self.is_for_people else text)
        return len(text)

    def flush(self) -> None:
        """Write what waits."""
        with self._unread():
            self.stream.flush()

    @contextmanager
    def _unread(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:  # the reader, such as head, has had enough
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)
            if self.needs_reader:
                raise


@contextmanager
def harmless_streams() -> Iterator[None]:
    """Let everything that is printed in the block be harmless."""
    _open_what_is_closed()
    out, err = sys.stdout, sys.stderr
    if isinstance(out, io.TextIOWrapper):  # a terminal that is not in UTF-8 lacks some characters
        out.reconfigure(errors="backslashreplace")
    sys.stdout = Harmless(out, is_for_people=out.isatty())
    sys.stderr = Harmless(err, is_for_people=True)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err


def _open_what_is_closed() -> None:
    """Let standard streams that the caller has closed lead to nowhere.

    Else the next file that is opened takes the number of one, and what is printed goes into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free, which is this one
    # What Python found closed is None.
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115
    sys.stdin = sys.stdin or Path(os.devnull).open()  # noqa: SIM115


def end_when_unread() -> None:
    """From now on let a BrokenPipeError end the command when nobody reads standard output: there is no other work."""
    if isinstance(sys.stdout, Harmless):
        sys.stdout.needs_reader = True


def terminal_of(stream: TextIO) -> TextIO:
    """Return the stream to which what moves a cursor on purpose, such as a progress bar, can be written."""
    return stream.stream if isinstance(stream, Harmless) else stream
