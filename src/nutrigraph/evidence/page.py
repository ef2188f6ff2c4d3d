"""The evidence table as one HTML page: no script, no request, nothing pooled."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nutrigraph.evidence import flat, text, words
from nutrigraph.evidence.differences import measured
from nutrigraph.evidence.plot import WIDTH, forest
from nutrigraph.notebook.cards import environment
from nutrigraph.wording import statement

if TYPE_CHECKING:
    from nutrigraph.evidence.contested import Contested
    from nutrigraph.model import Block, Claim, Evidence, Finding, Row

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


def render(shown: Contested) -> str:
    """Return the page as one HTML text; the same evidence gives the same bytes."""
    style = (TEMPLATES / "evidence.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    labels = [shown.entities[iri].label for iri in shown.asked]
    return (
        environment()
        .get_template("evidence.html")
        .render(
            title=" and ".join(labels),
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
            "form-action 'none'",
            style=style,
            width=WIDTH,
            voices=words.voices(shown.blocks),
            never_pooled=words.NEVER_POOLED,
            may=words.MAY,
            across=[*shown.differences, *words.elsewhere(shown.beside)],
            blocks=[_block(block, shown) for block in shown.blocks],
            caution=shown.vocabulary.caution,
        )
    )


def _block(block: Block, shown: Contested) -> dict[str, Any]:
    plot = forest(block, shown.entities, shown.vocabulary)
    drawn = {mark.side for panel in plot.panels for mark in panel.marks}
    return {
        "title": words.title(block, shown.entities),
        "mark": words.mark(block, shown.asked, shown.entities),
        "heading": " ".join(words.heading(block, shown.entities, shown.vocabulary)),
        "score": words.score(block) if block.kind != "together" else "",
        "differences": block.differences,
        "forest": plot,
        "legend": [side for side in words.SIDES.values() if side in drawn],
        "rows": [_cells(row, finding, shown) for row in block.rows for finding in row.findings],
    }


def _cells(row: Row, finding: Finding, shown: Contested) -> dict[str, Any]:
    """Return one finding as the cells of the table; each is a list of lines."""
    claim = finding.claim
    main = finding is row.main
    marks = words.marks(row, finding, shown.vocabulary)
    if claim.note:
        marks.append(f"note: {claim.note}")
    return {
        "main": main,
        "side": finding.side,
        "side_name": words.SIDES[finding.side],
        "paper": words.paper(row),
        "links": flat.links(row) if main else [],
        "analysis": words.analysis(finding),
        "statement": statement(claim, shown.entities, shown.vocabulary, scoped=False),
        "verdict": words.verdict(finding, shown.vocabulary),
        "quote": flat.quoted(finding),
        "whom": _whom(claim.evidence, claim.species),
        "exposure": _exposure(claim, measured(claim, shown.entities)),
        "design": list(filter(None, (claim.study_type or "not stated", text.size_of(claim)))),
        "result": _result(text.figure(claim), claim.evidence),
        "weight": f"{row.weight:g}" if main else "",
        "weight_reason": row.weight_reason if main else "",
        "marks": marks,
    }


def _whom(evidence: Evidence | None, species: str | None) -> list[str]:
    told = [] if evidence is None else [evidence.population, evidence.life_stage]
    lines = [*filter(None, told), species or "species not stated"]
    if evidence and evidence.baseline_status:
        lines.append(f"baseline: {evidence.baseline_status}")
    return lines


def _exposure(claim: Claim, marker: str | None) -> list[str]:
    evidence = claim.evidence
    if evidence is None:
        return ["not stated"]
    told = (
        ("dose: ", evidence.dose),
        ("route: ", evidence.route),
        ("for ", evidence.duration),
        ("when: ", evidence.timing),
        ("exposure: ", evidence.exposure_timing),
        ("compared: ", text.compared(claim)),
        ("against ", evidence.comparator),
        ("measured by ", marker),
        ("outcome: ", evidence.outcome_detail),
    )
    return [f"{name}{value}" for name, value in told if value] or ["not stated"]


def _result(figure: str, evidence: Evidence | None) -> list[str]:
    lines = [figure or "no figure printed"]
    if evidence and evidence.adjusted_for:
        lines.append(f"adjustment: {evidence.adjusted_for}")
    if evidence and evidence.significance:
        lines.append(f"significant: {evidence.significance}")
    return lines
