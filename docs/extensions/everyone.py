"""What the theme leaves out for people who do not see a page, or use no mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def level_captions(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _document: object
) -> None:
    """Say of which level the captions over lists of pages are: as headings they must have one."""
    for part in ("body", "furo_navigation_tree"):
        if part in context:
            context[part] = context[part].replace(
                '<p class="caption" role="heading">',
                '<p class="caption" role="heading" aria-level="2">',
            )


def setup(app: Sphinx) -> dict[str, bool]:
    """Change pages after the theme has put them together; wide code is reached by keyboard."""
    app.connect("html-page-context", level_captions, priority=600)
    app.add_js_file("site.js", loading_method="defer")
    return {"parallel_read_safe": True}
