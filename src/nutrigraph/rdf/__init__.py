"""Model to triples and back: the one place that knows how the graph is written as RDF."""

from nutrigraph.rdf.documents import read_document, read_documents
from nutrigraph.rdf.scrutiny import Heard, refuse_undeclared, refuse_unread
from nutrigraph.rdf.statements import Index, Statements, index_quads, merge, parse_file, undeclared
from nutrigraph.rdf.tables import MAPPINGS, SEGMENT_KINDS
from nutrigraph.rdf.vocabulary import (
    declared_terms,
    read_entities,
    read_links,
    read_qualified_terms,
    read_vocabulary,
)
from nutrigraph.rdf.writing import document_quads, entity_quads, quads_of_claims

__all__ = [
    "MAPPINGS",
    "SEGMENT_KINDS",
    "Heard",
    "Index",
    "Statements",
    "declared_terms",
    "document_quads",
    "entity_quads",
    "index_quads",
    "merge",
    "parse_file",
    "quads_of_claims",
    "read_document",
    "read_documents",
    "read_entities",
    "read_links",
    "read_qualified_terms",
    "read_vocabulary",
    "refuse_undeclared",
    "refuse_unread",
    "undeclared",
]
