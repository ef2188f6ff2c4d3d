"""What changed in the evidence: papers, claims, propositions, direct answers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from nutrigraph.changes.found import (
    ClaimChange,
    Direct,
    FieldChange,
    PaperChange,
    PropositionChange,
    VerdictChange,
    Weighed,
)
from nutrigraph.changes.things import differences
from nutrigraph.grade import weigh, weigh_proposition
from nutrigraph.paths import build_network, find
from nutrigraph.terms import local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nutrigraph.content import Content
    from nutrigraph.model import Claim, Source, Vocabulary

_DERIVED: Final = ("id", "force", "statement")
"""Of a claim: what follows from the rest, and from the vocabulary, whose changes are told."""
_CITED: Final = ("relation", "gives_evidence", "disagrees")
"""Of a paper: what it is to one paragraph, which the claims tell."""
_STATUS: Final = ("retracted", "superseded_by", "pools_retracted")
Key = tuple[str, ...]


# Papers


@dataclass(frozen=True, slots=True)
class _Paper:
    """A paper as one store knows it, with how many claims rest on it, and whether as a review."""

    source: Source
    claims: int
    review: bool


def _papers(content: Content) -> dict[str, _Paper]:
    cited: dict[str, list[Source]] = defaultdict(list)
    for home in content.documents:
        for source in (*home.mentioned, *(s for item in home.paragraphs for s in item.sources)):
            cited[source.id].append(source)
    resting: dict[str, list[Claim]] = defaultdict(list)
    for claim in content.claims:
        for source in claim.papers:
            resting[source.id].append(claim)
    kinds = content.vocabulary.study_types
    return {
        iri: _Paper(
            _as_one(sources),
            len(resting[iri]),
            any(c.study_type is not None and kinds[c.study_type].is_review for c in resting[iri]),
        )
        for iri, sources in cited.items()
    }


def _as_one(sources: list[Source]) -> Source:
    """Return one record of a paper that several paragraphs cite; what befell it counts once."""
    first = min(sources, key=repr)
    return replace(
        first,
        retracted=any(source.retracted for source in sources),
        superseded_by=min((s.superseded_by for s in sources if s.superseded_by), default=None),
        pools_retracted=tuple(sorted({iri for s in sources for iri in s.pools_retracted})),
    )


def compare_papers(old: Content, new: Content) -> tuple[PaperChange, ...]:
    """Return what became of papers, retractions first."""
    before, after = _papers(old), _papers(new)
    labels = {iri: paper.source.label for iri, paper in (before | after).items()}
    found: list[PaperChange] = []
    for iri in {*before, *after}:
        one, other = before.get(iri), after.get(iri)
        known = after[iri] if iri in after else before[iri]
        for change, others, fields in _fates(one, other):
            found.append(
                PaperChange(
                    id=iri,
                    label=known.source.label,
                    doi=known.source.doi,
                    pmid=known.source.pmid,
                    change=change,
                    claims_before=one.claims if one else 0,
                    claims_after=other.claims if other else 0,
                    retracted=known.source.retracted,
                    others=tuple(labels.get(name, local(name)) for name in others),
                    fields=fields,
                )
            )
    return tuple(sorted(found, key=lambda item: (_WEIGHT[item.change], item.label, item.id)))


_WEIGHT: Final = {
    name: place
    for place, name in enumerate(
        (
            *("retracted", "weighs half", "reinstated", "weighs whole", "superseded"),
            *("no longer superseded", "removed", "added", "corrected"),
        )
    )
}
_Fate = tuple[Any, tuple[str, ...], tuple[FieldChange, ...]]


def _fates(old: _Paper | None, new: _Paper | None) -> Iterator[_Fate]:
    """Yield each change of a paper, with the papers and the fields that it concerns."""
    if old is None or new is None:
        yield ("added" if old is None else "removed"), (), ()
        return
    one, other = old.source, new.source
    if one.retracted != other.retracted:
        yield ("retracted" if other.retracted else "reinstated"), (), ()
    if one.superseded_by != other.superseded_by:
        newer = other.superseded_by
        told = newer or one.superseded_by or ""
        yield ("superseded" if newer else "no longer superseded"), (told,), ()
    halved = [(s.source.pools_retracted if s.review else ()) for s in (old, new)]
    if halved[0] != halved[1]:
        yield ("weighs half" if halved[1] else "weighs whole"), halved[1] or halved[0], ()
    if fields := differences(one, other, aside=(*_CITED, *_STATUS)):
        yield "corrected", (), fields


# Claims


def compare_claims(old: Content, new: Content) -> tuple[ClaimChange, ...]:
    """Return the claims that changed, went and came, by document and name.

    A claim is the one it was by its id, else by its finding or its curator's name.
    """
    sides = [
        {(claim.document, claim.id): claim for claim in content.claims} for content in (old, new)
    ]
    pairs = [(sides[0][key], sides[1][key]) for key in sides[0] if key in sides[1]]
    rest = [
        _by(lambda c: name_of(c), [c for key, c in side.items() if key not in sides[1 - number]])
        for number, side in enumerate(sides)
    ]
    found: list[ClaimChange] = []
    for name in {*rest[0], *rest[1]}:
        went, came = rest[0].get(name, []), rest[1].get(name, [])
        same = min(len(went), len(came))
        pairs += zip(went[:same], came[:same], strict=True)
        found += [ClaimChange("removed", claim, None) for claim in went[same:]]
        found += [ClaimChange("added", None, claim) for claim in came[same:]]
    for before, after in pairs:
        if fields := _claim_fields(before, after, old.vocabulary, new.vocabulary):
            found.append(ClaimChange("changed", before, after, fields))
    order = ("changed", "removed", "added")
    return tuple(sorted(found, key=lambda item: (order.index(item.change), *name_of(item.claim))))


def name_of(claim: Claim) -> Key:
    """Return by what a claim is known again where its words change."""
    return claim.document, claim.finding or claim.name or claim.id


def _claim_fields(
    old: Claim, new: Claim, before: Vocabulary, after: Vocabulary
) -> tuple[FieldChange, ...]:
    """Return in what a claim differs, and its weight where that differs as well."""
    found = differences(old, new, aside=_DERIVED)
    weights = weigh(old, before)[0], weigh(new, after)[0]
    if found and weights[0] != weights[1]:
        return (*found, FieldChange("weight", *weights))
    return found


def _by(key: Callable[[Claim], Key], claims: Iterable[Claim]) -> dict[Key, list[Claim]]:
    """Return claims in groups, each ordered by id."""
    groups: dict[Key, list[Claim]] = defaultdict(list)
    for claim in sorted(claims, key=lambda claim: claim.id):
        groups[key(claim)].append(claim)
    return groups


# Propositions and verdicts


def compare_propositions(old: Content, new: Content) -> tuple[PropositionChange, ...]:
    """Return the propositions whose sign or bins differ: newly contested and turned ones first."""
    before, after = (
        _by(lambda c: (c.subject, c.predicate, c.object), content.claims) for content in (old, new)
    )
    same = old.vocabulary == new.vocabulary
    found: list[PropositionChange] = []
    for key in {*before, *after}:
        one, other = before.get(key, []), after.get(key, [])
        if same and one == other:
            continue
        subject, predicate, target = key
        weighed = _weighed(one, old.vocabulary), _weighed(other, new.vocabulary)
        change = PropositionChange(subject, predicate, target, *weighed)
        if change.old != change.new:
            found.append(change)
    return tuple(sorted(found, key=_matter))


def _matter(item: PropositionChange) -> tuple[object, ...]:
    order = ("changed", "removed", "added").index(item.change)
    names = (item.subject, item.predicate, item.object)
    return not item.newly_contested, not item.sign_changed, order, names


def _weighed(claims: list[Claim], vocabulary: Vocabulary) -> Weighed | None:
    if not claims:
        return None
    sign, found, contrary = weigh_proposition(claims, vocabulary)
    return Weighed(
        sign=sign,
        support=round(found.support, 6),
        dispute=round(found.dispute, 6),
        score=round(found.score, 6),
        inconclusive=len(found.inconclusive),
        named=len(found.named),
        signs_disagree=contrary,
        species=_species(claims, vocabulary),
    )


def _species(claims: Iterable[Claim], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return whom the evidence is about, with ``unknown`` where some of it does not say."""
    seen = (claim.species for claim in claims if claim.basis in vocabulary.evidence_bases)
    return tuple(sorted({species or "unknown" for species in seen}))


