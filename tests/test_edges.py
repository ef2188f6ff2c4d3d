"""Edges without sentences: what enters, what is refused, and the paths over them."""

import csv
import gzip
import json
import os
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.desks import EDGES, NODES, Desk
from tests.ontologies import fault, run

import nutrigraph
from nutrigraph.edges import EdgeSource, import_edges
from nutrigraph.edges.search import search
from nutrigraph.edges.strings import Strings
from nutrigraph.errors import UnknownName, UsageError
from nutrigraph.paths import Filters
from nutrigraph.terms import SOURCES

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
DATA = Path(os.environ.get("NUTRIGRAPH_DATA", BESIDE))
LINKS = DATA / "drugmechdb" / "paths.tsv"


@pytest.fixture
def desk(store: Path, tmp_path: Path) -> Desk:
    return Desk(tmp_path, store)


@pytest.fixture(scope="module")
def drugs(tmp_path_factory: pytest.TempPathFactory) -> nutrigraph.KnowledgeGraph:
    """DrugMechDB, imported whole."""
    if not LINKS.is_file():
        pytest.skip("DrugMechDB is not here: NUTRIGRAPH_DATA names the data")
    folder = tmp_path_factory.mktemp("drugs") / "store"
    import_edges([LINKS], folder, mapping="drugmechdb")
    return nutrigraph.open(folder)


def links() -> list[dict[str, str]]:
    with LINKS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_drugmechdb_imports_whole(drugs: nutrigraph.KnowledgeGraph) -> None:
    rows = links()
    edges = {(row["subject_id"], row["predicate"], row["object_id"]) for row in rows}
    nodes = {row[f"{side}_id"] for row in rows for side in ("subject", "object")}
    (record,) = drugs.store.imports
    assert record["counts"] == {
        "nodes": len(nodes),
        "edges": len(edges),
        "predicates": len({predicate for _, predicate, _ in edges}),
        "duplicate edges": len(rows) - len(edges),
        "rows left out": 0,
    }
    graph = f"<{SOURCES}drugmechdb>"
    counted = f"SELECT (COUNT(*) AS ?n) {{ GRAPH {graph} {{ ?p a :EdgePredicate . ?s ?p ?o }} }}"
    assert list(drugs.query(counted)) == [(str(len(edges)),)]
    kinds = "FILTER (?kind NOT IN (:EdgeSource, :EdgePredicate))"
    counted = f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ GRAPH {graph} {{ ?s a ?kind . {kinds} }} }}"
    assert list(drugs.query(counted)) == [(str(len(nodes)),)]


def test_each_name_in_the_table_finds_its_node(drugs: nutrigraph.KnowledgeGraph) -> None:
    (source,) = drugs.sources
    assert isinstance(source, EdgeSource)
    for row in links()[::97]:
        number = source.find(row["subject_id"])
        assert number is not None
        entity = source.entity(number)
        assert source.find(entity.id) == number
        with suppress(UsageError):  # two things of one name
            assert source.find(row["subject_name"].upper()) is not None


def test_claims_do_not_change_and_edges_stay_apart(
    drugs: nutrigraph.KnowledgeGraph, kg: nutrigraph.KnowledgeGraph
) -> None:
    assert drugs.claims() == kg.claims()
    assert drugs.entities == kg.entities
    assert drugs.paths("magnesium", "miscarriage") == kg.paths("magnesium", "miscarriage")
    assert not list(drugs.query('SELECT ?x { ?x rdfs:label "Dermatomyositis" }'))
    assert "6,399 edges of drugmechdb without sentences" in repr(drugs)
    index = (drugs.store.folder or Path()) / "index.json"
    assert "Dermatomyositis" not in index.read_text(encoding="utf-8")


