"""The whole graph as N-Quads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyoxigraph as ox


def nquads(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """Yield the lines of sorted N-Quads: the same graph gives the same bytes."""
    yield from sorted(f"{quad} .\n" for quad in quads)
