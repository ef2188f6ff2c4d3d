"""Hidden links: what two things share that nobody joined (Swanson's A-B-C).

Open: from A, what could be reached over one thing between. Closed: what lies between A and C. What
is already stated stands apart from what would be new. A route is weighed by its hops' evidence
scores; a candidate by all its routes together. Whether that says more than the popularity of its
parts is told by shuffles that keep every node's degree: the degree-null rank. It is a rank among
shuffled graphs, and not the chance that a link is true.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from nutrigraph.grade import together
from nutrigraph.model import sides
from nutrigraph.paths import judge
from nutrigraph.paths.network import direct_claims
from nutrigraph.paths.search import arrived, may_follow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nutrigraph.model import Entity, Hop, Node, Vocabulary
    from nutrigraph.paths.network import Network

_SWAPS_PER_EDGE: Final = 10


@dataclass(frozen=True, slots=True)
class Bridge:
    """What stands between: an entity, the best route over it, and the score of that route."""

    entity: str
    hops: tuple[Hop, ...]
    score: float

    @property
    def crosses_species(self) -> bool:
        """Whether the evidence along it crosses species."""
        return judge.crosses(self.hops)[0]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target, with what stands between, best first.

    ``strength`` is ``1 - prod(1 - score)`` over the bridges, from 0 to 1, and no probability.
    ``null_rank`` of ``null_of`` is its place among the degree-preserving shuffles, 1 being the
    best: how many of them reach at least this strength, and one. ``null_strengths`` holds what each
    of them gave the target, 0 where it did not reach it. ``stated`` says whether a text or a
    finding joins source and target outright.
    """

    target: str
    bridges: tuple[Bridge, ...]
    strength: float
    stated: bool
    null_rank: int
    null_of: int
    null_strengths: tuple[float, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class _Edge:
    """A hop to be walked, without its claims: all that a shuffle moves."""

    start: Node
    end: Node
    hop: Hop


def _routes(
    edges: Mapping[Node, list[_Edge]], source: str, closed: frozenset[str]
) -> dict[str, dict[str, Bridge]]:
    """Return, for each target, the best route over each entity between.

    A route has two hops over claims; links that are the same quantity under another name may stand
    among them and do not count. It passes through nothing that is closed, but may lead there.
    """
    best: dict[str, dict[str, Bridge]] = defaultdict(dict)
    stack: list[tuple[Node, tuple[Hop, ...], float, bool, str | None, frozenset[str]]] = [
        (start, (), 1.0, False, None, frozenset({source})) for start in sides(source)
    ]
    while stack:
        here, hops, score, effect, between, seen = stack.pop()
        for edge in edges.get(here, ()):
            hop, entity = edge.hop, edge.end[0]
            if entity in seen or not may_follow(hop, effect, False):
                continue
            route = (*hops, hop)
            claims = sum(item.link is None for item in route)
            if len(route) - claims > 1:
                continue
            total = score * hop.score
            if claims == 2 and between is not None:
                known = best[entity].get(between)
                if known is None or total > known.score:
                    best[entity][between] = Bridge(between, route, total)
                continue
            if entity in closed:
                continue
            middle = between or (entity if hop.link is None else None)
            stack.append((edge.end, route, total, arrived(hop, effect), middle, seen | {entity}))
    return best


def _strength(bridges: Iterable[Bridge]) -> float:
    return together(bridge.score for bridge in bridges)


def _edges(network: Network) -> dict[Node, list[_Edge]]:
    """Return the supported hops that a route may take, by the node they start from."""
    found: dict[Node, list[_Edge]] = {}
    for start, hops in sorted(network.hops.items(), key=lambda item: item[0]):
        found[start] = [_Edge(start, hop.object, hop) for hop in hops if hop.score > 0]
    return found


def _shuffled(edges: Mapping[Node, list[_Edge]], draw: random.Random) -> dict[Node, list[_Edge]]:
    """Return the edges with their ends swapped at random; every node keeps its degrees.

    Swaps stay among hops of one force and one way of walking; links stay where they are. (XSwap, as
    connectivity search has it.)
    """
    kinds: dict[tuple[str, str], list[_Edge]] = defaultdict(list)
    fixed: list[_Edge] = []
    for row in edges.values():
        for edge in row:
            if edge.hop.link is None:
                kinds[edge.hop.force, edge.hop.walked].append(edge)
            else:
                fixed.append(edge)
    moved: list[_Edge] = list(fixed)
    for _, group in sorted(kinds.items(), key=lambda item: item[0]):
        moved += _swap(group, draw)
    found: dict[Node, list[_Edge]] = defaultdict(list)
    for edge in moved:
        found[edge.start].append(edge)
    return found


def _swap(group: list[_Edge], draw: random.Random) -> list[_Edge]:
    starts = [edge.start for edge in group]
    ends = [edge.end for edge in group]
    taken = set(zip(starts, ends, strict=True))
    for _ in range(_SWAPS_PER_EDGE * len(group)):
        one, other = draw.randrange(len(group)), draw.randrange(len(group))
        first, second = (starts[one], ends[other]), (starts[other], ends[one])
        if first in taken or second in taken or first[0][0] == first[1][0]:
            continue
        if second[0][0] == second[1][0]:
            continue
        taken -= {(starts[one], ends[one]), (starts[other], ends[other])}
        taken |= {first, second}
        ends[one], ends[other] = ends[other], ends[one]
    return [
        _Edge(start, end, edge.hop) for start, end, edge in zip(starts, ends, group, strict=True)
    ]


def _news(
    edges: Mapping[Node, list[_Edge]], source: str, closed: frozenset[str]
) -> dict[str, dict[str, Bridge]]:
    """Return the routes, but to what a link ties to the source: its measure, opposite or kind."""
    tied = {
        edge.end[0]
        for start in sides(source)
        for edge in edges.get(start, ())
        if edge.hop.link is not None
    }
    found = _routes(edges, source, closed)
    return {iri: bridges for iri, bridges in found.items() if iri not in tied}


def discover(
    network: Network,
    source: str,
    target: str | None,
    entities: Mapping[str, Entity],
    vocabulary: Vocabulary,
    *,
    shuffles: int,
    seed: int,
) -> list[Candidate]:
    """Return what could be linked to ``source`` over one thing between, strongest first.

    With a ``target``, only that one (an empty list where nothing lies between). ``shuffles`` is the
    number of degree-preserving shuffles; the same ``seed`` gives the same ranks.
    """
    edges = _edges(network)
    found = _news(edges, source, network.closed)
    if target is not None:
        found = {iri: found[iri] for iri in (target,) if iri in found}
    strengths = {iri: _strength(bridges.values()) for iri, bridges in found.items()}
    nulls: dict[str, list[float]] = {iri: [] for iri in found}
    draw = random.Random(seed)  # noqa: S311 - a null model, not a secret
    for _ in range(shuffles):
        null = _routes(_shuffled(edges, draw), source, network.closed)
        for iri, reached in nulls.items():
            reached.append(_strength(null[iri].values()) if iri in null else 0.0)
    candidates = [
        Candidate(
            target=iri,
            bridges=tuple(
                sorted(
                    bridges.values(), key=lambda item: (-item.score, entities[item.entity].label)
                )
            ),
            strength=strengths[iri],
            stated=any(
                claim.basis in vocabulary.evidence_bases and not claim.negated
                for claim in direct_claims(network, source, iri, vocabulary)
            ),
            null_rank=1 + sum(null >= strengths[iri] for null in nulls[iri]),
            null_of=shuffles + 1,
            null_strengths=tuple(nulls[iri]),
        )
        for iri, bridges in found.items()
    ]
    return sorted(candidates, key=lambda item: (-item.strength, entities[item.target].label))
