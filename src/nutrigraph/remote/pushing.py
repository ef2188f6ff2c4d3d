"""Loading a graph into an engine elsewhere, by the SPARQL 1.1 Graph Store Protocol.

Each graph is put in one request, which replaces it whole; one of more than 100,000 triples in
several, as Virtuoso 7 may hang, give up, or lose triples over a very large one. Whether a reader
meanwhile sees a graph as it was is up to the engine: Virtuoso 7 takes the old triples out and lets
the new ones in before his eyes. What follows from the others goes after them, and the asserted
graph, in which readers look first, goes last. What the store no longer holds is deleted after that,
where an address to ask tells what there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Final

import pyoxigraph as ox

from nutrigraph.errors import StoreError, UnknownName, UsageError
from nutrigraph.naming import nearest
from nutrigraph.remote.store import Remote
from nutrigraph.remote.wire import CONNECT, Deadlock, Wire, seconds
from nutrigraph.terms import ASSERTED, BASE, INFERRED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nutrigraph.store import Embedded

_SIBLINGS: Final = {
    "/sparql-graph-crud-auth": "/sparql",
    "/sparql-graph-crud": "/sparql",
    "/data": "/sparql",
}
"""Where Virtuoso and Fuseki are asked, by the end of the address where they take graphs."""
_LINES: Final = 100_000
"""Triples that are sent at a time."""
_HEAD: Final = f"@prefix : <{BASE}> .\n".encode()
"""Makes Turtle of N-Triples: Virtuoso guesses by the first bytes, and long texts mislead it."""
_SMALL: Final = 1 << 20
_TRIES: Final = 4
_SLOWEST: Final = 100_000
"""Bytes that any engine stores in a second: it is given so much longer to answer."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """A graph that was put or deleted: its name, how many triples it has there now."""

    name: str
    triples: int
    verified: bool
    deleted: bool = False


def push(
    store: Embedded,
    url: str,
    *,
    sparql: str | None = None,
    graphs: Sequence[str] = (),
    watch: Callable[[str, int], None] | None = None,
) -> Iterator[Pushed]:
    """Put the graphs of a store into an engine, and yield each when it is there.

    ``sparql`` is where the engine is asked, to count what has come and to find what is out of date;
    for Virtuoso and Fuseki it follows from ``url``. ``graphs`` names some, in full or without the
    namespace (``document/…``, ``asserted``): then only those are put, and none is deleted.
    ``watch`` is called with a graph's name and its number of triples before it is sent.

    Raises:
        StoreError: the engine does not take a graph. Those before it are there; of this one there
            may be a part.
        UsageError: the address cannot be one, credentials are missing, or a graph has no IRI.
        UnknownName: there is no such graph in the store.
    """
    names = _names(store)
    wanted = _chosen(graphs, names) if graphs else names
    wire = Wire(url)
    asked = sparql or _sibling(url)
    engine = Remote(asked, wire=Wire(asked)) if asked else None
    for name in wanted:
        home = ox.DefaultGraph() if name == ASSERTED else ox.NamedNode(name)
        with TemporaryFile() as file:
            number = _write(store.raw, home, file)
            if watch is not None:
                watch(name, number)
            _put_whole(wire, engine, name, file, number)
        yield Pushed(name, number, engine is not None)
    if graphs or engine is None:
        return
    for name in sorted(set(engine.graphs) - {*names, INFERRED}):
        with wire.open("DELETE", params={"graph": name}):
            yield Pushed(name, 0, verified=True, deleted=True)


def _names(store: Embedded) -> list[str]:
    """Return the graphs of a store by name, each in its turn."""
    names = set()
    for graph in store.raw.named_graphs():
        if not isinstance(graph, ox.NamedNode):
            raise UsageError(
                f"{store.place} has a graph that is named by a blank node ({graph}): no engine can "
                "be told its name; give it an IRI"
            )
        names.add(graph.value)
    return [*sorted(names - {ASSERTED}, key=lambda name: (name == INFERRED, name)), ASSERTED]


def _chosen(graphs: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return those of a store's graphs that are named, in their turn."""
    short = {name.removeprefix(BASE): name for name in names}
    for graph in graphs:
        if graph not in short and graph not in names:
            raise UnknownName("graph", graph, nearest(graph, short) or sorted(short)[:5])
    found = {short.get(graph, graph) for graph in graphs}
    return [name for name in names if name in found]


def _sibling(url: str) -> str | None:
    for end, other in _SIBLINGS.items():
        if url.rstrip("/").endswith(end):
            return url.rstrip("/").removesuffix(end) + other
    return None


def _write(store: ox.Store, home: ox.NamedNode | ox.DefaultGraph, file: IO[bytes]) -> int:
    """Write a graph as N-Triples, which has a line for each triple; return how many there are."""
    store.dump(file, format=ox.RdfFormat.N_TRIPLES, from_graph=home)
    file.seek(0)
    return sum(1 for _ in file)


def _put_whole(wire: Wire, engine: Remote | None, name: str, file: IO[bytes], number: int) -> None:
    """Put a graph, and once more if the engine has taken it and lost a part of it."""
    for left in reversed(range(_TRIES)):
        _put(wire, name, file)
        there = number if engine is None else engine.count(name)
        if there == number or engine is None:
            return
        if not left:
            raise StoreError(
                f"{engine.place} holds {there:,} triples in {name}, not the {number:,} that "
                "were sent: push again, or look into the engine's log"
            )
        wire.pause(1.0)


def _put(wire: Wire, name: str, file: IO[bytes]) -> None:
    """Put a graph in one request, or what is more than that in parts: the first replaces it."""
    file.seek(0)
    method = "PUT"
    while (part := b"".join(islice(file, _LINES))) or method == "PUT":
        _send(wire, method, name, part)
        method = "POST"


def _send(wire: Wire, method: str, name: str, part: bytes) -> None:
    """Send a part of a graph, again where the engine's own threads were in each other's way."""
    import httpx2

    if len(part) > _SMALL:
        wire.introduce(params={"graph": BASE + "none"})
    headers = {"Content-Type": "text/turtle"}
    patience = httpx2.Timeout(seconds() + len(part) / _SLOWEST, connect=CONNECT)
    for left in reversed(range(_TRIES)):
        try:
            with wire.open(
                method,
                params={"graph": name},
                content=_HEAD + part,
                headers=headers,
                timeout=patience,
            ):
                return
        except StoreError as error:
            if not left or not isinstance(error, Deadlock):
                raise StoreError(f"{name} was not put whole: {error}") from error
        wire.pause(1.0)
