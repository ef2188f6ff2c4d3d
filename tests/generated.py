"""Documents full of what tables, formulas and line breaks stumble over, for round trips."""

from dataclasses import fields, replace

from hypothesis import strategies as st

from nutrigraph.content import Content
from nutrigraph.model import (
    Claim,
    Difference,
    Document,
    Effect,
    Entity,
    Evidence,
    Mapping,
    Paragraph,
    Quote,
    Source,
    claim_sign,
    content_id,
)
from nutrigraph.rdf import MAPPINGS
from nutrigraph.terms import BASE, DCTERMS
from nutrigraph.wording import statement

NASTY = (
    *("=1+1", "@SUM(A1)", "-2+3", "+5", "-0.5", "'=1", "''-x", "'quoted'", "\tx", "\rx"),
    *("a|b", "|", "\\", "\\n", "\\u007c", 'say "so"', '"', '""', "two\nlines", "a\tb\r\n"),
    *(
        "NA",
        "null",
        "true",
        "P < 0.05",
        "p = .04",
        "\u00a0no-break\u2028line",
        "\ufeffmark",
        "ärzte ☂",
    ),
    *("nutrigraph:zinc", "MONDO:1", "a: b", " spaces ", "\x00\x85\x0b"),
)
TEXTS = st.sampled_from(NASTY) | st.text(min_size=1, max_size=12)
PERHAPS = st.none() | TEXTS
HOME = f"{BASE}document/made-up"
PAPERS = (
    f"{BASE}paper-one",
    f"{BASE}paper-two",
    "http://purl.obolibrary.org/obo/XY_12",
    "https://example.org/a_b:c?d=e#f",
)

RELATIONS = st.sampled_from(sorted(MAPPINGS))


def _labels(content: Content, cls: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(label for kind, label in content.vocabulary.iris if kind == cls))


def sources(content: Content) -> st.SearchStrategy[Source]:
    """Papers as paragraphs cite them."""
    vocabulary, papers = content.vocabulary, st.sampled_from(PAPERS)
    some = st.lists(papers, max_size=2, unique=True).map(tuple)
    return st.builds(
        Source,
        id=papers,
        title=PERHAPS,
        year=st.none() | st.integers(0, 2100),
        relation=_labels(content, "SourceRelation"),
        gives_evidence=st.just(False),
        doi=PERHAPS,
        pmid=PERHAPS,
        retracted=st.booleans(),
        label=TEXTS,
        url=st.none() | papers,
        note=PERHAPS,
        authors=PERHAPS,
        citation=PERHAPS,
        superseded_by=st.none() | papers,
        disagrees=st.just(False),
        may_pool=some,
        pools_retracted=some,
        registration=PERHAPS,
    ).map(
        lambda source: replace(
            source,
            gives_evidence=source.relation in vocabulary.evidence_relations,
            disagrees=source.relation in vocabulary.contrary_relations,
        )
    )


def evidences(content: Content) -> st.SearchStrategy[Evidence]:
    """What claims rest on, each field filled or not."""
    names = [item.name for item in fields(Evidence)]
    special = {"study_type", "species", "effect", "not_in_page"}
    return st.builds(
        Evidence,
        study_type=st.none() | _labels(content, "StudyType"),
        species=st.none() | _labels(content, "Species"),
        effect=st.builds(Effect, **{item.name: PERHAPS for item in fields(Effect)}),
        not_in_page=st.lists(st.sampled_from(names), max_size=2, unique=True).map(tuple),
        **{name: PERHAPS for name in names if name not in special},
    )


def claims(
    content: Content, paragraphs: dict[str, Paragraph], title: str
) -> st.SearchStrategy[Claim]:
    """Claims of every kind, with all that follows from them."""
    entities = st.sampled_from(sorted(content.entities))
    sides = {
        "aspect": st.none() | _labels(content, "Aspect"),
        "direction": st.none() | _labels(content, "Direction"),
        "measure": st.none() | entities,
    }
    kinds = _labels(content, "DifferenceKind")
    offsets = st.integers(0, 9999)
    made = st.builds(
        Claim,
        subject=entities,
        predicate=st.sampled_from(sorted(content.vocabulary.predicates)),
        object=entities,
        basis=_labels(content, "Basis"),
        modality=_labels(content, "Modality"),
        document=st.just("made-up"),
        quote=st.none() | st.builds(Quote, TEXTS, offsets, offsets, prefix=PERHAPS, suffix=PERHAPS),
        evidence=st.none() | evidences(content),
        **{f"{end}_{name}": side for end in ("subject", "object") for name, side in sides.items()},
        negated=st.booleans(),
        co_exposures=st.lists(entities, max_size=2, unique=True).map(tuple),
        headline_differs=st.lists(st.builds(Difference, kinds, TEXTS), max_size=2).map(tuple),
        note=PERHAPS,
        finding=PERHAPS,
        name=TEXTS,
        document_title=st.just(title),
        paragraph=st.none() | st.sampled_from(sorted(paragraphs)),
    )

    def complete(claim: Claim) -> Claim:
        claim = replace(
            claim,
            id=content_id(claim),
            sources=paragraphs[claim.paragraph].sources if claim.paragraph else (),
            sign=claim_sign(claim, content.vocabulary),
            force=content.vocabulary.predicates[claim.predicate].force,
        )
        said = statement(claim, content.entities, content.vocabulary)
        return replace(claim, statement=said)

    return made.map(complete)


@st.composite
def documents(draw: st.DrawFn, content: Content) -> Document:
    """A document without its text, as it comes back from formats that do not hold it."""
    title = draw(TEXTS)
    paragraphs = {
        iri: Paragraph(
            iri,
            draw(TEXTS),
            tuple(
                sorted(
                    draw(st.lists(sources(content), max_size=3, unique_by=lambda it: it.id)),
                    key=lambda source: (not source.gives_evidence, source.id),
                )
            ),
        )
        for iri in (f"{HOME}#paragraph-1", f"{HOME}#paragraph-2")
    }
    found = draw(
        st.lists(
            claims(content, paragraphs, title),
            max_size=4,
            unique_by=(lambda it: it.id, lambda it: it.name),
        )
    )
    found.sort(key=lambda claim: (claim.quote.start if claim.quote else 0, claim.name))
    about = tuple((key, draw(TEXTS)) for key in (DCTERMS.description, DCTERMS.rights))
    return Document(
        slug="made-up",
        title=title,
        text="",
        sha256="0" * 64,
        claims=tuple(found),
        no_claims=(),
        segments=(),
        paragraphs=tuple(paragraphs.values()),
        about=about,
        mentioned=tuple(
            sorted(
                draw(st.lists(sources(content), max_size=2, unique_by=lambda it: it.id)),
                key=lambda source: source.id,
            )
        ),
    )


def entities() -> st.SearchStrategy[Entity]:
    """An entity that no ontology knows."""
    return st.builds(
        Entity,
        id=st.just(f"{BASE}made-up-thing"),
        label=TEXTS,
        kind=st.sampled_from(["Nutrient", "Condition", "Mechanism", "Biomarker", "Exposure"]),
        definition=TEXTS,
        synonyms=st.lists(TEXTS, max_size=3, unique=True).map(tuple),
        mappings=st.lists(
            st.builds(Mapping, st.sampled_from(PAPERS), st.just("") | TEXTS, RELATIONS), max_size=3
        ).map(tuple),
        routes_pass=st.booleans(),
    )
