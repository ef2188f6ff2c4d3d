"""Indirect routes: which there are, which come first, and what must be said of each.

The rules of walking: an association is walked either way, a cause only forward; a route never
passes through a common effect; a narrower condition rolls up at most once and never down again; a
composite is never taken apart; a null is never walked but shown where it concerns a hop.
"""

from nutrigraph.paths.answer import answer_routes, find
from nutrigraph.paths.network import Filters, Network, build_network

__all__ = ["Filters", "Network", "answer_routes", "build_network", "find"]
