"""The commands that ask: query, claims, paths, effect, discover, loops."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from nutrigraph.cli.base import (
    caution_beside,
    emit,
    filters,
    json_option,
    main,
    open_named,
    routes,
    store_option,
)
from nutrigraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nutrigraph.graph import KnowledgeGraph

DRAWS = 50
"""Draws of the weights behind the robustness that `--explain` and `--json` tell."""


@main.command()
@click.argument("what", required=False)
@click.option("--list", "listing", is_flag=True, help="List the named questions.")
@click.option("--format", "fmt", default="table", show_default=True, help="table, csv, tsv, ...")
@click.option("--asserted", is_flag=True, help="Leave out what follows from what is stated.")
@store_option
def query(what: str | None, listing: bool, fmt: str, asserted: bool, store: str | None) -> None:
    """Answer SPARQL: a file, `-` for standard input, a named question, or the query itself."""
    from nutrigraph.queries import named_queries, read_query

    if listing or what is None:
        for item in named_queries():
            click.echo(f"{item.name:<28} {item.title}")
        return
    graph = open_named(store)
    result = graph.query(read_query(what), asserted=asserted)
    if fmt != "table":
        click.echo(result.serialise(fmt), nl=False)
    elif result.truth is not None:
        click.echo("yes" if result.truth else "no")
    elif result.triples is not None:
        click.echo(result.serialise("turtle"), nl=False)
    else:
        from nutrigraph.report import table

        click.echo(table(result.columns, list(result)), nl=False)
    caution_beside(graph)


@main.command()
@click.option("--subject", help="Only claims on this entity.")
@click.option("--object", "target", help="Only claims about this entity.")
@click.option("--about", help="Claims with this entity on either side.")
@click.option("--document", help="Only claims of this document.")
@store_option
@json_option
def claims(
    subject: str | None,
    target: str | None,
    about: str | None,
    document: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Print claims with their sentence and their evidence."""
    import json

    from nutrigraph import records, report

    graph = open_named(store)
    found = graph.claims(subject=subject, object=target, about=about, document=document)
    for claim in found:
        if as_json:
            record = records.claim(claim, graph.entities, graph.vocabulary)
            click.echo(json.dumps(record, ensure_ascii=False))
        else:
            click.echo(report.claim(claim, graph.vocabulary))
    if as_json:
        caution_beside(graph)
    else:
        click.echo(f"{report.count(len(found), 'claim')}. {graph.vocabulary.caution}")


@contextmanager
def _told(graph: KnowledgeGraph) -> Iterator[None]:
    """Say how often an engine elsewhere was asked; meanwhile, on a terminal, what has come."""
    from nutrigraph.edges import RemoteSource

    def came(edges: int) -> None:
        click.echo(f"\r\x1b[K{edges:,} edges have come", err=True, nl=False)

    for source in graph.sources if sys.stderr.isatty() else ():
        if isinstance(source, RemoteSource):
            source.watch = came
    yield
    if times := graph.store.round_trips:
        over = "\r\x1b[K" if sys.stderr.isatty() else ""
        click.echo(f"{over}nutrigraph: {graph.store.place} was asked {times} times", err=True)


@main.command()
@click.argument("source")
@click.argument("target")
@routes
@click.option("--explain", is_flag=True, help="Print all evidence of every hop.")
@click.option("--cite", type=click.Choice(["csl-json", "bibtex", "ris"]), help="Print the papers.")
@store_option
@json_option
def paths(
    source: str,
    target: str,
    explain: bool,
    cite: str | None,
    store: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Print the best routes by which SOURCE could lead to TARGET."""
    graph = open_named(store)
    draws = DRAWS if explain or as_json else 0
    with _told(graph):
        answer = graph.paths(source, target, draws=draws, **options)
    for name in () if answer.entities else (source, target):
        if (term := graph.reading(name)) is not None:
            entity = graph.entity(name).label
            click.echo(f"nutrigraph: {name!r} is read as {entity}, its {term.aspect}", err=True)
    if cite:
        from nutrigraph.exchange import cite as cite_papers

        click.echo(cite_papers(answer.sources, cite), nl=False)
        caution_beside(graph)
    elif as_json:
        from nutrigraph import records

        emit(records.answer(answer, graph.entities))
        caution_beside(graph)
    else:
        from nutrigraph import report

        click.echo(report.answer(answer, graph.entities, graph.vocabulary, explain=explain))


@main.command()
@click.argument("source")
@click.argument("direction", type=click.Choice(["up", "down"]))
@click.argument("target")
@filters
@store_option
@json_option
def effect(
    source: str, direction: str, target: str, store: str | None, as_json: bool, **options: Any
) -> None:
    """Print which way TARGET goes when SOURCE goes up or down, or why no answer is given."""
    from nutrigraph import records, report

    graph = open_named(store)
    found = graph.effect(source, direction, target, **options)
    if as_json:
        emit(records.move(found, graph.entities))
        caution_beside(graph)
    else:
        click.echo(report.move(found, graph.entities, graph.vocabulary))


@main.command()
@click.argument("source")
@click.argument("target", required=False)
@click.option("--top", default=10, show_default=True, help="How many candidates.")
@click.option("--shuffles", default=200, show_default=True, help="Size of the degree null.")
@click.option("--seed", default=0, show_default=True, help="Seed of the shuffles.")
@filters
@store_option
@json_option
def discover(
    source: str, target: str | None, top: int, store: str | None, as_json: bool, **options: Any
) -> None:
    """Print what SOURCE could be linked to over one thing between, or what joins it to TARGET."""
    from nutrigraph import records, report

    if top < 1:
        raise UsageError(f"top is {top}: give at least 1")
    graph = open_named(store)
    found = graph.discover(source, target, **options)[:top]
    if as_json:
        emit([records.candidate(item, graph.entities) for item in found])
        caution_beside(graph)
    else:
        click.echo(report.candidates(found, graph.entities, graph.vocabulary))


@main.command()
@click.option("--max-hops", default=6, show_default=True, help="At most so many steps.")
@filters
@store_option
@json_option
def loops(store: str | None, as_json: bool, **options: Any) -> None:
    """Print the feedback loops over causal, forward hops."""
    from nutrigraph import records, report

    graph = open_named(store)
    found = graph.loops(**options)
    if as_json:
        emit([records.loop(item, graph.entities) for item in found])
        caution_beside(graph)
    else:
        click.echo(report.loops(found, graph.entities, graph.vocabulary))
