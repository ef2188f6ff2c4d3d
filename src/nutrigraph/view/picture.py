"""The drawing of a page as one static SVG, for where no script runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from nutrigraph.view.layout import LINE, box
from nutrigraph.view.svg import PAD, broken, colours, number, place, sheet, sized, stroke, text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from xml.etree.ElementTree import Element

    from nutrigraph.view.network import Drawing

    Spot = tuple[float, float]

__all__ = ["picture"]

_LEAST: Final = 560  # the legend and the caution need as many pixels
_HEADS: Final = {
    "up": "M14 0L6 -4V4Z",
    "down": "M12 -6H14V6H12Z",
    "null": "M14 0A3 3 0 1 1 8 0A3 3 0 1 1 14 0Z",
}
# By the tone or the dashes of the lines that look so: tone, meaning and dashes of the legend.
_SIGNS: Final = (
    ("up", "up", "more with more", ""),
    ("down", "down", "more with less", ""),
    ("null", "null", "tested, no difference found", ""),
    ("disputed", "disputed", "signs disagree", ""),
    ("mixed", "mixed", "several things are said", ""),
    ((7, 5), "none", "animals only", "6 4"),
    ((1.5, 3.5), "none", "headline or mention only", "1.5 3.5"),
    ("link", "link", "a link, not evidence", "5 2 1 2"),
)


def picture(drawing: Drawing) -> str:
    """The picture that the page begins with, as SVG: boxes, lines, a legend and the caution.

    The same drawing gives the same text. It holds no script, no style sheet and no link.
    """
    from xml.etree.ElementTree import SubElement

    page = drawing.page
    nodes = {node["id"]: node for node in drawing.nodes if node["start"]}
    left, right, top, foot = _frame(nodes.values())
    width = max(right - left, _LEAST) + 2 * PAD
    root = sheet(page["title"], page["caution"], _ink("ground"))
    shift = (width - (right - left)) / 2 - left, PAD - top
    inner = SubElement(root, "g", transform=f"translate({number(shift[0])} {number(shift[1])})")
    shown = [edge for edge in drawing.edges if not edge["shy"]]
    edges = [edge for edge in shown if {edge["from"], edge["to"]} <= nodes.keys()]
    for edge in edges:
        inner.extend(_line(edge, nodes[edge["from"]], nodes[edge["to"]]))
    asked = page.get("answer", {})
    ends = {asked[end]["id"]: word for end, word in (("source", "from"), ("target", "to")) if asked}
    for node in nodes.values():
        inner.append(_box(node, ends.get(node["id"])))
    y = foot - top + 2 * PAD + 10
    y = _legend(root, nodes.values(), edges, width - 2 * PAD, y)
    for line in broken(page["caution"], width - 2 * PAD, 12.5):
        root.append(text(PAD, y, line, _ink("quiet"), anchor="start", size=12.5))
        y += 17
    return sized(root, width, y + PAD - 8)


def _ink(name: str) -> str:
    return colours("page.css")[name]


def _frame(nodes: Collection[dict[str, Any]]) -> tuple[float, float, float, float]:
    """The left, right, upper and lower rim of all boxes, with room for what stands on them."""
    if not nodes:
        return 0.0, 0.0, 0.0, 0.0
    return (
        min(node["x"] - node["w"] / 2 for node in nodes),
        max(node["x"] + node["w"] / 2 for node in nodes),
        min(node["y"] - node["h"] / 2 for node in nodes) - 18,
        max(node["y"] + node["h"] / 2 for node in nodes),
    )


def _outline(kind: str, width: float, height: float) -> str:
    """The shape of a kind around the origin, as the page draws it."""
    x, y = width / 2, height / 2
    cut = min(8, y * 0.7)
    shapes = {
        "Mechanism": [(-x, 0), (cut - x, -y), (x - cut, -y), (x, 0), (x - cut, y), (cut - x, y)],
        "Exposure": [(cut - x, -y), (x, -y), (x - cut, y), (-x, y)],
        "Biomarker": [
            *((cut - x, -y), (x - cut, -y), (x, cut - y), (x, y - cut)),
            *((x - cut, y), (cut - x, y), (-x, y - cut), (-x, cut - y)),
        ],
    }
    if kind in shapes:
        return f"M{'L'.join(place(*corner) for corner in shapes[kind])}Z"
    r = min(y, 15) if kind == "Nutrient" else 2
    arc = f"A{number(r)} {number(r)} 0 0 1"
    corners = [(x - r, -y, x, r - y), (x, y - r, x - r, y), (r - x, y, -x, y - r)]
    corners.append((-x, r - y, r - x, -y))
    sides = (f"L{place(a, b)}{arc} {place(c, d)}" for a, b, c, d in corners)
    return f"M{place(r - x, -y)}{''.join(sides)}Z"


def _box(node: dict[str, Any], end: str | None) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    group = Element("g", transform=f"translate({place(node['x'], node['y'])})")
    rim = {"stroke": _ink(f"{node['kind']}-rim"), "stroke-width": "3" if end else "1.3"}
    shape = {"d": _outline(node["kind"], node["w"], node["h"]), "fill": _ink(node["kind"])}
    SubElement(group, "path", {**shape, **rim})
    lines = node["label"].split("\n")
    for at, line in enumerate(lines):
        mark = text(0, (at - (len(lines) - 1) / 2) * LINE, line, _ink("ink"))
        if end:
            mark.set("font-weight", "650")
        group.append(mark)
    if end:
        group.append(text(0, -node["h"] / 2 - 10, end, _ink("quiet"), size=11.5))
    return group


def _line(edge: dict[str, Any], start: dict[str, Any], stop: dict[str, Any]) -> Iterator[Element]:
    """A line from rim to rim, with its head."""
    middle = _via((start["x"], start["y"]), (stop["x"], stop["y"]), edge["smooth"])
    one, other = _rim(start, middle), _rim(stop, middle)
    path = f"M{number(one[0])} {number(one[1])}Q" + " ".join(map(number, (*middle, *other)))
    turn = math.degrees(math.atan2(other[1] - middle[1], other[0] - middle[0]))
    spot = f"translate({number(other[0])} {number(other[1])}) rotate({number(turn)})"
    dashes = " ".join(f"{part:g}" for part in edge["dashes"] or [])
    yield from _stroke(edge["tone"], path, spot, width=edge["width"], dashes=dashes)


def _via(start: Spot, stop: Spot, smooth: bool | dict[str, Any]) -> Spot:
    """The point that bends a line as the map does."""
    if not isinstance(smooth, dict):
        return (start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2
    across, down = stop[0] - start[0], stop[1] - start[1]
    bow = smooth["roundness"] / 2
    turn = bow if smooth["type"] == "curvedCW" else -bow
    angle = math.atan2(-down, across) + (turn + 0.5) * math.pi
    reach = (bow + 0.5) * math.hypot(across, down)
    return start[0] + reach * math.sin(angle), start[1] + reach * math.cos(angle)


def _rim(node: dict[str, Any], to: Spot) -> Spot:
    """Where a line from the middle of a box leaves it."""
    across, down = to[0] - node["x"], to[1] - node["y"]
    share = (node["w"] / 2 / max(abs(across), 1e-6), node["h"] / 2 / max(abs(down), 1e-6), 1.0)
    return node["x"] + across * min(share), node["y"] + down * min(share)


def _stroke(
    tone: str, path: str, spot: str, *, width: float, dashes: str = ""
) -> Iterator[Element]:
    from xml.etree.ElementTree import Element

    ink = _ink(tone if tone in ("up", "down", "link") else "grey")
    yield stroke(path, ink, width=width, dashes=dashes)
    if tone in _HEADS:
        grown = f"{spot} scale({number(max(1, width / 3))}) translate(-14 0)"
        yield Element("path", {"d": _HEADS[tone], "fill": ink, "transform": grown})


def _legend(
    root: Element,
    nodes: Collection[dict[str, Any]],
    edges: Collection[dict[str, Any]],
    width: float,
    y: float,
) -> float:
    """What the shapes and lines of this picture mean; returns where it ends."""
    from xml.etree.ElementTree import SubElement

    kinds = sorted({node["kind"] for node in nodes})
    seen = {edge["tone"] for edge in edges} | {tuple(edge["dashes"] or ()) for edge in edges}
    entries: list[tuple[str, str | None, str]] = [(kind, None, "") for kind in kinds]
    entries += [(word, tone, dash) for look, tone, word, dash in _SIGNS if look in seen]
    x = 0.0
    for word, tone, dash in entries:
        wide = 38 + box(word)[0]
        if x and x + wide > width:
            x, y = 0.0, y + 21
        glyph = SubElement(root, "g", transform=f"translate({number(PAD + x + 16)} {number(y)})")
        if tone is None:
            rim = {"stroke": _ink(f"{word}-rim"), "stroke-width": "1.3"}
            SubElement(glyph, "path", {"d": _outline(word, 24, 13), "fill": _ink(word), **rim})
        else:
            end = 9 if tone in _HEADS else 14
            glyph.extend(_stroke(tone, f"M-14 0H{end}", "translate(14 0)", width=2, dashes=dash))
        root.append(text(PAD + x + 38, y, word, _ink("ink"), anchor="start", size=13))
        x += wide
    return y + 28
