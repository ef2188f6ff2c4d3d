"""KGX out and in: the same claims, in tables that are safe to open, true to their source."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generated import NASTY, TEXTS, documents, entities

import nutrigraph
from nutrigraph.cells import guard, unguard
from nutrigraph.content import Content
from nutrigraph.exchange import read_kgx, write_kgx
from nutrigraph.exchange.kgx import core_predicate, kgx_tables
from nutrigraph.exchange.kgx_columns import COLUMNS, EDGES, HINTS, NODES, expand, shorten
from nutrigraph.exchange.tsv import Value, read_table, write_table
from nutrigraph.model import (
    Claim,
    Document,
    Effect,
    Entity,
    Evidence,
    Quote,
    Source,
)

DOCS = Path(__file__).resolve().parent.parent / "docs"
FORMULA = re.compile(r"[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
ASSOCIATED, RELATED = "biolink:associated_with", "biolink:related_to"


def without_text(document: Document) -> Document:
    """What KGX can say of a document."""
    return replace(document, text="", no_claims=(), segments=())


def rows(text: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    return list(reader)


@pytest.fixture(scope="module")
def content(kg: nutrigraph.KnowledgeGraph) -> Content:
    return kg.content


@pytest.fixture(scope="module")
def made_up(content: Content) -> st.SearchStrategy[Document]:
    """Documents to draw: made once, since each draws from the whole vocabulary."""
    return documents(content)


@pytest.fixture(scope="module")
def folder(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real graph as KGX."""
    made = tmp_path_factory.mktemp("kgx")
    write_kgx(content, made)
    return made


def back(content: Content, folder: Path) -> tuple[dict[str, Entity], tuple[Document, ...]]:
    write_kgx(content, folder)
    return read_kgx(folder / "nodes.tsv", folder / "edges.tsv", content.vocabulary)


def test_the_real_graph_comes_back(content: Content, folder: Path) -> None:
    found, homes = read_kgx(folder / "nodes.tsv", folder / "edges.tsv", content.vocabulary)
    assert found == content.entities
    assert homes == tuple(map(without_text, content.documents))
    assert sum(len(home.claims) for home in homes) == len(rows(kgx_tables(content).edges)) > 0


