"""The README's console blocks are run, and must print what they show."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from nutrigraph.cli import main

README = Path(__file__).resolve().parent.parent / "README.md"
BLOCKS = re.findall(
    r"```console\n\$ (.+?)\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL
)


def test_there_are_blocks_to_run() -> None:
    assert len(BLOCKS) >= 4


@pytest.mark.parametrize(("command", "shown"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_a_console_block_prints_what_it_shows(
    command: str, shown: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUTRIGRAPH_STORE", str(store))
    program, *words = shlex.split(command)
    assert program == "nutrigraph"
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == shown.splitlines()


def test_every_command_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in main.commands if f"`nutrigraph {name}" not in text] == []
