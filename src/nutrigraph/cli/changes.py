"""The command that compares two stores."""

from __future__ import annotations

import sys

import click

from nutrigraph.cli.base import caution_beside, emit, json_option, main


@main.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--paths",
    "--question",
    "questions",
    nargs=2,
    multiple=True,
    metavar="SOURCE TARGET",
    help="Ask this of both, and tell which routes fell and why; may be repeated.",
)
@click.option("--max-hops", default=4, show_default=True, help="At most so many steps.")
@click.option("--top", default=10, show_default=True, help="How many paths.")
@click.option("--all", "everything", is_flag=True, help="Tell all, not the ten of each list.")
@click.option("--exit-code", is_flag=True, help="End with 1 when something changed.")
@json_option
def diff(
    old: str,
    new: str,
    questions: tuple[tuple[str, str], ...],
    max_hops: int,
    top: int,
    everything: bool,
    exit_code: bool,
    as_json: bool,
) -> None:
    """Print what changed from OLD to NEW, each a build folder or an RDF file.

    What each key of the JSON holds is told by the docstring of nutrigraph.changes.record.
    """
    from nutrigraph import changes
    from nutrigraph.opening import open_graph

    before, after = open_graph(old), open_graph(new)
    found = before.diff(after, questions, max_hops=max_hops, top=top)
    entities = {**before.entities, **after.entities}
    if as_json:
        emit(changes.record(found, entities))
        caution_beside(after)
    else:
        click.echo(changes.text(found, entities, after.vocabulary, everything=everything))
    if exit_code and found:
        sys.exit(1)