@given(data=st.data(), entity=entities())
def test_generated_claims_come_back(
    data: st.DataObject,
    entity: Entity,
    made_up: st.SearchStrategy[Document],
    content: Content,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    document = data.draw(made_up)
    known = content.entities | {entity.id: entity}
    more = replace(content, documents=(document,), entities=known)
    folder = tmp_path_factory.mktemp("made")
    found, homes = back(more, folder)
    assert homes == (document,)
    assert found == known
    for file in ("nodes.tsv", "edges.tsv"):
        text = (folder / file).read_text(encoding="utf-8")
        assert text.count("\n") == len(text.splitlines())
        for cell in re.split("[\t\n]", text):
            assert NUMBER.fullmatch(cell) or not FORMULA.match(cell)
    assert_reads_true(more)


@given(table=st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=3).map(tuple)), max_size=4))
def test_any_cell_comes_back(
    table: list[tuple[str, Value]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("table") / "any.tsv"
    text = write_table(["one", "several"], ({"one": a, "several": b} for a, b in table))
    file.write_bytes(text.encode())
    columns, found, wrong = read_table(file)
    assert (columns, wrong) == (["one", "several"], [])
    assert [(row.one("one"), row.several("several")) for row in found] == table


@given(st.text() | st.sampled_from(NASTY))
def test_a_guarded_cell_is_no_formula_and_comes_back(cell: str) -> None:
    guarded = guard(cell)
    assert unguard(guarded) == cell
    assert NUMBER.fullmatch(guarded) or not FORMULA.match(guarded)


@pytest.mark.parametrize("quoting", [csv.QUOTE_NONE, csv.QUOTE_MINIMAL])
def test_pandas_reads_it(quoting: Literal[0, 3], content: Content, folder: Path) -> None:
    tables = kgx_tables(content)
    for name, text in (("nodes", tables.nodes), ("edges", tables.edges)):
        frame = pd.read_csv(
            folder / f"{name}.tsv", sep="\t", dtype=str, keep_default_na=False, quoting=quoting
        )
        assert frame.to_dict("records") == rows(text)
        assert frame["id"].is_unique
    ids = {row["id"] for row in rows(tables.nodes)}
    assert {row[end] for row in rows(tables.edges) for end in ("subject", "object")} <= ids


def assert_reads_true(content: Content) -> None:
    """Subject, predicate and object alone say no more than the claim."""
    said = {row["id"]: row for row in rows(kgx_tables(content).edges)}
    loose = {"listedWith", "followedBy", "deficiencyCommonIn", "treats", "canPrevent"}
    for document in content.documents:
        for claim in document.claims:
            row, papers = said[shorten(claim.id)], [p for p in claim.sources if p.gives_evidence]
            told = claim.evidence
            shows = (
                claim.modality == "stated"
                and not claim.negated
                and claim.basis in ("text", "finding")
                and claim.study_type != "case-series"
                and claim.predicate.rsplit("/", 1)[-1] not in loose
                and not (papers and all(it.retracted or it.superseded_by for it in papers))
                and not (told and (told.analysis or told.outcome_role))
                and not (told and told.significance == "no")
            )
            assert row["predicate"] == (ASSOCIATED if shows else RELATED)
            assert row["negated"] == str(claim.negated).lower()
            assert shows or row["qualified_predicate"] == ""
            if not shows and not claim.negated and claim.modality != "stated":
                assert row["knowledge_level"] == "not_provided"


def test_the_core_triple_stays_true_in_every_row(content: Content) -> None:
    assert_reads_true(content)
    said = {row["predicate"] for row in rows(kgx_tables(content).edges)}
    assert said == {ASSOCIATED, RELATED}


def paper_told(**changes: Any) -> Callable[[Claim], Claim]:
    return lambda claim: replace(
        claim, sources=tuple(replace(source, **changes) for source in claim.sources)
    )


def evidence_told(**changes: Any) -> Callable[[Claim], Claim]:
    return lambda claim: replace(claim, evidence=replace(claim.evidence or Evidence(), **changes))


WEAKER: dict[str, Callable[[Claim], Claim]] = {
    "retracted": paper_told(retracted=True),
    "superseded": paper_told(superseded_by="https://w3id.org/nutrigraph/paper-newer"),
    "subgroup": evidence_told(analysis="subgroup"),
    "secondary analysis": evidence_told(analysis="secondary"),
    "marker": evidence_told(outcome_role="surrogate"),
    "not significant": evidence_told(significance="no"),
    "no comparison group": evidence_told(study_type="case-series"),
    "null": lambda claim: replace(claim, negated=True),
    "hedge": lambda claim: replace(claim, modality="suggested"),
    "edge of a graph": lambda claim: replace(claim, basis="source"),
    "headline": lambda claim: replace(claim, basis="headline"),
}


@pytest.mark.parametrize("name", WEAKER)
def test_what_weakens_a_claim_weakens_its_core(name: str, content: Content) -> None:
    claims = [
        claim
        for document in content.documents
        for claim in document.claims
        if any(source.gives_evidence for source in claim.sources)
        and core_predicate(claim, content.vocabulary) == ASSOCIATED
    ]
    assert {claim.basis for claim in claims} == {"text", "finding"}
    for claim in claims:
        assert core_predicate(WEAKER[name](claim), content.vocabulary) == RELATED


def test_a_bound_is_no_value_of_p(content: Content) -> None:
    printed = {row["nutrigraph:p_value"]: row["p_value"] for row in rows(kgx_tables(content).edges)}
    assert printed["P < 0.0001"] == ""


def test_qualified_edges_read_right(content: Content) -> None:
    """Where a stronger predicate stands between the sides, each side points where it should."""
    found = [row for row in rows(kgx_tables(content).edges) if row["qualified_predicate"]]
    assert found
    words = {"low": "decreased", "decreased": "decreased", "absent": "decreased"}
    for row in found:
        for side in ("subject", "object"):
            way = row[f"nutrigraph:{side}_direction"]
            if way in words:
                assert row[f"{side}_direction_qualifier"] == words[way]


def test_every_field_has_a_column_and_a_type_that_is_read() -> None:
    types = {str, bool, int, str | None, int | None, tuple[str, ...]}
    for record in (Claim, Evidence, Effect, Quote, Source):
        columns = COLUMNS[record]
        assert {HINTS[record][name] for name in columns} <= types
        special = {"id"} if record is Source else set()
        where = NODES if record is Source else EDGES
        assert {column for name, column in columns.items() if name not in special} <= set(where)
    assert len(set(EDGES)) == len(EDGES)
    assert len(set(NODES)) == len(NODES)
    assert {item.name for item in fields(Evidence)} - COLUMNS[Evidence].keys() == {
        "species",
        "effect",
    }


@pytest.mark.parametrize(
    "iri",
    [
        *("https://w3id.org/nutrigraph/zinc", "http://purl.obolibrary.org/obo/MONDO_0005015"),
        *("http://purl.obolibrary.org/obo/odd", "http://id.nlm.nih.gov/mesh/D008274"),
        *("https://example.org/x", "urn:uuid:1", "http://purl.obolibrary.org/obo/A_1_2"),
    ],
)
def test_curies_expand_to_what_was_shortened(iri: str) -> None:
    assert expand(shorten(iri)) == iri


def test_the_same_graph_gives_the_same_bytes(content: Content) -> None:
    turned = replace(
        content,
        entities=dict(reversed(content.entities.items())),
        documents=tuple(
            replace(home, claims=home.claims[::-1], paragraphs=home.paragraphs[::-1])
            for home in content.documents
        ),
    )
    assert kgx_tables(turned) == kgx_tables(content)


def test_the_page_names_every_column() -> None:
    text = (DOCS / "exchange.md").read_text(encoding="utf-8")
    for column in {*NODES, *EDGES}:
        if not column.startswith("nutrigraph:"):
            assert f"`{column}`" in text, column
