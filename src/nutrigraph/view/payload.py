"""The shapes that the page is made of: what :func:`nutrigraph.view.render` accepts."""

from typing import Any, Literal, NotRequired, TypedDict

from nutrigraph.view.walk import Walk

__all__ = [
    "Claim",
    "Document",
    "Entity",
    "Force",
    "Kind",
    "Link",
    "Mapping",
    "Page",
    "Paper",
    "Path",
    "Proposition",
    "Segment",
    "Sign",
]

Kind = Literal["Nutrient", "Condition", "Mechanism", "Biomarker", "Exposure"]
Force = Literal["association", "causal", "interventional", "unsigned"]
Sign = Literal[1, 0, -1]

#: One object of ``nutrigraph claims --json``, passed through to the page as it is.
Claim = dict[str, Any]

#: One of the paths of ``nutrigraph paths --json``, likewise.
Path = dict[str, Any]


class Mapping(TypedDict):
    """What an entity is called elsewhere; ``url`` becomes a link only over http or https."""

    curie: str
    label: str
    relation: Literal["exactMatch", "closeMatch", "broadMatch", "relatedMatch", "quantityOf"]
    url: str | None


class Entity(TypedDict):
    """One box on the map; ``id`` is its IRI."""

    id: str
    label: str
    kind: Kind
    definition: str
    synonyms: list[str]
    mappings: list[Mapping]


class Proposition(TypedDict):
    """One line on the map: ``subject`` and ``object`` are entity ids, ``claims`` claim ids.

    ``unsupported`` says that it rests on headlines or cross-references alone.
    """

    id: str
    subject: str
    object: str
    predicate: str
    label: str
    definition: NotRequired[str]
    sign: Sign | None
    force: Force
    support: float
    dispute: float
    signs_disagree: bool
    inconclusive: int
    animal_only: bool
    unsupported: bool
    hedged: bool
    claims: list[str]


class Link(TypedDict):
    """A link between two entities that is no claim: an opposite, a measure, a component."""

    subject: str
    object: str
    predicate: str
    label: str
    sign: Sign | None


class Segment(TypedDict):
    """A stretch of a document; segments that share ``paragraph`` are shown together."""

    start: int
    end: int
    kind: Literal["title", "headline", "sentence", "link-line", "footer-heading", "footer-item"]
    paragraph: str


class Document(TypedDict):
    """A document as it was read; every offset counts Python ``str`` characters of ``text``."""

    id: str
    title: str
    text: str
    segments: list[Segment]


class Paper(TypedDict):
    """What a page tells of a paper beyond what its claims do: found by DOI, PubMed id or title."""

    doi: str | None
    pmid: str | None
    title: str | None
    authors: str | None
    citation: str | None
    superseded_by: str | None
    pools_retracted: list[str]
    registration: str | None


class Page(TypedDict):
    """Everything that one page shows.

    ``paths`` are those of a question, best first; ``answer`` is the rest of what ``nutrigraph
    paths --json`` gives for it. ``left_out`` says in a sentence what is not on the page.
    ``walk`` is what the page needs to find pathways itself, None where it is too large for that.
    """

    title: str
    build: str
    caution: str
    entities: list[Entity]
    propositions: list[Proposition]
    links: list[Link]
    claims: list[Claim]
    documents: list[Document]
    papers: NotRequired[list[Paper]]
    paths: NotRequired[list[Path]]
    answer: NotRequired[dict[str, Any]]
    left_out: NotRequired[str]
    walk: NotRequired[Walk | None]
