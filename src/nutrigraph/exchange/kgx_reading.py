"""Claims out of KGX that we wrote: the same claims under the same ids, or an error for each row."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final

from nutrigraph.errors import InputError
from nutrigraph.exchange import kgx_columns as kgx
from nutrigraph.exchange.kgx_fields import FieldReader
from nutrigraph.exchange.tsv import read_table
from nutrigraph.model import (
    Claim,
    Difference,
    Document,
    Effect,
    Entity,
    Evidence,
    Mapping,
    Paragraph,
    Quote,
    Source,
    claim_sign,
    content_id,
)
from nutrigraph.rdf import MAPPINGS
from nutrigraph.terms import BASE, local
from nutrigraph.wording import statement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from collections.abc import Mapping as Map
    from pathlib import Path

    from nutrigraph.exchange.tsv import Row
    from nutrigraph.model import Vocabulary

_NAMED_AT_ONCE: Final = 50
_PAPERS: Final = ("citation", "mentioned")
_DOCUMENTS: Final = f"{BASE}document/"
_NEEDED: Final = ("nutrigraph:predicate", "nutrigraph:basis", "nutrigraph:modality", kgx.DOCUMENT)
_FOREIGN: Final = (
    "is empty: claims need what only KGX of ours holds; take plain edges in with "
    "`nutrigraph import edges`"
)


@dataclass(slots=True)
class _Reader(FieldReader):
    """Reads rows; holds what was read so far, and what was wrong."""

    wrong: list[InputError] = field(default_factory=list)
    there: Map[str, Entity] = field(default_factory=dict)
    nodes_are_whole: bool = True
    entities: dict[str, Entity] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    paragraphs: dict[str, Paragraph] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    """The document of each paragraph."""
    citations: dict[str, list[Source]] = field(default_factory=lambda: defaultdict(list))
    mentioned: dict[str, list[Source]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, Row] = field(default_factory=dict)
    """The row of each paragraph, and of the first paper that each cites, or a document names."""
    claims: dict[str, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, str] = field(default_factory=dict)
    """Where each id stands."""

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note what is wrong with a row, and go on with the next."""
        try:
            yield
        except InputError as error:
            self.wrong.append(error)

    def node_named(self, row: Row, column: str, value: str, among: Collection[str]) -> None:
        """Refuse what no node is; where a row of the nodes is wrong, nobody can tell."""
        if self.nodes_are_whole:
            self.known(row, column, value, among, "node of that kind")

    def unique(self, row: Row) -> str:
        """Return the id of a row, which no other may have."""
        iri = self.iri(row, "id", row.one("id"))
        if iri in self.places:
            raise row.refuse("id", f"stands at {self.places[iri]} too: delete one of the rows")
        self.places[iri] = row.place
        return iri

    def node(self, row: Row) -> None:
        """Take in a row of the nodes."""
        iri, kind = self.unique(row), row.get(kgx.KIND)
        if kind is None:
            raise row.refuse(kgx.KIND, _FOREIGN)
        if kind == "document":
            self.document(row, iri)
        elif kind == "paragraph":
            self.rows[iri] = row
            self.homes[iri] = self.iri(row, kgx.DOCUMENT, row.one(kgx.DOCUMENT))
            self.paragraphs[iri] = Paragraph(iri, row.one("name"), ())
        elif kind in _PAPERS:
            self.paper(row, kind)
        else:
            kinds = [*self.vocabulary.biolink.categories, "document", "paragraph", *_PAPERS]
            self.entity(row, iri, self.known(row, kgx.KIND, kind, kinds, "kind"))

    def document(self, row: Row, iri: str) -> None:
        """Take in a document, without its text."""
        if not iri.startswith(_DOCUMENTS):
            raise row.refuse("id", "is no document: its id begins with nutrigraph:document/")
        pairs = (value.partition(" ") for value in row.several(kgx.ABOUT))
        about = tuple((self.iri(row, kgx.ABOUT, key), value) for key, _, value in pairs)
        slug, title, digest = iri.removeprefix(_DOCUMENTS), row.one("name"), row.one(kgx.SHA256)
        self.documents[iri] = Document(slug, title, "", digest, (), (), (), (), about)

    def paper(self, row: Row, kind: str) -> None:
        """Take in a paper, as a paragraph cites it, or as papers of a document name it."""
        row.one(kgx.SOURCE["relation"])
        row.one(kgx.PAPER)
        read = self.values(row, Source, kgx.SOURCE)
        source = Source(
            **read,
            gives_evidence=read["relation"] in self.vocabulary.evidence_relations,
            disagrees=read["relation"] in self.vocabulary.contrary_relations,
        )
        where = kgx.PARAGRAPH if kind == "citation" else kgx.DOCUMENT
        home = self.iri(row, where, row.one(where))
        self.rows.setdefault(f"{home} cites", row)
        papers = self.citations if kind == "citation" else self.mentioned
        papers[home].append(replace(source, label=source.label or ""))

    def entity(self, row: Row, iri: str, kind: str) -> None:
        """Take in an entity, which must not be another thing in the graph."""
        label, there = row.one("name"), self.there.get(iri)
        if there and (there.label, there.kind) != (label, kind):
            told = f"{there.label!r}, a {there.kind}"
            raise row.refuse("name", f"is {told}, in this graph: write its name and its kind")
        self.entities[iri] = Entity(
            id=iri,
            label=label,
            kind=kind,
            definition=row.one("description"),
            synonyms=row.several("synonym"),
            mappings=tuple(self.mapping(row, value) for value in row.several(kgx.MAPPINGS)),
            routes_pass=self.truth(row, kgx.ROUTES_PASS, default=True),
        )

    def mapping(self, row: Row, value: str) -> Mapping:
        """Return a mapping of an entity: its relation, identifier and label."""
        relation, _, rest = value.partition(" ")
        iri, _, label = rest.partition(" ")
        self.known(row, kgx.MAPPINGS, relation, MAPPINGS, "kind of mapping")
        return Mapping(self.iri(row, kgx.MAPPINGS, iri), label, relation)

    def quote(self, row: Row) -> Quote | None:
        """Return the anchor of a claim."""
        exact, columns = row.get(kgx.QUOTE), kgx.COLUMNS[Quote]
        if exact is None:
            return None
        for name in ("start", "end"):
            row.one(columns[name])
        return Quote(**self.values(row, Quote, columns))

    def evidence(self, row: Row) -> Evidence | None:
        """Return what a claim rests on."""
        columns = {
            Evidence: kgx.COLUMNS[Evidence],
            Effect: kgx.COLUMNS[Effect],
        }
        if not self.truth(row, kgx.EVIDENCE):
            told = [*columns[Evidence].values(), *columns[Effect].values(), kgx.SPECIES]
            if filled := next((column for column in told if row.cells.get(column)), None):
                raise row.refuse(filled, f"is evidence: write true in {kgx.EVIDENCE}, or empty it")
            return None
        read = {record: self.values(row, record, told) for record, told in columns.items()}
        names = {item.name for item in fields(Evidence)}
        not_in_page = kgx.COLUMNS[Evidence]["not_in_page"]
        for name in read[Evidence]["not_in_page"]:
            self.known(row, not_in_page, name, names, "field of the evidence")
        effect = Effect(**read[Effect])
        return Evidence(**read[Evidence], species=self.species(row), effect=effect)

    def differences(self, row: Row) -> tuple[Difference, ...]:
        """Return what a headline adds, drops or changes."""
        kinds = self.labels["DifferenceKind"]
        found = (value.partition(": ") for value in row.several(kgx.DIFFERENCES))
        return tuple(
            Difference(self.known(row, kgx.DIFFERENCES, kind, kinds, "kind of difference"), note)
            for kind, _, note in found
        )

    def edge(self, row: Row) -> None:
        """Take in a claim."""
        for column in _NEEDED:
            if not row.cells.get(column):
                raise row.refuse(column, _FOREIGN)
        columns = kgx.COLUMNS[Claim]
        document = kgx.expand(row.one(kgx.DOCUMENT))
        self.node_named(row, kgx.DOCUMENT, document, self.documents)
        read = self.values(row, Claim, columns)
        self.ends(row, read, columns)
        claim = Claim(
            **read | {"name": read["name"] or local(read["id"] or ""), "id": self.unique(row)},
            document=document.removeprefix(_DOCUMENTS),
            quote=self.quote(row),
            evidence=self.evidence(row),
            headline_differs=self.differences(row),
        )
        if content_id(claim) != claim.id:
            raise row.refuse(
                "id",
                "is not the id of what the row says, so that a cell was changed: undo it, or make "
                "the claim in a document of your own",
            )
        if claim.paragraph and self.homes.get(claim.paragraph, document) != document:
            raise row.refuse(kgx.PARAGRAPH, "belongs to another document: name one of this one")
        if self.nodes_are_whole:
            self.claims[document].append(self.completed(claim))

    def ends(self, row: Row, read: dict[str, Any], columns: dict[str, str]) -> None:
        """Refuse what a claim names and nothing declares."""
        for name in ("subject", "object"):
            self.node_named(row, columns[name], read[name] or "", self.entities)
        for name in ("subject_measure", "object_measure"):
            if read[name]:
                self.node_named(row, columns[name], read[name], self.entities)
        for iri in read["co_exposures"]:
            self.node_named(row, columns["co_exposures"], iri, self.entities)
        if read["paragraph"]:
            self.node_named(row, columns["paragraph"], read["paragraph"], self.paragraphs)
        predicates = self.vocabulary.predicates
        self.known(row, columns["predicate"], read["predicate"], predicates, "predicate of ours")

    def completed(self, claim: Claim) -> Claim:
        """Return a claim with all that follows from it."""
        sources = self.paragraphs[claim.paragraph].sources if claim.paragraph else ()
        claim = replace(
            claim,
            sources=sources,
            sign=claim_sign(claim, self.vocabulary),
            force=self.vocabulary.predicates[claim.predicate].force,
            document_title=self.documents[f"{_DOCUMENTS}{claim.document}"].title,
        )
        return replace(claim, statement=statement(claim, self.entities, self.vocabulary))

    def join(self) -> None:
        """Give paragraphs and documents their papers, in the order in which a store gives them."""
        for iri, sources in self.citations.items():
            with self.noting():
                row = self.rows[f"{iri} cites"]
                self.known(row, kgx.PARAGRAPH, iri, self.paragraphs, "paragraph of the nodes")
                sources.sort(key=lambda source: (not source.gives_evidence, source.id))
                self.paragraphs[iri] = replace(self.paragraphs[iri], sources=tuple(sources))
        for iri, papers in self.mentioned.items():
            with self.noting():
                row = self.rows[f"{iri} cites"]
                self.known(row, kgx.DOCUMENT, iri, self.documents, "document of the nodes")
                papers.sort(key=lambda source: source.id)
                self.documents[iri] = replace(self.documents[iri], mentioned=tuple(papers))
        for iri, home in self.homes.items():
            with self.noting():
                row = self.rows[iri]
                self.known(row, kgx.DOCUMENT, home, self.documents, "document of the nodes")

    def read_entities(self) -> dict[str, Entity]:
        """Return the entities in the order of their kinds and names."""
        kinds = list(self.vocabulary.biolink.categories)
        found = sorted(self.entities.values(), key=lambda item: (kinds.index(item.kind), item.id))
        return {entity.id: entity for entity in found}

    def read_documents(self) -> tuple[Document, ...]:
        """Return the documents with all that they hold."""
        return tuple(
            replace(
                document,
                claims=tuple(
                    sorted(
                        self.claims[iri],
                        key=lambda claim: (claim.quote.start if claim.quote else 0, claim.name),
                    )
                ),
                paragraphs=tuple(
                    self.paragraphs[name]
                    for name in sorted(self.paragraphs)
                    if self.homes[name] == iri
                ),
            )
            for iri, document in sorted(self.documents.items())
        )


