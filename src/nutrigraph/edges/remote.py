"""A source of edges on an engine elsewhere, asked for the part that can hold the best paths.

What `nutrigraph.edges.entering` writes as RDF is enough. The edges of some nodes at a time come
into a `Patch`; the same search as over the whole arrays finds the best paths in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from nutrigraph import naming
from nutrigraph.edges.search import name_of
from nutrigraph.edges.source import AnySource
from nutrigraph.edges.sureness import read_predicate
from nutrigraph.errors import StoreError
from nutrigraph.model import Entity
from nutrigraph.store import Dataset
from nutrigraph.terms import NG, RDFS, SKOS, SOURCES, curie, local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from nutrigraph.edges.patch import Walk
    from nutrigraph.edges.source import Found
    from nutrigraph.model import Predicate
    from nutrigraph.paths import Filters
    from nutrigraph.store import Store

    Row = Sequence[Any]

_PAGE: Final = 5_000
"""Rows that are asked for at a time: fewer than engines cut at by themselves."""
_TEXT: Final = 40_000
"""Characters of IRIs in one query."""
_NEAR: Final = 20_000
"""Names that are compared with one that is unknown, at most."""


@dataclass
class RemoteSource(AnySource[str]):
    """A source of edges without sentences in a store that answers SPARQL. Nodes go by IRI.

    ``watch`` is called with the number of edges that have come for a question so far.
    """

    store: Store
    called: str
    watch: Callable[[int], None] | None = None

    @property
    def slug(self) -> str:
        """What it is called in the store."""
        return self.called

    @cached_property
    def record(self) -> dict[str, Any]:  # type: ignore[override]
        """What it declares, as it is kept beside a store.

        Raises:
            StoreError: it does not declare all that walking needs.
        """
        classes = f"VALUES ?kind {{ <{NG.EdgeSource}> <{NG.EdgePredicate}> }}"
        told: dict[str, dict[str, str]] = {}
        for thing, predicate, value in self.rows(f"?x ?p ?o {{ {classes} ?x a ?kind ; ?p ?o }}"):
            told.setdefault(thing.value, {})[predicate.value] = value.value
        about = told.pop(SOURCES + self.slug, {})
        try:
            return {
                "slug": self.slug,
                "title": about[RDFS.label],
                "weight": float(about[NG.sourceWeight]),
                "damping": float(about[NG.hubDamping]),
                "confidences": about.get(NG.confidencesIn),
                "predicates": [_predicate(iri, told[iri]) for iri in sorted(told)],
                "kinds": ["unstated", *sorted(self._kinds.values())],
            }
        except KeyError as error:
            raise StoreError(
                f"{self.store.place} holds {self.slug} without the {local(error.args[0])} that "
                "walking needs: import it anew, then push it"
            ) from error

    @cached_property
    def _kinds(self) -> dict[str, str]:
        """The names of the kinds of nodes, by IRI."""
        kinds = f"DISTINCT ?k ?label {{ ?n <{NG.mainKind}> ?k . ?k <{RDFS.label}> ?label }}"
        return {kind.value: label.value for kind, label in self.rows(kinds)}

    def rows(self, query: str, *, graph: str | None = None) -> list[Row]:
        """Return the rows of a SELECT over the graph of the source or another, page by page.

        Raises:
            StoreError: the store cannot be read, or its pages do not fit together.
        """
        dataset = Dataset((graph or SOURCES + self.slug,))
        found: list[Row] = []
        some = found
        while some is found or len(some) == _PAGE:
            page = f"SELECT {query} LIMIT {_PAGE} OFFSET {len(found)}"
            some = list(self.store.select(page, dataset=dataset))
            found = [*found, *some]
        if len(found) > _PAGE and len(set(found)) < len(found):
            raise StoreError(
                f"{self.store.place} gave a row twice: it was changed meanwhile, or gives its rows "
                "in no order; ask again"
            )
        return found

    def about(self, nodes: Iterable[str], predicate: str) -> Iterator[tuple[str, str]]:
        """Yield some nodes, each with a value of a predicate."""
        for values in batches(nodes):
            within = f"{{ VALUES ?n {{ {values} }} ?n <{predicate}> ?o }}"
            yield from ((node.value, value.value) for node, value in self.rows(f"?n ?o {within}"))

    def find(self, name: str) -> str | None:
        """Return the IRI of the node that bears a name, or None."""
        self.record  # noqa: B018 - says what is missing before a name is said to be unknown
        wanted = naming.fold(name)
        bears = f"?n <{SKOS.hiddenLabel}> {ox.Literal(wanted)}"
        names = f"<{RDFS.label}> ?label ; <{SKOS.notation}> ?id"
        main = {
            node.value: wanted
            in map(naming.fold, (label.value, name.value, node.value, curie(node.value)))
            for node, label, name in self.rows(f"?n ?label ?id {{ {bears} ; {names} }}")
        }
        # A main name goes before one that is only used elsewhere in the tables.
        found = sorted(iri for iri, is_main in main.items() if is_main) or sorted(main)
        if len(found) > 1:
            entities = self.entities(found)
            raise self.several(name, [entities[iri] for iri in found])
        return found[0] if found else None

    def near(self, name: str) -> list[str]:
        """Return the names nearest to one, among those that begin as it does."""
        wanted = naming.fold(name)
        begins = f"FILTER (STRSTARTS(STR(?name), {ox.Literal(wanted[:2])}))"
        names = self.rows(f"DISTINCT ?name {{ ?n <{SKOS.hiddenLabel}> ?name {begins} }}")
        known = sorted((row[0].value for row in names), key=str.encode)
        return naming.nearest(wanted, known[:_NEAR])

    def iri(self, node: str) -> str:
        """Return the IRI of a node."""
        return node

    def entities(self, nodes: Iterable[str]) -> dict[str, Entity]:
        """Return some nodes as entities."""
        found: dict[str, Entity] = {}
        for values in batches(nodes):
            known = f"?n <{RDFS.label}> ?label OPTIONAL {{ ?n <{NG.mainKind}> ?kind }}"
            within = f"{{ VALUES ?n {{ {values} }} {known} }}"
            for node, label, kind in self.rows(f"?n ?label ?kind {within}"):
                told = self.kinds[0] if kind is None else self._kinds[kind.value]
                found[node.value] = Entity(node.value, label.value, told, "")
        return found

    def search(
        self, ends: tuple[str, str], filters: Filters, max_hops: int, top: int
    ) -> Found[str]:
        """Return the best routes between two nodes, of all that pass the filters.

        Raises:
            StoreError: the store cannot be read.
            UsageError: too much of it would have to be.
        """
        from nutrigraph.edges.growth import search

        return search(self, ends, filters, max_hops, top)

    @cached_property
    def walked(self) -> Walk:
        """How its edges are walked."""
        import numpy as np

        from nutrigraph.edges.patch import Walk

        return Walk(
            np.array([predicate.sign or 0 for predicate in self.predicates], np.int8),
            np.array([not predicate.forward_only for predicate in self.predicates], bool),
            self.record["weight"],
            self.record["damping"],
        )

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """The numbers of predicates by IRI and, for sources that tell confidences, by name."""
        names = {item.label: number for number, item in enumerate(self.predicates)}
        return names | {item.id: number for number, item in enumerate(self.predicates)}

    def edges(self, nodes: Iterable[str]) -> Iterator[tuple[str, int, str, float]]:
        """Yield the edges of some nodes: subject, predicate, object, confidence."""
        graph = self.record["confidences"]
        read: dict[str, tuple[int | None, float]] = {}
        for values in batches(nodes):
            given = f"VALUES ?n {{ {values} }}"
            both = f"{{ {given} ?n ?p ?o }} UNION {{ {given} ?s ?p ?n }}"
            rows = self.rows(f"?n ?p ?o ?s {{ {both} }}", graph=graph)
            for node, predicate, target, subject in rows:
                iri = predicate.value
                if iri not in read:
                    name, confidence = read_predicate(self.slug, iri) if graph else (iri, 1.0)
                    read[iri] = self._numbers.get(name), confidence
                number, confidence = read[iri]
                if number is not None:
                    one, other = (subject, node) if target is None else (node, target)
                    yield one.value, number, other.value, confidence

    def degrees(self, nodes: Sequence[str], filters: Filters) -> Iterator[tuple[str, int]]:
        """Yield some nodes, each with the number of others that can be walked to from it."""
        if not filters.predicates:
            yield from ((node, int(value)) for node, value in self.about(nodes, NG.degree))
            return
        named = [one for one in self.predicates if name_of(one.id) in filters.predicates]
        ways = (("?n ?p ?m", named), ("?m ?p ?n", [one for one in named if not one.forward_only]))
        for values in batches(nodes):
            parts = (
                f"{{ VALUES ?n {{ {values} }} {pattern} FILTER ({_any(verbs)}) }}"
                for pattern, verbs in ways
                if verbs
            )
            count = "?n (COUNT(DISTINCT ?m) AS ?number)"
            within = f"{{ {' UNION '.join(parts)} FILTER (?m != ?n) }}"
            for node, number in self.rows(f"{count} {within} GROUP BY ?n"):
                yield node.value, int(number.value)

    def kinds_of(self, nodes: Iterable[str]) -> dict[str, str]:
        """Return the kinds of some nodes."""
        found = dict.fromkeys(nodes, self.kinds[0])
        for node, kind in self.about(found, NG.mainKind):
            found[node] = self._kinds[kind]
        return found


def _any(predicates: Iterable[Predicate]) -> str:
    return " || ".join(f"?p = <{one.id}>" for one in predicates)


def _predicate(iri: str, told: dict[str, str]) -> dict[str, Any]:
    """Return what is said of a predicate, as it is kept beside a store."""
    sign = told.get(NG.sign)
    return {
        "id": iri,
        "label": told[RDFS.label],
        "phrase": told[NG.phrase],
        "force": local(told[NG.force]),
        "sign": None if sign is None else int(sign),
        "backward": told[NG.forwardOnly] not in ("true", "1"),
    }


def batches(nodes: Iterable[str]) -> Iterator[str]:
    """Yield IRIs as they stand in VALUES, some at a time: no query grows too long."""
    batch: list[str] = []
    size = 0
    for node in nodes:
        if size + len(node) > _TEXT:
            yield " ".join(batch)
            batch, size = [], 0
        batch.append(f"<{node}>")
        size += len(node) + 3
    if batch:
        yield " ".join(batch)
