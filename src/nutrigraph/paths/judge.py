"""What must be said of a path: sign, verdict, weakest hop, whom it crosses, and in words."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from nutrigraph.grade import bins
from nutrigraph.terms import NG
from nutrigraph.wording import hop_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nutrigraph.model import Entity, Hop, SignBasis, Verdict, Vocabulary

_DIRECTED: Final = ("causal", "interventional")
_BASIS_ORDER: Final = {"cross-reference": 0, "headline": 1}
_SIGN_WORDS: Final = {1: "more", -1: "less"}


def disagree(hop: Hop, vocabulary: Vocabulary) -> bool:
    """Whether evidence of the opposite sign scores at least its share of the support."""
    # Nulls aside: they dispute, but have no sign.
    signed = bins((claim for claim in hop.claims if not claim.negated), hop.sign, vocabulary)
    share = vocabulary.signs_disagree_share * signed.support
    return bool(signed.disputing) and signed.dispute >= share


def directed(hop: Hop) -> bool:
    """Whether a sign over the hop is a direction: an opposite, or a cause stated outright."""
    if hop.link is not None:
        return hop.link.type == NG.oppositeOf
    return hop.force in _DIRECTED and hop.stated and not hop.unsupported


def path_sign(
    hops: Sequence[Hop], vocabulary: Vocabulary
) -> tuple[int | None, SignBasis | None, str]:
    """Return the sign of a path, whether it is a direction, and why.

    The sign is the product of the hops' signs; over anything but causes and opposites it holds
    only if every link is causal.
    """
    for number, hop in enumerate(hops, start=1):
        if disagree(hop, vocabulary):
            return None, None, f"signs disagree on hop {number}, so no direction is given"
        if hop.sign is None:
            return None, None, f"hop {number} carries no sign"
    sign = prod(hop.sign or 0 for hop in hops)
    loose = [number for number, hop in enumerate(hops, start=1) if not directed(hop)]
    if not loose:
        return sign, "direction", "every hop is a stated cause, an intervention or an opposite"
    which = f"hop {loose[0]} is" if len(loose) == 1 else f"hops {', '.join(map(str, loose))} are"
    return (
        sign,
        "if-causal",
        f"{which} no stated cause: the sign holds only if every link is causal",
    )


def path_verdict(hops: Sequence[Hop], vocabulary: Vocabulary) -> Verdict:
    """Return the first verdict that applies."""
    if any(hop.unsupported for hop in hops):
        return "unsupported"
    if any(disagree(hop, vocabulary) for hop in hops):
        return "signs-disagree"
    if len(hops) == 1 and hops[0].link is None:
        return "stated"
    if any(hop.sign is None for hop in hops):
        return "unsigned"
    return "inferred" if all(directed(hop) for hop in hops) else "hypothesis"


def weakest(hops: Sequence[Hop]) -> tuple[int, str]:
    """Return the place of the weakest hop, from 0, and why it is the weakest.

    Between hops without evidence, a bare mention is weaker than a headline.
    """
    place = min(
        range(len(hops)),
        key=lambda number: (
            hops[number].score,
            _BASIS_ORDER.get(hops[number].basis, 2),
            number,
        ),
    )
    hop = hops[place]
    if hop.basis == "cross-reference":
        return place, "rests on a bare link line, title or list item: no evidence at all"
    if hop.basis == "headline":
        return place, "rests on a headline alone: no evidence"
    if hop.link is not None:
        return place, f"is no claim but a link ({hop.basis}) of weight {hop.score:g}"
    kinds = ", ".join(hop.study_types) or "no kind of study"
    why = f"scores least ({hop.score:.3g}; {kinds})"
    return place, f"{why}, and is disputed" if hop.dispute else why


def path_sentence(
    hops: Sequence[Hop],
    sign: int | None,
    basis: SignBasis | None,
    entities: Mapping[str, Entity],
    vocabulary: Vocabulary,
) -> str:
    """Return a path as one plain sentence, with what its sign is worth.

    Over a hop without evidence nothing follows, whatever signs its words have.
    """
    words = "; ".join(hop_sentence(hop, entities, vocabulary) for hop in hops)
    words = words[0].upper() + words[1:]
    bare = [str(number) for number, hop in enumerate(hops, start=1) if hop.unsupported]
    if bare:
        which = f"hop {bare[0]} rests" if len(bare) == 1 else f"hops {' and '.join(bare)} rest"
        return f"{words}. Nothing follows: {which} on no evidence here."
    if sign is None:
        return f"{words}. No direction is given."
    start, end = entities[hops[0].subject[0]].label, entities[hops[-1].object[0]].label
    if basis == "direction":
        return f"{words}. So more {start} makes {_SIGN_WORDS[sign]} {end}, as this graph has it."
    return f"{words}. If every link is causal, more {start} goes with {_SIGN_WORDS[sign]} {end}."


def crosses(hops: Sequence[Hop]) -> tuple[bool, bool]:
    """Whether the evidence along the hops crosses species, and populations.

    Species are those of all that supports a hop, populations those of its leading claims; what is
    not stated crosses nothing.
    """
    species = {name for hop in hops for name in hop.species}
    evidence = [hop.claims[0].evidence for hop in hops if hop.claims]
    populations = {item.population for item in evidence if item and item.population}
    return len(species) > 1, len(populations) > 1


def timing(hops: Sequence[Hop]) -> tuple[str, ...]:
    """Return, for each hop over an association, whether reverse causation is possible, and why."""
    found = []
    for number, hop in enumerate(hops, start=1):
        if hop.link is not None or hop.force != "association" or hop.unsupported:
            continue
        evidence = hop.claims[0].evidence
        known = evidence.exposure_timing if evidence else None
        if known != "before":
            why = f"measured {known}" if known else "which came first is not stated"
            found.append(f"reverse causation possible on hop {number}: {why}")
    return tuple(found)


def stitched(hops: Sequence[Hop]) -> int:
    """Return from how many sources a path is stitched: 1 where one source says it whole."""
    voices = [
        {claim.voice for claim in hop.claims if not claim.negated} for hop in hops if hop.claims
    ]
    if not voices:
        return 0
    if set.intersection(*voices):
        return 1
    return len({hop.claims[0].voice for hop in hops if hop.claims})
