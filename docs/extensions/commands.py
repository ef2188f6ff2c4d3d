"""The reference of the command line, read from the commands themselves."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import click
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from nutrigraph.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx


def reference(context: click.Context, level: int = 2) -> Iterator[str]:
    """Yield the lines of the reference of a command and of those under it, as Markdown."""
    command = context.command
    yield from (f"{'#' * level} {context.command_path}", "")
    yield from (f"```{{program}} {context.command_path}", "```")
    yield from ("", *inspect.cleandoc(command.help or "").splitlines(), "")
    usage = command.collect_usage_pieces(context)
    yield from ("```text", " ".join([context.command_path, *usage]), "```", "")
    for option in command.get_params(context):
        if isinstance(option, click.Option):
            yield from _option(option, context)
    if isinstance(command, click.Group):
        below = level if context.parent is None else level + 1
        for name in command.list_commands(context):
            each = click.Context(command.commands[name], context, info_name=name)
            yield from reference(each, below)


def _option(option: click.Option, context: click.Context) -> Iterator[str]:
    told = option.get_help_record(context)
    if told is None:
        return
    # One name or more, and what it takes, which is the same for all names.
    takes = "" if option.is_flag or option.count else f" {option.make_metavar(context)}"
    names = ", ".join(f"{name}{takes}" for name in option.opts)
    yield f"```{{option}} {names}"
    yield told[1]
    yield "```"
    yield ""


class Commands(SphinxDirective):
    """`commands`: the program and each of its commands, with all their options."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each command."""
        source, _ = self.get_source_info()
        held = nodes.section()
        held.document = self.state.document
        program = click.Context(main, info_name="nutrigraph", **main.context_settings)
        lines = StringList(list(reference(program)), source)
        self.state.nested_parse(lines, self.content_offset, held, match_titles=True)
        return held.children


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True}
