"""Feedback loops: causes that come back to where they started, with their sign."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING

from nutrigraph.paths.judge import disagree
from nutrigraph.paths.network import claim_hops
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


def _steps(network: Network, vocabulary: Vocabulary) -> dict[Node, list[Hop]]:
    """Return the hops of a loop by their start, between things that routes may pass through."""
    steps: dict[Node, list[Hop]] = {}
    for start, hops in network.hops.items():
        open_hops = (hop for hop in hops if not {start[0], hop.object[0]} & network.closed)
        found = (_step(hop, vocabulary) for hop in open_hops)
        steps[start] = [hop for hop in found if hop is not None]
    return steps


def _step(hop: Hop, vocabulary: Vocabulary) -> Hop | None:
    """Return a hop as a step of a loop: an opposite, or its causes and interventions alone.

    An association on it does not hide a cause, but may disagree with it on the sign.
    """
    if hop.link is not None:
        return hop if hop.link.type == NG.oppositeOf else None
    causes = [
        claim
        for claim in hop.claims
        if claim.force in vocabulary.causes
        and not vocabulary.predicates[claim.predicate].states_use
    ]
    step = next(claim_hops(hop.subject, hop.object, causes, [], vocabulary), None)
    if step is None or step.score == 0:
        return None
    agreed = step.sign == hop.sign and not disagree(hop, vocabulary)
    return step if agreed else replace(step, sign=None)


def find_loops(network: Network, vocabulary: Vocabulary, *, max_hops: int) -> list[Loop]:
    """Return the loops of at most ``max_hops`` hops, short ones first.

    A loop needs two causes at least: an opposite and its way back are no feedback.
    """
    steps = _steps(network, vocabulary)
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