def test_every_face_says_that_a_source_says_it(drugs: nutrigraph.KnowledgeGraph) -> None:
    words = ("paths", "aminobenzoic acid", "Dermatomyositis", "--store", drugs.store.place)
    record = json.loads(run(*words, "--json").stdout)
    assert (record["source"]["kind"], record["target"]["label"]) == ("Drug", "Dermatomyositis")
    hops = [hop for path in record["paths"] for hop in path["hops"]]
    assert {hop["basis"] for hop in hops} == {"source"}
    assert {tuple(hop["species"]) for hop in hops} == {()}
    assert {tuple(hop["study_types"]) for hop in hops} == {("curated-source",)}
    assert {path["robustness"] for path in record["paths"]} == {None}
    assert not {path["verdict"] for path in record["paths"]} & {"stated", "inferred"}
    for path in record["paths"]:
        assert path["sentence"].count("said by DrugMechDB, without a sentence)") == len(
            path["hops"]
        )
    told = run(*words, "--explain").stdout
    assert "said by DrugMechDB, without a sentence" in told
    assert "no quote" in told
    assert "drugmechdb" in run(*words, "--cite", "csl-json").stdout


def test_a_path_gives_the_query_that_finds_its_edges(drugs: nutrigraph.KnowledgeGraph) -> None:
    for path in drugs.paths("aminobenzoic acid", "Dermatomyositis").paths:
        rows = list(drugs.query(path.sparql))
        assert len(rows) == sum(len(hop.claims) for hop in path.hops) > 0


def test_the_same_import_gives_the_same_bytes(
    drugs: nutrigraph.KnowledgeGraph, tmp_path: Path
) -> None:
    packed = tmp_path / "paths.tsv"
    packed.write_bytes(LINKS.read_bytes())
    import_edges([packed], tmp_path / "store", mapping="drugmechdb")
    here, there = drugs.store.folder, (tmp_path / "store" / "current").resolve()
    assert here is not None
    assert (here / "manifest.json").read_bytes() == (there / "manifest.json").read_bytes()
    files = sorted(item.relative_to(here) for item in (here / "sources").rglob("*.*"))
    assert len(files) > 15
    for file in files:
        assert (here / file).read_bytes() == (there / file).read_bytes(), file


def test_the_page_shows_claims_alone(drugs: nutrigraph.KnowledgeGraph) -> None:
    with pytest.raises(UsageError, match="the page shows claims alone"):
        drugs.view("aminobenzoic acid", "Dermatomyositis")


def test_a_gzipped_table_gives_the_same(desk: Desk) -> None:
    plain = desk.enter().store.imports[0]["counts"]
    desk.write("edges.tsv.gz", gzip.compress(EDGES.encode()))
    files = [desk.folder / "nodes.tsv", desk.folder / "edges.tsv.gz"]
    record = import_edges(files, desk.store, mapping=str(desk.folder / "small.toml"))
    assert record["counts"] == plain


def test_a_table_with_commas_may_quote_them(desk: Desk) -> None:
    plain = desk.enter().store.imports[0]["counts"]
    desk.change("small.toml", 'force = "assoc', 'separator = "comma"\nforce = "assoc')
    desk.write("nodes.tsv", NODES.replace("alpha", '"alpha, so called"').replace("\t", ","))
    desk.write("edges.tsv", EDGES.replace("\t", ","))
    kg = desk.enter()
    assert kg.store.imports[0]["counts"] == plain
    assert [len(path.hops) for path in kg.paths("Alpha, so called", "gamma").paths] == [2]


def test_a_kgx_graph_needs_no_mapping_of_its_own(desk: Desk) -> None:
    files = [desk.folder / "nodes.tsv", desk.folder / "edges.tsv"]
    import_edges(files, desk.store, mapping="kgx", slug="mine")
    kg = nutrigraph.open(desk.store)
    (path,) = kg.paths("alpha", "gamma").paths
    assert [hop.predicate for hop in path.hops] == ["https://w3id.org/biolink/vocab/affects"] * 2
    rows = kg.query(f"SELECT ?t {{ GRAPH <{SOURCES}mine> {{ <{SOURCES}mine/X%3A2> a ?t }} }}")
    assert sorted(row[0] for row in rows) == ["biolink:Gene", "biolink:Protein"]


