"""The same questions have the same answers embedded, on our own endpoint and on Virtuoso."""

import json
import os
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner
from tests.engines import Virtuoso
from tests.serving import Served, serve
from tests.test_queries import LOOP, changed_as_told, claim, planting

import nutrigraph
from nutrigraph.cli import main
from nutrigraph.queries import named_queries
from nutrigraph.remote import Remote
from nutrigraph.terms import ASSERTED, BASE

pytestmark = pytest.mark.engine

PLANTED = "".join(
    [
        ":second a :Document .",
        *LOOP,
        claim("back", "insulin-resistance", "magnesium", sign=-1, aspect="activity"),
        claim("given", "infertility", "magnesium-loss", aspect="supplementation"),
        claim("wider", "trace-elements", "infertility"),
        claim("kind", "recurrent-miscarriage", "inflammation"),
        claim("on", "inflammation", "fetal-loss", sign=-1, force="association", species="rat"),
        claim("null", "diabetes", "magnesium-loss", sign=0, interval=("0.8", "1.9")),
        claim("accented", "ω-carotène", "fetal-loss", predicate="associatedWith"),
        """
        :paragraph rdfs:label "β-Carotène" ; :cites [ :paper :sørensen ; :relation :supports ] .
        :sørensen rdfs:label "Sørensen 2020 → ≥" ; :doi "10.1/é" .
        :accented :finding "7é" ; :inParagraph :paragraph .
        :listed a :FooterItem ; :holds [ :subject :strontium ] .
        } :ω-carotène a :Nutrient ; rdfs:label "ω-carotène" .
        :trace-elements a :Exposure ; rdfs:label "éléments" .
        :strontium a :Nutrient ; rdfs:label "strontium" ; skos:broader :trace-elements .
        :lost-late a :Condition ; rdfs:label "lost late" ; skos:broader :late-miscarriage .
        :causes-it a :Mechanism ; rdfs:label "mécanisme" . GRAPH :third { :third a :Document .
        """,
        claim("late", "lost-late", "causes-it"),
        claim("then", "causes-it", "miscarriage"),
    ]
)
"""What no document says, so that there are loops, gaps, kinds of kinds, letters beyond ASCII."""

QUESTIONS = [
    ("magnesium", "miscarriage"),
    ("magnesium", "insulin resistance"),
    ("selenium", "pre-eclampsia"),
    ("zinc", "preterm birth"),
]


@pytest.fixture(scope="module")
def filled(virtuoso: Virtuoso, store: Path) -> Virtuoso:
    """Virtuoso with the real ontology in it, brought there by the command line."""
    run("push", virtuoso.graphs, "--store", str(store), engine=virtuoso)
    return virtuoso


@pytest.fixture(params=["served", "virtuoso"])
def place(request: pytest.FixtureRequest) -> str:
    """Where the graph lies on an engine that is asked over HTTP."""
    if request.param == "served":
        served: Served = request.getfixturevalue("served")
        return served.sparql
    filled: Virtuoso = request.getfixturevalue("filled")
    return filled.sparql


def run(*arguments: str, engine: Virtuoso | None = None) -> str:
    """What a command prints."""
    known = (
        {"NUTRIGRAPH_USER": engine.user, "NUTRIGRAPH_PASSWORD": engine.password} if engine else {}
    )
    result = CliRunner().invoke(main, list(arguments), env={**os.environ, **known})
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("name", [query.name for query in named_queries()])
def test_a_named_question(name: str, place: str, kg: nutrigraph.KnowledgeGraph) -> None:
    query = next(query for query in named_queries() if query.name == name)
    engine = nutrigraph.open(place)
    for text in (query.text, changed_as_told(query)):
        here, there = kg.query(text), engine.query(text)
        assert there.columns == here.columns
        assert there.rows == here.rows


