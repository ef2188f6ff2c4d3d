"""Triples, indexed so that records can be read from them, with errors that name the place."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from nutrigraph.errors import InputError
from nutrigraph.terms import BASE, RDF, local

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Index = dict[str, dict[str, list[str]]]
"""Subject, predicate, values: sorted, and all as strings."""


def parse_file(path: Path) -> list[ox.Triple]:
    """Return the triples of a Turtle file.

    Raises:
        InputError: the file cannot be read, or is no Turtle; names the line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})") from error
    try:
        # Files of the ontology are small: read whole, so that a broken line loses nothing.
        return [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.TURTLE)]
    except SyntaxError as error:
        # pyoxigraph puts the line into the message alone.
        found = re.search(r"at line (\d+)", str(error.msg))
        place = f"{path}:{found[1]}" if found else str(path)
        raise InputError(place, f"no valid Turtle: {error.msg}") from error


def text_of(term: Term) -> str:
    """Return a term as a string: an IRI, ``_:`` and a blank node's name, or a literal's value."""
    if isinstance(term, ox.Triple):
        return str(term)
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else term.value


def index_quads(quads: Iterable[ox.Quad]) -> dict[str, Index]:
    """Return the quads by graph (``""`` for the default one), subject and predicate, sorted."""
    graphs: dict[str, Index] = {}
    for quad in quads:
        name = "" if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value
        _put(graphs.setdefault(name, {}), quad.subject, quad.predicate, quad.object)
    return {name: _sorted(index) for name, index in sorted(graphs.items())}


def _put(index: Index, subject: Term, predicate: ox.NamedNode, value: Term) -> None:
    pairs = index.setdefault(text_of(subject), {})
    pairs.setdefault(predicate.value, []).append(text_of(value))


def _sorted(index: Index) -> Index:
    return {
        subject: {predicate: sorted(values) for predicate, values in sorted(pairs.items())}
        for subject, pairs in sorted(index.items())
    }


def merge(first: Index, *others: Index) -> Index:
    """Return what several indexes say together; one that is alone is returned as it is."""
    if not others:
        return first
    joined: Index = {}
    for index in (first, *others):
        for subject, pairs in index.items():
            known = joined.setdefault(subject, {})
            for predicate, values in pairs.items():
                known[predicate] = sorted({*known.get(predicate, ()), *values})
    return joined


def undeclared(triples: Iterable[ox.Triple], declared: Iterable[str]) -> list[str]:
    """Return the IRIs of our flat namespace that are used and not among the declared, sorted."""
    used = {
        term.value
        for triple in triples
        for term in (triple.subject, triple.predicate, triple.object)
        if isinstance(term, ox.NamedNode) and term.value.startswith(BASE)
    }
    flat = {term for term in used if "/" not in term[len(BASE) :]}
    return sorted(flat - set(declared))


class Statements:
    """Triples by subject and predicate; ``place`` is named in errors."""

    def __init__(self, index: Index, place: str) -> None:
        """Take an index made by `index_quads`."""
        self.place = place
        self._index = index
        self._types: dict[str, list[str]] = defaultdict(list)
        for subject, pairs in index.items():
            for cls in pairs.get(RDF.type, ()):
                self._types[cls].append(subject)

    @classmethod
    def of(cls, triples: Iterable[ox.Triple], place: str) -> Statements:
        """Index the triples of a file."""
        index: Index = {}
        for triple in triples:
            _put(index, triple.subject, triple.predicate, triple.object)
        return cls(_sorted(index), place)

    def of_type(self, cls: str) -> list[str]:
        """Return the subjects of a class, sorted."""
        return sorted(self._types.get(cls, ()))

    def all(self, subject: str, predicate: str) -> list[str]:
        """Return all objects, sorted."""
        return self._index.get(subject, {}).get(predicate, [])

    def get(self, subject: str, predicate: str) -> str | None:
        """Return the one object, or None.

        Raises:
            InputError: there are several.
        """
        values = self.all(subject, predicate)
        if len(values) > 1:
            raise InputError(
                self.place,
                f"duplicate id: {self.name(subject)} has {len(values)} values of "
                f":{local(predicate)} ({', '.join(map(local, values[:3]))}); "
                "one name is used for two things, or a value is given twice: rename or delete one",
            )
        return values[0] if values else None

    def one(self, subject: str, predicate: str) -> str:
        """Return the one object.

        Raises:
            InputError: there is none, or there are several.
        """
        value = self.get(subject, predicate)
        if value is None:
            raise InputError(
                self.place, f"{self.name(subject)} has no :{local(predicate)}: add one"
            )
        return value

    def number(self, subject: str, predicate: str) -> float:
        """Return the one object as a number.

        Raises:
            InputError: there is none, there are several, or it is no number.
        """
        value = self.one(subject, predicate)
        try:
            return float(value)
        except ValueError as error:
            raise InputError(
                self.place, f"{self.name(subject)}: :{local(predicate)} {value!r} is no number"
            ) from error

    def whole(self, subject: str, predicate: str) -> int:
        """Return the one object as a whole number.

        Raises:
            InputError: there is none, there are several, or it is no whole number.
        """
        value = self.one(subject, predicate)
        if not re.fullmatch(r"[+-]?\d+", value):
            raise InputError(
                self.place,
                f"{self.name(subject)}: :{local(predicate)} {value!r} is no whole number",
            )
        return int(value)

    def truth(self, subject: str, predicate: str, *, default: bool = False) -> bool:
        """Return the one object as true or false; the default where there is none.

        Raises:
            InputError: there are several, or it is neither.
        """
        value = self.get(subject, predicate)
        if value not in (None, "true", "false", "1", "0"):
            raise InputError(
                self.place,
                f"{self.name(subject)}: :{local(predicate)} {value!r} is neither true nor false",
            )
        return default if value is None else value in ("true", "1")

    def name(self, subject: str) -> str:
        """Return what an error calls a subject."""
        if not subject.startswith("_:"):
            return local(subject)
        owners = (
            owner
            for owner, pairs in self._index.items()
            if any(subject in values for values in pairs.values())
        )
        owner = next(owners, None)
        return f"a blank node of {self.name(owner)}" if owner else "a blank node"

    def subjects(self) -> set[str]:
        """Return every subject."""
        return set(self._index)
