"""The commands that take in what others have: sheets, KGX, RDF through a mapping, edge lists."""

from __future__ import annotations

from pathlib import Path

import click

from nutrigraph.cli.base import main, open_named, store_option
from nutrigraph.errors import UsageError


@main.group("import")
def imports() -> None:
    """Take in claims or edges from elsewhere; the last build stays as it is if anything fails."""


@imports.command()
@click.argument("files", nargs=-1, required=True, metavar="FOLDER | NODES EDGES")
@store_option
def kgx(files: tuple[str, ...], store: str | None) -> None:
    """Take in claims from KGX that `export kgx` wrote: its folder, or its two files."""
    from nutrigraph.exchange import read_kgx
    from nutrigraph.imports import add_documents
    from nutrigraph.opening import default_store
    from nutrigraph.rdf import entity_quads
    from nutrigraph.report import count

    if len(files) > 2:
        raise UsageError(f"{len(files)} files: name a folder, or the nodes and the edges")
    folder = Path(files[0])
    pair = [folder / "nodes.tsv", folder / "edges.tsv"] if len(files) == 1 else map(Path, files)
    nodes, edges = pair
    graph = open_named(store)
    entities, documents = read_kgx(nodes, edges, graph.vocabulary, there=graph.entities)
    new = [entity for iri, entity in entities.items() if iri not in graph.entities]
    target = Path(store) if store else default_store()
    add_documents(target, documents, entity_quads(new))
    claims = sum(len(document.claims) for document in documents)
    click.echo(
        f"Took in {count(claims, 'claim')} of {count(len(documents), 'document')} into {target}; "
        f"entities new to it: {len(new)}"
    )
