"""What a comparison of two stores finds, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from nutrigraph.model import Answer, Claim, Path, SignBasis, Verdict

Value = str | int | float | bool | tuple[str | float, ...] | None
"""What a field holds, in plain words and numbers."""
Came = Literal["added", "removed", "changed"]
"""What became of a thing from one build to the next."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after; None where it is not told."""

    field: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class ThingChange:
    """What is another than before: a document, an import of edges, a term, link or convention.

    ``fields`` is empty where it came or went; ``deprecated`` and ``restored`` stand beside
    ``changed``, with the fields that differ besides.
    """

    kind: str
    id: str
    label: str
    change: Literal["added", "removed", "changed", "deprecated", "restored"]
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperChange:
    """What became of one paper; a paper may have several changes.

    ``claims_before`` and ``claims_after`` count the claims that rest on it. ``others`` names the
    papers that replace it, or the retracted ones that it may pool.
    """

    id: str
    label: str
    doi: str | None
    pmid: str | None
    change: Literal[
        "added",
        "removed",
        "retracted",
        "reinstated",
        "superseded",
        "no longer superseded",
        "weighs half",
        "weighs whole",
        "corrected",
    ]
    claims_before: int
    claims_after: int
    retracted: bool
    others: tuple[str, ...] = ()
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A claim that came or went, or that says or rests on something else than before.

    ``fields`` tells in what it differs; it is empty where the claim came or went. Where no more
    than remarks or papers differ, both have one id.
    """

    change: Came
    old: Claim | None
    new: Claim | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def claim(self) -> Claim:
        """The claim as it is now, or as it last was."""
        return next(claim for claim in (self.new, self.old) if claim is not None)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the claims of one proposition come to; the nulls and bare mentions are counted.

    ``species`` are those of the evidence, with ``unknown`` where some of it does not say.
    """

    sign: int | None
    support: float
    dispute: float
    score: float
    inconclusive: int
    named: int
    signs_disagree: bool
    species: tuple[str, ...]

    @property
    def contested(self) -> bool:
        """Whether evidence stands against evidence."""
        return self.signs_disagree or bool(self.support and self.dispute)


@dataclass(frozen=True, slots=True)
class PropositionChange:
    """A proposition that came or went, or whose sign or bins are others than before."""

    subject: str
    predicate: str
    object: str
    old: Weighed | None
    new: Weighed | None

    @property
    def change(self) -> Came:
        """Whether it came, went, or changed."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    @property
    def sign_changed(self) -> bool:
        """Whether it is there in both, with another sign."""
        return bool(self.old and self.new and self.old.sign != self.new.sign)

    @property
    def newly_contested(self) -> bool:
        """Whether evidence stands against evidence now, and did not before."""
        return bool(self.new and self.new.contested) and not (self.old and self.old.contested)


@dataclass(frozen=True, slots=True)
class Direct:
    """What is said directly of two things: the answer over one hop, with its bins.

    ``modality`` tells how firmly it is said where the verdict is ``stated``; ``species`` are those
    of the evidence, with ``unknown`` where some of it does not say.
    """

    verdict: Verdict
    sign: int | None
    sign_basis: SignBasis | None
    support: float
    dispute: float
    inconclusive: int
    modality: str | None
    species: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A pair whose direct answer is another than before; None where nothing is claimed of it."""

    source: str
    target: str
    old: Direct | None
    new: Direct | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a hop, counted from 1, holds on one side alone: the paper behind it, and its fate there.

    ``paper`` is the paper's label, or the document where no paper is known; None for a link.
    """

    hop: int
    paper: str | None
    why: str


@dataclass(frozen=True, slots=True)
class RouteChange:
    """A route of a question: that fell, rose, changed, or left or entered the best ones.

    ``old`` and ``new`` are the route among the best before and after. ``reasons`` tells what a
    route that fell has lost, and what one that rose had lacked.
    """

    change: Literal["fell", "rose", "changed", "outranked", "entered"]
    old: Path | None
    new: Path | None
    reasons: tuple[Reason, ...] = ()

    @property
    def path(self) -> Path:
        """The route as it is now, or as it last was."""
        return next(path for path in (self.new, self.old) if path is not None)


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """A question that was asked of both; None where a store knows one of the two things not."""

    source: str
    target: str
    old: Answer | None
    new: Answer | None
    routes: tuple[RouteChange, ...]

    @property
    def changed(self) -> bool:
        """Whether verdict, sign, direct evidence or a best path differ."""
        told = [
            answer and (answer.verdict, answer.sign, answer.sign_basis, answer.direct)
            for answer in (self.old, self.new)
        ]
        return told[0] != told[1] or bool(self.routes)


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs between two stores, each list in the order of what matters most.

    ``questions`` holds every question that was asked, whether or not its answer changed.
    ``conventions`` are the weights of study types and the other numbers and words of the
    vocabulary, ``terms`` the entities, names, links and predicates.
    """

    papers: tuple[PaperChange, ...]
    questions: tuple[QuestionChange, ...]
    verdicts: tuple[VerdictChange, ...]
    propositions: tuple[PropositionChange, ...]
    claims: tuple[ClaimChange, ...]
    documents: tuple[ThingChange, ...]
    conventions: tuple[ThingChange, ...]
    terms: tuple[ThingChange, ...]

    def __bool__(self) -> bool:
        """Whether anything changed."""
        listed = (
            *(self.papers, self.verdicts, self.propositions, self.claims),
            *(self.documents, self.conventions, self.terms),
        )
        return any(listed) or any(question.changed for question in self.questions)
