"""Exports of what the graph refers to: the mappings as SSSOM, and the papers."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware

import nutrigraph
from nutrigraph import KnowledgeGraph
from nutrigraph.exchange import CITATION_FORMATS, cite
from nutrigraph.terms import BASE, PREFIXES, VERSION


def exported(graph: KnowledgeGraph, form: str) -> str:
    return "".join(graph.export(form))


# SSSOM, after https://mapping-commons.github.io/sssom/spec-formats-tsv

BUILT_IN = {"skos": PREFIXES["skos"], "semapv": "https://w3id.org/semapv/vocab/"}
REQUIRED = (
    *("mapping_set_id", "mapping_set_version", "mapping_set_title", "mapping_set_description"),
    *("creator_label", "license", "subject_source", "subject_source_version", "publication_date"),
    "comment",
)
"""What stands before the rows, in the order of the model."""
REQUIRED_COLUMNS = ("subject_id", "predicate_id", "object_id", "mapping_justification")
ENTITIES = ("subject_id", "predicate_id", "object_id", "mapping_justification")


def scalar(text: str) -> str:
    if text.startswith('"'):
        return str(json.loads(text))
    assert not re.search(r": | #|:$|^[\W\d]", text), f"{text} is no plain YAML"
    return text


def read_sssom(text: str) -> tuple[dict[str, str], dict[str, str], list[dict[str, str]]]:
    """Return the CURIE map, the other slots and the rows; fail on what the format forbids."""
    assert not text.startswith("\ufeff")
    assert "\r" not in text
    head = re.match(r"(?:#.*\n)+", text)
    assert head is not None
    first, *lines = [item[1:] for item in head[0].splitlines()]
    assert first == "curie_map:"
    # A list is one slot here, its members joined.
    joined = re.sub(r":\n  - ", ": ", "\n".join(lines)).replace("\n  - ", "|").splitlines()
    pairs = [re.fullmatch(r"(  )?(\w+): (.+)", item) for item in joined]
    parted = [(pair[1], pair[2], scalar(pair[3])) for pair in pairs if pair]
    assert len(parted) == len(joined)
    prefixes = {name: value for inner, name, value in parted if inner}
    slots = {name: value for inner, name, value in parted if not inner}
    assert list(prefixes) == sorted(prefixes)
    assert not prefixes.keys() & BUILT_IN.keys()
    assert tuple(slots) == REQUIRED
    assert all(slots.values())
    rows = list(csv.DictReader(io.StringIO(text[head.end() :]), delimiter="\t", strict=True))
    for row in rows:
        assert None not in row
        assert all(row[name] for name in REQUIRED_COLUMNS)
        assert all(re.fullmatch(r"[A-Za-z]\w*:\S+", row[name]) for name in ENTITIES)
    return prefixes, slots, rows


def test_sssom_holds_every_mapping_of_the_graph(kg: KnowledgeGraph) -> None:
    prefixes, slots, rows = read_sssom(exported(kg, "sssom"))
    names = prefixes | BUILT_IN

    def whole(curie: str) -> str:
        prefix, _, rest = curie.partition(":")
        return names[prefix] + rest

    found = {
        (whole(row["subject_id"]), whole(row["predicate_id"]), whole(row["object_id"]))
        for row in rows
    }
    assert len(found) == len(rows)
    skos = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
    mapped = " ".join([*(f"skos:{name}" for name in skos), ":quantityOf"])
    asked = kg.query(f"SELECT ?s ?p ?o {{ VALUES ?p {{ {mapped} }} ?s ?p ?o }}", asserted=True)
    assert found == {tuple(term.value for term in row) for row in asked.rows}
    used = {row[name].partition(":")[0] for row in rows for name in ENTITIES}
    assert used | {"nutrigraph"} == {*prefixes, *BUILT_IN}
    assert {row["mapping_justification"] for row in rows} == {"semapv:ManualMappingCuration"}
    assert whole(slots["subject_source"]) == f"{BASE}ontology"
    assert slots["comment"] == kg.vocabulary.caution
    assert slots["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert slots["mapping_set_version"] == slots["subject_source_version"] == VERSION
    assert slots["creator_label"] == "Nutrigraph maintainers"
    assert date.fromisoformat(slots["publication_date"]).year >= 2026


def test_sssom_names_entities_terms_and_what_they_map_to(kg: KnowledgeGraph) -> None:
    _, _, rows = read_sssom(exported(kg, "sssom"))
    short = {(row["subject_id"], row["predicate_id"], row["object_id"]): row for row in rows}
    same = short["nutrigraph:magnesium", "skos:exactMatch", "MESH:D008274"]
    assert (same["subject_label"], same["object_label"]) == ("magnesium", "Magnesium")
    amount = short["nutrigraph:magnesium", "nutrigraph:quantityOf", "CHEBI:18420"]
    assert amount["object_label"] == "magnesium(2+)"
    for term in kg.content.terms:
        labelled = [row for row in rows if row["subject_label"] == term.label]
        assert len(labelled) >= len(term.mappings)
    mapped = {iri: {item.iri for item in entity.mappings} for iri, entity in kg.entities.items()}
    for row in rows:
        iri = BASE + row["subject_id"].removeprefix("nutrigraph:")
        assert iri not in mapped or row["subject_label"] == kg.entities[iri].label


def test_sssom_takes_vocabularies_that_nobody_knows_and_guards_labels(
    kg: KnowledgeGraph, tmp_path: Path
) -> None:
    more = (
        f"<{BASE}zinc> <{PREFIXES['skos']}closeMatch> <http://a.example/b#c> .\n"
        f"<{BASE}zinc> <{PREFIXES['skos']}closeMatch> <http://a.example/b#d> .\n"
        f"<{BASE}zinc> <{PREFIXES['skos']}closeMatch> <https://other.example/7> .\n"
        f'<http://a.example/b#c> <{PREFIXES["rdfs"]}label> "=1+1\\t\\"x\\"" .\n'
    )
    file = tmp_path / "more.nq"
    file.write_text(exported(kg, "nquads") + more, encoding="utf-8")
    prefixes, _, rows = read_sssom(exported(nutrigraph.open(file), "sssom"))
    assert prefixes["ns1"] == "http://a.example/b#"
    assert prefixes["ns2"] == "https://other.example/"
    labels = {row["object_id"]: row["object_label"] for row in rows}
    assert (labels["ns1:c"], labels["ns1:d"], labels["ns2:7"]) == ('\'=1+1\t"x"', "", "")


# Citations


def all_papers(kg: KnowledgeGraph, slug: str | None = None) -> dict[str, Any]:
    return {
        source.id.rsplit("/", 1)[-1].removeprefix("paper-"): source
        for home in kg.documents
        if slug in (None, home.slug)
        for paragraph in home.paragraphs
        for source in paragraph.sources
    }


def test_bibtex_of_all_papers_is_read_by_bibtexparser(kg: KnowledgeGraph) -> None:
    library = parse_string(exported(kg, "bibtex"), append_middleware=[LatexDecodingMiddleware()])
    papers = all_papers(kg)
    assert library.failed_blocks == []
    assert {entry.key for entry in library.entries} == set(papers)
    for entry in library.entries:
        fields = {field.key: field.value for field in entry.fields}
        paper = papers[entry.key]
        assert fields["title"] == (paper.title or paper.label)
        assert fields.get("doi") == paper.doi
        assert fields.get("pmid") == paper.pmid
        assert fields.get("year") == (str(paper.year) if paper.year else None)
        assert paper.relation in fields["note"]


def test_ris_of_all_papers_is_read_by_rispy(kg: KnowledgeGraph) -> None:
    papers = all_papers(kg)
    records = {record["id"]: record for record in rispy.loads(exported(kg, "ris"))}
    assert set(records) == set(papers)
    for key, record in records.items():
        paper = papers[key]
        assert record["title"] == (paper.title or paper.label)
        assert record.get("doi") == paper.doi
        assert record.get("accession_number") == (f"PMID:{paper.pmid}" if paper.pmid else None)
        assert len(record.get("authors", [])) == len(
            [*filter(None, (paper.authors or "").split(","))]
        )
        assert paper.relation in record["notes"][0]


def test_csl_json_of_all_papers_names_each_once(kg: KnowledgeGraph) -> None:
    papers = all_papers(kg)
    records = json.loads(exported(kg, "csl-json"))
    assert {record["id"]: record["title"] for record in records} == {
        key: paper.title or paper.label for key, paper in papers.items()
    }
    assert len(records) == len(papers)


def test_papers_of_two_documents_are_cited_once(kg: KnowledgeGraph) -> None:
    page, sheet = (all_papers(kg, home.slug) for home in kg.documents)
    assert len(sheet) == 173
    assert page.keys() & sheet.keys()
    for form in CITATION_FORMATS:
        text = exported(kg, form)
        assert text.count("is_source_of") + text.count(r"is\_source\_of") >= len(sheet)
    records = json.loads(exported(kg, "csl-json"))
    assert len(records) == len(page.keys() | sheet.keys())
    assert len(json.loads("".join(kg.export("csl-json", document=kg.documents[1].slug)))) == 173


@pytest.mark.parametrize("turned", [False, True])
def test_a_paper_is_cited_with_what_each_document_tells(kg: KnowledgeGraph, turned: bool) -> None:
    paper = next(paper for paper in all_papers(kg).values() if paper.doi and paper.title)
    tellings = [
        replace(paper, pmid="7", doi=None, relation="supports"),
        replace(paper, pmid=None, retracted=True, relation="is_source_of"),
    ]
    [record] = json.loads(cite(tellings[::-1] if turned else tellings, "csl-json"))
    assert (record["PMID"], record["DOI"]) == ("7", paper.doi)
    assert record["note"] == "is_source_of; supports; retracted"


def test_papers_whose_names_end_alike_have_keys_of_their_own(kg: KnowledgeGraph) -> None:
    paper = next(iter(all_papers(kg).values()))
    alike = [replace(paper, id=f"https://example.org/{place}/7") for place in ("one", "two")]
    assert [record["id"] for record in json.loads(cite(alike, "csl-json"))] == ["7", "7-2"]


def test_a_retracted_paper_is_cited_as_one(kg: KnowledgeGraph) -> None:
    paper = next(iter(all_papers(kg).values()))
    for form in CITATION_FORMATS:
        assert "retracted" not in cite([paper], form)
        assert "; retracted" in cite([replace(paper, retracted=True)], form)
