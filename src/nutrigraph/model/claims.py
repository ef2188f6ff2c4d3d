"""Claims, what they rest on, and the documents that they stand in."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final

from nutrigraph.model.shown import Shown
from nutrigraph.terms import BASE, local

if TYPE_CHECKING:
    from nutrigraph.model.entities import Vocabulary


@dataclass(frozen=True, slots=True)
class Quote:
    """The anchor of a claim; offsets count characters of the document as it is."""

    exact: str
    start: int
    end: int
    prefix: str | None = None
    suffix: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """A figure, as printed."""

    measure: str | None = None
    value: str | None = None
    baseline: str | None = None
    ci_low: str | None = None
    ci_high: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a claim rests on. Figures are strings as printed; unknown is None.

    ``analysis`` is ``subgroup`` or ``secondary`` where it is not the main one, ``outcome_role``
    ``surrogate`` where a marker stands for the object; ``significance`` is what the paper says of
    it, ``second_reader`` whether a second reader agreed, ``doubt`` what speaks against the figures.
    """

    study_type: str | None = None
    species: str | None = None
    population: str | None = None
    life_stage: str | None = None
    baseline_status: str | None = None
    comparison: str | None = None
    comparator: str | None = None
    exposure_timing: str | None = None
    adjusted_for: str | None = None
    sample_size: str | None = None
    n_cases: str | None = None
    n_controls: str | None = None
    dose: str | None = None
    route: str | None = None
    duration: str | None = None
    timing: str | None = None
    assay: str | None = None
    effect: Effect = field(default_factory=Effect)
    p_value: str | None = None
    not_in_page: tuple[str, ...] = ()
    analysis: str | None = None
    outcome_role: str | None = None
    outcome_detail: str | None = None
    significance: str | None = None
    second_reader: str | None = None
    doubt: str | None = None

    @property
    def parsed(self) -> dict[str, Any]:
        """The numbers in the printed figures, and what else is known of how they came about."""
        printed = {
            name: getattr(self, name) for name in ("sample_size", "n_cases", "n_controls")
        } | {f"effect_{item.name}": getattr(self.effect, item.name) for item in fields(Effect)[1:]}
        numbers: dict[str, Any] = {
            name: number
            for name, text in printed.items()
            if text and (number := parse_number(text)) is not None
        }
        if self.p_value and (number := parse_number(self.p_value)) is not None:
            numbers["p_value"] = number
            found = re.search("[<≤>≥]", self.p_value)
            numbers["p_operator"] = found[0] if found else "="
        if self.not_in_page:
            numbers["not_in_page"] = list(self.not_in_page)
        return numbers | {name: told for name in APPRAISAL if (told := getattr(self, name))}


_OF_THE_PAPER: Final = ("doi", "pmid", "title", "year", "authors", "url", "citation", "retracted")
"""What holds of a paper wherever it is cited."""


