"""The answer to a question: the best paths, each with what must be said of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import isfinite, log, prod
from typing import TYPE_CHECKING

from nutrigraph.grade import bins, leading_sign
from nutrigraph.model import Answer, Hop, Path, sides
from nutrigraph.paths import judge
from nutrigraph.paths.cost import path_cost
from nutrigraph.paths.large import best
from nutrigraph.paths.network import continuity, direct_claims, of_those_affected
from nutrigraph.paths.robust import robustness
from nutrigraph.paths.search import Question, arrived, may_follow
from nutrigraph.terms import SKOS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nutrigraph.model import Bins, Claim, Entity, Node, SignBasis, Verdict, Vocabulary
    from nutrigraph.paths.cost import Continuity
    from nutrigraph.paths.network import Network


def _path(
    rank: int,
    hops: tuple[Hop, ...],
    network: Network,
    known: Continuity[Node] | None,
    entities: Mapping[str, Entity],
    vocabulary: Vocabulary,
) -> Path:
    """Return a path with all that must be said of it."""
    sign, basis, reason = judge.path_sign(hops, vocabulary)
    verdict = judge.path_verdict(hops, vocabulary)
    place, why = judge.weakest(hops, vocabulary)
    cost = path_cost(
        [hops[0].subject, *(hop.object for hop in hops)],
        [hop.score for hop in hops],
        known,
        network.degrees,
        damping=vocabulary.hub_damping,
    )
    crosses_species, crosses_population = judge.crosses(hops)
    sources = judge.stitched(hops)
    return Path(
        rank=rank,
        hops=hops,
        cost=_told(cost.total),
        cost_parts={
            "evidence": _told(cost.evidence),
            "continuity": _told(cost.continuity),
            "hubs": _told(cost.hubs),
        },
        score=round(prod(hop.score for hop in hops), 6),
        sign=sign,
        sign_basis=basis,
        sign_reason=reason,
        verdict=verdict,
        weakest=place,
        weakest_reason=why,
        crosses_species=crosses_species,
        crosses_population=crosses_population,
        stitched=sources,
        degree_rank=0,
        sentence=judge.path_sentence(hops, sign, basis, entities, vocabulary),
        caution=_caution(verdict, sources, vocabulary) if hops[1:] or hops[0].link else None,
        timing=judge.timing(hops),
        joint=_joint(hops, network),
    )


def _joint(hops: tuple[Hop, ...], network: Network) -> bool:
    """Whether a composite stands in a path, no part of which can be credited alone."""
    return any({hop.subject[0], hop.object[0]} & network.components.keys() for hop in hops)


def _told(cost: float) -> float | None:
    """Return a cost as it is told: rounded, None where there is no evidence at all."""
    return round(cost, 6) if isfinite(cost) else None


def _caution(verdict: Verdict, sources: int, vocabulary: Vocabulary) -> str | None:
    """Return the line that every hypothesis carries; it differs where one source holds it whole."""
    if verdict != "hypothesis":
        return None
    return vocabulary.one_source_line if sources == 1 else vocabulary.hypothesis_line


def _ranked_by_degree(paths: Sequence[Path], network: Network) -> tuple[Path, ...]:
    """Add to each path its rank among these by the degrees of what it passes through alone."""

    def degree(path: Path) -> tuple[float, int, int]:
        # A product of whole numbers is the same in any order, where a sum of logarithms differs in
        # its last bit, which would rank paths through the same degrees by chance.
        inside = prod(network.degrees.get(hop.object, 1) for hop in path.hops[:-1])
        # The degree-only rank: few hops through well-connected things first.
        return (-log(inside) + len(path.hops), len(path.hops), path.rank)

    order = {path.rank: place for place, path in enumerate(sorted(paths, key=degree), start=1)}
    return tuple(replace(path, degree_rank=order[path.rank]) for path in paths)


def reachable_signs(
    network: Network, source: str, target: str, max_hops: int, vocabulary: Vocabulary
) -> set[int | None]:
    """Return the signs with which the target is met over supported walks of ``max_hops`` hops.

    None stands for a walk over a hop whose sign is unknown or disagrees.
    """
    State = tuple["Node", int | None, bool, bool]  # noqa: N806 - a type
    starts: set[State] = {(start, 1, False, False) for start in sides(source)}
    seen, front, met = set(starts), set(starts), set[int | None]()
    for _ in range(max_hops):
        following: set[State] = set()
        for here, sign, effect, rolled_up in front:
            for hop in network.hops.get(here, ()):
                if hop.unsupported or not may_follow(hop, effect, rolled_up):
                    continue
                if hop.object[0] == source or hop.object[0] in network.closed - {target}:
                    continue
                known = hop.sign is not None and not judge.disagree(hop, vocabulary)
                after = sign * (hop.sign or 0) if known and sign is not None else None
                if hop.object[0] == target:
                    met.add(after)
                    continue
                up = rolled_up or hop.predicate == SKOS.broader
                following.add((hop.object, after, arrived(hop, effect), up))
        front = following - seen
        seen |= following
    return met


def nearest(network: Network, source: str, max_hops: int, *, most: int = 5) -> tuple[str, ...]:
    """Return entities that evidence reaches from a source, those over the fewest hops first."""
    met: dict[str, int] = {}
    front: set[tuple[Node, bool, bool]] = {(start, False, False) for start in sides(source)}
    seen = set(front)
    for number in range(max_hops):
        following = {
            (hop.object, arrived(hop, effect), up or hop.predicate == SKOS.broader)
            for here, effect, up in front
            if here[0] == source or here[0] not in network.closed
            for hop in network.hops.get(here, ())
            if hop.score > 0 and may_follow(hop, effect, up)
        }
        front = following - seen
        seen |= front
        for (entity, _), _, _ in front:
            met.setdefault(entity, number)
    met.pop(source, None)
    return tuple(sorted(met, key=lambda entity: (met[entity], entity))[:most])


def _together(network: Network, parts: set[str]) -> tuple[str, ...]:
    """Return the composites with one of these parts of which anything is said."""
    spoken = {node[0] for pair in network.between for node in pair}
    found = (whole for whole, held in network.components.items() if held & parts)
    return tuple(sorted(whole for whole in found if whole in spoken))


def _direct(claims: Sequence[Claim], vocabulary: Vocabulary) -> Bins:
    """Return the bins of what is said directly, of what is supported most.

    Preventing a thing and treating those who have it are two questions: what answers the other one
    is listed as no more than named.
    """
    answers = []
    for affected in (False, True):
        found = [claim for claim in claims if of_those_affected(claim, vocabulary) is affected]
        answers.append(bins(found, leading_sign(found, vocabulary), vocabulary))
    first, other = sorted(answers, key=lambda item: -item.support)
    aside = (*other.supporting, *other.disputing, *other.inconclusive, *other.named)
    return replace(first, named=(*first.named, *aside))


def find(
    network: Network,
    source: str,
    target: str,
    entities: Mapping[str, Entity],
    vocabulary: Vocabulary,
    *,
    max_hops: int,
    top: int,
    draws: int = 0,
) -> Answer:
    """Return the ``top`` best paths of at most ``max_hops`` hops, and what they come to.

    The sign of the answer looks at all supported walks, not at the best paths alone. With
    ``draws``, each path says how robust it is against other weights.
    """
    known = continuity(network, vocabulary)
    question = Question(source, target, max_hops, vocabulary.hub_damping, known)
    paths = [
        _path(rank, hops, network, known, entities, vocabulary)
        for rank, hops in enumerate(best(network, question, top), start=1)
    ]
    if draws and paths:
        kept = robustness(network, paths, vocabulary, question, draws=draws)
        paths = [replace(path, robustness=share) for path, share in zip(paths, kept, strict=True)]
    verdict, sign, basis = _question(
        paths, reachable_signs(network, source, target, max_hops, vocabulary)
    )
    return Answer(
        source,
        target,
        max_hops,
        _direct(direct_claims(network, source, target, vocabulary), vocabulary),
        verdict,
        sign,
        basis,
        _ranked_by_degree(paths, network),
        () if paths else nearest(network, source, max_hops),
        () if paths else _together(network, {source, target}),
    )


def answer_routes(
    network: Network,
    routes: Sequence[Sequence[Node]],
    ends: tuple[str, str],
    entities: Mapping[str, Entity],
    vocabulary: Vocabulary,
    *,
    max_hops: int,
    nearest: tuple[str, ...],
) -> Answer:
    """Return what routes that were found elsewhere come to, best first, each a sequence of nodes.

    The network holds what lies on them. Continuity is left out: it would need the whole graph. So
    would the sign of the answer, which is None.
    """
    step = {(hop.subject, hop.object): hop for hops in network.hops.values() for hop in hops}
    paths = [
        _path(rank, hops, network, None, entities, vocabulary)
        for rank, hops in enumerate(
            (tuple(step[pair] for pair in pairwise(route)) for route in routes), start=1
        )
    ]
    verdict, sign, basis = _question(paths, {None, *(path.sign for path in paths)})
    claims = direct_claims(network, *ends, vocabulary)
    return Answer(
        *ends,
        max_hops,
        bins(claims, leading_sign(claims, vocabulary), vocabulary),
        verdict,
        sign,
        basis,
        _ranked_by_degree(paths, network),
        nearest,
    )


def _question(
    paths: Sequence[Path], signs: set[int | None]
) -> tuple[Verdict, int | None, SignBasis | None]:
    """Return verdict, sign and sign basis of a question: those of its best path.

    No sign is given where supported walks differ in it, or where nothing is supported.
    """
    if not paths:
        return "no-path", None, None
    best = paths[0]
    if len(signs) == 1:
        return best.verdict, best.sign, best.sign_basis
    return ("signs-disagree" if {1, -1} <= signs else best.verdict), None, None
