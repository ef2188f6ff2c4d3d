"""Claims, paths and answers as HTML that needs no script and no style sheet."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jinja2

_TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


@cache
def environment() -> jinja2.Environment:
    """Return what fills in the templates of HTML without scripts; each text is escaped."""
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["linked"] = lambda text: Markup(linked(text))  # noqa: S704 - escaped there
    return environment


def card(name: str, **told: Any) -> str:
    """Return the card of that name, ``templates/card_<name>.html``."""
    return environment().get_template(f"card_{name}.html").render(**told)


def linked(text: str) -> str:
    """Return a text as HTML in which its web addresses are links.

    >>> linked("at http://x.org/y, <b>")
    'at <a href="http://x.org/y" rel="noopener noreferrer">http://x.org/y</a>, &lt;b&gt;'
    """
    link = r'<a href="\g<0>" rel="noopener noreferrer">\g<0></a>'
    return re.sub(r"https?://(?:(?!&(?:lt|gt|quot|#x27);)[^\s<>])+(?<![,.;:)])", link, escape(text))


def image(picture: str, words: str) -> str:
    """Return a picture in SVG as an image of HTML: hosts that strip inline SVG leave it."""
    data = b64encode(picture.encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(words)}" '
        'style="max-width: 100%; height: auto">'
    )
