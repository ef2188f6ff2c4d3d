"""Builds: writing a store so that a failure at any moment leaves the last one as it was.

What is to be written is made beside the current build, in a draft, and becomes current in one step:
readers never see half of one. A draft starts from the current build: the files of its store that
never change are linked, not copied, so that two million edges cost next to nothing to carry over.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Literal

import pyoxigraph as ox

from nutrigraph.errors import StoreError
from nutrigraph.rdf import index_quads
from nutrigraph.store import INDEX, MANIFEST, claim_quads, open_store
from nutrigraph.terms import BASE, DECLARED, SOURCES, confidences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_UNFINISHED = ".building-"
_BUILD = re.compile(r"[0-9a-f]{12}\.(\d+)")
_FEW = 100_000
"""Edges that are removed one by one; of more, what is kept is written anew."""
_SIDE = "sources"
"""Beside a store: a folder for each imported source, with the arrays of its edges."""


@dataclass(slots=True)
class Draft:
    """A build in the making: a store open for writing, what its manifest will say, its folder.

    Whatever is written into ``folder`` is part of the build. Files there that a draft was started
    with are shared with the former build: replace them, never write into them.
    """

    folder: Path
    store: ox.Store
    manifest: dict[str, Any]

    @property
    def imports(self) -> dict[str, dict[str, Any]]:
        """What was imported, by slug."""
        return {record["slug"]: record for record in self.manifest.get("imports", ())}

    def side(self, slug: str) -> Path:
        """Return the folder beside the store that is a source's own; it may not be there yet."""
        return side_folder(self.folder, slug)

    def enter(self, record: dict[str, Any]) -> None:
        """List an import in the manifest, in place of an older one of its ``slug``."""
        found = self.imports | {record["slug"]: record}
        self.manifest["imports"] = [found[slug] for slug in sorted(found)]

    def drop(self, slug: str) -> None:
        """Remove all that an import brought: its graphs, its folder, its place in the manifest.

        What was inferred from its claims stays until that is inferred anew.
        """
        import shutil

        names = [ox.NamedNode(name) for name in graphs_of(slug)]
        if self.imports.get(slug, {}).get("counts", {}).get("edges", 0) > _FEW:
            self._rewrite(names)
        else:
            for name in names:
                self.store.remove_graph(name)
        if self.side(slug).exists():
            shutil.rmtree(self.side(slug))
        found = self.imports
        found.pop(slug, None)
        self.manifest["imports"] = [found[name] for name in sorted(found)]

    def _rewrite(self, dropped: list[ox.NamedNode]) -> None:
        """Write the store anew without some graphs.

        Removing two million quads takes 100 s and 3 GB, writing the others next to nothing.
        """
        import shutil

        home, aside = self.folder / "store", self.folder / "store-anew"
        with TemporaryFile(dir=self.folder) as lines:
            for name in (ox.DefaultGraph(), *self.store.named_graphs()):
                if name not in dropped:
                    for quad in self.store.quads_for_pattern(None, None, None, name):
                        lines.write(f"{quad} .\n".encode())
            lines.seek(0)
            self.store = ox.Store(str(aside))
            self.load(lines)
            self.store.flush()
        # Closed before it is moved: nothing else holds it.
        self.store = ox.Store()
        shutil.rmtree(home)
        aside.rename(home)
        self.store = ox.Store(str(home))

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads, however many."""
        self.store.bulk_extend(quads)

    def load(self, lines: IO[bytes]) -> None:
        """Add N-Quads that are read from a stream, a part at a time."""
        self.store.bulk_load(lines, ox.RdfFormat.N_QUADS)

    def settle(self, quads: int) -> None:
        """Merge the files that loads of so many quads left, if they are many.

        Every question looks into each of them: some take twice as long otherwise.
        """
        if quads > _FEW:
            self.store.optimize()


def graphs_of(slug: str) -> tuple[str, ...]:
    """Return the graphs that an import may have.

    They hold edges, what these are sure of, a document's claims, declared terms.
    """
    return SOURCES + slug, confidences(slug), f"{BASE}document/{slug}", DECLARED + slug


def side_folder(build: Path, slug: str) -> Path:
    """Return the folder of an imported source beside the store of a build."""
    return build / _SIDE / slug


def build_id(manifest: dict[str, Any]) -> str:
    """Return the id of a build: that of its ontology, and with imports a hash of both."""
    import hashlib

    ontology = str(manifest["ontology"])
    imports = manifest.get("imports")
    if not imports:
        return ontology
    text = json.dumps([ontology, imports], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def amend(
    folder: Path,
    change: Callable[[Draft], None],
    *,
    keep: Literal["all", "imports", "nothing"] = "all",
) -> Path:
    """Change the current build by writing a new one; return its own folder.

    ``change`` gets a draft of what is kept: all of the current build, only what was imported into
    it, or nothing. Where nothing is there to keep, the draft is empty. Whatever is raised in
    ``change`` leaves the current build as it was.

    Raises:
        StoreError: the folder is locked or cannot be written. The last build stays current.
    """
    with _locked(folder), _temporary(folder) as temporary:
        draft = _draft(folder, temporary, keep)
        change(draft)
        manifest = draft.manifest
        manifest["build"] = build_id(manifest)
        index = index_quads(claim_quads(draft.store))
        draft.store.flush()
        del draft
        _write(temporary / INDEX, json.dumps(index, sort_keys=True, ensure_ascii=False))
        _write(
            temporary / MANIFEST,
            json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False),
        )
        for file in sorted(item for item in temporary.rglob("*") if item.is_file()):
            _sync(file)
        return _swap(folder, temporary, manifest["build"])


def _write(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)  # it may be shared with the former build
    file.write_text(text + "\n", encoding="utf-8")


def _sync(file: Path) -> None:
    with file.open("rb") as handle:
        os.fsync(handle.fileno())


def _draft(folder: Path, temporary: Path, keep: str) -> Draft:
    """Return the draft that a change starts from."""
    if keep == "nothing" or not (folder / "current" / MANIFEST).is_file():
        return Draft(temporary, ox.Store(str(temporary / "store")), {})
    current = (folder / "current").resolve()
    manifest = open_store(folder).manifest
    manifest.setdefault("ontology", manifest["build"])  # builds of the first version lack it
    imports = manifest.get("imports", [])
    if keep == "imports":
        if not imports:
            return Draft(temporary, ox.Store(str(temporary / "store")), {})
        manifest = {"imports": imports}
    _copy(current, temporary)
    try:
        draft = Draft(temporary, ox.Store(str(temporary / "store")), manifest)
    except OSError as error:
        raise StoreError(f"{folder} cannot be opened as a store ({error}): build anew") from error
    if keep == "imports":
        kept = {name for record in imports for name in graphs_of(record["slug"])}
        draft.store.clear_graph(ox.DefaultGraph())
        for name in list(draft.store.named_graphs()):
            if name.value not in kept:
                draft.store.remove_graph(name)
    return draft


def _copy(build: Path, target: Path) -> None:
    """Copy a build: what never changes again is linked, the little that a store goes on writing
    is copied.
    """  # noqa: D205 - one sentence
    import shutil

    def place(source: str, copy: str) -> None:
        file = Path(source)
        if file.suffix == ".sst" or file.suffix == ".npy":
            try:
                Path(copy).hardlink_to(file)
            except OSError:
                shutil.copy2(source, copy)
        else:
            shutil.copy2(source, copy)

    shutil.copytree(build, target, copy_function=place, dirs_exist_ok=True)


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
