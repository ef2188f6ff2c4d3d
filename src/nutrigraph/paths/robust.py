"""How far a path hangs on the numbers that are our convention.

The order of study types is that of OCEBM and GRADE and stays; the weights are drawn anew around
ours, and the question is asked again. A path's robustness is the share of draws in which it is
still among the best.
"""

from __future__ import annotations

import random
from dataclasses import replace
from math import exp
from typing import TYPE_CHECKING, Final

from nutrigraph.grade import bins
from nutrigraph.paths.large import best

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nutrigraph.model import Hop, Node, Path, Vocabulary
    from nutrigraph.paths.network import Network
    from nutrigraph.paths.search import Question

_SPREAD: Final = 0.5
"""Standard deviation of the logarithm of a drawn weight: mostly within a factor of 2.7."""


def _drawn(weights: list[float], draw: random.Random) -> list[float]:
    """Return weights drawn around the given ones, at most 1, in the same order of size."""
    shaken = sorted(min(1.0, weight * exp(draw.gauss(0, _SPREAD))) for weight in weights)
    ranks = sorted(set(weights))
    # Equal weights stay equal: each takes the first drawn value of its rank.
    first = {rank: sum(weight < rank for weight in weights) for rank in ranks}
    return [shaken[first[weight]] for weight in weights]


def drawn_weights(vocabulary: Vocabulary, draw: random.Random) -> Vocabulary:
    """Return the vocabulary with weights of study types drawn anew, their order kept."""
    studies = list(vocabulary.study_types.values())
    causal = _drawn([study.weight_causal for study in studies], draw)
    loose = _drawn([study.weight_association for study in studies], draw)
    return replace(
        vocabulary,
        study_types={
            study.label: replace(study, weight_causal=one, weight_association=other)
            for study, one, other in zip(studies, causal, loose, strict=True)
        },
    )


def _weighed(hop: Hop, vocabulary: Vocabulary) -> Hop:
    if hop.link is not None or hop.score == 0:
        return hop
    return replace(hop, score=bins(hop.claims, hop.sign, vocabulary).score)


def robustness(
    network: Network,
    paths: Sequence[Path],
    vocabulary: Vocabulary,
    question: Question,
    *,
    draws: int,
    seed: int = 0,
) -> list[float]:
    """Return, for each path, the share of draws in which it is among as many best as are given."""
    draw = random.Random(seed)  # noqa: S311 - a sensitivity analysis, not a secret
    wanted = dict.fromkeys((_nodes(path.hops) for path in paths), 0)
    for _ in range(draws):
        voc = drawn_weights(vocabulary, draw)
        hops = {node: [_weighed(hop, voc) for hop in row] for node, row in network.hops.items()}
        for found in best(replace(network, hops=hops), question, len(paths)):
            if _nodes(found) in wanted:
                wanted[_nodes(found)] += 1
    return [round(count / draws, 3) for count in wanted.values()]


def _nodes(hops: Sequence[Hop]) -> tuple[Node, ...]:
    return (hops[0].subject, *(hop.object for hop in hops))
