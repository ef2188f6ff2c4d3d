"""What the commands share: the group that turns errors into one line, options, output."""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from nutrigraph.errors import NutrigraphError, RetiredName, UsageError
from nutrigraph.terms import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nutrigraph.graph import KnowledgeGraph

_STORE_HELP = (
    "A build folder, an RDF file, or the URL of a SPARQL endpoint; the default is built when it is "
    "first needed."
)


@contextmanager
def _warned() -> Iterator[None]:
    """Print our own warnings as one line each; others go their usual way."""
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if issubclass(category, RetiredName):
                click.echo(f"nutrigraph: {message}", err=True)
            else:
                usual(message, category, filename, lineno, file, line)

        warnings.simplefilter("always", RetiredName)
        warnings.showwarning = show
        yield


class Group(click.Group):
    """Turns our errors into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a `NutrigraphError` becomes one line on standard error."""
        try:
            with _warned():
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


def store_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--store`."""
    return click.option("--store", metavar="PLACE", help=_STORE_HELP)(command)


def json_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)


def options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Join options to one decorator, in the order they are given."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


filters = options(
    click.option("--document", "documents", multiple=True, help="Only this document."),
    click.option("--species", multiple=True, help="Only this species, or `unknown`."),
    click.option("--study-type", "study_types", multiple=True, help="Only this kind of study."),
    click.option("--basis", "bases", multiple=True, help="Only text, headline, finding, ..."),
    click.option("--predicate", "predicates", multiple=True, help="Only this predicate."),
    click.option("--through", multiple=True, help="Pass only through this kind of entity."),
    click.option("--avoid", multiple=True, help="Pass through no such kind, or entity."),
    click.option("--without", multiple=True, help="Leave out a paper: DOI, PubMed id or name."),
)
routes = options(
    click.option("--max-hops", default=4, show_default=True, help="At most so many steps."),
    click.option("--top", default=10, show_default=True, help="How many paths."),
    click.option("--weights", metavar="FILE", help="Weights of study types in place of ours."),
    filters,
)


def open_named(store: str | None) -> KnowledgeGraph:
    """Open the store of `--store`, or the default one; say where that has grown old."""
    from nutrigraph.opening import open_graph, stale

    graph = open_graph(store)
    if store is None and stale(graph.store):
        click.echo(
            "nutrigraph: the ontology has changed since this build: run `nutrigraph build`",
            err=True,
        )
    return graph


def caution_beside(graph: KnowledgeGraph) -> None:
    """Print the caution on standard error: what goes to standard output has no place for it."""
    click.echo(graph.vocabulary.caution, err=True)


def emit(record: object) -> None:
    """Print a record as JSON."""
    import json

    click.echo(json.dumps(record, ensure_ascii=False, indent=2))


def imported(record: dict[str, Any]) -> str:
    """Return an import, as a manifest lists it, in one line."""
    counts = ", ".join(f"{number:,} {name}" for name, number in record["counts"].items() if number)
    without = ", edges without sentences" if record["kind"] == "edges" else ""
    return f"{record['slug']}, {record['title']} ({counts}{without})"


def write_out(parts: Iterable[str]) -> None:
    """Write parts to standard output: UTF-8 and the line ends of the format on every system."""
    out = sys.stdout.buffer
    for part in parts:
        out.write(part.encode())
    out.flush()


def write_file(path: Path, parts: Iterable[str]) -> None:
    """Write a file in one step, so that a failure leaves the old one as it was."""
    temporary = path.with_name(f".{path.name}.writing")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8", newline="") as out:
            out.writelines(parts)
        temporary.replace(path)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}): name another with --output"
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
