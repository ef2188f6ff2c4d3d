"""Many short strings as arrays, read one at a time: opening them reads none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Strings:
    """Strings by number: their UTF-8 bytes in a row, and where each starts."""

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, strings: Iterable[str]) -> Strings:
        """Hold some strings."""
        parts = [text.encode() for text in strings]
        starts = np.zeros(len(parts) + 1, np.int64)
        np.cumsum([len(part) for part in parts], out=starts[1:])
        return cls(np.frombuffer(b"".join(parts), np.uint8), starts)

    def save(self, folder: Path, name: str) -> None:
        """Write them into a folder under a name."""
        np.save(folder / f"{name}.npy", self.data, allow_pickle=False)
        np.save(folder / f"{name}_starts.npy", self.starts, allow_pickle=False)

    @classmethod
    def open(cls, folder: Path, name: str) -> Strings:
        """Open what `save` wrote, mapped into memory."""
        return cls(
            np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False),
            np.load(folder / f"{name}_starts.npy", mmap_mode="r", allow_pickle=False),
        )

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.starts) - 1

    def raw(self, number: int) -> bytes:
        """Return the bytes of one."""
        return self.data[self.starts[number] : self.starts[number + 1]].tobytes()

    def __getitem__(self, number: int) -> str:
        """Return one."""
        return self.raw(number).decode()

    def _first(self, wanted: bytes) -> int:
        """Return the number of the first that is not before some bytes; they must be sorted."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.raw(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def equal(self, text: str) -> range:
        """Return the numbers of those that equal a text; they must be sorted."""
        wanted = text.encode()
        return range(self._first(wanted), self._first(wanted + b"\0"))

    def beginning(self, text: str, most: int) -> Iterator[str]:
        """Yield those that begin with a text, ``most`` at most; they must be sorted."""
        wanted = text.encode()
        for number in range(self._first(wanted), min(len(self), self._first(wanted) + most)):
            if not self.raw(number).startswith(wanted):
                return
            yield self[number]
