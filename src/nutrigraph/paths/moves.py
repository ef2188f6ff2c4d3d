"""Which way a thing goes when another is moved: the claims as a causal graph, asked strictly.

Only causes and interventions that a text or a finding holds count. One that is merely suggested is
an arc of unknown sign, and so is one whose claims differ: either makes an answer impossible. An
answer also needs that the claims speak of the way things move (a lack that harms says nothing of
what more would do), and that one species is behind the whole route.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from nutrigraph.model import Shown, sides
from nutrigraph.paths.effect import CausalGraph
from nutrigraph.paths.judge import bears_direction
from nutrigraph.paths.network import ends
from nutrigraph.terms import NG

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nutrigraph.model import Claim, Link, Node, Vocabulary
    from nutrigraph.paths.effect import Direction, Effect

_UNSURE = (
    "unknown sign: a route passes over what can bear no direction, because it is only suggested, "
    "was seen without a comparison group, or beside something else that was given"
)
_SIGNS = {"up": 1, "down": -1}
_TURNED: dict[Direction, Direction] = {"up": "down", "down": "up"}


@dataclass(frozen=True, slots=True)
class Step:
    """One arc of a route, with the claims behind it."""

    subject: Node
    object: Node
    sign: int | None
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Move(Shown):
    """Which way the target goes, as this graph has it, or why no answer is given."""

    source: str
    direction: Direction
    target: str
    answer: Literal["up", "down", "abstain"]
    reason: str
    routes: tuple[tuple[Step, ...], ...]


class Causes:
    """The causal claims as a graph; opposites are one variable, read from its two ends."""

    def __init__(
        self, claims: Iterable[Claim], links: Iterable[Link], vocabulary: Vocabulary
    ) -> None:
        """Take the claims that may count, and the links that say what is opposite."""
        self.vocabulary = vocabulary
        # The end of an opposite that comes later by name is the earlier one with its sign turned.
        self.twin = {
            max(link.subject, link.object): min(link.subject, link.object)
            for link in links
            if link.type == NG.oppositeOf
        }
        self.arcs: dict[tuple[Node, Node], list[Claim]] = defaultdict(list)
        for claim in claims:
            if _counts(claim, vocabulary):
                start, end = ends(claim, vocabulary)
                self.arcs[self.variable(start)[0], self.variable(end)[0]].append(claim)
        self.arcs = {
            pair: sorted(found, key=lambda claim: claim.id)
            for pair, found in sorted(self.arcs.items(), key=lambda item: item[0])
            if pair[0] != pair[1]
        }

    def variable(self, node: Node) -> tuple[Node, int]:
        """Return the variable that a node is, and +1, or -1 where it is its opposite."""
        entity, sign = node[0], 1
        while entity in self.twin:
            entity, sign = self.twin[entity], -sign
        return (entity, node[1]), sign

    def sign(self, claim: Claim) -> int | None:
        """Return the sign of a claim between variables; None where it can bear none."""
        if not claim.sign or not bears_direction(claim, self.vocabulary):
            return None
        start, end = ends(claim, self.vocabulary)
        return claim.sign * self.variable(start)[1] * self.variable(end)[1]

    @cached_property
    def graph(self) -> CausalGraph[Node]:
        """The signed graph, made once."""
        return CausalGraph(
            (*pair, self.sign(claim)) for pair, claims in self.arcs.items() for claim in claims
        )

    def speaks_of(self, claim: Claim, way: int) -> bool:
        """Whether a claim speaks of its subject's variable moving this way."""
        subject = self.variable(ends(claim, self.vocabulary)[0])[1]
        if self.vocabulary.predicates[claim.predicate].speaks_of_lack:
            return way == -subject
        value = self.vocabulary.direction_values.get(claim.subject_direction or "")
        return value is None or value * subject == way


def _counts(claim: Claim, vocabulary: Vocabulary) -> bool:
    """Whether a claim is a cause in evidence, of a source that stands, and more than a use."""
    return (
        claim.force in vocabulary.causes
        and claim.basis in vocabulary.evidence_bases
        and not claim.negated
        and not vocabulary.predicates[claim.predicate].states_use
        and not any(paper.fallen for paper in claim.papers)
    )


def _starts(causes: Causes, source: str) -> list[Node]:
    """Return the nodes of an entity that push something: its state, and what is given of it."""
    pushing = {pair[0] for pair in causes.arcs}
    return [node for node in sides(source) if causes.variable(node)[0] in pushing]


