"""Taking in what others have: documents that come from elsewhere, beside those of the ontology."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from nutrigraph import check
from nutrigraph.build import apply_rules, compile_ontology, findings, write
from nutrigraph.errors import CheckFailed, UsageError
from nutrigraph.exchange.mapping import read_rdf
from nutrigraph.rdf import Statements, document_quads, parse_file, read_entities, read_vocabulary
from nutrigraph.terms import ontology_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pyoxigraph as ox

    from nutrigraph.build import Compiled
    from nutrigraph.exchange.mapping import Mapped
    from nutrigraph.model import Document


def add_documents(
    target: Path, documents: Sequence[Document], declared_quads: Iterable[ox.Quad]
) -> Compiled:
    """Build the ontology with some documents more into a store; return what was written.

    ``declared_quads`` are the entities and predicates that the documents bring with them.

    Raises:
        UsageError: a document bears the name of one that is there.
        CheckFailed: a check does not hold.
        StoreError: the store is locked or cannot be written. The last build stays current.
    """
    folder = ontology_folder()
    compiled = compile_ontology(folder)
    there = {document.slug for document in compiled.documents}
    for document in documents:
        if document.slug in there:
            raise UsageError(
                f"the document {document.slug!r} is there already: give another name with --slug"
            )
    store = compiled.store
    store.extend(declared_quads)
    place = f"{folder} with {', '.join(document.slug for document in documents)}"
    # Declared things stand in the default graph, as those of the ontology do.
    words = Statements.of((quad.triple for quad in store if not _named(quad)), place)
    vocabulary = read_vocabulary(words)
    for document in documents:
        store.extend(document_quads(document, vocabulary))
    apply_rules(store, folder / "rules")
    whole = replace(
        compiled,
        vocabulary=vocabulary,
        entities=read_entities(words),
        documents=(*compiled.documents, *documents),
    )
    if found := findings(whole, folder):
        raise CheckFailed(place, [str(item) for item in found])
    write(whole, target)
    return whole


def _named(quad: ox.Quad) -> bool:
    import pyoxigraph as ox

    return not isinstance(quad.graph_name, ox.DefaultGraph)


def import_rdf(file: Path, mapping: Path, target: Path, *, slug: str | None = None) -> Mapped:
    """Take in an RDF file through a mapping; return what became of it.

    A mapping that the ontology holds can be named alone, such as ``physiomap``.

    Raises:
        UsageError: the slug is none, or is taken; the mapping is refused.
        InputError: file or mapping say something wrong. The store stays as it was.
        StoreError: the store is locked or cannot be written.
    """
    import pyoxigraph as ox

    name = slug or re.sub("[^a-z0-9]+", "-", file.stem.lower()).strip("-")
    if not re.fullmatch("[a-z0-9][a-z0-9-]*", name):
        raise UsageError(
            f"{name!r} cannot name a document: give --slug in lower-case letters, digits, hyphens"
        )
    folder = ontology_folder()
    shipped = folder / "mappings" / f"{mapping.name}.rq"
    if not mapping.exists() and shipped.is_file():
        mapping = shipped
    known = [*parse_file(folder / "vocabulary.ttl"), *parse_file(folder / "entities.ttl")]
    mapped = read_rdf(file, check.read_text(mapping), str(mapping), known, slug=name)
    declared = (ox.Quad(t.subject, t.predicate, t.object) for t in mapped.declared)
    add_documents(target, [mapped.document], declared)
    return mapped
