"""Findings out as a sheet and in again: the same claims, and no cell that starts a formula."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.generated import NASTY
from tests.ontologies import ONTOLOGY, copy_ontology, run
from tests.sheets import GOOD, read, row, table

import nutrigraph
from nutrigraph import KnowledgeGraph
from nutrigraph.build import retractions
from nutrigraph.cells import guard, unguard
from nutrigraph.model import Claim, Document, Source
from nutrigraph.sheets import FIELDS, Sheet, SheetMapping, read_sheet, write_sheet
from nutrigraph.sheets.table import mistrust
from nutrigraph.sheets.writing import COLUMNS

SLUG = "pregnancy-findings"


def exported(graph: KnowledgeGraph, document: str | None = None) -> str:
    return "".join(graph.export("sheet", document=document))


def plain(claim: Claim) -> Claim:
    """A claim but for the document that it stands in."""
    paragraph = (claim.paragraph or "").partition("#")[2]
    return replace(claim, id="", document="", document_title="", paragraph=paragraph)


def same(found: Document, meant: Document) -> None:
    assert list(map(plain, found.claims)) == list(map(plain, meant.claims))
    voices = (
        {item.id.partition("#")[2]: (item.label, item.sources) for item in home.paragraphs}
        for home in (found, meant)
    )
    assert next(voices) == next(voices)
    assert found.mentioned == meant.mentioned


@pytest.fixture(scope="module")
def real(kg: KnowledgeGraph) -> Document:
    return next(home for home in kg.documents if home.slug == SLUG)


@pytest.fixture(scope="module")
def file(kg: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sheet") / "findings.tsv"
    path.write_bytes(exported(kg).encode())
    return path


def test_every_finding_is_a_row_in_canonical_columns(kg: KnowledgeGraph, real: Document) -> None:
    text = exported(kg)
    frame = pandas.read_csv(io.StringIO(text), sep="\t", dtype=str, keep_default_na=False)
    assert tuple(frame.columns) == COLUMNS
    assert set(COLUMNS) < set(FIELDS)
    assert [unguard(cell) for cell in frame["finding"]] == [c.finding for c in real.claims]
    assert len(frame) == len([c for c in kg.claims() if c.basis == "finding"]) == 330
    for cell in frame.to_numpy().ravel():
        number = cell.lstrip("+-").replace(".", "", 1).isdigit()
        assert number or cell[:1] not in {*"=+-@\t\r"}
    assert exported(kg, SLUG) == text
    assert exported(kg, "magnesium-and-miscarriage").count("\n") == 1


def test_out_and_in_and_out_again_is_the_same(
    kg: KnowledgeGraph, real: Document, file: Path, tmp_path: Path
) -> None:
    """Into a store whose ontology holds no findings, and knows none of their papers."""
    other = copy_ontology(tmp_path / "ontology")
    for item in (other.folder / "findings").iterdir():
        item.unlink()
    target = tmp_path / "store"
    words = ("import", "sheet", file, "--slug", "again", "--store", target)
    done = run(*words, ontology=other.folder)
    assert done.exit_code == 0, done.output
    assert "330 rows, 0 bad, 330 claims" in done.stdout
    graph = nutrigraph.open(target)
    same(next(home for home in graph.documents if home.slug == "again"), real)
    assert exported(graph, "again") == exported(kg, SLUG)
    printed = run("export", "sheet", "--document", "again", "--store", target)
    assert printed.stdout_bytes == file.read_bytes()
    assert kg.vocabulary.caution in printed.stderr


def as_workbook(file: Path, target: Path) -> Path:
    """The sheet as Excel keeps it."""
    book = openpyxl.Workbook()
    frame = pandas.read_csv(file, sep="\t", dtype=str, keep_default_na=False)
    assert book.active is not None
    book.active.append(list(frame.columns))
    for cells in frame.itertuples(index=False):
        book.active.append([cell or None for cell in cells])
    book.save(target)
    return target


def as_csv(file: Path, target: Path) -> Path:
    """The sheet as pandas writes it."""
    pandas.read_csv(file, sep="\t", dtype=str, keep_default_na=False).to_csv(target, index=False)
    return target


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_other_tables_of_it_say_the_same(
    kind: str, kg: KnowledgeGraph, real: Document, file: Path, tmp_path: Path
) -> None:
    target = tmp_path / f"again.{kind}"
    page = (s for item in kg.documents[0].paragraphs for s in item.sources)
    known = {key: paper for paper in page for key in paper.keys}
    written = (as_csv if kind == "csv" else as_workbook)(file, target)
    sheet = read(written, kg, known=known, retracted=retractions(ONTOLOGY))
    assert sheet.problems == []
    same(sheet.document(sheet.claims()), real)


def one_paper(sheet: Sheet) -> Source:
    [paper] = sheet.papers.all()
    return paper


def cells_of(text: str) -> dict[str, str]:
    [cells] = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter="\t")
    return cells


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("zinc, given", "zinc, given"),
        ("zinc | copper", "https://w3id.org/nutrigraph/zinc"),
        (" zinc", "https://w3id.org/nutrigraph/zinc"),
        ("Magnesium", "https://w3id.org/nutrigraph/zinc"),
    ],
)
def test_a_thing_is_named_so_that_it_is_found_again(
    label: str, written: str, tmp_path: Path, kg: KnowledgeGraph
) -> None:
    """By its label where that is plain and its own, else by its IRI."""
    document = (sheet := read(table(tmp_path / "sheet.tsv", [GOOD]), kg)).document(sheet.claims())
    zinc = kg.entity("zinc")
    entities = kg.entities | {zinc.id: replace(zinc, label=label)}
    text = "".join(write_sheet([document], entities, kg.content.terms))
    assert cells_of(text)["subject"] == written
    path = tmp_path / "again.tsv"
    path.write_text(text, encoding="utf-8")
    again = read_sheet(path, SheetMapping(), "x", kg.vocabulary, entities, kg.content.terms)
    assert [claim.subject for claim in again.claims()] == [zinc.id]


@pytest.mark.parametrize("place", ["Magnes Res 1994;7:49-57", "Magnes Res 1994", "1994", None])
def test_a_paper_keeps_where_it_stands(place: str, tmp_path: Path, kg: KnowledgeGraph) -> None:
    first = read(table(tmp_path / "sheet.tsv", [row(year="1994")]), kg)
    paper = replace(one_paper(first), citation=place)
    claims = [replace(claim, sources=(paper,)) for claim in first.claims()]
    document = replace(first.document(claims), paragraphs=())
    path = tmp_path / "again.tsv"
    lines = write_sheet([document], kg.entities, kg.content.terms)
    path.write_text("".join(lines), encoding="utf-8")
    assert one_paper(read(path, kg)).citation == (place or "1994")


#### Rows that are made up

NOTES = (st.sampled_from(NASTY) | st.text(max_size=12)).filter(
    lambda it: mistrust(guard(it)) is None
)
"""What anyone may write into a cell, as a spreadsheet that is careful writes it."""
DOIS = ("10.1000/one", "10.1000/two", "10.1000/three(3)")


def said(sheet: Sheet, kg: KnowledgeGraph) -> tuple[Document, str]:
    document = sheet.document(sheet.claims())
    return document, "".join(write_sheet([document], kg.entities, kg.content.terms))


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, str]]:
    """Rows of three papers: free words in every cell that takes them, paper by paper one link."""
    free = ("note", "population", "dose", "timing", "comparison", "outcome_detail", "doubt")
    links = {doi: draw(st.sampled_from(["", *DOIS, "10.1000/other", "123"])) for doi in DOIS}
    names = {doi: guard(draw(NOTES)) for doi in DOIS}
    found = []
    for number in range(draw(st.integers(1, 4))):
        doi = draw(st.sampled_from(DOIS))
        more = {name: guard(draw(NOTES)) for name in free} | {"finding": f"f{number}", "doi": doi}
        more |= dict.fromkeys(("title", "authors", "journal", "paper_note"), names[doi])
        more["negated"] = draw(st.sampled_from(["", "false"]))
        more["analysis"] = draw(st.sampled_from(["", "main", "subgroup"]))
        more["subject"] = draw(st.sampled_from(["zinc", "Zinc"]))
        more["co_exposures"] = draw(st.sampled_from(["", "magnesium", "iron | magnesium"]))
        more["superseded_by"] = links[doi] if links[doi] != doi and draw(st.booleans()) else ""
        more["may_pool"] = draw(st.sampled_from(["", "10.1000/pooled|10.1000/other"]))
        found.append(row(**more))
    return found


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=rows())
def test_whatever_enters_comes_back(
    made: list[dict[str, str]], kg: KnowledgeGraph, tmp_path: Path
) -> None:
    """Bad rows stay out, and what the good ones say is the same after a journey."""
    sheet = read(table(tmp_path / "made.tsv", made), kg)
    document, text = said(sheet, kg)
    path = tmp_path / "again.tsv"
    path.write_bytes(text.encode())
    again = read(path, kg)
    assert again.problems == []
    assert again.rows == sheet.rows - len(sheet.wrong)
    assume(again.rows)
    found, told = said(again, kg)
    same(found, document)
    assert told == text


def test_what_rows_say_of_their_paper_is_taken(tmp_path: Path, kg: KnowledgeGraph) -> None:
    links = {
        "registration": "NCT1", "superseded_by": "https://doi.org/10.1000/New",
        "may_pool": "10.1000/b | 77", "paper_note": "a preprint",
    }  # fmt: skip
    second = row(finding="second", population="others")
    sheet = read(table(tmp_path / "sheet.tsv", [row(**links), second]), kg)
    assert sheet.problems == []
    paper = one_paper(sheet)
    assert (paper.registration, paper.note) == ("NCT1", "a preprint")
    named = {other.id: other for other in sheet.mentioned}
    assert paper.superseded_by
    assert named[paper.superseded_by].doi == "10.1000/new"
    assert {(named[iri].doi, named[iri].pmid) for iri in paper.may_pool} == {
        ("10.1000/b", None),
        (None, "77"),
    }
    assert all(claim.sources == (paper,) for claim in sheet.claims())


WRONG = {
    "another registration": ({"registration": "NCT2"}, "registration", "'NCT1' of this paper"),
    "no paper": ({"may_pool": "10.1000/b|Smith 2001"}, "may_pool", "is no DOI, PubMed"),
    "two successors": ({"superseded_by": "10.1000/b|7"}, "superseded_by", "several papers"),
    "itself": ({"superseded_by": GOOD["doi"]}, "superseded_by", "the paper itself"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_rows_say_wrong_of_their_paper_is_told(
    name: str, tmp_path: Path, kg: KnowledgeGraph
) -> None:
    links, column, words = WRONG[name]
    first = row(registration="NCT1")
    second = row(finding="second", population="others", **links)
    sheet = read(table(tmp_path / "sheet.tsv", [first, second]), kg)
    [problem] = sheet.problems
    assert (problem.row, problem.column) == (3, column)
    assert words in problem.message


def test_the_same_in_other_words_is_still_told_twice(tmp_path: Path, kg: KnowledgeGraph) -> None:
    again = row(finding="second", subject="Zinc", negated="false", analysis="main")
    sheet = read(table(tmp_path / "sheet.tsv", [GOOD, again]), kg)
    assert "says the same as row 2" in sheet.problems[0].message
