"""What evidence weighs: three bins for each question, by study type and force.

The order of study types is that of OCEBM and GRADE; the numbers are our own convention and stand
as data in ``ontology/vocabulary.ttl``.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from nutrigraph.model import Bins
from nutrigraph.terms import local

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from nutrigraph.model import Claim, Vocabulary


def weigh(claim: Claim, vocabulary: Vocabulary) -> tuple[float, str]:
    """Return the weight of one claim, from 0 to 1, and the reason in words."""
    if claim.basis not in vocabulary.evidence_bases:
        return 0.0, f"a {claim.basis} alone is no evidence"
    if claim.evidence is None or claim.evidence.study_type is None:
        return 0.0, "no kind of study is given"
    sources = claim.papers
    if any(source.retracted for source in sources):
        return 0.0, "its source was retracted"
    if newer := next((source.superseded_by for source in sources if source.superseded_by), None):
        return 0.0, f"its source is superseded by {local(newer)}"
    if claim.negated and not precise_null(claim, vocabulary):
        return 0.0, f"an inconclusive null: {interval(claim)}"
    study = vocabulary.study_types[claim.evidence.study_type]
    if claim.weight is not None:
        return claim.weight, f"{study.label}, as its source declares: {study.reason}"
    weight = study.weight_causal if _causal(claim, vocabulary) else study.weight_association
    kind = "a causal claim" if _causal(claim, vocabulary) else "an association"
    reason = f"{study.label}, for {kind}: {study.reason}"
    fallen = sorted({local(iri) for source in sources for iri in source.pools_retracted})
    if study.is_review and fallen:
        return weight / 2, f"{reason} Half of it, as it may pool {', '.join(fallen)}, retracted."
    return weight, reason


def _causal(claim: Claim, vocabulary: Vocabulary) -> bool:
    return claim.force in vocabulary.causes


def interval(claim: Claim) -> str:
    """Return the printed interval of a claim, or that none is printed."""
    effect = claim.evidence.effect if claim.evidence else None
    if effect and effect.ci_low and effect.ci_high:
        return f"interval {effect.ci_low} to {effect.ci_high}"
    return "no interval printed"


def precise_null(claim: Claim, vocabulary: Vocabulary) -> bool:
    """Whether a null's whole interval lies in the negligible range, which is one of ratios.

    Source: GRADE guidelines 6, doi:10.1016/j.jclinepi.2011.04.012 (0.75 to 1.25 for ratios).
    """
    if claim.evidence is None or claim.evidence.effect.measure not in vocabulary.ratio_measures:
        return False
    parsed = claim.evidence.parsed
    low, high = parsed.get("effect_ci_low"), parsed.get("effect_ci_high")
    if low is None or high is None:
        return False
    return bool(vocabulary.negligible[0] <= low and high <= vocabulary.negligible[1])


def together(shares: Iterable[float]) -> float:
    """Return ``1 - prod(1 - share)``: what shares from 0 to 1 come to, each by itself."""
    # Sorted, so that the last bits of the product do not hang on the order of the shares.
    return 1 - prod(1 - share for share in sorted(shares))


def heard(claims: Collection[Claim]) -> list[Claim]:
    """Return the claims by which each paper speaks: those of its main analysis where it has one.

    A subgroup that shows what the whole trial did not is shown, and weighs nothing; where nothing
    but a subgroup of a paper is known, the paper speaks by that. What is of no study, as a headline
    is, silences nothing.
    """
    speakers = {claim.voice for claim in claims if claim.study_type and claim.analysis is None}
    return [claim for claim in claims if claim.analysis is None or claim.voice not in speakers]


def _strength(claims: Iterable[Claim], vocabulary: Vocabulary) -> float:
    """Return what a bin weighs: as much as its causal claims do, or its associations.

    Each force has ceilings of its own: no number of associations lifts a cause above them.
    """
    causal: list[Claim] = []
    loose: list[Claim] = []
    for claim in claims:
        (causal if _causal(claim, vocabulary) else loose).append(claim)
    return max(_pooled(causal, vocabulary, column=0), _pooled(loose, vocabulary, column=1))


def _pooled(claims: Iterable[Claim], vocabulary: Vocabulary, *, column: int) -> float:
    """Return what causes (``column`` 0) or associations (1) weigh together.

    Studies of one ceiling class: ``ceiling x max(heaviest review, 1 - prod(1 - w))``. One voice
    counts once, by its heaviest claim; reviews are presumed to overlap with each other and with
    the studies that they pool. Classes are joined by ``1 - prod(1 - bin)``, up to the highest
    ceiling among them, so that no class frees another from its own.
    """
    primary: dict[str, dict[str, float]] = {}
    reviews: dict[str, float] = {}
    for claim in claims:
        weight, _ = weigh(claim, vocabulary)
        if weight == 0:
            continue
        study = vocabulary.study_types[str(claim.study_type)]
        voices = primary.setdefault(study.ceiling, {})
        if study.is_review:
            reviews[study.ceiling] = max(reviews.get(study.ceiling, 0.0), weight)
        else:
            voices[claim.voice] = max(weight, voices.get(claim.voice, 0.0))
    found, highest = [], 0.0
    for name, voices in primary.items():
        ceiling = vocabulary.ceilings[name][column]
        found.append(ceiling * max(reviews.get(name, 0.0), together(voices.values())))
        highest = max(highest, ceiling)
    return min(highest, together(found))


def disagree(claims: Iterable[Claim], sign: int | None, vocabulary: Vocabulary) -> bool:
    """Whether evidence of the opposite sign scores at least its share of the support.

    Nulls aside: they dispute, but have no sign.
    """
    signed = bins((claim for claim in heard([*claims]) if not claim.negated), sign, vocabulary)
    if not signed.dispute:
        return False
    return signed.dispute >= vocabulary.signs_disagree_share * signed.support


def bins(claims: Iterable[Claim], sign: int | None, vocabulary: Vocabulary) -> Bins:
    """Return the three bins for the reading that the sign is ``sign``, each ordered by id."""
    support: list[Claim] = []
    dispute: list[Claim] = []
    inconclusive: list[Claim] = []
    named: list[Claim] = []
    for claim in sorted(claims, key=lambda claim: claim.id):
        if claim.basis not in vocabulary.evidence_bases:
            named.append(claim)
        elif claim.negated:
            (dispute if precise_null(claim, vocabulary) else inconclusive).append(claim)
        elif sign is not None and claim.sign == -sign:
            dispute.append(claim)
        else:
            support.append(claim)
    speaking = {claim.id for claim in heard([*support, *dispute, *inconclusive])}
    return Bins(
        support=_strength((claim for claim in support if claim.id in speaking), vocabulary),
        dispute=_strength((claim for claim in dispute if claim.id in speaking), vocabulary),
        supporting=tuple(claim.id for claim in support),
        disputing=tuple(claim.id for claim in dispute),
        inconclusive=tuple(claim.id for claim in inconclusive),
        named=tuple(claim.id for claim in named),
    )


def weigh_proposition(
    claims: Collection[Claim], vocabulary: Vocabulary
) -> tuple[int | None, Bins, bool]:
    """Return the sign of a proposition, its bins, and whether signs disagree in it.

    The sign is 0 where all that is said of it are nulls.
    """
    known = [claim for claim in claims if not claim.negated]
    sign = leading_sign(known, vocabulary) if known else 0
    return sign, bins(claims, sign, vocabulary), disagree(claims, sign, vocabulary)


def leading_sign(claims: Collection[Claim], vocabulary: Vocabulary) -> int | None:
    """Return the sign that weighs more, or the only one there is; None where none is given.

    Where both weigh the same, a claim with evidence goes before one without, then ``-1``.
    """
    found = [claim for claim in heard([*claims]) if claim.sign] or [c for c in claims if c.sign]
    signs = {claim.sign for claim in found}
    if len(signs) < 2:
        return signs.pop() if signs else None
    weights = {
        sign: _strength((claim for claim in found if claim.sign == sign), vocabulary)
        for sign in (-1, 1)
    }
    return max(weights, key=lambda sign: (weights[sign], -sign))
