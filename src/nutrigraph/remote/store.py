"""An engine elsewhere as a store: the same questions, the same answers, over SPARQL 1.1.

What claims are made of is read whole, once; questions are asked of the engine. Three ways in which
a graph may lie there are told apart when it is first asked: pushed by us (the default graph has the
name `ASSERTED`), served by us (the default graph answers to that name), or loaded by somebody into
a default graph that has no name.
"""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

import pyoxigraph as ox

from nutrigraph import gate
from nutrigraph.errors import QueryError, StoreError
from nutrigraph.remote.wire import Wire
from nutrigraph.store import Answer, Dataset, Store, rows_of
from nutrigraph.terms import (
    ASSERTED,
    BASE,
    DCTERMS,
    DECLARED,
    INFERRED,
    NG,
    PREFIXES,
    RDF,
    SOURCES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ROWS: Final = "application/sparql-results+json"
_TRIPLES: Final = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
_PAGE: Final = 5_000
"""Rows that are asked for at a time: fewer than engines cut at by themselves."""
_TOGETHER: Final = 200
"""Predicates that one query names at most."""
_KIND: Final = re.compile(r"(?<![?$:\w-])(SELECT|ASK|CONSTRUCT|DESCRIBE)\b(?!:)", re.IGNORECASE)
_HEAD: Final = re.compile(
    r"(?<![?$:\w-])(?:CONSTRUCT\b(?:\s*\{[^{}]*\})?|DESCRIBE\b[^{}]*?(?=\{|WHERE\b|\Z))",
    re.IGNORECASE,
)
"""What makes triples of rows, up to the pattern that gives the rows."""
_DECLARES: Final = re.compile(r"\bPREFIX\s+([^\s:]*):", re.IGNORECASE)
_TRUTH: Final = re.compile(
    rb'("datatype"\s*:\s*"http://www\.w3\.org/2001/XMLSchema#boolean"\s*,\s*"value"\s*:\s*")'
    rb'([01])(?=")'
)


@dataclass(frozen=True)
class Remote(Store):
    """An engine at an address."""

    wire: Wire = field(default_factory=lambda: Wire("http://localhost/"))

    @property
    def round_trips(self) -> int:
        """How many requests have been made."""
        return self.wire.counts["round trips"]

    def query(
        self,
        text: str,
        *,
        asserted: bool = False,
        dataset: Dataset | None = None,
        base: str | None = None,
    ) -> Answer:
        """Return the engine's answer; it reads relative IRIs by itself, whatever ``base`` says."""
        if dataset is None and not gate.names_graphs(text):
            dataset = self._dataset(asserted=asserted)
        return self._ask(text, dataset)

    def _ask(self, text: str, dataset: Dataset | None) -> Answer:
        gate.refuse(text)
        kind = _KIND.search(gate.bare(text))
        form = kind[1].upper() if kind else ""
        if form in ("CONSTRUCT", "DESCRIBE"):
            return self._triples(text, dataset)
        with self._open(text, dataset, _ROWS) as response:
            data = _plain(self.wire.read(response, _ROWS, "application/json"))
        # No name is given to rows that may turn out broken: an error would keep them, and they may
        # be let go in no other thread than theirs.
        try:
            if isinstance(_answer(data), ox.QueryBoolean):
                return _answer(data)
            if form == "ASK":
                # Virtuoso tells a truth as a row or none where graphs are named.
                truth = len(deque(_rows(data), maxlen=1)) > 0
                return _answer(json.dumps({"head": {}, "boolean": truth}).encode())
            # Rows are read when they are asked for: here, so that none is broken later.
            deque(_rows(data), maxlen=0)
            return _answer(data)
        except (SyntaxError, ValueError) as error:
            raise self._unreadable(error) from error

    def _triples(self, text: str, dataset: Dataset | None) -> tuple[ox.Triple, ...]:
        with self._open(text, dataset, "application/n-triples, text/turtle;q=0.8") as response:
            media = self.wire.expect(response, *_TRIPLES)
            data = self.wire.read(response, media)
            silent = response.headers.get("server", "").startswith("Virtuoso")
        if silent and (rows := _rows_behind(text)) is not None:
            # Virtuoso says of rows that they were cut, and of triples made of rows it does not.
            with self._open(rows, dataset, _ROWS) as response:
                self.wire.expect(response, _ROWS)
        try:
            return tuple(quad.triple for quad in ox.parse(data, format=_TRIPLES[media]))
        except (SyntaxError, ValueError) as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> StoreError:
        told = " ".join(str(error).split())[:200]
        return StoreError(f"the answer of {self.place} cannot be read ({told}): ask it again")

    def _open(self, text: str, dataset: Dataset | None, accept: str) -> Any:  # noqa: ANN401
        fields: dict[str, Any] = {"query": _prefixed(text)}
        if dataset is not None:
            fields["default-graph-uri"] = list(dataset.default)
            fields["named-graph-uri"] = list(dataset.named)
        return self.wire.open("POST", data=fields, headers={"Accept": accept})

    @cached_property
    def graphs(self) -> tuple[str, ...]:
        """The named graphs there that are ours, sorted; `ASSERTED` is one where it was pushed."""
        # Documents, declarations and sources say of themselves what they are; of a graph with
        # millions of edges nothing else is looked at.
        kinds = " ".join(f"<{iri}>" for iri in (NG.Predicate, NG.Document, NG.EdgeSource))
        rows = self._rows(
            f"SELECT DISTINCT ?g {{ {{ VALUES ?kind {{ {kinds} }} GRAPH ?g {{ ?x a ?kind }} }} "
            f"UNION {{ GRAPH ?home {{ ?source <{NG.confidencesIn}> ?g }} }} }}"
        )
        found = {row[0].value for row in rows if isinstance(row[0], ox.NamedNode)}
        ours = {iri for iri in found if iri.startswith(BASE)}
        return tuple(sorted({*ours, INFERRED} if ours else ours))

    @cached_property
    def _default_has_name(self) -> bool:
        """Whether the default graph there goes by the name `ASSERTED`."""
        return ASSERTED in self.graphs or self._declares(Dataset((ASSERTED,)))

    def _declares(self, dataset: Dataset | None) -> bool:
        """Whether a predicate of ours is declared there."""
        return bool(self._ask(f"ASK {{ ?x <{RDF.type}> <{NG.Predicate}> }}", dataset))

    def _dataset(self, *, asserted: bool) -> Dataset | None:
        """Return what a query is asked of; None where it is what the engine takes by itself."""
        if not self.graphs or not self._default_has_name:
            if asserted:
                raise QueryError(
                    f"{self.place} does not tell what is asserted from what follows: load the "
                    "graph there with `nutrigraph push`"
                )
            return None
        declared = [name for name in self.graphs if name.startswith(DECLARED)]
        inferred = () if asserted else (INFERRED,)
        named = [name for name in self.graphs if name != ASSERTED]
        return Dataset((ASSERTED, *declared, *inferred), tuple(named))

    def _rows(self, text: str, dataset: Dataset | None = None) -> Iterator[Sequence[Any]]:
        """Yield the rows of a SELECT; without a dataset, of what the engine takes by itself."""
        return rows_of(self._ask(text, dataset))

    def quads(self) -> Iterator[ox.Quad]:
        """Yield every quad."""
        yield from self.claim_quads()
        for name in self.graphs:
            if name.startswith(SOURCES):
                yield from self._graph(name)

    def claim_quads(self) -> Iterator[ox.Quad]:
        """Yield every quad but the edges of imported sources, each graph read once."""
        return iter(self.local)

    @cached_property
    def local(self) -> ox.Store:
        """The quads of its claims, read once, in memory."""
        store = ox.Store()
        if not self.graphs and not self._declares(None):
            # What others keep there may be millions, and is none of ours.
            return store
        store.extend(self._graph(ASSERTED))
        for name in self.graphs:
            if name != ASSERTED and not name.startswith(SOURCES):
                store.extend(self._graph(name))
        return store

    def _graph(self, name: str) -> Iterator[ox.Quad]:
        """Yield the quads of a graph, in pages that no limit of an engine can cut unseen.

        Raises:
            StoreError: fewer come than the engine has counted.
        """
        home: ox.NamedNode | ox.DefaultGraph = ox.NamedNode(name)
        within, dataset = f"{{ GRAPH <{name}> {{ ?s ?p ?o }} }}", None
        if name == ASSERTED:
            home, within = ox.DefaultGraph(), "{ ?s ?p ?o }"
            dataset = Dataset((ASSERTED,)) if self._default_has_name else None
        rows = self._rows(f"SELECT ?p (COUNT(*) AS ?n) {within} GROUP BY ?p", dataset)
        counts = {row[0].value: int(row[1].value) for row in rows}
        for some in _batches(counts):
            values = " ".join(f"<{predicate}>" for predicate in some)
            wanted = sum(counts[predicate] for predicate in some)
            # Pages have no order, which large graphs are too costly to be put into: a triple that
            # came twice must not hide one that came not at all.
            seen: set[int] = set()
            for offset in range(0, wanted, _PAGE):
                page = f" LIMIT {_PAGE} OFFSET {offset}" if wanted > _PAGE else ""
                body = within.replace("{", f"{{ VALUES ?p {{ {values} }} ", 1)
                for row in self._rows(f"SELECT ?s ?p ?o {body}{page}", dataset):
                    seen.add(hash((row[0], row[1], row[2])))
                    yield ox.Quad(row[0], row[1], row[2], home)
            if len(seen) != wanted:
                raise StoreError(
                    f"{self.place} gave {len(seen):,} of {wanted:,} triples of {name}: it "
                    "cuts its answers, or was changed meanwhile; have its limit raised (Virtuoso: "
                    "ResultSetMaxRows), or ask again"
                )

    def count(self, name: str) -> int:
        """Return how many triples a graph there has."""
        (row,) = self._rows(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}")
        return int(row[0].value)

    @cached_property
    def imports(self) -> list[dict[str, Any]]:
        """What was imported, as far as what lies there says so: no hashes of files, few counts."""
        claims = (name for name in self.graphs if name.startswith(DECLARED))
        # What a source is sure of lies in a graph under its own.
        sources = (
            name
            for name in self.graphs
            if name.startswith(SOURCES) and "/" not in name.removeprefix(SOURCES)
        )
        return [
            *({"slug": name.removeprefix(DECLARED), "kind": "claims"} for name in claims),
            *(self._source(name) for name in sources),
        ]

    def _source(self, name: str) -> dict[str, Any]:
        """Return what is said of a source of edges, under the names that manifests use."""
        known = {
            DCTERMS.title: "title",
            DCTERMS.source: "origin",
            DCTERMS.rights: "licence",
            NG.sourceWeight: "weight",
        }
        about = self._rows(f"SELECT ?p ?o {{ GRAPH <{name}> {{ <{name}> ?p ?o }} }}")
        said = {known[row[0].value]: row[1].value for row in about if row[0].value in known}
        (row,) = self._rows(
            f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?p a :EdgePredicate . ?s ?p ?o }} }}"
        )
        slug = name.removeprefix(SOURCES)
        counts = {"edges": int(row[0].value)}
        told = {"slug": slug, "kind": "edges", "title": slug, **said, "counts": counts}
        return told | ({"weight": float(told["weight"])} if "weight" in told else {})


