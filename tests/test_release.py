"""What leaves the checkout: both packages, and what they do where nothing else is."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Callable, Mapping, Sequence
from email import message_from_bytes
from email.message import Message
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Literal

import pytest
from build import ProjectBuilder
from markdown_it import MarkdownIt
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from trove_classifiers import classifiers

ROOT = Path(__file__).resolve().parent.parent
MOST = 5_000_000
"""Bytes of a wheel."""
INSIDE = {
    "nutrigraph/py.typed",
    "nutrigraph/ontology/vocabulary.ttl",
    "nutrigraph/ontology/entities.ttl",
    "nutrigraph/ontology/shapes.ttl",
    "nutrigraph/ontology/documents/magnesium-and-miscarriage/source.txt",
    "nutrigraph/ontology/documents/magnesium-and-miscarriage/claims.ttl",
    "nutrigraph/ontology/findings/pregnancy-findings.tsv",
    "nutrigraph/templates/page.html",
    "nutrigraph/templates/evidence.html",
    "nutrigraph/templates/site_base.html",
}
SOURCES = {
    *("benchmarks", "docs", "notebooks", "ontology", "src", "tests"),
    *("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md"),
    *("pyproject.toml", "requirements.lock", "PKG-INFO", ".gitignore"),
}
LEFT_OVER = re.compile(r"(^|/)(__pycache__|build|dist|\.[a-z]+_cache|\.hypothesis)(/|$)|\.py[co]$")


def build(folder: Path, what: Literal["sdist", "wheel"], out: Path) -> Path:
    """Build a package with what is installed here, as ``make dist`` does."""

    def quiet(
        cmd: Sequence[str],
        cwd: str | None = None,
        extra_environ: Mapping[str, str] | None = None,
    ) -> None:
        env = {**os.environ, **(extra_environ or {})}
        done = subprocess.run(cmd, cwd=cwd, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    return Path(ProjectBuilder(folder, runner=quiet).build(what, out))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def unpacked(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as packed:
        packed.extractall(folder, filter="data")
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def wheel(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist."""
    return build(unpacked, "wheel", tmp_path_factory.mktemp("wheel"))


def files_of(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def metadata_of(wheel: Path) -> bytes:
    (found,) = (text for name, text in files_of(wheel).items() if name.endswith("/METADATA"))
    return found


def test_the_wheel_is_small_and_holds_all_that_runs(wheel: Path) -> None:
    assert wheel.stat().st_size <= MOST
    files = files_of(wheel)
    assert files.keys() >= INSIDE
    for inside, home in (("nutrigraph", "src/nutrigraph"), ("nutrigraph/ontology", "ontology")):
        for path in (ROOT / home).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                name = f"{inside}/{path.relative_to(ROOT / home)}"
                assert files[name] == path.read_bytes(), name
    assert any(name.endswith("/licenses/LICENSE") for name in files)
    assert [name for name in files if LEFT_OVER.search(name)] == []
    assert {name.partition("/")[0] for name in files} == {
        "nutrigraph",
        next(name.partition("/")[0] for name in files if ".dist-info/" in name),
    }


def test_the_sdist_holds_what_builds_and_tests_it_and_nothing_else(
    sdist: Path, unpacked: Path
) -> None:
    assert {path.name for path in unpacked.iterdir()} == SOURCES
    names = [str(path.relative_to(unpacked)) for path in unpacked.rglob("*")]
    assert [name for name in names if LEFT_OVER.search(name)] == []
    for path in (ROOT / "tests").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert (unpacked / path.relative_to(ROOT)).read_bytes() == path.read_bytes()


def test_the_same_files_give_the_same_packages(
    sdist: Path, wheel: Path, unpacked: Path, tmp_path: Path
) -> None:
    from_tree = build(ROOT, "wheel", tmp_path)
    assert files_of(from_tree) == files_of(wheel)
    assert from_tree.read_bytes() == wheel.read_bytes()
    assert build(unpacked, "sdist", tmp_path).read_bytes() == sdist.read_bytes()


# What a package says of itself.


def test_the_metadata_are_valid(wheel: Path) -> None:
    told = Metadata.from_email(metadata_of(wheel), validate=True)
    assert told.name == "nutrigraph"
    assert told.license_expression == "MIT AND CC-BY-4.0"
    assert told.license_files == ["LICENSE"]
    assert told.project_urls
    assert set(told.classifiers or ()) <= classifiers
    assert told.keywords
    assert told.summary


def test_the_long_description_renders_and_leads_nowhere_inside_the_checkout(wheel: Path) -> None:
    message: Message = message_from_bytes(metadata_of(wheel))
    assert message["Description-Content-Type"].startswith("text/markdown")
    text = str(message.get_payload())
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inside = [child for token in tokens for child in token.children or ()]
    leads = [child.attrs.get("href") or child.attrs.get("src") for child in inside]
    assert [lead for lead in leads if lead and not str(lead).startswith("https://")] == []
    assert "A map of what studies reported, not medical advice." in text
    assert "](" not in text
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in readme.splitlines() if line.startswith("#")
    ]