def _pairs(content: Content) -> dict[Key, list[Claim]]:
    """Return the claims between each two entities, whichever way they are worded."""
    between = (claim for claim in content.claims if claim.subject != claim.object)
    return _by(lambda c: tuple(sorted((c.subject, c.object))), between)


def compare_verdicts(old: Content, new: Content) -> tuple[VerdictChange, ...]:
    """Return the pairs of which something is claimed whose direct answer differs.

    Pairs that both stores know come first, those that now disagree before the others.
    """
    before, after = _pairs(old), _pairs(new)
    same = old.vocabulary == new.vocabulary and old.links == new.links
    found: list[VerdictChange] = []
    for pair in {*before, *after}:
        one, other = before.get(pair, []), after.get(pair, [])
        if same and one == other:
            continue
        for source, target in {(claim.subject, claim.object) for claim in (*one, *other)}:
            change = VerdictChange(
                source, target, direct(old, one, source, target), direct(new, other, source, target)
            )
            if _told(change.old) != _told(change.new):
                found.append(change)
    return tuple(sorted(found, key=_gravity))


def _told(answer: Direct | None) -> tuple[object, ...] | None:
    if answer is None:
        return None
    return answer.verdict, answer.sign, answer.sign_basis, answer.modality


def _gravity(item: VerdictChange) -> tuple[object, ...]:
    both = item.old is not None and item.new is not None
    disagree = item.new is not None and item.new.verdict == "signs-disagree"
    return not both, item.new is not None, not disagree, item.source, item.target


def direct(content: Content, claims: list[Claim], source: str, target: str) -> Direct | None:
    """Return the answer over one hop that the claims between two entities give; None without any.

    It is that of `KnowledgeGraph.paths` with ``max_hops=1``.
    """
    if not claims:
        return None
    pair = {source, target}
    links = [link for link in content.links if {link.subject, link.object} == pair]
    ends = {iri: content.entities[iri] for iri in pair}
    network = build_network(claims, links, ends, content.vocabulary)
    answer = find(
        network, source, target, content.entities, content.vocabulary, max_hops=1, top=len(claims)
    )
    return Direct(
        verdict=answer.verdict,
        sign=answer.sign,
        sign_basis=answer.sign_basis,
        support=round(answer.direct.support, 6),
        dispute=round(answer.direct.dispute, 6),
        inconclusive=len(answer.direct.inconclusive),
        modality=answer.paths[0].hops[0].claims[0].modality if answer.verdict == "stated" else None,
        species=_species(claims, content.vocabulary),
    )
