"""The number of the epoch, whose changes persistent workers see."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import get_spawning_popen
from typing import Any

__all__ = ["Epoch"]


class Epoch:
    """An integer in memory that forked and spawned processes share. A pickled copy is independent."""

    def __init__(self, value: int = 0) -> None:
        self._shared: Any = multiprocessing.Value("q", value, lock=False)

    @property
    def value(self) -> int:
        """The number."""
        return int(self._shared.value)

    @value.setter
    def value(self, value: int) -> None:
        self._shared.value = value

    def __getstate__(self) -> dict[str, Any]:
        is_handed_to_a_process = get_spawning_popen() is not None
        return {"shared": self._shared} if is_handed_to_a_process else {"value": self.value}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state.get("value", 0))  # type: ignore[misc]
        self._shared = state.get("shared", self._shared)
