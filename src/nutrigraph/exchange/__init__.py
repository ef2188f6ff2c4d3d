"""Exchange with other formats: what leaves the graph, and what comes in."""

from nutrigraph.cells import guard, unguard
from nutrigraph.exchange.citations import CITATION_FORMATS, cite
from nutrigraph.exchange.kgx import write_kgx
from nutrigraph.exchange.kgx_reading import read_kgx
from nutrigraph.exchange.networks import network
from nutrigraph.exchange.ontology import ontology_quads
from nutrigraph.exchange.quads import nquads

__all__ = [
    "CITATION_FORMATS",
    "cite",
    "guard",
    "network",
    "nquads",
    "ontology_quads",
    "read_kgx",
    "unguard",
    "write_kgx",
]
