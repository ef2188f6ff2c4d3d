"""Answers to SPARQL queries, as rows that can be read, tabled and written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from nutrigraph.cells import guard
from nutrigraph.errors import UsageError
from nutrigraph.terms import BASE, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

ROW_FORMATS = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
GRAPH_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
}


def short(term: object) -> str:
    """Return a term as people read it: ``:magnesium``, a plain text, an IRI."""
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        for prefix, iri in PREFIXES.items():
            rest = term.value.removeprefix(iri)
            if rest != term.value and "/" not in rest and "#" not in rest:
                return f"{prefix}:{rest}"
        return f"<{term.value.removeprefix(BASE)}>" if term.value.startswith(BASE) else term.value
    return str(getattr(term, "value", term))


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The answer to one query: ``columns`` and ``rows`` of a SELECT, a truth, or triples.

    Rows are tuples of pyoxigraph terms, or None where nothing is bound; ``data`` holds rows or
    truth as the engine wrote them, in JSON.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    truth: bool | None = None
    triples: tuple[ox.Triple, ...] | None = None
    data: bytes = b""

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows as people read them."""
        for row in self.rows:
            yield tuple(short(term) for term in row)

    def __len__(self) -> int:
        """Return how many rows or triples there are."""
        return len(self.triples if self.triples is not None else self.rows)

    def __bool__(self) -> bool:
        """Return the truth of an ASK; whether there are rows or triples otherwise."""
        return self.truth if self.truth is not None else len(self) > 0

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a table: numbers as numbers, IRIs shortened, nothing as None."""
        import pandas

        rows = [[_value(term) for term in row] for row in self.rows]
        return pandas.DataFrame(rows, columns=list(self.columns))

    def serialise(self, format: str) -> str:
        """Return the answer in a format of the W3C.

        In CSV and TSV, which people open in spreadsheets, a text that would start a formula has an
        apostrophe before it; the quotation marks of TSV do not keep it from being calculated. JSON
        and XML are exact.

        Raises:
            UsageError: the format does not fit the kind of query.
        """
        if self.triples is not None:
            if format not in GRAPH_FORMATS:
                raise UsageError(
                    f"triples cannot be written as {format}: use {', '.join(GRAPH_FORMATS)}"
                )
            data = ox.serialize(
                sorted(self.triples, key=str), format=GRAPH_FORMATS[format], prefixes=PREFIXES
            )
            return (data or b"").decode()
        if format not in ROW_FORMATS:
            raise UsageError(
                f"rows cannot be written as {format}: use table, {', '.join(ROW_FORMATS)}"
            )
        data = _guarded(self.data) if format in ("csv", "tsv") else self.data
        answer = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
        return (answer.serialize(format=ROW_FORMATS[format]) or b"").decode()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show itself in Jupyter as a table."""
        if self.truth is not None:
            return {"text/plain": str(self.truth)}
        if self.triples is not None:
            return {"text/plain": self.serialise("turtle")}
        frame = self.to_pandas()
        return {"text/plain": frame.to_string(), "text/html": frame.to_html(notebook=True)}


def _guarded(data: bytes) -> bytes:
    """Return rows in JSON with every literal guarded against being taken for a formula."""
    answer = json.loads(data)
    for row in answer.get("results", {}).get("bindings", ()):
        for term in row.values():
            if term["type"] in ("literal", "typed-literal"):
                term["value"] = guard(term["value"])
    return json.dumps(answer).encode()


def _value(term: object) -> object:
    if isinstance(term, ox.Literal):
        kind = term.datatype.value.rsplit("#", 1)[-1]
        if kind in ("integer", "int", "long"):
            return int(term.value)
        if kind in ("decimal", "double", "float"):
            return float(term.value)
        return term.value == "true" if kind == "boolean" else term.value
    return None if term is None else short(term)


def result_of(
    answer: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
) -> QueryResult:
    """Return an engine's answer, read whole."""
    if isinstance(answer, ox.QueryTriples):
        return QueryResult(triples=tuple(answer))
    data = answer.serialize(format=ox.QueryResultsFormat.JSON) or b""
    read = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
    if isinstance(read, ox.QueryBoolean):
        return QueryResult(truth=bool(read), data=data)
    names = tuple(variable.value for variable in read.variables)
    rows = tuple(tuple(row[name] for name in names) for row in read)
    return QueryResult(columns=names, rows=rows, data=data)
