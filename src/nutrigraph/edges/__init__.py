"""Edges without sentences: sources that say what goes with what, and show nothing to re-read.

They enter as plain triples in a graph of the source's own, and as arrays beside the store. They
are marked wherever they are shown, and are never mixed with claims.
"""

from nutrigraph.edges.answer import locate, paths_in, refuse_weights
from nutrigraph.edges.entering import import_edges
from nutrigraph.edges.remote import RemoteSource
from nutrigraph.edges.source import AnySource, EdgeSource, open_sources

__all__ = [
    "AnySource",
    "EdgeSource",
    "RemoteSource",
    "import_edges",
    "locate",
    "open_sources",
    "paths_in",
    "refuse_weights",
]
