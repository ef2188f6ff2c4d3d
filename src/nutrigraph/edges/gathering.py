"""Nodes, predicates and edges, gathered from tables: a few bytes an edge."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from nutrigraph.edges.tables import rows
from nutrigraph.errors import InputError
from nutrigraph.terms import SOURCES

if TYPE_CHECKING:
    from pathlib import Path

    from nutrigraph.edges.mapping import EdgeMapping
    from nutrigraph.edges.tables import Watch

_IRI: Final = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+")
_MOST_PREDICATES: Final = 1 << 16


@dataclass(slots=True)
class Nodes:
    """Nodes by number. ``kinds`` holds all kinds of each, ``labels`` all its names, first first."""

    ids: list[str] = field(default_factory=list)
    labels: list[list[str]] = field(default_factory=list)
    kinds: list[list[str]] = field(default_factory=list)
    number: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, label: str, kinds: list[str]) -> int:
        """Add a node, or what is new of one that is known; return its number."""
        place = self.number.get(name)
        if place is None:
            place = self.number[name] = len(self.ids)
            self.ids.append(name)
            self.labels.append([label or name])
            self.kinds.append(kinds)
            return place
        if label and label not in self.labels[place]:
            self.labels[place].append(label)
        self.kinds[place] += [kind for kind in kinds if kind not in self.kinds[place]]
        return place


@dataclass(slots=True)
class Gathered:
    """What the tables of a source hold. Edges are four columns of one length."""

    mapping: EdgeMapping
    slug: str
    nodes: Nodes = field(default_factory=Nodes)
    predicates: list[str] = field(default_factory=list)
    subjects: array[int] = field(default_factory=lambda: array("i"))
    verbs: array[int] = field(default_factory=lambda: array("H"))
    objects: array[int] = field(default_factory=lambda: array("i"))
    confidences: array[float] = field(default_factory=lambda: array("d"))
    left_out: int = 0

    def iri(self, name: str, *under: str) -> str:
        """Return the IRI of an id: by a prefix, as it is, or one of the source's own."""
        for start, base in self.mapping.prefixes:
            if name.startswith(start) and len(name) > len(start):
                return base + quote(name[len(start) :], safe="-._~")
        if _IRI.fullmatch(name):
            return name
        return "/".join((SOURCES + self.slug, *under, quote(name, safe="-._~")))


def gather(
    mapping: EdgeMapping, slug: str, files: dict[str, Path], watch: Watch | None = None
) -> Gathered:
    """Read the tables of a source.

    Raises:
        InputError: something in them is wrong; names file, line, column, value and fix.
    """
    found = Gathered(mapping, slug)
    if mapping.nodes is not None:
        _read_nodes(found, mapping.nodes, files["nodes"], watch)
    names = None
    if mapping.predicates is not None:
        names = _read_predicates(found, mapping.predicates, files["predicates"], watch)
    _read_edges(found, files["edges"], names, watch)
    if not found.subjects:
        raise InputError(str(files["edges"]), "holds no edge: nothing is imported")
    iris = [found.iri(name) for name in found.nodes.ids]
    _refuse_shared(found.nodes.ids, iris, mapping)
    _put_in_order(found, iris)
    return found


def _put_in_order(found: Gathered, iris: list[str]) -> None:
    """Number nodes and predicates by their IRIs: paths of equal cost come in that order.

    So they come alike wherever the edges lie, and in whatever order the tables list them.
    """
    nodes = found.nodes
    order, places = _places(iris)
    nodes.ids = [nodes.ids[number] for number in order]
    nodes.labels = [nodes.labels[number] for number in order]
    nodes.kinds = [nodes.kinds[number] for number in order]
    nodes.number = {name: number for number, name in enumerate(nodes.ids)}
    order, verbs = _places([found.iri(name, "predicate") for name in found.predicates])
    found.predicates = [found.predicates[number] for number in order]
    for column, moved in (
        (found.subjects, places), (found.verbs, verbs), (found.objects, places),
    ):  # fmt: skip
        _renumber(column, moved)


def _places(iris: list[str]) -> tuple[list[int], list[int]]:
    """Return the numbers of some IRIs in order, and the place of each in it."""
    order = sorted(range(len(iris)), key=iris.__getitem__)
    places = [0] * len(order)
    for place, number in enumerate(order):
        places[number] = place
    return order, places


def _renumber(column: array[int], places: list[int]) -> None:
    """Put in place of each number its place."""
    import numpy as np

    view = np.frombuffer(column, column.typecode)
    view[:] = np.asarray(places, column.typecode)[view]


def _refuse_shared(names: list[str], iris: list[str], mapping: EdgeMapping) -> None:
    owner: dict[str, str] = {}
    for name, iri in zip(names, iris, strict=True):
        if owner.setdefault(iri, name) != name:
            raise InputError(
                mapping.place,
                f"prefixes give {owner[iri]!r} and {name!r} the one IRI {iri}: part them",
            )


