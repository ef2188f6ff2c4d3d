"""Weights of one's own: a file with a weight for each study type, in place of our convention."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nutrigraph.errors import InputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from nutrigraph.model import Vocabulary

_COLUMNS = ("study_type", "causal", "association")


def read_weights(file: Path, vocabulary: Vocabulary) -> Vocabulary:
    """Return the vocabulary with the weights of a TSV file.

    Its columns are ``study_type`` (as the vocabulary calls it), ``causal`` and ``association``,
    both from 0 to 1; every study type stands in it once.

    Raises:
        InputError: the file cannot be read, or a study type is missing, unknown or has no weight;
            names the line.
    """
    try:
        header, *lines = file.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise UsageError(f"weights {file} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(str(file), "weights are not UTF-8: save them as UTF-8") from error
    columns = header.split("\t")
    if not {*_COLUMNS} <= {*columns}:
        raise InputError(f"{file}:1", f"needs the tab-separated columns {', '.join(_COLUMNS)}")
    found = {}
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        place, row = f"{file}:{number}", dict(zip(columns, line.split("\t"), strict=False))
        if not {*_COLUMNS} <= {*row}:
            raise InputError(place, f"needs a value in each column: {', '.join(_COLUMNS)}")
        name = row["study_type"]
        if name not in vocabulary.study_types or name in found:
            known = ", ".join(vocabulary.study_types)
            raise InputError(
                place, f"study type {name!r} is unknown or given twice; known: {known}"
            )
        found[name] = replace(
            vocabulary.study_types[name],
            weight_causal=_weight(row["causal"], place),
            weight_association=_weight(row["association"], place),
        )
    missing = [name for name in vocabulary.study_types if name not in found]
    if missing:
        raise InputError(str(file), f"no weight for {', '.join(missing)}: add a line for each")
    # In our order, whatever that of the file: draws of the weights go by it.
    return replace(vocabulary, study_types={name: found[name] for name in vocabulary.study_types})


def _weight(text: str, place: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = -1.0
    if not 0 <= weight <= 1:
        raise InputError(place, f"{text!r} is no weight: give a number from 0 to 1")
    return weight
