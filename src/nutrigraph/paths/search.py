"""The k best loopless paths of at most so many hops, exactly, by best-first search."""

from __future__ import annotations

import heapq
from itertools import count
from math import inf, log
from typing import TYPE_CHECKING, Final

from nutrigraph.terms import NG, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nutrigraph.model import Hop, Node
    from nutrigraph.paths.network import Network

UNSUPPORTED: Final = 1e6
"""Added to the cost of a hop without evidence, so that it sorts after all that are supported."""
_CARRYING: Final = frozenset({NG.oppositeOf, NG.measureOf, SKOS.broader})


def hub_cost(hop: Hop, network: Network, damping: float, target: str) -> float:
    """Return ``damping * log(degree)`` of the node a hop leads to, unless it is the target."""
    if hop.object[0] == target:
        return 0.0
    return damping * log(max(1, network.degrees.get(hop.object, 1)))


def hop_cost(hop: Hop, network: Network, damping: float, target: str) -> float:
    """Return what a hop adds to the cost: ``-log(score)`` and the damping of hubs."""
    evidence = -log(hop.score) if hop.score > 0 else UNSUPPORTED
    return evidence + hub_cost(hop, network, damping, target)


def arrived(hop: Hop, before: bool | None) -> bool:
    """Whether the node was reached as an effect: over a hop walked forward.

    Opposites, measures and wider terms are the same quantity under another name, so they carry
    over how the node before them was reached.
    """
    if hop.link is not None and hop.link.type in _CARRYING:
        return bool(before)
    return hop.walked == "forward"


def may_follow(hop: Hop, before: bool, rolled_up: bool) -> bool:
    """Whether a hop may follow: not backward out of a common effect, and up only once."""
    if hop.link is not None and hop.link.type in _CARRYING:
        return not (rolled_up and hop.link.type == SKOS.broader)
    return not (before and hop.walked == "backward")


def _bounds(
    network: Network, target: str, max_hops: int, damping: float
) -> list[dict[Node, float]]:
    """Return, for each number of hops, the least cost from a node to a target.

    The walking rules are left out, which can only make the bound smaller.
    """
    into: dict[Node, list[Hop]] = {}
    for hops in network.hops.values():
        for hop in hops:
            into.setdefault(hop.object, []).append(hop)
    bounds: list[dict[Node, float]] = [{(target, "state"): 0.0, (target, "given"): 0.0}]
    for _ in range(max_hops):
        best = dict(bounds[-1])
        for reached, rest in bounds[-1].items():
            for hop in into.get(reached, ()):
                cost = rest + hop_cost(hop, network, damping, target)
                if cost < best.get(hop.subject, inf):
                    best[hop.subject] = cost
        bounds.append(best)
    return bounds


def search(
    network: Network, source: str, target: str, *, max_hops: int, damping: float
) -> Iterator[tuple[Hop, ...]]:
    """Yield paths from cheap to dear, each of at most ``max_hops`` hops.

    A path starts from the source's state or from what is given of it, ends at either of the
    target's, and passes through neither of them, nor twice through one entity's node, nor through
    an entity that lets no route pass. Equal costs are ordered by the nodes' names. Where a claim
    and a link join the same two nodes, the cheaper one stands for both.
    """
    targets: frozenset[Node] = frozenset({(target, "state"), (target, "given")})
    bounds = _bounds(network, target, max_hops, damping)
    tie = count()
    queue: list[tuple[float, tuple[Node, ...], int, float, tuple[Hop, ...], bool, bool]] = []
    starts: tuple[Node, Node] = ((source, "given"), (source, "state"))
    for start in starts:
        if start in bounds[max_hops]:
            bound = bounds[max_hops][start]
            heapq.heappush(queue, (bound, (start,), next(tie), 0.0, (), False, False))
    found: set[tuple[Node, ...]] = set()
    while queue:
        _, nodes, _, cost, hops, effect, rolled_up = heapq.heappop(queue)
        if nodes[-1] in targets:
            if nodes not in found:
                found.add(nodes)
                yield hops
            continue
        if len(hops) == max_hops:
            continue
        bound_after = bounds[max_hops - len(hops) - 1]
        for hop in network.hops.get(nodes[-1], ()):
            reached = hop.object
            inside = reached[0] == source or (reached[0] in network.closed and reached[0] != target)
            if reached in nodes or inside or reached not in bound_after:
                continue
            if not may_follow(hop, effect, rolled_up):
                continue
            after = cost + hop_cost(hop, network, damping, target)
            heapq.heappush(
                queue,
                (
                    round(after + bound_after[reached], 9),
                    (*nodes, reached),
                    next(tie),
                    after,
                    (*hops, hop),
                    arrived(hop, effect),
                    rolled_up or hop.predicate == SKOS.broader,
                ),
            )
