"""The evidence on two things as one static SVG: intervals, and what no axis can show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nutrigraph.evidence import words
from nutrigraph.evidence.plot import WIDTH, forest
from nutrigraph.view.svg import PAD, broken, colours, number, sheet, sized, stroke, text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from nutrigraph.evidence.contested import Contested
    from nutrigraph.evidence.plot import Mark, Panel

_WIDE: Final = WIDTH + 2 * PAD + 120
_ROOM: Final = _WIDE - 2 * PAD


def picture(shown: Contested) -> str:
    """Return the blocks one under another; the same evidence gives the same text."""
    title = " and ".join(shown.entities[iri].label for iri in shown.asked)
    caution = shown.vocabulary.caution
    root = sheet(title, caution, _ink("ground"))
    y = _lines(root, words.NEVER_POOLED, PAD + 8.0, 12.5, "quiet")
    for block in shown.blocks:
        y = _lines(root, words.title(block, shown.entities), y + 14, 14, "ink", bold=True)
        heading = words.heading(block, shown.entities, shown.vocabulary)
        y = _lines(root, " ".join(heading), y, 12.5, "ink")
        plot = forest(block, shown.entities, shown.vocabulary)
        for panel in plot.panels:
            y = _lines(root, panel.scale, y + 6, 12, "quiet")
            root.append(_panel(panel, y))
            y += panel.height + 6
        for line in plot.without:
            y = _lines(root, f"• {line}", y, 12, "ink")
    y = _lines(root, caution, y + 10, 12.5, "quiet")
    return sized(root, _WIDE, y + 6)


def _ink(name: str) -> str:
    return colours("evidence.css")[name]


def _lines(
    root: Element, told: str, y: float, size: float, ink: str, *, bold: bool = False
) -> float:
    """Write a text from ``y`` down, and return where it ends."""
    for line in broken(told, _ROOM, size):
        mark = text(PAD, y, line, _ink(ink), anchor="start", size=size)
        if bold:
            mark.set("font-weight", "650")
        root.append(mark)
        y += size + 5
    return y


def _panel(panel: Panel, top: float) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    group = Element("g", transform=f"translate({PAD} {number(top)})")
    foot = panel.height - 26
    for tick in panel.ticks:
        group.append(stroke(f"M{number(tick.x)} 4V{foot}", _ink("rule")))
        group.append(text(tick.x, panel.height - 14, tick.label, _ink("quiet"), size=11))
    for mark in panel.marks:
        group.append(stroke(f"M{number(panel.null)} {mark.y + 15}v18", _ink("ink")))
        group.append(text(0, mark.y + 7, mark.label, _ink("ink"), anchor="start", size=12))
        told = f"{mark.figures}, {mark.side}"
        group.append(text(_ROOM, mark.y + 24, told, _ink("ink"), anchor="end", size=12))
        ink = _ink(mark.side if mark.side in ("support", "dispute", "inconclusive") else "together")
        low, high, at = number(mark.low), number(mark.high), mark.y + 24
        ends = f"M{low} {at}H{high}M{low} {at - 4}v8M{high} {at - 4}v8"
        group.append(stroke(ends, ink, width=2, dashes="3 2" if mark.beneath else ""))
        if mark.at is not None:
            look = {"d": _shape(mark), "stroke": ink, "stroke-width": "2"}
            hollow = mark.side not in ("support", "dispute")
            SubElement(group, "path", {**look, "fill": _ink("ground") if hollow else ink})
    return group


def _shape(mark: Mark) -> str:
    """Return the shape of a side: a square supports, a triangle disputes, all else is a ring."""
    x, y = mark.at or 0.0, mark.y + 24
    if mark.side == "support":
        return f"M{number(x - 5)} {y - 5}h10v10h-10Z"
    if mark.side == "dispute":
        return f"M{number(x)} {y - 6}l6.5 11.5h-13Z"
    return f"M{number(x - 5)} {y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z"
