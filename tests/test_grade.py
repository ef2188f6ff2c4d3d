"""The arithmetic of evidence: three bins, weights, voices, ceilings, reviews."""

from dataclasses import replace
from itertools import permutations
from math import isclose
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import nutrigraph
from nutrigraph.grade import bins, leading_sign, precise_null, weigh
from nutrigraph.model import Bins, Claim, Effect, Evidence, Source
from nutrigraph.rdf import Statements, parse_file, read_vocabulary
from nutrigraph.terms import BASE, ontology_folder

_FILE = ontology_folder() / "vocabulary.ttl"
VOCABULARY = read_vocabulary(Statements.of(parse_file(_FILE), str(_FILE)))

# The table of DESIGN §4: study type, weight for causal claims, weight for associations.
WEIGHTS = {
    "review of RCTs": (0.8, 0.8),
    "rct": (0.6, 0.6),
    "mendelian-randomisation": (0.4, 0.4),
    "quasi-experimental": (0.3, 0.3),
    "review of observational studies": (0.3, 0.6),
    "cohort": (0.2, 0.4),
    "case-control": (0.1, 0.25),
    "cross-sectional": (0.05, 0.15),
    "animal": (0.05, 0.05),
    "in-vitro": (0.03, 0.03),
    "narrative-review": (0.03, 0.03),
    "unspecified": (0.03, 0.03),
    "curated-source": (0.03, 0.03),
}
CEILINGS = {
    "randomised": (0.95, 0.95),
    "observational": (0.4, 0.8),
    "animal or unnamed": (0.15, 0.15),
    "declared by a source": (1.0, 1.0),
}
PREDICATES = {
    "association": "associatedWith",
    "causal": "increases",
    "interventional": "supplementationImproves",
}


def paper(name: str, *, relation: str = "is_source_of", **told: Any) -> Source:
    evidence = relation == "is_source_of"
    return Source(f"{BASE}paper-{name}", name, 2000, relation, evidence, **told)


def said(name: str, study: str | None = "cohort", **options: Any) -> Claim:
    """A claim that x goes with y: ``voice`` names its paper, ``ci`` the interval of a ratio.

    ``retracted``, ``registration``, ``superseded_by`` and ``pools_retracted`` tell of its paper.
    """
    force, sign = options.get("force", "association"), options.get("sign", 1)
    low, high = options.get("ci", (None, None))
    voice = options.get("voice", name)
    told = ("retracted", "registration", "superseded_by", "pools_retracted")
    return Claim(
        subject=f"{BASE}x",
        predicate=BASE + PREDICATES[force],
        object=f"{BASE}y",
        basis=options.get("basis", "text"),
        modality="stated",
        document="made-up",
        quote=None,
        evidence=Evidence(
            study_type=study,
            effect=Effect(measure=options.get("measure", "RR"), ci_low=low, ci_high=high),
            analysis=options.get("analysis"),
        ),
        negated=sign == 0,
        sources=(paper(voice, **{key: options[key] for key in told if key in options}),),
        id=f"{BASE}claim/{name}",
        sign=sign,
        force=force,
    )


def weighed(*claims: Claim, sign: int | None = 1) -> Bins:
    return bins(claims, sign, VOCABULARY)


UNHURRIED = settings(deadline=None)
STUDIES = st.sampled_from(sorted(VOCABULARY.study_types))
OPTIONS = st.fixed_dictionaries(
    {
        "study": STUDIES,
        "voice": st.sampled_from("ABCDE"),
        "force": st.sampled_from(sorted(PREDICATES)),
        "sign": st.sampled_from([-1, 0, 1]),
        "basis": st.sampled_from(["text", "finding", "headline", "cross-reference"]),
        "ci": st.sampled_from([(None, None), ("0.9", "1.1"), ("0.5", "1.9")]),
        "retracted": st.booleans(),
    }
)
ANALYSES = st.sampled_from(["subgroup", "secondary"])
ANY = st.builds(
    lambda options, analysis: options | {"analysis": analysis}, OPTIONS, st.none() | ANALYSES
)


