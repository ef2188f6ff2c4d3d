"""The store that is served, and the newer build that may take its place."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from nutrigraph.opening import open_graph

if TYPE_CHECKING:
    from nutrigraph.graph import KnowledgeGraph


class Opened:
    """A store by its place, open, and renewed when a newer build lies there."""

    def __init__(self, place: str) -> None:
        """Open a store.

        Raises:
            StoreError: it is missing, or no store.
            InputError: it is an RDF file with a mistake.
        """
        self.place = place
        self.graph: KnowledgeGraph = open_graph(place)

    @property
    def build(self) -> str:
        """The folder of the build that is open, empty where the store is no build folder."""
        return str(self.graph.store.folder or "")

    @cached_property
    def _link(self) -> Path:
        return Path(self.place) / "current"

    def renew(self) -> bool:
        """Open the newer build if there is one; return whether there was."""
        if not self.build or str(self._link.resolve()) in (self.build, str(self._link)):
            return False
        newer = open_graph(self.place)
        # Read before it is shown, so that no reader waits for it.
        newer.content  # noqa: B018
        self.graph = newer
        return True

    def graphs(self) -> list[str]:
        """Return the named graphs, sorted."""
        found = self.graph.store.local.named_graphs()
        return sorted(name.value for name in found if isinstance(name, ox.NamedNode))
