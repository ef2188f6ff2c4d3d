"""Cells of tables: for pandas, and for spreadsheets, where nothing that we write starts a formula.

A spreadsheet calculates a cell that begins with one of ``= + - @``, a tab or a line break, also
when it stands in quotation marks in the file. An apostrophe in front keeps it text.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any, Final

from nutrigraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
# The full-width signs begin a formula where a spreadsheet speaks Chinese, Japanese or Korean.
_STARTS: Final = re.compile("'*[=+\\-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
                            "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}]")  # fmt: skip
_NUMBER: Final = re.compile(r"'*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def _may_calculate(text: str) -> bool:
    """Whether a text begins a formula, or would once apostrophes before it were gone."""
    return _STARTS.match(text) is not None and _NUMBER.fullmatch(text) is None


def guard(cell: str) -> str:
    """Return a cell with an apostrophe before it where it would begin a formula.

    Plain numbers stay numbers.

    >>> guard("=1+1"), guard("-0.4"), guard("- less"), guard("'=1"), guard("zinc")
    ("'=1+1", '-0.4', "'- less", "''=1", 'zinc')
    """
    return f"'{cell}" if _may_calculate(cell) else cell


def unguard(cell: str) -> str:
    """Return what `guard` was given.

    >>> unguard("'=1+1"), unguard("''=1"), unguard("'tis so")
    ('=1+1', "'=1", "'tis so")
    """
    return cell[1:] if cell.startswith("'") and _may_calculate(cell[1:]) else cell


def line(cells: Iterable[str], *, delimiter: str = ",", end: str = "\r\n") -> str:
    """Return cells as one record of a CSV or TSV file; none of them starts a formula."""
    out = io.StringIO()
    # With any other line end the module leaves a carriage return within a cell unquoted.
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerow(map(guard, cells))
    return out.getvalue().removesuffix("\r\n") + end


def frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return rows as a table of pandas, in the types that know missing values.

    Raises:
        UsageError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise UsageError("tables need pandas: pip install 'nutrigraph[notebook]'") from error
    named = None if columns is None else list(columns)
    return pandas.DataFrame(list(rows), columns=named).convert_dtypes()
