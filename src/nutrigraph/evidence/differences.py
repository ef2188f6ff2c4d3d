"""Where two sides of the evidence differ: what the data say of each, and no explanation."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from nutrigraph.model import Claim, Entity, Row, Vocabulary

MOST: Final = 4
"""Values that one line names of one side; the others are counted."""
_FIELDS: Final = (
    ("dose", "dose"),
    ("population", "population"),
    ("life stage", "life_stage"),
    ("baseline", "baseline_status"),
    ("design", "study_type"),
    ("species", "species"),
)


def differences(
    rows: Sequence[Row], entities: Mapping[str, Entity], vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Return one line for each thing in which those who found it differ from those who did not.

    Papers that have fallen and bare mentions are left out; what a side does not tell is said.
    """
    standing = [row for row in rows if not row.fallen]
    found = [row.main.claim for row in standing if row.side == "support"]
    others = [row.main.claim for row in standing if row.side in ("dispute", "inconclusive")]
    if not found or not others:
        return ()
    told: list[tuple[str, Callable[[Claim], str | None]]] = [
        (name, lambda claim, field=field: getattr(claim.evidence, field, None))  # type: ignore[misc]
        for name, field in _FIELDS
    ]
    told.append(("measured", lambda claim: measured(claim, entities)))
    told.append(("figure", lambda c: c.evidence.effect.measure if c.evidence else None))
    told.append(("question", lambda claim: vocabulary.predicates[claim.predicate].label))
    lines = [_line(name, map(read, found), map(read, others)) for name, read in told]
    lines.append(_years(found, others))
    return tuple(line for line in lines if line)


def measured(claim: Claim, entities: Mapping[str, Entity]) -> str | None:
    """Return by what the two sides of a claim were measured, where that is known."""
    evidence = claim.evidence
    markers = [entities[iri].label for iri in (claim.subject_measure, claim.object_measure) if iri]
    assay = [evidence.assay] if evidence and evidence.assay else []
    return ", ".join([*markers, *assay]) or None


def _line(name: str, found: Iterable[str | None], others: Iterable[str | None]) -> str | None:
    """Return how two sides differ in one thing; None where they do not, or neither tells it."""
    sides = Counter(found), Counter(others)
    if not any(value for side in sides for value in side) or {*sides[0]} == {*sides[1]}:
        return None
    return (
        f"{name}: those who found it: {_listed(sides[0])}; those who did not: {_listed(sides[1])}"
    )


def _listed(values: Counter[str | None]) -> str:
    told = sorted(
        ((value, number) for value, number in values.items() if value),
        key=lambda item: (-item[1], item[0]),
    )
    if not told:
        return "not stated"
    words = [f"{value} ({number} papers)" if number > 1 else value for value, number in told[:MOST]]
    if len(told) > MOST:
        words.append(f"{len(told) - MOST} more")
    if silent := values[None] + values[""]:
        words.append(f"not stated in {silent}")
    return " | ".join(words)


def _years(found: Iterable[Claim], others: Iterable[Claim]) -> str | None:
    spans = []
    for claims in (found, others):
        years = sorted(source.year for claim in claims for source in claim.papers if source.year)
        span = f"{years[0]} to {years[-1]}" if years and years[0] != years[-1] else ""
        spans.append(span or (str(years[0]) if years else None))
    return _line("years", spans[:1], spans[1:])
