"""An imported source of edges, opened: its arrays are mapped into memory and read as needed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nutrigraph import naming
from nutrigraph.edges.entering import RECORD
from nutrigraph.edges.mapping import STUDY_TYPE
from nutrigraph.errors import StoreError, UsageError
from nutrigraph.model import Claim, Entity, Evidence, Predicate, Source, content_id
from nutrigraph.terms import SOURCES, local

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from nutrigraph.edges.arrays import Edges
    from nutrigraph.edges.strings import Strings
    from nutrigraph.paths.arcs import Arcs

_NEAR = 20_000
"""Names that are compared with one that is unknown, at most."""


@dataclass(frozen=True)
class EdgeSource:
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

    @property
    def slug(self) -> str:
        """What it is called in the store."""
        return str(self.record["slug"])

    @property
    def title(self) -> str:
        """What it is called in sentences."""
        return str(self.record["title"])

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
        """Return the number of the node of a label, id, CURIE or IRI, or None.

        Raises:
            UsageError: several nodes bear it.
        """
        places = self._names.equal(naming.fold(name))
        nodes, loose = self._array("name_nodes"), self._array("name_loose")
        # A main name goes before one that is only used elsewhere in the tables.
        found = {int(nodes[p]) for p in places if not loose[p]} or {int(nodes[p]) for p in places}
        if len(found) > 1:
            told = "; ".join(
                f"{self.kinds[self.node_kinds[number]]} <{self._iris[number]}>"
                for number in sorted(found)[:4]
            )
            raise UsageError(
                f"{name!r} names {len(found)} things in {self.slug}: name one ({told})"
            )
        return found.pop() if found else None

    def near(self, name: str) -> list[str]:
        """Return the names nearest to one, among those that begin as it does."""
        wanted = naming.fold(name)
        return naming.nearest(wanted, set(self._names.beginning(wanted[:2], _NEAR)))

    def entity(self, number: int) -> Entity:
        """Return a node as an entity."""
        kind = self.kinds[self.node_kinds[number]]
        return Entity(self._iris[number], self._labels[number], kind, "")

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
        from dataclasses import replace

        return replace(told, id=f"{SOURCES}{self.slug}/edge/{local(content_id(told))}")

    def claims(self, one: int, other: int) -> Iterator[Claim]:
        """Yield the edges between two nodes, both ways, as claims without their statement."""
        for subject, target in ((one, other), (other, one)):
            for predicate, confidence in self.edges.between(subject, target):
                yield self.claim(
                    self._iris[subject], self.predicates[predicate], self._iris[target], confidence
                )
