"""Tables, as they are or gzipped, read row by row: never more of one in memory than a line."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nutrigraph.errors import InputError, UsageError
from nutrigraph.naming import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Watch = Callable[[int], None]
    """Called with the bytes that have been read since the last call."""

LONGEST: Final = 1 << 20
"""Bytes of a line, at most: what is longer is no table."""
_EVERY: Final = 1 << 16
"""Lines between two calls of what watches."""


def place_files(files: Sequence[Path], patterns: Mapping[str, str]) -> dict[str, Path]:
    """Return the file of each table, found by the pattern of its name.

    Raises:
        UsageError: a file is missing, fits no table or two, or a table has no file or two.
    """
    found: dict[str, Path] = {}
    for file in files:
        if not file.is_file():
            raise UsageError(f"no file {file}: name the tables to import")
        fits = [name for name, pattern in patterns.items() if fnmatchcase(file.name, pattern)]
        told = ", ".join(f"{name}: {pattern}" for name, pattern in patterns.items())
        if len(fits) != 1:
            which = "no table" if not fits else " and ".join(fits)
            raise UsageError(f"{file} is by its name {which} of the mapping ({told}): rename it")
        if fits[0] in found:
            raise UsageError(f"{found[fits[0]]} and {file} are both {fits[0]}: name one")
        found[fits[0]] = file
    if missing := [name for name in patterns if name not in found]:
        raise UsageError(f"no file for {missing[0]} ({patterns[missing[0]]}): name it as well")
    return found


def sha256(file: Path) -> str:
    """Return the hash of a file's bytes."""
    import hashlib

    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def _opened(file: Path) -> Iterator[tuple[io.BufferedReader, io.BufferedReader]]:
    """Give the bytes of a table and those of the file they come from."""
    with file.open("rb") as raw:
        if raw.peek(2)[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield io.BufferedReader(unpacked, 1 << 18), raw
        else:
            yield raw, raw


def _lines(file: Path, watch: Watch | None) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with their numbers, without their ends."""
    number = seen = 0
    try:
        with _opened(file) as (lines, raw):
            while line := lines.readline(LONGEST):
                number += 1
                if len(line) == LONGEST and not line.endswith(b"\n"):
                    raise InputError(
                        f"{file}:{number}", f"line of over {LONGEST:,} bytes: no table"
                    )
                yield number, line.decode("utf-8").rstrip("\r\n")
                if watch is not None and number % _EVERY == 0:
                    watch(raw.tell() - seen)
                    seen = raw.tell()
    except UnicodeDecodeError as error:
        bad = error.object[error.start : error.start + 1].hex()
        raise InputError(
            f"{file}:{number}", f"byte 0x{bad} is not UTF-8: save the table as UTF-8"
        ) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"{file}:{number + 1}", f"the gzip ends too early or is broken ({error}): get it anew"
        ) from error
    except OSError as error:
        raise InputError(str(file), f"cannot be read ({error.strerror})") from error


def _cells(
    lines: Iterable[tuple[int, str]], separator: str, file: Path
) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each line that is not empty."""
    for number, line in lines:
        if separator == "\t":
            if line:
                yield number, line.split("\t")
            continue
        try:
            row = next(csv.reader([line], delimiter=separator, strict=True), [])
        except csv.Error as error:
            raise InputError(f"{file}:{number}", f"no line of a table: {error}") from error
        if row:
            yield number, row


def rows(
    file: Path,
    columns: Sequence[str],
    *,
    separator: str = "\t",
    optional: Sequence[str] = (),
    watch: Watch | None = None,
) -> Iterator[tuple[int, list[str | None]]]:
    """Yield the number of each line with its values of some columns, in their order.

    Those of ``optional`` columns follow, None where the table has no such column.

    Raises:
        InputError: a column is missing, a line has too few cells or too many, is not UTF-8, or the
            gzip is broken; names file and line.
    """
    found = _cells(_lines(file, watch), separator, file)
    _, header = next(found, (0, []))
    if not header:
        raise InputError(str(file), "is empty: a table begins with the names of its columns")
    header[0] = header[0].removeprefix("\ufeff")
    for name in columns:
        if name not in header:
            near = ", ".join(nearest(name, header) or header[:8])
            raise InputError(
                f"{file}:1", f"has no column {name!r} (there are: {near}): mend table or mapping"
            )
    if twice := next((name for name in header if header.count(name) > 1), None):
        raise InputError(f"{file}:1", f"column {twice!r} stands there twice: rename one")
    places = [header.index(name) if name in header else None for name in (*columns, *optional)]
    width = len(header)
    for number, row in found:
        if len(row) != width:
            raise InputError(
                f"{file}:{number}", f"has {len(row)} cells where the header has {width}: mend it"
            )
        yield number, [None if place is None else row[place] for place in places]
