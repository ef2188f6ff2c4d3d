"""The commands that take in what others have: sheets, KGX, RDF through a mapping, edge lists."""

from __future__ import annotations

from nutrigraph.cli.base import main


@main.group("import")
def imports() -> None:
    """Take in claims or edges from elsewhere; the last build stays as it is if anything fails."""
