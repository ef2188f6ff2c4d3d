"""The encoding of the first document against `tests/reading.py`: facts never change silently."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest
from tests.reading import HEADLINES, OPEN, SENTENCES, Said

import nutrigraph
from nutrigraph.model import Claim, Document, Entity, QualifiedTerm, Segment
from nutrigraph.terms import curie, local

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("NUTRIGRAPH_DATA", "../shared/data"))
FACTS = (ROOT / DATA).parent / "facts"
FIGURES = ("sample_size", "n_cases", "n_controls", "dose", "duration", "route", "timing", "p_value")
FIELDS = (*FIGURES, "study_type", "population", "assay")
SIGNS = {1: "+", -1: "-", 0: "0", None: "?"}
# What the page leaves out of its sources, and where it was read.
NOT_IN_PAGE = {
    "100% of previously infertile women": {"study_type", "comparison", "baseline_status"},
    "Magnesium can prevent insulin resistance": {"study_type", "species", "population"},
}


@pytest.fixture(scope="session")
def document(kg: nutrigraph.KnowledgeGraph) -> Document:
    (found,) = (home for home in kg.documents if home.slug == "magnesium-and-miscarriage")
    return found


def said_by(claim: Claim) -> str:
    """A claim in the short form of the table."""
    subject = (local(claim.subject), claim.subject_aspect or "-", claim.subject_direction or "-")
    target = (local(claim.object), claim.object_direction or "-")
    return f"{' '.join(subject)}: {SIGNS[claim.sign]} {' '.join(target)}"


def held(document: Document, segment: Segment) -> list[Claim]:
    return [claim for claim in document.claims if claim.id in segment.holds]


def rows_of(document: Document, segment: Segment, table: list[Said]) -> list[Said]:
    """The rows of a segment: those whose words it begins with and no other row's longer ones."""
    text = document.text[segment.start : segment.end]
    fitting = [row for row in table if text.startswith(row.words)]
    longest = max((len(row.words) for row in fitting), default=0)
    return [row for row in fitting if len(row.words) == longest]


def segments(document: Document, kind: str) -> list[Segment]:
    return [segment for segment in document.segments if segment.kind == kind]


@pytest.mark.parametrize(
    ("kind", "basis", "table"),
    [("headline", "headline", HEADLINES), ("sentence", "text", SENTENCES)],
)
def test_each_sentence_holds_what_was_read_in_it(
    document: Document, kind: str, basis: str, table: list[Said]
) -> None:
    read: list[Said] = []
    for segment in segments(document, kind):
        rows = rows_of(document, segment, table)
        text = document.text[segment.start : segment.end]
        assert rows, f"not in the table: {text}"
        expected = Counter((words, row.modality) for row in rows for words in row.claims)
        found = held(document, segment)
        assert {claim.basis for claim in found} <= {basis}
        assert Counter((said_by(claim), claim.modality) for claim in found) == expected, text
        read += rows
    assert Counter(map(id, read)) == Counter(map(id, table)), "a row fits no segment, or two"


def check(claim: Claim, row: Said) -> None:
    """Hold a claim's evidence against what is printed."""
    evidence = claim.evidence
    for name in FIELDS:
        expected = row.evidence.get(name)
        if expected != OPEN:
            assert getattr(evidence, name, None) == expected, (claim.name, name)
    assert (evidence.species if evidence else None) == row.species, claim.name
    effect = (evidence.effect.baseline, evidence.effect.value) if evidence else (None, None)
    assert effect == row.effect, claim.name
    assert tuple(sorted(map(local, claim.co_exposures))) == row.also, claim.name
    assert claim.negated == (claim.sign == 0)


@pytest.mark.parametrize(("kind", "table"), [("headline", HEADLINES), ("sentence", SENTENCES)])
def test_each_claim_has_the_evidence_that_is_printed(
    document: Document, kind: str, table: list[Said]
) -> None:
    for segment in segments(document, kind):
        left = held(document, segment)
        for row in rows_of(document, segment, table):
            for words in row.claims:
                claim = next(
                    item for item in left if (said_by(item), item.modality) == (words, row.modality)
                )
                check(claim, row)
                left.remove(claim)


