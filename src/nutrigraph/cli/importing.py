"""The commands that take in what others have: sheets, KGX, RDF through a mapping, edge lists."""

from __future__ import annotations

from pathlib import Path

import click

from nutrigraph.cli.base import emit, json_option, main


@main.group("import")
def imports() -> None:
    """Take in claims or edges from elsewhere; the last build stays as it is if anything fails."""


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
