"""Treating those who have a thing and preventing it are two questions, weighed apart."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.letters import VOCABULARY, ask, cause, network, route, said

import nutrigraph
from nutrigraph.model import Claim
from nutrigraph.terms import BASE, local

REVIEW = "cochrane-cd000940-mg-preterm-null"
Signed = Callable[[int, str], Claim]


def prevents(sign: int, study: str = "rct") -> Claim:
    """What is given of a against z, in those who do not have z; a sign of 0 is a null."""
    claim = said("a!", "z", sign, force="interventional" if sign else "causal", study=study)
    return replace(claim, predicate=f"{BASE}supplementationPrevents", force="interventional")


def treats(sign: int, study: str = "rct") -> Claim:
    """The same in those who have z already."""
    claim = prevents(sign, study)
    return replace(claim, predicate=f"{BASE}treatmentReduces", id=f"{claim.id}/treated")


def precise(claim: Claim) -> Claim:
    """The claim with an interval that lies in the negligible range."""
    assert claim.evidence is not None
    effect = replace(claim.evidence.effect, ci_low="0.9", ci_high="1.1")
    return replace(claim, evidence=replace(claim.evidence, effect=effect))


@pytest.mark.parametrize(("one", "other"), [(prevents, treats), (treats, prevents)])
def test_neither_disputes_nor_supports_the_other(one: Signed, other: Signed) -> None:
    asked = one(-1, "cohort")
    alone = ask([asked])
    for against in (other(1, "animal"), other(0, "rct"), precise(other(0, "rct"))):
        both = ask([asked, against])
        hop = next(path.hops[0] for path in both.paths if path.hops[0].claims[0] == asked)
        assert hop == alone.paths[0].hops[0]
        assert replace(both.direct, named=()) == replace(alone.direct, named=())
        assert against.id in both.direct.named, "it is listed, as no more than named"
    more = ask([asked, other(-1, "animal")])
    assert more.direct.support == alone.direct.support


def test_each_is_a_hop_of_its_own() -> None:
    claims = [prevents(-1), treats(1)]
    (_, hops), *others = network(claims).hops.items()
    assert not others
    assert sorted((hop.sign, hop.dispute, len(hop.claims)) for hop in hops) == [
        (-1, 0, 1),
        (1, 0, 1),
    ]
    # A path is a sequence of nodes, so that the better one stands for both; no sign is given.
    found = ask(claims)
    assert [route(path.hops) for path in found.paths] == [("a!", "z")]
    assert (found.paths[0].verdict, found.sign) == ("stated", None)
    nulls = ask([prevents(-1), prevents(0), treats(0)])
    (only,) = nulls.paths
    assert only.hops[0].inconclusive == (prevents(0).id,)


STUDIES = st.sampled_from(["rct", "cohort", "animal"])


@settings(deadline=None)
@given(STUDIES, STUDIES)
def test_what_is_supported_most_is_what_is_told(one: str, other: str) -> None:
    first, second = prevents(-1, one), treats(-1, other)
    direct = ask([first, second]).direct
    supports = {claim.id: ask([claim]).direct.support for claim in (first, second)}
    assert direct.support == max(supports.values())
    assert {*direct.supporting, *direct.named} == {first.id, second.id}
    assert len(direct.supporting) == 1


def test_predicates_say_of_whom_they_speak() -> None:
    affected = {local(iri) for iri, it in VOCABULARY.predicates.items() if it.of_those_affected}
    assert affected == {"treats", "treatmentReduces", "treatmentImproves"}
    assert VOCABULARY.predicates[treats(-1).predicate].sign == -1
    assert cause("a", "z").force == "causal", "a state treats nothing"


def test_a_review_after_arrested_labour_says_nothing_on_prevention(
    kg: nutrigraph.KnowledgeGraph,
) -> None:
    (review,) = (claim for claim in kg.claims() if claim.finding == REVIEW)
    assert review.negated
    assert kg.vocabulary.predicates[review.predicate].of_those_affected
    answer = kg.paths("magnesium", "premature delivery", top=1000)
    assert review.id in answer.direct.named
    assert review.id not in (
        *answer.direct.supporting,
        *answer.direct.disputing,
        *answer.direct.inconclusive,
    )
    for path in answer.paths:
        for hop in path.hops:
            assert review not in hop.claims
    # A graph without it gives the same routes with the same scores.
    without = kg.paths("magnesium", "premature delivery", top=1000, without=[review_paper(review)])
    assert [path.score for path in without.paths] == [path.score for path in answer.paths]
    assert (without.direct.support, without.direct.dispute) == (
        answer.direct.support,
        answer.direct.dispute,
    )


def review_paper(claim: Claim) -> str:
    return str(claim.sources[0].doi)
