"""Taking documents from elsewhere into a store, beside those of the ontology."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from nutrigraph import check
from nutrigraph.build import amend, renew_consequences, retractions
from nutrigraph.content import read_content
from nutrigraph.errors import CheckFailed, UsageError
from nutrigraph.exchange import read_kgx
from nutrigraph.exchange.mapping import read_rdf
from nutrigraph.rdf import (
    Statements,
    document_quads,
    entity_quads,
    parse_file,
    quads_of_claims,
    read_vocabulary,
)
from nutrigraph.sheets import SheetMapping, read_mapping, read_sheet
from nutrigraph.store import Store, declared_graphs, open_store
from nutrigraph.terms import DECLARED, ontology_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from nutrigraph.builds import Draft
    from nutrigraph.content import Content
    from nutrigraph.exchange.mapping import Mapped
    from nutrigraph.model import Claim, Document, Vocabulary
    from nutrigraph.sheets import Sheet

_SLUG: Final = re.compile("[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A document that comes in, with the entities and predicates that it declares itself.

    ``more`` are claims beside those that the document holds: a sheet yields them row by row.
    """

    document: Document
    declared: Sequence[ox.Triple] = ()
    more: Iterable[Claim] = ()


def slug_of(file: Path, given: str | None) -> str:
    """Return what a document is called: what was given, else the file's name, in a slug's letters.

    Raises:
        UsageError: what was given is no slug, or nothing of the name can stand in one.
    """
    name = given or re.sub("[^a-z0-9]+", "-", file.stem.lower()).strip("-")
    if not _SLUG.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot name a document: give --slug in lower-case letters, digits, hyphens"
        )
    return name


def add_documents(target: Path, arrivals: Sequence[Arrival]) -> list[dict[str, Any]]:
    """Take documents into a store, each in place of one that came in before under its name.

    Returns what the manifest lists of each: slug, kind, title, SHA-256 of its file, counts.

    Raises:
        UsageError: a document bears the name of one of the ontology and says otherwise.
        CheckFailed: a check does not hold of the whole.
        InputError: what comes in, or the ontology, says something wrong.
        StoreError: the store is locked or cannot be written. The last build stays current.
    """
    folder, records = ontology_folder(), list[dict[str, Any]]()

    def change(draft: Draft) -> None:
        ours = draft.manifest.get("documents", {})
        for arrival in arrivals:
            if arrival.document.slug in ours:
                _refuse_another(arrival, draft)
                continue
            records.append(_enter(draft, arrival))
        renew_consequences(draft.store, folder)
        found = check.queries(draft.store, folder / "checks")
        for document in (arrival.document for arrival in arrivals):
            # Quotes can be re-read where their text came along.
            found += check.anchors(document) if document.has_text else []
        if found:
            place = ", ".join(arrival.document.slug for arrival in arrivals)
            raise CheckFailed(place, [str(item) for item in found])
        read_content(Store(str(target), draft.store, draft.manifest))

    amend(folder, target, change)
    return records


def _enter(draft: Draft, arrival: Arrival) -> dict[str, Any]:
    """Put a document into a draft; return what the manifest lists of it."""
    document = arrival.document
    if document.slug in draft.imports:
        draft.drop(document.slug)
    home = ox.NamedNode(DECLARED + document.slug)
    draft.add(ox.Quad(t.subject, t.predicate, t.object, home) for t in arrival.declared)
    vocabulary = _vocabulary(draft)
    draft.add(document_quads(document, vocabulary))
    number = len(document.claims)

    def counted() -> Iterable[Claim]:
        nonlocal number
        for claim in arrival.more:
            number += 1
            yield claim

    draft.add(quads_of_claims(counted(), document, vocabulary))
    record = {
        "slug": document.slug,
        "kind": "claims",
        "title": document.title,
        "files": [document.sha256],
        "counts": {"claims": number, "declared": len({t.subject for t in arrival.declared})},
    }
    draft.enter(record)
    return record


def _vocabulary(draft: Draft) -> Vocabulary:
    """Return what the ontology and the imports declare."""
    graphs: list[ox.NamedNode | ox.DefaultGraph] = [
        ox.DefaultGraph(),
        *declared_graphs(draft.store),
    ]
    quads = (q for g in graphs for q in draft.store.quads_for_pattern(None, None, None, g))
    return read_vocabulary(Statements.of((quad.triple for quad in quads), str(draft.folder)))


