"""Any RDF, turned into claims by one SPARQL CONSTRUCT: a mapping is a file, never code.

A mapping constructs ``<> a :Document`` (``<>`` is the document that the import makes), the things
and predicates that claims speak of, and the claims. What follows from the rest may be left out: a
claim's id, statement and sign, its basis (the curated source) and its kind of study.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import pyoxigraph as ox

from nutrigraph import gate
from nutrigraph.errors import InputError, QueryError
from nutrigraph.naming import fold
from nutrigraph.rdf import (
    Heard,
    Statements,
    declared_terms,
    index_quads,
    read_document,
    read_entities,
    read_vocabulary,
    refuse_undeclared,
    refuse_unread,
)
from nutrigraph.rdf.statements import text_of
from nutrigraph.rdf.vocabulary import KINDS
from nutrigraph.store import load_file, where
from nutrigraph.terms import BASE, DCTERMS, NG, PREFIXES, RDF, RDFS, SKOS, local

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from nutrigraph.model import Claim, Document, Vocabulary

_NAMED: Final = frozenset({*(BASE + kind for kind in KINDS), NG.QualifiedTerm})
_DECLARED: Final = _NAMED | {NG.Predicate}
_NAMES: Final = (RDFS.label, SKOS.altLabel)
_MUST: Final = (DCTERMS.title, DCTERMS.language, DCTERMS.rights)
_PREFIX: Final = re.compile(r"\bPREFIX\s+([\w.-]*):\s*<([^<>]*)>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a mapping made of a file, and what it left aside.

    ``declared`` are the triples of entities and predicates; ``renamed`` holds name and new name of
    what bore the name of another thing. ``things`` counts, by class, the things of the file that
    became nothing and all there are; ``properties`` the triples whose property the mapping does
    not name.
    """

    document: Document
    declared: tuple[ox.Triple, ...]
    renamed: tuple[tuple[str, str], ...]
    things: dict[str, tuple[int, int]]
    properties: dict[str, int]

    @property
    def kinds(self) -> dict[str, int]:
        """How many things of each kind are declared."""
        found = (local(text_of(t.object)) for t in self.declared if _is_type(t, _DECLARED))
        return dict(sorted(Counter(found).items()))

    @property
    def predicates(self) -> dict[str, int]:
        """How many claims there are of each predicate."""
        return dict(sorted(Counter(local(c.predicate) for c in self.document.claims).items()))

    @property
    def signs(self) -> dict[str, int]:
        """How many claims there are of each sign: ``+``, ``-``, ``null`` and ``unknown``."""
        words = (("+", 1), ("-", -1), ("null", 0), ("unknown", None))
        claims = self.document.claims
        return {word: sum(claim.sign == sign for claim in claims) for word, sign in words}

    def record(self) -> dict[str, object]:
        """Return its counts for machines."""
        return {
            "document": self.document.slug,
            "claims": len(self.document.claims),
            "signs": self.signs,
            "predicates": self.predicates,
            "declared": self.kinds,
            "renamed": [list(pair) for pair in self.renamed],
            "left_out": {
                "things": {name: list(pair) for name, pair in self.things.items()},
                "properties": self.properties,
            },
        }

    def lines(self) -> Iterator[str]:
        """Yield its counts for people."""
        yield from (f"{number:>6,} {kind} declared" for kind, number in self.kinds.items())
        yield from (f"{number:>6,} claims: {name}" for name, number in self.predicates.items())
        yield ", ".join(f"{number:,} of sign {word}" for word, number in self.signs.items())
        if self.renamed:
            old, new = self.renamed[0]
            yield (
                f"{len(self.renamed):,} names are another thing's too and now say whose they are, "
                f"such as {new}, once {old}"
            )
        for cls, (lost, whole) in self.things.items():
            yield f"left out: {lost:,} of {whole:,} things of <{cls}>"
        for iri, number in self.properties.items():
            yield f"left out: {number:,} triples of <{iri}>"


def _is_type(triple: ox.Triple, classes: Collection[str]) -> bool:
    return triple.predicate.value == RDF.type and text_of(triple.object) in classes


