"""What must hold of a row before it counts: its figures, its paper, its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nutrigraph.model import parse_number
from nutrigraph.sheets.table import mistrust, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from nutrigraph.model import Vocabulary

    Fault = tuple[str, str]
    """A field, and what is wrong with its value and how to mend it."""

_DOI: Final = re.compile(r"10\.\d{4,9}/\S+")
_PMID: Final = re.compile(r"[1-9]\d{0,7}")
_YEAR: Final = re.compile(r"(?:1[89]|20)\d\d")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_FIGURE: Final = re.compile(r"[-+−]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_P: Final = re.compile(r"(?:[pP]\s*)?[<>≤≥=]{0,2}\s*(?:\d*\.?\d+(?:[eE][-+]?\d+)?)")
_RESOLVER: Final = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_SIGNIFICANCE: Final = ("", "yes", "no", "unknown")
_ROLES: Final = ("", "surrogate")
_ANALYSES: Final = ("", "main", "subgroup", "secondary")
_LEVEL: Final = 0.05
"""A p below it and an interval without the null are what `yes` means in a sheet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: its number, the column, the value, and how to mend it."""

    row: int
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"row {self.row}, column {self.column!r}, value {shown(self.value)}: {self.message}"


def bare_doi(text: str) -> str:
    """Return a DOI without its resolver."""
    return _RESOLVER.sub("", text, count=1)


def is_doi(text: str) -> bool:
    """Whether a text is a DOI, with or without its resolver."""
    return _DOI.fullmatch(bare_doi(text)) is not None


def several(cell: object) -> list[str]:
    """Return the members of a cell that may hold several, or of a list."""
    parts = cell if isinstance(cell, list) else str(cell).split("|")
    return [name for part in parts if (name := str(part).strip())]


def cell_faults(cells: Mapping[str, str]) -> Iterator[Fault]:
    """Yield the columns whose cells no program should trust."""
    for column, cell in cells.items():
        if fault := mistrust(cell):
            yield column, fault


def paper_faults(values: Mapping[str, str]) -> Iterator[Fault]:
    """Yield what is wrong with the paper of a row."""
    doi, pmid, url = bare_doi(values["doi"]), values["pmid"], values["url"]
    if doi and not _DOI.fullmatch(doi):
        yield "doi", "is no DOI: write it like 10.1055/s-2007-999724"
    if pmid and not _PMID.fullmatch(pmid):
        yield "pmid", "is no PubMed identifier: write up to eight digits"
    if url and not _ADDRESS.fullmatch(url):
        yield "url", "is no web address: write it with http:// or https://"
    if not (doi or pmid or url):
        yield "doi", "no DOI, PubMed identifier or address: name the paper by one of them"
    for name in ("superseded_by", "may_pool"):
        for other in several(values.get(name, "")):
            if not (is_doi(other) or _PMID.fullmatch(other) or _ADDRESS.fullmatch(other)):
                yield name, "is no DOI, PubMed identifier or address: name the paper by one of them"
            elif bare_doi(other).lower() in (doi.lower(), pmid, url):
                yield name, "is the paper itself: name another, or leave it out"
    if len(several(values.get("superseded_by", ""))) > 1:
        yield "superseded_by", "names several papers: one takes the place of this one"
    if values["year"] and not _YEAR.fullmatch(values["year"]):
        yield "year", "is no year: write four digits, or leave it out"


def figure_faults(values: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[Fault]:
    """Yield what is wrong with the figures of a row, and where they contradict each other."""
    for name in ("sample_size", "n_cases", "n_controls"):
        if values[name] and (parse_number(values[name]) is None or values[name][0] in "-−"):
            yield name, "is no number of people: write digits, or leave it out"
    figures = ("effect_value", "effect_baseline", "ci_low", "ci_high")
    wrong = [name for name in figures if values[name] and not _FIGURE.fullmatch(values[name])]
    yield from ((name, "is no number: write it as printed, or leave it out") for name in wrong)
    if values["effect_value"] and not values["effect_measure"]:
        yield "effect_measure", "a figure without its measure: say what it is, such as OR"
    if values["p_value"]:
        yield from _p_faults(values)
    if not wrong:
        yield from _interval_faults(values, vocabulary)
    for name, known in (
        ("significance", _SIGNIFICANCE),
        ("outcome_role", _ROLES),
        ("analysis", _ANALYSES),
    ):
        if values[name] not in known:
            yield name, f"is unknown: write {', '.join(filter(None, known))}, or leave it out"


def _p_faults(values: Mapping[str, str]) -> Iterator[Fault]:
    """Yield what is wrong with a p; one printed as a bound contradicts nothing by itself."""
    p = parse_number(values["p_value"]) if _P.fullmatch(values["p_value"]) else None
    if p is None or not 0 <= p <= 1:
        yield "p_value", "is no p: write a number from 0 to 1, or a bound such as <0.05"
        return
    told, bound = values["significance"], re.search("[<>≤≥]", values["p_value"])
    above = p > _LEVEL and not (bound and bound[0] in "<≤")
    below = p < _LEVEL and not (bound and bound[0] in ">≥")
    if (told == "yes" and above) or (told == "no" and below):
        yield "significance", f"contradicts p {values['p_value']}: mend one of the two"


def _interval_faults(values: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[Fault]:
    low, high, value = (
        parse_number(values[name].replace("−", "-")) if values[name] else None
        for name in ("ci_low", "ci_high", "effect_value")
    )
    if (low is None) != (high is None):
        missing = "ci_low" if low is None else "ci_high"
        yield missing, "one end of the interval is missing: give both, or neither"
    if low is None or high is None:
        return
    if low > high:
        yield "ci_low", f"lies above the upper end, {values['ci_high']}: mend the interval"
        return
    if value is not None and not low <= value <= high:
        inside = f"{values['ci_low']} to {values['ci_high']}"
        yield "effect_value", f"lies outside its interval, {inside}: mend one of them"
    null = _no_effect(values["effect_measure"], vocabulary)
    if null is None:
        return
    holds_null = low <= null <= high
    told = values["significance"]
    if (told == "yes" and (low < null < high)) or (told == "no" and not holds_null):
        where = "holds" if holds_null else "leaves out"
        yield "significance", f"contradicts its interval, which {where} {null}: mend one of them"


def _no_effect(measure: str, vocabulary: Vocabulary) -> int | None:
    """Return the figure that means no effect in a measure, where that is known."""
    if measure in vocabulary.ratio_measures:
        return 1
    return 0 if measure in vocabulary.difference_measures else None


def word_faults(
    values: Mapping[str, str], known: Mapping[str, Mapping[str, str]], near: Callable[..., str]
) -> Iterator[Fault]:
    """Yield the fields whose words the vocabulary does not have.

    ``known`` holds, by field, the words that it may have; ``near`` names those that come nearest.
    """
    for name, words in known.items():
        if values[name] and values[name] not in words:
            yield name, f"is unknown (nearest: {near(values[name], words)}): mend it, or map it"
