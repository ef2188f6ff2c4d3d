"""The commands that give the graph to others: `serve`, `push`."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import asdict

import click

from nutrigraph.cli.base import caution_beside, emit, json_option, main, open_named, store_option

_SECONDS = click.FloatRange(min=0.1)
_MEGABYTES = click.IntRange(min=64)
_ROWS = click.IntRange(min=1)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8080, show_default=True, help="The port; 0 takes a free one.")
@click.option("--host-name", "names", multiple=True, help="A name the server goes by; repeatable.")
@click.option("--origin", "origins", multiple=True, help="A site whose pages may ask; else any.")
@click.option(
    "--timeout", default=60.0, show_default=True, type=_SECONDS, help="Seconds a question may take."
)
@click.option(
    "--memory", default=1024, show_default=True, type=_MEGABYTES, help="MB a question may take."
)
@click.option(
    "--rows", default=1_000_000, show_default=True, type=_ROWS, help="Rows an answer may have."
)
@click.option(
    "--arrival",
    default=10.0,
    show_default=True,
    type=_SECONDS,
    help="Seconds a request may arrive in.",
)
@store_option
def serve(
    host: str,
    port: int,
    names: tuple[str, ...],
    origins: tuple[str, ...],
    timeout: float,
    memory: int,
    rows: int,
    arrival: float,
    store: str | None,
) -> None:
    """Serve a SPARQL endpoint, a query page and the explorer over HTTP."""
    from nutrigraph.opening import default_store
    from nutrigraph.server.app import make
    from nutrigraph.server.limits import Limits
    from nutrigraph.server.opened import Opened
    from nutrigraph.server.serving import listen, run

    open_named(store)  # Says what is wrong with it, or builds it.
    limits = Limits(seconds=timeout, memory=memory << 20, rows=rows, arrival=arrival)
    opened = Opened(store or str(default_store()))
    with listen(host, port) as listening:
        address = listening.getsockname()
        at = f"[{address[0]}]" if ":" in address[0] else address[0]
        click.echo(f"Explorer: http://{at}:{address[1]}/")
        click.echo(f"Query:    http://{at}:{address[1]}/query")
        click.echo(f"SPARQL:   http://{at}:{address[1]}/sparql")
        caution_beside(opened.graph)
        known = [address[0], host, *names]
        app = make(opened, limits, names=known, origins=origins or ("*",))
        with suppress(KeyboardInterrupt):  # It has ended as it was told to.
            run(app, listening, limits)


@main.command()
@click.argument("url")
@click.option("--sparql", metavar="URL", help="Where the engine is asked; else as URL tells.")
@click.option("--graph", "graphs", multiple=True, help="Only this, as document/…; repeatable.")
@store_option
@json_option
def push(
    url: str, sparql: str | None, graphs: tuple[str, ...], store: str | None, as_json: bool
) -> None:
    """Load the graph into the engine whose Graph Store Protocol is spoken at URL.

    Each graph there is replaced whole, and graphs of ours that are no longer in the store are
    deleted, unless --graph names some. See docs/engines.md for the addresses of engines.
    """
    from nutrigraph.opening import default_store
    from nutrigraph.remote import push as push_graphs
    from nutrigraph.store import open_store

    open_named(store)  # Says what is wrong with it, or builds it.
    held = open_store(store or default_store())

    def watch(name: str, triples: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"sending {triples:,} triples of {name} ...", err=True)

    records = []
    for graph in push_graphs(held, url, sparql=sparql, graphs=graphs, watch=watch):
        records.append(asdict(graph))
        if not as_json:
            done = "deleted" if graph.deleted else f"{graph.triples:,} triples"
            seen = "" if graph.verified else " (not counted there: name --sparql)"
            click.echo(f"{graph.name}: {done}{'' if graph.deleted else seen}")
    if as_json:
        emit(records)
