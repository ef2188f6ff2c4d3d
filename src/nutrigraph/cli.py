"""The command line. Each command is thin: it asks the graph and prints what it answers."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nutrigraph.errors import NutrigraphError, UsageError
from nutrigraph.terms import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from nutrigraph.graph import KnowledgeGraph

_STORE_HELP = "A build folder or an RDF file; the default is built when it is first needed."


class Group(click.Group):
    """Turns our errors into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a `NutrigraphError` becomes one line on standard error."""
        try:
            return super().invoke(ctx)
        except NutrigraphError as error:
            click.echo(f"nutrigraph: {' '.join(str(error).split())}", err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            # The reader has closed the pipe (`| head`): stop without a word.
            sys.stderr.close()
            ctx.exit(0)
        except OSError as error:
            if error.filename is not None:
                raise
            click.echo(f"nutrigraph: the output cannot be written ({error.strerror})", err=True)
            # What is left to be flushed at the end would fail once more.
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
            ctx.exit(2)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="nutrigraph")
def main() -> None:
    """Claims about nutrients, conditions and mechanisms, and the pathways they make.

    A map of what studies reported, not medical advice.
    """


def _store(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--store", metavar="PLACE", help=_STORE_HELP)(command)


def _json(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)


def _options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Join options to one decorator, in the order they are given."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_filters = _options(
    click.option("--document", "documents", multiple=True, help="Only this document."),
    click.option("--species", multiple=True, help="Only this species, or `unknown`."),
    click.option("--study-type", "study_types", multiple=True, help="Only this kind of study."),
    click.option("--basis", "bases", multiple=True, help="Only text, headline, finding, ..."),
    click.option("--predicate", "predicates", multiple=True, help="Only this predicate."),
    click.option("--through", multiple=True, help="Pass only through this kind of entity."),
    click.option("--avoid", multiple=True, help="Pass through no such kind, or entity."),
    click.option("--without", multiple=True, help="Leave out a paper: DOI, PubMed id or name."),
)
_routes = _options(
    click.option("--max-hops", default=4, show_default=True, help="At most so many steps."),
    click.option("--top", default=10, show_default=True, help="How many paths."),
    click.option("--weights", metavar="FILE", help="Weights of study types in place of ours."),
    _filters,
)
DRAWS = 50
"""Draws of the weights behind the robustness that `--explain` and `--json` tell."""


def _open(store: str | None) -> KnowledgeGraph:
    from nutrigraph.graph import open_graph, stale

    graph = open_graph(store)
    if store is None and stale(graph.store):
        click.echo(
            "nutrigraph: the ontology has changed since this build: run `nutrigraph build`",
            err=True,
        )
    return graph


def _emit(record: object) -> None:
    import json

    click.echo(json.dumps(record, ensure_ascii=False, indent=2))


def _write(path: Path, text: str) -> None:
    """Write a file in one step, so that a failure leaves the old one as it was."""
    temporary = path.with_name(f".{path.name}.writing")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise UsageError(
            f"{path} cannot be written ({error.strerror}): name another with --output"
        ) from error


@main.command()
@click.option("--store", metavar="FOLDER", help="The folder to build into.")
@_json
def build(store: str | None, as_json: bool) -> None:
    """Compile the ontology and its documents into a store."""
    from nutrigraph.build import build as build_store
    from nutrigraph.graph import default_store
    from nutrigraph.terms import ontology_folder

    target = Path(store) if store else default_store()
    compiled = build_store(ontology_folder(), target)
    if as_json:
        _emit({"store": str(target), "build": compiled.id, **compiled.summary})
        return
    click.echo(f"Built {compiled.id} into {target}")
    for name, number in compiled.summary.items():
        click.echo(f"  {number:>6,} {name}")


@main.command()
@_json
def check(as_json: bool) -> None:
    """Check quotes, coverage, the checks and the shapes of the ontology."""
    from nutrigraph.build import audit
    from nutrigraph.terms import ontology_folder

    report = audit(ontology_folder())
    if as_json:
        _emit(report.record())
    else:
        for line in report.lines():
            click.echo(line)
    if report.findings:
        sys.exit(1)


@main.command()
@click.argument("what", required=False)
@click.option("--list", "listing", is_flag=True, help="List the named questions.")
@click.option("--format", "fmt", default="table", show_default=True, help="table, csv, tsv, ...")
@click.option("--asserted", is_flag=True, help="Leave out what follows from what is stated.")
@_store
def query(what: str | None, listing: bool, fmt: str, asserted: bool, store: str | None) -> None:
    """Answer SPARQL: a file, `-` for standard input, a named question, or the query itself."""
    from nutrigraph.queries import named_queries, read_query

    if listing or what is None:
        for item in named_queries():
            click.echo(f"{item.name:<28} {item.title}")
        return
    graph = _open(store)
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
        click.echo(graph.vocabulary.caution, err=True)


@main.command()
@click.option("--subject", help="Only claims on this entity.")
@click.option("--object", "target", help="Only claims about this entity.")
@click.option("--about", help="Claims with this entity on either side.")
@click.option("--document", help="Only claims of this document.")
@_store
@_json
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

    graph = _open(store)
    found = graph.claims(subject=subject, object=target, about=about, document=document)
    for claim in found:
        if as_json:
            record = records.claim(claim, graph.entities, graph.vocabulary)
            click.echo(json.dumps(record, ensure_ascii=False))
        else:
            click.echo(report.claim(claim, graph.vocabulary))
    if not as_json:
        click.echo(f"{report.count(len(found), 'claim')}. {graph.vocabulary.caution}")


@main.command()
@click.argument("source")
@click.argument("target")
@_routes
@click.option("--explain", is_flag=True, help="Print all evidence of every hop.")
@click.option("--cite", type=click.Choice(["csl-json", "bibtex", "ris"]), help="Print the papers.")
@_store
@_json
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
    graph = _open(store)
    for name in (source, target):
        if (term := graph.reading(name)) is not None:
            entity = graph.entity(name).label
            click.echo(f"nutrigraph: {name!r} is read as {entity}, its {term.aspect}", err=True)
    draws = DRAWS if explain or as_json else 0
    answer = graph.paths(source, target, draws=draws, **options)
    if cite:
        from nutrigraph.exchange import cite as cite_papers

        click.echo(cite_papers(answer.sources, cite), nl=False)
    elif as_json:
        from nutrigraph import records

        _emit(records.answer(answer, graph.entities))
    else:
        from nutrigraph import report

        click.echo(report.answer(answer, graph.entities, graph.vocabulary, explain=explain))


@main.command()
@click.argument("source")
@click.argument("direction", type=click.Choice(["up", "down"]))
@click.argument("target")
@_filters
@_store
@_json
def effect(
    source: str, direction: str, target: str, store: str | None, as_json: bool, **options: Any
) -> None:
    """Print which way TARGET goes when SOURCE goes up or down, or why no answer is given."""
    from nutrigraph import records, report

    graph = _open(store)
    found = graph.effect(source, direction, target, **options)
    if as_json:
        _emit(records.move(found, graph.entities))
    else:
        click.echo(report.move(found, graph.entities, graph.vocabulary))


@main.command()
@click.argument("source")
@click.argument("target", required=False)
@click.option("--top", default=10, show_default=True, help="How many candidates.")
@click.option("--shuffles", default=200, show_default=True, help="Size of the degree null.")
@click.option("--seed", default=0, show_default=True, help="Seed of the shuffles.")
@_filters
@_store
@_json
def discover(
    source: str, target: str | None, top: int, store: str | None, as_json: bool, **options: Any
) -> None:
    """Print what SOURCE could be linked to over one thing between, or what joins it to TARGET."""
    from nutrigraph import records, report

    if top < 1:
        raise UsageError(f"top is {top}: give at least 1")
    graph = _open(store)
    found = graph.discover(source, target, **options)[:top]
    if as_json:
        _emit([records.candidate(item, graph.entities) for item in found])
    else:
        click.echo(report.candidates(found, graph.entities, graph.vocabulary))


@main.command()
@click.option("--max-hops", default=6, show_default=True, help="At most so many steps.")
@_filters
@_store
@_json
def loops(store: str | None, as_json: bool, **options: Any) -> None:
    """Print the feedback loops over causal, forward hops."""
    from nutrigraph import records, report

    graph = _open(store)
    found = graph.loops(**options)
    if as_json:
        _emit([records.loop(item, graph.entities) for item in found])
    else:
        click.echo(report.loops(found, graph.entities, graph.vocabulary))


@main.command()
@click.argument("source", required=False)
@click.argument("target", required=False)
@_routes
@click.option("--output", "-o", default=None, metavar="FILE", help="Where to write the page.")
@click.option("--open", "show", is_flag=True, help="Open it in a browser.")
@_store
def view(
    source: str | None,
    target: str | None,
    output: str | None,
    show: bool,
    store: str | None,
    **options: Any,
) -> None:
    """Write the graph, or the routes from SOURCE to TARGET, as one HTML page."""
    graph = _open(store)
    text = graph.view(source, target, **options)
    path = Path(output) if output else Path("build") / "nutrigraph.html"
    _write(path, text)
    click.echo(f"Page: {path.resolve()} ({len(text) / 1e6:.1f} MB, works offline)")
    click.echo(graph.vocabulary.caution)
    if show:
        click.launch(path.resolve().as_uri())


@main.command()
@click.argument("format", type=click.Choice(["nquads"]))
@click.option("--output", "-o", default=None, metavar="FILE", help="Where; else standard output.")
@_store
def export(format: str, output: str | None, store: str | None) -> None:
    """Write the whole graph; the same graph gives the same bytes."""
    from nutrigraph.exchange import nquads

    text = "".join(nquads(_open(store).store.quads()))
    if output:
        _write(Path(output), text)
    else:
        click.echo(text, nl=False)
