"""What many tests share: the real ontology, built once."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright
from tests import engines
from tests.serving import Served, serve
from tests.watched import Watch, Watched

import nutrigraph
from nutrigraph.build import build
from nutrigraph.terms import ontology_folder

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


# The same examples in each run: what passes here passes in CI, and no clock decides.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-snippets",
        action="store_true",
        help="Write what the blocks of the documentation print into its pages.",
    )


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build folder of the real ontology."""
    folder = tmp_path_factory.mktemp("build") / "store"
    build(ontology_folder(), folder)
    return folder


@pytest.fixture(scope="session")
def kg(store: Path) -> nutrigraph.KnowledgeGraph:
    """The real ontology, open."""
    return nutrigraph.open(store)


@pytest.fixture(scope="session")
def served(store: Path) -> Iterator[Served]:
    """The real ontology, served."""
    with serve(store) as server:
        yield server


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[engines.Virtuoso]:
    """An engine of others, with nothing of ours in it yet."""
    engines.need()
    with engines.virtuoso(tmp_path_factory.mktemp("virtuoso")) as engine:
        yield engine


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        message = "no Chromium here: install the package 'chromium' to run the tests of the page"
        if "CI" in os.environ:
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def watch(browser: Browser, tmp_path: Path) -> Iterator[Watch]:
    opened: list[Watched] = []

    def start(html: str, **context: Any) -> Watched:
        opened.append(Watched(browser, tmp_path / f"{len(opened)}.html", html, **context))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
