"""Rows are counted and cut in what the engine writes, whatever the texts in them hold."""

import asyncio
import csv
import io
import json

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.looping import run_apart

from nutrigraph.gate import size as left_open
from nutrigraph.server.forms import Rows
from nutrigraph.server.negotiation import negotiate
from nutrigraph.server.places import Places, Ticket, Turned

FORMS = [
    ox.QueryResultsFormat.JSON,
    ox.QueryResultsFormat.XML,
    ox.QueryResultsFormat.CSV,
    ox.QueryResultsFormat.TSV,
]
TEXTS = st.lists(
    st.text(st.sampled_from('a"{}[],:<>/\\\r\n\t é'), max_size=12), min_size=1, max_size=12
)


def written(texts: list[str], form: ox.QueryResultsFormat) -> bytes:
    store = ox.Store()
    node = ox.NamedNode("x:s")
    for number, text in enumerate(texts):
        store.add(ox.Quad(node, ox.NamedNode(f"x:p{number}"), ox.Literal(text)))
    answer = store.query("SELECT ?o ?s { ?s ?p ?o }")
    assert isinstance(answer, ox.QuerySolutions)
    return answer.serialize(format=form) or b""


@given(texts=TEXTS, form=st.sampled_from(FORMS), size=st.integers(1, 9))
def test_rows_are_counted_in_parts_of_any_size(
    texts: list[str], form: ox.QueryResultsFormat, size: int
) -> None:
    data, rows = written(texts, form), Rows(form)
    for start in range(0, len(data), size):
        rows.count(data[start : start + size])
    # The last row of JSON is the only one with no other after it.
    assert rows.number == len(texts) - (form == ox.QueryResultsFormat.JSON)


@given(texts=TEXTS.filter(lambda texts: len(texts) > 2), form=st.sampled_from(FORMS))
def test_what_is_cut_reads_as_fewer_rows_and_says_so(
    texts: list[str], form: ox.QueryResultsFormat
) -> None:
    data, rows = written(texts, form), Rows(form)
    rows.count(data)
    cut = rows.cut(data, 1) + rows.mark("more than 1 row")
    assert b"truncated: more than 1 row" in cut
    if form == ox.QueryResultsFormat.JSON:
        assert len(json.loads(cut)["results"]["bindings"]) == 1
    elif form == ox.QueryResultsFormat.XML:
        answer = ox.parse_query_results(cut, format=form)
        assert isinstance(answer, ox.QuerySolutions)
        assert len(list(answer)) == 1
    elif not any("\r\n" in text for text in texts):
        lines = list(csv.reader(io.StringIO(cut.decode(), newline="")))
        assert lines[-1][0].startswith("# truncated")


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        (None, "a/x"),
        ("", "a/x"),
        ("*/*", "a/x"),
        ("b/y", "b/y"),
        ("B/Y", "b/y"),
        ("a/*;q=0.2, b/*", "b/y"),
        ("a/x;q=0, */*", "b/y"),
        ("a/x;q=0", None),
        ("c/z", None),
        ("nonsense", None),
        ("b/y;charset=utf-8;q=0.9, a/x;q=0.8", "b/y"),
    ],
)
def test_the_form_that_is_liked_best(accept: str | None, found: str | None) -> None:
    assert negotiate(accept, ["a/x", "b/y"]) == found


def test_what_is_left_open_is_counted_outside_of_texts() -> None:
    assert left_open("ASK {}") == 0
    assert left_open("SELECT ?x { ?x $y '?z' <x:?u> } # ?v") == 2
    assert left_open("SELECT ?x { ?x ?p ?x }") == 2
    assert left_open("ASK { :a :p* [] }") == 2


def test_the_smallest_goes_first_and_the_largest_is_turned_away() -> None:
    async def run() -> list[str]:
        places, done = Places(1, 2), list[str]()

        async def ask(name: str, size: int) -> None:
            try:
                await places.take(Ticket(size, client="one"))
            except Turned as turned:
                done.append(f"{name} turned away{', greedy' if turned.greedy else ''}")
                return
            done.append(name)

        await ask("first", 9)
        waiting = []
        for name, size in (("large", 8), ("small", 1), ("middle", 4)):
            waiting.append(asyncio.create_task(ask(name, size)))
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        for _ in range(3):
            places.give_back()
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)
        assert (places.free, len(places)) == (1, 0)
        return done

    assert run_apart(run()) == ["first", "large turned away, greedy", "small", "middle"]
