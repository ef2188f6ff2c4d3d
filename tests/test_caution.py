"""The caution stands on every face: what shows evidence says what it is not.

Each face is listed once. A new command or export that is in no list here fails.
Pictures and tables that leave the page: `tests/test_page_picture.py`, `tests/test_page_views.py`;
what shows itself in Jupyter: `tests/test_shown.py`.
"""

import csv
import io
from html import unescape
from pathlib import Path

import httpx2
import pytest
from bibtexparser.entrypoint import parse_string
from click.testing import Result
from tests.ontologies import run
from tests.serving import Served

from nutrigraph import KnowledgeGraph
from nutrigraph.cli import main
from nutrigraph.exports import FORMATS, WITHOUT_CAUTION

ENDS = ("magnesium", "miscarriage")
CLAIM = "/claim/7b6702b19367e90a"
PAPER = "/entity/paper-araujo-2020"

# Where a command prints it, for people: at the end of what it prints.
AT_THE_END = (
    ("claims",),
    ("paths", *ENDS),
    ("paths", *ENDS, "--explain"),
    ("effect", "magnesium", "down", "oxidative stress"),
    ("discover", "magnesium", "--shuffles", "5"),
    ("discover", *ENDS, "--shuffles", "5"),
    ("loops",),
    ("contested", *ENDS),
    ("contested",),
    ("view", "-o", "page.html"),
    ("contested", *ENDS, "--html", "table.html"),
)
# What others read has its own form: there it stands beside, on standard error.
BESIDE = (
    ("query", "low-magnesium"),
    ("query", "ASK { :magnesium a :Nutrient }"),
    *(("query", "low-magnesium", "--format", form) for form in ("csv", "tsv", "json", "xml")),
    ("query", "DESCRIBE :magnesium"),
    ("claims", "--json"),
    ("paths", *ENDS, "--json"),
    *(("paths", *ENDS, "--cite", form) for form in ("bibtex", "ris", "csl-json")),
    ("effect", "magnesium", "down", "oxidative stress", "--json"),
    ("discover", "magnesium", "--shuffles", "5", "--json"),
    ("loops", "--json"),
    ("contested", "--json"),
    *(("export", form) for form in sorted(WITHOUT_CAUTION)),
    ("export", "kgx", "-o", "kgx"),
)
# What has a place for it holds it.
WITHIN = (
    ("contested", *ENDS, "--json"),
    ("contested", *ENDS, "--csv"),
    ("contested", "--csv"),
    *(("export", form) for form in sorted(set(FORMATS) - WITHOUT_CAUTION)),
)
# Shown elsewhere: `diff` needs two stores, and `serve` does not end.
APART = {"diff", "serve"}
NO_EVIDENCE = {
    "anchor": "counts the quotes of a document",
    "begin": "names the folder it has made",
    "build": "counts what is in the ontology",
    "check": "names what is wrong in the ontology",
    "import": "counts what has come in",
    "outline": "counts the sentences of a document",
    "push": "counts what has gone out",
}


@pytest.fixture(autouse=True)
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(words: tuple[str, ...], store: Path) -> Result:
    result = run(*words, "--store", store)
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.parametrize("words", AT_THE_END, ids=" ".join)
def test_people_read_it_last(words: tuple[str, ...], store: Path, kg: KnowledgeGraph) -> None:
    result = told(words, store)
    assert result.stdout.rstrip().endswith(kg.vocabulary.caution)
    assert result.stdout.count(kg.vocabulary.caution) == 1
    assert kg.vocabulary.caution not in result.stderr
    for page in Path.cwd().glob("*.html"):
        assert kg.vocabulary.caution in unescape(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("words", BESIDE, ids=" ".join)
def test_it_stands_beside_what_machines_read(
    words: tuple[str, ...], store: Path, kg: KnowledgeGraph
) -> None:
    result = told(words, store)
    assert result.stderr.splitlines()[-1] == kg.vocabulary.caution
    assert kg.vocabulary.caution not in result.stdout


@pytest.mark.parametrize("words", WITHIN, ids=" ".join)
def test_it_is_part_of_what_has_a_place_for_it(
    words: tuple[str, ...], store: Path, kg: KnowledgeGraph
) -> None:
    result = told(words, store)
    assert kg.vocabulary.caution in unescape(result.stdout)
    assert kg.vocabulary.caution not in result.stderr
    if words[-1] in ("--csv", "csv"):
        rows = list(csv.DictReader(io.StringIO(result.stdout.removeprefix("\ufeff"))))
        assert {row["caution"] for row in rows} == {kg.vocabulary.caution}


def test_comparing_says_it(store: Path, kg: KnowledgeGraph) -> None:
    assert run("diff", store, store).stdout.rstrip().endswith(kg.vocabulary.caution)
    assert run("diff", store, store, "--json").stderr.rstrip() == kg.vocabulary.caution


def test_a_list_of_papers_is_read_as_without_it(kg: KnowledgeGraph) -> None:
    library = parse_string("".join(kg.export("bibtex")))
    assert [block.comment for block in library.comments] == [kg.vocabulary.caution]
    assert not library.failed_blocks
    assert len(library.entries) > 100


def test_no_command_and_no_format_is_left_out() -> None:
    listed = {words[0] for words in (*AT_THE_END, *BESIDE, *WITHIN)}
    assert listed | APART | set(NO_EVIDENCE) == set(main.commands)
    assert not listed & (APART | set(NO_EVIDENCE))
    exported = {words[1] for words in (*BESIDE, *WITHIN) if words[0] == "export"}
    assert exported == {*FORMATS, "kgx"}


@pytest.mark.parametrize(
    "path", ["/", "/query", "/entity/magnesium", CLAIM, PAPER, "/ontology", "/entity/nothing"]
)
def test_every_page_says_it(path: str, served: Served, kg: KnowledgeGraph) -> None:
    html = {"Accept": "text/html"}
    page = httpx2.get(served.address + path, headers=html, timeout=30)
    assert kg.vocabulary.caution in unescape(page.text)


@pytest.mark.parametrize("path", ["/ontology", "/.well-known/void"])
def test_what_describes_the_data_says_it(path: str, served: Served, kg: KnowledgeGraph) -> None:
    answer = httpx2.get(served.address + path, headers={"Accept": "text/turtle"}, timeout=30)
    assert kg.vocabulary.caution in answer.text


def test_the_help_says_what_it_is_not() -> None:
    assert "not medical advice" in run("--help").stdout