def _refuse_another(arrival: Arrival, draft: Draft) -> None:
    """Refuse a document that bears the name of one of the ontology, unless it is the same."""
    document = arrival.document
    quads = [
        *document_quads(document, vocabulary := _vocabulary(draft)),
        *quads_of_claims(arrival.more, document, vocabulary),
    ]
    if any(quad not in draft.store for quad in quads):
        raise UsageError(
            f"the document {document.slug!r} of the ontology says otherwise: "
            "give another name with --slug"
        )


def present(target: Path) -> Content:
    """Return what a store holds; the ontology alone, where there is none yet.

    Raises:
        StoreError: it is no store.
        InputError: something in it is wrong.
    """
    if not (target / "current").exists():
        amend(ontology_folder(), target, lambda draft: None)
    return read_content(open_store(target))


def import_rdf(file: Path, mapping: Path, target: Path, *, slug: str | None = None) -> Mapped:
    """Take in an RDF file through a mapping; return what became of it.

    A mapping that the ontology holds can be named alone, such as ``physiomap``.

    Raises:
        UsageError: the slug is none, or is taken; the mapping is refused.
        InputError: file or mapping say something wrong. The store stays as it was.
        StoreError: the store is locked or cannot be written.
    """
    name, folder = slug_of(file, slug), ontology_folder()
    shipped = folder / "mappings" / f"{mapping.name}.rq"
    if not mapping.exists() and shipped.is_file():
        mapping = shipped
    known = [*parse_file(folder / "vocabulary.ttl"), *parse_file(folder / "entities.ttl")]
    mapped = read_rdf(file, check.read_text(mapping), str(mapping), known, slug=name)
    add_documents(target, [Arrival(mapped.document, tuple(mapped.declared))])
    return mapped


def import_kgx(nodes: Path, edges: Path, target: Path) -> tuple[list[Document], int]:
    """Take in claims from KGX; return their documents, and how many entities were new.

    Raises:
        InputError: a row of either table says something wrong; names file, line, column, value.
        UsageError: a document bears the name of one of the ontology and says otherwise.
        CheckFailed: a check does not hold of what would enter.
        StoreError: the store is locked or cannot be written. The last build stays current.
    """
    content = present(target)
    found, documents = read_kgx(nodes, edges, content.vocabulary, there=content.entities)
    new = {iri: entity for iri, entity in found.items() if iri not in content.entities}
    arrivals = []
    for place, document in enumerate(documents):
        told = {iri for c in document.claims for iri in (c.subject, c.object, *c.co_exposures)}
        # What no claim names comes with the last document.
        mine = [iri for iri in new if iri in told or place == len(documents) - 1]
        quads = entity_quads(new.pop(iri) for iri in mine)
        arrivals.append(Arrival(document, tuple(quad.triple for quad in quads)))
    add_documents(target, arrivals)
    return [*documents], len(found.keys() - content.entities.keys())


def import_sheet(
    file: Path,
    target: Path,
    *,
    mapping: Path | None = None,
    slug: str | None = None,
    partial: bool = False,
) -> Sheet:
    """Take in a data-extraction sheet; return it, with the report of its bad rows.

    A mapping that the ontology holds can be named alone, such as ``pregnancy-findings``; without
    one, each field is taken from the column of its name. Where any row is bad, nothing enters,
    unless ``partial``: then exactly the good rows do.

    Raises:
        UsageError: a file cannot be read, or the slug is none or taken.
        InputError: the sheet as a whole, or its mapping, says something wrong.
        CheckFailed: a check does not hold of what would enter.
        StoreError: the store is locked or cannot be written. The last build stays current.
    """
    shipped = ontology_folder() / "findings" / f"{mapping.name}.toml" if mapping else None
    if mapping and shipped and not mapping.exists() and shipped.is_file():
        mapping = shipped
    content = present(target)
    papers = (s for home in content.documents for item in home.paragraphs for s in item.sources)
    sheet = read_sheet(
        file,
        read_mapping(mapping) if mapping else SheetMapping(),
        slug_of(file, slug),
        content.vocabulary,
        content.entities,
        content.terms,
        {key: paper for paper in papers for key in paper.keys},
        retractions(ontology_folder()),
    )
    if (partial or not sheet.problems) and sheet.rows > len(sheet.wrong):
        add_documents(target, [Arrival(sheet.document(), (), sheet.claims())])
    return sheet
