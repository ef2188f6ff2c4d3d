"""How a sheet's columns and values become the fields of claims: data, in a TOML file beside it.

    title = "Findings"                  # with `description`, `rights` and `language`, if you like
    [sheet]
    quoting = true                      # false where `"` is a character like any other
    [columns]
    study_type = "design"               # field of a claim = column of the sheet
    [entities]
    "preterm labor" = "preterm labour"  # name in the sheet = name of the entity here
    [[rules]]                           # in order; where several hold, the last one wins
    when = { design = ["rct", "trial"], object_kind = "Condition" }
    set = { study_type = "rct" }
    [[papers]]                          # what is known of a paper beside its rows
    doi = "10.1000/1"
    superseded_by = "10.1000/2"

A field that no column is named for takes the column of its own name, so that a sheet whose columns
are called as the fields are needs no mapping.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from nutrigraph.errors import InputError
from nutrigraph.model import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

EFFECT_FIELDS: Final = {
    "effect_measure": "measure",
    "effect_value": "value",
    "effect_baseline": "baseline",
    "ci_low": "ci_low",
    "ci_high": "ci_high",
}
"""Fields of a row, and the parts of the effect that they are."""
EVIDENCE_FIELDS: Final = tuple(
    item.name for item in fields(Evidence) if item.name not in ("effect", "not_in_page")
)
PAPER_FIELDS: Final = ("doi", "pmid", "authors", "year", "journal", "title", "url")
PAPER_LINKS: Final = ("superseded_by", "may_pool", "registration", "paper_note")
"""What is said of a paper: once, in a mapping, or in rows of it, which must agree.

Other papers are named by DOI, PubMed identifier or address; ``may_pool`` takes several, with ``|``
between them.
"""
_CLAIM_FIELDS: Final = (
    "finding",
    *(f"{side}{part}" for side in ("subject", "object") for part in ("", "_aspect", "_direction")),
    *("subject_measure", "object_measure", "predicate", "modality", "negated", "note"),
    "co_exposures",
)
SET_ASIDE: Final = ("relation", "treatment", "subject_kind", "object_kind")
"""What rules may test and set, and no claim holds."""
FIELDS: Final = (
    *_CLAIM_FIELDS,
    *EVIDENCE_FIELDS,
    *EFFECT_FIELDS,
    *PAPER_FIELDS,
    *PAPER_LINKS,
    *SET_ASIDE,
)
_TABLES: Final = ("sheet", "columns", "entities", "rules", "papers")
_ABOUT: Final = ("title", "description", "language", "rights")


@dataclass(frozen=True, slots=True)
class Rule:
    """Where each named column or field has one of its values, the fields are set."""

    when: Mapping[str, frozenset[str]]
    set: Mapping[str, str]

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether a row is one that the rule is about."""
        return all(values.get(name, "") in allowed for name, allowed in self.when.items())


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """What a mapping file says; the empty one takes every field from the column of its name."""

    place: str = "no mapping"
    about: Mapping[str, str] = field(default_factory=dict)
    quoting: bool = True
    columns: Mapping[str, str] = field(default_factory=dict)
    entities: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    papers: tuple[Mapping[str, Any], ...] = ()

    def column(self, name: str) -> str:
        """Return the column that a field is taken from."""
        return self.columns.get(name, name)

    def values(self, cells: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, str]:
        """Return the fields of a row: from its cells, then as the rules set them.

        ``kinds`` holds the kinds of its subject and object.
        """
        found = {name: cells.get(self.column(name), "").strip() for name in FIELDS}
        known = {**cells, **found, **kinds}
        for rule in self.rules:
            if rule.holds(known):
                known |= rule.set
        return {name: known[name] for name in FIELDS if name in known}


def read_mapping(path: Path) -> SheetMapping:
    """Return what a mapping file says.

    Raises:
        InputError: it cannot be read, is no TOML, or names a field that no claim has.
    """
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(str(path), "is not UTF-8: save it in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(str(path), f"is no valid TOML: {error}") from error
    _known(data, (*_ABOUT, *_TABLES), path, "the mapping")
    columns = _strings(data.get("columns", {}), path, "[columns]")
    _known(columns, FIELDS, path, "[columns]")
    sheet = data.get("sheet", {})
    if not isinstance(sheet, dict) or not isinstance(sheet.get("quoting", True), bool):
        raise InputError(str(path), "[sheet] takes quoting = true or false")
    _known(sheet, ("file", "quoting"), path, "[sheet]")
    return SheetMapping(
        place=str(path),
        about=_strings({name: data[name] for name in _ABOUT if name in data}, path, "the mapping"),
        quoting=sheet.get("quoting", True),
        columns=columns,
        entities=_strings(data.get("entities", {}), path, "[entities]"),
        rules=tuple(_rule(item, path) for item in _several(data, "rules", path)),
        papers=tuple(_paper(item, path) for item in _several(data, "papers", path)),
    )


def _several(data: Mapping[str, Any], name: str, path: Path) -> list[dict[str, Any]]:
    found = data.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise InputError(str(path), f"{name} is no list of tables: write each under [[{name}]]")
    return found


def _rule(item: Mapping[str, Any], path: Path) -> Rule:
    _known(item, ("when", "set"), path, "[[rules]]")
    when, sets = item.get("when", {}), item.get("set", {})
    if not isinstance(when, dict) or not isinstance(sets, dict) or not sets:
        raise InputError(str(path), "[[rules]] takes when = { ... } and set = { ... }")
    _known(sets, FIELDS, path, "[[rules]] set")
    tests = {name: [test] if not isinstance(test, list) else test for name, test in when.items()}
    return Rule(
        {name: frozenset(map(_text, several)) for name, several in tests.items()},
        {name: _text(value) for name, value in sets.items()},
    )


def _paper(item: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    _known(item, (*PAPER_FIELDS, *PAPER_LINKS), path, "[[papers]]")
    if not {"doi", "pmid"} & item.keys():
        raise InputError(str(path), "[[papers]] needs doi or pmid, to tell which paper it is about")
    return item


def _strings(data: object, path: Path, where: str) -> dict[str, str]:
    if not isinstance(data, dict) or not all(isinstance(item, str) for item in data.values()):
        raise InputError(str(path), f'{where} takes texts: name = "value"')
    return data


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _known(data: Iterable[str], known: Iterable[str], path: Path, where: str) -> None:
    for name in data:
        if name not in known:
            near = ", ".join(difflib.get_close_matches(name, list(known), n=3)) or "none"
            raise InputError(
                str(path), f"{where}: {name!r} is unknown (nearest: {near}): mend or delete it"
            )
