"""Tables as people keep them: TSV, CSV and XLSX, read row by row and never whole.

A cell that no program should trust (a formula, bytes that are not UTF-8, a control character) is
kept as it is; `mistrust` says what is wrong with it.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nutrigraph.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

SEPARATORS: Final = {".tsv": "\t", ".tab": "\t", ".txt": "\t", ".csv": ","}
SUFFIXES: Final = (*SEPARATORS, ".xlsx")
LONGEST_LINE: Final = 1_000_000
"""Characters: a longer line is no row of a sheet, and would have to be held whole."""
LARGEST_ARCHIVE: Final = 400_000_000
"""Bytes that an XLSX file may unpack to."""
STEEPEST_RATIO: Final = 150
"""How many times its packed size a large part of an XLSX file may unpack to."""
_NUMBER: Final = re.compile(r"[-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?%?")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number, counted from 1 with the header, and its cells by column."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table, read each time it is gone through."""

    path: Path
    columns: tuple[str, ...]
    quoting: bool = True

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows below the header; rows of blanks alone are passed over."""
        rows = _rows(self.path, quoting=self.quoting)
        next(rows)
        yield from (row for row in rows if any(cell.strip() for cell in row.cells))


def open_table(path: Path, *, quoting: bool = True) -> Table:
    """Return a table; its header is read and checked.

    ``quoting`` tells whether ``"`` quotes a cell or is a character like any other.

    Raises:
        UsageError: its name tells no known kind of table, or it cannot be read.
        InputError: it has no header, or a column has no name or the name of another.
    """
    if path.suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise UsageError(f"{path} is no table by its name: give a file that ends in {known}")
    header = next(_rows(path, quoting=quoting), None)
    if header is None:
        raise InputError(str(path), "is empty: give a header with the names of the columns")
    names = [cell.strip() for cell in header.cells]
    while names and not names[-1]:
        names.pop()
    for number, name in enumerate(names, start=1):
        if not name or name in names[: number - 1]:
            fault = f"is called {name!r} like another" if name else "has no name"
            raise InputError(f"{path}:1", f"column {number} {fault}: give each a name of its own")
    return Table(path, tuple(names), quoting)


def mistrust(cell: str) -> str | None:
    """Return what is wrong with a cell, and how to mend it, or None."""
    if re.search("[\ud800-\udfff]", cell):
        return "is not UTF-8: save the whole file in UTF-8"
    if cell[:1] in ("=", "@", "+", "-", "\t", "\r") and not _NUMBER.fullmatch(cell.strip()):
        return "begins like a formula: write it as text, or put an apostrophe before it"
    if _CONTROL.search(cell):
        return "holds a control character: delete it"
    return None


def shown(cell: str) -> str:
    """Return a cell as a report shows it: quoted, cut, and with nothing that a terminal obeys."""
    text = cell.encode("utf-8", "backslashreplace").decode()
    return ascii(text) if _CONTROL.search(text) else repr(text[:77] + "..." * (len(text) > 77))


def _rows(path: Path, *, quoting: bool) -> Iterator[Row]:
    try:
        if path.suffix.lower() == ".xlsx":
            yield from _workbook_rows(path)
        else:
            with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as handle:
                yield from _text_rows(handle, path, quoting=quoting)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error})") from error


def _text_rows(handle: TextIO, path: Path, *, quoting: bool) -> Iterator[Row]:
    reader = csv.reader(
        _lines(handle, path),
        delimiter=SEPARATORS[path.suffix.lower()],
        quoting=csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE,
        strict=True,
    )
    number = 0
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InputError(
                f"{path}:{number}", f"cannot be read as a row ({error}): mend its quotes"
            ) from error
        if cells is None:
            return
        yield Row(number, tuple(cells))


def _lines(handle: TextIO, path: Path) -> Iterator[str]:
    number = 0
    while line := handle.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise InputError(
                f"{path}:{number}",
                f"is longer than {LONGEST_LINE:,} characters: no row of a sheet is",
            )
        yield line


def _workbook_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of the first sheet of a workbook, formulas as they are written."""
    import warnings
    from zipfile import BadZipFile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    _refuse_bombs(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of styles and drawings, which we skip
            book = openpyxl.load_workbook(path, read_only=True)
        try:
            width = 0
            for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
                cells = tuple(map(_cell, _trimmed(row)))
                width = width or len(cells)  # that of the header
                yield Row(number, cells + ("",) * (width - len(cells)))
        finally:
            book.close()
    except (BadZipFile, InvalidFileException, KeyError, ValueError, IndexError) as error:
        raise InputError(str(path), f"is no XLSX workbook ({error}): save it anew") from error


def _trimmed(row: Sequence[Any]) -> Sequence[Any]:
    """Return a row without the empty cells that a workbook keeps at its end."""
    end = len(row)
    while end and row[end - 1] is None:
        end -= 1
    return row[:end]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refuse_bombs(path: Path) -> None:
    """Refuse a workbook that unpacks to too much, or that declares entities.

    Raises:
        InputError: it is no archive, or a part of it is refused; names the part.
    """
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > LARGEST_ARCHIVE:
                raise InputError(
                    str(path), f"unpacks to more than {LARGEST_ARCHIVE:,} bytes: save it as CSV"
                )
            for part in parts:
                steep = part.file_size > STEEPEST_RATIO * max(part.compress_size, 1)
                if steep and part.file_size > LONGEST_LINE:
                    raise InputError(
                        f"{path}/{part.filename}",
                        "unpacks to far more than it holds, as a bomb does: save it as CSV",
                    )
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as handle:
                        _refuse_doctype(iter(lambda h=handle: h.read(1 << 16), b""), path)  # type: ignore[misc]
    except (BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InputError(str(path), f"is no XLSX workbook ({error}): save it anew") from error


def _refuse_doctype(chunks: Iterator[bytes], path: Path) -> None:
    """Refuse XML with a document type, where entities are declared; in UTF-16 as well."""
    before = b""
    for chunk in chunks:
        text = before + chunk.replace(b"\0", b"")
        if b"<!DOCTYPE" in text.upper() or b"<!ENTITY" in text.upper():
            raise InputError(
                str(path), "declares XML entities, as a bomb does: save it anew, or as CSV"
            )
        before = text[-16:]