def _batches(counts: dict[str, int]) -> Iterator[list[str]]:
    """Yield predicates whose triples together fit a page, a query their names; or one for more."""
    batch: list[str] = []
    size = 0
    for predicate, number in sorted(counts.items()):
        if batch and (size + number > _PAGE or len(batch) == _TOGETHER):
            yield batch
            batch, size = [], 0
        batch.append(predicate)
        size += number
    if batch:
        yield batch


def _prefixed(text: str) -> str:
    """Return a query with the usual prefixes before it, on one line, but for those it declares."""
    known = set(_DECLARES.findall(gate.bare(text)))
    lines = (f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items() if name not in known)
    return " ".join([*lines, text])


def _rows_behind(text: str) -> str | None:
    """Return a query for the rows of which another makes triples, or None where it has none."""
    words = gate.bare(text)
    head = _HEAD.search(words)
    if head is None or "{" not in words[head.end() :] or not gate.variables(text):
        return None
    return f"{text[: head.start()]}SELECT *{text[head.end() :]}"


def _answer(data: bytes) -> ox.QuerySolutions | ox.QueryBoolean:
    return ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)


def _rows(data: bytes) -> Iterator[object]:
    return cast("Iterator[object]", _answer(data))


def _plain(data: bytes) -> bytes:
    """Return results with truths as XML Schema writes them first; Virtuoso gives 1 and 0."""
    return _TRUTH.sub(lambda found: found[1] + (b"true" if found[2] == b"1" else b"false"), data)


def open_remote(url: str) -> Remote:
    """Return the store at an address; it is not asked yet.

    Raises:
        UsageError: the address cannot be one, or would give a password away.
    """
    return Remote(url, wire=Wire(url))
