"""The edges of a source as arrays, and the graph that is walked over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from nutrigraph.paths.arcs import Arcs

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from nutrigraph.edges.gathering import Gathered
    from nutrigraph.paths.arcs import Bits, Floats, Ints

_FILES: Final = ("edge_starts", "edge_objects", "edge_predicates", "edge_confidences")


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges by subject, each triple once: those of ``v`` are ``starts[v]`` to ``starts[v + 1]``.

    Those of one subject are ordered by object, then predicate.
    """

    starts: Ints
    objects: Ints
    predicates: NDArray[np.uint16]
    confidences: Floats

    @classmethod
    def of(cls, found: Gathered) -> tuple[Edges, int]:
        """Return the edges, and how many were there twice; of equal ones the surest is kept."""
        columns = (found.subjects, found.verbs, found.objects, found.confidences)
        subjects, verbs, objects, confidences = map(np.asarray, columns)
        order = np.lexsort((-confidences, verbs, objects, subjects)).astype(np.int32)
        subjects, objects, verbs = subjects[order], objects[order], verbs[order]
        first = np.ones(len(order), bool)
        first[1:] = (
            (subjects[1:] != subjects[:-1])
            | (objects[1:] != objects[:-1])
            | (verbs[1:] != verbs[:-1])
        )
        starts = np.zeros(len(found.nodes.ids) + 1, np.int32)
        np.cumsum(np.bincount(subjects[first], minlength=len(starts) - 1), out=starts[1:])
        edges = cls(starts, objects[first], verbs[first], confidences[order][first])
        return edges, len(order) - len(edges.objects)

    def save(self, folder: Path) -> None:
        """Write them into a folder."""
        columns: tuple[NDArray[Any], ...] = (
            self.starts,
            self.objects,
            self.predicates,
            self.confidences,
        )
        for name, values in zip(_FILES, columns, strict=True):
            np.save(folder / f"{name}.npy", values, allow_pickle=False)

    @classmethod
    def open(cls, folder: Path) -> Edges:
        """Open what `save` wrote, mapped into memory."""
        return cls(
            *(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _FILES)
        )

    @property
    def subjects(self) -> Ints:
        """The subject of each edge."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))

    def degrees(self, back: Bits) -> NDArray[np.int64]:
        """Return to how many others one can walk from each node; ``back`` as in `walk`."""
        nodes = len(self.starts) - 1
        subjects, objects = self.subjects.astype(np.int64), self.objects.astype(np.int64)
        turned = back[self.predicates] & (subjects != objects)
        forward = (subjects * nodes + objects)[subjects != objects]
        ways = np.unique(np.concatenate((forward, (objects * nodes + subjects)[turned])))
        return np.bincount(ways // nodes, minlength=nodes)

    def between(self, subject: int, target: int) -> list[tuple[int, float]]:
        """Return the edges from one node to another, as (predicate, confidence)."""
        begin, end = int(self.starts[subject]), int(self.starts[subject + 1])
        row = self.objects[begin:end]
        first = begin + int(np.searchsorted(row, target, "left"))
        last = begin + int(np.searchsorted(row, target, "right"))
        return [
            (int(self.predicates[place]), float(self.confidences[place]))
            for place in range(first, last)
        ]


def walk(
    edges: Edges, signs: NDArray[np.int8], back: Bits, weight: float, damping: float,
    kept: Bits | None = None, degrees: Ints | None = None,
) -> Arcs:  # fmt: skip
    """Return the graph that is walked: one arc for each ordered pair of nodes.

    ``signs`` (0 for none) and ``back`` (walked against the wording too) go by predicate. An arc
    costs ``-log(score)``: of what speaks for the heavier sign, the surest edge supports it, the
    surest of the other sign disputes it, each with ``weight`` times its confidence, as claims of
    one voice do. ``damping`` times the logarithm of its degree is what passing through a node
    costs. ``kept`` marks the edges to walk. ``degrees`` are told where these edges are only a part.
    """
    chosen = slice(None) if kept is None else np.flatnonzero(kept)
    subjects, objects = edges.subjects[chosen], edges.objects[chosen]
    verbs, sure = edges.predicates[chosen], edges.confidences[chosen]
    turned = back[verbs]
    tails = np.concatenate((subjects, objects[turned])).astype(np.int64)
    heads = np.concatenate((objects, subjects[turned]))
    sign = np.concatenate((signs[verbs], signs[verbs[turned]]))
    sure = np.concatenate((sure, sure[turned]))
    nodes = len(edges.starts) - 1
    keys = tails * nodes + heads
    order = np.argsort(keys, kind="stable")
    order = order[tails[order] != heads[order]]
    keys, sign, sure = keys[order], sign[order], sure[order]
    first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, int)
    raises, lowers, bare = (
        np.maximum.reduceat(np.where(sign == of, sure, 0.0), first) if len(first) else np.zeros(0)
        for of in (1, -1, 0)
    )
    leading, other = np.maximum(raises, lowers), np.minimum(raises, lowers)
    scores = weight * np.maximum(leading, bare) * (1 - weight * other)
    tails, heads = np.divmod(keys[first], nodes)
    counts = np.bincount(tails, minlength=nodes) if degrees is None else degrees
    damp = damping * np.log(np.maximum(counts, 1))
    costs = np.abs(np.log(scores))
    return Arcs.of(tails.astype(np.int32), heads.astype(np.int32), costs, nodes, damp)[0]