def test_named_questions_where_there_is_more_to_find(
    filled: Virtuoso, kg: nutrigraph.KnowledgeGraph, store: Path, tmp_path: Path
) -> None:
    here = planting(kg, tmp_path)(PLANTED)
    run("push", filled.graphs, "--store", str(tmp_path / "planted.nq"), engine=filled)
    try:
        there = nutrigraph.open(filled.sparql)
        found = {query.name: here.query(query.text).rows for query in named_queries()}
        asked = {query.name: there.query(query.text).rows for query in named_queries()}
    finally:
        run("push", filled.graphs, "--store", str(store), engine=filled)
    assert asked == found
    assert all(found.values())


def test_asking_and_constructing(place: str, kg: nutrigraph.KnowledgeGraph) -> None:
    there = nutrigraph.open(place)
    follows = "ASK { :magnesium :deficiencyAssociatedWith :insulin-resistance }"
    assert there.query(follows)
    assert not there.query(follows, asserted=True)
    construct = "CONSTRUCT { :magnesium ?p ?x } WHERE { :magnesium ?p ?x }"
    found, expected = there.query(construct).triples, kg.query(construct).triples
    assert found is not None
    assert expected is not None
    assert set(found) == set(expected)


@pytest.mark.parametrize(("source", "target"), QUESTIONS)
def test_paths(source: str, target: str, place: str, store: Path) -> None:
    here = run("paths", source, target, "--json", "--store", str(store))
    assert run("paths", source, target, "--json", "--store", place) == here


def test_claims_discovery_and_effects(place: str, store: Path) -> None:
    for command in (
        ["claims", "--json"],
        ["discover", "magnesium", "--json"],
        ["effect", "magnesium", "down", "oxidative stress", "--json"],
        ["contested", "selenium", "recurrent miscarriage", "--json"],
        ["loops", "--json"],
        ["export", "nquads"],
        ["export", "sssom"],
    ):
        here = run(*command, "--store", str(store))
        assert run(*command, "--store", place) == here, command


def test_the_page(place: str, store: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "here.html", tmp_path / "there.html"
    run("view", "-o", str(here), "--store", str(store))
    run("view", "-o", str(there), "--store", place)
    build = nutrigraph.open(store).build
    assert there.read_text() == here.read_text().replace(build, "")


def test_an_engine_elsewhere_can_be_served(place: str) -> None:
    follows = "ASK { :magnesium :deficiencyAssociatedWith :insulin-resistance }"
    with serve(place) as served:
        asked = httpx2.get(served.sparql, params={"query": follows}, headers={"Accept": "*/*"})
        assert asked.json()["boolean"] is True
        refused = httpx2.get(served.sparql, params={"query": "SELECT * { ?s ?p }"})
        assert refused.status_code == 400
        page = httpx2.get(f"{served.address}/entity/magnesium", headers={"Accept": "text/html"})
        assert "Low magnesium goes with miscarriage" in page.text


def test_claims_are_read_in_few_requests(place: str) -> None:
    kg = nutrigraph.open(place)
    assert isinstance(kg.store, Remote)
    kg.paths("magnesium", "miscarriage")
    assert kg.store.round_trips < 20
    before = kg.store.round_trips
    kg.paths("zinc", "preterm birth")
    assert kg.store.round_trips == before


def test_pushing_again_replaces_and_deletes(filled: Virtuoso, tmp_path: Path, store: Path) -> None:
    stray = tmp_path / "stray.nq"
    home, long = f"<{BASE}document/stray>", "word " * 50_000
    stray.write_text(
        f"{home} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}Document> {home} .\n"
        f'{home} <{BASE}text> "{long}" {home} .\n'
    )
    told = run("push", filled.graphs, "--store", str(stray), "--json", engine=filled)
    pushed = {record["name"]: record for record in json.loads(told)}
    assert pushed[f"{BASE}document/stray"]["triples"] == 2
    assert pushed[f"{BASE}document/magnesium-and-miscarriage"]["deleted"]
    assert pushed[ASSERTED]["triples"] == 0
    told = run("push", filled.graphs, "--store", str(store), "--json", engine=filled)
    pushed = {record["name"]: record for record in json.loads(told)}
    assert pushed[f"{BASE}document/stray"]["deleted"]
    assert all(record["verified"] for record in pushed.values())
    here = run("export", "nquads", "--store", str(store))
    assert run("export", "nquads", "--store", filled.sparql) == here