# Where nothing else is.


def needed(requirements: list[str]) -> dict[str, Distribution]:
    """What some requirements ask for, and what that asks for, as it is installed here."""
    found: dict[str, Distribution] = {}
    open_ends = [Requirement(text) for text in requirements]
    while open_ends:
        asked = open_ends.pop()
        extras = {"", *asked.extras}
        if asked.marker and not any(asked.marker.evaluate({"extra": name}) for name in extras):
            continue
        key = f"{asked.name}[{','.join(sorted(asked.extras))}]"
        if key not in found:
            found[key] = distribution(asked.name)
            for text in found[key].requires or ():
                own = Requirement(text)
                if own.marker is None or any(own.marker.evaluate({"extra": e}) for e in extras):
                    own.marker = None
                    open_ends.append(own)
    return found


Run = Callable[..., str]


@pytest.fixture(scope="module")
def alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a program of an environment that holds the wheel and what it asks for, and no more.

    What it asks for is copied from here, since tests have no network; ``make install-test`` lets
    pip fetch it.
    """
    home = tmp_path_factory.mktemp("alone")
    venv.create(home / "venv", with_pip=True, symlinks=True)
    programs = home / "venv" / "bin"
    (site,) = (home / "venv" / "lib").glob("python*/site-packages")
    told = Metadata.from_email(metadata_of(wheel))
    for item in needed([str(one) for one in told.requires_dist or ()]).values():
        for file in item.files or ():
            if not file.parts[0].startswith("..") and "__pycache__" not in file.parts:
                (site / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), site / file)
    (home / "home").mkdir()
    (home / "folder").mkdir()
    env = {
        "HOME": str(home / "home"),
        "PATH": os.pathsep.join([str(programs), "/usr/bin", "/bin"]),
        "PYTHONWARNINGS": "error::DeprecationWarning:nutrigraph",
        "LANG": "C.UTF-8",
    }

    def run(*words: str) -> str:
        done = subprocess.run(
            [str(programs / words[0]), *words[1:]],
            cwd=home / "folder", env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("python", "-m", "pip", "install", "--no-index", "--no-deps", "-q", str(wheel))
    return run


def test_the_wheel_asks_for_all_that_it_needs(alone: Run) -> None:
    assert "No broken requirements" in alone("python", "-m", "pip", "check")
    where = alone("python", "-c", "import nutrigraph; print(nutrigraph.__file__)")
    assert not Path(where).is_relative_to(ROOT)
    alone(
        "python", "-W", "error::ImportWarning", "-c",
        "import importlib, pkgutil, nutrigraph\n"
        "for item in pkgutil.walk_packages(nutrigraph.__path__, 'nutrigraph.'):\n"
        "    item.name.endswith('__main__') or importlib.import_module(item.name)",
    )  # fmt: skip


def test_an_installed_wheel_answers_from_any_folder(alone: Run) -> None:
    answer = alone("nutrigraph", "paths", "magnesium", "miscarriage")
    assert answer.startswith("magnesium to miscarriage, at most 4 hops: ")
    assert "“Compared with controls, a significant decrease in magnesium" in answer
    assert "Nutrient" in alone("nutrigraph", "query", "SELECT DISTINCT ?t { ?x a ?t }")
    assert "claims" in alone("python", "-c", "import nutrigraph; print(nutrigraph.open())")
    assert alone("nutrigraph", "check").endswith("Everything holds.\n")
    listed = alone("nutrigraph", "query", "--list").splitlines()
    assert len(listed) == len(list((ROOT / "ontology" / "queries").glob("*.rq")))


def test_an_installed_wheel_draws_the_page(alone: Run) -> None:
    alone("nutrigraph", "view", "-o", "page.html")
    read = "import pathlib; print(pathlib.Path('page.html').read_text('utf-8'))"
    page = alone("python", "-c", read)
    assert page.lower().startswith("<!doctype html>")
    assert "magnesium" in page


def test_the_version_of_an_installed_wheel(alone: Run, wheel: Path) -> None:
    version = alone("nutrigraph", "--version").split()[-1]
    assert wheel.name == f"nutrigraph-{version}-py3-none-any.whl"
    assert sys.version_info >= (3, 11)
