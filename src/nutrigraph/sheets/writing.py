"""Findings as a data-extraction sheet in canonical columns: the one that needs no mapping.

Each column is called as the field that it holds, so that reading it back gives the same claims.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nutrigraph import naming
from nutrigraph.cells import BYTE_ORDER_MARK, line
from nutrigraph.sheets.mapping import EFFECT_FIELDS, EVIDENCE_FIELDS, FIELDS, SET_ASIDE
from nutrigraph.terms import local

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from nutrigraph.model import Claim, Document, Entity, QualifiedTerm, Source

COLUMNS: Final = tuple(name for name in FIELDS if name not in SET_ASIDE)
_OF_THE_CLAIM: Final = (
    *("subject_aspect", "subject_direction", "object_aspect", "object_direction"),
    *("modality", "note"),
)
_THINGS: Final = ("subject", "object", "subject_measure", "object_measure")


def _address(paper: Source) -> str:
    """Return what a sheet calls a paper by."""
    return paper.doi or paper.pmid or paper.url or ""


def _journal(paper: Source) -> str:
    """Return where a paper stands, without the year that a column of its own holds."""
    where, year = paper.citation or "", str(paper.year or "")
    return "" if where == year else where.removesuffix(f" {year}") if year else where


class _Writer:
    """Writes claims as rows; holds what names its things."""

    def __init__(
        self,
        documents: Iterable[Document],
        entities: Mapping[str, Entity],
        terms: Sequence[QualifiedTerm],
    ) -> None:
        self.entities, self.known = entities, naming.index(entities, terms)
        self.papers: dict[str, Source] = {}
        for document in documents:
            papers = (source for item in document.paragraphs for source in item.sources)
            self.papers |= {paper.id: paper for paper in (*document.mentioned, *papers)}

    def name(self, iri: str) -> str:
        """Return the label of an entity where that is found again, else its IRI."""
        label = self.entities[iri].label
        found = self.known.get(naming.fold(label))
        plain = label == label.strip() and "|" not in label
        return label if plain and found and found.id == iri else iri

    def _named(self, iris: Iterable[str]) -> str:
        return "|".join(sorted(_address(self.papers[iri]) for iri in iris if iri in self.papers))

    def paper(self, paper: Source) -> dict[str, str | None]:
        """Return the fields of a paper."""
        return {
            "doi": paper.doi,
            "pmid": paper.pmid,
            "url": paper.url,
            "authors": paper.authors,
            "title": paper.title,
            "year": str(paper.year or ""),
            "journal": _journal(paper),
            "superseded_by": self._named([paper.superseded_by] if paper.superseded_by else []),
            "may_pool": self._named(paper.may_pool),
            "registration": paper.registration,
            "paper_note": paper.note,
        }

    def row(self, claim: Claim) -> dict[str, str | None]:
        """Return the fields of a claim, its paper's among them."""
        evidence = claim.evidence
        found: dict[str, str | None] = {
            "finding": claim.finding or claim.name,
            "predicate": local(claim.predicate),
            "negated": str(claim.negated).lower(),
            "co_exposures": "|".join(map(self.name, claim.co_exposures)),
        }
        found |= {name: getattr(claim, name) for name in _OF_THE_CLAIM}
        found |= {
            name: self.name(iri) if (iri := getattr(claim, name)) else None for name in _THINGS
        }
        if evidence:
            found |= {name: getattr(evidence, name) for name in EVIDENCE_FIELDS}
            found |= {name: getattr(evidence.effect, it) for name, it in EFFECT_FIELDS.items()}
        for paper in claim.sources:
            if paper.gives_evidence:
                return found | self.paper(paper)
        return found


def write_sheet(
    documents: Iterable[Document], entities: Mapping[str, Entity], terms: Sequence[QualifiedTerm]
) -> Iterator[str]:
    """Yield the lines of a TSV file with one row for each finding of some documents.

    It begins with a byte order mark, without which a spreadsheet takes UTF-8 for the code page of
    the machine. No cell starts a formula. What a document is called, whose it is and what rules
    made its claims is data of a mapping, and not in a sheet.
    """
    homes = sorted(documents, key=lambda document: document.slug)
    writer = _Writer(homes, entities, terms)
    yield BYTE_ORDER_MARK + line(COLUMNS, delimiter="\t", end="\n")
    for home in homes:
        found = (claim for claim in home.claims if claim.basis == "finding")
        for claim in sorted(found, key=lambda claim: (claim.name, claim.id)):
            row = writer.row(claim)
            yield line((row.get(name) or "" for name in COLUMNS), delimiter="\t", end="\n")
