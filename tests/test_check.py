"""`nutrigraph check`: the ontology passes, and each planted mistake is found and named."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from tests.ontologies import (
    CLAIMS,
    ENTITIES,
    FINDINGS,
    ONTOLOGY,
    SHEET,
    SLUG,
    SOURCE,
    VOCABULARY,
    Draft,
    Plant,
    append,
    change,
    change_in,
    copy_ontology,
    cut,
    run,
)

from nutrigraph import check


@pytest.fixture
def draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Draft:
    """A copy to spoil. The shapes, half of the time, have tests of their own."""

    def no_shapes(store: ox.Store, file: Path) -> tuple[int, list[check.Finding]]:
        return 0, []

    monkeypatch.setattr(check, "shapes", no_shapes)
    return copy_ontology(tmp_path / "ontology")


def refused(draft: Draft) -> str:
    """What the check prints about a spoilt ontology."""
    result = run("check", ontology=draft.folder)
    assert result.exit_code == 1, result.output
    return result.output


def test_the_ontology_holds_and_its_documents_are_covered_whole() -> None:
    result = run("check")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    first, sheet, second, last = result.stdout.splitlines()
    text = (ONTOLOGY / SOURCE).read_bytes().decode()
    solid = f"{sum(not sign.isspace() for sign in text):,}"
    assert first.startswith(f"{SLUG}: 103 quotes re-read, {solid} of {solid} characters ")
    assert "in 62 segments, 93 claims, 10 reasoned no-claims" in first
    rows = len((ONTOLOGY / SHEET).read_text(encoding="utf-8").splitlines()) - 1
    assert sheet == f"{FINDINGS}: {rows} rows, {rows} claims, 173 papers"
    checks = len(list((ONTOLOGY / "checks").glob("*.rq")))
    shapes = (ONTOLOGY / "shapes.ttl").read_text(encoding="utf-8").count("sh:targetClass :")
    assert second == f"{checks} checks, {shapes + 1} shapes"  # and one for owl:Ontology
    assert last == "Everything holds."


def repeat(subject: str, new: str, *, said: str = "", instead: str = "") -> Plant:
    """Write a claim once more, under a name, with other words in it."""

    def plant(draft: Draft) -> None:
        block = draft.block(subject)
        assert said in block
        draft.append(CLAIMS, block.replace(subject, new, 1).replace(said, instead, 1))

    return plant


def quote_two_sentences(draft: Draft) -> None:
    start, end = 1782, 1933
    words = draft.read(SOURCE)[start:end]
    assert ". " in words
    draft.change_in(
        "c:supplementation-preterm-labour",
        '[ oa:exact "Magnesium supplementation reduces the incidence of preterm labour" ; '
        ":start 1782 ; :end 1847 ]",
        f'[ oa:exact "{words}" ; :start {start} ; :end {end} ]',
    )


LOW = "c:low-magnesium-miscarriage"
PMT = "c:low-red-cell-magnesium-pmt"
UNDECLARED = "is not declared: mend it, or declare it"

MISTAKES: dict[str, tuple[Plant, list[str]]] = {
    "a claim is deleted": (
        cut(LOW),
        ["segment-02: holds low-magnesium-miscarriage, which does not exist"],
    ),
    "a segment is deleted": (
        cut("c:segment-17"),
        [
            "supplementation-premature-delivery: stands in no segment: it must",
            "segment-18: the words before it lie in no segment: 'Premature delivery is",
        ],
    ),
    "the last segment is deleted": (
        cut("c:segment-61"),
        [f"{SLUG}: lies in no segment: 'Zinc'", "topic-zinc: stands in no segment"],
    ),
    "the start of a quote is shifted": (
        change_in(LOW, ":start 70 ;", ":start 71 ;"),
        [
            "low-magnesium-miscarriage: characters 71-202 are 'ompared with",
            "the quote stands at 70-202: mend :start and :end",
        ],
    ),
    "the end of a quote is shifted": (
        change_in(LOW, ":end 202 ]", ":end 203 ]"),
        ["low-magnesium-miscarriage: characters 70-203 are", "stands at 70-202"],
    ),
    "the start of a segment is shifted": (
        change_in("c:segment-02", ":start 70 ;", ":start 71 ;"),
        [
            "segment-02: the words before it lie in no segment: 'C'",
            "low-magnesium-miscarriage: its quote lies outside segment-02",
        ],
    ),
    "the end of a segment is shifted": (
        change_in("c:segment-02", ":end 202 ;", ":end 205 ;"),
        ["segment-03: overlaps the segment before it"],
    ),
    "a letter of a quote is changed": (
        change_in(LOW, "a significant decrease", "a significant decreese"),
        ["low-magnesium-miscarriage: characters 70-202", "the document does not hold the quote"],
    ),
    "a letter of the document is changed": (
        change(SOURCE, "Selenium supplementation (200mcg)", "Selenium supplementation (300mcg)"),
        [
            f"{SLUG}: its text is not the one that was encoded (SHA-256",
            "selenium-necessary-red-cell-magnesium: characters 1220-1337",
        ],
    ),
    "a no-break space of the document becomes a plain one": (
        change(SOURCE, "threatened miscarriage\u00a0 are", "threatened miscarriage  are"),
        [f"{SLUG}: its text is not the one", "low-magnesium-threatened: characters 280-417"],
    ),
    "a predicate is undeclared": (
        change_in(LOW, ":lowLevelAssociatedWith", ":lowLevelAssociatedTo"),
        ["claims.ttl", f":lowLevelAssociatedTo {UNDECLARED}"],
    ),
    "a predicate is an entity": (
        change_in(LOW, ":lowLevelAssociatedWith", ":miscarriage"),
        ["low-magnesium-miscarriage: :predicate :miscarriage is not declared"],
    ),
    "an entity is undeclared": (
        change_in(LOW, ":object :miscarriage", ":object :miscariage"),
        [f":miscariage {UNDECLARED}"],
    ),
    "an entity is an aspect": (
        change_in(LOW, ":subject :magnesium", ":subject :level"),
        ["low-magnesium-miscarriage: :subject :level is not declared"],
    ),
    "an aspect is undeclared": (
        change_in(LOW, ":subjectAspect :level", ":subjectAspect :levels"),
        [f":levels {UNDECLARED}"],
    ),
    "a direction is undeclared": (
        change_in(LOW, ":objectDirection :present", ":objectDirection :there"),
        [f":there {UNDECLARED}"],
    ),
    "a study type is undeclared": (
        change_in(PMT, ":caseControl", ":caseControlled"),
        [f":caseControlled {UNDECLARED}"],
    ),
    "a species is undeclared": (change_in(PMT, ":human", ":people"), [f":people {UNDECLARED}"]),
    "a modality is undeclared": (change_in(LOW, ":stated", ":said"), [f":said {UNDECLARED}"]),
    "a basis is undeclared": (
        change_in(LOW, ":textBasis", ":paragraphBasis"),
        [f":paragraphBasis {UNDECLARED}"],
    ),
    "a property of a claim is undeclared": (
        change_in(LOW, ":objectAspect", ":objectSide"),
        [f":objectSide {UNDECLARED}"],
    ),
    "a property of a claim is misspelled in another vocabulary": (
        change_in(LOW, "skos:note", "skos:notes"),
        ["low-magnesium-miscarriage: nothing reads <http://www.w3.org/2004/02/skos/core#notes>"],
    ),
    "a property stands on the claim instead of its evidence": (
        change_in(LOW, ":basis :textBasis", ':dose "600 mg" ; :basis :textBasis'),
        ["low-magnesium-miscarriage: nothing reads <https://w3id.org/nutrigraph/dose> there"],
    ),
    "a property stands on the evidence instead of the claim": (
        change_in(LOW, ":studyType :caseControl ;", ":studyType :caseControl ; :negated true ;"),
        ["low-magnesium-miscarriage: nothing reads <https://w3id.org/nutrigraph/negated> there"],
    ),
    "a paper is cited nowhere": (
        append(CLAIMS, ':paper-lost a :Paper ; rdfs:label "Lost 1999" .'),
        ["paper-lost: nothing reads <http://www.w3.org/2000/01/rdf-schema#label> there"],
    ),
    "a term of the vocabulary is undeclared": (
        change(VOCABULARY, ":ceiling :randomised", ":ceiling :randomized"),
        ["vocabulary.ttl", f":randomized {UNDECLARED}"],
    ),
    "a link leads to an undeclared entity": (
        change(ENTITIES, "skos:broader :miscarriage", "skos:broader :loss"),
        ["entities.ttl", f":loss {UNDECLARED}"],
    ),
    "a segment holds a claim that does not exist": (
        change_in("c:segment-00", ":holds c:title", ":holds c:title , c:nowhere"),
        ["segment-00: holds nowhere, which does not exist"],
    ),
    "a claim is in no segment": (
        change_in("c:segment-02", "c:low-magnesium-miscarriage ,", ""),
        ["low-magnesium-miscarriage: stands in no segment: it must stand in exactly one"],
    ),
    "a claim is in two segments": (
        change_in("c:segment-00", ":holds c:title", ":holds c:title , c:link-phosphorus"),
        ["link-phosphorus: stands in segment-00 and segment-06: it must stand in exactly one"],
    ),
    "a segment holds nothing": (
        change_in("c:segment-44", ";\n    :holds c:footer-heading", ""),
        ["segment-44: holds neither a claim nor a no-claim", "footer-heading: stands in no"],
    ),
    "a text claim has no evidence": (
        change_in(
            "c:magnesium-required-insulin-secretion",
            ";\n    :evidence [ :studyType :unspecified ]",
            "",
        ),
        ["magnesium-required-insulin-secretion: a claim with no evidence: add :evidence ["],
    ),
    "a text claim has no study type": (
        change_in(PMT, ":studyType :caseControl ;", ""),
        ["low-red-cell-magnesium-pmt: a claim with no evidence"],
    ),
    "a claim has no quote": (
        change_in(
            "c:topic-zinc", ';\n    :quote [ oa:exact "Zinc" ; :start 4858 ; :end 4862 ]', ""
        ),
        ["topic-zinc: has no :quote: add its exact words"],
    ),
    "two claims bear one name": (
        repeat("c:topic-biotin", "c:topic-zinc"),
        ["duplicate id: topic-zinc has 2 values of :"],
    ),
    "two claims say the same": (
        repeat("c:topic-zinc", "c:topic-zinc-again"),
        ["duplicate id: claims", "topic-zinc", "topic-zinc-again", "delete one"],
    ),
    "a quote occurs twice without context": (
        change_in(
            "c:topic-magnesium", 'oa:prefix ", Folic Acid, " ; oa:suffix ", Multivitamin" ; ', ""
        ),
        ["topic-magnesium: the quote 'Magnesium' occurs", "add oa:prefix or oa:suffix"],
    ),
    "the words around a quote are others": (
        change_in("c:topic-magnesium", ", Folic Acid, ", ", Folic acid, "),
        ["topic-magnesium: the words around the quote are not its oa:prefix/oa:suffix"],
    ),
    "a quote crosses two sentences": (
        quote_two_sentences,
        ["supplementation-preterm-labour: the quote crosses segments: quote one sentence"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_named(draft: Draft, mistake: str) -> None:
    plant, culprits = MISTAKES[mistake]
    plant(draft)
    found = refused(draft)
    for culprit in culprits:
        assert culprit in found


# One mistake for each file in ontology/checks, with the thing that it must name.
PLANTED: dict[str, tuple[Plant, str]] = {
    "basis-fits-segment": (change_in("c:segment-06", ":LinkLine", ":Headline"), "link-phosphorus"),
    "claim-null-has-sign-zero": (
        change_in(":absent", ":value -1", ":value 0", VOCABULARY),
        "high-inorganic-phosphorus-no-miscarriage",
    ),
    "claim-sign-agrees": (
        change_in("c:high-inorganic-phosphorus-no-miscarriage", ":absent", ":present"),
        "high-inorganic-phosphorus-no-miscarriage",
    ),
    "claim-subject-state": (
        change_in(LOW, ":subjectAspect :level", ":subjectAspect :status"),
        "low-magnesium-miscarriage",
    ),
    "composite-stands-alone": (
        repeat(
            "c:selenium-magnesium-red-cell-magnesium",
            "c:magnesium-alone",
            said=":subject :selenium-and-magnesium",
            instead=":subject :magnesium",
        ),
        "magnesium-alone",
    ),
    "cross-reference-is-bare": (
        change_in("c:title", ":subject :magnesium", ":subject :magnesium ; :subjectAspect :level"),
        "title",
    ),
    "every-term-is-defined": (
        change(VOCABULARY, ' ; skos:definition "What was given, as printed." .', " ."),
        "dose",
    ),
    "headline-is-compared": (
        change_in(LOW, ":basis :textBasis", ":basis :headlineBasis"),
        "low-magnesium-miscarriage",
    ),
    "one-exact-match-per-vocabulary": (
        change_in(":zinc", "mesh:D015032", "mesh:D015032 , mesh:D007501", ENTITIES),
        "zinc",
    ),
    "one-kind-per-entity": (
        change_in(":zinc", "a :Nutrient", "a :Nutrient , :Condition", ENTITIES),
        "zinc",
    ),
    "one-name-one-thing": (
        change_in(":zinc", 'rdfs:label "zinc"', 'rdfs:label "Iron"', ENTITIES),
        "zinc",
    ),
    "only-a-source-gives-evidence": (
        change_in("c:paragraph-3", ":isSourceOf", ":supports"),
        "selenium-necessary-red-cell-magnesium",
    ),
    "plain-triple-is-backed": (append(ENTITIES, ":zinc :causes :miscarriage ."), "zinc"),
    "plain-triple-reads-true": (
        change_in("c:high-calcium-magnesium-ratio-miscarriage", ":present", ":absent"),
        "high-calcium-magnesium-ratio-miscarriage",
    ),
    "proxy-has-validity": (
        change_in(":red-cell-magnesium", ":validity 0.5 ;", "", ENTITIES),
        "red-cell-magnesium",
    ),
    "quantity-is-not-its-substance": (
        change_in(":magnesium", ":quantityOf", "skos:exactMatch", ENTITIES),
        "magnesium",
    ),
    "released-terms-stay": (
        append(
            "released.ttl",
            '<https://w3id.org/nutrigraph/gone> <https://w3id.org/nutrigraph/since> "0.1.0" .',
        ),
        "gone",
    ),
    "retired-terms-are-not-used": (
        append(VOCABULARY, ':deficiencyImpairs owl:deprecated true ; skos:note "A test." .'),
        "deficiency-insulin-sensitivity",
    ),
    "retired-terms-lead-on": (
        append(VOCABULARY, ":deficiencyImpairs owl:deprecated true ."),
        "deficiencyImpairs",
    ),
}
CHECKS = sorted(file.stem for file in (ONTOLOGY / "checks").glob("*.rq"))


def test_every_check_has_a_planted_mistake_and_every_mistake_a_check() -> None:
    assert sorted(PLANTED) == CHECKS


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_refuses_its_mistake(draft: Draft, name: str) -> None:
    assert name in PLANTED, f"plant a mistake that ontology/checks/{name}.rq must refuse"
    plant, culprit = PLANTED[name]
    plant(draft)
    found = refused(draft)
    assert f"[{name}] {culprit}: " in found


def test_a_headline_without_comparison_is_refused(draft: Draft) -> None:
    name = "c:h-low-magnesium-miscarriage"
    block = draft.block(name)
    draft.change(CLAIMS, block, block.partition(" ;\n    :headlineDifference")[0] + " .\n")
    assert "[headline-is-compared] h-low-magnesium-miscarriage: " in refused(draft)


def test_a_folder_without_checks_is_refused(draft: Draft) -> None:
    for file in (draft.folder / "checks").glob("*.rq"):
        file.unlink()
    assert "checks: holds no check: restore the files" in refused(draft)


@pytest.mark.parametrize("text", ["SELECT", "ASK {}"])
def test_a_check_that_cannot_be_asked_is_refused(draft: Draft, text: str) -> None:
    draft.write("checks/one-name-one-thing.rq", text)
    assert "one-name-one-thing.rq: " in refused(draft)


def test_findings_come_as_json_for_machines(draft: Draft) -> None:
    draft.change_in(":zinc", "a :Nutrient", "a :Nutrient , :Condition", ENTITIES)
    result = run("check", "--json", ontology=draft.folder)
    assert result.exit_code == 1
    assert '"check": "one-kind-per-entity"' in result.stdout
    assert '"thing": "zinc"' in result.stdout