def read_rdf(
    file: Path, query: str, place: str, known: Collection[ox.Triple], *, slug: str
) -> Mapped:
    """Return what a mapping makes of an RDF file.

    ``query`` is the text of the mapping and ``place`` its file; ``known`` are the triples of the
    vocabulary and of the entities that it may use; ``slug`` names the document.

    Raises:
        InputError: the file cannot be read, or what is constructed says something wrong.
        QueryError: the mapping is refused, because it reaches out or is too large.
    """
    document = f"{BASE}document/{slug}"
    source = load_file(file)
    triples = _construct(source, query, place, document)
    _refuse_hollow(triples, document, place, file)
    named = {text_of(t.subject) for t in triples if _is_type(t, _DECLARED)}
    things = [t for t in triples if text_of(t.subject) in named]
    claims = {text_of(t.subject) for t in triples if _is_type(t, {NG.Claim})}
    _refuse_mixed(things, known, claims, place)
    things, renamed = _distinct(things, known, slug)
    both = Statements.of([*known, *things], place)
    refuse_undeclared(triples, declared_terms(both), place)
    vocabulary = read_vocabulary(both)
    rest = [t for t in triples if text_of(t.subject) not in named]
    rest += _derived(rest, vocabulary)
    rest.append(_triple(document, NG.sha256, ox.Literal(_digest(file))))
    statements = Heard(index_quads(ox.Quad(*t) for t in rest).get("", {}), place)
    read = read_document(slug, "", statements, vocabulary, read_entities(both))
    refuse_unread(rest, statements)
    plain = sorted(map(_plainly_named, read.claims), key=lambda claim: (claim.name, claim.id))
    return Mapped(
        replace(read, claims=tuple(plain)),
        tuple(things),
        tuple(renamed),
        _things_left(source, {text_of(t.subject) for t in triples}),
        _properties_left(source, query),
    )


def _construct(source: ox.Store, query: str, place: str, base: str) -> list[ox.Triple]:
    """Return what the mapping constructs, each triple once, in the order of its text."""
    try:
        gate.refuse(query)
    except QueryError as error:
        raise QueryError(f"{place}: {error}") from error
    if gate.names_graphs(query):
        raise QueryError(f"{place}: FROM is refused: a mapping reads the file that is imported")
    try:
        found = source.query(
            query, base_iri=base, prefixes=PREFIXES, use_default_graph_as_union=True
        )
    except SyntaxError as error:
        raise InputError(place, f"no valid SPARQL: {where(error, query)}") from error
    if not isinstance(found, ox.QueryTriples):
        raise InputError(
            place, "a mapping must be a CONSTRUCT, which makes triples of what it finds"
        )
    return sorted(set(found), key=str)


def _refuse_hollow(triples: list[ox.Triple], document: str, place: str, file: Path) -> None:
    """Refuse a mapping that makes no claim, or does not say whose the claims are."""
    if not any(_is_type(triple, {NG.Claim}) for triple in triples):
        raise InputError(
            place,
            f"it makes no claim of {file}: let it CONSTRUCT ?x a :Claim ; :subject ... ; "
            ":predicate ... ; :object ... ; :modality ..., and see that its WHERE fits the file",
        )
    said = {t.predicate.value for t in triples if text_of(t.subject) == document}
    if lacking := [iri for iri in _MUST if iri not in said]:
        raise InputError(
            place,
            f"it does not say the dcterms:{local(lacking[0])} of the document: construct "
            '<> a :Document ; dcterms:title ... ; dcterms:language "en" ; dcterms:rights ... , '
            "which says whose it is and under which licence",
        )


def _refuse_mixed(
    things: Iterable[ox.Triple], known: Iterable[ox.Triple], claims: Collection[str], place: str
) -> None:
    """Refuse a thing that is a claim as well, that is one of ours, or that has no IRI."""
    ours = {text_of(triple.subject) for triple in known}
    for triple in things:
        subject = text_of(triple.subject)
        if any(isinstance(term, ox.BlankNode) for term in (triple.subject, triple.object)):
            raise InputError(
                place,
                f"<{triple.predicate.value}> of an entity or a predicate stands at a blank node: "
                "give each an IRI, such as IRI(CONCAT(...))",
            )
        if subject in ours:
            raise InputError(
                place,
                f"it declares :{local(subject)}, which the ontology declares: use it undeclared",
            )
        if subject in claims:
            raise InputError(
                place,
                f"it makes of <{subject}> both a claim and a thing: give one of them another IRI",
            )