@dataclass(frozen=True, slots=True)
class Source:
    """A paper, with its relation to the paragraph a claim stands in.

    ``disagrees`` says that it contradicts the paragraph, ``superseded_by`` which paper replaces
    it; ``may_pool`` holds the papers whose studies it may hold, ``pools_retracted`` those of them
    that were retracted. Papers of one ``registration`` report one trial.
    """

    id: str
    title: str | None
    year: int | None
    relation: str
    gives_evidence: bool
    doi: str | None = None
    pmid: str | None = None
    retracted: bool = False
    label: str = ""
    url: str | None = None
    note: str | None = None
    authors: str | None = None
    citation: str | None = None
    superseded_by: str | None = None
    disagrees: bool = False
    may_pool: tuple[str, ...] = ()
    pools_retracted: tuple[str, ...] = ()
    registration: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """The names by which it can be left out: its IRI's last part, DOI, PubMed identifier."""
        return frozenset(filter(None, (local(self.id), self.doi, self.pmid)))

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Its addresses, each with its name: DOI and PubMed, else where it was read; no others."""
        from urllib.parse import quote

        found = []
        if self.doi:
            found.append((f"doi:{self.doi}", f"https://doi.org/{quote(self.doi, safe='/:;()')}"))
        if self.pmid and self.pmid.isdigit():
            address = f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
            found.append((f"PMID {self.pmid}", address))
        if not found and self.url and self.url.startswith(("https://", "http://")):
            found.append((self.url, self.url))
        return tuple(found)

    @property
    def keys(self) -> frozenset[str]:
        """Its identifiers, as ``doi:...`` (which knows no case) and ``pmid:...``."""
        doi, pmid = self.doi and f"doi:{self.doi.lower()}", self.pmid and f"pmid:{self.pmid}"
        return frozenset(filter(None, (doi, pmid)))

    def joined(self, other: Source) -> Source:
        """Return it with what only another document tells of it: its PubMed identifier, say."""
        told = {name: getattr(self, name) or getattr(other, name) for name in _OF_THE_PAPER}
        return replace(self, **told)

    @property
    def fallen(self) -> bool:
        """Whether it was retracted, or gave way to another paper."""
        return bool(self.retracted or self.superseded_by)

    @property
    def voice(self) -> str:
        """Who speaks: the registered trial where one is known, else the paper."""
        return self.registration or self.id


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a headline adds, drops or changes against its paragraph."""

    kind: str
    note: str

    def __str__(self) -> str:
        """Return it as ``kind: note``."""
        return f"{self.kind}: {self.note}"


@dataclass(frozen=True, slots=True)
class Claim(Shown):
    """What one document states once.

    ``sign`` is the subject's direction times the object's: +1, -1, 0 for a null, or None.
    ``paragraph`` is the voice a claim belongs to where no paper is known. ``finding`` is the row of
    a sheet that it stands in, where it stands in one. ``weight`` is what the source of an edge
    declares it to weigh; None where the kind of study tells that. ``document_title`` is what its
    document is called.
    """

    subject: str
    predicate: str
    object: str
    basis: str
    modality: str
    document: str
    quote: Quote | None
    evidence: Evidence | None = None
    subject_aspect: str | None = None
    subject_direction: str | None = None
    subject_measure: str | None = None
    object_aspect: str | None = None
    object_direction: str | None = None
    object_measure: str | None = None
    negated: bool = False
    co_exposures: tuple[str, ...] = ()
    headline_differs: tuple[Difference, ...] = ()
    note: str | None = None
    finding: str | None = None
    name: str = ""
    paragraph: str | None = None
    sources: tuple[Source, ...] = ()
    id: str = ""
    sign: int | None = None
    force: str = ""
    statement: str = ""
    weight: float | None = None
    document_title: str = ""

    @property
    def species(self) -> str | None:
        """The species it was seen in, None where that is not stated."""
        return self.evidence.species if self.evidence else None

    @property
    def study_type(self) -> str | None:
        """The kind of study behind it, None where that is not stated."""
        return self.evidence.study_type if self.evidence else None

    @property
    def analysis(self) -> str | None:
        """Which analysis of its paper it is, where it is not the main one."""
        return self.evidence.analysis if self.evidence else None

    @property
    def papers(self) -> tuple[Source, ...]:
        """The papers that it rests on, without further reading."""
        return tuple(source for source in self.sources if source.gives_evidence)

    @property
    def voice(self) -> str:
        """Who speaks: the paper the paragraph rests on, else the paragraph, else the claim.

        A curated source is one voice, whatever the number of its edges.
        """
        papers = [source.voice for source in self.papers]
        own = f"{BASE}document/{self.document}" if self.basis == "source" else self.id
        return papers[0] if papers else self.paragraph or own


