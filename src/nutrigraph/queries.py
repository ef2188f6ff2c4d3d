"""The named questions under ``ontology/queries``: each a file with a title, a question, an example.

A header line reads ``# title: ...``, ``# question: ...`` or ``# example: ...``.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from nutrigraph.errors import UnknownName, UsageError
from nutrigraph.naming import nearest
from nutrigraph.terms import ontology_folder

_HEADER = re.compile(r"# (?:title|question|example):|#$")
_SPARQL = re.compile(r"\s*(SELECT|ASK|CONSTRUCT|DESCRIBE|PREFIX|BASE)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A question people ask, and its SPARQL."""

    name: str
    title: str
    question: str
    example: str
    text: str

    @property
    def body(self) -> str:
        """Its SPARQL without the lines of its header."""
        kept = (line for line in self.text.splitlines() if not _HEADER.match(line))
        return "\n".join(kept).strip() + "\n"


def _header(text: str, key: str) -> str:
    lines = (line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#"))
    return next((line[len(key) + 1 :].strip() for line in lines if line.startswith(f"{key}:")), "")


def named_queries() -> list[NamedQuery]:
    """Return the named questions, by name."""
    return [
        NamedQuery(
            file.stem,
            _header(text := _read(file), "title"),
            _header(text, "question"),
            _header(text, "example"),
            text,
        )
        for file in sorted((ontology_folder() / "queries").glob("*.rq"))
    ]


def read_query(what: str) -> str:
    """Return the text of a file, of standard input (``-``), of a named question, or the query.

    Raises:
        UnknownName: neither a file nor a named question, and no SPARQL.
        UsageError: the file cannot be read.
    """
    if what == "-":
        return _decode("standard input", sys.stdin.buffer.read())
    if "{" in what or not what.strip() or _SPARQL.match(what):
        return what  # The store says what is wrong with an empty one.
    names = {item.name: item for item in named_queries()}
    if what in names:
        return names[what].text
    path = Path(what)
    if "/" in what or path.suffix in (".rq", ".sparql") or path in Path().iterdir():
        return _read(path)
    raise UnknownName("query", what, nearest(what, names) or sorted(names)[:5])


def _read(file: Path) -> str:
    try:
        return _decode(f"query file {file}", file.read_bytes())
    except OSError as error:
        raise UsageError(f"query file {file} cannot be read ({error.strerror})") from error


def _decode(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not UTF-8: save it as UTF-8") from error
