"""The documentation as it is built: its pages, read once, with what they link to and ask for."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def run(source: Path, target: Path, **environment: str) -> str:
    """Build a site by the configuration of `docs/`, run no notebook, and return what was said."""
    options = ["-W", "-n", "--keep-going", "-q", "-D", "nb_execution_mode=off"]
    places = ["-c", str(DOCS), "-d", str(target.with_name("doctrees")), str(source), str(target)]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, *places],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return (
        done.stdout + done.stderr + ("" if done.returncode == 0 else f"ends with {done.returncode}")
    )


@dataclass(frozen=True)
class Site:
    """A built site; ``said`` is what the build had to say."""

    folder: Path
    said: str = ""

    @cached_property
    def pages(self) -> dict[str, BeautifulSoup]:
        """Its HTML files, by their path within it."""
        return {
            path.relative_to(self.folder).as_posix(): BeautifulSoup(
                path.read_text(encoding="utf-8"), "html.parser"
            )
            for path in sorted(self.folder.rglob("*.html"))
        }

    @cached_property
    def anchors(self) -> dict[str, set[str]]:
        """What can be linked to within each page."""
        return {
            name: {str(tag["id"]) for tag in page.select("[id]")}
            for name, page in self.pages.items()
        }

    def within(self, page: str, address: str) -> tuple[str, str]:
        """Return the file that an address on a page stands for, and the anchor."""
        parts = urlsplit(address)
        path = Path(os.path.normpath(self.folder / page / ".." / unquote(parts.path)))
        whole = self.folder / page if not parts.path else path
        return whole.relative_to(self.folder).as_posix(), unquote(parts.fragment)

    def links(self) -> Iterator[tuple[str, str]]:
        """Yield page and address of everything that a page leads to, shows or loads."""
        for name, page in self.pages.items():
            for tag in page.find_all(True):
                for attribute in ("href", "src", "action", "poster", "data"):
                    if isinstance(address := tag.get(attribute), str) and address:
                        yield name, address

    def loaded(self) -> Iterator[tuple[str, str]]:
        """Yield page and address of what a page loads by itself."""
        for name, page in self.pages.items():
            for tag in page.select(
                "script, img, iframe, source, audio, video, embed, object, link"
            ):
                if tag.name != "link" or not {"next", "prev", "alternate"} & set(
                    tag.get_attribute_list("rel")
                ):
                    for attribute in ("src", "href", "srcset", "data"):
                        if isinstance(address := tag.get(attribute), str):
                            yield name, address


def text_of(tag: Tag | BeautifulSoup) -> str:
    """Return the words of a part of a page, with single spaces and without marks of anchors."""
    return " ".join(tag.get_text().replace("¶", "").split())
