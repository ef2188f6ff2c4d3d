"""Stores: where the quads of a graph lie, and how they are asked.

A store is named by one string: a build folder, an RDF file of any syntax (read into memory), or,
later, the URL of an endpoint. Embedded stores are pyoxigraph's, asked with query text.

A build folder holds ``<build id>.<n>/`` with the store and its manifest, and ``current``, a link to
the one that counts; `nutrigraph.builds` writes it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from nutrigraph import gate
from nutrigraph.errors import InputError, QueryError, StoreError
from nutrigraph.terms import DECLARED, INFERRED, PREFIXES, SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "manifest.json"
INDEX = "index.json"
_SYNTAXES = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdf": ox.RdfFormat.RDF_XML,
    "xml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "n3": ox.RdfFormat.N3,
}


@dataclass(frozen=True, slots=True)
class Store:
    """An open store, read-only."""

    place: str
    raw: ox.Store
    manifest: dict[str, Any]
    folder: Path | None = None

    def query(
        self, text: str, *, asserted: bool = False
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Return the answer of pyoxigraph to a SPARQL query.

        The usual prefixes are there without being declared. What imports declare and consequences
        are in; ``asserted`` leaves the latter out. ``FROM`` in the query is honoured.

        Raises:
            QueryError: the query is no valid SPARQL (names line and column), or is refused.
        """
        gate.refuse(text)
        graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
            ox.DefaultGraph(),
            *declared_graphs(self.raw),
        ]
        if not asserted:
            graphs.append(ox.NamedNode(INFERRED))
        try:
            return self.raw.query(
                text,
                prefixes=PREFIXES,
                default_graph=None if gate.names_graphs(text) else graphs,
            )
        except SyntaxError as error:
            raise QueryError(f"the query is no valid SPARQL: {where(error, text)}") from error
        except (OSError, RuntimeError) as error:
            raise StoreError(f"{self.place} cannot be read ({error}): build it anew") from error
        except UnicodeEncodeError as error:
            raise QueryError("the query is not UTF-8: save it as UTF-8") from error

    def index(self) -> dict[str, dict[str, dict[str, list[str]]]] | None:
        """Return the index that a build keeps beside its store, or None where there is none.

        It holds the same quads by graph, subject and predicate, and reads six times as fast. The
        edges of imported sources are not in it.

        Raises:
            StoreError: it is broken.
        """
        if self.folder is None or not (self.folder / INDEX).is_file():
            return None
        try:
            found: dict[str, dict[str, dict[str, list[str]]]] = json.loads(
                (self.folder / INDEX).read_bytes()
            )
        except (OSError, ValueError, RecursionError) as error:
            raise StoreError(f"{self.place}: its index is broken ({error}): build anew") from error
        return found

    def quads(self) -> Iterator[ox.Quad]:
        """Yield every quad."""
        return iter(self.raw)

    def claim_quads(self) -> Iterator[ox.Quad]:
        """Yield every quad but the edges of imported sources, which may be millions."""
        return claim_quads(self.raw)

    @property
    def imports(self) -> list[dict[str, Any]]:
        """What was imported into it, as its manifest lists it."""
        return list(self.manifest.get("imports", ()))

    @property
    def edge_imports(self) -> list[dict[str, Any]]:
        """Those of its imports that are edges without sentences."""
        return [record for record in self.imports if record["kind"] == "edges"]


def declared_graphs(raw: ox.Store) -> list[ox.NamedNode]:
    """Return the graphs in which imports of claims declare entities and predicates, sorted."""
    found = (name for name in raw.named_graphs() if isinstance(name, ox.NamedNode))
    return sorted((n for n in found if n.value.startswith(DECLARED)), key=lambda n: n.value)


def claim_quads(raw: ox.Store) -> Iterator[ox.Quad]:
    """Yield the quads of every graph but those of the edges of imported sources."""
    for name in (ox.DefaultGraph(), *raw.named_graphs()):
        if not (isinstance(name, ox.NamedNode) and name.value.startswith(SOURCES)):
            yield from raw.quads_for_pattern(None, None, None, name)


