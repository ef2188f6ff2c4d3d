"""`ontology/shapes.ttl`: every shape looks at something, and refuses what it should."""

from pathlib import Path

import pyoxigraph as ox
import pytest
from tests.ontologies import (
    CLAIMS,
    ENTITIES,
    ONTOLOGY,
    SHAPES,
    VOCABULARY,
    Draft,
    Plant,
    change,
    change_in,
    copy_ontology,
    cut,
    fault,
    run,
)

from nutrigraph import check
from nutrigraph.build import Compiled, compile_ontology
from nutrigraph.terms import BASE, NG, OA, SKOS


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    return copy_ontology(tmp_path / "ontology")


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_ontology(ONTOLOGY)


def refused(draft: Draft) -> str:
    result = run("check", ontology=draft.folder)
    assert result.exit_code == 1, result.output
    return result.output


def change_shapes(old: str, new: str) -> Plant:
    return change(SHAPES, old, new)


# About the shapes themselves.
SILENCED: dict[str, tuple[Plant, str]] = {
    "one shape is removed": (
        cut("s:Quote", SHAPES),
        "[shapes] shapes.ttl: holds no shape for class :Quote: add one",
    ),
    "a target class is renamed": (
        change_shapes("sh:targetClass :Evidence ", "sh:targetClass :Evidences "),
        "[shapes] shapes.ttl Evidence: no instance of :Evidences to check",
    ),
    "a class loses its shape to another": (
        change_shapes("sh:targetClass :Evidence ", "sh:targetClass :Claim "),
        "[shapes] shapes.ttl: holds no shape for class :Evidence: add one",
    ),
    "a shape constrains nothing": (
        change_shapes(
            "sh:targetClass :AspectGroup ;\n    sh:property s:label , s:definition .",
            "sh:targetClass :AspectGroup .",
        ),
        "[shapes] shapes.ttl AspectGroup: constrains nothing: add sh:property",
    ),
    "a shape is switched off": (
        change_shapes("sh:targetClass :Claim ;", "sh:targetClass :Claim ; sh:deactivated true ;"),
        "[shapes] shapes.ttl Claim: constrains nothing: add sh:property",
    ),
}


@pytest.mark.parametrize("way", SILENCED)
def test_shapes_cannot_pass_by_saying_nothing(draft: Draft, way: str) -> None:
    plant, culprit = SILENCED[way]
    plant(draft)
    assert culprit in refused(draft)


def test_an_empty_file_of_shapes_names_every_class(draft: Draft, compiled: Compiled) -> None:
    draft.write(SHAPES, "")
    found = refused(draft)
    classes = check.kinds(compiled.store)
    assert classes["Claim"] == 423
    for name in classes:
        assert f"[shapes] shapes.ttl: holds no shape for class :{name}: add one" in found
    assert f"\n{len(classes)} findings\n" in found


def test_a_file_that_is_no_shacl_gives_one_line(draft: Draft) -> None:
    draft.change(SHAPES, "sh:minCount 1", 'sh:minCount "one"')
    fault(run("check", ontology=draft.folder), 1, "shapes.ttl: no valid SHACL: ", "sh:minCount")


def test_a_missing_file_of_shapes_is_named(draft: Draft) -> None:
    (draft.folder / SHAPES).unlink()
    assert "shapes.ttl: cannot be read (No such file or directory)" in refused(draft)


