"""Reading the W3C's test suites: lists of RDF, requests as they are written down."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")

Node = rdflib.term.Node


def suite(part: str = "") -> Path:
    """The folder of the SPARQL 1.1 suite, or of a part; without it, its tests are skipped."""
    data = os.environ.get("NUTRIGRAPH_DATA")
    place = Path(data or "../shared/data") / "rdf-tests" / "sparql11" / part
    if not place.is_dir():
        message = "no test suites here: name their folder in NUTRIGRAPH_DATA"
        if "CI" in os.environ and data:
            pytest.fail(message)
        pytest.skip(message, allow_module_level=True)
    return place.resolve()


def manifest(folder: Path) -> rdflib.Graph:
    """The manifest of a folder."""
    return rdflib.Graph().parse(
        folder / "manifest.ttl", publicID=(folder / "manifest.ttl").as_uri()
    )


def listed(graph: rdflib.Graph, node: Node | None) -> list[Node]:
    """The members of an RDF list."""
    return list(Collection(graph, node)) if node is not None else []


def entries(graph: rdflib.Graph) -> Iterator[Node]:
    """The tests of a manifest, in order."""
    for whole in graph.subjects(RDF.type, MF.Manifest):
        yield from listed(graph, graph.value(whole, MF.entries))


def path_of(iri: Node | None) -> Path:
    """The file of a ``file:`` IRI."""
    return Path(rdflib.URIRef(str(iri)).removeprefix("file://"))
