"""The best routes between two nodes of a source, found in its arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from nutrigraph.terms import local

if TYPE_CHECKING:
    from collections.abc import Callable

    from nutrigraph.edges.source import EdgeSource
    from nutrigraph.paths import Filters
    from nutrigraph.paths.arcs import Arcs


def search(
    source: EdgeSource, ends: tuple[int, int], filters: Filters, max_hops: int, top: int
) -> tuple[list[tuple[int, ...]], Arcs | None]:
    """Return the best routes as numbers of nodes, and the arcs that were walked, if any."""
    import numpy as np

    from nutrigraph.edges.arrays import walk
    from nutrigraph.paths.engine import k_best

    # All edges of a source are alike in all but their predicates: they pass, or none does.
    if not replace(filters, predicates=frozenset()).passes(source.claim()):
        return [], None
    arcs = source.arcs
    if filters.predicates:
        named = [name_of(predicate.id) in filters.predicates for predicate in source.predicates]
        arcs = walk(
            source.edges,
            np.array([predicate.sign or 0 for predicate in source.predicates], np.int8),
            np.array([not predicate.forward_only for predicate in source.predicates], bool),
            source.record["weight"],
            source.record["damping"],
            np.array(named, bool)[source.edges.predicates],
        )
    found = k_best(
        arcs,
        [ends[0]],
        [ends[1]],
        most=top,
        max_hops=max_hops,
        closed=_closed(source, filters),
    )
    routes = [(ends[0], *(int(arcs.heads[arc]) for arc in route)) for _, route in found]
    return routes, arcs


def _closed(source: EdgeSource, filters: Filters) -> list[int]:
    """Return the nodes that no route may pass through."""
    import numpy as np

    kinds = source.kinds
    shut = [
        number
        for number, kind in enumerate(kinds)
        if (filters.through and kind not in filters.through) or kind in filters.avoid
    ]
    named = filters.avoid.difference(kinds)
    found = {number for iri in named if (number := source.find(iri)) is not None}
    if shut:
        found |= set(np.flatnonzero(np.isin(source.node_kinds, shut)).tolist())
    return sorted(found)


def nearest(arcs: Arcs, start: int, *, most: int = 5) -> list[int]:
    """Return the nodes that are cheapest to reach in one hop."""
    import numpy as np

    row = slice(int(arcs.starts[start]), int(arcs.starts[start + 1]))
    order = np.argsort(arcs.costs[row], kind="stable")[:most]
    return [int(number) for number in arcs.heads[row][order]]


def name_of(iri: str) -> str:
    """Return what a predicate is called by: the last part of its IRI, readable."""
    return unquote(local(iri))


def degree_in(arcs: Arcs) -> Callable[[int], int]:
    """Return what tells how many arcs leave a node."""
    return lambda node: int(arcs.starts[node + 1] - arcs.starts[node])