def _distinct(
    things: Iterable[ox.Triple], known: Iterable[ox.Triple], slug: str
) -> tuple[list[ox.Triple], list[tuple[str, str]]]:
    """Return the declared things with one name for one thing, and which names were changed.

    A thing that bears the name of one of ours does not become it: ours stands for one quantity,
    and whether theirs is the same is for a person to say. The name of the document joins it, or
    the last part of the thing's own IRI where two things of the file bear one name.
    """
    things = list(things)
    taken = {fold(name) for _, name in _names(known)}
    bearers: dict[str, set[str]] = defaultdict(set)
    for thing, name in _names(things):
        bearers[fold(name)].add(thing)
    found: list[ox.Triple] = []
    renamed: list[tuple[str, str]] = []
    for triple in things:
        name = text_of(triple.object)
        if triple.predicate.value in _NAMES and fold(name) in bearers:
            more = [slug] if fold(name) in taken else []
            more += [local(text_of(triple.subject))] if len(bearers[fold(name)]) > 1 else []
            if more:
                other = f"{name} ({': '.join(more)})"
                renamed.append((name, other))
                triple = ox.Triple(triple.subject, triple.predicate, ox.Literal(other))
        found.append(triple)
    return found, sorted(renamed)


def _names(triples: Iterable[ox.Triple]) -> Iterator[tuple[str, str]]:
    """Yield entity or qualified term, and a name of it."""
    triples = list(triples)
    things = {text_of(t.subject) for t in triples if _is_type(t, _NAMED)}
    for triple in triples:
        if triple.predicate.value in _NAMES and text_of(triple.subject) in things:
            yield text_of(triple.subject), text_of(triple.object)


def _derived(triples: Iterable[ox.Triple], vocabulary: Vocabulary) -> list[ox.Triple]:
    """Return what a claim leaves out because it follows: its basis and its kind of study."""
    said = Statements.of(triples, "")
    basis, study = (
        vocabulary.iris["Basis", "source"],
        vocabulary.iris["StudyType", "curated-source"],
    )
    found: list[ox.Triple] = []
    for claim in said.of_type(NG.Claim):
        given = said.all(claim, NG.basis)
        if not given:
            found.append(_triple(claim, NG.basis, ox.NamedNode(basis)))
        if given not in ([], [basis]):
            continue
        evidence = said.all(claim, NG.evidence)
        if not evidence:
            evidence = [f"_:{ox.BlankNode().value}"]
            found.append(_triple(claim, NG.evidence, _node(evidence[0])))
        if len(evidence) == 1 and not said.all(evidence[0], NG.studyType):
            found.append(_triple(evidence[0], NG.studyType, ox.NamedNode(study)))
    return found


def _triple(
    subject: str, predicate: str, value: ox.NamedNode | ox.BlankNode | ox.Literal
) -> ox.Triple:
    return ox.Triple(_node(subject), ox.NamedNode(predicate), value)


def _node(name: str) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(name[2:]) if name.startswith("_:") else ox.NamedNode(name)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _plainly_named(claim: Claim) -> Claim:
    """Return a claim under a name of letters, digits and hyphens.

    That of a blank node is the engine's and another one each time: the id takes its place.
    """
    name = local(claim.id) if claim.name.startswith("_:") else unquote(claim.name)
    plain = re.sub("[^a-z0-9]+", "-", name.casefold()).strip("-")
    return replace(claim, name=plain or local(claim.id))


def _things_left(source: ox.Store, taken: set[str]) -> dict[str, tuple[int, int]]:
    """Return, by class, how many things became nothing, of how many; classes taken whole aside."""
    lost: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    seen = {
        (text_of(quad.subject), text_of(quad.object))
        for quad in source.quads_for_pattern(None, ox.NamedNode(RDF.type), None)
    }
    for thing, cls in seen:
        whole[cls] += 1
        lost[cls] += thing not in taken
    return {cls: (number, whole[cls]) for cls, number in sorted(lost.items()) if number}


def _properties_left(source: ox.Store, query: str) -> dict[str, int]:
    """Return how many triples have a property that the mapping does not name, by property."""
    text = re.sub(r"^\s*#.*$", "", query, flags=re.MULTILINE)
    prefixes = PREFIXES | dict(_PREFIX.findall(text))
    counts = Counter(quad.predicate.value for quad in source)
    return {
        iri: number
        for iri, number in sorted(counts.items())
        if iri != RDF.type and not _mentions(text, iri, prefixes)
    }


def _mentions(text: str, iri: str, prefixes: dict[str, str]) -> bool:
    if f"<{iri}>" in text:
        return True
    short = (
        f"{p}:{iri.removeprefix(base)}" for p, base in prefixes.items() if iri.startswith(base)
    )
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) for name in short)
