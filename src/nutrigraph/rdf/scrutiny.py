"""What is refused of curated triples: undeclared terms, and properties that nothing reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from nutrigraph.errors import InputError
from nutrigraph.rdf.statements import Statements, text_of, undeclared
from nutrigraph.terms import INFERRED, RDF, local

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from nutrigraph.rdf.statements import Index

_IGNORED_TERMS: Final = frozenset({INFERRED})
_UNREAD: Final = frozenset({RDF.type})


class Heard(Statements):
    """Statements that note what is asked of them, so that nothing that is written goes unread."""

    def __init__(self, index: Index, place: str) -> None:
        """Take an index made by `index_quads`."""
        super().__init__(index, place)
        self.heard: set[tuple[str, str]] = set()

    def all(self, subject: str, predicate: str) -> list[str]:
        """Return all objects, sorted, and note that they were asked for."""
        self.heard.add((subject, predicate))
        return super().all(subject, predicate)


def refuse_unread(triples: Iterable[ox.Triple], statements: Heard) -> None:
    """Refuse what would be lost without a word: a property misspelled, or on the wrong thing.

    Raises:
        InputError: names the property and the thing that bears it.
    """
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


def refuse_undeclared(
    triples: Collection[ox.Triple], declared: Collection[str], place: str
) -> None:
    """Refuse a term of our namespace that nothing declares.

    Raises:
        InputError: names the term and what uses it.
    """
    for term in undeclared(triples, {*declared, *_IGNORED_TERMS}):
        users = (t.subject for t in triples if ox.NamedNode(term) in (t.predicate, t.object))
        user = next((local(s.value) for s in users if isinstance(s, ox.NamedNode)), None)
        raise InputError(
            place,
            f"{user or 'a blank node'}: :{local(term)} is not declared: mend it, or declare it in "
            "vocabulary.ttl or entities.ttl",
        )
