"""What can be walked: hops between nodes, made from claims and links."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from nutrigraph.grade import bins, leading_sign, weigh
from nutrigraph.model import Hop, Link
from nutrigraph.paths.cost import Continuity
from nutrigraph.terms import NG, SKOS, local

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nutrigraph.model import Claim, Entity, Node, Vocabulary

_FORCE_RANK: Final = {
    "interventional": 3,
    "causal": 2,
    "determination": 2,
    "association": 1,
    "unsigned": 0,
}
_BASIS_RANK: Final = {"finding": 3, "text": 3, "source": 2, "headline": 1, "cross-reference": 0}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which claims may be walked, and what may be passed through; an empty filter lets all through.

    They act before the search: filtering equals asking a graph of the filtered claims. ``through``
    and ``avoid`` hold kinds of entities, ``avoid`` also their IRIs; they concern what lies between.
    """

    documents: frozenset[str] = frozenset()
    species: frozenset[str] = frozenset()
    study_types: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()
    predicates: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    through: frozenset[str] = frozenset()
    avoid: frozenset[str] = frozenset()

    def shuts(self, entity: Entity) -> bool:
        """Whether no route may pass through an entity."""
        shut = bool(self.through) and entity.kind not in self.through
        return shut or entity.kind in self.avoid or entity.id in self.avoid

    def passes(self, claim: Claim) -> bool:
        """Whether a claim may be walked."""
        return (
            (not self.documents or claim.document in self.documents)
            and (not self.species or (claim.species or "unknown") in self.species)
            and (not self.study_types or (claim.study_type or "unknown") in self.study_types)
            and (not self.bases or claim.basis in self.bases)
            and (not self.predicates or local(claim.predicate) in self.predicates)
            and not self.without & {name for paper in claim.papers for name in paper.names}
            and claim.paragraph not in self.without
        )


@dataclass(slots=True)
class Network:
    """Hops out of each node, the claims between two nodes, and what the search must know."""

    hops: dict[Node, list[Hop]] = field(default_factory=lambda: defaultdict(list))
    between: dict[tuple[Node, Node], list[Claim]] = field(default_factory=dict)
    kinds: dict[Node, str] = field(default_factory=dict)
    degrees: dict[Node, int] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    components: dict[str, frozenset[str]] = field(default_factory=dict)


def node(entity: str, aspect: str | None, direction: str | None, vocabulary: Vocabulary) -> Node:
    """Return the node that an entity with an aspect and a direction stands for."""
    if aspect is not None:
        return entity, vocabulary.aspect_groups[aspect]
    return entity, "given" if direction == "given" else "state"


def ends(claim: Claim, vocabulary: Vocabulary) -> tuple[Node, Node]:
    """Return the nodes of a claim's subject and object."""
    return (
        node(claim.subject, claim.subject_aspect, claim.subject_direction, vocabulary),
        node(claim.object, claim.object_aspect, claim.object_direction, vocabulary),
    )


def leading(claims: Iterable[Claim], vocabulary: Vocabulary) -> Claim:
    """Return the claim that speaks for a hop: stated, with evidence, weightiest, most telling."""
    return min(
        claims,
        key=lambda claim: (
            claim.negated,
            -_BASIS_RANK.get(claim.basis, 0),
            claim.analysis is not None,
            claim.modality != "stated",
            -weigh(claim, vocabulary)[0],
            bool(claim.evidence and claim.evidence.doubt),
            -_FORCE_RANK.get(claim.force, 0),
            claim.id,
        ),
    )


def walks_back(claim: Claim, vocabulary: Vocabulary) -> bool:
    """Whether a claim is walked against its wording too."""
    only = vocabulary.predicates[claim.predicate].forward_only
    return claim.force in vocabulary.walked_back and not only


def claim_hops(
    start: Node, end: Node, forward: list[Claim], backward: list[Claim], vocabulary: Vocabulary
) -> Iterator[Hop]:
    """Yield the hops from ``start`` to ``end``: none where only nulls or nothing lead there.

    ``forward`` are the claims worded from start to end, ``backward`` those worded the other way, of
    which only associations count. What is evidence and what is merely named walk apart, each the
    way it is worded: a bare link does not turn an association round. The hop of the evidence lists
    all claims. Treating those who have it already and preventing it walk apart as well.
    """
    against = [claim for claim in backward if walks_back(claim, vocabulary)]
    for affected in (False, True):
        sides = [
            [claim for claim in side if of_those_affected(claim, vocabulary) is affected]
            for side in (forward, against)
        ]
        yield from _hops_of_one_kind(start, end, sides[0], sides[1], vocabulary)


def of_those_affected(claim: Claim, vocabulary: Vocabulary) -> bool:
    """Whether a claim is on treating those who have the object already."""
    return vocabulary.predicates[claim.predicate].of_those_affected


def _hops_of_one_kind(
    start: Node, end: Node, forward: list[Claim], against: list[Claim], vocabulary: Vocabulary
) -> Iterator[Hop]:
    bases = vocabulary.evidence_bases
    everything = [*forward, *against]
    for evident in (True, False):
        ahead, back = (
            [c for c in side if not c.negated and (c.basis in bases) is evident]
            for side in (forward, against)
        )
        if not ahead and not back:
            continue
        nulls = [claim for claim in everything if claim.negated]
        shown = everything if evident else [*ahead, *back, *nulls]
        yield _claim_hop(start, end, (ahead, back), shown, vocabulary)


