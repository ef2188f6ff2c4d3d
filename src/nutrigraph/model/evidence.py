"""The evidence on two things, one row a paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from nutrigraph.model.claims import Claim, Source
    from nutrigraph.model.entities import Node
    from nutrigraph.model.routes import Bins

Side = Literal["support", "dispute", "inconclusive", "named", "together"]
"""What a finding is to its block; ``together`` is one on a composite, which takes no side."""
BlockKind = Literal["direct", "narrower", "together"]
"""Whether a block is on the two things, on narrower ones, or on one of them with others."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim, and what it is to the block it stands in."""

    claim: Claim
    side: Side


@dataclass(frozen=True, slots=True)
class Row:
    """What one paper says: its main finding, and its others beneath it.

    ``mixed`` says that its main analyses do not all stand on one side. ``weight`` is that of its
    main finding, from 0 to 1, with the reason.
    """

    voice: str
    main: Finding
    beneath: tuple[Finding, ...]
    weight: float
    weight_reason: str
    mixed: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that the paper says here, its main finding first."""
        return (self.main, *self.beneath)

    @property
    def side(self) -> Side:
        """On which side the paper counts."""
        return self.main.side

    @property
    def sources(self) -> tuple[Source, ...]:
        """The papers it rests on, each once: several where they report one trial."""
        found = {source.id: source for finding in self.findings for source in finding.claim.papers}
        return tuple(found[iri] for iri in sorted(found))

    @property
    def fallen(self) -> bool:
        """Whether what it rests on was retracted, or gave way to another paper."""
        return any(paper.fallen for paper in self.main.claim.papers)


@dataclass(frozen=True, slots=True)
class Block:
    """The evidence for one proposition: two nodes, and preventing or treating.

    ``subject`` and ``object`` are named as the claims are worded. ``differences`` says where the
    sides differ, in one line each. Nothing in it is pooled.
    """

    kind: BlockKind
    subject: Node
    object: Node
    treatment: bool
    sign: int | None
    bins: Bins
    signs_disagree: bool
    rows: tuple[Row, ...]
    differences: tuple[str, ...] = ()

    def papers(self, side: Side) -> int:
        """Return how many papers stand on a side, without those that have fallen."""
        return sum(row.side == side and not row.fallen for row in self.rows)

    @property
    def sides(self) -> tuple[int, int, int]:
        """How many papers found it, contradict it, and did not find it without ruling it out."""
        return self.papers("support"), self.papers("dispute"), self.papers("inconclusive")

    @property
    def contested(self) -> bool:
        """Whether some papers support it and others dispute it or decide nothing."""
        support, dispute, undecided = self.sides
        return bool(support and dispute + undecided)

    @property
    def standing(self) -> str:
        """How the evidence stands, in a word or a few."""
        support, dispute, undecided = self.sides
        if self.kind == "together":
            return "together with others"
        if self.signs_disagree:
            return "signs disagree"
        if support and dispute:
            return "disputed"
        if support and undecided:
            return "not settled"
        if support:
            mixed = any(row.mixed and not row.fallen for row in self.rows)
            return "mixed" if mixed else "nobody contradicts"
        if dispute:
            return "contradicted"
        return "not found, not ruled out" if undecided else "no evidence that counts"
