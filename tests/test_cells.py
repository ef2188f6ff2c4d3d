"""Cells of CSV and TSV: nothing that is written starts a formula, and nothing is lost by that."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nutrigraph import KnowledgeGraph
from nutrigraph.cells import line
from nutrigraph.exchange import guard, unguard

STARTS = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001
CELLS = st.text() | st.text(alphabet=STARTS + "'019.eEx") | st.floats().map(str)


def is_number(text: str) -> bool:
    return text.isascii() and "_" not in text and text.strip() == text and readable(text)


def readable(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip("+-")[:1] in set("0123456789.")


@given(CELLS)
def test_what_was_guarded_comes_back(cell: str) -> None:
    assert unguard(guard(cell)) == cell


@given(CELLS)
def test_no_guarded_cell_starts_a_formula(cell: str) -> None:
    told = guard(cell)
    assert told[:1] not in {*STARTS} or is_number(told)
    assert told in (cell, f"'{cell}")


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_plain_numbers_stay_numbers(number: float) -> None:
    assert guard(str(number)) == str(number)
    assert guard(f"{number:+}") == f"{number:+}"


@pytest.mark.parametrize("cell", ["-0.4", "+3", "-1.5e-10", "-.5", "5.", "", "zinc", "'tis", "a=b"])
def test_what_stays(cell: str) -> None:
    assert guard(cell) == unguard(cell) == cell


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+", "-", "- less", "-1-1", "-inf", "-0x10", "-1\n", "@SUM(A1)", "\t=1", "\r1", "'=1",
     "''+a", "-1_000", "-٣"],
)  # fmt: skip
def test_what_is_guarded(cell: str) -> None:
    assert guard(cell) == f"'{cell}"
    assert unguard(f"'{cell}") == cell


@given(st.lists(CELLS, min_size=2))
def test_a_line_is_read_as_it_was_written(cells: list[str]) -> None:
    for delimiter, end in ((",", "\r\n"), ("\t", "\n")):
        text = line(cells, delimiter=delimiter, end=end)
        (read,) = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        assert [unguard(cell) for cell in read] == cells
        assert text.endswith(end)


# Answers to SPARQL are tables too.

VALUES = ["=1+1", "@now", "-5", "- none", "\t=1", "'=1", "plain, with “commas”"]


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_no_answer_starts_a_formula(kg: KnowledgeGraph, form: str, delimiter: str) -> None:
    listed = " ".join('"' + value.replace("\t", r"\t") + '"' for value in VALUES)
    result = kg.query(f"SELECT ?x ?y {{ VALUES ?x {{ {listed} -7 :zinc '='@en }} BIND(?x AS ?y) }}")
    told = result.serialise(form)
    rows = list(csv.reader(io.StringIO(told, newline=""), delimiter=delimiter))
    assert len(rows) == len(VALUES) + 4
    for cell in (cell for row in rows for cell in row):
        assert cell[:1] not in {*STARTS} or is_number(cell)
    if form == "csv":
        assert [unguard(row[0]) for row in rows[1 : len(VALUES) + 1]] == VALUES
        assert rows[-3:] == [["-7"] * 2, ["https://w3id.org/nutrigraph/zinc"] * 2, ["'="] * 2]
    assert "'=1+1" not in result.serialise("json")
    assert "'=1+1" not in result.serialise("xml")


def test_an_answer_without_a_formula_is_as_the_engine_writes_it(kg: KnowledgeGraph) -> None:
    result = kg.query("SELECT ?x ?n { ?x a :Nutrient ; rdfs:label ?n } ORDER BY ?x")
    rows = "".join(f"{x.value},{n.value}\r\n" for x, n in result.rows)
    assert result.serialise("csv") == f"x,n\r\n{rows}"
    assert kg.query("ASK { :zinc a :Nutrient }").serialise("csv") == "true"
