"""Taking documents from elsewhere into a store, beside what the ontology holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from nutrigraph import check
from nutrigraph.build import Compiled, apply_rules, compile_ontology, write
from nutrigraph.errors import CheckFailed, InputError
from nutrigraph.rdf import (
    Statements,
    document_quads,
    index_quads,
    read_documents,
    read_entities,
)
from nutrigraph.terms import INFERRED, ontology_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from nutrigraph.model import Document


def _quads(store: ox.Store, document: Document, compiled: Compiled) -> list[ox.Quad]:
    """Return the quads of a document, unless the store says otherwise of it."""
    quads = document_quads(document, compiled.vocabulary)
    there = any(store.quads_for_pattern(None, None, None, ox.NamedNode(document.id)))
    if there and any(quad not in store for quad in quads):
        raise InputError(
            document.slug,
            "a document of that name is in the graph and says otherwise: rename this one",
        )
    return quads


def _read_back(store: ox.Store, compiled: Compiled) -> None:
    """Read all that was put together, so that no build is written that nobody could open."""
    graphs = {name: Statements(index, name) for name, index in index_quads(store).items()}
    entities = read_entities(graphs.pop(""))
    for _ in read_documents(graphs, compiled.vocabulary, entities):
        pass


def add_documents(
    target: Path, documents: Iterable[Document], declared: Iterable[ox.Quad]
) -> Compiled:
    """Build the ontology with these documents into a store, and return what was built.

    ``declared`` are the quads of the entities that the ontology does not know. Nothing enters if
    anything fails.

    Raises:
        InputError: the ontology, or a document of the same name, says otherwise.
        CheckFailed: a check does not hold of the whole.
        StoreError: the store is locked or cannot be written. The last build stays current.
    """
    folder = ontology_folder()
    compiled = compile_ontology(folder)
    store, added = compiled.store, tuple(documents)
    store.extend(declared)
    for document in added:
        store.extend(_quads(store, document, compiled))
    # What is now stated is not inferred any more: the rules start afresh.
    store.remove_graph(ox.NamedNode(INFERRED))
    apply_rules(store, folder / "rules")
    if found := check.queries(store, folder / "checks"):
        raise CheckFailed(", ".join(item.slug for item in added), [str(item) for item in found])
    _read_back(store, compiled)
    known = {item.slug for item in compiled.documents}
    more = tuple(item for item in added if item.slug not in known)
    whole = replace(compiled, documents=compiled.documents + more)
    write(whole, target)
    return whole
