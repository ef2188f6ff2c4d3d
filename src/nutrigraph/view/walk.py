"""What the page must know to find pathways itself: the part of the page's data called ``walk``.

It holds what neither the claims of ``nutrigraph claims --json`` nor the links tell: who speaks in
a claim, by what a claim can be left out, and what the vocabulary says of predicates, aspects and
kinds of study. A claim's weight and sentence are told already, so that nothing weighs or words it
a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict
from urllib.parse import unquote

from nutrigraph.grade import precise_null
from nutrigraph.terms import local

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nutrigraph.model import Claim, Entity, Link, Vocabulary

__all__ = ["MOST", "Declared", "LinkType", "StudyType", "Walk", "walk"]

MOST: Final = 5_000
"""Claims, at most, of a page that finds pathways itself: beyond, the command line is asked."""
_FLAGS: Final = ("forward_only", "states_use", "of_those_affected", "speaks_of_lack")


class LinkType(TypedDict):
    """A kind of link; ``id`` is what the links of the page call their predicate."""

    id: str
    phrase: str
    sign: int | None
    walked: bool
    basis: str
    weight: float


class StudyType(TypedDict):
    """A kind of study, with the class whose ceiling it shares."""

    ceiling: str
    is_review: bool
    has_controls: bool | None


class Declared(TypedDict):
    """What the vocabulary says; predicates by their local names, under what holds of them.

    ``link_types`` stand in the order of their IRIs. ``predicate_names`` are those that are told
    otherwise than they are written in an IRI.
    """

    link_types: list[LinkType]
    predicates: dict[str, list[str]]
    predicate_names: dict[str, str]
    study_types: dict[str, StudyType]
    ceilings: dict[str, tuple[float, float]]
    aspect_groups: dict[str, str]
    direction_values: dict[str, int]
    evidence_relations: list[str]
    evidence_bases: list[str]
    causes: list[str]
    walked_back: list[str]
    signs_disagree_share: float
    hub_damping: float
    hypothesis_line: str
    one_source_line: str


class Walk(Declared):
    """What the walk needs beside the page's entities, claims and links.

    ``voices`` and ``names`` have one entry for each claim of the page, in their order, ``weights``
    one for each link. A voice is a number, in the order of who speaks; ``names`` gives places in
    ``known_names``: what a claim can be left out by, beside the DOIs and PubMed identifiers of its
    evidence. ``precise`` holds the places of the nulls that dispute, ``closed`` the entities that
    let no route pass. ``complete`` says that the page holds all that its store does.
    """

    complete: bool
    voices: list[int]
    names: list[list[int]]
    known_names: list[str]
    precise: list[int]
    weights: list[float]
    closed: list[str]


def walk(
    claims: Sequence[Claim],
    links: Iterable[Link],
    entities: Mapping[str, Entity],
    vocabulary: Vocabulary,
    *,
    complete: bool = True,
) -> Walk | None:
    """Return what the page needs to walk over these claims and links, in this order.

    None where there are more than `MOST` claims.
    """
    if len(claims) > MOST:
        return None
    voices = _places(claim.voice for claim in claims)
    names = [sorted(_left_out_by(claim)) for claim in claims]
    known = _places(name for several in names for name in several)
    return {
        "complete": complete,
        "voices": [voices[claim.voice] for claim in claims],
        "names": [[known[name] for name in several] for several in names],
        "known_names": list(known),
        "precise": [
            place
            for place, claim in enumerate(claims)
            if claim.negated and precise_null(claim, vocabulary)
        ],
        "weights": [link.weight for link in links],
        "closed": sorted(iri for iri, entity in entities.items() if not entity.routes_pass),
        **_declared(vocabulary),
    }


def _places(values: Iterable[str]) -> dict[str, int]:
    """Return the place of each value among all, sorted."""
    return {value: place for place, value in enumerate(sorted(set(values)))}


def _left_out_by(claim: Claim) -> set[str]:
    """Return the names of a claim's evidence that its record does not tell."""
    papers = {local(source.id) for source in claim.papers}
    return papers | ({claim.paragraph} if claim.paragraph else set())


def _declared(vocabulary: Vocabulary) -> Declared:
    predicates = {local(iri): item for iri, item in sorted(vocabulary.predicates.items())}
    told = {name: unquote(name) for name in predicates}
    return {
        "link_types": [
            {
                "id": local(iri),
                "phrase": kind.phrase,
                "sign": kind.sign,
                "walked": kind.walked,
                "basis": kind.basis,
                "weight": kind.weight,
            }
            for iri, kind in sorted(vocabulary.link_types.items())
        ],
        "predicates": {
            flag: [name for name, item in predicates.items() if getattr(item, flag)]
            for flag in _FLAGS
        },
        "predicate_names": {name: shown for name, shown in told.items() if shown != name},
        "study_types": {
            name: {
                "ceiling": study.ceiling,
                "is_review": study.is_review,
                "has_controls": study.has_controls,
            }
            for name, study in vocabulary.study_types.items()
        },
        "ceilings": vocabulary.ceilings,
        "aspect_groups": {**vocabulary.aspect_groups},
        "direction_values": vocabulary.direction_values,
        "evidence_relations": sorted(vocabulary.evidence_relations),
        "evidence_bases": sorted(vocabulary.evidence_bases),
        "causes": sorted(vocabulary.causes),
        "walked_back": sorted(vocabulary.walked_back),
        "signs_disagree_share": vocabulary.signs_disagree_share,
        "hub_damping": vocabulary.hub_damping,
        "hypothesis_line": vocabulary.hypothesis_line,
        "one_source_line": vocabulary.one_source_line,
    }