@st.composite
def many(draw: st.DrawFn) -> list[Claim]:
    found: list[dict[str, Any]] = draw(st.lists(ANY, max_size=8))
    return [said(f"{number:02}", **options) for number, options in enumerate(found)]


def silences_nothing(claims: list[Claim], voice: str) -> bool:
    """Whether a main analysis of a paper leaves what the paper said by others as it was."""
    own = [claim for claim in claims if claim.voice == paper(voice).id]
    evident = [claim for claim in own if claim.basis in VOCABULARY.evidence_bases]
    return not evident or any(claim.analysis is None for claim in evident)


@UNHURRIED
@given(many(), OPTIONS)
def test_more_support_never_lowers_a_score(claims: list[Claim], options: dict[str, Any]) -> None:
    assume(silences_nothing(claims, options["voice"]))
    before, after = weighed(*claims), weighed(*claims, said("new", **options | {"sign": 1}))
    assert after.support >= before.support
    assert after.score >= before.score


@UNHURRIED
@given(many(), OPTIONS)
def test_more_dispute_never_raises_a_score(claims: list[Claim], options: dict[str, Any]) -> None:
    assume(silences_nothing(claims, options["voice"]))
    before, after = weighed(*claims), weighed(*claims, said("new", **options | {"sign": -1}))
    assert after.dispute >= before.dispute
    assert after.score <= before.score


@UNHURRIED
@given(many(), OPTIONS)
def test_a_null_never_raises_a_score(claims: list[Claim], options: dict[str, Any]) -> None:
    assume(silences_nothing(claims, options["voice"]))
    null = said("new", **options | {"sign": 0})
    assert weighed(*claims, null).score <= weighed(*claims).score


@UNHURRIED
@given(STUDIES, st.sampled_from(sorted(PREDICATES)), st.integers(1, 5))
def test_claims_of_one_voice_equal_the_heaviest(study: str, force: str, number: int) -> None:
    one = said("one", study, voice="paper", force=force)
    more = [said(f"more-{n}", study, voice="paper", force=force) for n in range(number)]
    lighter = said("lighter", "unspecified", voice="paper", force=force)
    assert weighed(one, *more).support == weighed(one).support
    if VOCABULARY.study_types[study].ceiling == VOCABULARY.study_types["unspecified"].ceiling:
        assert isclose(weighed(one, *more, lighter).support, weighed(one).support)
    other = said("other", study, voice="another paper", force=force)
    assert weighed(one, other).support >= weighed(one).support


@UNHURRIED
@given(many())
def test_bins_stay_between_nothing_and_the_highest_ceiling(claims: list[Claim]) -> None:
    found = weighed(*claims)
    for part in (found.support, found.dispute, found.score):
        assert 0 <= part <= 0.95
    assert isclose(found.score, found.support * (1 - found.dispute))
    ids = [*found.supporting, *found.disputing, *found.inconclusive, *found.named]
    assert sorted(ids) == sorted(claim.id for claim in claims)


@UNHURRIED
@given(st.data(), many(), st.sampled_from([1, -1, None]))
def test_the_order_of_claims_does_not_matter(
    data: st.DataObject, claims: list[Claim], sign: int | None
) -> None:
    shuffled = data.draw(st.permutations(claims))
    assert weighed(*shuffled, sign=sign) == weighed(*claims, sign=sign)
    walkable = [claim for claim in claims if not claim.negated]
    other = [claim for claim in shuffled if not claim.negated]
    assert leading_sign(other, VOCABULARY) == leading_sign(walkable, VOCABULARY)


@UNHURRIED
@given(many(), st.sampled_from(["headline", "cross-reference"]), st.sampled_from([1, -1]))
def test_a_headline_or_a_link_adds_nothing(claims: list[Claim], basis: str, sign: int) -> None:
    before, after = weighed(*claims), weighed(*claims, said("new", "rct", basis=basis, sign=sign))
    assert (after.support, after.dispute) == (before.support, before.dispute)
    assert weigh(said("new", "rct", basis=basis), VOCABULARY)[0] == 0


