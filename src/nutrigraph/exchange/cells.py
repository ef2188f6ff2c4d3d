"""Cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from typing import Final

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def guard(cell: str) -> str:
    """Return a cell with an apostrophe before it if a spreadsheet could run it as a formula.

    A plain number stays as it is; so that `unguard` is exact, a cell that looks guarded already
    gets one apostrophe more.

    >>> guard("=1+1"), guard("-0.5"), guard("'=1"), guard("zinc")
    ("'=1+1", '-0.5', "''=1", 'zinc')
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def unguard(cell: str) -> str:
    """Return what `guard` was given.

    >>> unguard("'=1+1"), unguard("''=1"), unguard("'zinc'")
    ('=1+1', "'=1", "'zinc'")
    """
    return cell[1:] if _GUARDED.match(cell) else cell