def _claim_hop(
    start: Node,
    end: Node,
    sides: tuple[list[Claim], list[Claim]],
    shown: list[Claim],
    vocabulary: Vocabulary,
) -> Hop:
    """Return one hop, walked as the claims of its two sides are worded."""
    walkable = [*sides[0], *sides[1]]
    sign = leading_sign(walkable, vocabulary)
    found = bins(shown, sign, vocabulary)
    for_it = [claim for claim in walkable if sign is None or claim.sign != -sign]
    best = leading(for_it, vocabulary)
    rest = sorted(
        (claim for claim in shown if claim is not best),
        key=lambda claim: (claim.negated, -_BASIS_RANK.get(claim.basis, 0), claim.id),
    )
    return Hop(
        subject=start,
        object=end,
        predicate=best.predicate,
        sign=sign,
        force=best.force,
        walked="forward" if best in sides[0] else "backward",
        basis=best.basis,
        score=found.score,
        support=found.support,
        dispute=found.dispute,
        inconclusive=found.inconclusive,
        disputing=found.disputing,
        claims=(best, *rest),
        named=found.named,
        stated=best.modality == "stated",
        either=bool(sides[0] and sides[1]),
    )


def link_hop(
    start: Node,
    end: Node,
    link: Link,
    walked: Literal["forward", "backward"],
    vocabulary: Vocabulary,
) -> Hop:
    """Return the hop over a link that is no claim."""
    kind = vocabulary.link_types[link.type]
    return Hop(
        subject=start,
        object=end,
        predicate=link.type,
        sign=kind.sign,
        force="definition" if kind.basis == "definition" else kind.basis,
        walked=walked,
        basis=kind.basis,
        score=link.weight,
        support=link.weight,
        dispute=0.0,
        inconclusive=(),
        disputing=(),
        claims=(),
        link=link,
    )


def direct_claims(
    network: Network, source: str, target: str, vocabulary: Vocabulary
) -> list[Claim]:
    """Return the claims between two entities that a walk from one to the other may use, nulls too.

    Of those worded from the target to the source, only associations count.
    """
    return [
        claim
        for (start, end), claims in sorted(network.between.items(), key=lambda item: item[0])
        for claim in claims
        if (start[0], end[0]) == (source, target)
        or ((start[0], end[0]) == (target, source) and walks_back(claim, vocabulary))
    ]


def continuity(network: Network, vocabulary: Vocabulary) -> Continuity[Node]:
    """Return how likely one hop goes on to the next, from what each voice asserts in a row.

    Only evidence counts: a headline or a bare link asserts nothing, and a null joins nothing.
    """
    voices: dict[str, set[tuple[Node, Node]]] = defaultdict(set)
    for (start, end), claims in network.between.items():
        for claim in claims:
            if claim.negated or claim.basis not in vocabulary.evidence_bases:
                continue
            voices[claim.voice].add((start, end))
            if walks_back(claim, vocabulary):
                voices[claim.voice].add((end, start))
    arcs = [(hop.subject, hop.object) for hops in network.hops.values() for hop in hops]
    return Continuity.of(voices.values(), arcs=arcs, kinds=network.kinds)


def _link_hops(links: Iterable[Link], nodes: set[Node], vocabulary: Vocabulary) -> Iterable[Hop]:
    for link in links:
        if not vocabulary.link_types[link.type].walked:
            continue
        start: Node = (link.subject, "state")
        end: Node = (link.object, "state")
        yield link_hop(start, end, link, "forward", vocabulary)
        if link.type != SKOS.broader:
            yield link_hop(end, start, link, "backward", vocabulary)
    uptake = vocabulary.link_types.get(NG.uptake)
    if uptake is None:
        return
    for entity, group in sorted(nodes):
        if group == "given" and (entity, "state") in nodes:
            link = Link(entity, uptake.id, entity, uptake.weight)
            yield link_hop((entity, "given"), (entity, "state"), link, "forward", vocabulary)


def _components(links: Iterable[Link]) -> dict[str, frozenset[str]]:
    """Return the parts of each composite."""
    parts: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.type == NG.hasComponent:
            parts[link.subject].add(link.object)
    return {whole: frozenset(found) for whole, found in parts.items()}


def build_network(
    claims: Iterable[Claim],
    links: Iterable[Link],
    entities: Mapping[str, Entity],
    vocabulary: Vocabulary,
    filters: Filters | None = None,
) -> Network:
    """Return what can be walked over the claims that pass the filters, and the links."""
    links = sorted(links, key=lambda link: (link.type, link.subject, link.object))
    between: dict[tuple[Node, Node], list[Claim]] = defaultdict(list)
    for claim in claims:
        if filters is None or filters.passes(claim):
            between[ends(claim, vocabulary)].append(claim)
    network = Network(
        between=between,
        closed=frozenset(
            iri
            for iri, entity in entities.items()
            if not entity.routes_pass or (filters is not None and filters.shuts(entity))
        ),
        components=_components(links),
    )
    nodes: set[Node] = {end for pair in between for end in pair}
    nodes |= {
        (iri, "state")
        for link in links
        if vocabulary.link_types[link.type].walked
        for iri in (link.subject, link.object)
    }
    found: list[Hop] = []
    for start, end in sorted({*between, *((end, start) for start, end in between)}):
        if start != end:
            found += claim_hops(
                start, end, between.get((start, end), []), between.get((end, start), []), vocabulary
            )
    nutrients = {iri for iri, entity in entities.items() if entity.kind == "Nutrient"}
    found += _link_hops(links, {item for item in nodes if item[0] in nutrients}, vocabulary)
    for hop in found:
        network.hops[hop.subject].append(hop)
        network.kinds[hop.subject] = entities[hop.subject[0]].kind
    network.degrees = {
        start: len({hop.object for hop in hops}) for start, hops in network.hops.items()
    }
    return network
