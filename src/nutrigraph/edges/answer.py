"""A question between two nodes of an imported source, answered from its arrays.

The best routes are found over numbers; of the nodes on them alone a small network is made, of the
same entities, predicates and claims as any, so that one code judges and words both.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from nutrigraph import naming
from nutrigraph.choices import chosen
from nutrigraph.errors import UnknownName, UsageError
from nutrigraph.paths import Filters, answer_routes, build_network
from nutrigraph.terms import local
from nutrigraph.wording import statement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nutrigraph.edges.source import EdgeSource
    from nutrigraph.model import Answer, Entity, Vocabulary
    from nutrigraph.paths.arcs import Arcs

Ends = tuple[int, int]


def locate(
    sources: Sequence[EdgeSource], names: tuple[str, str], entity: Callable[[str], Entity]
) -> tuple[EdgeSource, Ends] | None:
    """Return the source that knows both names, or None where both are entities of claims.

    Raises:
        UnknownName: a name is known neither to the claims nor to a source.
        UsageError: a name is that of several nodes, or no one source knows both.
    """
    strange: list[UnknownName] = []
    for name in names:
        try:
            entity(name)
        except UnknownName as error:
            strange.append(error)
    if not strange:
        return None
    for source in sources:
        start, end = (source.find(name) for name in names)
        if start is not None and end is not None:
            return source, (start, end)
    for unknown in strange:
        if all(source.find(unknown.name) is None for source in sources):
            near = [*unknown.nearest]
            near += [name for source in sources for name in source.near(unknown.name)]
            raise UnknownName(unknown.kind, unknown.name, list(dict.fromkeys(near))[:6])
    slugs = ", ".join(source.slug for source in sources)
    raise UsageError(
        f"{names[0]!r} and {names[1]!r} stand in no one graph: routes do not join the claims and "
        f"the edges of sources ({slugs}); name two things of one of them"
    )


def paths_in(
    source: EdgeSource,
    ends: Ends,
    vocabulary: Vocabulary,
    *,
    max_hops: int,
    top: int,
    filters: Mapping[str, Sequence[str]],
) -> Answer:
    """Return the best routes between two nodes of a source.

    The answer as a whole has no sign: only the best routes were looked at, not all walks.

    Raises:
        UnknownName: a value of a filter is unknown.
        UsageError: both ends are one node.
    """
    if ends[0] == ends[1]:
        label = source.entity(ends[0]).label
        raise UsageError(f"source and target are both {label}: name two things")
    routes, arcs = search(source, ends, _filters(source, filters, vocabulary), max_hops, top)
    pairs = {tuple(sorted(pair)) for route in routes for pair in pairwise(route)}
    pairs.add((min(ends), max(ends)))
    entities = {
        number: source.entity(number)
        for number in sorted({*ends, *(node for route in routes for node in route)})
    }
    near = [] if routes else _nearest(arcs, ends[0]) if arcs is not None else []
    entities |= {number: source.entity(number) for number in near}
    things = {entity.id: entity for entity in entities.values()}
    own = {predicate.id: predicate for predicate in source.predicates}
    words = replace(
        vocabulary, predicates=vocabulary.predicates | own, hub_damping=source.record["damping"]
    )
    wanted = _filters(source, filters, vocabulary)
    claims = [
        replace(claim, statement=statement(claim, things, words))
        for one, other in sorted(pairs)
        for claim in source.claims(one, other)
        if _passes(wanted, claim)
    ]
    network = build_network(claims, (), things, words)
    if arcs is not None:
        network.degrees = {
            (entity.id, "state"): max(1, int(arcs.starts[number + 1] - arcs.starts[number]))
            for number, entity in entities.items()
        }
    told = answer_routes(
        network,
        [[(entities[number].id, "state") for number in route] for route in routes],
        (entities[ends[0]].id, entities[ends[1]].id),
        things,
        words,
        max_hops=max_hops,
        nearest=tuple(entities[number].id for number in near),
    )
    return replace(told, entities=things, predicates=own)


def search(
    source: EdgeSource, ends: Ends, filters: Filters, max_hops: int, top: int
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
        named = [_name(predicate.id) in filters.predicates for predicate in source.predicates]
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
    found = {number for iri in filters.avoid if (number := source.find(iri)) is not None}
    if shut:
        found |= set(np.flatnonzero(np.isin(source.node_kinds, shut)).tolist())
    return sorted(found)


def _nearest(arcs: Arcs, start: int, *, most: int = 5) -> list[int]:
    """Return the nodes that are cheapest to reach in one hop."""
    import numpy as np

    row = slice(int(arcs.starts[start]), int(arcs.starts[start + 1]))
    order = np.argsort(arcs.costs[row], kind="stable")[:most]
    return [int(number) for number in arcs.heads[row][order]]


def _name(iri: str) -> str:
    """Return what a predicate is called by: the last part of its IRI, readable."""
    return unquote(local(iri))


def _passes(filters: Filters, claim: Any) -> bool:  # noqa: ANN401
    return not filters.predicates or _name(claim.predicate) in filters.predicates


def _filters(
    source: EdgeSource, given: Mapping[str, Sequence[str]], vocabulary: Vocabulary
) -> Filters:
    """Return the filters of a question, checked against what a source holds."""

    def avoided(value: str) -> str:
        if value in source.kinds:
            return value
        number = source.find(value)
        if number is None:
            near = [*naming.nearest(value, source.kinds), *source.near(value)]
            raise UnknownName("kind or entity", value, near)
        return source.entity(number).id

    return chosen(
        given,
        {
            "documents": {source.slug},
            "species": {*vocabulary.species_plurals, "unknown"},
            "study_types": {*vocabulary.study_types, "unknown"},
            "bases": {label for cls, label in vocabulary.iris if cls == "Basis"},
            "predicates": {_name(predicate.id) for predicate in source.predicates},
            "without": {source.slug},
            "through": set(source.kinds),
        },
        avoided,
    )
