"""Model to triples and back: the one place that knows how the graph is written as RDF."""

from nutrigraph.rdf.documents import read_document, read_documents
from nutrigraph.rdf.statements import Index, Statements, index_quads, parse_file, undeclared
from nutrigraph.rdf.tables import MAPPINGS
from nutrigraph.rdf.vocabulary import (
    declared_terms,
    read_entities,
    read_links,
    read_qualified_terms,
    read_vocabulary,
)
from nutrigraph.rdf.writing import document_quads, entity_quads

__all__ = [
    "MAPPINGS",
    "Index",
    "Statements",
    "declared_terms",
    "document_quads",
    "entity_quads",
    "index_quads",
    "parse_file",
    "read_document",
    "read_documents",
    "read_entities",
    "read_links",
    "read_qualified_terms",
    "read_vocabulary",
    "undeclared",
]
