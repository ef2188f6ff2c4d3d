"""Cells of KGX as fields of a record: each read as its type asks, and checked."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from nutrigraph.exchange import kgx_columns as kgx

if TYPE_CHECKING:
    from collections.abc import Collection

    from nutrigraph.exchange.tsv import Row
    from nutrigraph.model import Vocabulary

_LISTED_AT_ONCE: Final = 12
_WHOLE: Final = re.compile("[0-9]{1,12}")


@dataclass(slots=True)
class FieldReader:
    """Reads cells; each method raises `InputError` on a cell that says something wrong."""

    vocabulary: Vocabulary
    labels: dict[str, list[str]] = field(init=False, default_factory=lambda: defaultdict(list))
    """The labels of each class of qualifiers."""
    species_names: dict[str, str] = field(init=False, default_factory=dict)
    """The label of each species by its CURIE."""

    def __post_init__(self) -> None:
        """Sort what the vocabulary declares."""
        for (cls, label), iri in self.vocabulary.iris.items():
            self.labels[cls].append(label)
            if cls == "Species":
                self.species_names[kgx.shorten(iri)] = label

    def known(self, row: Row, column: str, value: str, among: Collection[str], what: str) -> str:
        """Return a value that must be one of several."""
        if value not in among:
            near = difflib.get_close_matches(value, among, n=3)
            if not near and len(among) <= _LISTED_AT_ONCE:
                near = sorted(among)
            nearest = ", ".join(near) or "none"
            raise row.refuse(column, f"is no {what} (nearest: {nearest}): mend it")
        return value

    def truth(self, row: Row, column: str, *, default: bool = False) -> bool:
        """Return a cell as true or false."""
        value = row.get(column)
        if value not in (None, "true", "false"):
            raise row.refuse(column, "is neither true nor false: write one of them")
        return default if value is None else value == "true"

    def whole(self, row: Row, column: str) -> int | None:
        """Return a cell as a whole number."""
        value = row.get(column)
        if value is not None and not _WHOLE.fullmatch(value):
            raise row.refuse(column, "is no whole number: mend it, or leave it empty")
        return int(value) if value else None

    def label(self, row: Row, column: str, name: str) -> str | None:
        """Return the label of a qualifier, which must be declared."""
        value, cls = row.get(column), kgx.LABELS[name]
        labels = self.labels[cls]
        return value and self.known(row, column, value, labels, f"{cls} of the vocabulary")

    def species(self, row: Row) -> str | None:
        """Return the label of a species, which stands there as an identifier."""
        value, names = row.get(kgx.SPECIES), self.species_names
        return value and names[self.known(row, kgx.SPECIES, value, names, "species that we know")]

    def values(self, row: Row, record: type[Any], columns: dict[str, str]) -> dict[str, Any]:
        """Return the fields of a record, each read as its type asks."""
        read: dict[str, Any] = {}
        for name, column in columns.items():
            hint = kgx.HINTS[record][name]
            if name in kgx.LABELS:
                read[name] = self.label(row, column, name)
            elif hint is bool:
                read[name] = self.truth(row, column)
            elif hint in (int, int | None):
                read[name] = self.whole(row, column)
            elif hint in (str, str | None):
                text = row.get(column)
                read[name] = self.iri(row, column, text) if text and name in kgx.IRIS else text
            else:
                named = name in kgx.IRIS
                read[name] = self.iris(row, column) if named else row.several(column)
        return read

    def iri(self, row: Row, column: str, curie: str) -> str:
        """Return a CURIE or an IRI as an IRI."""
        iri = kgx.expand(curie)
        if not kgx.IRI.fullmatch(iri):
            raise row.refuse(column, "is no identifier: give a CURIE or an IRI, without spaces")
        return iri

    def iris(self, row: Row, column: str) -> tuple[str, ...]:
        """Return a cell as identifiers."""
        return tuple(self.iri(row, column, value) for value in row.several(column))