@UNHURRIED
@given(many())
def test_every_weight_has_a_reason_in_words(claims: list[Claim]) -> None:
    for claim in claims:
        weight, reason = weigh(claim, VOCABULARY)
        assert 0 <= weight <= 0.8
        assert len(reason.split()) >= 4


def test_every_claim_has_a_weight_and_a_reason(kg: nutrigraph.KnowledgeGraph) -> None:
    superseded = []
    for claim in kg.claims():
        weight, reason = weigh(claim, kg.vocabulary)
        assert len(reason.split()) >= 4, claim.name
        if claim.basis in ("headline", "cross-reference"):
            assert (weight, reason) == (0, f"a {claim.basis} alone is no evidence")
        elif any(source.superseded_by for source in claim.sources if source.gives_evidence):
            superseded.append(claim.finding)
            assert weight == 0
            assert reason.startswith("its source is superseded by ")
        elif not claim.negated:
            assert claim.evidence is not None
            study = str(claim.evidence.study_type)
            assert weight > 0
            assert reason.startswith(f"{study}, for "), claim.name
    assert superseded == ["ota2015-zn-ptb"]


def test_weights_are_those_of_the_design() -> None:
    found = {
        label: (study.weight_causal, study.weight_association)
        for label, study in VOCABULARY.study_types.items()
    }
    # Ours: a group with nothing to compare it with weighs no more than any that has, and a review
    # of trials that are not said to be randomised no more than such a trial.
    assert found.pop("case-series") == (0.03, 0.05)
    assert found.pop("review of trials") == found["quasi-experimental"]
    assert found == WEIGHTS
    assert VOCABULARY.ceilings == CEILINGS
    assert VOCABULARY.negligible == (0.75, 1.25)
    assert VOCABULARY.signs_disagree_share == pytest.approx(1 / 3, abs=1e-3)


def test_the_weight_goes_by_study_type_and_force() -> None:
    for study, (cause, association) in WEIGHTS.items():
        for basis in ("text", "finding"):
            for force in ("causal", "interventional"):
                claim = said("one", study, force=force, basis=basis)
                assert weigh(claim, VOCABULARY)[0] == cause
            assert weigh(said("one", study, basis=basis), VOCABULARY)[0] == association


def test_primary_studies_add_up_under_their_ceiling() -> None:
    three = [said(f"study-{n}", "case-control") for n in range(3)]
    assert weighed(*three).support == pytest.approx(0.8 * (1 - 0.75**3))
    fifty = [said(f"study-{n}", "case-control", force="causal") for n in range(50)]
    assert 0.39 < weighed(*fifty).support < 0.4
    rats = [said(f"study-{n}", "animal", force="causal") for n in range(200)]
    assert 0.149 < weighed(*rats).support <= 0.15
    trials = [said(f"study-{n}", "rct", force="interventional") for n in range(20)]
    assert 0.94 < weighed(*trials).support <= 0.95


def test_associations_do_not_lift_a_cause_over_its_ceiling() -> None:
    causes = [said(f"cause-{n}", "case-control", force="causal") for n in range(50)]
    assert weighed(*causes, said("loose", "unspecified")).support == weighed(*causes).support


def test_reviews_overlap_with_each_other_and_with_what_they_pool() -> None:
    reviews = [said(f"review-{n}", "review of observational studies") for n in range(4)]
    assert weighed(*reviews).support == pytest.approx(0.8 * 0.6)
    pooled = said("pooled", "case-control")
    assert weighed(*reviews, pooled).support == pytest.approx(0.8 * 0.6)
    many_studies = [said(f"study-{n}", "cohort") for n in range(4)]
    alone = weighed(*many_studies).support
    assert alone == pytest.approx(0.8 * (1 - 0.6**4))
    assert weighed(*many_studies, *reviews).support == alone


