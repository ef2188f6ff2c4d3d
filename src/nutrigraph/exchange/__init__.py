"""Exchange with other formats: what leaves the graph, and what comes in."""

from nutrigraph.exchange.citations import CITATION_FORMATS, cite
from nutrigraph.exchange.kgx import write_kgx
from nutrigraph.exchange.kgx_reading import read_kgx
from nutrigraph.exchange.quads import nquads

__all__ = ["CITATION_FORMATS", "cite", "nquads", "read_kgx", "write_kgx"]
