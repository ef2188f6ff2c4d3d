"""The commands that take in what others have: sheets, KGX, RDF through a mapping, edge lists."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nutrigraph.cli.base import emit, imported, json_option, main
from nutrigraph.errors import UsageError

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


@imports.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help="A TOML file, or one of ours.")
@click.option("--partial", is_flag=True, help="Take in the good rows, and leave out the bad ones.")
@click.option("--slug", help="What to call the document; else the file's name.")
@click.option("--store", metavar="FOLDER", help="The store to import into.")
@json_option
def sheet(
    file: Path,
    mapping: Path | None,
    partial: bool,
    slug: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Take in a data-extraction sheet (TSV, CSV, XLSX): one study finding a row."""
    from nutrigraph.imports import import_sheet
    from nutrigraph.opening import default_store

    target = Path(store) if store else default_store()
    found = import_sheet(file, target, mapping=mapping, slug=slug, partial=partial)
    entered = found.rows - len(found.wrong) if partial or not found.problems else 0
    if as_json:
        emit({"store": str(target), "slug": found.slug, "claims": entered, **found.record()})
    else:
        for problem in found.problems:
            click.echo(f"{file}: {problem}", err=True)
        if left := len(found.wrong) - len({problem.row for problem in found.problems}):
            click.echo(f"{file}: and {left:,} bad rows more", err=True)
        click.echo(
            f"{found.rows:,} rows, {len(found.wrong):,} bad, {entered:,} claims into {target}"
        )
    if found.problems and not partial:
        sys.exit(1)


@imports.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    required=True,
    metavar="QUERY",
    type=click.Path(path_type=Path),
    help="A SPARQL CONSTRUCT that makes claims of it, or the name of one of ours.",
)
@click.option("--slug", help="What to call the document; else the file's name.")
@click.option("--store", metavar="FOLDER", help="The folder to build into.")
@json_option
def rdf(file: Path, mapping: Path, slug: str | None, store: str | None, as_json: bool) -> None:
    """Take in RDF of any vocabulary through a mapping."""
    from nutrigraph.imports import import_rdf
    from nutrigraph.opening import default_store

    target = Path(store) if store else default_store()
    mapped = import_rdf(file, mapping, target, slug=slug)
    if as_json:
        emit({"store": str(target), **mapped.record()})
        return
    click.echo(f"Imported {mapped.document.slug} from {file} into {target}")
    for line in mapped.lines():
        click.echo(f"  {line}")
    click.echo(f"  why what is left out is left out, says the head of {mapping}")


@imports.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FOLDER | NODES EDGES",
    type=click.Path(path_type=Path),
)
@click.option("--store", metavar="FOLDER", help="The store to import into.")
def kgx(files: tuple[Path, ...], store: str | None) -> None:
    """Take in claims from KGX that `export kgx` wrote: its folder, or its two files."""
    from nutrigraph.imports import import_kgx
    from nutrigraph.opening import default_store
    from nutrigraph.report import count

    if len(files) > 2:
        raise UsageError(f"{len(files)} files: name a folder, or the nodes and the edges")
    nodes, edges = files if len(files) == 2 else (files[0] / "nodes.tsv", files[0] / "edges.tsv")
    target = Path(store) if store else default_store()
    documents, new = import_kgx(nodes, edges, target)
    if not documents:
        click.echo(f"Nothing is new: {target} holds all that {edges} says")
        return
    claims = sum(len(document.claims) for document in documents)
    click.echo(
        f"Took in {count(claims, 'claim')} of {count(len(documents), 'document')} into {target}; "
        f"entities new to it: {new}"
    )