_DERIVED: Final = (
    "id",
    "name",
    "paragraph",
    "sources",
    "sign",
    "force",
    "statement",
    "note",
    "weight",
    "document_title",
)
_ADDED: Final = ("finding", "analysis", "outcome_role", "outcome_detail", "significance")
"""Fields that came later: where they are empty they leave the hash as it was."""
_REMARKS: Final = ("second_reader", "doubt")
"""What readers say of the evidence, which changes nothing in what is claimed."""
APPRAISAL: Final = (*_ADDED[1:], *_REMARKS)
"""The fields of evidence that tell how a figure came about and what was thought of it."""


def content_id(claim: Claim) -> str:
    """Return the IRI of a claim: a hash of what it says, where, and on what evidence.

    The curator's name, notes, attached papers and all that is derived leave it as it is, and so
    does every other document.

    >>> quote = Quote("Zinc helps", 0, 10)
    >>> content_id(Claim(":zinc", ":helps", ":x", "text", "stated", "doc", quote))[-16:]
    '9bbcb686ddc38374'
    """
    import hashlib
    import json

    said = _said(asdict(claim))
    if said["evidence"] is not None:
        said["evidence"] = _said(said["evidence"])
    text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return f"{BASE}claim/{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def claim_sign(claim: Claim, vocabulary: Vocabulary) -> int | None:
    """Return the sign of a claim: 0 for a null, else subject direction times object direction.

    Where one of the two is not told, it is the one that the predicate's wording fixes.
    """
    if claim.negated:
        return 0
    values = vocabulary.direction_values
    if claim.subject_direction and claim.object_direction:
        return values[claim.subject_direction] * values[claim.object_direction]
    return vocabulary.predicates[claim.predicate].sign


def _said(record: dict[str, Any]) -> dict[str, Any]:
    """Return what of a record counts as said."""
    return {
        key: value
        for key, value in record.items()
        if key not in (*_DERIVED, *_REMARKS) and not (key in _ADDED and value is None)
    }


_COUNTED: Final = "one two three four five six seven eight nine ten eleven twelve"
_WORDS: Final = {word: number for number, word in enumerate(_COUNTED.split(), start=1)}


def parse_number(printed: str) -> float | int | None:
    """Return the first number in a printed figure, or None.

    >>> parse_number("P < 0.0001"), parse_number("All 12"), parse_number("nine")
    (0.0001, 12, 9)
    >>> parse_number("p = .05"), parse_number("2.6e-10"), parse_number("1,234")
    (0.05, 2.6e-10, 1234)
    """
    if match := re.search(r"-?(?:\d[\d,]*)?\.?\d+(?:[eE][+-]?\d+)?", printed):
        digits = match[0].replace(",", "")
        return int(digits) if digits.lstrip("-").isdigit() else float(digits)
    return next((_WORDS[word] for word in printed.lower().split() if word in _WORDS), None)


@dataclass(frozen=True, slots=True)
class NoClaim:
    """A reasoned mark that some words state nothing for this graph."""

    id: str
    kind: str
    reason: str
    quote: Quote


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a document, with the ids of the claims and no-claims that it holds."""

    id: str
    kind: str
    start: int
    end: int
    paragraph: str | None
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A headline with its sentences, and the papers it is known by."""

    id: str
    label: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A kept text with all that was encoded from it, or a sheet or a graph, which has no text.

    Without a text, ``sha256`` is that of its file. ``mentioned`` are papers that no paragraph cites
    and that those cited may pool, or give way to.
    """

    slug: str
    title: str
    text: str
    sha256: str
    claims: tuple[Claim, ...]
    no_claims: tuple[NoClaim, ...]
    segments: tuple[Segment, ...]
    paragraphs: tuple[Paragraph, ...]
    about: tuple[tuple[str, str], ...] = ()
    mentioned: tuple[Source, ...] = ()

    @property
    def has_text(self) -> bool:
        """Whether it is a text, each character of which is accounted for."""
        return bool(self.text or self.segments or self.no_claims)

    @property
    def id(self) -> str:
        """The IRI of the document, which is the name of its graph."""
        return f"{BASE}document/{self.slug}"
