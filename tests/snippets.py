"""The blocks of a page of the documentation, run one after the other as its reader would.

A page has a folder of its own, with a copy of the ontology and of the build in it: what its blocks
write stays there, and what one block has written the next one finds. A comment before a block,
``<!-- write FILE -->``, makes it the content of that file: what reads the file is then a command
after it. ``<!-- append FILE -->`` adds it at the end, ``<!-- insert FILE before LINE -->`` there.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pyoxigraph as ox
from click.testing import CliRunner
from markdown_it import MarkdownIt

from nutrigraph.cli import main
from nutrigraph.terms import BASE, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))

NOT_RUN = {
    "git clone": "where it is cloned from is not known here",
    "cd": "a page has one folder",
    "make notebook": "it opens a browser; the notebooks and the page in JupyterLab have tests",
    "nutrigraph serve": "it does not end; a server is there for what asks it",
}
"""Commands that a page shows and nothing runs, with the reason: their names are checked."""

NOT_CODE = {
    "": "an indented block is a form to be filled in, or a formula: its names are checked",
    "csv": "data; tests/test_sheets.py takes it in",
    "ini": "of systemd, which is not here",
    "nginx": "of nginx, which is not here",
    "text": "what the block before it gives",
    "toml": "a mapping; tests/test_sheets.py takes it in",
}
"""Languages of blocks that are not run, with the reason."""

SHOWN_HOME = "/home/you/nutrigraph"
SHOWN_SERVER = "http://127.0.0.1:8080"
REST = "..."
"""A line of an output that stands for any number of lines."""

_PREFIXES = "".join(
    f"@prefix {name}: <{iri}> .\n"
    # In a document's file, `c` is what the document itself names.
    for name, iri in {**PREFIXES, "c": f"{BASE}document/a-document#"}.items()
)
_COMMENT = re.compile(r"<!-- (write|append|insert) (\S+)(?: before (.+))? -->")
_CAUTION = re.compile(r"A map of what studies reported, not medical advice\. .*\n?")
_OPTION = re.compile(r"(?<![\w-])--?[a-z][\w-]*")


@dataclass(frozen=True)
class Block:
    """A block of a page: its language, its text, and the lines of the page that hold the text."""

    language: str
    text: str
    lines: tuple[int, int]
    file: tuple[str, str, str | None] | None
    """How it becomes a file, which, and before which line."""


def blocks(text: str) -> list[Block]:
    """Return the blocks of a page in order."""
    found: list[Block] = []
    file: tuple[str, str, str | None] | None = None
    for token in MarkdownIt().enable("table").parse(text):
        if token.type in ("fence", "code_block") and token.map:
            start, end = token.map
            inner = (start + 1, end - 1) if token.type == "fence" else (start, end)
            found.append(Block(token.info.strip(), token.content, inner, file))
        if token.type == "html_block":
            comment = _COMMENT.match(token.content)
            file = (comment[1], comment[2], comment[3]) if comment else None
        else:
            file = None
    return found


def spoken(text: str) -> list[str]:
    """Return what a page names in passing: its inline code."""
    inlines = [token.children or [] for token in MarkdownIt().enable("table").parse(text)]
    return [part.content for parts in inlines for part in parts if part.type == "code_inline"]


def misnamed(line: str) -> list[str]:
    """Return the commands, options and targets of a line that there are not."""
    words = line.split("#")[0].replace("\\|", "|").split()
    if words[:1] == ["make"]:
        known = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        return [word for word in words[1:] if "=" not in word and word not in known]
    if words[:1] != ["nutrigraph"]:
        return []
    command: click.Command = main
    for word in words[1:]:
        if not isinstance(command, click.Group) or not word.isalpha() or not word.islower():
            break
        if word not in command.commands:
            return [word]
        command = command.commands[word]
    known = [name for each in command.get_params(click.Context(command)) for name in each.opts]
    known += [*main.context_settings["help_option_names"], "--version"]
    unquoted = re.sub(r"'[^']*'|\"[^\"]*\"", "", " ".join(words))
    return [option for option in _OPTION.findall(unquoted) if option not in known]


def matches(shown: str, told: str) -> bool:
    """Whether an output is what a page shows of it; blanks at the ends of lines do not count."""
    parts = [".*" if line == REST else re.escape(line) for line in _lines(shown)]
    if REST not in shown:
        return _lines(shown) == _lines(told)
    pattern = "".join(f"(?:{part}\n)*" if part == ".*" else f"{part}\n" for part in parts)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _lines(told))) is not None


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def commands(text: str) -> Iterator[tuple[str, str]]:
    r"""Yield each command of a console block with the output that is shown below it.

    A command goes on while a quotation mark is open, or where a line ends in a backslash.
    """
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        length = 1
        while not _whole("".join(lines[:length])):
            length += 1
        yield "".join(lines[:length]).rstrip("\n"), "".join(lines[length:])


def _whole(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:
        return False
    return not command.endswith("\\\n")


class _Doctest(doctest.DocTestRunner):
    """Keeps what examples printed that print something else than is shown."""

    def __init__(self) -> None:
        super().__init__(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        self.got: dict[int, str] = {}

    def report_failure(
        self, out: object, test: doctest.DocTest, example: doctest.Example, got: str
    ) -> None:
        self.got[example.lineno] = got

    def report_unexpected_exception(
        self,
        out: object,
        test: doctest.DocTest,
        example: doctest.Example,
        exc_info: Any,  # noqa: ANN401
    ) -> None:
        raise exc_info[1]


@dataclass
class Session:
    """What a page has done so far."""

    folder: Path
    server: Callable[[], str]
    """Gives the address of a server that serves the ontology."""
    names: dict[str, object] = field(default_factory=lambda: {"__name__": "__main__"})
    before: str = ""
    """What the block before printed, where it was a query."""

    @classmethod
    def begin(cls, folder: Path, store: Path, server: Callable[[], str]) -> Session:
        """Begin a page in an empty folder."""
        shutil.copytree(ROOT / "ontology", folder / "ontology")
        shutil.copytree(store, folder / "build" / "store", symlinks=True)
        return cls(folder, server)

    @property
    def environment(self) -> dict[str, str]:
        """What its commands find in their environment."""
        return {
            "NUTRIGRAPH_STORE": str(self.folder / "build" / "store"),
            "NUTRIGRAPH_ONTOLOGY": str(self.folder / "ontology"),
            "MPLBACKEND": "agg",
        }

    def told(self, block: Block) -> str:
        """Run a block and return it as it should stand on the page."""
        if block.file:
            self._file(block.text, *block.file)
            return block.text
        before, self.before = self.before, ""
        if block.language == "turtle":
            before = re.sub(r"^@prefix .*\n", "", before, flags=re.MULTILINE)
        if block.language in ("text", "turtle") and before:
            return block.text if matches(block.text, before) else before
        if block.language.startswith("{"):
            return block.text  # A directive of the site, which its own tests build.
        match block.language:
            case "console":
                return "".join(self._console(block.text))
            case "python":
                return self._python(block.text)
            case "sparql":
                answer = CliRunner().invoke(main, ["query", "-"], block.text)
                if answer.exit_code:
                    return answer.output
                self.before = answer.stdout
            case "turtle":
                for _ in ox.parse(f"{_PREFIXES}{block.text}", format=ox.RdfFormat.TURTLE):
                    pass
            case other if other not in NOT_CODE:
                return f"a block of {other or 'no language'!r} is not run: name one that is\n"
            case "text":
                return "a text is what the query before it gives, and there is none\n"
        return block.text

    def _file(self, text: str, how: str, name: str, before: str | None) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        old = path.read_text(encoding="utf-8") if how != "write" else ""
        head, mark, tail = old.partition(f"{before}\n") if before else (f"{old}\n", "", "")
        assert bool(mark) is bool(before), f"{name} has no line {before!r}"
        new = f"{head}{text}\n{mark}{tail}" if before else f"{head}{text}" if old else text
        path.write_text(new, encoding="utf-8")

    def _console(self, text: str) -> Iterator[str]:
        for command, shown in commands(text):
            told = self._command(command)
            yield f"$ {command}\n"
            yield shown if matches(shown, told) else told

    def _command(self, command: str) -> str:
        """Return what a command prints, as its reader would see it."""
        if any(command.startswith(begin) for begin in NOT_RUN):
            wrong = misnamed(command)
            return f"there is no {', '.join(wrong)}\n" if wrong else ""
        if command.startswith("make "):
            return "".join(self._make(command))
        if command.startswith("nutrigraph ") and not re.search(r"[|<>;&]|\$\(", _bare(command)):
            if SHOWN_SERVER in command:
                command = command.replace(SHOWN_SERVER, self.server())
            told = self._nutrigraph(shlex.split(command)[1:])
        else:
            told = self._shell(command)
        return self._seen(told)

    def _make(self, command: str) -> Iterator[str]:
        """Yield what a target says and what the commands of ours in it print."""
        planned = subprocess.run(
            [*shlex.split(command), "--always-make", "--just-print"],
            cwd=ROOT, check=True, capture_output=True, text=True,
            env={key: value for key, value in os.environ.items() if not key.startswith("MAKE")},
        ).stdout  # fmt: skip
        for line in planned.splitlines():
            if line.startswith("echo "):
                yield f"{shlex.split(line)[1]}\n"
            elif line.startswith(".venv/bin/nutrigraph "):
                yield self._seen(self._nutrigraph(shlex.split(line)[1:]))

    def _nutrigraph(self, words: list[str]) -> str:
        result = CliRunner().invoke(main, words)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        # Beside an answer that goes elsewhere, the caution: a page says it once.
        return result.stdout if _CAUTION.fullmatch(result.stderr) else result.output

    def _shell(self, command: str) -> str:
        if SHOWN_SERVER in command:
            command = command.replace(SHOWN_SERVER, self.server())
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        ended = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder, check=False, text=True, timeout=60, capture_output=True,
            env={**os.environ, **self.environment, "PATH": path},
        )  # fmt: skip
        return ended.stdout + _CAUTION.sub("", ended.stderr)

    def _seen(self, told: str) -> str:
        told = told.replace(str(self.folder), SHOWN_HOME).replace("\r\n", "\n")
        if SHOWN_SERVER not in told and "http://127.0.0.1:" in told:
            told = told.replace(self.server(), SHOWN_SERVER)
        return told if told.endswith("\n") or not told else f"{told}\n"

    def _python(self, text: str) -> str:
        if ">>>" not in text:
            exec(compile(text, "<a page>", "exec"), self.names)  # noqa: S102
            return text
        test = doctest.DocTestParser().get_doctest(text, self.names, "a page", None, 0)
        runner = _Doctest()
        runner.run(test, clear_globs=False)
        self.names.update(test.globs)
        lines = text.splitlines(keepends=True)
        for example in reversed(test.examples):
            if example.lineno in runner.got:
                start = example.lineno + example.source.count("\n")
                end = start + example.want.count("\n")
                lines[start:end] = [runner.got[example.lineno]]
        return "".join(lines)


def _bare(command: str) -> str:
    """Return a command without what stands in quotation marks."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", "", command)