def where(error: SyntaxError, text: str) -> str:
    """Return line, column, the words found there, and what the engine says in words of its own.

    It says mostly which characters it expected instead, in hundreds of signs; those are left out.
    """
    found = re.match(r"error at (\d+):(\d+): (.*)", error.msg, re.DOTALL)
    if found is None:
        return error.msg
    line, column = int(found[1]), int(found[2])
    rest = text.split("\n")[line - 1][column - 1 :].strip()
    reason = re.search(r"[A-Z][a-z]+(?: \w+)+", found[3])
    return (
        f"line {line}, column {column}, at {rest[:40]!r}"
        if rest
        else f"line {line}, column {column}, where it ends too early"
    ) + (f" ({reason[0]})" if reason else "")


def open_store(place: str | Path) -> Store:
    """Open a build folder or an RDF file for reading.

    Raises:
        StoreError: it is missing, or neither.
        InputError: it is an RDF file with a mistake; names the line.
    """
    if "://" in str(place):
        raise StoreError(
            f"{place} is an address: endpoints are not read yet; name a build folder or an RDF file"
        )
    path = Path(place)
    try:
        return _open_file(path) if path.is_file() else _open_folder(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be read ({error.strerror})") from error


def _open_folder(path: Path) -> Store:
    if not path.exists() and path.suffix.lstrip(".") in _SYNTAXES:
        raise StoreError(f"no file {path}: name an RDF file that is there, or a build folder")
    if not path.exists():
        raise StoreError(
            f"no store at {path}: run `nutrigraph build --store {path}`, "
            "or name a build folder or an RDF file"
        )
    build = path if (path / MANIFEST).is_file() else path / "current"
    if not (build / MANIFEST).is_file():
        raise StoreError(f"{path} is no store: it holds no build; run `nutrigraph build` into it")
    try:
        manifest = json.loads((build / MANIFEST).read_text(encoding="utf-8"))
        if not isinstance(manifest, dict):
            raise StoreError(f"{path} cannot be opened as a store: its manifest is no object")
        return Store(str(path), ox.Store.read_only(str(build / "store")), manifest, build)
    except (OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"{path} cannot be opened as a store ({error}): build it anew") from error


def _open_file(path: Path) -> Store:
    syntax = _SYNTAXES.get(path.suffix.lstrip(".").lower())
    if syntax is None:
        raise StoreError(
            f"{path} is no store: not a build folder, and not an RDF file by its name "
            f"({', '.join('.' + name for name in _SYNTAXES)})"
        )
    return Store(str(path), _load(path, syntax), {})


def load_file(path: Path) -> ox.Store:
    """Return the triples of an RDF file of any syntax, in memory.

    Raises:
        InputError: it cannot be read, its name tells no syntax, or it has a mistake (names the
            line).
    """
    syntax = _SYNTAXES.get(path.suffix.lstrip(".").lower())
    if syntax is None:
        raise InputError(
            str(path),
            "its name tells no syntax of RDF: let it end in "
            + ", ".join(f".{name}" for name in _SYNTAXES),
        )
    try:
        return _load(path, syntax)
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})") from error


def _load(path: Path, syntax: ox.RdfFormat) -> ox.Store:
    data = path.read_bytes()
    if syntax == ox.RdfFormat.RDF_XML and re.search(rb"<!doctype", data, re.IGNORECASE):
        raise InputError(str(path), "RDF/XML with a DOCTYPE is refused: write it without entities")
    store = ox.Store()
    try:
        store.load(data, format=syntax)
    except (SyntaxError, ValueError) as error:
        found = re.search(r"at line (\d+)", str(error))
        raise InputError(f"{path}:{found[1]}" if found else str(path), str(error)) from error
    return store
