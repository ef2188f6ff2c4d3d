"""The k best loopless paths of a bounded number of hops, exactly, over numpy arrays.

Paths of one hop come first, then those of two, and so on: what the best so far cost narrows each
search. Within one, bounds first, then best-first: it takes partial paths in the order of ``cost so
far + h[hops left]``, which never overestimates (A*), so that paths come out from cheap to dear. The
children of a node are sorted no further than they are needed.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from nutrigraph.paths.arcs import BACKWARD, CARRY, FORWARD
from nutrigraph.paths.bounds import Bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from nutrigraph.paths.arcs import Arcs, Floats, Ints, Pairs, Rules

_CHUNK: Final = 32


class _Children:
    """The ways on from one partial path, sorted no further than they are asked for."""

    __slots__ = ("_all", "_done", "_order", "arcs", "estimates", "heads")

    def __init__(self, estimates: Floats, arcs: Ints, heads: Ints) -> None:
        self.estimates, self.arcs, self.heads = estimates, arcs, heads
        self._all = len(arcs) <= _CHUNK
        self._order = self._first()

    def _first(self) -> NDArray[np.intp]:
        """Return the cheapest, all of equal estimate among them; all, where they are few."""
        if self._all:
            return np.lexsort((self.heads, self.estimates))
        limit = np.partition(self.estimates, _CHUNK)[_CHUNK]
        some = np.flatnonzero(self.estimates <= limit)
        return some[np.lexsort((self.heads[some], self.estimates[some]))]

    def place(self, number: int) -> int | None:
        """Return the place of the ``number``-th cheapest child, or None after the last."""
        if number >= len(self._order) and not self._all:
            self._all = True
            self._order = np.lexsort((self.heads, self.estimates))
        return int(self._order[number]) if number < len(self._order) else None


@dataclass(frozen=True, slots=True)
class _Partial:
    """A partial path: its nodes and arcs, its cost, and what the rules remember of it."""

    nodes: tuple[int, ...]
    arcs: tuple[int, ...]
    cost: float
    effect: bool = False
    rolled_up: bool = False


class _Search:
    """One question: what its parts share."""

    def __init__(
        self,
        arcs: Arcs,
        ends: tuple[Sequence[int], Sequence[int]],
        rules: Rules | None,
        pairs: Pairs | None,
        closed: Sequence[int],
    ) -> None:
        self.targets = frozenset(ends[1])
        self.sources = sorted(set(ends[0]) - self.targets)
        self.rules, self.pairs = rules, pairs
        costs = arcs.costs if pairs is None else arcs.costs + pairs.least(arcs)
        shut = sorted(set(closed) - self.targets)
        self.bounds = Bounds(arcs, costs, (self.sources, sorted(self.targets)), shut)
        self.starts, self.heads = self.bounds.starts, self.bounds.heads
        self.costs, self.damping = np.asarray(arcs.costs), self.bounds.damping
        self.steps = self.bounds.first

    def children(self, partial: _Partial, levels: list[Floats]) -> _Children:
        """Return the ways on from a partial path that the rules allow."""
        node, last = partial.nodes[-1], partial.arcs[-1] if partial.arcs else None
        begin, end = int(self.starts[node]), int(self.starts[node + 1])
        heads = self.heads[begin:end]
        estimates = levels[len(levels) - len(partial.arcs) - 1][heads]
        estimates += self.steps[begin:end]
        estimates += partial.cost
        if self.pairs is not None and last is not None:
            estimates += self._continuity(last, begin, end)
        fine = estimates <= self.bounds.limit
        if self.rules is not None:
            if partial.effect:
                fine &= self.rules.walked[begin:end] != BACKWARD
            if partial.rolled_up:
                fine &= ~self.rules.once[begin:end]
        kept = fine.nonzero()[0]
        heads = heads[kept]
        for passed in partial.nodes if len(kept) else ():
            new = heads != passed
            kept, heads = kept[new], heads[new]
        return _Children(estimates[kept], (kept + begin).astype(np.int32), heads)

    def _continuity(self, last: int, begin: int, end: int) -> Floats:
        """Return the cost of going on from an arc to each of some arcs in a row."""
        pairs = self.pairs
        assert pairs is not None  # noqa: S101 - asked for only where there are pairs
        costs = np.full(end - begin, pairs.default[last])
        row = slice(int(pairs.starts[last]), int(pairs.starts[last + 1]))
        following = pairs.following[row]
        inside = (begin <= following) & (following < end)
        costs[following[inside] - begin] = pairs.costs[row][inside]
        return costs

    def longer(self, partial: _Partial, arc: int, head: int) -> _Partial:
        """Return a partial path with one more arc."""
        cost = partial.cost + float(self.costs[arc])
        if head not in self.targets:
            cost += float(self.damping[head])
        if self.pairs is not None and partial.arcs:
            cost += float(self._continuity(partial.arcs[-1], arc, arc + 1)[0])
        effect, rolled_up = partial.effect, partial.rolled_up
        if self.rules is not None:
            walked = self.rules.walked[arc]
            effect = effect if walked == CARRY else bool(walked == FORWARD)
            rolled_up = rolled_up or bool(self.rules.once[arc])
        return _Partial((*partial.nodes, head), (*partial.arcs, arc), cost, effect, rolled_up)

    def run(self, hops: int) -> Iterator[tuple[float, tuple[int, ...], tuple[int, ...]]]:
        """Yield (cost, arcs, nodes) from cheap to dear, of paths of so many hops."""
        levels = self.bounds.over(hops)
        queue: list[tuple[float, tuple[int, ...], int, Any, _Partial]] = []

        def push(partial: _Partial, children: _Children, number: int) -> None:
            place = children.place(number)
            if place is not None:
                nodes = (*partial.nodes, int(children.heads[place]))
                estimate = float(children.estimates[place])
                heapq.heappush(queue, (estimate, nodes, number, children, partial))

        for source in self.sources:
            start = _Partial((source,), (), 0.0)
            push(start, self.children(start, levels), 0)
        met: set[tuple[int, ...]] = set()
        while queue:
            _, nodes, number, children, parent = heapq.heappop(queue)
            arc = int(children.arcs[children.place(number) or 0])
            push(parent, children, number + 1)
            partial = self.longer(parent, arc, nodes[-1])
            if len(partial.arcs) == hops:
                # Over parallel arcs, the cheapest way stands for all.
                if nodes not in met:
                    met.add(nodes)
                    yield partial.cost, partial.arcs, partial.nodes
            else:
                push(partial, self.children(partial, levels), 0)


def _order(path: tuple[float, tuple[int, ...], tuple[int, ...]]) -> tuple[float, tuple[int, ...]]:
    return round(path[0], 9), path[2]


def k_best(
    arcs: Arcs,
    sources: Sequence[int],
    targets: Sequence[int],
    *,
    most: int,
    max_hops: int,
    rules: Rules | None = None,
    pairs: Pairs | None = None,
    closed: Sequence[int] = (),
) -> list[tuple[float, tuple[int, ...]]]:
    """Return the ``most`` cheapest paths from any source to any target as (cost, arcs).

    Each has at most ``max_hops`` hops, visits no node twice, ends at the first target it meets and
    passes through none of ``closed``. Its cost is that of its arcs, the damping of the nodes that
    it passes through, and, with ``pairs``, of each going on. Paths of equal cost come in the order
    of their nodes.
    """
    if max_hops < 1 or most < 1:
        return []
    search = _Search(arcs, (sources, targets), rules, pairs, closed)
    found: list[tuple[float, tuple[int, ...], tuple[int, ...]]] = []
    for hops in range(1, max_hops + 1):
        merged = heapq.merge(found, islice(search.run(hops), most), key=_order)
        found = list(islice(merged, most))
        if len(found) == most:
            search.bounds.narrow(max(cost for cost, _, _ in found))
    return [(cost, route) for cost, route, _ in found]