def _refuse(wrong: list[InputError]) -> None:
    """Raise one error that holds all that is wrong, if anything is."""
    if wrong:
        more = len(wrong) - _NAMED_AT_ONCE
        told = [str(error) for error in wrong[:_NAMED_AT_ONCE]]
        told += [f"and {more} rows more"] if more > 0 else []
        first, *others = told
        text = "; ".join([first.removeprefix(f"{wrong[0].place}: "), *others])
        raise InputError(wrong[0].place, f"{text}. Nothing was taken in")


def read_kgx(
    nodes_file: Path,
    edges_file: Path,
    vocabulary: Vocabulary,
    *,
    there: Map[str, Entity] | None = None,
) -> tuple[dict[str, Entity], tuple[Document, ...]]:
    """Return the entities and the documents, with their claims, of KGX that we wrote.

    Columns that only repeat others in Biolink's terms are not read. ``there`` holds the entities of
    the graph that they shall enter: none may come under another name or kind.

    Raises:
        InputError: a row says something wrong, or is none of ours; each is named with its line,
            column, value and fix.
    """
    node_columns, nodes, wrong_nodes = read_table(nodes_file)
    edge_columns, edges, wrong_edges = read_table(edges_file)
    for file, columns, needed in (
        (nodes_file, node_columns, ("id", "name", "description", kgx.KIND)),
        (edges_file, edge_columns, ("id", "subject", "object", *_NEEDED)),
    ):
        if missing := [name for name in needed if name not in columns]:
            raise InputError(
                f"{file.name}:1",
                f"has no column {', '.join(missing)}, which KGX of ours has: take plain edges in "
                "with `nutrigraph import edges`",
            )
    reader = _Reader(vocabulary, wrong=wrong_nodes, there=there or {})
    for row in nodes:
        with reader.noting():
            reader.node(row)
    reader.join()
    reader.nodes_are_whole = not reader.wrong
    reader.wrong += wrong_edges
    for row in edges:
        with reader.noting():
            reader.edge(row)
    _refuse(reader.wrong)
    return reader.read_entities(), reader.read_documents()
