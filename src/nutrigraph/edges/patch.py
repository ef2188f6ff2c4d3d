"""The part of a graph elsewhere that is known so far, and what it says of the rest.

`nutrigraph.edges.growth` opens nodes until the best paths must lie in it: what is known of both
sides bounds from below what a path through the rest can cost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from nutrigraph.edges.arrays import Edges, walk
from nutrigraph.paths.engine import k_best

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from nutrigraph.paths.arcs import Arcs, Bits, Floats

_FINITE: Final = float(np.finfo(np.float64).max)
ROUNDING: Final = 1e-9
"""Costs that differ by less, relatively, may be equal: as the search has it."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How edges are walked: sign and backward by predicate, weight, hub damping."""

    signs: NDArray[np.int8]
    back: Bits
    weight: float
    damping: float

    @property
    def least(self) -> float:
        """The least that a hop can cost."""
        return abs(float(np.log(self.weight)))


@dataclass(slots=True)
class Patch:
    """What is known of a graph. Nodes go by their IRIs.

    ``edges`` are confidences by subject, object and predicate. Of nodes that are ``opened`` all
    edges are known. ``degrees`` are those in the whole graph, where they are known; no path passes
    through a node that is ``shut``.
    """

    ends: tuple[str, str]
    walked: Walk
    shut: set[str]
    edges: dict[tuple[str, str], dict[int, float]] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    degrees: dict[str, int] = field(default_factory=dict)

    def add(self, subject: str, predicate: int, target: str, confidence: float) -> None:
        """Add an edge; it may be there already."""
        self.edges.setdefault((subject, target), {})[predicate] = confidence

    def between(self, subject: str, target: str) -> list[tuple[int, float]]:
        """Return the edges from one node to another, as (predicate, confidence)."""
        return sorted(self.edges.get((subject, target), {}).items())


class View:
    """A patch as arrays, seen once: it does not follow what is added later."""

    def __init__(self, patch: Patch) -> None:
        """Number the nodes in the order of their IRIs, as in the whole graph."""
        self.patch = patch
        ends = {node for pair in patch.edges for node in pair}
        self.nodes = sorted(ends | {*patch.ends})
        self.number = {node: number for number, node in enumerate(self.nodes)}
        self.start, self.target = (self.number[node] for node in patch.ends)

    @cached_property
    def arcs(self) -> Arcs:
        """What can be walked; a node whose degree is not known costs nothing to pass through."""
        rows = sorted(
            (self.number[subject], self.number[target], predicate, confidence)
            for (subject, target), some in self.patch.edges.items()
            for predicate, confidence in some.items()
        )
        subjects = np.array([row[0] for row in rows], np.int32)
        starts = np.zeros(len(self.nodes) + 1, np.int32)
        np.cumsum(np.bincount(subjects, minlength=len(self.nodes)), out=starts[1:])
        edges = Edges(
            starts,
            np.array([row[1] for row in rows], np.int32),
            np.array([row[2] for row in rows], np.uint16),
            np.array([row[3] for row in rows], np.float64),
        )
        degrees = np.array([self.patch.degrees.get(node, 1) for node in self.nodes], np.int32)
        how = self.patch.walked
        return walk(edges, how.signs, how.back, how.weight, how.damping, degrees=degrees)

    @cached_property
    def known(self) -> Bits:
        """Which nodes have a degree that is known."""
        return np.array([node in self.patch.degrees for node in self.nodes], bool)

    @cached_property
    def _inside(self) -> Bits:
        """Through which nodes a path may pass."""
        shut = self.patch.shut | {*self.patch.ends}
        return np.array([node not in shut for node in self.nodes], bool)

    def best(self, hops: int, top: int) -> list[tuple[float, tuple[str, ...]]]:
        """Return the best paths of at most so many hops, through nodes of known degree."""
        closed = np.flatnonzero(~(self._inside & self.known)).tolist()
        ends = [self.start], [self.target]
        found = k_best(self.arcs, *ends, most=top, max_hops=hops, closed=closed)
        first = self.patch.ends[0]
        return [
            (cost, (first, *(self.nodes[self.arcs.heads[arc]] for arc in route)))
            for cost, route in found
        ]

    def _least_at(self, nodes: NDArray[np.int32], values: Floats) -> Floats:
        least = np.full(len(self.nodes), np.inf)
        np.minimum.at(least, nodes, values)
        least[~self._inside] = np.inf
        return least

    def gone(self, hops: int) -> list[Floats]:
        """Return the least that it costs to be at each node after 0 to so many hops."""
        arcs, levels = self.arcs, [np.full(len(self.nodes), np.inf)]
        levels[0][self.start] = 0.0
        tails = np.repeat(np.arange(len(self.nodes)), np.diff(arcs.starts))
        for _ in range(hops):
            levels.append(self._least_at(arcs.heads, levels[-1][tails] + arcs.steps))
        return levels

    def left(self, hops: int) -> list[Floats]:
        """Return the least that 0 to so many last hops cost, with what their first node costs."""
        arcs, levels = self.arcs, [np.full(len(self.nodes), np.inf)]
        levels[0][self.target] = 0.0
        for _ in range(hops):
            ways = levels[-1][np.repeat(np.arange(len(self.nodes)), np.diff(arcs.into))]
            cost = ways + arcs.back_costs + arcs.damping[arcs.tails]
            levels.append(self._least_at(arcs.tails, cost))
        return levels

    def unknown(self, hops: int, limit: float) -> list[str]:
        """Return the nodes of no known degree on paths of so many hops within a limit."""
        gone, left = self.gone(hops), self.left(hops)
        wanted = np.zeros(len(self.nodes), bool)
        for number in range(1, hops):
            wanted |= gone[number] + left[hops - number] <= min(limit, _FINITE)
        return [self.nodes[place] for place in np.flatnonzero(wanted & ~self.known)]

    def _costs(self, reach: Sequence[int], forward: bool) -> Floats:
        """Return the least that a path through each node at the rim of a side may cost.

        ``reach`` says how many hops are known from either end. The path has one hop more than both.
        """
        sides = self.gone(reach[0])[-1], self.left(reach[1])[-1]
        side, other = sides if forward else sides[::-1]
        costs: Floats = side + self.patch.walked.least + other.min(initial=np.inf)
        return costs

    def possible(self, reach: Sequence[int], limit: float) -> bool:
        """Whether a path of one hop more than is known from both ends may lie within a limit."""
        return bool(self._costs(reach, True).min(initial=np.inf) <= min(limit, _FINITE))

    def rim(self, reach: Sequence[int], forward: bool, limit: float) -> list[tuple[float, str]]:
        """Return the nodes to open at the rim of a side, the cheapest first, with the least that
        a path through them may cost.
        """  # noqa: D205 - one sentence
        costs = self._costs(reach, forward)
        patch, found = self.patch, []
        for place in np.flatnonzero(costs <= min(limit, _FINITE)):
            node = self.nodes[place]
            # From a node of degree 0 no arc goes on.
            dead = forward and patch.degrees.get(node) == 0
            if node not in patch.opened and not dead:
                found.append((float(costs[place]), node))
        return sorted(found)