def test_an_imprecise_null_weighs_nothing_and_is_listed() -> None:
    yes = said("yes", "cohort")
    wide = [("0.4", "1.1"), ("0.8", "1.3"), ("0.74", "1.2")]
    intervals: list[tuple[str | None, str | None]] = [(None, None), ("0.8", None), *wide]
    for ci in intervals:
        null = said("no", "rct", sign=0, ci=ci)
        found = weighed(yes, null)
        assert (found.dispute, found.inconclusive) == (0, (null.id,))
        assert found.score == weighed(yes).score
        weight, reason = weigh(null, VOCABULARY)
        assert weight == 0
        assert reason.startswith("an inconclusive null: ")
        shown = f"interval {ci[0]} to {ci[1]}" if ci[0] and ci[1] else "no interval printed"
        assert reason.endswith(shown)


def test_a_precise_null_disputes() -> None:
    for ci in (("0.75", "1.25"), ("0.9", "1.1")):
        null = said("no", "cohort", sign=0, ci=ci)
        found = weighed(said("yes", "rct"), null)
        assert found.disputing == (null.id,)
        assert found.dispute == pytest.approx(0.8 * 0.4)
        assert found.score == pytest.approx(0.95 * 0.6 * (1 - 0.32))


def test_the_negligible_range_is_one_of_ratios() -> None:
    for measure in ("OR", "RR", "HR"):
        assert precise_null(said("no", sign=0, ci=("0.9", "1.1"), measure=measure), VOCABULARY)
    for other in ("MD", "SMD", "means", None):
        null = said("no", "rct", sign=0, ci=("0.9", "1.1"), measure=other)
        assert not precise_null(null, VOCABULARY)
        assert weighed(null).inconclusive == (null.id,)


def test_a_retracted_source_weighs_nothing() -> None:
    fallen = said("fallen", "rct", retracted=True)
    assert weigh(fallen, VOCABULARY) == (0, "its source was retracted")
    assert weighed(fallen, said("other")).support == weighed(said("other")).support
    read = replace(said("one", "rct"), sources=(paper("x", retracted=True, relation="supports"),))
    assert weigh(read, VOCABULARY)[0] == 0.6, "further reading is not what a claim rests on"


def test_no_kind_of_study_weighs_nothing() -> None:
    bare = replace(said("one"), evidence=None)
    assert weigh(bare, VOCABULARY) == (0, "no kind of study is given")
    assert weigh(said("one", None), VOCABULARY) == (0, "no kind of study is given")
    assert weighed(bare).support == 0


def test_a_paragraph_is_the_voice_where_no_paper_is_known() -> None:
    paragraph = f"{BASE}document/made-up#paragraph-1"
    first, second = (
        replace(said(name, "case-control"), sources=(), paragraph=paragraph) for name in "ab"
    )
    assert first.voice == second.voice == paragraph
    assert weighed(first, second).support == weighed(first).support
    reading = replace(first, sources=(paper("reading", relation="contradicts"),))
    assert reading.voice == paragraph
    assert replace(first, sources=(paper("source"),)).voice == f"{BASE}paper-source"


def test_the_leading_sign_is_the_heavier_one() -> None:
    light, heavy = said("light", "animal", sign=1), said("heavy", "rct", sign=-1)
    headline = said("headline", "rct", sign=1, basis="headline")
    for claims in permutations((light, heavy, headline)):
        assert leading_sign(claims, VOCABULARY) == -1
    assert leading_sign([light, headline], VOCABULARY) == 1
    assert leading_sign([], VOCABULARY) is None


def test_weights_are_data() -> None:
    cohort = replace(VOCABULARY.study_types["cohort"], weight_association=0.5)
    other = replace(VOCABULARY, study_types=VOCABULARY.study_types | {"cohort": cohort})
    assert bins([said("one", "cohort")], 1, other).support == pytest.approx(0.4)
    strict = replace(VOCABULARY, negligible=(0.95, 1.05))
    assert not precise_null(said("no", sign=0, ci=("0.9", "1.1")), strict)
