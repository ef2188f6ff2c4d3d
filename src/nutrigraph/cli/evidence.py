"""The command that shows who found what: the evidence table."""

from __future__ import annotations

from pathlib import Path

import click

from nutrigraph.cli.base import (
    caution_beside,
    emit,
    json_option,
    main,
    open_named,
    store_option,
    write_file,
)
from nutrigraph.errors import UsageError


@main.command()
@click.argument("x", required=False)
@click.argument("y", required=False)
@click.option("--all", "everything", is_flag=True, help="List all pairs that have evidence.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, one line a finding.")
@click.option("--html", "page", metavar="FILE", help="Write one page with a forest plot.")
@store_option
@json_option
def contested(
    x: str | None,
    y: str | None,
    everything: bool,
    as_csv: bool,
    page: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Print the evidence on X and Y, one row a paper, or the pairs on which papers disagree."""
    if (x is None) != (y is None):
        raise UsageError("name both X and Y, or neither")
    if page and (as_json or as_csv):
        raise UsageError("--html writes a file and prints nothing else: leave out --json and --csv")
    if as_json and as_csv:
        raise UsageError("both --json and --csv are given: leave one out")
    if x is None or y is None:
        if page:
            raise UsageError("--html shows the evidence on two things: name X and Y")
        _overview(store, everything=everything, as_csv=as_csv, as_json=as_json)
        return
    if everything:
        raise UsageError("--all lists pairs: leave out X and Y, or --all")
    graph = open_named(store)
    found = graph.contested(x, y)
    if page:
        path = Path(page)
        write_file(path, [found.to_html()])
        click.echo(f"Page: {path.resolve()} (works offline)\n{graph.vocabulary.caution}")
    elif as_json:
        emit(found.record())
    elif as_csv:
        click.echo(found.to_csv(), nl=False)
    else:
        click.echo(str(found))


def _overview(store: str | None, *, everything: bool, as_csv: bool, as_json: bool) -> None:
    """Print the propositions on which papers disagree, or all."""
    from nutrigraph.evidence import flat, text

    graph = open_named(store)
    found = graph.standings(everything=everything)
    if as_json:
        emit(flat.overview(found, graph.entities))
        caution_beside(graph)
    elif as_csv:
        click.echo(flat.overview_csv(found, graph.entities, graph.vocabulary), nl=False)
    else:
        shown = text.standings(found, graph.entities, graph.vocabulary, everything=everything)
        click.echo(shown)