def _refused(causes: Causes, route: tuple[Step, ...], way: int) -> str | None:
    """Return why a route bears no answer: no claim speaks of that way, or not in one species.

    Where species are not stated, nothing tells that several steps are of one.
    """
    species: set[str | None] | None = None
    for step in route:
        fit = [claim for claim in step.claims if causes.speaks_of(claim, way)]
        if not fit:
            return "its claims speak of the contrary move alone, which is no mirror of this one"
        known = {claim.species for claim in fit}
        species = known if species is None else species & known
        way *= step.sign or 0
    if len(route) == 1 or (species or set()) - {None}:
        return None
    return "its route crosses species, or does not state them"


def _asked(causes: Causes, start: Node, direction: Direction, target: Node) -> Effect[Node] | None:
    """Return the engine's answer between two nodes, or None where the target is no variable."""
    variable, turned = causes.variable(start)
    goal = causes.variable(target)[0]
    if goal not in causes.graph.nodes or variable == goal:
        return None
    moved = direction if turned == 1 else _TURNED[direction]
    return causes.graph.effect(variable, moved, goal)


def _route(causes: Causes, route: Iterable[tuple[Node, int | None, Node]]) -> tuple[Step, ...]:
    return tuple(
        Step(start, end, sign, tuple(c for c in causes.arcs[start, end] if causes.sign(c) == sign))
        for start, sign, end in route
    )


def _by_definition(causes: Causes, source: str, direction: Direction, target: str) -> Move | None:
    """Return the answer between two names of one variable, of which one is the other's opposite."""
    (one, turned), (other, turned_too) = (causes.variable((it, "state")) for it in (source, target))
    if one != other or turned == turned_too:
        return None
    answer = _TURNED[direction]
    step = Step((source, "state"), (target, "state"), -1, ())
    reason = "by definition: the one is the opposite of the other"
    return Move(source, direction, target, answer, reason, ((step,),))


def move(
    claims: Iterable[Claim],
    links: Iterable[Link],
    vocabulary: Vocabulary,
    source: str,
    direction: Direction,
    target: str,
) -> Move:
    """Return which way ``target`` goes when ``source`` goes up or down, as this graph has it.

    What is given of the source and its state are asked apart; no answer is given where one of them
    finds contrary routes, or where they point opposite ways, whatever way their claims speak of.
    """
    causes = Causes(claims, links, vocabulary)
    if (defined := _by_definition(causes, source, direction, target)) is not None:
        return defined
    goal: Node = (target, "state")
    turned = causes.variable(goal)[1]
    # Which way each start points, borne by its claims or not, and the answers that are borne.
    pointed: dict[str, tuple[tuple[Step, ...], ...]] = {}
    found: dict[str, tuple[tuple[Step, ...], ...]] = {}
    reasons: list[tuple[str, tuple[tuple[Step, ...], ...]]] = []
    for start in _starts(causes, source):
        effect = _asked(causes, start, direction, goal)
        if effect is None or effect.kind == "no-route":
            continue
        routes = tuple(_route(causes, route) for route in effect.routes)
        if effect.answer == "abstain":
            reason = _UNSURE if effect.kind == "unknown-sign" else effect.reason
            return Move(source, direction, target, "abstain", reason, routes)
        answer = effect.answer if turned == 1 else _TURNED[effect.answer]
        pointed.setdefault(answer, routes)
        way = _SIGNS[direction] * causes.variable(start)[1]
        why = next(filter(None, (_refused(causes, route, way) for route in routes)), None)
        if effect.more and why is None:
            why = "it has more routes than were looked through"
        if why is not None:
            reasons.append((why, routes))
        else:
            found.setdefault(answer, routes)
    if len(pointed) == 2:
        both = tuple(route for routes in pointed.values() for route in routes)
        reason = "what is given and the state of it point opposite ways"
        return Move(source, direction, target, "abstain", reason, both)
    return _settle(source, direction, target, found, reasons)


def _seen(routes: tuple[tuple[Step, ...], ...]) -> str:
    """Return in which species the claims of some routes were seen."""
    claims = [claim for route in routes for step in route for claim in step.claims]
    found = {claim.species for claim in claims}
    named = sorted(species for species in found if species)
    return " and ".join(
        [f"in {name}" for name in named] + ["in species not stated"] * (None in found)
    )


def _settle(
    source: str,
    direction: Direction,
    target: str,
    found: Mapping[str, tuple[tuple[Step, ...], ...]],
    reasons: list[tuple[str, tuple[tuple[Step, ...], ...]]],
) -> Move:
    """Return the one answer found, or abstain with the reason."""
    if found:
        [(answer, routes)] = found.items()
        reason = (
            f"determined by this graph: every causal route points this way; seen {_seen(routes)}"
        )
        settled: Literal["up", "down"] = "up" if answer == "up" else "down"
        return Move(source, direction, target, settled, reason, routes)
    if reasons:
        return Move(source, direction, target, "abstain", *reasons[0])
    reason = "no causal route leads from the one to the other in this graph"
    return Move(source, direction, target, "abstain", reason, ())
