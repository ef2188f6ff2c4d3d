"""The W3C's tests of SPARQL 1.1 queries over HTTP: just what the engine itself passes.

All data lie in one store, each file as a named graph; a test chooses its dataset by the parameters
of the protocol. The engine is asked the same of a store of the test's own. What fails there fails
here, and stands in docs/endpoint.md. Each answer is asked for in the form that the suite has it in.
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
    "csv-tsv-res",
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
Answer = bool | list[Row] | set[str]
"""A truth, rows, or a graph: its quads, with blank nodes named by `canonical`."""


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

    @property
    def form(self) -> ox.QueryResultsFormat:
        """The form that rows and truths are asked for in."""
        suffix = self.result.suffix if self.result is not None else ""
        return RESULTS.get(suffix, ox.QueryResultsFormat.JSON)


def cases() -> Iterator[Case]:
    for group in GROUPS:
        graph = manifest(suite(group))
        for test in entries(graph):
            name = f"{group}/{str(test).rpartition('#')[2]}"
            kind = str(graph.value(test, RDF.type)).rpartition("#")[2]
            action, result = graph.value(test, MF.action), graph.value(test, MF.result)
            if kind == "CSVResultFormatTest":
                continue  # CSV tells no IRI from a text.
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


@pytest.fixture(scope="module")
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(timeout=60) as client:
        yield client


def own_store(case: Case) -> ox.Store:
    store = ox.Store()
    for file in case.default:
        store.extend(read(file, ox.DefaultGraph()))
    for file in case.named:
        store.extend(read(file, ox.NamedNode(file.as_uri())))
    return store


def engine_answer(case: Case) -> Answer | None:
    """What the engine answers when it is asked directly; None: nothing."""
    try:
        answer = own_store(case).query(case.text, base_iri=case.query.as_uri())
        if isinstance(answer, ox.QueryTriples):
            return canonical(ox.Quad(*triple) for triple in answer)
        return read_answer(answer.serialize(format=case.form) or b"", case.form)
    except (SyntaxError, ValueError, RuntimeError):
        return None


def endpoint_answer(case: Case, endpoint: str, client: httpx2.Client) -> Answer | None:
    """What the endpoint answers; None: it refuses the query."""
    fields = {
        "query": f"BASE <{case.query.as_uri()}>\n{case.text}",
        "default-graph-uri": [file.as_uri() for file in case.default],
        "named-graph-uri": [file.as_uri() for file in case.named],
    }
    if not case.default and not case.named:
        fields["default-graph-uri"] = ["http://example.org/nothing"]
    if gate.names_graphs(case.text):
        fields = {"query": fields["query"]}
    form = case.form.media_type.partition(";")[0]
    accept = f"{form}, application/n-triples"
    response = client.post(endpoint, data=fields, headers={"Accept": accept})
    if response.status_code == 400:
        return None
    assert response.status_code == 200, response.text
    media = response.headers["content-type"].partition(";")[0]
    if media == "application/n-triples":
        return canonical(ox.parse(response.content, format=ox.RdfFormat.N_TRIPLES))
    assert media == form
    return read_answer(response.content, case.form)


def read_answer(source: bytes | Path, form: ox.QueryResultsFormat) -> Answer:
    given = {"path": str(source)} if isinstance(source, Path) else {"input": source}
    answer = ox.parse_query_results(**given, format=form)
    if not isinstance(answer, ox.QuerySolutions):
        return bool(answer)
    names = [variable.value for variable in answer.variables]
    return [{name: row[name] for name in names if row[name] is not None} for row in answer]


def expected(case: Case) -> Answer:
    """The answer that the suite expects."""
    assert case.result is not None
    if case.result.suffix in RESULTS:
        return read_answer(case.result, case.form)
    quads = ox.Dataset(read(case.result, ox.DefaultGraph()))
    return list(result_set(quads)) or canonical(quads)


def passes(case: Case, answer: Answer | None) -> bool:
    """Whether an answer is what the suite expects, numbers by their value."""
    if case.kind != "QueryEvaluationTest":
        return (answer is None) == case.kind.startswith("Negative")
    return answer is not None and same(by_value(answer), by_value(expected(case)), case)


def same(some: Answer | None, others: Answer | None, case: Case) -> bool:
    """Whether two answers are one: rows in order where that is asked for, whatever blank nodes are
    called."""
    if not isinstance(some, list) or not isinstance(others, list):
        return some == others
    ordered = re.search(r"\bORDER\s+BY\b", gate.bare(case.text), re.IGNORECASE) is not None
    return canonical(as_quads(some, ordered)) == canonical(as_quads(others, ordered))


def canonical(quads: Iterable[ox.Quad]) -> set[str]:
    """Quads with their blank nodes named after what is said of them."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def by_value(answer: Answer) -> Answer:
    """An answer with numbers and truths in the one form that the engine writes: 2.50 is 2.5."""
    if not isinstance(answer, list):
        return answer
    return [{name: term_by_value(term) for name, term in row.items()} for row in answer]


def term_by_value(term: Any) -> Any:  # noqa: ANN401 - any term
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


def result_set(graph: ox.Dataset) -> Iterator[Row]:
    """The rows of a result that is written as RDF; none where the graph is no such result."""

    def values(subject: ox.NamedNode | ox.BlankNode, name: str) -> list[Any]:
        predicate = ox.NamedNode(RS + name)
        found = graph.quads_for_subject(subject)
        return [quad.object for quad in found if quad.predicate == predicate]

    for whole in graph.quads_for_predicate(ox.NamedNode(RS + "solution")):
        yield {
            values(binding, "variable")[0].value: values(binding, "value")[0]
            for binding in values(whole.object, "binding")  # type: ignore[arg-type]
        }


def as_quads(rows: list[Row], ordered: bool) -> Iterator[ox.Quad]:
    """Rows as a graph, each a blank node: two bags are the same just where their graphs are."""
    for number, row in enumerate(rows):
        at = ox.BlankNode()
        yield ox.Quad(at, ox.NamedNode("x:row"), ox.Literal(number if ordered else "any"))
        for name, term in row.items():
            yield ox.Quad(at, ox.NamedNode(f"x:{name}"), term)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_over_http_just_what_the_engine_answers(
    case: Case, endpoint: str, client: httpx2.Client
) -> None:
    ours, engine = endpoint_answer(case, endpoint, client), engine_answer(case)
    assert passes(case, ours) is passes(case, engine)
    assert same(ours, engine, case), (ours, engine)  # Each term as it is written, right or wrong.


def test_what_does_not_pass_stands_in_the_docs() -> None:
    assert len(CASES) == 335
    failing = sorted(case.name for case in CASES if not passes(case, engine_answer(case)))
    text = DOC.read_text(encoding="utf-8")
    assert f"{len(CASES)} tests of queries" in " ".join(text.split())
    assert sorted(re.findall(r"^- `([\w-]+/[\w.-]+)`", text, re.MULTILINE)) == failing
