"""A real engine that cuts its answers: it says so of rows, not of triples; we say so of both."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests import engines

import nutrigraph
from nutrigraph.cli import main
from nutrigraph.errors import QueryError, StoreError

pytestmark = pytest.mark.engine
CUT = 1_000
ALL = "{ GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture(scope="module")
def cutting(tmp_path_factory: pytest.TempPathFactory, store: Path) -> Iterator[str]:
    """Where a Virtuoso is asked that gives no more than so many rows, with our graph in it."""
    engines.need()
    with engines.virtuoso(tmp_path_factory.mktemp("cutting"), most_rows=CUT) as engine:
        known = {"NUTRIGRAPH_USER": engine.user, "NUTRIGRAPH_PASSWORD": engine.password}
        result = CliRunner().invoke(
            main, ["push", engine.graphs, "--store", str(store)], env={**os.environ, **known}
        )
        assert result.exit_code == 0, result.output
        yield engine.sparql


@pytest.mark.parametrize("form", ["SELECT *", "CONSTRUCT { ?s ?p ?o }", "DESCRIBE ?s"])
def test_what_is_cut_is_no_answer(form: str, cutting: str) -> None:
    kg = nutrigraph.open(cutting)
    with pytest.raises(StoreError, match=r"cut its answer \(x-sparql-maxrows: 1000\)"):
        kg.query(f"{form} WHERE {ALL}")


@pytest.mark.parametrize("form", ["SELECT *", "CONSTRUCT { ?s ?p ?o . ?p :phrase '{ é' }"])
def test_what_is_whole_is_one(form: str, cutting: str) -> None:
    # Ordered, so that both name the same; more triples than rows may be given.
    found = nutrigraph.open(cutting).query(f"{form} WHERE {ALL} ORDER BY ?s ?p ?o LIMIT 900")
    assert len(found) >= 900


def test_claims_are_not_read_in_part(cutting: str) -> None:
    result = CliRunner().invoke(main, ["claims", "--store", cutting])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "have its limit raised (Virtuoso: ResultSetMaxRows" in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_engine_says_what_is_wrong_with_a_query(cutting: str) -> None:
    with pytest.raises(
        QueryError, match=r"refuses the query: Virtuoso 37000 Error SP030: .*syntax"
    ):
        nutrigraph.open(cutting).query("SELECT * { ?s ?p }")


def test_a_wrong_password_and_a_wrong_address(cutting: str, store: Path) -> None:
    known = {"NUTRIGRAPH_USER": "dba", "NUTRIGRAPH_PASSWORD": "a-wrong-one"}
    where = cutting.removesuffix("/sparql")
    result = CliRunner().invoke(
        main, ["push", f"{where}/sparql-graph-crud-auth", "--store", str(store)],
        env={**os.environ, **known},
    )  # fmt: skip
    assert result.exit_code == 2
    assert "does not take that: check NUTRIGRAPH_USER and NUTRIGRAPH_PASSWORD" in result.stderr
    assert "a-wrong-one" not in result.output
    result = CliRunner().invoke(main, ["claims", "--store", f"{where}/no/such/place"])
    assert result.exit_code == 2
    assert "is not there: check the address" in result.stderr