def test_an_edge_weighs_its_source_times_its_confidence(desk: Desk) -> None:
    answer = desk.enter().paths("alpha", "gamma")
    (path,) = answer.paths
    assert [hop.score for hop in path.hops] == pytest.approx([0.25, 0.125])
    assert (path.verdict, path.sign, answer.sign) == ("unsigned", None, None)
    assert answer.direct.support == 0
    assert path.stitched == 1


def test_the_surer_of_two_equal_edges_is_kept_and_counted(desk: Desk) -> None:
    desk.edges(
        ("X:1", "joins", "X:2", 0.2), ("X:1", "joins", "X:2", 0.8), ("X:1", "joins", "X:2", 0.4)
    )
    kg = desk.enter()
    assert kg.store.imports[0]["counts"]["duplicate edges"] == 2
    assert kg.paths("alpha", "beta").paths[0].score == pytest.approx(0.4)


def test_signs_multiply_and_contrary_edges_disagree(desk: Desk) -> None:
    desk.edges(("X:1", "raises", "X:2", 1), ("X:2", "lowers", "X:3", 1))
    (path,) = desk.enter().paths("alpha", "gamma").paths
    assert (path.verdict, path.sign, path.sign_basis) == ("hypothesis", -1, "if-causal")
    assert path.caution is not None
    desk.edges(("X:1", "raises", "X:2", 1), ("X:1", "lowers", "X:2", 0.9))
    (path,) = desk.enter().paths("alpha", "beta").paths
    assert (path.verdict, path.sign) == ("signs-disagree", None)
    assert path.score == pytest.approx(0.5 * (1 - 0.45))


def test_only_what_the_mapping_says_is_walked_backward(desk: Desk) -> None:
    desk.edges(("X:2", "joins", "X:1", 1), ("X:3", "raises", "X:2", 1))
    kg = desk.enter()
    assert [hop.walked for hop in kg.paths("alpha", "beta").paths[0].hops] == ["backward"]
    assert kg.paths("beta", "gamma").paths == ()
    answer = kg.paths("alpha", "gamma")
    assert answer.verdict == "no-path"
    assert [answer.entities[iri].label for iri in answer.nearest] == ["beta"]


def test_what_was_tested_and_not_found_is_no_edge(desk: Desk) -> None:
    desk.write(
        "edges.tsv",
        "subject\tpredicate\tobject\tconfidence\tnegated\nX:1\tjoins\tX:2\t1\tfalse\nX:2\tjoins\tX:3\t1\ttrue\n",
    )
    kg = desk.enter()
    assert kg.store.imports[0]["counts"]["rows left out"] == 1
    assert kg.paths("alpha", "gamma").paths == ()


def test_filters_act_on_edges_too(desk: Desk) -> None:
    desk.edges(("X:1", "joins", "X:2", 1), ("X:2", "raises", "X:3", 1), ("X:1", "lowers", "X:3", 1))
    kg = desk.enter()

    def lengths(**filters: Any) -> list[int]:
        return sorted(len(path.hops) for path in kg.paths("alpha", "gamma", **filters).paths)

    assert lengths() == lengths(species=["unknown"]) == lengths(bases=["source"]) == [1, 2]
    assert lengths(species=["human"]) == lengths(study_types=["rct"]) == []
    assert lengths(bases=["text"]) == lengths(without=["small"]) == []
    assert lengths(predicates=["lowers"]) == lengths(avoid=["beta"]) == [1]
    assert lengths(predicates=["joins", "raises"]) == [2]
    assert lengths(avoid=["biolink:Gene"]) == lengths(through=["biolink:Disease"]) == [1]
    for name, value in (("predicates", "lower"), ("avoid", "betta"), ("documents", "big")):
        with pytest.raises(UnknownName):
            lengths(**{name: [value]})
    with pytest.raises(UsageError, match="weights of study types say nothing of small"):
        kg.paths("alpha", "gamma", weights="some.tsv")


