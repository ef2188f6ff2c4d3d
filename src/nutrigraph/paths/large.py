"""The best paths, over hops where the graph is small and over arrays where it is large.

Both give the same paths. Importing numpy takes longer than searching the graph of some documents,
so that it is left to graphs that have outgrown that.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from nutrigraph.model import sides
from nutrigraph.paths.search import carries, damped, evidence, search
from nutrigraph.terms import SKOS

if TYPE_CHECKING:
    from nutrigraph.model import Hop, Node
    from nutrigraph.paths.arcs import Arcs, Pairs
    from nutrigraph.paths.network import Network
    from nutrigraph.paths.search import Question

LARGE: Final = 20_000
"""From so many hops on, the search runs over arrays."""


def best(network: Network, question: Question, most: int) -> list[tuple[Hop, ...]]:
    """Return the ``most`` cheapest paths, as `search` would yield them."""
    if sum(map(len, network.hops.values())) < LARGE:
        return list(islice(search(network, question), most))
    return search_arrays(network, question, most)


def search_arrays(network: Network, question: Question, most: int) -> list[tuple[Hop, ...]]:
    """Return the ``most`` cheapest paths by the search over arrays."""
    import numpy as np

    from nutrigraph.paths.arcs import BACKWARD, CARRY, FORWARD, Arcs, Rules
    from nutrigraph.paths.engine import k_best

    nodes = sorted({*network.hops, *(hop.object for row in network.hops.values() for hop in row)})
    number = {node: place for place, node in enumerate(nodes)}
    hops = [hop for node in nodes for hop in network.hops.get(node, ())]
    damping = [damped(node, network, question.damping, question.target) for node in nodes]
    arcs, order = Arcs.of(
        [number[hop.subject] for hop in hops],
        [number[hop.object] for hop in hops],
        [evidence(hop) for hop in hops],
        len(nodes),
        np.array(damping),
        parallel=True,
    )
    kept = [hops[place] for place in order]
    ways = {"forward": FORWARD, "backward": BACKWARD}
    rules = Rules(
        np.array([CARRY if carries(hop) else ways[hop.walked] for hop in kept], np.uint8),
        np.array([hop.predicate == SKOS.broader for hop in kept], bool),
    )
    shut = network.closed | {question.source}
    found = k_best(
        arcs,
        [number[node] for node in sides(question.source) if node in number],
        [number[node] for node in sides(question.target) if node in number],
        most=most,
        max_hops=question.max_hops,
        rules=rules,
        pairs=_pairs(question, kept, arcs),
        closed=[place for node, place in number.items() if node[0] in shut],
    )
    return [tuple(kept[arc] for arc in route) for _, route in found]


def _pairs(question: Question, kept: list[Hop], arcs: Arcs) -> Pairs | None:
    """Return continuity by the numbers of arcs."""
    if question.continuity is None:
        return None
    import numpy as np

    from nutrigraph.paths.arcs import Pairs

    places: dict[tuple[Node, Node], list[int]] = {}
    for place, hop in enumerate(kept):
        places.setdefault((hop.subject, hop.object), []).append(place)
    costs = question.continuity.pairs(places)
    default = np.zeros(len(arcs.heads))
    for pair, cost in costs.default.items():
        default[places[pair]] = cost
    listed = {
        (this, following): cost
        for (before, after), cost in costs.listed.items()
        for this in places.get(before, ())
        for following in places.get(after, ())
    }
    return Pairs.of(default, listed)
