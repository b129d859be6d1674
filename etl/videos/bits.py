"""The bits of a codec's header, from the most significant one."""

from __future__ import annotations

__all__ = ["Bits", "DamagedHeaderError"]

_MAX_ZEROS = 32


class DamagedHeaderError(Exception):
    """The packet is damaged: its header is invalid."""


class Bits:
    """Reads bits from the most significant one; raises DamagedHeaderError beyond the end."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        """Return the next `count` bits as a number."""
        self._left -= count
        if self._left < 0:
            raise DamagedHeaderError
        return self._value >> self._left & (1 << count) - 1

    def exp_golomb(self) -> int:
        """Return the next unsigned number in the form of H.264 and HEVC."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > _MAX_ZEROS:
                raise DamagedHeaderError
        return (1 << zeros | self.take(zeros)) - 1

    def signed_exp_golomb(self) -> int:
        """Return the next signed number in the form of H.264 and HEVC."""
        number = self.exp_golomb()
        return (number + 1) // 2 if number % 2 else -(number // 2)
