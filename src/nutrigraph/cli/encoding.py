"""The commands for those who encode documents: begin, outline, anchor."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from nutrigraph.cli.base import main
from nutrigraph.errors import UnknownName
from nutrigraph.naming import nearest


@main.command()
@click.argument("folder")
def begin(folder: str) -> None:
    """Copy the ontology into FOLDER, to add documents and sheets of your own."""
    from nutrigraph.outline import begin as copy

    target = copy(Path(folder)).resolve()
    click.echo(f"Copied the ontology to {target}")
    click.echo(f"To work with it: export NUTRIGRAPH_ONTOLOGY={shlex.quote(str(target))}")


@main.command()
@click.argument("text")
@click.option("--slug", help="What to call the document; else the file's name.")
@click.option("--language", default="en", show_default=True, help="Its language, such as `en`.")
@click.option(
    "--rights",
    default="The text stays its author's.",
    show_default=True,
    help="Whose the text is, and its licence.",
)
def outline(text: str, slug: str | None, language: str, rights: str) -> None:
    """Keep the file TEXT as a document, with each of its sentences still to be encoded."""
    from nutrigraph.outline import own_folder, write_outline

    name = slug or re.sub(r"[^a-z0-9]+", "-", Path(text).stem.lower()).strip("-")
    file, number = write_outline(Path(text), own_folder(), name, language=language, rights=rights)
    click.echo(f"{number} segments to encode in {file}")


@main.command()
@click.argument("document")
def anchor(document: str) -> None:
    """Write into a document's claims.ttl where its quotes stand, and which sentence holds what."""
    from nutrigraph.outline import anchor as write_anchors
    from nutrigraph.outline import own_folder

    homes = {home.name: home for home in sorted((own_folder() / "documents").glob("*"))}
    if document not in homes:
        raise UnknownName("document", document, nearest(document, homes) or [*homes])
    quotes, moved = write_anchors(homes[document])
    click.echo(f"{document}: {quotes} quotes, {moved} of them placed anew")
