"""Claims as flat rows, and as a CSV file for spreadsheets."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, cast

from nutrigraph.cells import BYTE_ORDER_MARK, line
from nutrigraph.model import APPRAISAL, Quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Cell = str | int | float | bool | None
Row = dict[str, Cell]

_PARTS: Final = {
    "co_exposures": ("id", "label", "kind"),
    "quote": tuple(item.name for item in fields(Quote)),
    "sources": ("doi", "pmid", "title", "year", "relation", "retracted"),
    "parsed": (
        *("sample_size", "n_cases", "n_controls"),
        *("effect_value", "effect_baseline", "effect_ci_low", "effect_ci_high"),
        *("p_value", "p_operator", "not_in_page", *APPRAISAL),
    ),
}
"""The columns of what may be empty in a record, so that every claim has the same columns."""


def flatten(record: dict[str, Any]) -> Row:
    r"""Return a claim's record as one row: ``evidence.effect.value``, ``quote.start``, ...

    A list is one text, its members joined by ``|`` (a ``|`` in a member is written ``\|``). Of
    sources and co-exposures each property is such a list (``sources.doi``), and the members at one
    place in them belong together; an unknown one is empty there.
    """
    row: Row = {}
    _put(row, "", record)
    return row


def _put(row: Row, name: str, value: object) -> None:
    parts = _PARTS.get(name.rpartition(".")[2])
    if isinstance(value, dict) or (value is None and parts):
        inner = value or {}
        for key in dict.fromkeys((*(parts or ()), *inner)):
            _put(row, f"{name}.{key}" if name else key, inner.get(key))
    elif isinstance(value, list) and parts:
        for key in dict.fromkeys((*parts, *(key for member in value for key in member))):
            row[f"{name}.{key}"] = _joined(member.get(key) for member in value)
    else:
        row[name] = _joined(value) if isinstance(value, list) else cast("Cell", value)


def _joined(members: Iterable[Any]) -> str | None:
    texts = [cell_text(member).replace("\\", r"\\").replace("|", r"\|") for member in members]
    return "|".join(texts) if texts else None


def cell_text(value: object) -> str:
    """Return a value as the text of a cell: nothing for unknown, ``true`` and ``false``."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def claims_csv(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file (RFC 4180) with one row a claim.

    It begins with a byte order mark: without one Excel takes UTF-8 for the code page of the
    machine, and shows a wrong sign for every ``±``, ``≥`` and typographic quotation mark. pandas
    and R's readr leave the mark out by themselves.
    """
    rows = [flatten(record) for record in records]
    columns = list(dict.fromkeys(name for row in rows for name in row)) or ["id"]
    yield BYTE_ORDER_MARK + line(columns)
    for row in rows:
        yield line(cell_text(row.get(name)) for name in columns)