def test_names_that_nobody_knows_and_names_of_several(desk: Desk) -> None:
    desk.write("nodes.tsv", NODES + "X:4\tbiolink:Gene\tgamma\n")
    kg = desk.enter()
    with pytest.raises(UnknownName, match=r"'alphi' .nearest: alpha"):
        kg.paths("alphi", "beta")
    with pytest.raises(UsageError, match=r"'gamma' names 2 things in small: name one .biolink:D"):
        kg.paths("alpha", "gamma")
    with pytest.raises(UsageError, match="stand in no one graph"):
        kg.paths("alpha", "magnesium")
    with pytest.raises(UsageError, match="both alpha"):
        kg.paths("alpha", "X:1")
    assert kg.paths("alpha", "X:3").paths


def test_a_source_is_replaced_by_its_next_import(desk: Desk) -> None:
    desk.enter()
    desk.edges(("X:1", "joins", "X:3", 1))
    kg = desk.enter()
    assert len(kg.store.imports) == len(kg.sources) == 1
    assert [len(path.hops) for path in kg.paths("alpha", "gamma").paths] == [1]
    assert kg.paths("alpha", "beta").paths == ()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), unique=True))
def test_strings_find_what_they_hold(texts: list[str]) -> None:
    ordered = sorted(texts, key=str.encode)
    strings = Strings.of(ordered)
    assert [strings[number] for number in range(len(strings))] == ordered
    for number, text in enumerate(ordered):
        assert list(strings.equal(text)) == [number]
        assert set(strings.beginning(text, 99)) == {t for t in texts if t.startswith(text)}


ROWS = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.sampled_from(["joins", "raises", "lowers", "other"]),
        st.integers(1, 6),
        st.sampled_from([0.1, 0.4, 0.5, 0.9, 1.0]),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_what_is_walked_costs_what_is_told(
    rows: list[tuple[int, str, int, float]], desk: Desk
) -> None:
    """The arrays and the network that judges price every path alike, and in the same order."""
    lines = "".join(f"X:{n}\tthing\tnode {n}\n" for n in range(1, 7))
    desk.write("nodes.tsv", "id\tcategory\tname\n" + lines)
    desk.edges(*((f"X:{a}", p, f"X:{b}", c) for a, p, b, c in rows))
    kg = desk.enter()
    (source,) = kg.sources
    assert isinstance(source, EdgeSource)
    ends = (0, 5)
    routes, arcs = search(source, ends, Filters(), 4, 9)
    answer = kg.paths("node 1", "node 6", top=9)
    assert len(routes) == len(answer.paths)
    assert arcs is not None
    for route, path in zip(routes, answer.paths, strict=True):
        assert [source.entity(n).id for n in route[1:]] == [hop.object[0] for hop in path.hops]
        cost = 0.0
        for tail, head in pairwise(route):
            row = slice(int(arcs.starts[tail]), int(arcs.starts[tail + 1]))
            place = int(np.flatnonzero(arcs.heads[row] == head)[0])
            cost += float(arcs.costs[row][place])
        cost += sum(float(arcs.damping[node]) for node in route[1:-1])
        assert path.cost == pytest.approx(cost, abs=1e-5)
    costs = [path.cost or 0.0 for path in answer.paths]
    assert costs == sorted(costs)


def test_a_source_that_is_broken_is_named(desk: Desk) -> None:
    kg = desk.enter()
    (source,) = kg.sources
    assert isinstance(source, EdgeSource)
    (source.folder / "source.json").write_text("{", encoding="utf-8")
    fault(
        run("paths", "alpha", "beta", "--store", desk.store),
        2,
        "is broken",
        "import the source anew",
    )
