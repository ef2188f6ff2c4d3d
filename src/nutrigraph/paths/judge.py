"""What must be said of a path: sign, verdict, weakest hop, whom it crosses, and in words."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from nutrigraph import grade
from nutrigraph.grade import weigh
from nutrigraph.terms import NG
from nutrigraph.wording import hop_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nutrigraph.model import Claim, Entity, Hop, SignBasis, Verdict, Vocabulary

_BASIS_ORDER: Final = {"cross-reference": 0, "headline": 1}
_TURNED: Final = {"before": "after", "after": "before"}
"""When the end of a claim was measured, seen from its other end."""
_SIGN_WORDS: Final = {1: "more", -1: "less"}


def disagree(hop: Hop, vocabulary: Vocabulary) -> bool:
    """Whether the evidence on a hop points both ways."""
    return hop.link is None and grade.disagree(hop.claims, hop.sign, vocabulary)


def bears_direction(claim: Claim, vocabulary: Vocabulary) -> bool:
    """Whether a claim can bear a direction: a cause that is stated, tested and not confounded.

    What merely says what is used, what had no comparison group, and what was given together with
    something else cannot.
    """
    study = vocabulary.study_types.get(claim.study_type or "")
    return (
        claim.force in vocabulary.causes
        and claim.modality == "stated"
        and not vocabulary.predicates[claim.predicate].states_use
        and not claim.co_exposures
        and (study is None or study.has_controls is not False)
    )


def directed(hop: Hop, vocabulary: Vocabulary) -> bool:
    """Whether a sign over the hop is a direction: an opposite, or a claim that can bear one."""
    if hop.link is not None:
        return hop.link.type == NG.oppositeOf
    return not hop.unsupported and bears_direction(hop.claims[0], vocabulary)


def one_species(hops: Sequence[Hop]) -> bool:
    """Whether one species is behind all hops; not stated is none but itself."""
    common: set[str | None] | None = None
    for hop in hops:
        if hop.link is None:
            known = {claim.species for claim in hop.for_it}
            common = known if common is None else common & known
    return common is None or bool(common)


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
    loose = [n for n, hop in enumerate(hops, start=1) if not directed(hop, vocabulary)]
    if not loose and one_species(hops):
        return sign, "direction", "every hop is a stated cause, an intervention or an opposite"
    which = f"hop {loose[0]} is" if len(loose) == 1 else f"hops {', '.join(map(str, loose))} are"
    why = f"{which} no stated, controlled cause" if loose else "no one species is behind all hops"
    return sign, "if-causal", f"{why}: the sign holds only if every link is causal"


def path_verdict(hops: Sequence[Hop], vocabulary: Vocabulary) -> Verdict:
    """Return the first verdict that applies."""
    if any(hop.unsupported for hop in hops):
        return "unsupported"
    if any(disagree(hop, vocabulary) for hop in hops):
        return "signs-disagree"
    # The edge of a source is stated by no sentence that could be read.
    if len(hops) == 1 and hops[0].link is None and hops[0].basis != "source":
        return "stated"
    if any(hop.sign is None for hop in hops):
        return "unsigned"
    sure = all(directed(hop, vocabulary) for hop in hops) and one_species(hops)
    return "inferred" if sure else "hypothesis"


def weakest(hops: Sequence[Hop], vocabulary: Vocabulary) -> tuple[int, str]:
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
    if hop.unsupported and hop.claims[0].analysis and weigh(hop.claims[0], vocabulary)[0]:
        which = hop.claims[0].analysis
        return place, f"rests on a {which} analysis, whose paper's main one says otherwise"
    if hop.unsupported:
        return place, f"weighs nothing: {weigh(hop.claims[0], vocabulary)[1]}"
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
    if len(hops) == 1 and hops[0].link is None:
        return f"{words}."
    if sign is None:
        return f"{words}. No direction is given."
    way = spoken_way(hops, vocabulary)
    start, end = entities[hops[0].subject[0]].label, entities[hops[-1].object[0]].label
    first, last = _SIGN_WORDS[way], _SIGN_WORDS[way * sign]
    if basis == "direction":
        return f"{words}. So {first} {start} makes {last} {end}, as this graph has it."
    return f"{words}. If every link is causal, {first} {start} goes with {last} {end}."


def spoken_way(hops: Sequence[Hop], vocabulary: Vocabulary) -> int:
    """Return the way in which the claims speak of the start: -1 where they speak of its lack.

    A lack that harms says nothing of what more would do, so that the conclusion is put their way.
    """
    turned = 1
    for hop in hops:
        if hop.link is not None:
            turned *= hop.sign or 1
            continue
        claim = hop.claims[0]
        ahead = hop.walked == "forward"
        if ahead and vocabulary.predicates[claim.predicate].speaks_of_lack:
            return -turned
        spoken = claim.subject_direction if ahead else claim.object_direction
        return turned * vocabulary.direction_values.get(spoken or "", 1)
    return 1


def crosses(hops: Sequence[Hop]) -> tuple[bool, bool]:
    """Whether the evidence along the hops crosses species, and populations of different sources.

    What is not stated crosses nothing.
    """
    species = {name for hop in hops for name in hop.species}
    told = {
        (claim.voice, claim.evidence.population)
        for hop in hops
        for claim in hop.for_it[:1]
        if claim.evidence and claim.evidence.population
    }
    voices = {voice for voice, _ in told}
    populations = {population for _, population in told}
    return len(species) > 1, len(voices) > 1 and len(populations) > 1


def timing(hops: Sequence[Hop]) -> tuple[str, ...]:
    """Return, for each hop over an association, whether reverse causation is possible, and why."""
    found = []
    for number, hop in enumerate(hops, start=1):
        if hop.link is not None or hop.force != "association" or hop.unsupported:
            continue
        evidence = hop.claims[0].evidence
        known = evidence.exposure_timing if evidence else None
        if hop.walked == "backward":
            known = _TURNED.get(known or "", known)
        if known != "before":
            why = f"measured {known}" if known else "which came first is not stated"
            found.append(f"reverse causation possible on hop {number}: {why}")
    return tuple(found)


def stitched(hops: Sequence[Hop]) -> int:
    """Return from how many sources a path is stitched: 1 where one source says it whole."""
    voices = [{claim.voice for claim in hop.for_it} for hop in hops if hop.claims]
    if not voices:
        return 0
    return 1 if set.intersection(*voices) else len({min(told) for told in voices})
