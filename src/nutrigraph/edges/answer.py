"""A question between two nodes of an imported source.

The best routes are found over its edges; of the nodes on them alone a small network is made, of the
same entities, predicates and claims as any, so that one code judges and words both.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from nutrigraph import naming
from nutrigraph.choices import chosen
from nutrigraph.edges.search import name_of
from nutrigraph.errors import UnknownName, UsageError
from nutrigraph.paths import answer_routes, build_network
from nutrigraph.wording import statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from nutrigraph.edges.source import AnySource
    from nutrigraph.model import Answer, Claim, Entity, Vocabulary
    from nutrigraph.paths import Filters, Network


def locate(
    sources: Sequence[AnySource[Any]], names: tuple[str, str], entity: Callable[[str], Entity]
) -> tuple[AnySource[Any], tuple[Any, Any]] | None:
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
    shared: UsageError | None = None
    for source in sources:
        try:
            start, end = (source.find(name) for name in names)
        except UsageError as error:  # several bear the name there; another source may know better
            shared = shared or error
            continue
        if start is not None and end is not None:
            return source, (start, end)
    if shared is not None:
        raise shared
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
    source: AnySource[Any],
    ends: tuple[Any, Any],
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
        (label,) = (entity.label for entity in source.entities(ends[:1]).values())
        raise UsageError(f"source and target are both {label}: name two things")
    wanted = _filters(source, filters, vocabulary)
    found = source.search(ends, wanted, max_hops, top)
    routes, near = found.routes, found.nearest
    nodes = sorted({*ends, *near, *(node for route in routes for node in route)})
    entities = source.entities(nodes)
    own = {predicate.id: predicate for predicate in source.predicates}
    words = replace(
        vocabulary, predicates=vocabulary.predicates | own, hub_damping=source.record["damping"]
    )
    pairs = {(min(pair), max(pair)) for route in [*routes, ends] for pair in pairwise(route)}
    things = {entity.id: entity for entity in entities.values()}
    told = (claim for pair in sorted(pairs) for claim in source.claims(found, *pair))
    network = _network(told, wanted, things, words)
    if found.degree is not None:
        network.degrees = {
            (entity.id, "state"): max(1, found.degree(node)) for node, entity in entities.items()
        }
    answer = answer_routes(
        network,
        [[(entities[node].id, "state") for node in route] for route in routes],
        (entities[ends[0]].id, entities[ends[1]].id),
        things,
        words,
        max_hops=max_hops,
        nearest=tuple(entities[node].id for node in near),
    )
    return replace(answer, entities=things, predicates=own)


def refuse_weights(weights: object, source: AnySource[Any]) -> None:
    """Refuse weights of study types, which say nothing of a source's edges.

    Raises:
        UsageError: some are given.
    """
    if weights is not None:
        raise UsageError(
            f"weights of study types say nothing of {source.slug}, whose edges weigh what it "
            "declares: leave them out"
        )


def _network(
    told: Iterable[Claim],
    filters: Filters,
    things: Mapping[str, Entity],
    vocabulary: Vocabulary,
) -> Network:
    """Return what can be walked over some edges."""
    claims = [
        replace(claim, statement=statement(claim, things, vocabulary))
        for claim in told
        if not filters.predicates or name_of(claim.predicate) in filters.predicates
    ]
    passing = replace(filters, predicates=frozenset())
    return build_network(claims, (), things, vocabulary, passing)


def _filters(
    source: AnySource[Any], given: Mapping[str, Sequence[str]], vocabulary: Vocabulary
) -> Filters:
    """Return the filters of a question, checked against what a source holds."""

    def avoided(value: str) -> str:
        if value in source.kinds:
            return value
        node = source.find(value)
        if node is None:
            near = [*naming.nearest(value, source.kinds), *source.near(value)]
            raise UnknownName("kind or entity", value, near)
        return source.iri(node)

    return chosen(
        given,
        {
            "documents": {source.slug},
            "species": {*vocabulary.species_plurals, "unknown"},
            "study_types": {*vocabulary.study_types, "unknown"},
            "bases": {label for cls, label in vocabulary.iris if cls == "Basis"},
            "predicates": {name_of(predicate.id) for predicate in source.predicates},
            "without": {source.slug},
            "through": set(source.kinds),
        },
        avoided,
    )
