"""The tables that sheets come in: what is none, what is a bomb, and how much memory they take."""

import csv
import io
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.ontologies import run
from tests.sheets import GOOD, read, row, workbook

from nutrigraph import KnowledgeGraph
from nutrigraph.errors import InputError


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("none.tsv", "", "is empty"),
        ("twice.tsv", "a\ta\n", "like another"),
        ("blank.tsv", "a\t\tb\n", "no name"),
        ("quotes.csv", 'finding,doi\n"a,b\nc', "row"),
        ("long.tsv", "finding\n" + "x" * 1_100_000, "longer than"),
        ("no.xlsx", "no archive", "XLSX"),
        ("sheet.ods", "", "no table by its name"),
    ],
)
def test_a_table_that_is_none_is_refused(name: str, text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text)
    result = run("import", "sheet", path, "--store", tmp_path / "store")
    assert result.exit_code in (1, 2)
    assert words in result.stderr
    assert str(path) in result.stderr


def test_formulas_of_a_workbook_are_told(tmp_path: Path, kg: KnowledgeGraph) -> None:
    sheet = read(workbook(tmp_path / "sheet.xlsx", [row(note="=1+1")]), kg)
    [problem] = sheet.problems
    assert (problem.column, problem.value) == ("note", "=1+1")


def _repacked(path: Path, parts: Mapping[str, bytes]) -> Path:
    """The workbook with some of its parts replaced or added."""
    with zipfile.ZipFile(path) as old:
        kept = {name: old.read(name) for name in old.namelist()} | dict(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in kept.items():
            new.writestr(name, data)
    return path


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>"""


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"xl/sharedStrings.xml": BOMB}, "XML entities"),
        ({"xl/sharedStrings.xml": BOMB.decode().encode("utf-16")}, "XML entities"),
        ({"xl/media/image.bin": bytes(30_000_000)}, "as a bomb does"),
    ],
    ids=["entities", "entities in UTF-16", "zip"],
)
def test_bombs_are_refused(
    parts: dict[str, bytes], words: str, tmp_path: Path, kg: KnowledgeGraph
) -> None:
    path = _repacked(workbook(tmp_path / "sheet.xlsx", [GOOD]), parts)
    with pytest.raises(InputError, match=words):
        read(path, kg)


PEAK = """
import resource, sys
from pathlib import Path
import nutrigraph
from nutrigraph.sheets import SheetMapping, read_sheet
kg = nutrigraph.open(sys.argv[1])
known = kg.vocabulary, kg.entities, kg.content.terms
sheet = read_sheet(Path(sys.argv[2]), SheetMapping(), "x", *known)
assert not sheet.problems, sheet.problems[0]
print(sheet.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_a_sheet_is_read_in_bounded_memory(tmp_path: Path, store: Path) -> None:
    """Ten times the rows, each with its own finding: what is held grows by their names alone."""

    def peak(rows: int) -> tuple[int, int]:
        path = tmp_path / f"{rows}.tsv"
        lines = io.StringIO()
        writer = csv.DictWriter(lines, list(GOOD), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        for n in range(rows):
            writer.writerow(
                row(finding=f"f{n}", population=f"group {n}", note="x" * 2_000, doi="10.1000/one")
            )
        path.write_text(lines.getvalue())
        done = subprocess.run(
            [sys.executable, "-c", PEAK, str(store), str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        count, size = map(int, done.stdout.split())
        return count, size

    (few, small), (many, large) = peak(500), peak(5_000)
    assert (few, many) == (500, 5_000)
    # The file is 10 MB larger, and 9 MB of it are one column of text that is not held.
    assert large - small < 9_000
