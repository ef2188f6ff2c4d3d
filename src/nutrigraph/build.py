"""Compiling ``ontology/`` into quads, and a build of them into a store."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from nutrigraph import check
from nutrigraph.errors import CheckFailed, InputError
from nutrigraph.rdf import (
    Statements,
    declared_terms,
    document_quads,
    index_quads,
    parse_file,
    read_document,
    read_entities,
    read_vocabulary,
    undeclared,
)
from nutrigraph.rdf.statements import text_of
from nutrigraph.store import INDEX, MANIFEST, write_build
from nutrigraph.terms import DCTERMS, INFERRED, PREFIXES, RDF, VERSION, local, ontology_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from nutrigraph.model import Document, Entity, Vocabulary
    from nutrigraph.rdf.statements import Index

_IGNORED_TERMS = frozenset({INFERRED})
_UNREAD = frozenset({RDF.type})


@dataclass(frozen=True, slots=True)
class Compiled:
    """The ontology, read and put together: all that a build writes."""

    id: str
    store: ox.Store
    vocabulary: Vocabulary
    entities: dict[str, Entity]
    documents: tuple[Document, ...]

    @property
    def summary(self) -> dict[str, int]:
        """How many of each thing there are, and of each kind of triple."""
        return {
            "entities": len(self.entities),
            "predicates": len(self.vocabulary.predicates),
            "study types": len(self.vocabulary.study_types),
            "documents": len(self.documents),
            "claims": sum(len(document.claims) for document in self.documents),
            "quads": len(self.store),
            "of them inferred": sum(
                1 for _ in self.store.quads_for_pattern(None, None, None, ox.NamedNode(INFERRED))
            ),
        }


def _documents(
    folder: Path, declared: set[str], vocabulary: Vocabulary, entities: dict[str, Entity]
) -> Iterable[Document]:
    for home in sorted(item for item in (folder / "documents").glob("*") if item.is_dir()):
        file = home / "claims.ttl"
        triples = parse_file(file)
        quads = (ox.Quad(t.subject, t.predicate, t.object) for t in triples)
        statements = _Heard(index_quads(quads).get("", {}), str(file))
        _refuse_undeclared(triples, declared | declared_terms(statements), file)
        text = check.read_text(home / "source.txt")
        yield read_document(home.name, text, statements, vocabulary, entities)
        _refuse_unread(triples, statements)


class _Heard(Statements):
    """Statements that note what is asked of them, so that nothing that is written goes unread."""

    def __init__(self, index: Index, place: str) -> None:
        super().__init__(index, place)
        self.heard: set[tuple[str, str]] = set()

    def all(self, subject: str, predicate: str) -> list[str]:
        self.heard.add((subject, predicate))
        return super().all(subject, predicate)


def _refuse_unread(triples: Iterable[ox.Triple], statements: _Heard) -> None:
    """Refuse what would be lost without a word: a property misspelled, or on the wrong thing."""
    owners = {text_of(triple.object): text_of(triple.subject) for triple in triples}
    for triple in triples:
        subject, predicate = text_of(triple.subject), triple.predicate.value
        if predicate in _UNREAD or (subject, predicate) in statements.heard:
            continue
        owner = owners.get(subject, subject) if subject.startswith("_:") else subject
        raise InputError(
            statements.place,
            f"{statements.name(owner)}: nothing reads <{predicate}> there: mend its name, "
            "move it to the thing it belongs to, or delete it",
        )


def _refuse_undeclared(triples: Collection[ox.Triple], declared: set[str], file: Path) -> None:
    for term in undeclared(triples, declared | _IGNORED_TERMS):
        users = (t.subject for t in triples if ox.NamedNode(term) in (t.predicate, t.object))
        user = next((local(s.value) for s in users if isinstance(s, ox.NamedNode)), None)
        raise InputError(
            str(file),
            f"{user or 'a blank node'}: :{local(term)} is not declared: mend it, or declare it in "
            "vocabulary.ttl or entities.ttl",
        )


def apply_rules(store: ox.Store, folder: Path) -> None:
    """Add what the rules construct: ``index.rq`` once, the others until nothing is new.

    Raises:
        InputError: a rule is no valid SPARQL, or there is none.
    """
    inferred = ox.NamedNode(INFERRED)
    rules = {file.stem: file for file in sorted(folder.glob("*.rq"))}
    if not rules:
        raise InputError(str(folder), "holds no rule: restore the files *.rq")
    if "index" in rules:
        for triple in _construct(store, rules.pop("index"), []):
            store.add(ox.Quad(triple.subject, triple.predicate, triple.object))
    before = -1
    while before != len(store):
        before = len(store)
        for file in rules.values():
            for triple in _construct(store, file, [inferred]):
                quad = ox.Quad(triple.subject, triple.predicate, triple.object, inferred)
                asserted = ox.Quad(triple.subject, triple.predicate, triple.object)
                if asserted not in store:
                    store.add(quad)


def _construct(store: ox.Store, file: Path, also: list[ox.NamedNode]) -> list[ox.Triple]:
    try:
        found = store.query(
            check.read_text(file),
            prefixes=PREFIXES,
            default_graph=[ox.DefaultGraph(), *also],
        )
    except SyntaxError as error:
        raise InputError(str(file), f"no valid SPARQL: {error.msg}") from error
    if not isinstance(found, ox.QueryTriples):
        raise InputError(str(file), "a rule must be a CONSTRUCT")
    return list(found)


def compile_ontology(folder: Path) -> Compiled:
    """Read the ontology and put it together in memory; nothing is written.

    Raises:
        InputError: a file is missing or says something wrong; names file, thing and fix.
    """
    terms = parse_file(folder / "vocabulary.ttl")
    things = parse_file(folder / "entities.ttl")
    words = Statements.of(terms, str(folder / "vocabulary.ttl"))
    both = Statements.of([*terms, *things], str(folder / "entities.ttl"))
    declared = declared_terms(both)
    _refuse_undeclared(terms, declared, folder / "vocabulary.ttl")
    _refuse_undeclared(things, declared, folder / "entities.ttl")
    vocabulary, entities = read_vocabulary(words), read_entities(both)
    documents = tuple(_documents(folder, declared, vocabulary, entities))
    if not documents:
        raise InputError(str(folder / "documents"), "holds no document: restore or add one")
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in [*terms, *things])
    for document in documents:
        store.extend(document_quads(document, vocabulary))
    apply_rules(store, folder / "rules")
    return Compiled(ontology_id(folder), store, vocabulary, entities, documents)


def findings(compiled: Compiled, folder: Path) -> list[check.Finding]:
    """Return what gates a build: anchors, coverage and the checks under ``ontology/checks``."""
    found: list[check.Finding] = []
    for document in compiled.documents:
        found += check.anchors(document)
        found += check.coverage(document)[1]
    return found + check.queries(compiled.store, folder / "checks")


def build(folder: Path, target: Path) -> Compiled:
    """Compile the ontology, check it and make it the current build of a store.

    Raises:
        InputError: a file of the ontology says something wrong.
        CheckFailed: a check does not hold.
        StoreError: the store is locked or cannot be written. The last build stays current.
    """
    compiled = compile_ontology(folder)
    if found := findings(compiled, folder):
        raise CheckFailed(str(folder), [str(item) for item in found])
    write(compiled, target)
    return compiled


def write(compiled: Compiled, target: Path) -> None:
    """Make what was compiled the current build of a store.

    Raises:
        StoreError: the store is locked or cannot be written. The last build stays current.
    """
    manifest = {
        "build": compiled.id,
        "version": VERSION,
        "documents": {document.slug: document.title for document in compiled.documents},
        "counts": compiled.summary,
        "licence": _licence(compiled),
    }
    write_build(
        target,
        compiled.id,
        compiled.store,
        {INDEX: index_quads(compiled.store), MANIFEST: manifest},
    )


def _licence(compiled: Compiled) -> str:
    found = compiled.store.quads_for_pattern(None, ox.NamedNode(DCTERMS.license), None)
    return next((quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode)), "")


@dataclass(frozen=True, slots=True)
class Audit:
    """What a check of the whole ontology found, with its counts."""

    build: str
    coverage: tuple[check.Coverage, ...]
    checks: int
    shapes: int
    findings: tuple[check.Finding, ...]

    def record(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "build": self.build,
            "documents": [asdict(item) for item in self.coverage],
            "checks": self.checks,
            "shapes": self.shapes,
            "findings": [asdict(item) for item in self.findings],
        }

    def lines(self) -> Iterator[str]:
        """Yield it for people."""
        for item in self.coverage:
            yield (
                f"{item.document}: {item.quotes} quotes re-read, {item.covered:,} of "
                f"{item.characters:,} characters in {item.segments} segments, "
                f"{item.claims} claims, {item.no_claims} reasoned no-claims"
            )
        yield f"{self.checks} checks, {self.shapes} shapes"
        yield from (str(item) for item in self.findings)
        number = len(self.findings)
        yield (f"{number} finding" + "s" * (number > 1)) if number else "Everything holds."


def audit(folder: Path) -> Audit:
    """Check the whole ontology: all that gates a build, and the shapes.

    Raises:
        InputError: a file cannot be read at all.
    """
    compiled = compile_ontology(folder)
    number, found = check.shapes(compiled.store, folder / "shapes.ttl")
    return Audit(
        build=compiled.id,
        coverage=tuple(check.coverage(document)[0] for document in compiled.documents),
        checks=len(list((folder / "checks").glob("*.rq"))),
        shapes=number,
        findings=(*findings(compiled, folder), *found),
    )
