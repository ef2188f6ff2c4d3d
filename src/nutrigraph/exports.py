"""What the graph can be exported as: the formats, each with the function that writes it.

Another format is one more entry of `FORMATS`. The writers are imported when one is asked for: the
command line lists the names before it knows whether anything will be written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Protocol

from nutrigraph.errors import UsageError

if TYPE_CHECKING:
    from nutrigraph.content import Content
    from nutrigraph.store import Store


class Graph(Protocol):
    """What a format is written from; a `KnowledgeGraph` is one."""

    @property
    def store(self) -> Store:
        """The quads."""

    @property
    def content(self) -> Content:
        """What they say, read into the model."""

    def records(self, *, document: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield the claims, of one document or all, as ``claims --json`` gives them."""


Writer = Callable[[Graph, str | None], Iterable[str]]
"""Yields the parts of a file; takes the graph, and the document that its claims are from."""


def _quads(form: str) -> Writer:
    def write(graph: Graph, _document: str | None) -> Iterable[str]:
        from nutrigraph.exchange import quads

        writers = {"nquads": quads.nquads, "trig": quads.trig, "jsonld": quads.jsonld}
        return writers[form](graph.store.quads())

    return write


def _csv(graph: Graph, document: str | None) -> Iterable[str]:
    from nutrigraph.exchange.rows import claims_csv

    caution = graph.content.vocabulary.caution
    return claims_csv({**record, "caution": caution} for record in graph.records(document=document))


def _graphml(graph: Graph, document: str | None) -> Iterable[str]:
    from nutrigraph.exchange.networks import graphml, network

    content = graph.content
    built = network(content.entities.values(), graph.records(document=document))
    return graphml(built, content.vocabulary.caution)


def _sheet(graph: Graph, document: str | None) -> Iterable[str]:
    from nutrigraph.sheets import write_sheet

    content = graph.content
    homes = (home for home in content.documents if document in (None, home.slug))
    return write_sheet(homes, content.entities, content.terms)


def _sssom(graph: Graph, _document: str | None) -> Iterable[str]:
    from nutrigraph.exchange.mappings import sssom
    from nutrigraph.rdf import MAPPINGS

    caution = graph.content.vocabulary.caution
    return sssom(graph.store.local, tuple(MAPPINGS.values()), caution)


def _ontology(graph: Graph, _document: str | None) -> Iterable[str]:
    from nutrigraph.exchange.ontology import turtle

    return turtle(graph.store.local, graph.content.entities)


def _citing(form: str) -> Writer:
    def write(graph: Graph, document: str | None) -> Iterable[str]:
        from nutrigraph.exchange.citations import cite, papers

        homes = (home for home in graph.content.documents if document in (None, home.slug))
        text = cite(papers(homes), form)
        return (
            [f"@comment{{{graph.content.vocabulary.caution}}}\n\n{text}"]
            if form == "bibtex"
            else [text]
        )

    return write


_CITATIONS: Final = ("csl-json", "bibtex", "ris")
FORMATS: Final[dict[str, Writer]] = {
    **{form: _quads(form) for form in ("nquads", "trig", "jsonld")},
    "graphml": _graphml,
    "csv": _csv,
    "sheet": _sheet,
    "sssom": _sssom,
    "ontology": _ontology,
    **{form: _citing(form) for form in _CITATIONS},
}
"""The formats of one file; KGX is two."""
BY_DOCUMENT: Final = frozenset({"csv", "graphml", "sheet", *_CITATIONS})
"""The formats that can hold one document alone."""
WITHOUT_CAUTION: Final = frozenset({"sheet", "csl-json", "ris"})
"""The formats that have no place for the caution: it is said beside the file."""


def writer_of(format: str, *, by_document: bool = False) -> Writer:
    """Return what writes a format, of one document alone where it is written ``by_document``.

    Raises:
        UsageError: there is no such format, or it holds the whole graph only.
    """
    if format not in FORMATS:
        raise UsageError(f"no format {format!r}: use {', '.join(FORMATS)}")
    if by_document and format not in BY_DOCUMENT:
        raise UsageError(
            f"{format} holds the whole graph: leave the document out, "
            f"or use {', '.join(sorted(BY_DOCUMENT))}"
        )
    return FORMATS[format]
