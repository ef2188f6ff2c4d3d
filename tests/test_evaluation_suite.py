"""The W3C's tests of SPARQL 1.1 queries over HTTP: just what the engine itself passes.

All data lie in one store, each file as a named graph; a test chooses its dataset by the parameters
of the protocol. The engine is asked the same of a store of the test's own. What fails there fails
here, and stands in docs/endpoint.md.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pyoxigraph as ox
import pytest
from rdflib.namespace import RDF
from tests.serving import serve
from tests.suites import MF, QT, entries, manifest, path_of, suite

from nutrigraph import gate

ROOT = suite()
GROUPS = (
    *("aggregates", "bind", "bindings", "cast", "construct", "exists", "functions", "grouping"),
    *("negation", "project-expression", "property-path", "subquery", "syntax-query", "json-res"),
)
FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".trig": ox.RdfFormat.TRIG,
}
RESULTS = {
    ".srx": ox.QueryResultsFormat.XML,
    ".srj": ox.QueryResultsFormat.JSON,
    ".tsv": ox.QueryResultsFormat.TSV,
}
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XSD = "http://www.w3.org/2001/XMLSchema#"
DOC = Path(__file__).resolve().parents[1] / "docs" / "endpoint.md"

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One test: its name, kind, query, the files it is asked of, and what must come out."""

    name: str
    kind: str
    query: Path
    default: tuple[Path, ...] = ()
    named: tuple[Path, ...] = ()
    result: Path | None = None

    @property
    def text(self) -> str:
        return self.query.read_text(encoding="utf-8")


def cases() -> Iterator[Case]:
    for group in GROUPS:
        graph = manifest(suite(group))
        for test in entries(graph):
            name = f"{group}/{str(test).rpartition('#')[2]}"
            kind = str(graph.value(test, RDF.type)).rpartition("#")[2]
            action, result = graph.value(test, MF.action), graph.value(test, MF.result)
            if kind != "QueryEvaluationTest":
                yield Case(name, kind, path_of(action))
                continue
            files = [
                tuple(sorted(map(path_of, graph.objects(action, item))))
                for item in (QT.data, QT.graphData)
            ]
            query = path_of(graph.value(action, QT.query))
            yield Case(name, kind, query, files[0], files[1], path_of(result))


CASES = list(cases())


def read(file: Path, graph: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Quad]:
    form = FORMATS[file.suffix]
    for quad in ox.parse(path=str(file), format=form, base_iri=file.as_uri()):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


