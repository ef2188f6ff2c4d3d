"""The interactive page as a notebook shows it."""

from __future__ import annotations

from typing import Self

from nutrigraph.notebook.cards import image
from nutrigraph.view import frame


class Page(str):
    """The page, one HTML text that makes no request; it shows itself inline in Jupyter.

    ``picture`` is what it begins with, as a static SVG: it stands where scripts or frames are
    stripped.
    """

    __slots__ = ("_caution", "_title", "picture")
    picture: str
    _title: str
    _caution: str

    def __new__(cls, html: str, *, picture: str, title: str, caution: str) -> Self:
        """Return the page of a HTML text, with its picture, its title and the caution."""
        page = super().__new__(cls, html)
        page.picture, page._title, page._caution = picture, title, caution
        return page

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show the page in a sandboxed frame, its picture where that is stripped."""
        html = frame(self, instead=image(self.picture, f"{self._title}. {self._caution}"))
        return {"text/plain": repr(self), "text/html": html, "image/svg+xml": self.picture}

    def __repr__(self) -> str:
        """Say what it is: Jupyter asks a string for this as well, and keeps it in the notebook."""
        return f"<page {self._title}: {len(self):,} characters of HTML>"
