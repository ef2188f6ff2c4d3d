"""Loading a graph into an engine elsewhere, by the SPARQL 1.1 Graph Store Protocol.

Each graph is put in one request, which replaces it whole: a reader sees it as it was or as it will
be. The asserted graph, in which readers look first, goes last. What the store no longer holds is
deleted after that, where an address to ask tells what there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Final

import pyoxigraph as ox

from nutrigraph.errors import StoreError
from nutrigraph.remote.store import Remote
from nutrigraph.remote.wire import Wire
from nutrigraph.terms import ASSERTED, INFERRED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nutrigraph.store import Embedded

_SIBLINGS: Final = {
    "/sparql-graph-crud-auth": "/sparql",
    "/sparql-graph-crud": "/sparql",
    "/data": "/sparql",
}
"""Where Virtuoso and Fuseki are asked, by the end of the address where they take graphs."""
_SMALL: Final = 32 << 20
_PART: Final = 1 << 20


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
    watch: Callable[[str, int], None] | None = None,
) -> Iterator[Pushed]:
    """Put every graph of a store into an engine, and yield each when it is there.

    ``sparql`` is where the engine is asked, to count what has come and to find what is out of date;
    for Virtuoso and Fuseki it follows from ``url``. ``watch`` is called with a graph's name and its
    number of triples before it is sent.

    Raises:
        StoreError: the engine does not take a graph. Those before it are there, each whole.
        UsageError: the address cannot be one, or credentials are missing.
    """
    wire = Wire(url)
    asked = sparql or _sibling(url)
    engine = Remote(asked, wire=Wire(asked)) if asked else None
    names = sorted((name.value for name in store.raw.named_graphs()), key=_turn)
    for name in [*names, ASSERTED]:
        home = ox.DefaultGraph() if name == ASSERTED else ox.NamedNode(name)
        with TemporaryFile() as file:
            number = _write(store.raw, home, file)
            if watch is not None:
                watch(name, number)
            _put(wire, name, file)
        if engine is not None:
            _verify(engine, name, number)
        yield Pushed(name, number, engine is not None)
    for name in sorted(set(engine.graphs) - {*names, ASSERTED, INFERRED} if engine else ()):
        with wire.open("DELETE", params={"graph": name}):
            yield Pushed(name, 0, verified=True, deleted=True)


def _turn(name: str) -> tuple[bool, str]:
    """Return when a graph's turn is: what follows from the others after them."""
    return name == INFERRED, name


def _sibling(url: str) -> str | None:
    for end, other in _SIBLINGS.items():
        if url.rstrip("/").endswith(end):
            return url.rstrip("/").removesuffix(end) + other
    return None


def _write(store: ox.Store, home: ox.NamedNode | ox.DefaultGraph, file: IO[bytes]) -> int:
    """Write a graph as N-Triples; return how many triples it has."""
    number = 0
    for quad in store.quads_for_pattern(None, None, None, home):
        file.write(f"{quad.triple} .\n".encode())
        number += 1
    return number


def _put(wire: Wire, name: str, file: IO[bytes]) -> None:
    size = file.tell()

    def content() -> bytes | Iterator[bytes]:
        file.seek(0)
        return file.read() if size <= _SMALL else iter(lambda: file.read(_PART), b"")

    # Told beforehand: not every engine takes a body in chunks.
    headers = {"Content-Type": "application/n-triples", "Content-Length": str(size)}
    if size > _SMALL:
        # So that a server which wants Digest has asked for it before a large body is sent.
        with wire.open("PUT", params={"graph": f"{name}/empty"}, content=b""):
            pass
        with wire.open("DELETE", params={"graph": f"{name}/empty"}):
            pass
    with wire.open("PUT", params={"graph": name}, content=content, headers=headers):
        pass


def _verify(engine: Remote, name: str, number: int) -> None:
    there = engine.count(name)
    if there != number:
        raise StoreError(
            f"{engine.place} holds {there:,} triples in {name}, not the {number:,} that were sent: "
            "push again, or look into the engine's log"
        )
