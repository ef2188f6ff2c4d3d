"""From claims to the evidence table: blocks of one proposition each, one row a paper."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from nutrigraph.evidence.differences import differences
from nutrigraph.grade import bins, disagree, heard, leading_sign, weigh
from nutrigraph.model import Block, Finding, Row
from nutrigraph.paths.network import ends, leading, of_those_affected, walks_back
from nutrigraph.terms import NG, SKOS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from nutrigraph.content import Content
    from nutrigraph.model import Bins, Claim, Entity, Link, Node, Vocabulary
    from nutrigraph.model.evidence import BlockKind, Side

    Key = tuple[BlockKind, Node, Node, bool]

_KINDS: Final = ("direct", "narrower", "together")
_SIDES: Final = ("support", "dispute", "inconclusive", "named", "together")


def blocks(x: str, y: str, content: Content) -> tuple[Block, ...]:
    """Return the evidence on two entities, named by IRI.

    That on narrower things rolls up into blocks of their own, never the other way round, and so
    does what was studied of one of the two together with others.
    """
    ours = {x, y}
    sides = [_reach(entity, content.links) for entity in (x, y)]
    groups: dict[Key, list[Claim]] = defaultdict(list)
    for claim in content.claims:
        start, end = ends(claim, content.vocabulary)
        treatment = of_those_affected(claim, content.vocabulary)
        kind = _kind(claim.subject, claim.object, ours, sides)
        if kind is None:
            kind = _kind(claim.object, claim.subject, ours, sides)
            if kind is None:
                continue
            if walks_back(claim, content.vocabulary):
                start, end = end, start
        groups[kind, start, end, treatment].append(claim)
    found = [
        _block(key, claims, content.entities, content.vocabulary) for key, claims in groups.items()
    ]
    return tuple(sorted(found, key=lambda block: _place(block, content.entities)))


def standings(content: Content, *, everything: bool = False) -> tuple[Block, ...]:
    """Return each proposition on which evidence disagrees, the most contested first.

    ``everything`` returns every proposition with evidence. Most contested is where most papers
    stand on the weaker of two sides: found and contradicted, then found and not found.
    """
    groups: dict[Key, list[Claim]] = defaultdict(list)
    evident = [c for c in content.claims if c.basis in content.vocabulary.evidence_bases]
    worded = {ends(claim, content.vocabulary) for claim in evident}
    for claim in evident:
        start, end = ends(claim, content.vocabulary)
        # An association that papers name in both orders is one proposition.
        if walks_back(claim, content.vocabulary) and (end, start) in worded and end < start:
            start, end = end, start
        groups["direct", start, end, of_those_affected(claim, content.vocabulary)].append(claim)
    found = [
        _block(key, claims, content.entities, content.vocabulary) for key, claims in groups.items()
    ]
    shown = [block for block in found if everything or block.contested]
    return tuple(sorted(shown, key=lambda block: (_heat(block), _place(block, content.entities))))


def beside(x: str, y: str, content: Content) -> tuple[str, ...]:
    """Return where else to look: evidence on something broader, or on an opposite.

    It is told and never counted: what holds of all miscarriages need not hold of recurrent ones.
    """
    entities = content.entities
    pairs = {
        frozenset((claim.subject, claim.object))
        for claim in content.claims
        if claim.basis in content.vocabulary.evidence_bases
    }
    found = []
    for one, other in ((x, y), (y, x)):
        for near, what in _near(other, content.links):
            if near != one and frozenset((one, near)) in pairs:
                labels = [entities[iri].label for iri in (one, near, other)]
                found.append(f"{labels[0]} and {labels[1]} ({what} {labels[2]})")
    return tuple(sorted(found))


def _near(entity: str, links: Collection[Link]) -> list[tuple[str, str]]:
    """Return what is broader than an entity, all the way up, and its opposites."""
    found: dict[str, str] = {}
    ahead = [entity]
    while ahead:
        at = ahead.pop()
        above = sorted(n.object for n in links if n.type == SKOS.broader and n.subject == at)
        ahead += [iri for iri in above if iri not in found]
        found |= dict.fromkeys(above, "broader than")
    for link in links:
        if link.type == NG.oppositeOf and entity in (link.subject, link.object):
            other = link.object if link.subject == entity else link.subject
            found[other] = "the opposite of"
    return sorted(found.items())


def _heat(block: Block) -> tuple[int, int, int]:
    support, dispute, undecided = block.sides
    return -min(support, dispute), -min(support, dispute + undecided), -sum(block.sides)


def _place(block: Block, entities: Mapping[str, Entity]) -> tuple[object, ...]:
    subject, target = (entities[node[0]].label for node in (block.subject, block.object))
    bare = all(row.side == "named" for row in block.rows)
    turned = bare, block.subject[1] == "given", block.treatment
    return _KINDS.index(block.kind), subject, target, turned, block.subject, block.object


def _reach(entity: str, links: Iterable[Link]) -> tuple[frozenset[str], frozenset[str]]:
    """Return an entity with all that is narrower, and the composites that any of it is part of."""
    below: dict[str, set[str]] = defaultdict(set)
    wholes: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.type == SKOS.broader:
            below[link.object].add(link.subject)
        elif link.type == NG.hasComponent:
            wholes[link.object].add(link.subject)
    found, ahead = {entity}, [entity]
    while ahead:
        new = below[ahead.pop()] - found
        found |= new
        ahead += sorted(new)
    return frozenset(found), frozenset({w for part in found for w in wholes[part]} - found)


def _kind(
    subject: str,
    target: str,
    ours: Collection[str],
    sides: list[tuple[frozenset[str], frozenset[str]]],
) -> BlockKind | None:
    """Return what a claim on two things is to the question, or None if it is none of its matter."""
    pairs = list(zip((subject, target), sides, strict=True))
    if not all(entity in narrow or entity in wholes for entity, (narrow, wholes) in pairs):
        return None
    if any(entity in wholes for entity, (_, wholes) in pairs):
        return "together"
    return "direct" if {subject, target} == {*ours} else "narrower"


def _block(
    key: Key, claims: list[Claim], entities: Mapping[str, Entity], vocabulary: Vocabulary
) -> Block:
    kind, start, end, treatment = key
    walkable = [claim for claim in claims if not claim.negated]
    sign = leading_sign(walkable, vocabulary)
    found = bins(claims, sign, vocabulary)
    rows = _rows(claims, _sides(found, kind), vocabulary)
    return Block(
        kind=kind,
        subject=start,
        object=end,
        treatment=treatment,
        sign=sign,
        bins=found,
        signs_disagree=disagree(claims, sign, vocabulary),
        rows=rows,
        differences=() if kind == "together" else differences(rows, entities, vocabulary),
    )


def _sides(found: Bins, kind: BlockKind) -> dict[str, Side]:
    """Return the side of each claim by its id; on a composite, evidence takes none."""
    sides: dict[str, Side] = dict.fromkeys(found.supporting, "support")
    sides |= dict.fromkeys(found.disputing, "dispute")
    sides |= dict.fromkeys(found.inconclusive, "inconclusive")
    if kind == "together":
        sides = dict.fromkeys(sides, "together")
    return sides | dict.fromkeys(found.named, "named")


def _rows(
    claims: Iterable[Claim], sides: Mapping[str, Side], vocabulary: Vocabulary
) -> tuple[Row, ...]:
    voices: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        voices[claim.voice].append(claim)
    rows = [_row(voice, group, sides, vocabulary) for voice, group in voices.items()]
    return tuple(sorted(rows, key=_order))


def _order(row: Row) -> tuple[object, ...]:
    years = [source.year or 0 for source in row.sources] or [0]
    return _SIDES.index(row.side), row.fallen, -row.weight, min(years), row.voice


def _row(voice: str, group: list[Claim], sides: Mapping[str, Side], vocabulary: Vocabulary) -> Row:
    """Return the row of one paper: it speaks by its main analysis where it has one."""
    evident = [claim for claim in group if sides[claim.id] != "named"]
    speaking = heard(evident) if evident else group
    best = leading(speaking, vocabulary)
    others = sorted(
        (claim for claim in group if claim is not best),
        key=lambda c: (c not in speaking, _SIDES.index(sides[c.id]), c.analysis or "", c.id),
    )
    weight, reason = weigh(best, vocabulary)
    return Row(
        voice=voice,
        main=Finding(best, sides[best.id]),
        beneath=tuple(Finding(claim, sides[claim.id]) for claim in others),
        weight=weight,
        weight_reason=reason,
        mixed=len({sides[claim.id] for claim in speaking}) > 1,
    )
