"""The least that it can still cost: ``h[j][v]``, from ``v`` to a target over exactly ``j`` hops.

The lower half of the levels is spread backward from the targets; the upper half is pulled from the
level below, at the nodes that are reached from a source over the hops that are left for it. Both
leave out what is dearer than the paths that are known already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from nutrigraph.paths.arcs import least_of, spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nutrigraph.paths.arcs import Arcs, Floats, Ints

_FINITE: Final = float(np.finfo(np.float64).max)


class Bounds:
    """``h[j][v]`` for one question, for one hop more each time.

    Hops are counted exactly: shorter paths are known by then, and what goes on over two hops is
    dearer than what ends at once. ``limit`` is what a path that still counts may cost at most. It
    only falls, so that what was left out once may stay out.
    """

    def __init__(
        self,
        arcs: Arcs,
        costs: Floats,
        ends: tuple[Sequence[int], Sequence[int]],
        shut: Sequence[int],
    ) -> None:
        self.starts, self.heads = np.asarray(arcs.starts), np.asarray(arcs.heads)
        self.into, self.tails = np.asarray(arcs.into), np.asarray(arcs.tails)
        self.damping, self.first = np.asarray(arcs.damping), np.asarray(arcs.steps)
        if costs is arcs.costs:
            self.steps, self.least_steps = self.first, np.asarray(arcs.least_steps)
            self.back_costs = np.asarray(arcs.back_costs)
        else:
            self.steps = costs + self.damping[self.heads]
            self.least_steps = least_of(self.steps, self.starts)
            self.back_costs = costs[arcs.back]
        sources, targets = list(ends[0]), list(ends[1])
        # No path passes through a target, nor through its own source.
        self.shut = np.array([*targets, *shut, *(sources if len(sources) == 1 else ())], np.int32)
        self.limit = _FINITE
        self.gone, self.levels = [self._blank()], [self._blank()]
        self.gone[0][sources] = 0.0
        # What passing through the target would have cost is counted on the way into it.
        self.levels[0][targets] = -self.damping[targets]
        self.gone_least = [0.0]
        self.left_least = [float(self.levels[0].min(initial=np.inf))]

    def _blank(self) -> Floats:
        return np.full(len(self.starts) - 1, np.inf)

    def narrow(self, limit: float) -> None:
        """Let no path dearer than ``limit`` count. Rounding is allowed for."""
        self.limit = limit + 1e-9 * max(1.0, limit)

    def over(self, hops: int) -> list[Floats]:
        """Return ``h[0]`` to ``h[hops - 1]``, for paths of so many hops that can count."""
        lower = hops // 2
        while len(self.gone) < hops - lower:
            self._advance()
        while len(self.levels) <= lower:
            self._spread()
        levels = self.levels[: lower + 1]
        for more in range(lower + 1, hops):
            levels.append(self._pulled(levels[-1], self.gone[hops - more], self.left_least[lower]))
        return levels

    def _pulled(self, below: Floats, gone: Floats, left: float) -> Floats:
        """Return a level from the one below, where a path that can count may be by then."""
        level = self._blank()
        nodes = np.flatnonzero(gone + self.least_steps <= self.limit - left).astype(np.int32)
        if len(nodes):
            places, counts = spans(self.starts, nodes)
            values = below[self.heads[places]]
            values += self.steps[places]
            level[nodes] = np.minimum.reduceat(values, np.cumsum(counts) - counts)
            level[self.shut] = np.inf
        return level

    def _advance(self) -> None:
        """Go one hop on from the sources."""
        level, steps = self.gone[-1], self.steps if len(self.gone) > 1 else self.first
        sure = level + self.least_steps if len(self.gone) > 1 else level
        rows = np.flatnonzero(sure <= self.limit - self.left_least[-1]).astype(np.int32)
        places, counts = spans(self.starts, rows)
        values = steps[places]
        values += np.repeat(level[rows], counts)
        self.gone.append(self._least_at(self.heads[places], values))
        self.gone_least.append(float(self.gone[-1].min(initial=np.inf)))

    def _spread(self) -> None:
        """Go one hop back from the targets."""
        onward = self.levels[-1] + self.damping
        gone = (
            self.gone_least[min(len(self.levels), len(self.gone) - 1)]
            if len(self.levels) > 1
            else 0
        )
        rows = np.flatnonzero(onward <= self.limit - gone).astype(np.int32)
        places, counts = spans(self.into, rows)
        values = self.back_costs[places]
        values += np.repeat(onward[rows], counts)
        self.levels.append(self._least_at(self.tails[places], values))
        self.left_least.append(float(self.levels[-1].min(initial=np.inf)))

    def _least_at(self, nodes: Ints, values: Floats) -> Floats:
        """Return the least value at each node, but for those that no path passes through."""
        least = self._blank()
        np.minimum.at(least, nodes, values)
        least[self.shut] = np.inf
        return least