def _read_nodes(found: Gathered, columns: dict[str, str], file: Path, watch: Watch | None) -> None:
    wanted = [columns[name] for name in ("id", "label", "category") if name in columns]
    several, nodes = columns.get("several"), found.nodes
    for line, (name, label, *rest) in rows(
        file, wanted, separator=found.mapping.separator, watch=watch
    ):
        if not name:
            raise InputError(f"{file}:{line}", f"column {columns['id']!r} is empty: give an id")
        if name in nodes.number:
            raise InputError(
                f"{file}:{line}", f"column {columns['id']!r}: {name!r} is there already: keep one"
            )
        kinds = (rest[0] or "").split(several) if rest and several else [*rest]
        nodes.add(name, label or "", [kind for kind in kinds if kind])


def _read_predicates(
    found: Gathered, columns: dict[str, str], file: Path, watch: Watch | None
) -> dict[str, int]:
    """Return the places of the predicates by their ids."""
    places: dict[str, int] = {}
    wanted = [columns["id"], columns["label"]]
    for line, (name, label) in rows(file, wanted, separator=found.mapping.separator, watch=watch):
        if not name or not label or name in places:
            raise InputError(
                f"{file}:{line}", f"{name!r} {label!r}: give an id of its own and a name to each"
            )
        places[name] = len(found.predicates)
        found.predicates.append(label)
    return places


class _Ends:
    """Finds the nodes at the ends of an edge."""

    def __init__(self, found: Gathered, file: Path) -> None:
        self.nodes, self.file, self.columns = found.nodes, file, found.mapping.edges
        self.by_row, self.declared = found.mapping.by_row, found.mapping.nodes is not None
        self.places = dict(found.nodes.number)
        if self.by_row:
            self.places = {str(row): row for row in range(len(found.nodes.ids))}

    def missing(self, line: int, side: str, name: str) -> InputError:
        """Return what to raise for an end that is none of the nodes."""
        what = "no row of the nodes, counted from 0" if self.by_row else "none of the nodes"
        return InputError(
            f"{self.file}:{line}",
            f"column {self.columns[side]!r}: {name!r} is {what}: add the node or mend the edge",
        )

    def inline(self, line: int, side: str, name: str, label: str | None, kind: str | None) -> int:
        """Return the node that an edge names itself."""
        if not name:
            raise InputError(
                f"{self.file}:{line}", f"column {self.columns[side]!r} is empty: give an id"
            )
        return self.nodes.add(name, label or "", [kind] if kind else [])


def _confidence(text: str, file: Path, line: int, column: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number <= 1:
        raise InputError(
            f"{file}:{line}",
            f"column {column!r}: {text!r} is no confidence: give a number above 0 and up to 1",
        )
    return number


def _predicate(found: Gathered, known: dict[str, int], name: str, place: str) -> int:
    """Return the number of a predicate that is met for the first time."""
    column = found.mapping.edges["predicate"]
    if found.mapping.predicates is not None:
        raise InputError(
            place, f"column {column!r}: {name!r} is none of the predicates: add or mend it"
        )
    if not name or len(known) >= _MOST_PREDICATES:
        why = f"over {_MOST_PREDICATES:,} predicates" if name else "is empty: name a predicate"
        raise InputError(place, f"column {column!r} {why}")
    known[name] = len(found.predicates)
    found.predicates.append(name)
    return known[name]


def _read_edges(
    found: Gathered, file: Path, predicates: dict[str, int] | None, watch: Watch | None
) -> None:
    mapping, columns = found.mapping, found.mapping.edges
    sides = ("subject_label", "subject_category", "object_label", "object_category")
    wanted = [columns[name] for name in ("subject", "predicate", "object")]
    extra = [columns.get(name) for name in ("confidence", *sides)]
    needed = [*wanted, *(name for name in extra if name)]
    # Where in a row the columns are that not every table has.
    at = {name: number for number, name in enumerate(needed)}
    confidence, *inline = (at[name] if name else None for name in extra)
    ends, known = _Ends(found, file), predicates if predicates is not None else {}
    places, declared = ends.places, ends.declared
    shut = list(mapping.leave_out.values())
    for line, row in rows(
        file, needed, separator=mapping.separator, optional=[*mapping.leave_out], watch=watch
    ):
        if shut and any(v in no for v, no in zip(row[len(needed) :], shut, strict=True)):
            found.left_out += 1
            continue
        subject, verb, target = row[0] or "", row[1] or "", row[2] or ""
        if declared:
            tail, head = places.get(subject), places.get(target)
            if tail is None or head is None:
                side = ("subject", subject) if tail is None else ("object", target)
                raise ends.missing(line, *side)
        else:
            one, two, three, four = (None if n is None else row[n] for n in inline)
            tail = ends.inline(line, "subject", subject, one, two)
            head = ends.inline(line, "object", target, three, four)
        number = known.get(verb)
        if number is None:
            number = _predicate(found, known, verb, f"{file}:{line}")
        found.subjects.append(tail)
        found.verbs.append(number)
        found.objects.append(head)
        if confidence is not None:
            found.confidences.append(
                _confidence(row[confidence] or "", file, line, columns["confidence"])
            )
    if confidence is None:
        found.confidences = array("d", [1.0]) * len(found.subjects)
