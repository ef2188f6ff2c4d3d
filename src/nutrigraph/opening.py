"""Where a graph lies, and opening it."""

from __future__ import annotations

import os
from pathlib import Path

from nutrigraph.graph import KnowledgeGraph
from nutrigraph.store import Store, open_store
from nutrigraph.terms import ontology_folder, ontology_id


def default_store() -> Path:
    """Return where the store lies unless one is named: the checkout's build folder, or a cache.

    ``NUTRIGRAPH_STORE`` names another.
    """
    if named := os.environ.get("NUTRIGRAPH_STORE"):
        return Path(named)
    checkout = ontology_folder().parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "build" / "store"
    import platformdirs

    return Path(platformdirs.user_cache_dir("nutrigraph")) / "store"


def stale(store: Store) -> bool:
    """Whether the ontology has changed since the store was built."""
    return bool(store.manifest) and store.manifest.get("ontology") != ontology_id(ontology_folder())


def open_graph(place: str | Path | None = None) -> KnowledgeGraph:
    """Open a build folder or an RDF file; with none named, the default, which is built if need be.

    Raises:
        StoreError: it is missing, is no store, or cannot be read.
        InputError: it is an RDF file with a mistake.
    """
    if place is not None:
        return KnowledgeGraph(open_store(place))
    folder = default_store()
    if not (folder / "current").exists():
        from nutrigraph.build import build

        build(ontology_folder(), folder)
    return KnowledgeGraph(open_store(folder))
