"""Small made-up graphs over the real vocabulary, full of what the walk must tell apart."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from nutrigraph.content import Content
from nutrigraph.model import (
    Claim,
    Document,
    Effect,
    Entity,
    Evidence,
    Link,
    Predicate,
    Source,
    Vocabulary,
    claim_sign,
)
from nutrigraph.terms import BASE, NG, SKOS, local
from nutrigraph.wording import statement

SLUGS = ("one", "two")
# U+FFFD sorts before U+1F34B by code points, and after its surrogates by UTF-16 units.
NAMES = ("zinc", "iron", "\ufffd", "\U0001f34b", "ärger", "ßtress", "b", "a")
KINDS = ("Nutrient", "Nutrient", "Condition", "Mechanism", "Biomarker", "Exposure", "Condition")
SPELT = f"{BASE}caf%C3%A9With"

ASPECTS: tuple[tuple[str | None, str | None], ...] = (
    *((None, None), (None, None), (None, None), (None, None), ("level", "low"), ("level", "low")),
    *(("level", "high"), ("level", "high"), ("intake", "low"), ("occurrence", "decreased")),
    *(("supplementation", "given"), (None, "given"), ("occurrence", "increased"), (None, "low")),
)
PREDICATES = (
    *("associatedWith", "inverselyAssociatedWith", "lowLevelAssociatedWith", "causes", "increases"),
    *("decreases", "treats", "treatmentReduces", "supplementationReduces", "requiredFor"),
    *("followedBy", "listedWith", "canPrevent", "deficiencyCauses", "lowIntakeAssociatedWith"),
)
BASES = (*("finding", "text") * 4, "headline", "cross-reference")
INTERVALS = ((None, None), (None, None), ("0.9", "1.1"), ("0.4", "2.1"), ("0.75", "1.25"))


def widened(vocabulary: Vocabulary) -> Vocabulary:
    """The real vocabulary, and a predicate that is told otherwise than an IRI writes it."""
    odd = Predicate(SPELT, "café with", "association", 1, "goes with", False, "")
    return replace(vocabulary, predicates={**vocabulary.predicates, SPELT: odd})


def entities() -> dict[str, Entity]:
    found = [
        Entity(f"{BASE}{name}", name, kind, "", routes_pass=name != "b")
        for name, kind in zip(NAMES, (*KINDS, "Condition"), strict=True)
    ]
    return {item.id: item for item in found}


IDS = sorted(entities())


def papers(vocabulary: Vocabulary) -> st.SearchStrategy[Source]:
    def paper(number: int, relation: str, fate: str) -> Source:
        return Source(
            id=f"{BASE}paper/{number}",
            title=None,
            year=None,
            relation=relation,
            gives_evidence=relation in vocabulary.evidence_relations,
            doi=f"10.1/{number}" if number % 2 else None,
            pmid=str(number),
            label=f"Paper {number}",
            retracted=fate == "retracted",
            superseded_by=f"{BASE}paper/9" if fate == "superseded" else None,
            pools_retracted=(f"{BASE}paper/8",) if fate == "pools" else (),
            registration="NCT1" if fate == "registered" else None,
        )

    fates = (*[""] * 9, "retracted", "superseded", "pools", "registered")
    relations = (
        "is_source_of",
        "is_source_of",
        "is_source_of",
        "is_source_of",
        "supports",
        "contradicts",
    )
    return st.builds(paper, st.integers(1, 6), st.sampled_from(relations), st.sampled_from(fates))


def evidences(vocabulary: Vocabulary, crowded: bool) -> st.SearchStrategy[Evidence | None]:
    studies = sorted(set(vocabulary.study_types) - {"curated-source"})
    studies = ["animal", "rct"] if crowded else studies
    made = st.builds(
        Evidence,
        study_type=st.sampled_from([None, *studies, *studies]),
        species=st.sampled_from([None, "human", "human", "rat", "mouse"]),
        population=st.sampled_from([None, "in 20 women", "women of Ärö", "older women"]),
        exposure_timing=st.sampled_from([None, "before", "after", "at the same time"]),
        timing=st.sampled_from([None, "in week 9"]),
        route=st.sampled_from([None, None, "intravenous"]),
        analysis=st.sampled_from([None, None, None, "subgroup", "secondary"]),
        doubt=st.sampled_from([None, None, "odd figures"]),
        effect=st.builds(
            lambda measure, interval: Effect(measure, "1.0", None, *interval),
            st.sampled_from([None, "risk ratio", "mean difference"]),
            st.sampled_from(INTERVALS),
        ),
    )
    return st.integers(0, 9).flatmap(lambda number: made if number else st.none())


@st.composite
def claims(draw: st.DrawFn, vocabulary: Vocabulary, number: int, crowded: bool) -> Claim:
    """A claim; of a crowd, it is one of many causes in evidence between few things."""
    basis = draw(st.sampled_from(BASES[:2] if crowded else BASES))
    # Some stand in many claims, so that claims meet on one hop, and differ there.
    things = IDS[:3] if crowded else [*IDS, *IDS[:3] * 3]
    subject, target = (draw(st.sampled_from(things)) for _ in range(2))
    states = ASPECTS[:1] if crowded else ASPECTS
    (aspect, direction), (other, way) = (draw(st.sampled_from(states)) for _ in range(2))
    declared = draw(st.sampled_from([None] * 9 + [0.25]))
    home = draw(st.sampled_from(SLUGS))
    names = ("causes", "increases", "decreases") if crowded else (*PREDICATES, local(SPELT))
    name = draw(st.sampled_from(names))
    claim = Claim(
        subject=subject,
        predicate=f"{BASE}{name}",
        object=target,
        basis=basis if declared is None else "source",
        modality=draw(st.sampled_from(["stated", "stated", "suggested", "hypothesised"])),
        document=home,
        quote=None,
        evidence=draw(evidences(vocabulary, crowded)),
        subject_aspect=aspect,
        subject_direction=direction,
        object_aspect=other,
        object_direction=way,
        negated=draw(st.sampled_from([False, False, False, True])),
        co_exposures=draw(st.sampled_from([(), (), (), (f"{BASE}iron",)])),
        paragraph=draw(st.sampled_from([None, f"{BASE}document/{home}#paragraph-1"])),
        sources=tuple(draw(st.lists(papers(vocabulary), max_size=2))),
        id=f"{BASE}claim/{number}",
        force=vocabulary.predicates[f"{BASE}{name}"].force,
        weight=declared,
        document_title=f"Document {home}",
    )
    if declared is not None and claim.evidence:
        claim = replace(claim, evidence=replace(claim.evidence, study_type="curated-source"))
    claim = replace(claim, sign=claim_sign(claim, vocabulary))
    return replace(claim, statement=statement(claim, entities(), vocabulary))


@st.composite
def links(draw: st.DrawFn) -> tuple[Link, ...]:
    types = (NG.oppositeOf, NG.measureOf, SKOS.broader, NG.hasComponent)
    pairs = st.tuples(st.sampled_from(IDS), st.sampled_from(types), st.sampled_from(IDS))
    some = draw(st.lists(pairs.filter(lambda pair: pair[0] != pair[2]), max_size=5, unique=True))
    weights = st.sampled_from([1.0, 0.9, 0.9, 0.5, 0.123456789, 0.00001234])
    return tuple(Link(*pair, draw(weights)) for pair in some)


@st.composite
def graphs(draw: st.DrawFn, real: Vocabulary) -> Content:
    """A graph of some claims and links between eight things, of which two may be asked about."""
    vocabulary = widened(real)
    crowded = draw(st.booleans())
    number = draw(st.integers(8, 30))
    found = [draw(claims(vocabulary, at, crowded)) for at in range(number)]
    return graph_of(vocabulary, found, draw(links()))


def graph_of(vocabulary: Vocabulary, claims: Sequence[Claim], links: Sequence[Link]) -> Content:
    homes = tuple(
        Document(
            slug=slug,
            title=f"Document {slug}",
            text="",
            sha256="",
            claims=tuple(claim for claim in claims if claim.document == slug),
            no_claims=(),
            segments=(),
            paragraphs=(),
        )
        for slug in SLUGS
    )
    return Content(vocabulary, entities(), (), tuple(links), homes)


def trials(vocabulary: Vocabulary, studies: Sequence[str]) -> list[Claim]:
    """One cause as each of so many papers found it, by their kinds of study."""
    made = (
        Claim(
            subject=f"{BASE}a",
            predicate=f"{BASE}causes",
            object=f"{BASE}zinc",
            basis="text",
            modality="stated",
            document="one",
            quote=None,
            evidence=Evidence(study_type=study, species="human"),
            sources=(Source(f"{BASE}paper/{number}", None, None, "is_source_of", True),),
            id=f"{BASE}claim/{number}",
            sign=1,
            force="causal",
        )
        for number, study in enumerate(studies)
    )
    return [replace(item, statement=statement(item, entities(), vocabulary)) for item in made]


FILTERS: dict[str, Sequence[str]] = {
    "documents": SLUGS,
    "species": ("human", "rat", "unknown"),
    "study_types": ("rct", "cohort", "animal", "unknown"),
    "bases": ("text", "finding", "source", "headline"),
    "predicates": PREDICATES,
    "without": ("1", "10.1/3", "2", "5", f"{BASE}document/one#paragraph-1"),
    "through": ("Nutrient", "Condition", "Mechanism"),
    "avoid": ("Condition", f"{BASE}iron", f"{BASE}a"),
}


@st.composite
def filters(draw: st.DrawFn) -> dict[str, list[str]]:
    """No filter, mostly; else one or two."""
    names = draw(st.lists(st.sampled_from(sorted(FILTERS)), max_size=2, unique=True))
    if draw(st.booleans()):
        return {}
    one_or_more = {"without": 1, "avoid": 1}
    return {
        name: draw(
            st.lists(
                st.sampled_from(FILTERS[name]),
                min_size=one_or_more.get(name, 2),
                max_size=4,
                unique=True,
            )
        )
        for name in names
    }


def asked_about(content: Content) -> list[str]:
    """What the page holds, so that one can ask about it."""
    spoken: set[str] = set()
    rows: list[Any] = [claim for home in content.documents for claim in home.claims]
    for row in [*rows, *content.links]:
        spoken |= {row.subject, row.object}
    return sorted(spoken)
