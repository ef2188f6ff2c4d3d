"""Who speaks: one paper, or one registered trial, by its main analysis; who is no longer heard."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.test_grade import (
    ANALYSES,
    OPTIONS,
    PREDICATES,
    STUDIES,
    UNHURRIED,
    VOCABULARY,
    many,
    said,
    weighed,
)

from nutrigraph.grade import disagree, heard, leading_sign, weigh
from nutrigraph.model import Claim
from nutrigraph.terms import BASE


@UNHURRIED
@given(many(), OPTIONS, OPTIONS, ANALYSES)
def test_beside_its_main_analysis_a_subgroup_weighs_nothing(
    claims: list[Claim], main: dict[str, Any], other: dict[str, Any], analysis: str
) -> None:
    basis = {"basis": "finding"}
    whole = [*claims, said("main", **main | basis)]
    part = said("part", **other | basis | {"voice": main["voice"], "analysis": analysis})
    before, after = weighed(*whole), weighed(*whole, part)
    assert (after.support, after.dispute) == (before.support, before.dispute)
    shown = {*after.supporting, *after.disputing, *after.inconclusive}
    assert part.id in shown
    assert {claim.id for claim in heard(whole)} == {claim.id for claim in heard([*whole, part])}


@UNHURRIED
@given(STUDIES, ANALYSES, st.sampled_from([(None, None), ("0.9", "1.1"), ("0.5", "1.9")]))
def test_a_null_of_the_whole_silences_what_a_subgroup_shows(
    study: str, analysis: str, ci: tuple[str | None, str | None]
) -> None:
    null = said("whole", study, voice="trial", sign=0, ci=ci)
    part = said("part", study, voice="trial", analysis=analysis)
    for found in (weighed(null, part), weighed(part, null)):
        assert (found.support, found.score) == (0, 0)
        assert found.supporting == (part.id,), "it is shown"
    assert heard([part, null]) == [null]
    assert not disagree([said("other", study, sign=-1), null, part], -1, VOCABULARY)


@UNHURRIED
@given(STUDIES, ANALYSES, st.sampled_from(sorted(PREDICATES)))
def test_a_subgroup_speaks_where_nothing_else_of_its_paper_is_known(
    study: str, analysis: str, force: str
) -> None:
    part = said("part", study, voice="trial", force=force, analysis=analysis)
    alone = weighed(said("main", study, voice="trial", force=force)).support
    assert weighed(part).support == alone > 0
    # The main analysis of another paper, or a headline, is no main analysis of this one.
    other = said("other", study, voice="other", force=force, sign=0)
    headline = said("headline", None, voice="trial", sign=-1, basis="headline")
    assert weighed(part, other, headline).support == alone
    assert part in heard([part, other, headline])
    assert leading_sign([part, headline], VOCABULARY) == 1


def test_papers_of_one_registered_trial_are_one_voice() -> None:
    one, two = (said(name, "rct", voice=name, registration="TRIAL-1") for name in "ab")
    apart = said("c", "rct", registration="TRIAL-2")
    assert one.voice == two.voice != apart.voice
    assert weighed(one, two).support == weighed(one).support
    assert weighed(one, apart).support > weighed(one).support
    # The subgroup that one paper reports is silenced by the whole that another does.
    null = said("whole", "rct", voice="b", registration="TRIAL-1", sign=0)
    part = said("part", "rct", voice="a", registration="TRIAL-1", analysis="subgroup")
    assert weighed(null, part).support == 0


def test_a_superseded_source_weighs_nothing_and_is_shown() -> None:
    old = said("old", "review of RCTs", superseded_by=f"{BASE}paper-new")
    assert weigh(old, VOCABULARY) == (0, "its source is superseded by paper-new")
    assert weighed(old).supporting == (old.id,)


@UNHURRIED
@given(STUDIES, st.sampled_from(sorted(PREDICATES)))
def test_a_review_that_may_pool_a_retracted_study_weighs_half_and_says_so(
    study: str, force: str
) -> None:
    pooled = said("pooled", study, force=force, pools_retracted=(f"{BASE}paper-fallen",))
    full, _ = weigh(said("full", study, force=force), VOCABULARY)
    weight, reason = weigh(pooled, VOCABULARY)
    review = VOCABULARY.study_types[study].is_review
    assert weight == (full / 2 if review else full)
    assert ("Half of it, as it may pool paper-fallen, retracted." in reason) == review
