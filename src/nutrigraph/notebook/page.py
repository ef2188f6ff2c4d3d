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

    __slots__ = ("_title", "picture")
    picture: str
    _title: str

    def __new__(cls, html: str, *, picture: str, title: str) -> Self:
        """Return the page of a HTML text, its picture and its title."""
        page = super().__new__(cls, html)
        page.picture, page._title = picture, title
        return page

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show the page in a sandboxed frame, its picture where that is stripped."""
        plain = f"<page {self._title}: {len(self):,} characters of HTML>"
        html = frame(self, instead=image(self.picture, self._title))
        return {"text/plain": plain, "text/html": html, "image/svg+xml": self.picture}
