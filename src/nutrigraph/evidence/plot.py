"""The forest plot: one line a finding, unlike measures never on one axis, and nothing pooled."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Final

from nutrigraph.evidence import words
from nutrigraph.wording import named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nutrigraph.model import Block, Claim, Entity, Finding, Row, Vocabulary

WIDTH: Final = 440
LINE: Final = 38
_LEFT, _RIGHT, _TOP, _FOOT = 14, 426, 8, 30
_STANDARDISED: Final = "SMD"
"""The one difference without a unit: others share an axis only where their marker is named."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One interval, in pixels: its ends, its point if there is one, and its words."""

    label: str
    figures: str
    side: str
    y: int
    low: float
    high: float
    at: float | None
    beneath: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The intervals of one measure, with the axis they share; ``null`` is where no effect lies."""

    title: str
    scale: str
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    null: float
    height: int

    @property
    def description(self) -> str:
        """What it shows, in words."""
        told = "; ".join(f"{mark.label}: {mark.figures} ({mark.side})" for mark in self.marks)
        return f"{self.scale} {told}. Nothing is pooled."


@dataclass(frozen=True, slots=True)
class Forest:
    """The panels of a block, and the findings that no axis can show, each with why."""

    panels: tuple[Panel, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Drawn:
    row: Row
    finding: Finding
    low: float
    high: float
    value: float | None


def forest(block: Block, entities: Mapping[str, Entity], vocabulary: Vocabulary) -> Forest:
    """Return the forest plot of a block: main findings, and what stands beneath them."""
    panels: dict[tuple[str, ...], list[_Drawn]] = defaultdict(list)
    without: list[str] = []
    for row in block.rows:
        for finding in row.findings:
            if finding.side == "named":
                continue
            drawn = _drawn(row, finding, vocabulary)
            if isinstance(drawn, str):
                part = "" if finding is row.main else f", {words.analysis(finding)}"
                without.append(f"{words.paper(row)}{part}: {words.SIDES[finding.side]}; {drawn}")
            else:
                panels[_axis(row, finding.claim, entities, vocabulary)].append(drawn)
    return Forest(
        tuple(_panel(key, panels[key], vocabulary) for key in sorted(panels)), tuple(without)
    )


def _drawn(row: Row, finding: Finding, vocabulary: Vocabulary) -> _Drawn | str:
    """Return what is to be drawn of a finding, or why nothing can be."""
    claim = finding.claim
    if claim.evidence is None:
        return "no interval printed"
    effect, parsed = claim.evidence.effect, claim.evidence.parsed
    low, high = parsed.get("effect_ci_low"), parsed.get("effect_ci_high")
    if low is None or high is None:
        shown = f"{effect.measure or 'effect'} {effect.value}, " if effect.value else ""
        return f"{shown}no interval printed"
    printed = f"{effect.measure or 'figure'} {effect.ci_low} to {effect.ci_high}"
    if effect.measure in vocabulary.ratio_measures:
        if low <= 0:
            return f"{printed}: no ratio, so that no axis can show it"
    elif effect.measure not in vocabulary.difference_measures:
        return f"{printed}: what no effect would be is not known of this measure"
    value = parsed.get("effect_value")
    return _Drawn(row, finding, float(low), float(high), None if value is None else float(value))


def _axis(
    row: Row, claim: Claim, entities: Mapping[str, Entity], vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Return what two findings must share to stand on one axis: measure, markers, comparison.

    The ratio of low against normal and that of high against low point opposite ways, and are
    never turned round here.
    """
    measure = str(claim.evidence and claim.evidence.effect.measure)
    markers = [entities[iri].label for iri in (claim.subject_measure, claim.object_measure) if iri]
    subject = named(
        entities[claim.subject].label, claim.subject_aspect, claim.subject_direction, vocabulary
    )
    alone = measure not in vocabulary.ratio_measures and measure != _STANDARDISED and not markers
    return measure, ", ".join(markers), subject, row.voice if alone else ""


def _panel(key: tuple[str, ...], drawn: Sequence[_Drawn], vocabulary: Vocabulary) -> Panel:
    measure, markers, subject, _ = key
    ratio = measure in vocabulary.ratio_measures
    numbers = [n for item in drawn for n in (item.low, item.high, item.value) if n is not None]
    ticks = _log_ticks(numbers) if ratio else _ticks(numbers)
    ends = (log10(ticks[0]), log10(ticks[-1])) if ratio else (ticks[0], ticks[-1])

    def place(number: float) -> float:
        share = ((log10(number) if ratio else number) - ends[0]) / (ends[1] - ends[0])
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)

    marks = tuple(
        Mark(
            label=_label(item),
            figures=_figures(item),
            side=words.SIDES[item.finding.side],
            y=_TOP + LINE * number,
            low=place(item.low),
            high=place(item.high),
            # A printed value beyond its axis is a fault that other checks report.
            at=None if item.value is None or (ratio and item.value <= 0) else place(item.value),
            beneath=item.finding is not item.row.main,
        )
        for number, item in enumerate(drawn)
    )
    kind = "ratio, on a logarithmic axis with no effect at 1" if ratio else "no effect at 0"
    if not ratio and measure != _STANDARDISED:
        kind += ", in the unit of each paper"
    return Panel(
        title=" · ".join(filter(None, (measure, markers, subject))),
        scale=f"{measure}{f' of {markers}' if markers else ''}, as printed: {kind}.",
        marks=marks,
        ticks=tuple(Tick(place(tick), f"{tick:g}".replace("-", "−")) for tick in ticks),
        null=place(1 if ratio else 0),
        height=_TOP + LINE * len(marks) + _FOOT,
    )


def _label(item: _Drawn) -> str:
    name = words.paper(item.row)
    if item.finding is not item.row.main:
        name = f"↳ {name}, {words.analysis(item.finding)}"
    return name if len(name) <= 36 else f"{name[:35].rstrip()}…"


def _figures(item: _Drawn) -> str:
    effect = item.finding.claim.evidence.effect if item.finding.claim.evidence else None
    if effect is None:
        return ""
    inside = f"({effect.ci_low} to {effect.ci_high})"
    return f"{effect.value} {inside}" if effect.value else inside


def _log_ticks(numbers: Sequence[float]) -> list[float]:
    """Return places on a logarithmic axis that hold all numbers and 1."""
    low, high = min(*numbers, 1.0), max(*numbers, 1.0)
    places = [
        float(f"{step}e{power}")
        for power in range(floor(log10(low)) - 1, ceil(log10(high)) + 2)
        for step in (1, 2, 5)
    ]
    first = max(index for index, place in enumerate(places) if place <= low)
    last = min(index for index, place in enumerate(places) if place >= high)
    if first == last:
        first, last = first - 1, last + 1
    found = places[first : last + 1]
    # Few enough to be read: on a long axis the powers of ten alone, and its ends.
    kept = [p for p in found if len(found) <= 8 or log10(p).is_integer()]
    return sorted({found[0], *kept, found[-1]})


def _ticks(numbers: Sequence[float]) -> list[float]:
    """Return places on a linear axis, evenly apart, that hold all numbers and 0."""
    low, high = min(*numbers, 0.0), max(*numbers, 0.0)
    span = high - low or 1.0
    power = 10.0 ** floor(log10(span / 4))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice * 5 >= span)
    return [
        round(step * count, 10)
        for count in range(floor(low / step), max(ceil(high / step), floor(low / step) + 1) + 1)
    ]
