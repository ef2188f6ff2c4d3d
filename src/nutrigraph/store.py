"""Stores: where the quads of a graph lie, and how they are asked.

A store is named by one string: a build folder, an RDF file of any syntax (read into memory), or the
URL of an endpoint (`nutrigraph.remote`). Embedded stores are pyoxigraph's, asked with query text.

A build folder holds ``<build id>.<n>/`` with the store and its manifest, and ``current``, a link to
the one that counts; `nutrigraph.builds` writes it.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from nutrigraph import gate
from nutrigraph.errors import InputError, QueryError, StoreError
from nutrigraph.terms import ASSERTED, DECLARED, INFERRED, PREFIXES, SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MANIFEST = "manifest.json"
INDEX = "index.json"
_DEEPEST = 500
"""Levels of JSON-LD: ours has three."""
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

# The engine says this by the same kind of error as that a store is broken.
_UNKNOWN_FUNCTION = re.compile(r"custom function (<[^>]*>) is not supported")


Index = dict[str, dict[str, dict[str, list[str]]]]
"""Graph (``""`` for the default one), subject, predicate, values."""
GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples | tuple[ox.Triple, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs that a query asks, by IRI, as the SPARQL protocol names them.

    The default graph goes by the name `ASSERTED`.
    """

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Store(ABC):
    """An open store, read-only; ``place`` is what it was named by."""

    place: str
    manifest: dict[str, Any] = field(default_factory=dict)
    folder: Path | None = None

    @abstractmethod
    def query(
        self,
        text: str,
        *,
        asserted: bool = False,
        dataset: Dataset | None = None,
        base: str | None = None,
    ) -> Answer:
        """Return the answer to a SPARQL query.

        The usual prefixes are there without being declared. What imports declare and consequences
        are in; ``asserted`` leaves the latter out. ``FROM`` in the query is honoured; ``dataset``
        goes before both. Relative IRIs are read against ``base``.

        Raises:
            QueryError: the query is no valid SPARQL (names line and column), or is refused.
            StoreError: the store cannot be read.
        """

    @abstractmethod
    def quads(self) -> Iterator[ox.Quad]:
        """Yield every quad."""

    @abstractmethod
    def claim_quads(self) -> Iterator[ox.Quad]:
        """Yield every quad but the edges of imported sources, which may be millions."""

    @property
    @abstractmethod
    def local(self) -> ox.Store:
        """A store of pyoxigraph's that holds at least the quads of its claims."""

    def index(self) -> Index | None:
        """Return the claim quads by graph, subject and predicate where they are kept so, or None.

        Raises:
            StoreError: what is kept is broken.
        """
        return None

    def select(self, text: str, *, dataset: Dataset | None = None) -> Iterator[Sequence[Any]]:
        """Yield the rows of a SELECT, each a tuple of terms or None, in the order of its variables.

        Raises:
            QueryError: the query is no valid SELECT.
            StoreError: the store cannot be read.
        """
        return rows_of(self.query(text, dataset=dataset))

    @property
    def round_trips(self) -> int:
        """How many requests have been made over the network: none, for what lies here."""
        return 0

    @property
    def imports(self) -> list[dict[str, Any]]:
        """What was imported into it, as its manifest lists it."""
        return list(self.manifest.get("imports", ()))

    @property
    def edge_imports(self) -> list[dict[str, Any]]:
        """Those of its imports that are edges without sentences."""
        return [record for record in self.imports if record["kind"] == "edges"]


