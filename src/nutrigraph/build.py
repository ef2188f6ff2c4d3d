"""Compiling ``ontology/`` into quads, and a build of them into a store."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from nutrigraph import builds, check, sheets
from nutrigraph.errors import CheckFailed, InputError
from nutrigraph.rdf import (
    Heard,
    Statements,
    declared_terms,
    document_quads,
    index_quads,
    parse_file,
    read_document,
    read_entities,
    read_qualified_terms,
    read_vocabulary,
    refuse_undeclared,
    refuse_unread,
)
from nutrigraph.store import declared_graphs
from nutrigraph.terms import DCTERMS, INFERRED, NG, PREFIXES, RDF, VERSION, ontology_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from nutrigraph.model import Document, Entity, QualifiedTerm, Vocabulary

_PREDICATE = ox.NamedNode(NG.Predicate)


@dataclass(frozen=True, slots=True)
class Compiled:
    """The ontology, read and put together: all that a build writes."""

    id: str
    store: ox.Store
    vocabulary: Vocabulary
    entities: dict[str, Entity]
    documents: tuple[Document, ...]
    imports: tuple[dict[str, Any], ...] = ()
    """What the store that it was built into holds beside it, as the manifest lists it."""

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
        statements = Heard(index_quads(quads).get("", {}), str(file))
        refuse_undeclared(triples, declared | declared_terms(statements), str(file))
        text = check.read_text(home / "source.txt")
        yield read_document(home.name, text, statements, vocabulary, entities)
        refuse_unread(triples, statements)


def _sheets(
    folder: Path,
    vocabulary: Vocabulary,
    entities: dict[str, Entity],
    terms: tuple[QualifiedTerm, ...],
    others: Iterable[Document],
) -> Iterator[Document]:
    """Yield the sheets under ``findings``, each with its mapping beside it."""
    papers = (s for home in others for item in home.paragraphs for s in item.sources)
    known = {key: paper for paper in papers for key in paper.keys}
    for file in sorted((folder / "findings").glob("*")):
        if file.suffix.lower() not in sheets.SUFFIXES:
            continue
        mapping = sheets.read_mapping(file.with_suffix(".toml"))
        sheet = sheets.read_sheet(file, mapping, file.stem, vocabulary, entities, terms, known)
        if sheet.problems:
            raise CheckFailed(str(file), [str(problem) for problem in sheet.problems])
        yield sheet.document(sheet.claims())


def retractions(folder: Path) -> frozenset[str]:
    """Return the papers that the notices in ``retractions.*`` retract, by their identifiers.

    Raises:
        InputError: a notice names no paper, or an unknown nature.
    """
    files = [
        file for file in sorted(folder.glob("retractions.*")) if file.suffix in sheets.SUFFIXES
    ]
    return frozenset[str]().union(*map(sheets.read_retractions, files))


def apply_rules(store: ox.Store, folder: Path) -> None:
    """Add what the rules construct: ``index.rq`` once, the others until nothing is new.

    Raises:
        InputError: there is no rule, or one is no CONSTRUCT.
    """
    inferred, declared = ox.NamedNode(INFERRED), declared_graphs(store)
    rules = {file.stem: file for file in sorted(folder.glob("*.rq"))}
    if not rules:
        raise InputError(str(folder), "holds no rule: restore the files *.rq")
    if "index" in rules:
        for triple in _construct(store, rules.pop("index"), declared):
            store.add(ox.Quad(triple.subject, triple.predicate, triple.object))
    before = -1
    while before != len(store):
        before = len(store)
        for file in rules.values():
            for triple in _construct(store, file, [inferred, *declared]):
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
    refuse_undeclared(terms, declared, str(folder / "vocabulary.ttl"))
    refuse_undeclared(things, declared, str(folder / "entities.ttl"))
    vocabulary, entities = read_vocabulary(words), read_entities(both)
    texts = tuple(_documents(folder, declared, vocabulary, entities))
    if not texts:
        raise InputError(str(folder / "documents"), "holds no document: restore or add one")
    findings = _sheets(folder, vocabulary, entities, read_qualified_terms(both), texts)
    retracted = retractions(folder)
    documents = tuple(sheets.mark_retracted(home, retracted) for home in (*texts, *findings))
    store = ox.Store()
    released = parse_file(folder / "released.ttl")
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in [*terms, *things, *released])
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


def build(folder: Path, target: Path, *, fresh: bool = False) -> Compiled:
    """Compile the ontology, check it and make it the current build of a store.

    What was imported into the store is carried over, unless it is to be ``fresh``.

    Raises:
        StoreError: the store is locked or cannot be written. The last build stays current.
    """
    compiled = _checked(folder)
    imported: list[dict[str, Any]] = []

    def fill(draft: builds.Draft) -> None:
        _fill(draft, compiled, folder)
        imported.extend(draft.imports.values())

    home = builds.amend(target, fill, keep="nothing" if fresh else "imports")
    return replace(compiled, id=home.name.partition(".")[0], imports=tuple(imported))


def amend(folder: Path, target: Path, change: Callable[[builds.Draft], None]) -> Path:
    """Change the current build of a store, as `builds.amend` does; return the new one's folder.

    Where there is none yet, the ontology is compiled first, so that a store always holds it.

    Raises:
        InputError: a file of the ontology says something wrong, or what ``change`` takes in does.
        CheckFailed: a check of the ontology does not hold.
        StoreError: the store is locked or cannot be written. The last build stays current.
    """

    def begin(draft: builds.Draft) -> None:
        if not draft.manifest:
            _fill(draft, _checked(folder), folder)
        change(draft)

    return builds.amend(target, begin)


def renew_consequences(store: ox.Store, folder: Path) -> None:
    """Infer anew what follows from all claims in a store, those of imports among them.

    The plain triples of claims and the graph of consequences are taken out and constructed again
    by the rules of the ontology in ``folder``. Call it after claims were added or dropped.

    Raises:
        InputError: a rule is missing or says something wrong.
    """
    store.remove_graph(ox.NamedNode(INFERRED))
    graphs: list[ox.NamedNode | ox.DefaultGraph] = [ox.DefaultGraph(), *declared_graphs(store)]
    for name in graphs:
        kinds = store.quads_for_pattern(None, ox.NamedNode(RDF.type), _PREDICATE, name)
        for predicate in [quad.subject for quad in kinds]:
            if isinstance(predicate, ox.NamedNode):
                for quad in [*store.quads_for_pattern(None, predicate, None, ox.DefaultGraph())]:
                    store.remove(quad)
    apply_rules(store, folder / "rules")


def _checked(folder: Path) -> Compiled:
    """Return the ontology, compiled, of which every check holds."""
    compiled = compile_ontology(folder)
    if found := findings(compiled, folder):
        raise CheckFailed(str(folder), [str(item) for item in found])
    return compiled


def _fill(draft: builds.Draft, compiled: Compiled, folder: Path) -> None:
    """Put the ontology into a draft that holds none, beside what was imported."""
    draft.add(compiled.store)
    if any(record["kind"] == "claims" for record in draft.imports.values()):
        renew_consequences(draft.store, folder)
    draft.manifest.update(
        {
            "ontology": compiled.id,
            "version": VERSION,
            "documents": {document.slug: document.title for document in compiled.documents},
            "counts": compiled.summary,
            "licence": _licence(compiled),
        }
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
        yield from (str(item) for item in self.coverage)
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
