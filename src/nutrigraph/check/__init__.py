"""What must hold of a graph: quotes, coverage, the checks under ``ontology/checks``, shapes."""

from nutrigraph.check.findings import Finding, read_text
from nutrigraph.check.questions import kinds, queries
from nutrigraph.check.shacl import shapes
from nutrigraph.check.texts import Coverage, anchors, coverage, sentences

__all__ = [
    "Coverage",
    "Finding",
    "anchors",
    "coverage",
    "kinds",
    "queries",
    "read_text",
    "sentences",
    "shapes",
]
