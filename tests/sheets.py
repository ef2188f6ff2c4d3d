"""Sheets for tests to read: one good row, changed as need be, in any kind of table."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

import openpyxl

from nutrigraph import KnowledgeGraph
from nutrigraph.model import Source
from nutrigraph.sheets import Sheet, SheetMapping, read_sheet

GOOD: dict[str, str] = {
    "finding": "doe2001-zinc-misc",
    "doi": "10.1000/xyz1",
    "pmid": "",
    "authors": "Doe J",
    "year": "2001",
    "title": 'On "zinc", and loss',
    "url": "",
    "subject": "zinc",
    "subject_aspect": "level",
    "subject_direction": "low",
    "predicate": "lowLevelAssociatedWith",
    "negated": "",
    "object": "miscarriage",
    "object_aspect": "occurrence",
    "object_direction": "increased",
    "modality": "suggested",
    "study_type": "cohort",
    "species": "human",
    "population": "women, Doeland",
    "sample_size": "1,200",
    "effect_measure": "OR",
    "effect_value": "1.50",
    "ci_low": "1.10",
    "ci_high": "2.00",
    "p_value": "<0.01",
    "significance": "yes",
    "note": "",
}
Rows = Iterable[Mapping[str, str]]


def row(**changed: str) -> dict[str, str]:
    return GOOD | changed


def table(path: Path, rows: Rows, *, separator: str = "\t") -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        rows = list(rows)
        names = dict.fromkeys((*GOOD, *(name for item in rows for name in item)))
        writer = csv.DictWriter(handle, list(names), delimiter=separator, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def workbook(path: Path, rows: Rows) -> Path:
    """A workbook, whose empty cells at the end of a row are not even there."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(list(GOOD))
    for item in rows:
        page.append([value or None for value in item.values()])
    book.save(path)
    return path


def read(
    path: Path,
    kg: KnowledgeGraph,
    mapping: SheetMapping | None = None,
    known: Mapping[str, Source] | None = None,
    retracted: frozenset[str] = frozenset(),
) -> Sheet:
    terms = kg.content.terms
    mapping = mapping or SheetMapping()
    return read_sheet(path, mapping, "sheet", kg.vocabulary, kg.entities, terms, known, retracted)
