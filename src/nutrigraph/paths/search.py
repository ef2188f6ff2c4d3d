"""The k best loopless paths of at most so many hops, exactly, by best-first search."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import count
from math import inf
from typing import TYPE_CHECKING, Final

from nutrigraph.model import sides
from nutrigraph.paths.cost import evidence_cost, hub_cost
from nutrigraph.terms import NG, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nutrigraph.model import Hop, Node
    from nutrigraph.paths.cost import Continuity
    from nutrigraph.paths.network import Network

UNSUPPORTED: Final = 1e6
"""Added to the cost of a hop without evidence, so that it sorts after all that are supported."""
_CARRYING: Final = frozenset({NG.oppositeOf, NG.measureOf, SKOS.broader})


def evidence(hop: Hop) -> float:
    """Return ``-log(score)`` of a hop, finite where there is no evidence."""
    return evidence_cost(hop.score) if hop.score > 0 else UNSUPPORTED


def damped(node: Node, network: Network, damping: float, target: str) -> float:
    """Return what it costs to pass through a node: nothing at the target."""
    return 0.0 if node[0] == target else hub_cost(network.degrees.get(node, 1), damping)


def hop_cost(hop: Hop, network: Network, damping: float, target: str) -> float:
    """Return what a hop adds to the cost: its evidence and the damping of the node it leads to."""
    return evidence(hop) + damped(hop.object, network, damping, target)


def going_on(this: Hop, following: Hop, continuity: Continuity[Node]) -> float:
    """Return what it costs to go on from one hop to the next: ``-log P(next hop | this hop)``."""
    return continuity.cost((this.subject, this.object), (following.subject, following.object))


def carries(hop: Hop) -> bool:
    """Whether what a hop leads to is reached as the node before it was.

    Opposites, measures and wider terms are the same quantity under another name. A hop that is
    worded both ways carries over too: it was walked backward if it may have been.
    """
    return hop.either or (hop.link is not None and hop.link.type in _CARRYING)


def arrived(hop: Hop, before: bool | None) -> bool:
    """Whether the node was reached as an effect: over a hop walked forward."""
    return bool(before) if carries(hop) else hop.walked == "forward"


def may_follow(hop: Hop, before: bool, rolled_up: bool) -> bool:
    """Whether a hop may follow: not backward out of a common effect, and up only once."""
    if carries(hop):
        return not (rolled_up and hop.predicate == SKOS.broader)
    return not (before and hop.walked == "backward")


def _bounds(
    network: Network, target: str, max_hops: int, damping: float
) -> list[dict[Node, float]]:
    """Return, for each number of hops, the least cost from a node to a target.

    The walking rules and continuity are left out, which can only make the bound smaller.
    """
    into: dict[Node, list[Hop]] = {}
    for hops in network.hops.values():
        for hop in hops:
            into.setdefault(hop.object, []).append(hop)
    bounds: list[dict[Node, float]] = [dict.fromkeys(sides(target), 0.0)]
    for _ in range(max_hops):
        best = dict(bounds[-1])
        for reached, rest in bounds[-1].items():
            for hop in into.get(reached, ()):
                cost = rest + hop_cost(hop, network, damping, target)
                if cost < best.get(hop.subject, inf):
                    best[hop.subject] = cost
        bounds.append(best)
    return bounds


@dataclass(frozen=True, slots=True)
class _Partial:
    """A partial path: its nodes and hops, its cost, and what the rules remember of it."""

    nodes: tuple[Node, ...]
    hops: tuple[Hop, ...]
    cost: float
    effect: bool
    rolled_up: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What a search is asked: from where to where, over how many hops, at which costs."""

    source: str
    target: str
    max_hops: int
    damping: float
    continuity: Continuity[Node] | None = None


def _ways_on(partial: _Partial, network: Network, question: Question) -> Iterator[_Partial]:
    """Yield the partial path with each hop that may follow."""
    for hop in network.hops.get(partial.nodes[-1], ()):
        entity = hop.object[0]
        shut = entity in network.closed and entity != question.target
        if hop.object in partial.nodes or entity == question.source or shut:
            continue
        if not may_follow(hop, partial.effect, partial.rolled_up):
            continue
        cost = partial.cost + hop_cost(hop, network, question.damping, question.target)
        if question.continuity is not None and partial.hops:
            cost += going_on(partial.hops[-1], hop, question.continuity)
        yield _Partial(
            (*partial.nodes, hop.object),
            (*partial.hops, hop),
            cost,
            arrived(hop, partial.effect),
            partial.rolled_up or hop.predicate == SKOS.broader,
        )


def search(network: Network, question: Question) -> Iterator[tuple[Hop, ...]]:
    """Yield paths from cheap to dear, each of at most ``max_hops`` hops.

    A path starts from the source's state or from what is given of it, ends at either of the
    target's, and passes through neither of them, nor twice through one entity's node, nor through
    an entity that lets no route pass. Equal costs are ordered by the nodes' names. Where a claim
    and a link join the same two nodes, the cheaper one stands for both.
    """
    bounds = _bounds(network, question.target, question.max_hops, question.damping)
    targets = sides(question.target)
    tie = count()
    queue: list[tuple[float, tuple[Node, ...], int, _Partial]] = [
        (
            bounds[question.max_hops][start],
            (start,),
            next(tie),
            _Partial((start,), (), 0, False, False),
        )
        for start in sides(question.source)
        if start in bounds[question.max_hops]
    ]
    heapq.heapify(queue)
    found: set[tuple[Node, ...]] = set()
    while queue:
        _, nodes, _, partial = heapq.heappop(queue)
        if nodes[-1] in targets:
            if nodes not in found:
                found.add(nodes)
                yield partial.hops
        elif len(partial.hops) < question.max_hops:
            after = bounds[question.max_hops - len(partial.hops) - 1]
            for longer in _ways_on(partial, network, question):
                if longer.nodes[-1] in after:
                    estimate = round(longer.cost + after[longer.nodes[-1]], 9)
                    heapq.heappush(queue, (estimate, longer.nodes, next(tie), longer))
