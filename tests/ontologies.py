"""Copies of the ontology for tests to spoil, and the command line run in this process."""

import csv
import io
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from nutrigraph.cli import main

ONTOLOGY = Path(__file__).resolve().parent.parent / "ontology"
SLUG = "magnesium-and-miscarriage"
FINDINGS = "pregnancy-findings"
SHEET = f"findings/{FINDINGS}.tsv"
MAPPING = f"findings/{FINDINGS}.toml"
CLAIMS = f"documents/{SLUG}/claims.ttl"
SOURCE = f"documents/{SLUG}/source.txt"
ENTITIES = "entities.ttl"
VOCABULARY = "vocabulary.ttl"
SHAPES = "shapes.ttl"


@dataclass(frozen=True)
class Draft:
    """A copy of the ontology; ``name`` is a file's path inside it."""

    folder: Path

    def read(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(text.encode())

    def change(self, name: str, old: str, new: str) -> None:
        """Replace the first of some words, which must be there."""
        text = self.read(name)
        assert old in text, f"{name} no longer holds {old!r}: plant the mistake elsewhere"
        self.write(name, text.replace(old, new, 1))

    def block(self, subject: str, name: str = CLAIMS) -> str:
        """Return the statements on a subject, as they are written."""
        found = re.search(rf"^{re.escape(subject)} a .*? \.\n", self.read(name), re.M | re.S)
        assert found, f"{name} no longer holds {subject}: plant the mistake elsewhere"
        return found[0]

    def change_in(self, subject: str, old: str, new: str, name: str = CLAIMS) -> None:
        """Replace the first of some words in the statements on a subject."""
        block = self.block(subject, name)
        assert old in block, f"{subject} no longer says {old!r}: plant the mistake elsewhere"
        self.change(name, block, block.replace(old, new, 1))

    def append(self, name: str, text: str) -> None:
        self.write(name, f"{self.read(name)}\n{text}\n")


def copy_ontology(target: Path) -> Draft:
    return Draft(Path(shutil.copytree(ONTOLOGY, target)))


Plant = Callable[[Draft], None]


def change(name: str, old: str, new: str) -> Plant:
    return lambda draft: draft.change(name, old, new)


def change_in(subject: str, old: str, new: str, name: str = CLAIMS) -> Plant:
    return lambda draft: draft.change_in(subject, old, new, name)


def cut(subject: str, name: str = CLAIMS) -> Plant:
    return lambda draft: draft.change(name, draft.block(subject, name), "")


def append(name: str, text: str) -> Plant:
    return lambda draft: draft.append(name, text)


def run(*words: str | Path, ontology: Path = ONTOLOGY, typed: str | bytes | None = None) -> Result:
    """Run a command; nothing but an exit may be raised out of it."""
    result = CliRunner().invoke(
        main, [str(word) for word in words], input=typed, env={"NUTRIGRAPH_ONTOLOGY": str(ontology)}
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert "Traceback" not in result.output
    return result


def fault(result: Result, code: int, *words: str) -> str:
    """Return the one line on standard error, which names the thing and the fix."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("nutrigraph: ")
    assert result.stderr.count("\n") == 1, result.stderr
    for word in words:
        assert word in result.stderr
    return result.stderr


def sheet_rows() -> list[dict[str, str]]:
    """The rows of the findings as they stand in the file, read by nothing of ours."""
    text = (ONTOLOGY / SHEET).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))
