"""Sources of edges elsewhere: asked piece by piece, they answer as those beside a store."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.desks import Desk
from tests.engines import Virtuoso
from tests.serving import serve

import nutrigraph
from nutrigraph.cli import main
from nutrigraph.edges import (
    AnySource,
    EdgeSource,
    RemoteSource,
    growth,
    import_edges,
    paths_in,
    remote,
)
from nutrigraph.errors import StoreError, UnknownName, UsageError
from nutrigraph.model import Answer, Vocabulary
from nutrigraph.store import Dataset, Embedded
from nutrigraph.terms import NG, SOURCES, confidences

KINDS = ["biolink:Drug", "biolink:Gene|biolink:Protein", "biolink:Disease", ""]
NODES = 9


@pytest.fixture
def desk(store: Path, tmp_path: Path) -> Desk:
    return Desk(tmp_path, store)


@pytest.fixture
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages, queries and rounds so small that a small graph takes many."""
    monkeypatch.setattr(remote, "_PAGE", 7)
    monkeypatch.setattr(remote, "_TEXT", 150)
    monkeypatch.setattr(growth, "_ROUND", 3)


def both(desk: Desk) -> tuple[EdgeSource, RemoteSource, Vocabulary]:
    """A source beside its store, and the same as its store tells it by SPARQL alone."""
    kg = desk.enter()
    (source,) = kg.sources
    assert isinstance(source, EdgeSource)
    return source, RemoteSource(kg.store, "small"), kg.vocabulary


def asked(
    source: AnySource[Any], names: tuple[str, str], vocabulary: Vocabulary, **question: Any
) -> Answer | str:
    """What a source answers, or what it says is wrong."""
    try:
        ends = (source.find(names[0]), source.find(names[1]))
        return paths_in(source, ends, vocabulary, **question)
    except (UnknownName, UsageError) as error:
        return str(error)


def assert_alike(here: Answer | str, there: Answer | str) -> None:
    """Say which field differs."""
    if isinstance(here, Answer) and isinstance(there, Answer):
        for item in fields(here):
            assert getattr(there, item.name) == getattr(here, item.name), item.name
    assert there == here


NODE = st.integers(1, NODES)
GRAPHS = st.fixed_dictionaries(
    {
        "rows": st.lists(
            st.tuples(
                NODE,
                st.sampled_from(["joins", "raises", "lowers", "other"]),
                NODE,
                st.sampled_from([0.1, 0.5, 0.5, 1.0]),
            ),
            min_size=6,
            max_size=40,
        ),
        "kinds": st.lists(st.sampled_from(KINDS), min_size=NODES, max_size=NODES),
        "order": st.permutations(range(1, NODES + 1)),
        "weight": st.sampled_from(["0.5", "0.03", "0.9"]),
        "sure": st.booleans(),
    }
)
FILTERS = st.sampled_from(
    [
        {},
        {},
        {"predicates": ["joins", "raises"]},
        {"predicates": ["lowers"]},
        {"avoid": ["node 3"]},
        {"avoid": ["biolink:Gene", "unstated"]},
        {"through": ["biolink:Disease", "biolink:Drug"]},
        {"species": ["human"]},
        {"bases": ["source"]},
    ]
)
QUESTIONS = st.lists(
    st.tuples(NODE, NODE, st.integers(1, 6), st.sampled_from([1, 2, 10]), FILTERS),
    min_size=12,
    max_size=12,
)


def write(desk: Desk, graph: dict[str, Any]) -> None:
    """Write the tables of a graph; ids begin with what sorts before and after one another."""
    lines = (f"X:{n}\t{graph['kinds'][n - 1]}\tnode {n}\n" for n in graph["order"])
    desk.write("nodes.tsv", "id\tcategory\tname\n" + "".join(lines))
    sure = graph["sure"]
    desk.edges(*((f"X:{a}", verb, f"X:{b}", 1.0 if sure else c) for a, verb, b, c in graph["rows"]))
    desk.change("small.toml", "weight = 0.5", f"weight = {graph['weight']}")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=GRAPHS, questions=QUESTIONS)
