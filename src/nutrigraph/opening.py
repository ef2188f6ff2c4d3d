"""Where a graph lies, and opening it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from nutrigraph.store import Store, open_store
from nutrigraph.terms import ontology_folder, ontology_id

if TYPE_CHECKING:
    from nutrigraph.graph import KnowledgeGraph


def default_store() -> Path:
    """Return where the store lies unless one is named: beside the ontology, or in a cache.

    A checkout and a copy that ``NUTRIGRAPH_ONTOLOGY`` names have theirs in ``build/store``; that of
    the installed package lies in the user's cache. ``NUTRIGRAPH_STORE`` names another.
    """
    if named := os.environ.get("NUTRIGRAPH_STORE"):
        return Path(named)
    home = ontology_folder().parent
    if "NUTRIGRAPH_ONTOLOGY" in os.environ or (home / "pyproject.toml").is_file():
        return home / "build" / "store"
    import platformdirs

    return Path(platformdirs.user_cache_dir("nutrigraph")) / "store"


def is_url(place: str | Path) -> bool:
    """Whether a store is named by an address."""
    return str(place).lower().startswith(("http://", "https://"))


def open_any(place: str | Path) -> Store:
    """Open a store by what it is named: an address is asked later, all else is read now.

    Raises:
        StoreError: it is missing, is no store, or cannot be read.
        InputError: it is an RDF file with a mistake.
        UsageError: it is a URL that cannot be one of an endpoint.
    """
    if is_url(place):
        from nutrigraph.remote import open_remote

        return open_remote(str(place))
    return open_store(place)


def stale(store: Store) -> bool:
    """Whether the ontology has changed since the store was built."""
    return bool(store.manifest) and store.manifest.get("ontology") != ontology_id(ontology_folder())


def open_graph(place: str | Path | None = None) -> KnowledgeGraph:
    """Open a build folder, an RDF file, or the endpoint at a URL.

    With none named, the default, which is built if need be.

    Raises:
        StoreError: it is missing, is no store, or cannot be read.
        InputError: it is an RDF file with a mistake.
        UsageError: it is a URL that cannot be one of an endpoint.
    """
    from nutrigraph.graph import KnowledgeGraph

    if place is not None:
        return KnowledgeGraph(open_any(place))
    folder = default_store()
    if not (folder / "current").exists():
        from nutrigraph.build import build

        build(ontology_folder(), folder)
    return KnowledgeGraph(open_store(folder))