@dataclass(frozen=True)
class Embedded(Store):
    """A store of pyoxigraph's, on disk or in memory."""

    raw: ox.Store = field(default_factory=ox.Store)

    def query(
        self,
        text: str,
        *,
        asserted: bool = False,
        dataset: Dataset | None = None,
        base: str | None = None,
    ) -> Answer:
        """Return the answer of pyoxigraph to a SPARQL query."""
        gate.refuse(text)
        graphs, named = self._graphs(text, asserted, dataset)
        try:
            return self.raw.query(
                text, base_iri=base, prefixes=PREFIXES, default_graph=graphs, named_graphs=named
            )
        except SyntaxError as error:
            raise QueryError(f"the query is no valid SPARQL: {where(error, text)}") from error
        except (OSError, RuntimeError) as error:
            if unknown := _UNKNOWN_FUNCTION.search(str(error)):
                raise QueryError(
                    f"the query calls {unknown[1]}, a function that the engine does not have: "
                    "use those of SPARQL 1.1"
                ) from error
            raise StoreError(f"{self.place} cannot be read ({error}): build it anew") from error
        except UnicodeEncodeError as error:
            raise QueryError("the query is not UTF-8: save it as UTF-8") from error

    @property
    def local(self) -> ox.Store:
        """The store itself."""
        return self.raw

    def _graphs(
        self, text: str, asserted: bool, dataset: Dataset | None
    ) -> tuple[list[GraphName] | None, list[ox.NamedNode | ox.BlankNode] | None]:
        """Return what makes up the default graph and which are named; None: as the query says."""
        if dataset is not None:
            return [_graph(iri) for iri in dataset.default], [_named(i) for i in dataset.named]
        if gate.names_graphs(text):
            return None, None
        graphs: list[GraphName] = [ox.DefaultGraph(), *declared_graphs(self.raw)]
        return graphs if asserted else [*graphs, ox.NamedNode(INFERRED)], None

    def quads(self) -> Iterator[ox.Quad]:
        """Yield every quad."""
        return iter(self.raw)

    def claim_quads(self) -> Iterator[ox.Quad]:
        """Yield every quad but the edges of imported sources, which may be millions."""
        return claim_quads(self.raw)

    def index(self) -> Index | None:
        """Return the index that a build keeps beside its store: six times as fast to read."""
        if self.folder is None or not (self.folder / INDEX).is_file():
            return None
        try:
            found: Index = json.loads((self.folder / INDEX).read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            raise StoreError(f"{self.place}: its index is broken ({error}): build anew") from error
        return found


def _named(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise QueryError(f"{iri!r} is no IRI of a graph: give an absolute one") from error


def _graph(iri: str) -> GraphName:
    return ox.DefaultGraph() if iri == ASSERTED else _named(iri)


def rows_of(answer: Answer) -> Iterator[Sequence[Any]]:
    """Yield the rows of a SELECT, each a tuple of terms or None.

    Raises:
        QueryError: it is another kind of query.
    """
    if not isinstance(answer, ox.QuerySolutions):
        raise QueryError("the query is no SELECT")
    return map(tuple, answer)


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


def open_store(place: str | Path) -> Embedded:
    """Open a build folder or an RDF file for reading.

    Raises:
        StoreError: it is missing, or neither.
        InputError: it is an RDF file with a mistake; names the line.
    """
    if "://" in str(place):
        raise StoreError(f"{place} is an address: here a build folder or an RDF file is needed")
    path = Path(place)
    try:
        return _open_file(path) if path.is_file() else _open_folder(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be read ({error.strerror})") from error


def _open_folder(path: Path) -> Embedded:
    if not path.exists() and path.suffix.lstrip(".") in _SYNTAXES:
        raise StoreError(f"no file {path}: name an RDF file that is there, or a build folder")
    if not path.exists():
        raise StoreError(
            f"no store at {path}: run `nutrigraph build --store {path}`, "
            "or name a build folder or an RDF file"
        )
    if (path / MANIFEST).is_file():
        return _open_build(path, path)
    while True:
        # Followed once: a newer build may take its place at any moment, and then this one is gone.
        build = (path / "current").resolve()
        try:
            return _open_build(path, build)
        except StoreError:
            if build == (path / "current").resolve():
                raise


def _open_build(path: Path, build: Path) -> Embedded:
    if not (build / MANIFEST).is_file():
        raise StoreError(f"{path} is no store: it holds no build; run `nutrigraph build` into it")
    try:
        manifest = json.loads((build / MANIFEST).read_text(encoding="utf-8"))
        if not isinstance(manifest, dict):
            raise StoreError(f"{path} cannot be opened as a store: its manifest is no object")
        return Embedded(str(path), manifest, build, ox.Store.read_only(str(build / "store")))
    except (OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"{path} cannot be opened as a store ({error}): build it anew") from error


def _open_file(path: Path) -> Embedded:
    syntax = _SYNTAXES.get(path.suffix.lstrip(".").lower())
    if syntax is None:
        raise StoreError(
            f"{path} is no store: not a build folder, and not an RDF file by its name "
            f"({', '.join('.' + name for name in _SYNTAXES)})"
        )
    return Embedded(str(path), raw=_load(path, syntax))


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
    if syntax == ox.RdfFormat.JSON_LD and _nesting(data) > _DEEPEST:
        raise InputError(str(path), f"JSON-LD that nests deeper than {_DEEPEST}: write it flatter")
    store = ox.Store()
    try:
        store.load(data, format=syntax)
    except (SyntaxError, ValueError) as error:
        found = re.search(r"at line (\d+)", str(error))
        raise InputError(f"{path}:{found[1]}" if found else str(path), str(error)) from error
    if syntax == ox.RdfFormat.RDF_XML:
        _whole(path, data)
    return store


def _nesting(data: bytes) -> int:
    """Return how deep JSON nests: the engine ends the process on some thousands of levels."""
    depth = deepest = 0
    for bracket in re.findall(rb"[\[\]{}]", re.sub(rb'"(?:\\.|[^"\\])*"', b"", data)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _whole(path: Path, data: bytes) -> None:
    """Refuse RDF/XML that is cut off: the engine takes what came before for all of it."""
    from xml.parsers import expat

    parser = expat.ParserCreate()
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        message = f"broken XML ({expat.ErrorString(error.code)}): is the file cut off?"
        raise InputError(f"{path}:{error.lineno}", message) from error
