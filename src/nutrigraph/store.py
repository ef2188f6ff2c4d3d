"""Stores: where the quads of a graph lie, and how they are asked.

A store is named by one string: a build folder, an RDF file of any syntax (read into memory), or,
later, the URL of an endpoint. Embedded stores are pyoxigraph's, asked with query text.

A build folder holds ``<build id>.<n>/`` with the store and its manifest, and ``current``, a link to
the one that counts. A build is loaded beside it and becomes current in one step, so that a failed
build leaves the last good one untouched and readers never see half of one.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from nutrigraph import gate
from nutrigraph.errors import InputError, QueryError, StoreError
from nutrigraph.terms import INFERRED, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MANIFEST = "manifest.json"
INDEX = "index.json"
_UNFINISHED = ".building-"
_BUILD = re.compile(r"[0-9a-f]{12}\.(\d+)")
_PREFIXES = {prefix: iri for prefix, iri in PREFIXES.items() if prefix}
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

        The usual prefixes are there without being declared. Consequences are in; ``asserted``
        leaves them out. ``FROM`` in the query is honoured.

        Raises:
            QueryError: the query is no valid SPARQL (names line and column), or is refused.
        """
        gate.refuse(text)
        graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [ox.DefaultGraph()]
        if not asserted:
            graphs.append(ox.NamedNode(INFERRED))
        try:
            return self.raw.query(
                text,
                prefixes={"": PREFIXES[""], **_PREFIXES},
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

        It holds the same quads by graph, subject and predicate, and reads six times as fast.

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


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that one process at a time builds into it."""
    import fcntl

    try:
        if folder.is_file() or (folder.is_dir() and not _is_ours(folder)):
            raise StoreError(
                f"{folder} is not empty and no store: name another folder with --store"
            )
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be written ({error.strerror}): name another folder with --store"
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            raise StoreError(
                f"{folder} is locked by another process (number {holder}): "
                "wait until it has ended, or name another folder with --store"
            ) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def write_build(
    folder: Path, build: str, quads: Iterable[ox.Quad], records: Mapping[str, object]
) -> Path:
    """Write a build into a folder and make it the current one; return its own folder.

    ``records`` are written as JSON beside the store, by file name.

    Raises:
        StoreError: the folder is locked or cannot be written. The last build stays current.
    """
    with _locked(folder), _temporary(folder) as temporary:
        store = ox.Store(str(temporary / "store"))
        store.bulk_extend(quads)
        store.optimize()
        store.flush()
        del store
        for name, record in records.items():
            indent = 2 if name == MANIFEST else None
            text = json.dumps(record, indent=indent, sort_keys=True, ensure_ascii=False)
            with (temporary / name).open("w", encoding="utf-8") as handle:
                handle.write(text + "\n")
                handle.flush()
                os.fsync(handle.fileno())
        return _swap(folder, temporary, build)


@contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    """Give a new folder beside the builds and remove it, with those that a killed build left."""
    import shutil
    import tempfile

    try:
        made = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder))
        made.chmod(0o755)  # a build is for all who may read the folder it lies in
        yield made
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be written ({error}): free space, or name another folder with --store"
        ) from error
    finally:
        for left in folder.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Whether a folder is empty, holds builds, or what a build that failed left in it."""
    return (folder / "current").is_symlink() or all(
        item.name == "lock" or item.name.startswith(_UNFINISHED) or _BUILD.fullmatch(item.name)
        for item in folder.iterdir()
    )


def _swap(folder: Path, temporary: Path, build: str) -> Path:
    """Name a finished build, point ``current`` at it, and keep one older build for open readers."""
    import shutil

    number = 1 + max(
        (int(match[1]) for item in folder.iterdir() if (match := _BUILD.fullmatch(item.name))),
        default=0,
    )
    target = folder / f"{build}.{number}"
    temporary.rename(target)
    link = folder / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name)
    previous = (folder / "current").resolve()
    link.replace(folder / "current")
    for old in folder.iterdir():
        if _BUILD.fullmatch(old.name) and old not in (target, previous):
            shutil.rmtree(old, ignore_errors=True)
    return target
