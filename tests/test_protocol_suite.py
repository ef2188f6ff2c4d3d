"""The W3C's tests of the SPARQL 1.1 protocol and service description, against the real server."""

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import RDF, RDFS
from tests.serving import Served, serve
from tests.suites import CNT, HT, MF, UT, Node, entries, listed, manifest, path_of, suite

FOLDER = suite("protocol")
GRAPH = manifest(FOLDER)
TESTS = list(entries(GRAPH))
FORMATS = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": (
        *("application/sparql-results+json", "application/sparql-results+xml"),
        *("text/csv", "text/tab-separated-values"),
    ),
    "RDF": ("text/turtle", "application/n-triples", "application/rdf+xml"),
}
CLASSES = {"2xx": 2, "3xx": 3, "4xx": 4, "5xx": 5, "200": 2, "400": 4}
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")


def name(test: Node) -> str:
    return str(test).rpartition("#")[2]


@pytest.fixture(scope="module")
def suite_served(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Our graph, and beside it the graphs of the suite under the names that it gives them."""
    file = tmp_path_factory.mktemp("suite") / "data.nq"
    held = ox.Store.read_only(str(store / "current" / "store"))
    lines = [f"{quad} ." for quad in held]
    for data in {*GRAPH.objects(None, UT.graphData)}:
        label, source = GRAPH.value(data, RDFS.label), GRAPH.value(data, UT.graph)
        for quad in ox.parse(path=str(path_of(source)), format=ox.RdfFormat.N_TRIPLES):
            lines.append(f"{quad.triple} <{label}> .")
    file.write_text("\n".join([*dict.fromkeys(lines), ""]))
    with serve(file) as served:
        yield served


def send(served: Served, request: Node) -> tuple[int, str, bytes]:
    """Send a request as the suite writes it; status, media type and body of the response."""
    body = GRAPH.value(request, HT.body)
    headers = {
        str(GRAPH.value(header, HT.fieldName)): str(GRAPH.value(header, HT.fieldValue))
        for header in listed(GRAPH, GRAPH.value(request, HT.headers))
    }
    data = None
    if body is not None:
        encoding = str(GRAPH.value(body, CNT.characterEncoding))
        data = str(GRAPH.value(body, CNT.chars)).encode(encoding)
    place = urlsplit(served.address)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)
    method = str(GRAPH.value(request, HT.methodName))
    connection.request(method, str(GRAPH.value(request, HT.absolutePath)), data, headers)
    response = connection.getresponse()
    media = response.getheader("content-type", "").partition(";")[0]
    found = response.status, media, response.read()
    connection.close()
    return found


def is_update(request: Node) -> bool:
    """Whether a request asks for an update, in one of the ways there are."""
    path = str(GRAPH.value(request, HT.absolutePath))
    body = GRAPH.value(request, HT.body)
    text = str(GRAPH.value(body, CNT.chars)) if body is not None else ""
    told = "".join(
        str(GRAPH.value(header, HT.fieldValue))
        for header in listed(GRAPH, GRAPH.value(request, HT.headers))
    )
    return "update" in told or "update=" in path or text.startswith("update=") or "using-" in path


@pytest.mark.parametrize("test", TESTS, ids=name)
def test_protocol(test: Node, suite_served: Served) -> None:
    connection = GRAPH.value(test, MF.action)
    requests = listed(GRAPH, GRAPH.value(connection, HT.requests))
    assert requests
    updates = refused = False
    for request in requests:
        status, media, body = send(suite_served, request)
        refused = refused or 400 <= status < 500
        response = GRAPH.value(request, HT.resp)
        wanted = {str(iri)[-3:] for iri in GRAPH.objects(response, MF.expectedStatus)}
        if is_update(request):
            # Whatever the suite expects of an engine that takes updates: this one takes none.
            updates = True
            assert 400 <= status < 500, (status, body)
            continue
        assert status // 100 in {CLASSES[one] for one in wanted}, (status, body)
        if status >= 400:
            continue
        if (form := GRAPH.value(response, MF.expectedFormat)) is not None:
            assert media in FORMATS[str(form)]
        if (truth := GRAPH.value(response, MF.expectedBoolean)) is not None:
            answer = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
            # After an update the suite asks for what that has written: here it has written nothing.
            asked = bool(truth.toPython())  # type: ignore[attr-defined]
            assert bool(answer) is (asked and not updates)
    assert refused is ("update" in name(test) or name(test).startswith("bad_"))


def test_the_suite_is_whole() -> None:
    assert len(TESTS) == 34


def test_service_description(suite_served: Served) -> None:
    assert {name(test) for test in entries(manifest(suite("service-description")))} == {
        *("has-endpoint-triple", "returns-rdf", "conforms-to-schema"),
    }
    place = urlsplit(suite_served.address)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)
    connection.request("GET", "/sparql")
    response = connection.getresponse()
    assert response.status == 200
    assert response.headers.get_content_type() in FORMATS["RDF"]
    found = rdflib.Graph().parse(data=response.read(), format="turtle")
    connection.close()
    service = found.value(predicate=RDF.type, object=SD.Service)
    assert found.value(service, SD.endpoint) == rdflib.URIRef(suite_served.sparql)
    assert found.value(service, SD.supportedLanguage) == SD.SPARQL11Query
    default = found.value(service, SD.defaultDataset)
    assert (default, RDF.type, SD.Dataset) in found
    assert (found.value(default, SD.defaultGraph), RDF.type, SD.Graph) in found
    names = {
        str(found.value(graph, SD.name))
        for graph in found.objects(default, SD.namedGraph)
        if (graph, RDF.type, SD.NamedGraph) in found
    }
    assert "http://kasei.us/2009/09/sparql/data/data1.rdf" in names
