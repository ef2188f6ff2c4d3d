"""What the service and its dataset are, in the words of the W3C: SPARQL-SD and VoID."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from nutrigraph.server.forms import GRAPHS
from nutrigraph.terms import ASSERTED, BASE, DCTERMS, NG, OWL, PREFIXES, RDF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nutrigraph.graph import KnowledgeGraph

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_VOID: Final = "http://rdfs.org/ns/void#"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_WRITTEN: Final = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG",
)  # fmt: skip
_PREFIXES: Final = {**PREFIXES, "sd": _SD, "void": _VOID, "formats": _FORMATS}

Value = str | int | ox.BlankNode | ox.NamedNode
_THING: Final = ox.NamedNode


def _triple(subject: str | ox.BlankNode, predicate: str, value: Value) -> ox.Triple:
    term = ox.NamedNode(subject) if isinstance(subject, str) else subject
    literal = isinstance(value, str | int)
    return ox.Triple(term, ox.NamedNode(predicate), ox.Literal(value) if literal else value)  # type: ignore[arg-type]


def service(url: str, graphs: list[str]) -> Iterator[ox.Triple]:
    """Yield the description of a service at an address: what it reads, writes and holds.

    It follows SPARQL 1.1 Service Description (https://www.w3.org/TR/sparql11-service-description/).
    """
    dataset, default = ox.BlankNode("dataset"), ox.BlankNode("default")
    yield _triple(url, RDF.type, _THING(_SD + "Service"))
    yield _triple(url, _SD + "endpoint", _THING(url))
    yield _triple(url, _SD + "supportedLanguage", _THING(_SD + "SPARQL11Query"))
    for name in _WRITTEN:
        yield _triple(url, _SD + "resultFormat", _THING(_FORMATS + name))
    yield _triple(url, _SD + "defaultDataset", dataset)
    yield _triple(dataset, RDF.type, _THING(_SD + "Dataset"))
    yield _triple(dataset, _SD + "defaultGraph", default)
    yield _triple(default, RDF.type, _THING(_SD + "Graph"))
    yield _triple(
        default,
        DCTERMS.description,
        f"What is asserted and what follows from it; <{ASSERTED}> names the former alone in "
        "default-graph-uri.",
    )
    for number, name in enumerate(graphs):
        graph = ox.BlankNode(f"graph{number}")
        yield _triple(dataset, _SD + "namedGraph", graph)
        yield _triple(graph, RDF.type, _THING(_SD + "NamedGraph"))
        yield _triple(graph, _SD + "name", _THING(name))


def _of_the_ontology(graph: KnowledgeGraph, ours: str) -> Iterator[ox.Triple]:
    """Yield what holds of the dataset as of the ontology: by whom and of when they are."""
    for name in (DCTERMS.creator, DCTERMS.publisher, DCTERMS.issued, DCTERMS.modified):
        for quad in graph.store.local.quads_for_pattern(
            ox.NamedNode(NG.ontology), ox.NamedNode(name), None, ox.DefaultGraph()
        ):
            yield ox.Triple(ox.NamedNode(ours), quad.predicate, quad.object)


def dataset(graph: KnowledgeGraph, url: str) -> Iterator[ox.Triple]:
    """Yield what the dataset behind a service is, by VoID (https://www.w3.org/TR/void/)."""
    manifest, ours = graph.store.manifest, BASE + "dataset"
    yield _triple(ours, RDF.type, _THING(_VOID + "Dataset"))
    yield _triple(ours, DCTERMS.title, "Nutrigraph")
    yield _triple(ours, DCTERMS.description, graph.vocabulary.caution)
    yield _triple(ours, DCTERMS.conformsTo, _THING(NG.ontology))
    yield _triple(ours, OWL.versionInfo, graph.vocabulary.version)
    if build := graph.build:
        yield _triple(ours, DCTERMS.identifier, build)
    yield from _of_the_ontology(graph, ours)
    if licence := manifest.get("licence"):
        yield _triple(ours, DCTERMS.license, _THING(licence))
    yield _triple(ours, _VOID + "sparqlEndpoint", _THING(url))
    yield _triple(ours, _VOID + "uriSpace", BASE)
    yield _triple(ours, _VOID + "entities", len(graph.entities))
    if quads := manifest.get("counts", {}).get("quads"):
        yield _triple(ours, _VOID + "triples", quads)
    for prefix in ("skos", "prov", "oa", "biolink"):
        yield _triple(ours, _VOID + "vocabulary", _THING(PREFIXES[prefix]))
    for home in graph.documents:
        part = f"{BASE}document/{home.slug}"
        yield _triple(ours, _VOID + "subset", _THING(part))
        yield _triple(part, DCTERMS.title, home.title)
    for iri in sorted(graph.entities)[:1]:
        yield _triple(ours, _VOID + "exampleResource", _THING(iri))


def write(triples: Iterator[ox.Triple], media: str) -> bytes:
    """Return triples in a form of `forms.GRAPHS`."""
    return ox.serialize(triples, format=GRAPHS[media], prefixes=_PREFIXES) or b""
