"""The evidence table as flat cells, for CSV, and as records, for JSON."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from nutrigraph import records
from nutrigraph.cells import guard
from nutrigraph.evidence import words
from nutrigraph.evidence.differences import measured
from nutrigraph.model import Evidence
from nutrigraph.report import figures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nutrigraph.evidence.contested import Contested
    from nutrigraph.model import Block, Entity, Finding, Row, Vocabulary

_TOLD: Final = (
    *("population", "life_stage", "species", "dose", "route", "duration", "exposure_timing"),
    *("timing", "baseline_status", "comparison", "comparator", "adjusted_for", "sample_size"),
    *("n_cases", "n_controls", "p_value", "significance", "outcome_detail", "second_reader"),
    "doubt",
)
COLUMNS: Final = (
    *("block", "proposition", "kind", "apart", "paper", "year", "doi", "pmid", "address", "side"),
    *("outcome", "analysis", "statement", "design", "measured_by", *_TOLD, "effect_measure"),
    *("effect_baseline", "effect_value", "ci_low", "ci_high", "weight", "weight_reason", "marks"),
    *("note", "quote", "document", "claim"),
)
OVERVIEW: Final = (
    *("subject", "object", "treatment", "for", "against", "inconclusive", "standing"),
    *("subject_id", "object_id"),
)


def links(row: Row) -> list[tuple[str, str]]:
    """Return the addresses of the papers of a row, each with its name; https alone."""
    return [link for source in row.sources for link in source.links]


def quoted(finding: Finding) -> str:
    """Return the words that a claim of a text stands in, empty where it has none."""
    quote_ = finding.claim.quote
    return " ".join(quote_.exact.split()) if quote_ else ""


def cells(
    row: Row, finding: Finding, entities: Mapping[str, Entity], vocabulary: Vocabulary
) -> dict[str, str]:
    """Return one finding as text cells by name; what is not stated is empty."""
    claim, evidence = finding.claim, finding.claim.evidence or Evidence()
    years = sorted({str(source.year) for source in row.sources if source.year})
    return {
        "paper": words.paper(row),
        "year": ", ".join(years),
        "doi": " ".join(source.doi for source in row.sources if source.doi),
        "pmid": " ".join(source.pmid for source in row.sources if source.pmid),
        "address": " ".join(address for _, address in links(row)),
        "side": words.SIDES[finding.side],
        "outcome": words.verdict(finding, vocabulary),
        "analysis": words.analysis(finding),
        "statement": claim.statement,
        "design": claim.study_type or "",
        "measured_by": measured(claim, entities) or "",
        **{name: getattr(evidence, name) or "" for name in _TOLD},
        "effect_measure": evidence.effect.measure or "",
        "effect_baseline": evidence.effect.baseline or "",
        "effect_value": evidence.effect.value or "",
        "ci_low": evidence.effect.ci_low or "",
        "ci_high": evidence.effect.ci_high or "",
        "weight": f"{row.weight:g}" if finding is row.main else "",
        "weight_reason": row.weight_reason if finding is row.main else "",
        "marks": "; ".join(words.marks(row, finding, vocabulary)),
        "note": claim.note or "",
        "quote": quoted(finding),
        "document": claim.document,
        "claim": claim.id,
    }


def rows(shown: Contested) -> Iterator[dict[str, str]]:
    """Yield a row of cells for each finding, each paper's main one first, block by block."""
    for number, block in enumerate(shown.blocks, start=1):
        for row in block.rows:
            for finding in row.findings:
                yield {
                    "block": str(number),
                    "proposition": words.title(block, shown.entities),
                    "kind": block.kind,
                    "apart": words.mark(block, shown.asked, shown.entities) or "",
                    **cells(row, finding, shown.entities, shown.vocabulary),
                }


_NUMBERS: Final = {
    "sample_size": "sample_size",
    "n_cases": "n_cases",
    "n_controls": "n_controls",
    "effect_value": "effect_value",
    "effect_baseline": "effect_baseline",
    "ci_low": "effect_ci_low",
    "ci_high": "effect_ci_high",
    "p_value": "p_value",
}
"""Columns that hold a figure, and what the numbers of a claim call it."""


