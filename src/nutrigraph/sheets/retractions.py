"""Notices of retraction: a table in the columns of Crossref's and Retraction Watch's data.

Only a notice that retracts makes its paper weigh nothing: corrections and expressions of concern
are other natures, and a reinstatement takes a retraction back.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from nutrigraph.errors import InputError
from nutrigraph.sheets.appraisal import bare_doi, paper_faults
from nutrigraph.sheets.table import open_table, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nutrigraph.model import Document, Source

_DOI: Final = "originalpaperdoi"
_PMID: Final = "originalpaperpubmedid"
_NATURE: Final = "retractionnature"
_RETRACTS: Final = frozenset({"retraction"})
_TAKES_BACK: Final = frozenset({"reinstatement"})
_OTHER: Final = frozenset({"correction", "expression of concern"})
_UNKNOWN: Final = frozenset({"", "0", "unavailable"})
"""What stands in the columns where an identifier is not known."""


def read_retractions(path: Path) -> frozenset[str]:
    """Return the papers that a table of notices retracts, as ``doi:...`` and ``pmid:...``.

    Raises:
        UsageError: it cannot be read, or is no table by its name.
        InputError: it lacks a column, or a row names no paper or an unknown nature.
    """
    table = open_table(path)
    columns = [re.sub("[^a-z]", "", name.lower()) for name in table.columns]
    for wanted, name in ((_DOI, "OriginalPaperDOI"), (_NATURE, "RetractionNature")):
        if wanted not in columns:
            raise InputError(f"{path}:1", f"has no column {name}: keep the names of its source")
    retracted: set[str] = set()
    restored: set[str] = set()
    for row in table:
        cells = dict(zip(columns, (cell.strip() for cell in row.cells), strict=False))
        nature = cells.get(_NATURE, "").lower()
        if nature not in (*_RETRACTS, *_TAKES_BACK, *_OTHER):
            known = ", ".join(sorted((*_RETRACTS, *_TAKES_BACK, *_OTHER)))
            raise InputError(
                f"{path}:{row.number}",
                f"RetractionNature {shown(nature)} is unknown: write one of {known}",
            )
        keys = _keys(cells, f"{path}:{row.number}")
        if nature in _RETRACTS:
            retracted.update(keys)
        elif nature in _TAKES_BACK:
            restored.update(keys)
    return frozenset(retracted - restored)


def _keys(cells: Mapping[str, str], place: str) -> list[str]:
    """Return the names of the paper that a notice is about."""
    doi, pmid = (
        "" if (cell := cells.get(name, "")).lower() in _UNKNOWN else cell for name in (_DOI, _PMID)
    )
    for name, fault in paper_faults({"doi": doi, "pmid": pmid, "url": "", "year": ""}):
        column = "OriginalPaperPubMedID" if name == "pmid" else "OriginalPaperDOI"
        raise InputError(place, f"{column} {shown(pmid if name == 'pmid' else doi)} {fault}")
    return [
        *([f"doi:{bare_doi(doi).lower()}"] if doi else []),
        *([f"pmid:{pmid}"] if pmid else []),
    ]


def mark_retracted(document: Document, retracted: frozenset[str]) -> Document:
    """Return a document whose papers are marked as the notices say; nothing of it is left out."""
    papers = [*document.mentioned, *(s for item in document.paragraphs for s in item.sources)]
    fallen = frozenset(paper.id for paper in papers if paper.keys & retracted)
    if not fallen:
        return document

    def marked(sources: tuple[Source, ...]) -> tuple[Source, ...]:
        return tuple(
            replace(
                source,
                retracted=source.retracted or source.id in fallen,
                pools_retracted=tuple(iri for iri in source.may_pool if iri in fallen),
            )
            for source in sources
        )

    return replace(
        document,
        claims=tuple(replace(claim, sources=marked(claim.sources)) for claim in document.claims),
        paragraphs=tuple(
            replace(item, sources=marked(item.sources)) for item in document.paragraphs
        ),
        mentioned=marked(document.mentioned),
    )
