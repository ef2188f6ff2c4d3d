"""Answers to SPARQL queries, as rows that can be read, tabled and written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from nutrigraph.cells import frame, guard
from nutrigraph.errors import UsageError
from nutrigraph.notebook.cards import card
from nutrigraph.report import count, table
from nutrigraph.terms import BASE, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    from nutrigraph.store import Answer

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_SHOWN: Final = 60
"""Rows that a notebook shows of a long answer."""
_STRING = ox.NamedNode(PREFIXES["xsd"] + "string")
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


@dataclass(frozen=True)
class QueryResult:
    """The answer to one query: ``columns`` and ``rows`` of a SELECT, a truth, or triples.

    Rows are tuples of pyoxigraph terms, or None where nothing is bound.
    """

    columns: tuple[str, ...] = ()
    solutions: tuple[ox.QuerySolution, ...] = ()
    truth: bool | None = None
    triples: tuple[ox.Triple, ...] | None = None

    @cached_property
    def rows(self) -> tuple[tuple[Any, ...], ...]:
        """The rows of a SELECT."""
        return tuple(tuple(solution) for solution in self.solutions)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows as people read them."""
        for row in self.rows:
            yield tuple(short(term) for term in row)

    def __len__(self) -> int:
        """Return how many rows or triples there are."""
        return len(self.triples if self.triples is not None else self.solutions)

    def __bool__(self) -> bool:
        """Return the truth of an ASK; whether there are rows or triples otherwise."""
        return self.truth if self.truth is not None else len(self) > 0

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a table: numbers as numbers, IRIs shortened, nothing as NA.

        Of triples the columns are subject, predicate and object, of an ASK there is one, its truth.

        Raises:
            UsageError: pandas is not installed.
        """
        if self.truth is not None:
            return frame([{"truth": self.truth}])
        columns, rows = self._table(self.rows)
        return frame([dict(zip(columns, map(_value, row), strict=True)) for row in rows], columns)

    def _table(self, rows: Sequence[tuple[Any, ...]]) -> tuple[Sequence[str], Sequence[Any]]:
        """Return names of columns, and rows of terms; of triples theirs, in order."""
        if self.triples is None:
            return self.columns, rows
        ordered = sorted(self.triples, key=str)
        return ("subject", "predicate", "object"), [tuple(triple) for triple in ordered]

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
        data = json.dumps(self._record(guard if format in ("csv", "tsv") else str)).encode()
        answer = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
        return (answer.serialize(format=ROW_FORMATS[format]) or b"").decode()

    def _record(self, text: Callable[[str], str]) -> dict[str, Any]:
        """Return rows or truth as the W3C's JSON has them, literals as ``text`` makes them."""
        if self.truth is not None:
            return {"head": {}, "boolean": self.truth}
        bindings = [
            {name: _term(term, text) for name, term in pairs if term is not None}
            for pairs in (zip(self.columns, row, strict=True) for row in self.rows)
        ]
        return {"head": {"vars": self.columns}, "results": {"bindings": bindings}}

    def __str__(self) -> str:
        """Return it as text for people: a table, ``true`` or ``false``, or Turtle."""
        if self.truth is not None:
            return str(self.truth).lower()
        if self.triples is not None:
            return self.serialise("turtle")
        return table(self.columns, list(self))

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show itself in Jupyter as a table, its first rows where there are many."""
        if self.truth is not None:
            return {"text/plain": str(self)}
        columns, rows = self._table(self.rows[:_SHOWN])
        cells = [[short(term) for term in row] for row in rows[:_SHOWN]]
        more = f"the first {len(cells)} of " if len(self) > len(cells) else ""
        below = [f"{more}{count(len(self), 'row' if self.triples is None else 'triple')}"]
        html = card("table", columns=columns, rows=cells, below=below)
        plain = str(self) if len(self) <= _SHOWN else f"{table(columns, cells)}{below[0]}"
        return {"text/plain": plain, "text/html": html}


def _term(term: Term, text: Callable[[str], str]) -> dict[str, Any]:
    """Return a term as the W3C's JSON has it."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {
            "type": "triple",
            "value": {name: _term(part, text) for name, part in parts.items()},
        }
    found = {"type": "literal", "value": text(term.value)}
    if term.language:
        return {**found, "xml:lang": term.language}
    return found if term.datatype == _STRING else {**found, "datatype": term.datatype.value}


def _value(term: object) -> object:
    if isinstance(term, ox.Literal):
        kind = term.datatype.value.rsplit("#", 1)[-1]
        if kind in ("integer", "int", "long"):
            return int(term.value)
        if kind in ("decimal", "double", "float"):
            return float(term.value)
        return term.value == "true" if kind == "boolean" else term.value
    return None if term is None else short(term)


def result_of(answer: Answer) -> QueryResult:
    """Return an engine's answer, read whole."""
    if isinstance(answer, ox.QueryBoolean):
        return QueryResult(truth=bool(answer))
    if isinstance(answer, ox.QuerySolutions):
        names = tuple(variable.value for variable in answer.variables)
        return QueryResult(columns=names, solutions=tuple(answer))
    return QueryResult(triples=tuple(answer))
