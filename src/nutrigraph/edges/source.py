"""An imported source of edges, opened.

Beside a store lie its arrays, which are mapped into memory and read as needed; elsewhere it is
asked a part at a time (`nutrigraph.edges.remote`). Questions see no difference.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from nutrigraph import naming
from nutrigraph.builds import side_folder
from nutrigraph.edges.entering import RECORD
from nutrigraph.edges.mapping import STUDY_TYPE
from nutrigraph.errors import StoreError, UsageError
from nutrigraph.model import Claim, Entity, Evidence, Predicate, Source, content_id
from nutrigraph.terms import SOURCES, local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from nutrigraph.edges.arrays import Edges
    from nutrigraph.edges.strings import Strings
    from nutrigraph.paths import Filters
    from nutrigraph.paths.arcs import Arcs
    from nutrigraph.store import Store

N = TypeVar("N", int, str)
"""How a source calls its nodes: by their numbers, or by their IRIs where it lies elsewhere."""

_NEAR = 20_000
"""Names that are compared with one that is unknown, at most."""


def open_sources(store: Store) -> tuple[AnySource[Any], ...]:
    """Open the sources of edges of a store: their arrays beside it, or a way to ask for them.

    Raises:
        StoreError: one is broken.
    """
    if store.folder is None:
        from nutrigraph.edges.remote import RemoteSource

        return tuple(RemoteSource(store, record["slug"]) for record in store.edge_imports)
    return tuple(
        EdgeSource.open(side_folder(store.folder, record["slug"])) for record in store.edge_imports
    )


@dataclass(frozen=True)
class Found(Generic[N]):
    """The best routes between two nodes, and what was met on the way.

    ``nearest`` are the nodes that are cheapest to reach, where there is no route. ``degree`` says
    how many nodes can be reached in one hop from one of them; it is None where no edge may be
    walked. ``between`` gives the edges from one of them to another, as (predicate, confidence).
    """

    routes: list[tuple[N, ...]]
    nearest: list[N]
    degree: Callable[[N], int] | None
    between: Callable[[N, N], Iterable[tuple[int, float]]]


class AnySource(ABC, Generic[N]):
    """A source of edges without sentences, wherever it lies."""

    record: dict[str, Any]
    """What it declares: title, weight, hub damping, predicates."""

    @abstractmethod
    def find(self, name: str) -> N | None:
        """Return the node of a label, id, CURIE or IRI, or None. Neither case nor hyphens matter.

        Raises:
            UsageError: several nodes bear it.
        """

    @abstractmethod
    def near(self, name: str) -> list[str]:
        """Return the names nearest to one, among those that begin as it does."""

    @abstractmethod
    def iri(self, node: N) -> str:
        """Return the IRI of a node."""

    @abstractmethod
    def entities(self, nodes: Iterable[N]) -> dict[N, Entity]:
        """Return some nodes as entities."""

    @abstractmethod
    def search(self, ends: tuple[N, N], filters: Filters, max_hops: int, top: int) -> Found[N]:
        """Return the best routes between two nodes, of all that pass the filters."""

    @property
    def slug(self) -> str:
        """What it is called in the store."""
        return str(self.record["slug"])

    @property
    def title(self) -> str:
        """What it is called in sentences."""
        return str(self.record["title"])

    @property
    def kinds(self) -> list[str]:
        """The kinds of nodes."""
        return list(self.record["kinds"])

    @cached_property
    def predicates(self) -> tuple[Predicate, ...]:
        """The predicates, by their numbers in the edges."""
        return tuple(
            Predicate(
                id=item["id"],
                label=item["label"],
                force=item["force"],
                sign=item["sign"],
                phrase=item["phrase"],
                wording_holds_direction=True,
                definition=f"A relation of {self.title}, in its own words.",
                forward_only=not item["backward"],
            )
            for item in self.record["predicates"]
        )

    @cached_property
    def source(self) -> Source:
        """The source as what its edges are said by."""
        return Source(
            id=SOURCES + self.slug,
            title=self.title,
            year=None,
            relation="is_source_of",
            gives_evidence=True,
            label=self.title,
        )

    def claim(
        self, subject: str = "", predicate: Predicate | None = None, target: str = "",
        confidence: float = 1.0,
    ) -> Claim:  # fmt: skip
        """Return an edge between two IRIs as a claim that rests on nothing but its source."""
        told = Claim(
            subject=subject,
            predicate=predicate.id if predicate else "",
            object=target,
            basis="source",
            modality="stated",
            document=self.slug,
            quote=None,
            evidence=Evidence(study_type=STUDY_TYPE),
            sources=(self.source,),
            sign=predicate.sign if predicate else None,
            force=predicate.force if predicate else "",
            weight=self.record["weight"] * confidence,
        )
        return replace(told, id=f"{SOURCES}{self.slug}/edge/{local(content_id(told))}")

    def claims(self, found: Found[N], one: N, other: N) -> Iterator[Claim]:
        """Yield the edges between two nodes, both ways, as claims without their statement."""
        for subject, target in ((one, other), (other, one)):
            for predicate, confidence in found.between(subject, target):
                yield self.claim(
                    self.iri(subject), self.predicates[predicate], self.iri(target), confidence
                )

    def several(self, name: str, bearers: Iterable[Entity]) -> UsageError:
        """Return what to raise for a name that several nodes bear, in their order."""
        known = list(bearers)
        told = "; ".join(f"{entity.kind} <{entity.id}>" for entity in known[:4])
        return UsageError(f"{name!r} names {len(known)} things in {self.slug}: name one ({told})")


@dataclass(frozen=True)
class EdgeSource(AnySource[int]):
    """A source of edges without sentences, as it lies beside a store. Nodes go by number."""

    folder: Path
    record: dict[str, Any]

    @classmethod
    def open(cls, folder: Path) -> EdgeSource:
        """Open the folder of a source.

        Raises:
            StoreError: it is broken.
        """
        try:
            return cls(folder, json.loads((folder / RECORD).read_bytes()))
        except (OSError, ValueError) as error:
            raise StoreError(f"{folder} is broken ({error}): import the source anew") from error

    @cached_property
    def edges(self) -> Edges:
        """The edges."""
        from nutrigraph.edges.arrays import Edges

        return Edges.open(self.folder)

    @cached_property
    def arcs(self) -> Arcs:
        """The graph that is walked."""
        from nutrigraph.paths.arcs import Arcs

        return Arcs.open(self.folder / "arcs")

    @cached_property
    def node_kinds(self) -> NDArray[Any]:
        """The kind of each node, by its place in ``kinds``."""
        return self._array("node_kinds")

    def _array(self, name: str) -> NDArray[Any]:
        import numpy as np

        found: NDArray[Any] = np.load(
            self.folder / f"{name}.npy", mmap_mode="r", allow_pickle=False
        )
        return found

    def _strings(self, name: str) -> Strings:
        from nutrigraph.edges.strings import Strings

        return Strings.open(self.folder, name)

    @cached_property
    def _names(self) -> Strings:
        return self._strings("names")

    @cached_property
    def _iris(self) -> Strings:
        return self._strings("iris")

    @cached_property
    def _labels(self) -> Strings:
        return self._strings("labels")

    def find(self, name: str) -> int | None:
        """Return the number of the node that bears a name, or None."""
        places = self._names.equal(naming.fold(name))
        nodes, loose = self._array("name_nodes"), self._array("name_loose")
        # A main name goes before one that is only used elsewhere in the tables.
        found = {int(nodes[p]) for p in places if not loose[p]} or {int(nodes[p]) for p in places}
        if len(found) > 1:
            raise self.several(name, map(self.entity, sorted(found)))
        return found.pop() if found else None

    def near(self, name: str) -> list[str]:
        """Return the names nearest to one, among those that begin as it does."""
        wanted = naming.fold(name)
        return naming.nearest(wanted, set(self._names.beginning(wanted[:2], _NEAR)))

    def iri(self, node: int) -> str:
        """Return the IRI of a node."""
        return self._iris[node]

    def entities(self, nodes: Iterable[int]) -> dict[int, Entity]:
        """Return some nodes as entities."""
        return {number: self.entity(number) for number in nodes}

    def search(
        self, ends: tuple[int, int], filters: Filters, max_hops: int, top: int
    ) -> Found[int]:
        """Return the best routes between two nodes, of all that pass the filters."""
        from nutrigraph.edges.search import degree_in, nearest, search

        routes, arcs = search(self, ends, filters, max_hops, top)
        near = nearest(arcs, ends[0]) if arcs is not None and not routes else []
        degree = None if arcs is None else degree_in(arcs)
        return Found(routes, near, degree, self.edges.between)

    def entity(self, number: int) -> Entity:
        """Return a node as an entity."""
        kind = self.kinds[self.node_kinds[number]]
        return Entity(self._iris[number], self._labels[number], kind, "")
