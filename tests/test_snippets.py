"""Every block of the pages does what the page says it does, and prints what it shows.

``make snippets`` runs the blocks and writes what they print into the pages, to be read as a diff.
"""

import difflib
import re
from pathlib import Path

import pytest
from tests.serving import Served
from tests.snippets import (
    NOT_CODE,
    NOT_RUN,
    PAGES,
    ROOT,
    Session,
    blocks,
    commands,
    matches,
    misnamed,
    spoken,
)

from nutrigraph.cli import main

NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_shows_what_its_blocks_do(
    page: Path,
    tmp_path: Path,
    store: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def server() -> str:
        served: Served = request.getfixturevalue("served")
        return served.address

    session = Session.begin(tmp_path, store, server)
    for name, value in session.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    shift = 0
    for block in blocks(text):
        told = session.told(block).splitlines(keepends=True)
        start, end = block.lines
        if told != block.text.splitlines(keepends=True):
            lines[start + shift : end + shift] = told
            shift += len(told) - (end - start)
    now = "".join(lines)
    if request.config.getoption("--write-snippets"):
        page.write_text(now, encoding="utf-8")
        return
    told_otherwise = difflib.unified_diff(text.splitlines(), now.splitlines(), "shown", "told", n=1)
    assert now == text, "\n".join(told_otherwise)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_names_only_what_there_is(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    forms = [block.text for block in blocks(text) if block.language in NOT_CODE]
    lines = re.findall(r"(?<![\w.-])(?:nutrigraph|make) .*", "\n".join([*forms, *spoken(text)]))
    assert {line: wrong for line in lines if (wrong := misnamed(line))} == {}


def test_what_is_not_run_is_somewhere() -> None:
    """A reason whose block has gone would hide the next one."""
    found = [block for page in PAGES for block in blocks(page.read_text(encoding="utf-8"))]
    assert {block.language for block in found} >= set(NOT_CODE)
    shown = [
        command
        for block in found
        if block.language == "console"
        for command, _ in commands(block.text)
    ]
    unused = [begin for begin in NOT_RUN if not any(each.startswith(begin) for each in shown)]
    assert unused == []


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in main.commands if f"`nutrigraph {name}" not in text] == []


@pytest.mark.parametrize(
    ("shown", "told", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a \nb\n", True),
        ("a\n", "a\nb\n", False),
        ("", "a\n", False),
        ("a\n...\nc\n", "a\nb\nb\nc\n", True),
        ("a\n...\n", "a\n", True),
        ("a\n...\nc\n", "a\nb\n", False),
        ("...\n", "b\n", True),
    ],
)
def test_a_line_of_three_dots_stands_for_any_lines(shown: str, told: str, same: bool) -> None:
    assert matches(shown, told) is same


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("nutrigraph paths SOURCE TARGET --explain --store PLACE", []),
        ("nutrigraph path SOURCE TARGET", ["path"]),
        ("nutrigraph paths SOURCE TARGET --explian", ["--explian"]),
        ("nutrigraph import sheet FILE [--mapping MAPPING] [--partial]", []),
        ("nutrigraph import sheet FILE [--maping MAPPING]", ["--maping"]),
        ("nutrigraph import sheets FILE", ["sheets"]),
        ("make run   # builds --what", []),
        ("make rnu", ["rnu"]),
    ],
)
def test_a_wrong_name_is_seen(line: str, wrong: list[str]) -> None:
    assert misnamed(line) == wrong


def test_a_command_goes_on_while_it_is_open() -> None:
    text = "$ one 'a\nb'\nshown\n$ two \\\n  c\n$ three\nmore\n"
    assert list(commands(text)) == [
        ("one 'a\nb'", "shown\n"),
        ("two \\\n  c", ""),
        ("three", "more\n"),
    ]


def test_a_false_output_fails(tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (
        "```console\n$ nutrigraph --version\nnutrigraph 0\n```\n"
        "```python\n>>> 1 + 1\n3\n```\n"
        "```sparql\nSELECT (1 AS ?x) {}\n```\n```text\nnothing\n```\n"
        "```sparql\nSELECT {\n```\n```perl\n1\n```\n"
    )
    session = Session.begin(tmp_path, store, lambda: "")
    for name, value in session.environment.items():
        monkeypatch.setenv(name, value)
    console, python, query, answer, broken, perl = blocks(page)
    assert re.search(r"nutrigraph, version \d", session.told(console))
    assert session.told(python) == ">>> 1 + 1\n2\n"
    assert session.told(query) == query.text
    assert session.told(answer).startswith("x\n")
    assert "no valid SPARQL" in session.told(broken)
    assert "is not run" in session.told(perl)