def numbers(shown: Contested) -> Iterator[dict[str, Any]]:
    """Yield the same rows with numbers where figures are, None where nothing is stated."""
    findings = (
        (row, finding) for block in shown.blocks for row in block.rows for finding in row.findings
    )
    for told, (row, finding) in zip(rows(shown), findings, strict=True):
        parsed = (finding.claim.evidence or Evidence()).parsed
        yield {
            **{name: text or None for name, text in told.items()},
            **{name: parsed.get(parsed_name) for name, parsed_name in _NUMBERS.items()},
            "block": int(told["block"]),
            "weight": row.weight if finding is row.main else None,
            "p_operator": parsed.get("p_operator"),
            "printed": figures(finding.claim) or None,
        }


def as_csv(found: Sequence[Mapping[str, str]], columns: Sequence[str], caution: str) -> str:
    """Return rows as CSV in which no cell starts a formula; the caution is the last column."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*columns, "caution"])
    writer.writerows([*(guard(row[name]) for name in columns), caution] for row in found)
    return out.getvalue()


def table_csv(shown: Contested) -> str:
    """Return an evidence table as CSV."""
    return as_csv(list(rows(shown)), COLUMNS, shown.vocabulary.caution)


def overview(blocks: Sequence[Block], entities: Mapping[str, Entity]) -> list[dict[str, Any]]:
    """Return propositions with their papers on each side, as `OVERVIEW` names the columns."""
    return [
        {
            "subject": words.side_name(block.subject, entities),
            "object": words.side_name(block.object, entities),
            "treatment": block.treatment,
            "for": block.papers("support"),
            "against": block.papers("dispute"),
            "inconclusive": block.papers("inconclusive"),
            "standing": block.standing,
            "subject_id": block.subject[0],
            "object_id": block.object[0],
        }
        for block in blocks
    ]


def overview_csv(
    blocks: Sequence[Block], entities: Mapping[str, Entity], vocabulary: Vocabulary
) -> str:
    """Return propositions with their papers on each side as CSV."""
    found = [
        {name: str(value) for name, value in row.items()} for row in overview(blocks, entities)
    ]
    return as_csv(found, OVERVIEW, vocabulary.caution)


def record(shown: Contested) -> dict[str, Any]:
    """Return an evidence table as ``nutrigraph contested X Y --json`` gives it."""
    ends = [records.thing(shown.entities[iri]) for iri in shown.asked]
    return {
        "x": ends[0],
        "y": ends[1],
        "pooled": None,
        "differences": list(shown.differences),
        "beside": list(shown.beside),
        "blocks": [_block(block, shown) for block in shown.blocks],
        "caution": shown.vocabulary.caution,
    }


def _block(block: Block, shown: Contested) -> dict[str, Any]:
    entities = shown.entities
    return {
        "kind": block.kind,
        "apart": words.mark(block, shown.asked, entities),
        "subject": {**records.thing(entities[block.subject[0]]), "side": block.subject[1]},
        "object": {**records.thing(entities[block.object[0]]), "side": block.object[1]},
        "treatment": block.treatment,
        "sign": block.sign,
        "standing": block.standing,
        "signs_disagree": block.signs_disagree,
        "support": round(block.bins.support, 6),
        "dispute": round(block.bins.dispute, 6),
        "score": round(block.bins.score, 6),
        "summary": words.heading(block, entities, shown.vocabulary),
        "differences": list(block.differences),
        "rows": [_row(row, shown) for row in block.rows],
    }


def _row(row: Row, shown: Contested) -> dict[str, Any]:
    return {
        "paper": words.paper(row),
        "links": [address for _, address in links(row)],
        "side": row.side,
        "mixed": row.mixed,
        "fallen": row.fallen,
        "weight": row.weight,
        "weight_reason": row.weight_reason,
        "findings": [
            {
                "side": finding.side,
                "outcome": words.verdict(finding, shown.vocabulary),
                "analysis": words.analysis(finding),
                "marks": words.marks(row, finding, shown.vocabulary),
                "note": finding.claim.note,
                "claim": records.claim(finding.claim, shown.entities, shown.vocabulary),
            }
            for finding in row.findings
        ],
    }
