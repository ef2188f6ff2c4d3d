"""The commands that take in what others have: sheets, KGX, RDF through a mapping, edge lists."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nutrigraph.cli.base import emit, imported, json_option, main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@main.group("import")
def imports() -> None:
    """Take in claims or edges from elsewhere; the last build stays as it is if anything fails."""


@contextmanager
def _progress(files: tuple[Path, ...]) -> Iterator[Callable[[int], None] | None]:
    """Give what shows on a terminal how much of some files has been read."""
    if not sys.stderr.isatty():
        yield None
        return
    size = sum(file.stat().st_size for file in files if file.is_file())
    with click.progressbar(length=size, label="Reading", file=sys.stderr) as bar:
        yield bar.update


@imports.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--mapping", required=True, help="One of ontology/imports, or a TOML file.")
@click.option("--slug", help="What to call the source; else as its mapping.")
@click.option("--store", metavar="FOLDER", help="The store to import into.")
@json_option
def edges(
    files: tuple[Path, ...], mapping: str, slug: str | None, store: str | None, as_json: bool
) -> None:
    """Take in the tables FILES, gzipped or not, as edges without sentences."""
    from nutrigraph.edges import import_edges
    from nutrigraph.opening import default_store

    target = Path(store) if store else default_store()
    with _progress(files) as watch:
        record = import_edges(files, target, mapping=mapping, slug=slug, watch=watch)
    if as_json:
        emit({"store": str(target), **record})
    else:
        click.echo(f"Imported into {target}: {imported(record)}")
