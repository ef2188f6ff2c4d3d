"""What is said of blocks and rows: plain sentences made of the data alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nutrigraph.grade import interval
from nutrigraph.terms import local

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nutrigraph.model import Block, Entity, Finding, Node, Row, Source, Vocabulary

NEVER_POOLED: Final = (
    "One row a paper. Nothing is pooled: papers that ask different things of different people have "
    "no average, and no combined estimate is given anywhere."
)
MAY: Final = (
    "What differs may be why they disagree, or may not: no study here compared the two sides."
)
SIDES: Final = {
    "support": "support",
    "dispute": "dispute",
    "inconclusive": "inconclusive",
    "named": "named only",
    "together": "together",
}


def side_name(node: Node, entities: Mapping[str, Entity]) -> str:
    """Return how a node is called: its entity, and whether it is given."""
    label = entities[node[0]].label
    return f"{label}, given or taken in" if node[1] == "given" else label


def title(block: Block, entities: Mapping[str, Entity]) -> str:
    """Return the title of a block: its two ends, and whether it is on treating."""
    subject, target = (side_name(node, entities) for node in (block.subject, block.object))
    if block.treatment:
        return f"{subject} → {target}: treating those who have it or in whom it has begun"
    return f"{subject} → {target}"


def mark(block: Block, asked: tuple[str, str], entities: Mapping[str, Entity]) -> str | None:
    """Return why a block stands apart from the two things that were asked for."""
    others = [
        entities[node[0]].label for node in (block.subject, block.object) if node[0] not in asked
    ]
    if block.kind == "narrower":
        return f"narrower: {', '.join(others)}"
    if block.kind == "together":
        hidden = [iri for iri in asked if iri not in (block.subject[0], block.object[0])]
        alone = " or ".join(entities[iri].label for iri in hidden)
        return f"together with others: {', '.join(others)}; says nothing of {alone} alone"
    return None


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def voices(blocks: Sequence[Block]) -> str:
    """Return how many speak in blocks: papers, and passages of which no paper is known."""
    known = {row.voice: bool(row.sources) for block in blocks for row in block.rows}
    papers, others = sum(known.values()), len(known) - sum(known.values())
    parts = [_count(papers, "paper")] if papers or not others else []
    if others:
        parts.append(f"{_count(others, 'passage')} of which no paper is known")
    return " and ".join(parts)


def relation(block: Block, entities: Mapping[str, Entity]) -> str | None:
    """Return what the supporting side found, as the sign of the block says it."""
    subject, target = (entities[node[0]].label for node in (block.subject, block.object))
    if block.sign is None:
        return None
    more, less = ("less", "more") if block.sign < 0 else ("more", "less")
    if block.treatment:
        return f"where {subject} was given to those affected, there was {more} {target}"
    if block.subject[1] == "given":
        return f"where more {subject} was given or taken in, there was {more} {target}"
    return f"more {subject} goes with {more} {target}, and less with {less}"


def heading(block: Block, entities: Mapping[str, Entity], vocabulary: Vocabulary) -> list[str]:
    """Return the few sentences that open a block: how many found what, and how many did not."""
    # Where no paper is known, a passage of a page speaks.
    word = "paper" if all(row.sources for row in block.rows) else "source"
    if all(row.side == "named" for row in block.rows):
        return ["Named only, by a headline or a link: no study of it is here."]
    if block.kind == "together":
        studied = _count(block.papers("together"), word)
        return [
            f"{studied} studied it together with others: nothing is credited to any part alone."
        ]
    sentences = [_found(block, word, entities, vocabulary), _against(block, word, vocabulary)]
    if mixed := sum(row.mixed and not row.fallen for row in block.rows):
        sentences.append(f"{_count(mixed, word)} reported results on more than one side (mixed).")
    if fallen := sum(row.fallen for row in block.rows):
        sentences.append(f"Not counted: {_count(fallen, word)}, retracted or superseded.")
    return sentences


def _against(block: Block, word: str, vocabulary: Vocabulary) -> str:
    """Return how many found the opposite, next to nothing, or nothing that decides."""
    against = [row.main.claim for row in block.rows if row.side == "dispute" and not row.fallen]
    nothing = sum(claim.negated for claim in against)
    low, high = vocabulary.negligible
    numbers = (
        (len(against) - nothing, "found the opposite"),
        (nothing, f"did not find it, to within a ratio of {low:g} to {high:g}"),
        (block.papers("inconclusive"), "did not find it and could not rule it out"),
    )
    told = [f"{_count(number, word)} {what}" for number, what in numbers if number]
    return f"{'; '.join(told)}." if told else f"No {word} contradicts it."


def _found(block: Block, word: str, entities: Mapping[str, Entity], vocabulary: Vocabulary) -> str:
    """Return how many found it and in whom; that something is used is no finding."""
    rows = [row for row in block.rows if row.side == "support" and not row.fallen]
    used = [row for row in rows if vocabulary.predicates[row.main.claim.predicate].states_use]
    curated = [row for row in rows if row.main.claim.basis == "source" and row not in used]
    found = [row for row in rows if row not in used and row not in curated]
    sentences = []
    if found:
        what = relation(block, entities)
        told = f"{_count(len(found), word)} found it, {_whom(found, vocabulary)}"
        sentences.append(f"{told}: {what}." if what else f"{told}.")
    if used:
        verb = "says" if len(used) == 1 else "say"
        told = f"{_count(len(used), word)} {verb} that it is used, not what it achieves"
        sentences.append(f"{told} ({_whom(used, vocabulary)}).")
    if curated:
        told = f"{_count(len(curated), 'edge')} of curated graphs"
        sentences.append(f"Stated by {told}, without a sentence to read again.")
    return " ".join(sentences) or f"No {word} that counts found it."


def _whom(rows: Sequence[Row], vocabulary: Vocabulary) -> str:
    """Return in which species it was found, and how many papers do not state it outright."""
    claims = [row.main.claim for row in rows]
    found = {vocabulary.species_plurals[claim.species] for claim in claims if claim.species}
    whom = f"in {' and '.join(sorted(found))}" if found else ""
    if silent := sum(claim.species is None for claim in claims):
        told = "species not stated"
        whom = f"{whom} ({told} in {silent})" if whom else told
    if hedged := sum(claim.modality != "stated" for claim in claims):
        some = "" if hedged == len(claims) else f"{hedged} of them "
        whom += f", {some}not outright but as a suggestion or hypothesis"
    return whom


def score(block: Block) -> str:
    """Return the three bins of a block in figures, and what its score is not."""
    found = block.bins
    return (
        f"{block.standing}; support {found.support:.2g}, dispute {found.dispute:.2g}, "
        f"evidence score {found.score:.2g}: weights of studies, no probability, no size of effect"
    )


def verdict(finding: Finding, vocabulary: Vocabulary) -> str:
    """Return in words what a finding is to its block."""
    claim = finding.claim
    if finding.side == "named":
        return f"named only, by a {claim.basis}: no evidence"
    if finding.side == "together":
        return (
            f"did not find it: {interval(claim)}" if claim.negated else "found it, of all together"
        )
    if finding.side == "support":
        if vocabulary.predicates[claim.predicate].states_use:
            return "says that it is used, not what it achieves"
        if claim.basis == "source":
            return "an edge of a curated graph states it, without a sentence"
        return "found it" if claim.modality == "stated" else f"found it, as {claim.modality}"
    if finding.side == "inconclusive":
        return f"did not find it, and could not rule it out: {interval(claim)}"
    if claim.negated:
        low, high = vocabulary.negligible
        return f"did not find it, to within {low:g} to {high:g}: {interval(claim)}"
    return "found the opposite"


def analysis(finding: Finding) -> str:
    """Return which analysis of its paper a finding is."""
    claim = finding.claim
    if finding.side == "named":
        return claim.basis
    return claim.analysis or "main"


def marks(row: Row, finding: Finding, vocabulary: Vocabulary) -> list[str]:
    """Return what must be known of a finding before it is believed."""
    return list(_marks(row, finding, vocabulary))


def _marks(row: Row, finding: Finding, vocabulary: Vocabulary) -> Iterator[str]:
    claim = finding.claim
    if finding is row.main:
        for source in row.sources:
            yield from _of_paper(source)
        if row.mixed:
            yield "mixed: its analyses do not all stand on one side"
        if claim.analysis:
            yield f"speaks by a {claim.analysis} analysis alone"
    study = vocabulary.study_types.get(claim.study_type or "")
    if study and study.has_controls is False:
        yield "no comparison group"
    evidence = claim.evidence
    if evidence and evidence.outcome_role == "surrogate":
        yield "a marker stands for the outcome"
    if evidence and evidence.doubt:
        yield f"doubt: {evidence.doubt}"
    if evidence and evidence.second_reader:
        yield f"second reader: {evidence.second_reader}"
    for item in claim.headline_differs:
        yield f"the headline differs in {item}"


def _of_paper(source: Source) -> Iterator[str]:
    if source.retracted:
        yield "retracted: weighs nothing"
    if source.superseded_by:
        yield f"superseded by {local(source.superseded_by)}: weighs nothing"
    if source.pools_retracted:
        yield f"may pool a retracted paper: {', '.join(map(local, sorted(source.pools_retracted)))}"
    if others := sorted({*source.may_pool} - {*source.pools_retracted}):
        yield f"may pool: {', '.join(map(local, others))}"
    if source.registration:
        yield f"registered as {source.registration}"


def paper(row: Row) -> str:
    """Return what the paper of a row is called; where none is known, that it is the page."""
    names = [source.label or source.title or local(source.id) for source in row.sources]
    return "; ".join(dict.fromkeys(names)) or f"no paper known ({row.main.claim.document})"


def elsewhere(beside: Sequence[str]) -> list[str]:
    """Return the line that names evidence which is not counted, if there is any."""
    return [f"Not counted here, with evidence of its own: {'; '.join(beside)}."] if beside else []


def tally(block: Block) -> str:
    """Return how many papers stand on each side of a block."""
    support, dispute, undecided = block.sides
    return f"{support} for, {dispute} against, {undecided} inconclusive"


def across(blocks: Sequence[Block], entities: Mapping[str, Entity]) -> tuple[str, ...]:
    """Return how the propositions on one pair stand beside each other, where there are several.

    What a body has and what it is given, preventing and treating, are never mixed.
    """
    direct = [
        block
        for block in blocks
        if block.kind == "direct" and any(row.side != "named" for row in block.rows)
    ]
    if len(direct) < 2:
        return ()
    told = "; ".join(
        f"{title(block, entities)}: {block.standing} ({tally(block)})" for block in direct
    )
    return (f"Different questions, never mixed: {told}.",)
