"""Feedback loops: causes that come back to where they started, with their sign."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from nutrigraph.paths.judge import disagree
from nutrigraph.terms import NG

if TYPE_CHECKING:
    from nutrigraph.model import Hop, Node, Vocabulary
    from nutrigraph.paths.network import Network


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop of causal hops, starting at the first of its nodes by name.

    ``sign`` is +1 for a loop that feeds itself, -1 for one that holds itself back, None where a hop
    carries no sign. ``stated`` is False where a hop is only suggested or hypothesised.
    """

    hops: tuple[Hop, ...]
    sign: int | None
    stated: bool


def _steps(network: Network) -> dict[Node, list[Hop]]:
    """Return the hops of a loop: causes and interventions, forward, and opposites."""
    return {
        start: [
            hop
            for hop in hops
            if not hop.unsupported
            and (
                (hop.link is not None and hop.link.type == NG.oppositeOf)
                or (hop.link is None and hop.force in ("causal", "interventional"))
            )
        ]
        for start, hops in network.hops.items()
    }


def find_loops(network: Network, vocabulary: Vocabulary, *, max_hops: int) -> list[Loop]:
    """Return the loops of at most ``max_hops`` hops, short ones first.

    A loop needs two causes at least: an opposite and its way back are no feedback.
    """
    steps = _steps(network)
    found: list[Loop] = []
    for first in sorted(steps):
        stack: list[tuple[Hop, ...]] = [(hop,) for hop in steps[first]]
        while stack:
            hops = stack.pop()
            here = hops[-1].object
            if here == first:
                if sum(hop.link is None for hop in hops) > 1:
                    found.append(_loop(hops, vocabulary))
                continue
            # Each loop is found once, from the first of its nodes.
            inside = {hop.object for hop in hops}
            if len(hops) < max_hops and here > first:
                stack += [(*hops, hop) for hop in steps.get(here, ()) if hop.object not in inside]
    return sorted(found, key=lambda loop: (len(loop.hops), [hop.subject for hop in loop.hops]))


def _loop(hops: tuple[Hop, ...], vocabulary: Vocabulary) -> Loop:
    known = all(hop.sign is not None and not disagree(hop, vocabulary) for hop in hops)
    sign = prod(hop.sign or 0 for hop in hops) if known else None
    return Loop(hops, sign, all(hop.stated for hop in hops))