@pytest.mark.usefixtures("few_at_a_time")
def test_any_question_is_answered_alike(
    graph: dict[str, Any],
    questions: list[Any],
    store: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"), store)
    write(desk, graph)
    here, there, vocabulary = both(desk)
    assert {**here.record, "confidences": there.record["confidences"]} == there.record
    for start, end, max_hops, top, filters in questions:
        names, question = (f"node {start}", f"X:{end}"), {"max_hops": max_hops, "top": top}
        wanted = asked(here, names, vocabulary, filters=filters, **question)
        assert_alike(wanted, asked(there, names, vocabulary, filters=filters, **question))


@pytest.mark.usefixtures("few_at_a_time")
def test_routes_through_hubs_and_ties_are_the_same(desk: Desk) -> None:
    """All roads cost the same but for the hubs on them."""
    roads = [("X:1", f"X:{n}", "X:2") for n in range(10, 40)]
    hubs = [(f"X:{n}", "joins", f"X:{m}", 0.5) for n in (12, 17) for m in range(40, 60)]
    steps = [(a, "joins", b, 0.5) for road in roads for a, b in pairwise(road)]
    desk.write(
        "nodes.tsv",
        "id\tcategory\tname\n" + "".join(f"X:{n}\tthing\tnode {n}\n" for n in range(60, 0, -1)),
    )
    desk.edges(*steps, *hubs)
    here, there, vocabulary = both(desk)
    for top in (5, 28, 29, 30, 40):
        question: dict[str, Any] = {"max_hops": 4, "top": top, "filters": {}}
        wanted = asked(here, ("X:1", "X:2"), vocabulary, **question)
        assert isinstance(wanted, Answer)
        assert len(wanted.paths) >= min(top, 30)
        assert_alike(wanted, asked(there, ("X:1", "X:2"), vocabulary, **question))


def test_few_nodes_are_opened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once short paths are cheaper than any longer one can be, nothing more is asked."""
    far = [(f"X:{n}", "joins", f"X:{n + 1}", 1) for n in range(2, 50)]
    desk.write(
        "nodes.tsv",
        "id\tcategory\tname\n" + "".join(f"X:{n}\tthing\tnode {n}\n" for n in range(1, 51)),
    )
    desk.edges(("X:1", "joins", "X:2", 1), ("X:1", "joins", "X:50", 1), *far)
    _, there, vocabulary = both(desk)
    opened: list[str] = []
    edges = RemoteSource.edges

    def counted(self: RemoteSource, nodes: Sequence[str]) -> Iterator[tuple[str, int, str, float]]:
        opened.extend(nodes)
        return edges(self, nodes)

    monkeypatch.setattr(RemoteSource, "edges", counted)
    answer = asked(there, ("X:1", "X:2"), vocabulary, max_hops=8, top=1, filters={})
    assert isinstance(answer, Answer)
    assert [len(path.hops) for path in answer.paths] == [1]
    assert len(opened) == 2


def test_names_find_the_same(desk: Desk) -> None:
    desk.write(
        "nodes.tsv",
        "id\tcategory\tname\nX:1\tbiolink:Drug\tÄther-Öl\nX:2\t\tSTRASSE straße\n"
        'X:3\tbiolink:Disease\tsay "so" \\ tab\nX:4\tbiolink:Gene\tgamma\nX:5\t\tGAMMA\n'
        "biolink:Thing\tbiolink:Gene\tx-1\n",
    )
    desk.edges(("X:1", "joins", "X:2", 0.5), ("X:3", "joins", "X:4", 1))
    here, there, _ = both(desk)
    for name in (
        *("äther öl", "ÄTHER-ÖL", "strasse STRASSE", 'Say "So" \\ Tab', "x 1", "X-1", "x:1"),
        *("BIOLINK:thing", f"{SOURCES}small/X%3A1", ":source/small/X%3a2", "nothing", ""),
        "https://w3id.org/biolink/vocab/Thing",
    ):
        number = here.find(name)
        assert there.find(name) == (None if number is None else here.iri(number)), name
        assert there.near(name) == here.near(name), name
    for source in (here, there):
        with pytest.raises(UsageError, match=r"names 2 things in small: name one .biolink:Gene <"):
            source.find("Gamma")


def test_a_main_name_goes_before_another_one(desk: Desk) -> None:
    """Where edges name their nodes themselves, a node may have several names."""
    mapping = (desk.folder / "small.toml").read_text(encoding="utf-8")
    head, _, rest = mapping.partition("[nodes]")
    rest = rest.partition("[edges]")[2].replace(
        'object = "object"', 'object = "object"\nsubject_label = "one"\nobject_label = "two"'
    )
    desk.write("small.toml", f"{head}[edges]{rest}")
    rows = (
        "X:1\talpha\tX:2\tbeta",
        "X:1\tbeta\tX:3\tgamma",
        "X:3\tepsilon\tX:4\tdelta",
        "X:4\tepsilon\tX:2\tbeta",
    )
    cells = [row.split("\t") for row in rows]
    lines = (f"{a}\tjoins\t{b}\t1\t{one}\t{two}\n" for a, one, b, two in cells)
    head = "subject\tpredicate\tobject\tconfidence\tone\ttwo\n"
    desk.write("edges.tsv", head + "".join(lines))
    import_edges([desk.folder / "edges.tsv"], desk.store, mapping=str(desk.folder / "small.toml"))
    kg = nutrigraph.open(desk.store)
    (here,) = kg.sources
    there = RemoteSource(kg.store, "small")
    assert there.find("beta") == here.iri(here.find("beta")) == f"{SOURCES}small/X%3A2"
    for source in (here, there):
        with pytest.raises(UsageError, match=r"'epsilon' names 2 things in small: name one .unst"):
            source.find("epsilon")


def test_too_many_edges_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "_MOST_EDGES", 1)
    _, there, vocabulary = both(desk)
    told = asked(there, ("alpha", "gamma"), vocabulary, max_hops=4, top=10, filters={})
    assert isinstance(told, str)
    assert told.startswith("over 1 edges of small at ")
    assert told.endswith("ask for fewer than 4 hops, or for fewer paths")


def test_what_an_older_import_lacks_is_named(desk: Desk) -> None:
    store = ox.Store()
    store.extend(
        quad for quad in desk.enter().store.quads() if quad.predicate.value != NG.hubDamping
    )
    old = RemoteSource(Embedded("the store", raw=store), "small")
    with pytest.raises(StoreError, match="the store holds small without the hubDamping that walk"):
        old.find("alpha")


@pytest.mark.usefixtures("few_at_a_time")
def test_pages_that_repeat_a_row_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.edges(*((f"X:{n}", verb, "X:2", 1) for n in (1, 3) for verb in "abcdefgh"))
    _, there, vocabulary = both(desk)
    assert there.kinds
    select = Embedded.select

    def first_page(self: Embedded, text: str, *, dataset: Dataset | None = None) -> Iterator[Any]:
        return select(self, text.replace("OFFSET 7", "OFFSET 6"), dataset=dataset)

    monkeypatch.setattr(Embedded, "select", first_page)
    with pytest.raises(StoreError, match="gave a row twice"):
        asked(there, ("alpha", "gamma"), vocabulary, max_hops=2, top=10, filters={})


def test_rdf_tells_how_sure_an_edge_is(desk: Desk) -> None:
    kg = desk.enter()
    text = f"""SELECT ?s ?c ?o {{ GRAPH <{confidences("small")}> {{
        ?s ?sure ?o . ?sure rdfs:subPropertyOf biolink:affects ; :confidence ?c }} }}"""
    rows = sorted((a[-2], float(c), b[-2]) for a, c, b in kg.query(text))
    assert rows == [("1", 0.5, "2"), ("2", 0.25, "3")]
    assert not list(kg.query("SELECT ?c { ?sure :confidence ?c }"))


def test_a_source_that_is_sure_of_all_needs_no_second_graph(desk: Desk) -> None:
    desk.enter()
    desk.edges(("X:1", "joins", "X:2", 1))
    kg = desk.enter()
    assert isinstance(kg.store, Embedded)
    names = {name.value for name in kg.store.raw.named_graphs() if isinstance(name, ox.NamedNode)}
    assert {name for name in names if name.startswith(SOURCES)} == {f"{SOURCES}small"}


def test_the_order_of_the_tables_does_not_matter(desk: Desk) -> None:
    rows = [("X:1", "joins", f"X:{n}", 1) for n in range(3, 9)]
    rows += [(f"X:{n}", "raises", "X:2", 1) for n in range(3, 9)]
    lines = [f"X:{n}\tthing\tnode {n}\n" for n in range(1, 9)]
    found = []
    for way in (1, -1):
        desk.write("nodes.tsv", "id\tcategory\tname\n" + "".join(lines[::way]))
        desk.edges(*rows[::way])
        found.append(desk.enter().paths("node 1", "node 2", top=3).paths)
    assert [path.sentence for path in found[0]] == [path.sentence for path in found[1]]
    assert len(found[0]) == 3


def run(*arguments: str, **known: str) -> tuple[str, str]:
    """What a command prints, and what it says beside that."""
    result = CliRunner().invoke(main, list(arguments), env={**os.environ, **known})
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


@pytest.mark.engine
@pytest.mark.parametrize("engine", ["served", "virtuoso"])
def test_engines_answer_as_the_store_does(
    engine: str, desk: Desk, request: pytest.FixtureRequest
) -> None:
    order = [*range(1, NODES + 1)]
    rows = [(a, verb, (a * 5 + b) % NODES + 1, c) for a in order for b, verb, c in STEPS]
    kinds = [KINDS[n % 4] for n in order]
    write(desk, {"rows": rows, "kinds": kinds, "order": order, "weight": "0.5", "sure": False})
    here = desk.enter()
    if engine == "served":
        with serve(desk.store) as server:
            ask_everything(here, server.sparql, str(desk.store))
        return
    virtuoso: Virtuoso = request.getfixturevalue("virtuoso")
    known = {"NUTRIGRAPH_USER": virtuoso.user, "NUTRIGRAPH_PASSWORD": virtuoso.password}
    run("push", virtuoso.graphs, "--store", str(desk.store), **known)
    ask_everything(here, virtuoso.sparql, str(desk.store))


STEPS = ((0, "joins", 0.9), (3, "raises", 0.123), (4, "lowers", 1e-05), (6, "other", 1.0))


def ask_everything(here: nutrigraph.KnowledgeGraph, place: str, store: str) -> None:
    """Ask an engine and the store what differs in filters, hops and names."""
    there = nutrigraph.open(place)
    assert "edges of small without sentences" in repr(there)
    several: list[dict[str, Any]] = [
        {},
        {"predicates": ["joins", "lowers"]},
        {"avoid": ["biolink:Gene"]},
        {"through": ["unstated"]},
    ]
    for filters in several:
        for target in ("NODE 2", "X:7", f"{SOURCES}small/X%3A5"):
            wanted = here.paths("node 1", target, max_hops=5, top=7, **filters)
            assert_alike(wanted, there.paths("node 1", target, max_hops=5, top=7, **filters))
    with pytest.raises(UnknownName, match=r"'node 11' .nearest: node 1"):
        there.paths("node 11", "node 2")
    command = ("paths", "node 1", "node 2", "--json", "--store")
    told, beside = run(*command, place)
    assert told == run(*command, store)[0]
    assert json.loads(told)["paths"]
    assert beside.startswith(f"nutrigraph: {place} was asked ")
