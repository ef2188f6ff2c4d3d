"""The command that serves: `serve`."""

from __future__ import annotations

import click

from nutrigraph.cli.base import main, open_named, store_option


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8080, show_default=True, help="The port; 0 takes a free one.")
@click.option("--host-name", "names", multiple=True, help="A name the server goes by; repeatable.")
@click.option("--origin", "origins", multiple=True, help="A site whose pages may ask; else any.")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds a question may take.")
@click.option("--memory", default=1024, show_default=True, help="MB a question may take.")
@click.option("--rows", default=1_000_000, show_default=True, help="Rows an answer may have.")
@store_option
def serve(
    host: str,
    port: int,
    names: tuple[str, ...],
    origins: tuple[str, ...],
    timeout: float,
    memory: int,
    rows: int,
    store: str | None,
) -> None:
    """Serve a SPARQL endpoint, a query page and the explorer over HTTP."""
    from nutrigraph.opening import default_store
    from nutrigraph.server.app import make
    from nutrigraph.server.limits import Limits
    from nutrigraph.server.opened import Opened
    from nutrigraph.server.serving import listen, run

    open_named(store)  # Says what is wrong with it, or builds it.
    limits = Limits(seconds=timeout, memory=memory << 20, rows=rows)
    opened = Opened(store or str(default_store()))
    with listen(host, port) as listening:
        address = listening.getsockname()
        at = f"[{address[0]}]" if ":" in address[0] else address[0]
        click.echo(f"Explorer: http://{at}:{address[1]}/")
        click.echo(f"SPARQL:   http://{at}:{address[1]}/sparql")
        click.echo(opened.graph.vocabulary.caution, err=True)
        known = [address[0], host, *names]
        app = make(opened, limits, names=known, origins=origins or ("*",))
        run(app, listening, limits)
