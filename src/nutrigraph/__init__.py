"""Nutrigraph: a knowledge graph of what documents say on nutrients, conditions and mechanisms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nutrigraph.errors import NutrigraphError
from nutrigraph.terms import VERSION as __version__  # noqa: N811 - the usual name

if TYPE_CHECKING:
    from nutrigraph.graph import KnowledgeGraph
    from nutrigraph.opening import open_graph as open

__all__ = ["KnowledgeGraph", "NutrigraphError", "__version__", "open"]


def __getattr__(name: str) -> object:
    """Import the graph when it is first asked for, so that the command line answers at once."""
    if name not in ("KnowledgeGraph", "open"):
        raise AttributeError(f"module 'nutrigraph' has no attribute {name!r}")
    from nutrigraph import graph, opening

    return graph.KnowledgeGraph if name == "KnowledgeGraph" else opening.open_graph