@pytest.fixture(scope="module")
def endpoint(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Our own graph, and every file of the suite as a graph under its own name."""
    held = ox.Store.read_only(str(store / "current" / "store"))
    everything = ox.Store()
    everything.extend(held)
    for file in sorted({file for case in CASES for file in (*case.default, *case.named)}):
        # Blank nodes are a file's own.
        alone = ox.Store()
        alone.extend(read(file, ox.NamedNode(file.as_uri())))
        everything.extend(alone)
    target = tmp_path_factory.mktemp("suite") / "data.nq"
    everything.dump(str(target), format=ox.RdfFormat.N_QUADS)
    with serve(target) as served:
        yield served.sparql


def own_store(case: Case) -> ox.Store:
    store = ox.Store()
    for file in case.default:
        store.extend(read(file, ox.DefaultGraph()))
    for file in case.named:
        store.extend(read(file, ox.NamedNode(file.as_uri())))
    return store


def engine_passes(case: Case) -> bool:
    try:
        answer = own_store(case).query(case.text, base_iri=case.query.as_uri())
        if case.kind != "QueryEvaluationTest":
            return case.kind.startswith("PositiveSyntax")
        if isinstance(answer, ox.QueryTriples):
            data = ox.serialize(answer, format=ox.RdfFormat.N_TRIPLES) or b""
            return agrees(case, data, "application/n-triples")
        data = answer.serialize(format=ox.QueryResultsFormat.JSON) or b""
    except (SyntaxError, ValueError, OSError, RuntimeError):
        return case.kind.startswith("NegativeSyntax")
    return agrees(case, data, "application/sparql-results+json")


def endpoint_passes(case: Case, endpoint: str, client: httpx2.Client) -> bool:
    fields = {
        "query": f"BASE <{case.query.as_uri()}>\n{case.text}",
        "default-graph-uri": [file.as_uri() for file in case.default],
        "named-graph-uri": [file.as_uri() for file in case.named],
    }
    if not case.default and not case.named:
        fields["default-graph-uri"] = ["http://example.org/nothing"]
    if gate.names_graphs(case.text):
        fields = {"query": fields["query"]}
    accept = "application/sparql-results+json, application/n-triples"
    response = client.post(endpoint, data=fields, headers={"Accept": accept})
    if case.kind.startswith("NegativeSyntax"):
        return response.status_code == 400
    if not response.is_success:
        return False
    if case.kind.startswith("PositiveSyntax"):
        return True
    return agrees(case, response.content, response.headers["content-type"])


def agrees(case: Case, data: bytes, media: str) -> bool:
    """Whether an answer is the one that the suite expects."""
    assert case.result is not None
    if media == "application/n-triples":
        found = ox.parse(data, format=ox.RdfFormat.N_TRIPLES)
        return canonical(found) == canonical(read(case.result, ox.DefaultGraph()))
    answer = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
    if case.result.suffix not in RESULTS:
        return isinstance(answer, ox.QuerySolutions) and same_rows(
            rows(answer), list(result_set(case.result)), ordered=False
        )
    form = RESULTS[case.result.suffix]
    expected = ox.parse_query_results(path=str(case.result), format=form)
    if isinstance(expected, ox.QuerySolutions) and isinstance(answer, ox.QuerySolutions):
        return same_rows(rows(answer), rows(expected), ordered="ORDER BY" in case.text)
    return type(expected) is type(answer) and bool(expected) is bool(answer)


def canonical(quads: Iterable[ox.Quad]) -> set[str]:
    """Quads with their blank nodes named after what is said of them."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def rows(answer: ox.QuerySolutions) -> list[Row]:
    names = [variable.value for variable in answer.variables]
    return [{n: by_value(row[n]) for n in names if row[n] is not None} for row in answer]


def by_value(term: Any) -> Any:  # noqa: ANN401 - any term
    """A term, a number or a truth in the one form that the engine writes: 2.50 is 2.5."""
    if not isinstance(term, ox.Literal) or not term.datatype.value.startswith(XSD):
        return term
    kind = term.datatype.value.removeprefix(XSD)
    if kind == "boolean":
        return ox.Literal(term.value in ("true", "1"))
    try:
        if kind in ("decimal", "integer"):
            return ox.Literal(format(Decimal(term.value).normalize(), "f"), datatype=term.datatype)
        if kind in ("double", "float"):
            return ox.Literal(repr(float(term.value)), datatype=term.datatype)
    except (ValueError, ArithmeticError):
        pass
    return term


def result_set(file: Path) -> Iterator[Row]:
    """The rows of a result that is written as RDF."""
    graph = ox.Dataset(read(file, ox.DefaultGraph()))

    def values(subject: ox.NamedNode | ox.BlankNode, name: str) -> list[Any]:
        predicate = ox.NamedNode(RS + name)
        found = graph.quads_for_subject(subject)
        return [quad.object for quad in found if quad.predicate == predicate]

    for whole in graph.quads_for_predicate(ox.NamedNode(RS + "solution")):
        yield {
            values(binding, "variable")[0].value: by_value(values(binding, "value")[0])
            for binding in values(whole.object, "binding")  # type: ignore[arg-type]
        }


def same_rows(found: list[Row], expected: list[Row], *, ordered: bool) -> bool:
    """Whether rows are the same, in order where that is asked for, up to names of blank nodes."""
    blank = any(isinstance(term, ox.BlankNode) for row in expected for term in row.values())
    if ordered and not blank:
        return found == expected
    return canonical(as_quads(found)) == canonical(as_quads(expected))


def as_quads(some: list[Row]) -> Iterator[ox.Quad]:
    """Rows as a graph, each a blank node: two bags are the same just where their graphs are."""
    for row in some:
        at = ox.BlankNode()
        yield ox.Quad(at, ox.NamedNode("x:is"), ox.Literal("a row"))
        for name, term in row.items():
            yield ox.Quad(at, ox.NamedNode(f"x:{name}"), term)


def test_over_http_just_what_the_engine_passes(endpoint: str) -> None:
    with httpx2.Client(timeout=60) as client:
        engine = {case.name for case in CASES if engine_passes(case)}
        ours = {case.name for case in CASES if endpoint_passes(case, endpoint, client)}
    assert len(CASES) > 300
    assert ours - engine == set()
    assert engine - ours == set()
    told = re.findall(r"^- `([\w-]+/[\w.-]+)`", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(told) == sorted({case.name for case in CASES} - engine)
