"""What static pictures are drawn with: marks of SVG without script, style sheet or link."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nutrigraph.view.layout import FONT, wrap

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["PAD", "broken", "colours", "number", "place", "sheet", "sized", "stroke", "text"]

PAD: Final = 16
_FACE: Final = "system-ui, 'DejaVu Sans', Helvetica, Arial, sans-serif"
_TEMPLATES: Final = Path(__file__).resolve().parents[1] / "templates"


@cache
def colours(style: str) -> dict[str, str]:
    """The colours of a style sheet on a light ground, by name: that is their one place."""
    text = (_TEMPLATES / style).read_text(encoding="utf-8")
    return dict(re.findall(r"--([\w-]+): light-dark\((#\w+),", text))


def number(value: float) -> str:
    """A number as short as a picture needs it."""
    return f"{round(value, 1):g}"


def place(x: float, y: float) -> str:
    """A spot as paths and transforms name it."""
    return f"{number(x)} {number(y)}"


def sheet(title: str, caution: str, ground: str) -> Element:
    """An empty picture, with what it is called and the caution for those who hear it."""
    from xml.etree.ElementTree import Element, SubElement

    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
    root.set("font-family", _FACE)
    SubElement(root, "title").text = title
    SubElement(root, "desc").text = caution
    SubElement(root, "rect", fill=ground, rx="6")
    return root


def sized(root: Element, width: float, height: float) -> str:
    """A picture of that many pixels, as text."""
    from xml.etree.ElementTree import tostring

    for mark in (root, *root.findall("rect")):
        mark.set("width", number(width))
        mark.set("height", number(height))
    root.set("viewBox", f"0 0 {number(width)} {number(height)}")
    return tostring(root, encoding="unicode")


def text(
    x: float, y: float, words: str, fill: str, *, anchor: str = "middle", size: float = FONT
) -> Element:
    """Words whose middle line lies at ``y``."""
    from xml.etree.ElementTree import Element

    places = {"x": number(x), "y": number(y), "text-anchor": anchor, "dominant-baseline": "central"}
    mark = Element("text", {**places, "font-size": f"{size:g}", "fill": fill})
    mark.text = words
    return mark


def stroke(path: str, ink: str, *, width: float = 1, dashes: str = "") -> Element:
    """A line along a path, with nothing filled in."""
    from xml.etree.ElementTree import Element

    look = {"d": path, "stroke": ink, "stroke-width": f"{width:g}", "fill": "none"}
    return Element("path", {**look, **({"stroke-dasharray": dashes} if dashes else {})})


def broken(words: str, width: float, size: float) -> list[str]:
    """A text in lines of at most about ``width`` pixels."""
    columns = max(20, int(width / (0.56 * size)))
    return wrap(words, columns=columns, rows=20).split("\n")
