"""The best routes between two nodes of a source elsewhere: a patch grows until it must hold them.

It starts with the edges of the two ends. For each hop more, nodes at the rim of the smaller side
are opened, those first through which a path can be cheapest, until none is left through which one
could be among the best. So the answer is that of the whole graph.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from nutrigraph.edges.patch import ROUNDING, Patch, View
from nutrigraph.edges.search import name_of, nearest
from nutrigraph.edges.source import Found
from nutrigraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nutrigraph.edges.remote import RemoteSource
    from nutrigraph.paths import Filters

_ROUND: Final = 4_000
"""Edges that are asked for before the search looks again; twice as many each time."""
_MOST_EDGES: Final = 1_000_000
"""Edges that may come for one question: some hundred megabytes, and about a minute."""


def search(
    source: RemoteSource, ends: tuple[str, str], filters: Filters, max_hops: int, top: int
) -> Found[str]:
    """Return the best routes between two nodes, of all that pass the filters.

    Raises:
        StoreError: the store cannot be read.
        UsageError: too much of it would have to be.
    """
    patch = Patch(ends, source.walked, set(filters.avoid.difference(source.kinds)))
    # All edges of a source are alike in all but their predicates: they pass, or none does.
    if not replace(filters, predicates=frozenset()).passes(source.claim()):
        return Found([], [], None, patch.between)
    growth = _Growth(source, filters, patch, max_hops, top)
    routes = growth.run()
    near: list[str] = []
    if not routes:
        view = View(patch)
        near = [view.nodes[place] for place in nearest(view.arcs, view.start)]
        growth.look_up(near)
    return Found(routes, near, patch.degrees.__getitem__, patch.between)


@dataclass(slots=True)
class _Growth:
    """One question, and how far its answer has come."""

    source: RemoteSource
    filters: Filters
    patch: Patch
    max_hops: int
    top: int
    limit: float = float("inf")
    routes: list[tuple[str, ...]] = field(default_factory=list)
    came: int = 0

    def run(self) -> list[tuple[str, ...]]:
        """Return the best routes."""
        self.open(self.patch.ends)
        self.look_up(self.patch.ends)
        reach = [1, 1]
        for hops in range(1, self.max_hops + 1):
            if hops > sum(reach):
                view = View(self.patch)
                if not view.possible(reach, self.limit):
                    break
                forward = self._cheaper(view, reach)
                self._open_rim(reach, forward, hops)
                reach[0 if forward else 1] += 1
            self._look(hops)
        return self.routes

    def _cheaper(self, view: View, reach: Sequence[int]) -> bool:
        """Return whether fewer edges come from the rim of the source than from the target's."""
        rims = {way: view.rim(reach, way, self.limit) for way in (True, False)}
        few, many = sorted(rims, key=lambda way: len(rims[way]))
        # Each node has an edge at least: more nodes than edges here need no looking up.
        edges = self._edges(rims[few])
        return few if edges <= len(rims[many]) or edges <= self._edges(rims[many]) else many

    def _edges(self, rim: Sequence[tuple[float, str]]) -> int:
        """Return how many edges the nodes of a rim have, about."""
        self.look_up([node for _, node in rim if node not in self.patch.degrees])
        return sum(max(1, self.patch.degrees[node]) for _, node in rim)

    def _open_rim(self, reach: Sequence[int], forward: bool, hops: int) -> None:
        """Open all nodes of a side through which a path of so many hops could be among the best."""
        size = _ROUND
        while rim := View(self.patch).rim(reach, forward, self.limit):
            if lacking := [node for _, node in rim if node not in self.patch.degrees]:
                self.look_up(lacking)
                continue
            batch: list[str] = []
            left = size
            for _, node in rim:
                degree = max(1, self.patch.degrees[node])
                if batch and degree > left:
                    break
                batch.append(node)
                left -= degree
            self.open(batch)
            self._look(hops)
            size *= 2

    def _look(self, hops: int) -> None:
        """Find the best paths of at most so many hops in the patch."""
        view = View(self.patch)
        if lacking := view.unknown(hops, self.limit):
            self.look_up(lacking)
            view = View(self.patch)
        found = view.best(hops, self.top)
        self.routes = [route for _, route in found]
        if len(found) == self.top:
            worst = max(cost for cost, _ in found)
            self.limit = worst + ROUNDING * max(1.0, worst)

    def open(self, nodes: Sequence[str]) -> None:
        """Ask for all edges of some nodes."""
        allowed = {
            number
            for number, one in enumerate(self.source.predicates)
            if not self.filters.predicates or name_of(one.id) in self.filters.predicates
        }
        for row in self.source.edges(nodes):
            self.came += 1
            if self.came > _MOST_EDGES:
                raise UsageError(
                    f"over {_MOST_EDGES:,} edges of {self.source.slug} at "
                    f"{self.source.store.place} would have to come for this question: ask for "
                    f"fewer than {self.max_hops} hops, or for fewer paths"
                )
            if row[1] in allowed:
                self.patch.add(*row)
        self.patch.opened.update(nodes)
        if self.source.watch is not None:
            self.source.watch(self.came)

    def look_up(self, nodes: Iterable[str]) -> None:
        """Ask for the degrees of some nodes, and shut those of kinds that no path may have."""
        wanted = list(nodes)
        self.patch.degrees.update(dict.fromkeys(wanted, 0))
        self.patch.degrees.update(self.source.degrees(wanted, self.filters))
        through, avoid = self.filters.through, self.filters.avoid
        if through or avoid.intersection(self.source.kinds):
            for node, kind in self.source.kinds_of(wanted).items():
                if kind in avoid or (through and kind not in through):
                    self.patch.shut.add(node)
