r"""Tables of tab-separated values whose cells come back exactly, whatever stands in them.

Most readers of KGX take a line break as the end of a row, a tab as the end of a cell and ``|`` as
the end of a value, and know no quoting. So those, the backslash and control characters are written
as ``\n``, ``\t``, ``\r``, ``\\`` and ``\u007c``; a quotation mark is written so at the
beginning of a cell alone, where readers that do know quoting would stumble.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nutrigraph.cells import guard, unguard
from nutrigraph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Value = str | tuple[str, ...]
"""What a cell holds: one value, or several."""

_SHORT: Final = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_LONG: Final = {short: mark for mark, short in _SHORT.items()}
_MARKS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\\\\|]")
# Half a surrogate pair is no character, and no file could hold it.
_ESCAPES: Final = re.compile(r"\\(u(?!d[89a-f])[0-9a-f]{4}|.?)", re.DOTALL)


def _escape(value: str) -> str:
    return _MARKS.sub(lambda mark: _SHORT.get(mark[0]) or f"\\u{ord(mark[0]):04x}", value)


def _unescape(value: str) -> str:
    """Return the value that was escaped; `ValueError` on an escape that none of ours is."""

    def mark(found: re.Match[str]) -> str:
        if len(found[1]) > 1:
            return chr(int(found[1][1:], 16))
        if found[0] not in _LONG:
            raise ValueError(found[0])
        return _LONG[found[0]]

    return _ESCAPES.sub(mark, value)


def _cell(value: Value) -> str:
    cell = _escape(value) if isinstance(value, str) else "|".join(map(_escape, value))
    return guard(f"\\u0022{cell[1:]}" if cell.startswith('"') else cell)


def write_table(columns: Iterable[str], rows: Iterable[Mapping[str, Value]]) -> str:
    """Return a table with a line of column names; what a row does not hold is left empty."""
    names = list(columns)
    lines = ["\t".join(names)]
    lines += ("\t".join(_cell(row.get(name, "")) for name in names) for row in rows)
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, with its place."""

    place: str
    cells: dict[str, str]

    def refuse(self, column: str, why: str) -> InputError:
        """Return the error that names the place, the column, its value and the fix."""
        return InputError(self.place, f"column {column}: {self.cells.get(column, '')!r} {why}")

    def several(self, column: str) -> tuple[str, ...]:
        """Return the values of a cell, none for an empty one.

        Raises:
            InputError: it holds an escape that is none of ours.
        """
        cell = unguard(self.cells.get(column, ""))
        try:
            return tuple(map(_unescape, cell.split("|"))) if cell else ()
        except ValueError as error:
            raise self.refuse(
                column, f"holds {error}, which is no escape: write a backslash as \\\\"
            ) from error

    def get(self, column: str) -> str | None:
        """Return the one value of a cell, None for an empty one.

        Raises:
            InputError: it holds several, or an escape that is none of ours.
        """
        values = self.several(column)
        if len(values) > 1:
            raise self.refuse(column, "holds several values: give one, a bar in it as \\u007c")
        return values[0] if values else None

    def one(self, column: str) -> str:
        """Return the one value of a cell.

        Raises:
            InputError: it is empty, or holds several.
        """
        value = self.get(column)
        if not value:
            raise self.refuse(column, "is empty: fill it in")
        return value


def read_table(file: Path) -> tuple[list[str], list[Row], list[InputError]]:
    """Return the column names, the rows, and what is wrong with those that are not among them.

    Raises:
        InputError: the file cannot be read, is empty, or names a column twice.
    """
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise InputError(str(file), f"cannot be read ({error.strerror}): name another") from error
    rows: list[Row] = []
    wrong: list[InputError] = []
    columns: list[str] = []
    for number, line in enumerate(lines, start=1):
        place = f"{file.name}:{number}"
        try:
            text = line.removesuffix(b"\r").decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            fault = f"{line[error.start : error.end]!r} is no UTF-8: save the file as UTF-8"
            wrong.append(InputError(place, fault))
            continue
        cells = text.split("\t")
        if number == 1:
            columns = cells
        elif len(cells) == len(columns):
            rows.append(Row(place, dict(zip(columns, cells, strict=True))))
        elif text:
            fault = f"{len(cells)} cells for {len(columns)} columns: write a tab in a cell as \\t"
            wrong.append(InputError(place, fault))
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice or not any(columns):
        fault = f"column {twice[0]} stands twice" if twice else "holds no column names"
        raise InputError(f"{file.name}:1", f"{fault}: mend the first line")
    return columns, rows, wrong
