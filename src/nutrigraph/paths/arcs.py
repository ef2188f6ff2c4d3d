"""A graph as numpy arrays: what the search reads, and what is mapped into memory beside a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Ints = NDArray[np.int32]
    Floats = NDArray[np.float64]
    Bits = NDArray[np.bool_]

CARRY, FORWARD, BACKWARD = 0, 1, 2
"""How an arc is walked: as the same quantity under another name, with or against its wording."""
_FILES: Final = (
    "starts",
    "heads",
    "costs",
    "into",
    "tails",
    "back",
    "back_costs",
    "damping",
    "steps",
    "least_steps",
)


@dataclass(frozen=True, slots=True)
class Arcs:
    """A directed graph by rows: the arcs out of ``v`` are ``starts[v]`` to ``starts[v + 1]``.

    Arcs are ordered by tail, then head; there is one for each ordered pair of nodes, unless
    parallel ones were asked for. ``into``, ``tails``, ``back`` and ``back_costs`` hold the same by
    heads: ``back`` gives the number of the arc. ``damping`` is added for each node that a path
    passes through. ``steps`` are the costs with the damping of the heads, ``least_steps`` the least
    of them out of each node. Shapes: nodes + 1, arcs, arcs; nodes + 1, arcs, arcs, arcs; nodes;
    arcs; nodes. Costs are not negative.
    """

    starts: Ints
    heads: Ints
    costs: Floats
    into: Ints
    tails: Ints
    back: Ints
    back_costs: Floats
    damping: Floats
    steps: Floats
    least_steps: Floats

    @classmethod
    def of(
        cls,
        tails: Sequence[int] | Ints,
        heads: Sequence[int] | Ints,
        costs: Sequence[float] | Floats,
        nodes: int,
        damping: Floats | None = None,
        *,
        parallel: bool = False,
    ) -> tuple[Arcs, Ints]:
        """Return the graph, and for each of its arcs the number of the given one it is.

        Of several arcs between two nodes, the cheapest is kept, of equal ones the first; with
        ``parallel`` all are kept, for where the rules of walking tell them apart.

        Raises:
            ValueError: a cost is negative or no number.
        """
        tail, head = np.asarray(tails, np.int32), np.asarray(heads, np.int32)
        cost = np.asarray(costs, np.float64)
        if not np.all(cost >= 0):
            raise ValueError("costs must be numbers that are not negative")
        order = np.lexsort((cost, head, tail)).astype(np.int32)
        tail, head = tail[order], head[order]
        first = np.ones(len(order), bool)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1]) | parallel
        order, tail, head = order[first], tail[first], head[first]
        back = np.argsort(head, kind="stable").astype(np.int32)
        damp = np.zeros(nodes) if damping is None else np.asarray(damping, np.float64)
        cost = cost[order]
        into = _rows(head, nodes)
        starts = _rows(tail, nodes)
        steps = cost + damp[head]
        least = least_of(steps, starts)
        return cls(
            starts, head, cost, into, tail[back], back, cost[back], damp, steps, least
        ), order

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.starts) - 1

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder, one file each."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def open(cls, folder: Path) -> Arcs:
        """Open what `save` wrote, mapped into memory and read as it is needed."""
        return cls(
            *(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _FILES)
        )


def _rows(sorted_or_not: Ints, nodes: int) -> Ints:
    """Return where each row starts, by counting."""
    starts = np.zeros(nodes + 1, np.int32)
    np.cumsum(np.bincount(sorted_or_not, minlength=nodes), out=starts[1:])
    return starts


def least_of(steps: Floats, starts: Ints) -> Floats:
    """Return the least value in each row, infinity where a row is empty."""
    least = np.full(len(starts) - 1, np.inf)
    rows = np.flatnonzero(np.diff(starts))
    if len(rows):
        least[rows] = np.minimum.reduceat(steps, starts[:-1][rows])
    return least


def spans(starts: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Return the places of all entries of some rows, and how many each row has."""
    begin = starts[rows]
    counts = starts[rows + 1] - begin
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    places = np.arange(total, dtype=np.int32)
    places += np.repeat(begin - (ends - counts).astype(np.int32), counts)
    return places, counts


@dataclass(frozen=True, slots=True)
class Pairs:
    """What it costs to go on from one arc to the next: continuity.

    ``default[a]`` is the cost from arc ``a`` to any next arc, but for those listed: of arc ``a``
    they are ``following[starts[a]]`` to ``following[starts[a + 1]]``, with their ``costs``. No
    cost is negative.
    """

    default: Floats
    starts: Ints
    following: Ints
    costs: Floats

    @classmethod
    def of(cls, default: Floats, listed: dict[tuple[int, int], float]) -> Pairs:
        """Build it from a default for each arc and the costs of listed (arc, next arc)."""
        keys = sorted(listed)
        first = np.array([key[0] for key in keys], np.int32)
        return cls(
            np.asarray(default, np.float64),
            _rows(first, len(default)),
            np.array([key[1] for key in keys], np.int32),
            np.array([listed[key] for key in keys], np.float64),
        )

    def least(self, arcs: Arcs) -> Floats:
        """Return, for each arc, the least that it can cost to come to it from another one."""
        at_node = np.full(arcs.nodes, np.inf)
        np.minimum.at(at_node, arcs.heads, self.default)
        tail = np.empty(len(arcs.heads), np.int32)
        tail[arcs.back] = arcs.tails
        least = at_node[tail]
        np.minimum.at(least, self.following, self.costs)
        return np.where(np.isfinite(least), least, 0.0)


@dataclass(frozen=True, slots=True)
class Rules:
    """Which way of walking is allowed.

    ``walked[a]`` is CARRY, FORWARD or BACKWARD: after an arrival over FORWARD arcs, carried on by
    CARRY arcs, no BACKWARD arc follows. Of the arcs marked in ``once`` a path takes one at most.
    """

    walked: NDArray[np.uint8]
    once: Bits
