"""How a graph lies on an engine, told apart; and what is read whole, which nothing may cut."""

from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from tests.misbehaving import TRUE, Server, engine, reply, serve

import nutrigraph
from nutrigraph.cli import main
from nutrigraph.errors import QueryError, StoreError
from nutrigraph.remote import open_remote
from nutrigraph.remote import store as stores
from nutrigraph.store import Dataset, open_store
from nutrigraph.terms import ASSERTED, BASE, DCTERMS, INFERRED, NG, RDF, SOURCES

GRAPH = "http://example.org/g"
DOCUMENT = f"{BASE}document/one"
ANY = Dataset((GRAPH,), (GRAPH,))


def pushed(store: Path) -> ox.Store:
    """A store as it lies on an engine to which it was pushed."""
    there = ox.Store()
    for quad in open_store(store).quads():
        home = ox.NamedNode(ASSERTED) if quad.graph_name == ox.DefaultGraph() else quad.graph_name
        there.add(ox.Quad(quad.subject, quad.predicate, quad.object, home))
    return there


def datasets(server: Server) -> list[tuple[list[str], list[str]]]:
    """The datasets that were named in the requests."""
    return [
        (asked.form.get("default-graph-uri", []), asked.form.get("named-graph-uri", []))
        for asked in server.asked
    ]


def opened(server: Server) -> nutrigraph.KnowledgeGraph:
    return nutrigraph.open(server.url)


def test_a_pushed_graph_is_asked_by_the_names_of_its_graphs(store: Path) -> None:
    follows = "ASK { :magnesium :deficiencyAssociatedWith :insulin-resistance }"
    with serve(engine(pushed(store))) as server:
        kg = opened(server)
        assert kg.query(follows)
        assert not kg.query(follows, asserted=True)
        first, second, third = datasets(server)
    assert first == ([], [])
    assert second[0] == [ASSERTED, INFERRED]
    assert ASSERTED not in second[1]
    assert f"{BASE}document/magnesium-and-miscarriage" in second[1]
    assert third == ([ASSERTED], second[1])


def test_a_query_that_names_its_graphs_and_a_dataset_go_as_they_are(store: Path) -> None:
    with serve(engine(pushed(store))) as server:
        kg = opened(server)
        assert kg.query(f"ASK FROM <{ASSERTED}> {{ :magnesium ?p ?o }}")
        assert not kg.store.query("ASK { :magnesium ?p ?o }", dataset=ANY)
        assert datasets(server) == [([], []), ([GRAPH], [GRAPH])]


def test_a_default_graph_without_a_name(store: Path) -> None:
    raw = open_store(store).raw
    with serve(engine(raw)) as server:
        kg = opened(server)
        assert kg.query("ASK { :magnesium a :Nutrient }")
        with pytest.raises(QueryError, match="load the graph there with `nutrigraph push`"):
            kg.query("ASK { :magnesium ?p ?o }", asserted=True)
        assert len(server.asked) == 3
        here, there = nutrigraph.open(store), kg.paths("magnesium", "miscarriage")
        assert there.paths == here.paths("magnesium", "miscarriage").paths


def test_what_is_none_of_ours_can_be_asked_and_is_not_read() -> None:
    raw = ox.Store()
    raw.load(b"<http://e/a> <http://e/b> 1 , 2 , 3 .", format=ox.RdfFormat.TURTLE)
    with serve(engine(raw)) as server:
        assert len(opened(server).query("SELECT * { ?s ?p ?o }")) == 3
        before = len(server.asked)
        for command in (["claims"], ["paths", "magnesium", "miscarriage"]):
            result = CliRunner().invoke(main, [*command, "--store", server.url])
            assert result.exit_code == 2
            assert "holds no Nutrigraph data" in result.stderr
        # Only what is asked to find that out: nothing was counted or read.
        assert all("COUNT" not in asked.form["query"][0] for asked in server.asked[before:])
        assert len(server.asked) - before <= 6


def test_large_graphs_are_read_in_pages(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "_PAGE", 300)
    with serve(engine(pushed(store), cut=300)) as server:
        there = set(opened(server).store.quads())
    assert there == set(open_store(store).quads())


def test_a_graph_of_very_many_predicates_is_read() -> None:
    raw = ox.Store()
    raw.add(_quad(DOCUMENT, RDF.type, ox.NamedNode(NG.Document)))
    for number in range(1_500):
        raw.add(_quad("http://e/a", f"http://e/{number}/{'long' * 20}", ox.Literal(number)))
    with serve(engine(raw)) as server:
        assert len(opened(server).store.local) == 1_501


@pytest.mark.parametrize("most", [299, 10])
def test_an_answer_that_is_cut_without_a_word(
    most: int, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "_PAGE", 300)
    with serve(engine(pushed(store), cut=most)) as server:
        result = CliRunner().invoke(main, ["claims", "--store", server.url])
    assert result.exit_code == 2
    assert "it cuts its answers, or was changed meanwhile" in result.stderr
    assert result.stdout == ""


def test_a_row_that_comes_twice_hides_none_that_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stores, "_PAGE", 2)
    raw = ox.Store()
    for number in range(4):
        raw.add(_quad(f"http://e/{number}", "http://e/p", ox.Literal(number)))
    raw.add(_quad(DOCUMENT, RDF.type, ox.NamedNode(NG.Document)))
    right = engine(raw)

    def forgetful(handler: BaseHTTPRequestHandler) -> None:
        # The second page is the first one again.
        server.asked[-1] = replace(
            server.asked[-1], body=server.asked[-1].body.replace(b"OFFSET+2", b"OFFSET+0")
        )
        right(handler)

    with serve(forgetful) as server:
        remote = open_remote(server.url)
        with pytest.raises(StoreError, match="gave 2 of 4 triples"):
            list(remote.local)


def test_sources_of_edges_say_what_they_are() -> None:
    name, raw = f"{SOURCES}small", ox.Store()
    edge = "http://e/says"
    for subject, predicate, value in (
        (name, RDF.type, ox.NamedNode(NG.EdgeSource)),
        (name, DCTERMS.title, ox.Literal("a small source")),
        (name, DCTERMS.rights, ox.Literal("CC0")),
        (name, NG.sourceWeight, ox.Literal(0.03)),
        (edge, RDF.type, ox.NamedNode(NG.EdgePredicate)),
        ("http://e/a", edge, ox.NamedNode("http://e/b")),
        ("http://e/b", edge, ox.NamedNode("http://e/c")),
    ):
        raw.add(ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value, ox.NamedNode(name)))
    with serve(engine(raw)) as server:
        kg = opened(server)
        (record,) = kg.store.edge_imports
        asked = len(server.asked)
        assert kg.store.edge_imports == [record]
        assert len(server.asked) == asked
        assert list(kg.store.claim_quads()) == []
        assert len(list(kg.store.quads())) == 7
    assert record == {
        "slug": "small",
        "kind": "edges",
        "title": "a small source",
        "licence": "CC0",
        "weight": 0.03,
        "counts": {"edges": 2},
    }


def test_a_graph_elsewhere_says_what_it_is(store: Path) -> None:
    with serve(engine(pushed(store))) as server:
        told = repr(opened(server))
        assert told == repr(nutrigraph.open(store)).replace(str(store), server.url)


def test_opening_asks_nothing() -> None:
    with serve(reply(200, TRUE)) as server:
        opened(server)
        assert server.asked == []


def _quad(subject: str, predicate: str, value: ox.Literal | ox.NamedNode) -> ox.Quad:
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value, ox.NamedNode(DOCUMENT))