# One mistake a file, which the readers let through and a shape refuses.
MISTAKES: dict[str, tuple[Plant, list[str]]] = {
    "a hedged cross-reference": (
        change_in("c:title", ":modality :stated", ":modality :suggested"),
        ["[shapes] title: ", "hedges or denies a bare cross-reference"],
    ),
    "a denied cross-reference": (
        change_in("c:link-pms", ":modality :stated", ":modality :stated ; :negated true"),
        ["[shapes] link-pms: ", "hedges or denies a bare cross-reference"],
    ),
    "a DOI with its resolver": (
        change_in(":paper-miodovnik-1988", ':doi "10', ':doi "https://doi.org/10'),
        ["[shapes] paper-miodovnik-1988: Write :doi without a resolver", "(doi 'https://doi.org/"],
    ),
    "a PubMed identifier with a prefix": (
        change_in(":paper-miodovnik-1988", ':pmid "', ':pmid "PMID:'),
        ["[shapes] paper-miodovnik-1988: Write :pmid as a string", "(pmid 'PMID:3048285')"],
    ),
    "a year of two digits": (
        change_in(":paper-miodovnik-1988", ':year "1988"', ':year "88"'),
        ["[shapes] paper-miodovnik-1988: Make :year one year of four digits", "(year '88')"],
    ),
    "a hash in capitals": (
        change(CLAIMS, ':sha256 "b425', ':sha256 "B425'),
        ["[shapes] magnesium-and-miscarriage: Give one :sha256 of source.txt"],
    ),
    "a measure that is no biomarker": (
        change_in(
            "c:selenium-necessary-red-cell-magnesium",
            ":objectMeasure :red-cell-magnesium",
            ":objectMeasure :magnesium",
        ),
        [
            "[shapes] selenium-necessary-red-cell-magnesium: Make :objectMeasure one :Biomarker",
            "(objectMeasure 'magnesium')",
        ],
    ),
    "a timing in other words": (
        change_in(
            "c:low-magnesium-miscarriage",
            ':exposureTiming "with the outcome"',
            ':exposureTiming "afterwards"',
        ),
        ["[shapes] low-magnesium-miscarriage (evidence): Make :exposureTiming"],
    ),
    "a figure without its measure": (
        change_in("c:supplementation-premature-delivery", ':effectMeasure "incidence" ;', ""),
        [
            "[shapes] supplementation-premature-delivery (evidence): ",
            "a figure without its measure",
        ],
    ),
    "a sentence without a paragraph": (
        change_in("c:segment-02", " ; :inParagraph c:paragraph-1", ""),
        ["[shapes] segment-02: Say in :inParagraph which one :Paragraph"],
    ),
    "a paragraph that does not exist": (
        change_in("c:segment-05", "c:paragraph-2", "c:paragraph-99"),
        ["[shapes] segment-05: Say in :inParagraph", "(inParagraph 'paragraph-99')"],
    ),
    "a weight above one": (
        change(VOCABULARY, ":weightCausal 0.6", ":weightCausal 1.6"),
        ["[shapes] randomisedTrial: Give one :weightCausal, a decimal from 0 to 1"],
    ),
    "a ceiling that is none": (
        change(VOCABULARY, ":ceiling :randomised", ":ceiling :low"),
        ["[shapes] reviewOfTrials: Give the study type one :ceiling", "(ceiling 'low')"],
    ),
    "a predicate is exported as a stronger one": (
        change(
            VOCABULARY,
            ":causes :biolinkPredicate biolink:associated_with",
            ":causes :biolinkPredicate biolink:causes",
        ),
        ["[shapes] causes: Make :biolinkPredicate biolink:associated_with"],
    ),
    "a direction is exported as a word of ours": (
        change(VOCABULARY, ':biolinkDirection "increased"', ':biolinkDirection "high"'),
        ["[shapes] high: Make :biolinkDirection increased or decreased"],
    ),
    "a direction that counts twice": (
        change_in(":high", ":value 1", ":value 2", VOCABULARY),
        ["[shapes] high: Make :value 1 or -1"],
    ),
    "a label in a language": (
        change(VOCABULARY, 'rdfs:label "causes"', 'rdfs:label "causes"@en'),
        ["[shapes] causes: Give it one rdfs:label, a plain string without a language"],
    ),
    "a wider predicate that is none": (
        change(VOCABULARY, "rdfs:subPropertyOf :associatedWith", "rdfs:subPropertyOf :zinc"),
        ["Make rdfs:subPropertyOf a wider :Predicate", "(subPropertyOf 'zinc')"],
    ),
    "a phrase without its gap": (
        change(VOCABULARY, ':phrase "low {}"', ':phrase "low"'),
        ["[shapes] phrase-level-low: Give one :phrase that holds {}"],
    ),
    "a misspelled property of a predicate": (
        change_in(":causes", "skos:closeMatch", "skos:closedMatch", VOCABULARY),
        ["[shapes] causes: A predicate has no such property", "(closedMatch "],
    ),
    "a misspelled property of an entity": (
        change_in(":zinc", "skos:altLabel", "skos:altLable", ENTITIES),
        ["[shapes] ontology: An entity has no such property", "(altLable 'zinc')"],
    ),
    "a match in a vocabulary that nobody knows": (
        change_in(":zinc", "mesh:D015032", "<https://example.org/zinc>", ENTITIES),
        ["[shapes] zinc: Match a term of an OBO ontology, MeSH or UMLS"],
    ),
    "a measure of what is no entity": (
        change_in(":red-cell-magnesium", ":measureOf :magnesium", ":measureOf :level", ENTITIES),
        ["[shapes] red-cell-magnesium: Make :measureOf the one entity", "(measureOf 'level')"],
    ),
    "an ontology without its caution": (
        change(VOCABULARY, ':caution "A map', ':caution "A map" ; :phrase "'),
        ["[shapes] ontology: Restore :caution"],
    ),
}


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the check prints with all these mistakes planted: they do not touch one another."""
    draft = copy_ontology(tmp_path_factory.mktemp("spoilt") / "ontology")
    for plant, _ in MISTAKES.values():
        plant(draft)
    return refused(draft)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_refused_by_its_shape(spoilt: str, mistake: str) -> None:
    for culprit in MISTAKES[mistake][1]:
        assert culprit in spoilt


def a_claim(compiled: Compiled) -> str:
    claims = compiled.documents[0].claims
    return next(claim.id for claim in claims if claim.name == "low-magnesium-miscarriage")


# What no file can say, since the build writes it: put into the graph itself.
ADDED: dict[str, tuple[str, str, ox.NamedNode | ox.Literal, str]] = {
    "a property of the evidence on a claim": (
        "", NG.dose, ox.Literal("x"), "(dose 'x')",
    ),
    "a misspelled property on a claim": (
        "", SKOS.note + "s", ox.Literal("x"), "(notes 'x')",
    ),
    "a second predicate": (
        "", NG.predicate, ox.NamedNode(BASE + "causes"), "miscarriage: Give one :predicate",
    ),
    "a co-exposure that is no entity": (
        "", NG.coExposure, ox.NamedNode(BASE + "level"), "Make each :coExposure an entity",
    ),
    "a second sign": ("", NG.sign, ox.Literal(1), "miscarriage: A sign is 1, -1 or 0"),
    "a second document": (
        "", NG.inDocument, ox.NamedNode(BASE + "zinc"), "miscarriage: It must lie in one :Document",
    ),
    "a property of the claim on its evidence": (
        "#evidence", NG.basis, ox.Literal("x"), "(evidence): Evidence has no such property",
    ),
    "a number for a printed figure": (
        "#evidence", NG.sampleSize, ox.Literal(12), "(evidence): Write :sampleSize as printed",
    ),
    "a second study type": (
        "#evidence", NG.studyType, ox.NamedNode(BASE + "cohort"), "(evidence): Make :studyType one",
    ),
    "two quotes in one": ("#quote", OA.exact, ox.Literal("x"), "(quote): Give one oa:exact"),
    "a start that is no number": (
        "#quote", NG.start, ox.Literal("70"), "(quote): Give one :start, the offset",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def found_added(compiled: Compiled) -> list[str]:
    store = ox.Store()
    store.extend(compiled.store)
    for part, predicate, value, _ in ADDED.values():
        subject = ox.NamedNode(a_claim(compiled) + part)
        store.add(ox.Quad(subject, ox.NamedNode(predicate), value))
    number, found = check.shapes(store, ONTOLOGY / SHAPES)
    assert number == len(check.kinds(compiled.store)) + 1  # and one for owl:Ontology
    return [str(item) for item in found]


@pytest.mark.parametrize("what", ADDED)
def test_a_closed_shape_refuses_what_is_added(found_added: list[str], what: str) -> None:
    assert [item for item in found_added if ADDED[what][3] in item]


def test_only_what_was_added_is_refused(found_added: list[str]) -> None:
    assert all(item.startswith("[shapes] low-magnesium-miscarriage") for item in found_added)
    assert all(any(end in item for _, _, _, end in ADDED.values()) for item in found_added)
