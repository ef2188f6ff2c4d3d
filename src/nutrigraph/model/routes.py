"""Hops, paths and the answer to "how could one thing lead to another?"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from nutrigraph.model.shown import Shown

if TYPE_CHECKING:
    import pandas as pd

    from nutrigraph.model.claims import Claim, Source
    from nutrigraph.model.entities import Entity, Link, Node, Predicate

Verdict = Literal[
    "unsupported", "signs-disagree", "stated", "unsigned", "hypothesis", "inferred", "no-path"
]
"""What must be said of a path or an answer: the first of these that applies."""
SignBasis = Literal["direction", "if-causal"]
"""Whether a sign is a direction, or holds only if every link is causal."""


@dataclass(frozen=True, slots=True)
class Bins:
    """Support, dispute and inconclusive nulls for one sign.

    ``support`` and ``dispute`` lie from 0 to 1; ``inconclusive`` holds the ids of the nulls that
    decide nothing, ``named`` those of headlines and bare links, which are no evidence either way.
    """

    support: float
    dispute: float
    supporting: tuple[str, ...]
    disputing: tuple[str, ...]
    inconclusive: tuple[str, ...]
    named: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """The evidence score, ``support x (1 - dispute)``. Not a probability."""
        return self.support * (1 - self.dispute)


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path, with all that is said of the two things.

    ``walked`` is ``forward`` along the wording and ``backward`` against it; ``either`` says that
    there are claims worded both ways. ``score`` is the
    evidence score, from 0 to 1; that of a link is its weight. ``claims`` are those that speak for
    or against the step, the leading one first; a link that is no claim has none.
    """

    subject: Node
    object: Node
    predicate: str
    sign: int | None
    force: str
    walked: Literal["forward", "backward"]
    basis: str
    score: float
    support: float
    dispute: float
    inconclusive: tuple[str, ...]
    disputing: tuple[str, ...]
    claims: tuple[Claim, ...]
    named: tuple[str, ...] = ()
    link: Link | None = None
    stated: bool = True
    either: bool = False

    @property
    def unsupported(self) -> bool:
        """Whether no evidence is behind it: a headline, a bare link, or a source that fell."""
        return self.link is None and self.support == 0

    @property
    def for_it(self) -> tuple[Claim, ...]:
        """The claims that are evidence for it; where there are none, its leading claim."""
        against = {*self.disputing, *self.inconclusive, *self.named}
        found = tuple(claim for claim in self.claims if claim.id not in against)
        return found or self.claims[:1]

    @property
    def species(self) -> tuple[str, ...]:
        """The species of the evidence for it that are known, sorted."""
        return tuple(sorted({claim.species for claim in self.for_it if claim.species}))

    @property
    def study_types(self) -> tuple[str, ...]:
        """The kinds of study behind it, sorted."""
        return tuple(sorted({claim.study_type for claim in self.claims if claim.study_type}))


@dataclass(frozen=True, slots=True)
class Path(Shown):
    """A route: a sequence of nodes, with what must be said of it.

    ``cost`` and its parts are None where a hop has no evidence at all: such a path sorts after all
    that are supported. ``weakest`` counts hops from 0.
    """

    rank: int
    hops: tuple[Hop, ...]
    cost: float | None
    cost_parts: dict[str, float | None]
    score: float
    sign: int | None
    sign_basis: SignBasis | None
    sign_reason: str
    verdict: Verdict
    weakest: int
    weakest_reason: str
    crosses_species: bool
    crosses_population: bool
    stitched: int
    degree_rank: int
    sentence: str
    caution: str | None
    joint: bool = False
    timing: tuple[str, ...] = ()
    robustness: float | None = None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The papers of the claims along it, each once: what it rests on and further reading."""
        found = {
            (source.id, source.relation): source
            for hop in self.hops
            for claim in hop.claims
            for source in claim.sources
        }
        return tuple(found[key] for key in sorted(found))

    @property
    def populations(self) -> tuple[str, ...]:
        """Whom the leading evidence of each hop is about, in the order of the hops, each once."""
        told = (claim.evidence for hop in self.hops for claim in hop.for_it[:1])
        found = (item.population for item in told if item and item.population)
        return tuple(dict.fromkeys(found))

    @property
    def sparql(self) -> str:
        """A query for the claims behind each hop, with their words; of a source, for its edges."""
        if any(claim.basis == "source" for hop in self.hops for claim in hop.claims):
            return self._edges_sparql
        rows = " ".join(
            f"({number} <{claim.id}>)"
            for number, hop in enumerate(self.hops, start=1)
            for claim in hop.claims
        )
        return (
            "SELECT ?hop ?statement ?quote WHERE { "
            f"VALUES (?hop ?claim) {{ {rows} }} "
            "GRAPH ?document { ?claim :statement ?statement . "
            "OPTIONAL { ?claim :quote/oa:exact ?quote } } } ORDER BY ?hop ?statement"
        )

    @property
    def _edges_sparql(self) -> str:
        """A query for the edges behind each hop, in the graph of their source."""
        rows = " ".join(
            f"({number} <{claim.subject}> <{claim.predicate}> <{claim.object}>)"
            for number, hop in enumerate(self.hops, start=1)
            for claim in hop.claims
        )
        return (
            "SELECT ?hop ?subject ?predicate ?object WHERE { "
            f"VALUES (?hop ?subject ?predicate ?object) {{ {rows} }} "
            f"GRAPH <{self.sources[0].id}> {{ ?subject ?predicate ?object }} }} ORDER BY ?hop"
        )


@dataclass(frozen=True, slots=True)
class Answer(Shown):
    """All that the graph says of how one thing could lead to another.

    ``nearest`` holds what can be reached at all, where there is no path, and ``together`` the
    composites that were studied with source or target in them. ``entities`` and ``predicates``
    are those of an imported source whose edges gave the answer; of claims they are empty.
    """

    source: str
    target: str
    max_hops: int
    direct: Bins
    verdict: Verdict
    sign: int | None
    sign_basis: SignBasis | None
    paths: tuple[Path, ...]
    nearest: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    entities: dict[str, Entity] = field(default_factory=dict)
    predicates: dict[str, Predicate] = field(default_factory=dict)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The papers of all its paths, each once."""
        found = {(s.id, s.relation): s for path in self.paths for s in path.sources}
        return tuple(found[key] for key in sorted(found))

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a path, best first: its route in words, verdict, sign, cost and parts.

        Raises:
            UsageError: it came from no graph, or pandas is not installed.
        """
        return self.face.frame(self)
