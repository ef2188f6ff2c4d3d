"""The forms that answers are written in, by media type, and where a row of one ends."""

from __future__ import annotations

import json
from typing import Final

import pyoxigraph as ox

_JSON, _XML = ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML
ROWS: Final[dict[str, ox.QueryResultsFormat]] = {
    "application/sparql-results+json": _JSON,
    "application/sparql-results+xml": _XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
    "application/json": _JSON,
    "application/xml": _XML,
    "text/xml": _XML,
}
"""Forms of SELECT and ASK, best liked first."""
GRAPHS: Final[dict[str, ox.RdfFormat]] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "text/n3": ox.RdfFormat.N3,
    "application/json": ox.RdfFormat.JSON_LD,
    "application/xml": ox.RdfFormat.RDF_XML,
    "text/xml": ox.RdfFormat.RDF_XML,
}
"""Forms of CONSTRUCT and DESCRIBE, best liked first."""
NAMES: Final[dict[str, str]] = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "trig": "application/trig",
}
"""What the forms are called in links (``format=csv``), as on the command line."""

_ROW_ENDS: Final = {
    _JSON: b'"}},{"',
    _XML: b"</result>",
    ox.QueryResultsFormat.TSV: b"\n",
    ox.QueryResultsFormat.CSV: b"\r\n",
}


def content_type(media: str) -> str:
    """Return a media type as a header gives it."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


class Rows:
    """Counts the rows in the bytes that the engine writes.

    Between rows stands what no text within a row can hold: the engine escapes ``<`` in XML, line
    ends in TSV and quotation marks in JSON. In CSV a text may hold line ends, in quotation marks:
    those are passed over. A row of JSON that binds nothing is not counted.
    """

    def __init__(self, form: ox.QueryResultsFormat) -> None:
        """Count the rows of a form."""
        self.form, self.end = form, _ROW_ENDS[form]
        # The line of names ends as a row does.
        lines = form in (ox.QueryResultsFormat.CSV, ox.QueryResultsFormat.TSV)
        self.number = -1 if lines else 0
        self._tail, self._quoted = b"", False

    def count(self, chunk: bytes) -> None:
        """Count the rows that end in a chunk."""
        data, keep = self._tail + chunk, len(self.end) - 1
        self._tail = data[-keep:] if keep else b""
        if self.form != ox.QueryResultsFormat.CSV:
            self.number += data.count(self.end)
            return
        parts = data.split(b'"')
        self.number += sum(part.count(self.end) for part in parts[self._quoted :: 2])
        self._quoted ^= len(parts) % 2 == 0
        self._tail = b"\r" if data.endswith(b"\r") else b""

    def cut(self, data: bytes, most: int) -> bytes:
        """Return what was last counted without the rows beyond ``most``, and well ended."""
        end = len(data)
        for _ in range(max(0, self.number - most) + 1):
            end = data.rfind(self.end, 0, max(end, 0))
        # In JSON, what ends a row begins the next as well.
        return data[: end + (3 if self.form == _JSON else len(self.end))] if end >= 0 else b""

    def mark(self, reason: str) -> bytes:
        """Return the end of an answer that was cut, which says so."""
        text = f"truncated: {reason}"
        if self.form == _JSON:
            return f']}},"truncated":{json.dumps(text)}}}'.encode()
        if self.form == _XML:
            return f"</results><!-- {text} --></sparql>".encode()
        return f"# {text}\n".encode()


def mark(media: str, reason: str) -> bytes:
    """Return what is written behind an answer that was cut, wherever that happened to be."""
    text = f"truncated: {reason}"
    # JSON has no comments: there this line makes the text unreadable, which is what it says.
    return (f"\n<!-- {text} -->\n" if "xml" in media else f"\n# {text}\n").encode()