def test_figures_are_in_the_words_of_the_document(document: Document) -> None:
    for claim in document.claims:
        if claim.evidence is None:
            continue
        for name in FIGURES:
            printed = getattr(claim.evidence, name)
            if printed and name != "timing":
                assert printed.lower() in document.text.lower(), (claim.name, name)


def test_what_the_page_leaves_out_of_its_source_is_marked(document: Document) -> None:
    for segment in segments(document, "sentence"):
        (headline,) = (
            document.text[other.start : other.end]
            for other in segments(document, "headline")
            if other.paragraph == segment.paragraph
        )
        left_out = next((v for k, v in NOT_IN_PAGE.items() if headline.startswith(k)), set())
        for claim in held(document, segment):
            assert claim.evidence is not None, claim.name
            assert set(claim.evidence.not_in_page) == left_out, claim.name
            assert bool(left_out) == any(source.gives_evidence for source in claim.sources)


def test_each_headline_says_what_it_changes(document: Document) -> None:
    dropped = {
        "h-four-minerals-miscarriage": "species",
        "h-deficiency-miscarriage": "hedge",
        "h-deficiency-birth-defects": "hedge",
        "h-magnesium-prevents-insulin-resistance": "species",
        "h-oral-contraceptive-insulin-resistance": "species",
        "h-deficiency-fetal-death": "outcome",
        "h-deficiency-insulin-resistance": "outcome",
        "h-normalised-magnesium-live-birth": "exposure",
        "h-diabetes-urinary-loss": "strength",
        "h-magnesium-prevents-preterm-labour": "strength",
        "h-low-magnesium-miscarriage": "comparison",
        "h-low-magnesium-pmt": "exposure",
    }
    headlines = {claim.name: claim for claim in document.claims if claim.basis == "headline"}
    assert set(dropped) <= set(headlines)
    for name, claim in headlines.items():
        kinds = {difference.kind for difference in claim.headline_differs}
        assert kinds, name
        assert dropped.get(name, "outcome") in kinds, name


def test_links_topics_and_the_title_are_bare_mentions(document: Document) -> None:
    bare = [claim for claim in document.claims if claim.basis == "cross-reference"]
    found = Counter((local(claim.subject), local(claim.object)) for claim in bare)
    topics = """biotin calcium choline chromium folic-acid magnesium multivitamins phosphorus
        selenium vitamin-a vitamin-b12 vitamin-b6 vitamin-c vitamin-d vitamin-e vitamin-k zinc"""
    expected = Counter((topic, "vitamins") for topic in topics.split())
    expected += Counter(
        [
            ("magnesium", "miscarriage"),
            ("phosphorus", "miscarriage"),
            ("selenium", "miscarriage"),
            ("magnesium", "insulin-resistance"),
            ("insulin-resistance", "miscarriage"),
            ("magnesium", "premenstrual-tension"),
        ]
    )
    assert found == expected
    for claim in bare:
        assert (claim.evidence, claim.sign, claim.force) == (None, None, "unsigned")


def test_what_states_nothing_is_marked_with_its_reason(document: Document) -> None:
    found = Counter(item.kind for item in document.no_claims)
    assert found == {"recommendation": 3, "method": 3, "gloss": 2} | {
        "presupposition": 1,
        "navigation": 1,
    }
    words = {item.quote.exact.split(" ")[0]: item.kind for item in document.no_claims}
    assert words["(alkaline"] == words["(PMT)"] == "gloss"
    assert words["Red"] == words["supports"] == "recommendation"
    assert words["We"] == words["Following"] == "method"


def test_identifiers_are_those_that_were_verified(kg: nutrigraph.KnowledgeGraph) -> None:
    file = FACTS / "entities.tsv"
    if not file.is_file():
        message = (
            "the verified identifiers are not here: NUTRIGRAPH_DATA names the data beside them"
        )
        if "CI" in os.environ:
            pytest.fail(message)
        pytest.skip(message)
    with file.open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        verified = {row["mapping_curie"] for row in rows if row["mapping_curie"]}
    owners: list[Entity | QualifiedTerm] = [*kg.entities.values(), *kg.content.terms]
    used = {curie(mapping.iri) for owner in owners for mapping in owner.mappings}
    assert len(used) > 100
    assert used - verified == set()
