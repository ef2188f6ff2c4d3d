"""The answer to a question: paths with their signs, verdicts, weakest hops and sentences."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from math import log, prod
from typing import TYPE_CHECKING, Final

from nutrigraph.grade import bins, leading_sign
from nutrigraph.model import Answer, Hop, Path
from nutrigraph.paths.network import direct_claims
from nutrigraph.paths.search import arrived, hub_cost, may_follow, search
from nutrigraph.terms import NG, SKOS
from nutrigraph.wording import hop_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nutrigraph.model import Entity, Node, SignBasis, Verdict, Vocabulary
    from nutrigraph.paths.network import Network

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


def _crosses(hops: Sequence[Hop]) -> tuple[bool, bool]:
    """Whether the leading evidence along the hops crosses species, and populations."""
    evidence = [hop.claims[0].evidence for hop in hops if hop.claims]
    species = {item.species for item in evidence if item and item.species}
    populations = {item.population for item in evidence if item and item.population}
    return len(species) > 1, len(populations) > 1


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


def _path(
    rank: int,
    hops: tuple[Hop, ...],
    network: Network,
    entities: Mapping[str, Entity],
    vocabulary: Vocabulary,
) -> Path:
    """Return a path with all that must be said of it."""
    sign, basis, reason = path_sign(hops, vocabulary)
    verdict = path_verdict(hops, vocabulary)
    place, why = weakest(hops)
    score = prod(hop.score for hop in hops)
    target = hops[-1].object[0]
    hubs = sum(hub_cost(hop, network, vocabulary.hub_damping, target) for hop in hops)
    evidence = -log(score) if score > 0 else None
    crosses_species, crosses_population = _crosses(hops)
    return Path(
        rank=rank,
        hops=hops,
        cost=None if evidence is None else round(evidence + hubs, 6),
        cost_parts={
            "evidence": None if evidence is None else round(evidence, 6),
            "continuity": 0.0,
            "hubs": round(hubs, 6),
        },
        score=round(score, 6),
        sign=sign,
        sign_basis=basis,
        sign_reason=reason,
        verdict=verdict,
        weakest=place,
        weakest_reason=why,
        crosses_species=crosses_species,
        crosses_population=crosses_population,
        stitched=stitched(hops),
        degree_rank=0,
        sentence=path_sentence(hops, sign, basis, entities, vocabulary),
        caution=vocabulary.hypothesis_line if verdict == "hypothesis" else None,
        joint=any(
            hop.subject[0] in network.composites or hop.object[0] in network.composites
            for hop in hops
        ),
    )


def _ranked_by_degree(paths: Sequence[Path], network: Network) -> tuple[Path, ...]:
    """Add to each path its rank among these by the degrees of what it passes through alone."""

    def degree(path: Path) -> tuple[float, int, int]:
        inside = (network.degrees.get(hop.object, 1) for hop in path.hops[:-1])
        # The degree-only rank: few hops through well-connected things first.
        return (-sum(map(log, inside)) + len(path.hops), len(path.hops), path.rank)

    order = {path.rank: place for place, path in enumerate(sorted(paths, key=degree), start=1)}
    return tuple(replace(path, degree_rank=order[path.rank]) for path in paths)


def reachable_signs(
    network: Network, source: str, target: str, max_hops: int, vocabulary: Vocabulary
) -> set[int | None]:
    """Return the signs with which the target is met over supported walks of ``max_hops`` hops.

    None stands for a walk over a hop whose sign is unknown or disagrees.
    """
    State = tuple["Node", int | None, bool, bool]  # noqa: N806 - a type
    starts: set[State] = {
        ((source, "state"), 1, False, False),
        ((source, "given"), 1, False, False),
    }
    seen, front, met = set(starts), set(starts), set[int | None]()
    for _ in range(max_hops):
        following: set[State] = set()
        for here, sign, effect, rolled_up in front:
            for hop in network.hops.get(here, ()):
                if hop.unsupported or not may_follow(hop, effect, rolled_up):
                    continue
                if hop.object[0] == source or hop.object[0] in network.closed - {target}:
                    continue
                known = hop.sign is not None and not disagree(hop, vocabulary)
                after = sign * (hop.sign or 0) if known and sign is not None else None
                if hop.object[0] == target:
                    met.add(after)
                    continue
                up = rolled_up or hop.predicate == SKOS.broader
                following.add((hop.object, after, arrived(hop, effect), up))
        front = following - seen
        seen |= following
    return met


def find(
    network: Network,
    source: str,
    target: str,
    entities: Mapping[str, Entity],
    vocabulary: Vocabulary,
    *,
    max_hops: int,
    top: int,
) -> Answer:
    """Return the ``top`` best paths of at most ``max_hops`` hops, and what they come to.

    The sign of the answer looks at all supported walks, not at the best paths alone.
    """
    found = search(network, source, target, max_hops=max_hops, damping=vocabulary.hub_damping)
    paths = [
        _path(rank, hops, network, entities, vocabulary)
        for rank, hops in enumerate(islice(found, top), start=1)
    ]
    claims = direct_claims(network, source, target)
    direct = bins(claims, leading_sign(claims, vocabulary), vocabulary)
    signs = reachable_signs(network, source, target, max_hops, vocabulary)
    verdict: Verdict = paths[0].verdict if paths else "no-path"
    sign, basis = (paths[0].sign, paths[0].sign_basis) if paths else (None, None)
    if len(signs) > 1:
        sign, basis = None, None
        verdict = "signs-disagree" if {1, -1} <= signs else verdict
    return Answer(
        source, target, max_hops, direct, verdict, sign, basis, _ranked_by_degree(paths, network)
    )
