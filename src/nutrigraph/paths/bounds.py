"""The least that it can still cost: ``h[j][v]``, from ``v`` to a target over at most ``j`` hops.

The lower half of the levels is spread backward from the targets and touches their neighbourhood
alone; the upper half is pulled, for the nodes that the search reaches, from the level below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nutrigraph.paths.arcs import spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nutrigraph.paths.arcs import Arcs, Floats, Ints


class Bounds:
    """``h[j][v]``, computed where it is asked for.

    Where the dearest path that can still count costs ``limit``, a level is not pulled at nodes
    that no cheaper path can pass: those whose least cost from a source, over the hops that are
    spent by then, with the least that is to come exceeds it. The lower levels are those of a
    ``shorter`` search as far as it has them.
    """

    def __init__(
        self,
        arcs: Arcs,
        costs: Floats,
        ends: tuple[Sequence[int], Sequence[int]],
        max_hops: int,
        shorter: Bounds | None,
    ) -> None:
        self.arcs, self.costs, self.max_hops = arcs, costs, max_hops
        self.back_costs = arcs.back_costs if costs is arcs.costs else costs[arcs.back]
        self.sources, self.targets = ends
        self.limit = np.inf
        self.lower = max_hops // 2
        level = np.full(arcs.nodes, np.inf)
        # What passing through the target would have cost was counted on the way into it.
        level[list(self.targets)] = -arcs.damping[list(self.targets)]
        self.levels: list[Floats] = [level]
        if shorter is not None:
            self.levels = shorter.levels[: min(self.lower, shorter.lower) + 1]
        while len(self.levels) <= self.lower:
            self.levels.append(self._spread(self.levels[-1]))
        self.levels += [np.full(arcs.nodes, np.inf) for _ in range(max_hops - self.lower)]
        self.known = [np.zeros(arcs.nodes, bool) for _ in range(max_hops + 1)]
        self.spent: list[Floats] = []
        self.least = np.inf

    def narrow(self, limit: float) -> None:
        """Let no path dearer than ``limit`` count. Rounding is allowed for."""
        self.limit = limit + 1e-9
        base = np.delete(self.levels[self.lower], list(self.targets))
        self.least = float(base.min(initial=np.inf) + self.costs.min(initial=0.0))
        level = np.full(self.arcs.nodes, np.inf)
        level[list(self.sources)] = 0.0
        self.spent = [level]
        for _ in range(self.max_hops - self.lower - 1):
            level = self._advance(self.spent[-1])
            self.spent.append(level)

    def _advance(self, level: Floats) -> Floats:
        """Return the least costs from a source over one more hop."""
        rows = np.flatnonzero(level < self.limit).astype(np.int32)
        places, counts = spans(self.arcs.starts, rows)
        heads = self.arcs.heads[places]
        values = self.costs[places] + self.arcs.damping[heads] + np.repeat(level[rows], counts)
        following = level.copy()
        np.minimum.at(following, heads, values)
        return following

    def _spread(self, level: Floats) -> Floats:
        """Return the next level, from all nodes that the last one reaches."""
        reached = np.flatnonzero(np.isfinite(level)).astype(np.int32)
        places, counts = spans(self.arcs.into, reached)
        values = self.back_costs[places] + np.repeat(
            level[reached] + self.arcs.damping[reached], counts
        )
        following = level.copy()
        np.minimum.at(following, self.arcs.tails[places], values)
        return following

    def at(self, hops: int, nodes: Ints) -> Floats:
        """Return the bounds of some nodes for a number of hops."""
        if hops > self.lower:
            wanted = np.zeros(self.arcs.nodes, bool)
            wanted[nodes] = True
            missing = np.flatnonzero(wanted & ~self.known[hops]).astype(np.int32)
            if len(missing):
                self._pull(hops, missing)
                self.known[hops][missing] = True
        return self.levels[hops][nodes]

    def _worthwhile(self, hops: int, nodes: Ints) -> Ints:
        """Return the nodes through which a path within the limit may still pass."""
        depth = self.max_hops - hops
        if not self.spent or depth >= len(self.spent):
            return nodes
        to_come = np.minimum(self.levels[self.lower][nodes], self.least)
        return nodes[self.spent[depth][nodes] + to_come <= self.limit]

    def _pull(self, hops: int, nodes: Ints) -> None:
        """Compute a level at some nodes from the level below it."""
        level = self.levels[hops]
        nodes = self._worthwhile(hops, nodes)
        # Staying shorter is allowed.
        level[nodes] = self.at(hops - 1, nodes)
        places, counts = spans(self.arcs.starts, nodes)
        if not len(places):
            return
        heads = self.arcs.heads[places]
        values = self.at(hops - 1, heads) + self.costs[places] + self.arcs.damping[heads]
        rows = counts > 0
        offsets = (np.cumsum(counts) - counts)[rows]
        found = np.minimum.reduceat(values, offsets)
        level[nodes[rows]] = np.minimum(level[nodes[rows]], found)
