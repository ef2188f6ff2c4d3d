"""Taking documents from elsewhere into a store, beside those of the ontology."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from nutrigraph import check
from nutrigraph.build import amend, renew_consequences, retractions
from nutrigraph.content import read_content
from nutrigraph.errors import CheckFailed, InputError, UsageError
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
from nutrigraph.store import Embedded, declared_graphs, open_store
from nutrigraph.terms import DECLARED, local, ontology_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from nutrigraph.builds import Draft
    from nutrigraph.content import Content
    from nutrigraph.exchange.mapping import Mapped
    from nutrigraph.model import Claim, Document, Vocabulary
    from nutrigraph.sheets import Sheet

_OF_A_TEXT: Final = frozenset({"text", "headline", "cross-reference"})
_SLUG: Final = re.compile("[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A document that comes in, with the entities and predicates that it declares itself.

    ``more`` are claims beside those that the document holds: a sheet yields them row by row.
    ``text_stays`` says that it comes in a format that leaves texts behind, so that quotes of one
    can stand here unread.
    """

    document: Document
    declared: Sequence[ox.Triple] = ()
    more: Iterable[Claim] = ()
    text_stays: bool = False


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
        UsageError: a document bears the name of one of the ontology.
        CheckFailed: a claim is of a text that is not here, or a check does not hold of the whole.
        InputError: what comes in, or the ontology, says something wrong.
        StoreError: the store is locked or cannot be written. The last build stays current.
    """
    folder, records = ontology_folder(), list[dict[str, Any]]()
    # Before anything is written, so that nothing is left behind where no store was.
    _refuse_taken(arrivals, _ours(target))
    for arrival in arrivals:
        deque(_anchored(arrival.document.claims, arrival), maxlen=0)

    def change(draft: Draft) -> None:
        _refuse_taken(arrivals, draft.manifest.get("documents", {}))
        records.extend(_enter(draft, arrival) for arrival in arrivals)
        renew_consequences(draft.store, folder)
        found = check.queries(draft.store, folder / "checks")
        for document in (arrival.document for arrival in arrivals):
            # Quotes can be re-read where their text came along.
            found += check.anchors(document) if document.has_text else []
        if found:
            place = ", ".join(arrival.document.slug for arrival in arrivals)
            raise CheckFailed(place, [str(item) for item in found])
        read_content(Embedded(str(target), draft.manifest, raw=draft.store))

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
        for claim in _anchored(arrival.more, arrival):
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


def _ours(target: Path) -> Collection[str]:
    """Return the names of the ontology's documents, as a store tells them, or its files."""
    if (target / "current").exists():
        return dict[str, str](open_store(target).manifest.get("documents", {}))
    parts = (ontology_folder() / name for name in ("documents", "findings"))
    homes = (file for part in parts for file in part.glob("*"))
    return {file.stem for file in homes}


def _refuse_taken(arrivals: Iterable[Arrival], ours: Collection[str]) -> None:
    """Refuse a document that bears the name of one of the ontology."""
    for slug in (arrival.document.slug for arrival in arrivals):
        if slug in ours:
            raise UsageError(
                f"the document {slug!r} of the ontology is there already: give another name with "
                "--slug"
            )


def _anchored(claims: Iterable[Claim], arrival: Arrival) -> Iterator[Claim]:
    """Yield claims; refuse those of a text that nobody can read again."""
    for claim in claims:
        if claim.basis in _OF_A_TEXT:
            fault = None
            if claim.quote is None:
                fault = "has no :quote: add its exact words"
            elif not (arrival.document.has_text or arrival.text_stays):
                fault = "quotes a text that did not come along: give it the basis source"
            if fault:
                slug = arrival.document.slug
                raise CheckFailed(
                    slug, [f"{claim.name}, a claim of the basis {claim.basis}, {fault}"]
                )
        yield claim


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
    """Take in claims from KGX; return the documents that entered, and how many entities did.

    A document that the store holds already, and that says the same there, stays as it is. Where
    nothing is new, nothing is written.

    Raises:
        InputError: a row of either table says something wrong; names file, line, column, value.
        UsageError: a document bears the name of one of the ontology and says otherwise.
        CheckFailed: a check does not hold of what would enter.
        StoreError: the store is locked or cannot be written. The last build stays current.
    """
    content = present(target)
    found, documents = read_kgx(nodes, edges, content.vocabulary, there=content.entities)
    there = {home.slug: _without_text(home) for home in content.documents}
    documents = tuple(home for home in documents if there.get(home.slug) != home)
    ours = _ours(target)
    if other := next((home.slug for home in documents if home.slug in ours), None):
        raise UsageError(
            f"the document {other!r} of the ontology says otherwise than {edges}: export it anew "
            "from the store that it should enter, or leave its rows out"
        )
    told = {iri for iri in found if iri not in content.entities}
    new = {iri: found[iri] for iri in found if iri in told}
    if new and not documents:
        raise InputError(
            str(nodes), f"declares {local(min(new))}, of which no new claim speaks: delete its row"
        )
    arrivals = []
    for place, document in enumerate(documents):
        named = {
            iri
            for c in document.claims
            for iri in (c.subject, c.object, c.subject_measure, c.object_measure, *c.co_exposures)
        }
        # What no claim names comes with the last document.
        mine = [iri for iri in new if iri in named or place == len(documents) - 1]
        quads = entity_quads(new.pop(iri) for iri in mine)
        declared = tuple(quad.triple for quad in quads)
        arrivals.append(Arrival(document, declared, text_stays=True))
    if arrivals:
        add_documents(target, arrivals)
    return [*documents], len(told)


def _without_text(document: Document) -> Document:
    """Return what KGX can say of a document."""
    return replace(document, text="", segments=(), no_claims=())


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
