"""One version, one date, one list of Pythons: wherever they stand, they are the same."""

import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import rdflib
from click.testing import CliRunner
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from rdflib.namespace import DCTERMS, OWL
from ruamel.yaml import YAML
from tests.test_release import ROOT

import nutrigraph
from nutrigraph.cli import main
from nutrigraph.terms import BASE, NG, VERSION

PYTHONS = ("3.11", "3.12", "3.13")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
"""What Keep a Changelog sorts changes into, in its order."""
CITATION = ROOT / "CITATION.cff"


def header() -> rdflib.Graph:
    return rdflib.Graph().parse(ROOT / "ontology" / "vocabulary.ttl")


def releases() -> list[tuple[str, date]]:
    """The releases that the changelog tells of, as they stand in it."""
    found = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$", CHANGELOG, re.MULTILINE)
    return [(version, date.fromisoformat(day)) for version, day in found]


def citation() -> dict[str, Any]:
    read: dict[str, Any] = YAML(typ="safe").load(CITATION)
    return read


def test_one_version_stands_everywhere() -> None:
    assert Version(VERSION).release == tuple(map(int, VERSION.split(".")))
    assert nutrigraph.__version__ == VERSION
    assert CliRunner().invoke(main, ["--version"]).stdout.split()[-1] == VERSION
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "src/nutrigraph/terms.py"
    assert citation()["version"] == VERSION
    assert releases()[0][0] == VERSION
    ontology, said = rdflib.URIRef(NG.ontology), header()
    assert str(said.value(ontology, OWL.versionInfo)) == VERSION
    assert str(said.value(ontology, OWL.versionIRI)) == f"{BASE}ontology/{VERSION}"


def test_one_date_stands_with_it() -> None:
    released = releases()[0][1]
    assert date.fromisoformat(str(citation()["date-released"])) == released
    ontology, said = rdflib.URIRef(NG.ontology), header()
    told = {name: said.value(ontology, DCTERMS[name]) for name in ("issued", "modified", "created")}
    assert str(told["issued"]) == str(told["modified"]) == released.isoformat()
    assert str(told["created"]) <= released.isoformat()


def test_the_changelog_keeps_its_form() -> None:
    heads = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    numbered = [head for head in heads if head != "[Unreleased]"]
    assert heads in (numbered, ["[Unreleased]", *numbered])
    assert len(numbered) == len(releases())
    versions, days = zip(*releases(), strict=True)
    assert list(versions) == sorted(set(versions), key=Version, reverse=True)
    assert list(days) == sorted(days, reverse=True)
    for part in CHANGELOG.split("\n## ")[1:]:
        kinds = re.findall(r"^### (.+)$", part, re.MULTILINE)
        assert kinds == [kind for kind in KINDS if kind in kinds]
        body = part.partition("\n### ")[2]
        assert body.count("\n- ") >= len(kinds)


def test_an_older_ontology_is_named_once_there_is_one() -> None:
    older = [version for version, _ in releases()[1:]]
    named = header().value(rdflib.URIRef(NG.ontology), OWL.priorVersion)
    assert (str(named) if named else None) == (f"{BASE}ontology/{older[0]}" if older else None)


def test_the_citation_is_valid() -> None:
    """By the schema of the Citation File Format, which the checker carries: no network is asked."""
    words = ["-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    result = subprocess.run(
        [sys.executable, *words, str(CITATION)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_citation_that_is_not_valid_is_refused(tmp_path: Path) -> None:
    spoilt = tmp_path / "CITATION.cff"
    spoilt.write_text(
        re.sub(r"^authors:\n.*\n", "", CITATION.read_text("utf-8"), flags=re.MULTILINE), "utf-8"
    )
    words = ["-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    result = subprocess.run(
        [sys.executable, *words, str(spoilt)], capture_output=True, text=True, check=False
    )
    assert "'authors' is a required property" in result.stdout


def test_the_citation_says_what_the_package_says() -> None:
    said, project = citation(), PROJECT["project"]
    assert [item["name"] for item in said["authors"]] == [
        item["name"] for item in project["authors"]
    ]
    assert said["license"] in project["license"].split(" AND ")
    assert said["url"] == project["urls"]["Homepage"]
    assert set(said["keywords"]) <= set(project["keywords"])


# The Pythons


def test_the_supported_pythons_are_the_same_everywhere() -> None:
    project, tools = PROJECT["project"], PROJECT["tool"]
    supported = SpecifierSet(project["requires-python"])
    assert [minor for minor in range(8, 12) if f"3.{minor}" in supported] == [11]
    listed = re.findall(r"Python :: (3\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)
    assert tuple(listed) == PYTHONS
    oldest = PYTHONS[0]
    assert tools["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"
    assert tools["mypy"]["python_version"] == oldest
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.search(r"^PYTHONS \?= (.+)$", make, re.MULTILINE)
    assert named
    assert named[1].split() == [f"python{version}" for version in PYTHONS]
    assert f"nutrigraph needs Python {oldest} or newer" in make
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert f"Installs on Python {oldest} to {PYTHONS[-1]}" in lock


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_the_docs_name_the_oldest_python(name: str) -> None:
    told = (ROOT / name).read_text(encoding="utf-8")
    assert set(re.findall(r"Python (3\.\d+) or newer", told)) == {PYTHONS[0]}
    assert set(re.findall(r"Python (3\.\d+)", told)) <= set(PYTHONS)
