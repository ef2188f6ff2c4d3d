"""The commands that write: build, check, view, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from nutrigraph.cli.base import (
    caution_beside,
    emit,
    imported,
    json_option,
    main,
    open_named,
    routes,
    store_option,
    write_file,
    write_out,
)
from nutrigraph.errors import UsageError
from nutrigraph.exports import FORMATS, WITHOUT_CAUTION


@main.command()
@click.option("--store", metavar="FOLDER", help="The folder to build into.")
@click.option("--fresh", is_flag=True, help="Drop what was imported into the store.")
@json_option
def build(store: str | None, fresh: bool, as_json: bool) -> None:
    """Compile the ontology and its documents into a store; what was imported is carried over."""
    from nutrigraph.build import build as build_store
    from nutrigraph.opening import default_store
    from nutrigraph.terms import ontology_folder

    target = Path(store) if store else default_store()
    compiled = build_store(ontology_folder(), target, fresh=fresh)
    if as_json:
        imports = list(compiled.imports)
        emit({"store": str(target), "build": compiled.id, **compiled.summary, "imports": imports})
        return
    click.echo(f"Built {compiled.id} into {target}")
    for name, number in compiled.summary.items():
        click.echo(f"  {number:>6,} {name}")
    for record in compiled.imports:
        click.echo(f"  carried over: {imported(record)}")


@main.command()
@json_option
def check(as_json: bool) -> None:
    """Check quotes, coverage, the checks and the shapes of the ontology."""
    from nutrigraph.build import audit
    from nutrigraph.terms import ontology_folder

    report = audit(ontology_folder())
    if as_json:
        emit(report.record())
    else:
        for line in report.lines():
            click.echo(line)
    if report.findings:
        sys.exit(1)


@main.command()
@click.argument("source", required=False)
@click.argument("target", required=False)
@routes
@click.option("--output", "-o", default=None, metavar="FILE", help="Where to write the page.")
@click.option("--open", "show", is_flag=True, help="Open it in a browser.")
@store_option
def view(
    source: str | None,
    target: str | None,
    output: str | None,
    show: bool,
    store: str | None,
    **options: Any,
) -> None:
    """Write the graph, or the routes from SOURCE to TARGET, as one HTML page."""
    graph = open_named(store)
    text = graph.view(source, target, **options)
    path = Path(output) if output else Path("build") / "nutrigraph.html"
    write_file(path, [text])
    click.echo(f"Page: {path.resolve()} ({len(text) / 1e6:.1f} MB, works offline)")
    click.echo(graph.vocabulary.caution)
    if show:
        click.launch(path.resolve().as_uri())


@main.command()
@click.argument("format", type=click.Choice([*FORMATS, "kgx"]))
@click.option("--output", "-o", default=None, metavar="PLACE", help="Where; else standard output.")
@click.option("--document", help="Only what is of this document (csv, sheet, graphml, citations).")
@store_option
def export(format: str, output: str | None, document: str | None, store: str | None) -> None:
    """Write the graph in FORMAT; the same graph gives the same bytes.

    `kgx` is two tables in the folder of `--output`; what KGX cannot say is told on standard error.
    """
    from nutrigraph.exchange import write_kgx

    graph = open_named(store)
    if format == "kgx":
        if not output:
            raise UsageError("kgx is two files: name a folder for them with --output")
        for line in write_kgx(graph.content, Path(output)):
            click.echo(f"nutrigraph: {line}", err=True)
        caution_beside(graph)
        return
    parts = graph.export(format, document=document)
    if output:
        write_file(Path(output), parts)
    else:
        write_out(parts)
    if format in WITHOUT_CAUTION:
        caution_beside(graph)
