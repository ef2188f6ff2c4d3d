"""What one question may cost, and how many are answered at once."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass


def _processors() -> int:
    return max(2, os.cpu_count() or 2)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an endpoint; sizes in bytes, times in seconds.

    ``seconds`` bounds a question from its start to the last byte, ``memory`` what it may take
    beyond the open store. ``slice`` is how long it may hold one of the ``quick`` places before it
    needs one of the ``slow`` ones; ``held`` is how much of an answer is kept back until then.
    """

    seconds: float = 60.0
    memory: int = 1 << 30
    rows: int = 1_000_000
    bytes: int = 256 << 20
    body: int = 1 << 20
    head: int = 32 << 10
    queue: int = 128
    patience: float = 30.0
    quick: int = _processors()
    slow: int = _processors()
    slice: float = 0.2
    held: int = 1 << 20
    arrival: float = 10.0
    """How long a request's head, and then its body, may take to arrive."""
    connections: int = 512
    recycle: int = 256 << 20
    """A worker that has grown by so much is replaced after its answer."""
    chunks: int = 1024
    """In how many pieces a request may arrive: each costs work, however small it is."""

    @property
    def longest(self) -> float:
        """How long one request may hold its connection, from its head to the last byte read."""
        return self.arrival + self.patience + self.slice + self.seconds + self.arrival

    def record(self) -> dict[str, float | int]:
        """Return them as a plain record."""
        return asdict(self)
