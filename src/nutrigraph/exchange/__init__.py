"""Exchange with other formats: what leaves the graph, and what comes in.

Another format is one more entry of `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Protocol

from nutrigraph.exchange.cells import guard, unguard
from nutrigraph.exchange.citations import CITATION_FORMATS, cite, papers
from nutrigraph.exchange.kgx import write_kgx
from nutrigraph.exchange.kgx_reading import read_kgx
from nutrigraph.exchange.mappings import sssom
from nutrigraph.exchange.networks import graphml, network
from nutrigraph.exchange.quads import jsonld, nquads, trig
from nutrigraph.exchange.rows import claims_csv

if TYPE_CHECKING:
    from nutrigraph.content import Content
    from nutrigraph.store import Store

__all__ = [
    "BY_DOCUMENT",
    "CITATION_FORMATS",
    "FORMATS",
    "WITHOUT_CAUTION",
    "Graph",
    "cite",
    "guard",
    "network",
    "nquads",
    "read_kgx",
    "unguard",
    "write_kgx",
]


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


def _csv(graph: Graph, document: str | None) -> Iterator[str]:
    return claims_csv(graph.records(document=document))


def _graphml(graph: Graph, document: str | None) -> Iterator[str]:
    content = graph.content
    built = network(content.entities.values(), graph.records(document=document))
    return graphml(built, content.vocabulary.caution)


def _sssom(graph: Graph, _document: str | None) -> Iterator[str]:
    from nutrigraph.rdf import MAPPINGS

    caution = graph.content.vocabulary.caution
    return sssom(graph.store.raw, tuple(MAPPINGS.values()), caution)


def _citing(form: str) -> Writer:
    def write(graph: Graph, document: str | None) -> Iterator[str]:
        homes = graph.content.documents
        yield cite(papers(home for home in homes if document in (None, home.slug)), form)

    return write


FORMATS: Final[dict[str, Writer]] = {
    "nquads": lambda graph, _: nquads(graph.store.quads()),
    "trig": lambda graph, _: trig(graph.store.quads()),
    "jsonld": lambda graph, _: jsonld(graph.store.quads()),
    "graphml": _graphml,
    "csv": _csv,
    "sssom": _sssom,
    **{form: _citing(form) for form in CITATION_FORMATS},
}
BY_DOCUMENT: Final = frozenset({"csv", "graphml", *CITATION_FORMATS})
"""The formats that can hold one document alone."""
WITHOUT_CAUTION: Final = frozenset({"csv"})
"""The formats of claims that have no place for the caution: it is said beside the file."""
