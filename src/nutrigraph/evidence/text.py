"""The evidence table as text for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nutrigraph.evidence import words
from nutrigraph.evidence.differences import measured
from nutrigraph.evidence.flat import links, quoted
from nutrigraph.report import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nutrigraph.evidence.contested import Contested
    from nutrigraph.model import Block, Claim, Entity, Finding, Row, Vocabulary


def contested(shown: Contested) -> str:
    """Return an evidence table as text: a block for each proposition, with its papers."""
    x, y = (shown.entities[iri].label for iri in shown.asked)
    if not shown.blocks:
        head = [f"{x} and {y}: no claim here is on the two of them."]
        head += words.elsewhere(shown.beside)
        return "\n".join([*head, shown.vocabulary.caution])
    head = [f"{x} and {y}: {words.voices(shown.blocks)}. {words.NEVER_POOLED}"]
    head += [*shown.differences, *words.elsewhere(shown.beside)]
    parts = ["\n".join(_block(block, shown)) for block in shown.blocks]
    return "\n\n".join(["\n".join(head), *parts, shown.vocabulary.caution])


def _block(block: Block, shown: Contested) -> Iterator[str]:
    mark = words.mark(block, shown.asked, shown.entities)
    yield f"{words.title(block, shown.entities)}" + (f"  [{mark}]" if mark else "")
    yield " ".join(words.heading(block, shown.entities, shown.vocabulary))
    if block.kind != "together":
        yield f"({words.score(block)})"
    for row in block.rows:
        yield ""
        yield from _row(row, shown)
    if block.differences:
        yield ""
        yield "Where the sides differ:"
        yield from (f"  {line}" for line in block.differences)
        yield f"  {words.MAY}"


def _row(row: Row, shown: Contested) -> Iterator[str]:
    addresses = " ".join(address for _, address in links(row))
    yield f" {words.SIDES[row.side]:<12}  {words.paper(row)}  {addresses}".rstrip()
    pad = " " * 15
    yield from (pad + line for line in _finding(row, row.main, shown))
    yield f"{pad}weight {row.weight:g}: {row.weight_reason}"
    for finding in row.beneath:
        side = words.SIDES[finding.side]
        yield f"{pad}also, {words.analysis(finding)} analysis ({side}):"
        yield from (f"{pad}  {line}" for line in _finding(row, finding, shown))


def _finding(row: Row, finding: Finding, shown: Contested) -> Iterator[str]:
    claim = finding.claim
    yield f"{claim.statement}"
    yield f"{words.verdict(finding, shown.vocabulary)}"
    if how := "; ".join(_how(claim, shown)):
        yield how
    if words_of_it := quoted(finding):
        yield f"“{words_of_it}”"
    yield from words.marks(row, finding, shown.vocabulary)
    if claim.note:
        yield f"note: {claim.note}"


def _how(claim: Claim, shown: Contested) -> Iterator[str]:
    """Yield how it was found: design, size, dose, comparison, figures."""
    evidence = claim.evidence
    if evidence is None:
        return
    yield claim.study_type or "design not stated"
    if size := size_of(claim):
        yield size
    for name, told in (
        ("", evidence.life_stage),
        ("dose ", evidence.dose),
        ("route ", evidence.route),
        ("for ", evidence.duration),
        ("exposure: ", evidence.exposure_timing),
        ("compared: ", compared(claim)),
        ("against ", evidence.comparator),
        ("adjustment: ", evidence.adjusted_for),
        ("measured by ", measured(claim, shown.entities)),
        ("outcome: ", evidence.outcome_detail),
    ):
        if told:
            yield f"{name}{told}"
    yield figure(claim) or "no figure printed"
    if evidence.significance:
        yield f"significant: {evidence.significance}"


def compared(claim: Claim) -> str | None:
    """Return who was compared, where the population does not say it already."""
    evidence = claim.evidence
    if evidence is None or evidence.comparison == evidence.population:
        return None
    return evidence.comparison


def size_of(claim: Claim) -> str:
    """Return how many were studied, as printed."""
    evidence = claim.evidence
    if evidence is None:
        return ""
    parts = (
        ("n = ", evidence.sample_size),
        ("exposed or cases ", evidence.n_cases),
        ("controls ", evidence.n_controls),
    )
    return ", ".join(f"{name}{told}" for name, told in parts if told)


def figure(claim: Claim) -> str:
    """Return the effect with its interval and p, as printed."""
    evidence = claim.evidence
    if evidence is None:
        return ""
    effect, parts = evidence.effect, []
    if effect.value:
        base = f"from {effect.baseline} to " if effect.baseline else ""
        parts.append(f"{effect.measure or 'effect'} {base}{effect.value}")
    if effect.ci_low and effect.ci_high:
        parts.append(f"interval {effect.ci_low} to {effect.ci_high}")
    elif effect.value:
        parts.append("no interval printed")
    if printed := evidence.p_value:
        letter = (
            ""
            if printed[0] in "pP"
            else "p = "
            if printed[0].isdigit() or printed[0] == "."
            else "p "
        )
        parts.append(f"{letter}{printed}")
    return ", ".join(parts)


def standings(
    blocks: Sequence[Block],
    entities: dict[str, Entity],
    vocabulary: Vocabulary,
    *,
    everything: bool,
) -> str:
    """Return propositions on which evidence disagrees, or all, as a table."""
    rows = [
        (
            words.title(block, entities),
            *(str(block.papers(side)) for side in ("support", "dispute", "inconclusive")),
            block.standing,
        )
        for block in blocks
    ]
    what = "with evidence" if everything else "on which papers disagree"
    head = f"Propositions {what}, the most contested first; papers on each side, nothing pooled."
    if not rows:
        return f"{head}\nNone.\n{vocabulary.caution}"
    columns = ("proposition", "for", "against", "inconclusive", "standing")
    return f"{head}\n{table(columns, rows)}{vocabulary.caution}"
