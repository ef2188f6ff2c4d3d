"""Which way a thing goes when another is moved, in made-up graphs and the document."""

from collections.abc import Iterable
from dataclasses import replace
from math import prod
from typing import Any, Literal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.letters import VOCABULARY, cause, link, name_of, said

import nutrigraph
from nutrigraph.errors import UnknownName, UsageError
from nutrigraph.model import Claim, Link, Source
from nutrigraph.paths.moves import Causes, Move, move
from nutrigraph.terms import BASE

UNHURRIED = settings(deadline=None)
Direction = Literal["up", "down"]
UP: Direction = "up"
DOWN: Direction = "down"


def push(subject: str, target: str, sign: int = 1, **options: Any) -> Claim:
    """A cause shown in people."""
    return cause(subject, target, sign, **{"species": "human", **options})


def worded(claim: Claim, direction: str | None, predicate: str | None = None) -> Claim:
    """The claim in words that speak of its subject going one way."""
    return replace(
        claim,
        id=f"{claim.id} {direction} {predicate}",
        subject_direction=direction,
        predicate=BASE + predicate if predicate else claim.predicate,
    )


def ask(
    claims: Iterable[Claim],
    direction: Direction = "up",
    links: Iterable[Link] = (),
    *,
    source: str = "a",
    target: str = "z",
) -> Move:
    return move(claims, links, VOCABULARY, BASE + source, direction, BASE + target)


def answers(claims: Iterable[Claim], links: Iterable[Link] = ()) -> tuple[str, str]:
    """What z does when a goes up, and when it goes down."""
    claims, links = list(claims), list(links)
    return ask(claims, UP, links).answer, ask(claims, DOWN, links).answer


def through(found: Move) -> list[str]:
    return [
        " ".join([name_of(route[0].subject), *(name_of(step.object) for step in route)])
        for route in found.routes
    ]


# One route


@pytest.mark.parametrize("first", [1, -1])
@pytest.mark.parametrize("second", [1, -1])
def test_the_answer_is_the_product_of_the_signs(first: int, second: int) -> None:
    claims = [push("a", "b", first), push("b", "z", second)]
    expected = ("up", "down") if first * second == 1 else ("down", "up")
    assert answers(claims) == expected
    found = ask(claims)
    assert through(found) == ["a b z"]
    assert [step.sign for step in found.routes[0]] == [first, second]
    assert [step.claims for step in found.routes[0]] == [(claims[0],), (claims[1],)]
    assert "this graph" in found.reason


def test_an_intervention_counts_as_a_cause() -> None:
    claim = push("a!", "z", -1, force="interventional")
    assert answers([claim]) == ("down", "up")
    assert answers([worded(claim, "given")]) == ("down", "abstain")


@pytest.mark.parametrize(
    ("subject_direction", "predicate", "sign", "expected"),
    [
        ("low", "deficiencyCauses", -1, ("abstain", "up")),
        ("low", "deficiencyImpairs", 1, ("abstain", "down")),
        ("decreased", None, 1, ("abstain", "down")),
        ("absent", None, -1, ("abstain", "up")),
        ("high", None, 1, ("up", "abstain")),
        ("increased", None, -1, ("down", "abstain")),
        ("present", "requiredFor", 1, ("abstain", "down")),
        (None, "requiredFor", 1, ("abstain", "down")),
        (None, None, 1, ("up", "down")),
    ],
)
def test_claims_speak_of_one_way_of_moving(
    subject_direction: str | None, predicate: str | None, sign: int, expected: tuple[str, str]
) -> None:
    claim = worded(push("a", "z", sign), subject_direction, predicate)
    assert answers([claim]) == expected
    both = [claim, worded(push("a", "z", sign), "high"), worded(push("a", "z", sign), "low")]
    assert "abstain" not in answers(both)
    silent = ask([claim], UP if expected[0] == "abstain" else DOWN)
    if silent.answer == "abstain":
        assert "contrary move" in silent.reason
        assert through(silent) == ["a z"]


def test_the_way_of_moving_is_followed_along_the_route() -> None:
    lack = worded(push("b", "z", -1), "low", "deficiencyCauses")
    assert answers([push("a", "b", -1), lack]) == ("up", "abstain")
    assert answers([push("a", "b"), lack]) == ("abstain", "up")
    assert answers([worded(push("a", "b"), "high"), lack]) == ("abstain", "abstain")


# Opposites


def test_opposites_are_one_variable_with_its_sign_turned() -> None:
    for ends in ("bc", "cb"):
        tied = [link(ends[0], "opposite", ends[1])]
        claims = [push("a", "b"), push("c", "z")]
        assert answers(claims, tied) == ("down", "up")
        assert answers([push("a", "b"), push("a", "c", -1), push("b", "z")], tied) == ("up", "down")
        assert answers([push("a", "b"), push("a", "c"), push("b", "z")], tied) == (
            *("abstain", "abstain"),
        )
    assert ask([push("a", "b")], links=[link("b", "opposite", "z")]).answer == "down"
    assert ask([push("b", "z")], links=[link("b", "opposite", "a")]).answer == "down"
    for kind in ("measure", "broader", "component"):
        assert ask([push("a", "b"), push("c", "z")], links=[link("b", kind, "c")]).routes == ()


def test_the_way_of_moving_is_turned_at_an_opposite() -> None:
    for ends in ("bc", "cb"):
        tied = [link(ends[0], "opposite", ends[1])]
        lack = worded(push("c", "z"), "low", "deficiencyImpairs")
        assert answers([push("a", "b"), lack], tied) == ("down", "abstain")


def test_an_opposite_of_an_opposite_is_the_thing_itself() -> None:
    tied = [link("b", "opposite", "c"), link("c", "opposite", "d")]
    assert answers([push("a", "b"), push("d", "z")], tied) == ("up", "down")


def test_the_opposite_of_what_is_moved_follows_by_definition() -> None:
    for ends in ("az", "za"):
        tied = [link(ends[0], "opposite", ends[1])]
        assert answers([], tied) == ("down", "up")
        found = ask([push("a", "z", -1)], links=tied)
        assert (found.answer, found.routes[0][0].claims) == ("down", ())
        assert "by definition" in found.reason


# What makes an answer impossible

CONTRARY = [push("a", "c"), push("c", "z", -1)]


@pytest.mark.parametrize("modality", ["suggested", "hypothesised"])
def test_a_hedged_cause_is_of_unknown_sign(modality: str) -> None:
    hedged = push("b", "z", modality=modality)
    for claims in ([push("a", "b"), hedged], [push("a", "b"), push("b", "z"), hedged]):
        found = ask(claims)
        assert found.answer == "abstain"
        assert found.reason.startswith("unknown sign")
        assert through(found)[0] == "a b z"
        assert found.routes[0][-1].sign is None


def test_a_cause_without_a_sign_is_of_unknown_sign() -> None:
    claim = replace(push("a", "z"), sign=None, predicate=f"{BASE}affects")
    assert ask([claim]).reason.startswith("unknown sign")


@pytest.mark.parametrize(
    "more",
    [[push("a", "z", -1)], [push("b", "z", -1)], CONTRARY, [push("a", "z", -1, species="rat")]],
)
def test_contrary_claims_leave_no_answer(more: list[Claim]) -> None:
    claims = [push("a", "b"), push("b", "z")]
    assert answers(claims) == ("up", "down")
    found = ask([*claims, *more])
    assert found.answer == "abstain"
    assert found.reason.startswith("opposing routes")
    assert sorted(prod(step.sign or 0 for step in route) for route in found.routes) == [-1, 1]


def test_a_route_that_crosses_species_bears_no_answer() -> None:
    for first, second, answer in (
        ("human", "human", "up"),
        ("rat", "rat", "up"),
        ("rat", "human", "abstain"),
        (None, "human", "abstain"),
        (None, None, "abstain"),
    ):
        claims = [push("a", "b", species=first), push("b", "z", species=second)]
        assert ask(claims).answer == answer, (first, second)
    claims = [push("a", "b", species="rat"), push("b", "z", species="human")]
    assert "species" in ask(claims).reason
    assert ask([*claims, push("a", "b", species="human")]).answer == "up"
    assert ask([push("a", "z", species=None)]).answer == "up", "one step is of one species"


def test_what_is_given_and_the_state_of_it_stay_apart() -> None:
    assert ask([push("a!", "b!"), push("b", "z")]).routes == ()
    assert ask([push("a!", "z")]).answer == "up"
    assert answers([push("a", "z"), push("a!", "z")]) == ("up", "down")
    found = ask([push("a", "z"), push("a!", "z", -1)])
    assert found.answer == "abstain"
    assert "opposite ways" in found.reason
    assert sorted(through(found)) == ["a z", "a! z"]
    assert ask([push("a!", "a"), push("a", "z")]).answer == "up"


def test_a_contrary_state_counts_even_where_its_claims_bear_no_answer() -> None:
    crossing = [push("a", "b", species="rat"), push("b", "z", -1)]
    assert ask([push("a!", "z")]).answer == "up"
    assert ask([push("a!", "z"), *crossing]).answer == "abstain"
    hedged = push("a", "z", -1, modality="suggested")
    assert ask([push("a!", "z"), hedged]).answer == "abstain"


@pytest.mark.parametrize(
    "other",
    [
        push("a", "z", 0),
        push("a", "z", -1, basis="headline"),
        said("a", "z", -1, species="human"),
        said("a", "z", basis="cross-reference"),
        replace(
            push("a", "z", -1),
            sources=(Source(f"{BASE}p", "p", 2000, "is_source_of", True, retracted=True),),
        ),
    ],
)
def test_what_is_no_causal_evidence_does_not_count(other: Claim) -> None:
    claims = [push("a", "b"), push("b", "z")]
    assert ask([*claims, other]) == ask(claims)
    assert ask([other]).answer == "abstain"
    assert ask([other]).reason.startswith("no causal route")


def test_a_cause_says_nothing_backward() -> None:
    found = ask([push("z", "a")])
    assert (found.answer, found.routes) == ("abstain", ())
    assert ask([]).answer == "abstain"


def test_a_loop_does_not_unsettle_what_it_cannot_turn() -> None:
    claims = [push("a", "b"), push("b", "z"), push("z", "b", -1)]
    assert ask(claims).answer == "up"


# Properties


@st.composite
def causes(draw: st.DrawFn) -> list[Claim]:
    letters = st.sampled_from("abcz")
    pairs = st.tuples(letters, letters).filter(lambda pair: pair[0] != pair[1])
    found: dict[str, Claim] = {}
    for start, end in draw(st.lists(pairs, max_size=6)):
        claim = push(
            start + draw(st.sampled_from(["", "", "!"])),
            end,
            draw(st.sampled_from([1, 1, -1])),
            modality=draw(st.sampled_from(["stated"] * 6 + ["suggested"])),
            species=draw(st.sampled_from(["human"] * 4 + ["rat"])),
        )
        claim = worded(claim, draw(st.sampled_from([None, None, None, "low", "high"])))
        found[claim.id] = claim
    return list(found.values())


ties = st.sampled_from([[], [link("b", "opposite", "c")], [link("z", "opposite", "c")]])


@UNHURRIED
@given(st.data(), causes(), ties)
def test_the_order_of_claims_does_not_matter(
    data: st.DataObject, claims: list[Claim], links: list[Link]
) -> None:
    for way in (UP, DOWN):
        assert ask(data.draw(st.permutations(claims)), way, links) == ask(claims, way, links)


@UNHURRIED
@given(
    causes(),
    ties,
    st.sampled_from([UP, DOWN]),
    st.sampled_from(["a", "a!"]),
    st.sampled_from([None, "low", "high"]),
    st.booleans(),
)
def test_an_opposing_or_hedged_cause_leaves_no_answer_standing(
    claims: list[Claim],
    links: list[Link],
    way: Direction,
    side: str,
    direction: str | None,
    hedged: bool,
) -> None:
    claims = [*claims, push("a", "z")]
    found = ask(claims, way, links)
    assume(found.answer != "abstain")
    against = -1 if found.answer == way else 1
    modality = "suggested" if hedged else "stated"
    opposing = worded(push(side, "z", against, species="rat", modality=modality), direction)
    assert ask([*claims, opposing], way, links).answer == "abstain"


@UNHURRIED
@given(causes(), ties, st.sampled_from([UP, DOWN]))
def test_every_answer_shows_routes_that_bear_it(
    claims: list[Claim], links: list[Link], way: Direction
) -> None:
    found = ask(claims, way, links)
    graph = Causes(claims, links, VOCABULARY)
    assert found.reason
    if found.answer == "abstain":
        return
    assert found.routes
    for route in found.routes:
        assert route[0].subject[0] == f"{BASE}a"
        for step in route:
            assert step.claims
            for claim in step.claims:
                assert claim in claims
                assert graph.sign(claim) == step.sign is not None


# The document


@pytest.mark.parametrize(
    ("source", "way", "target", "answer", "reason"),
    [
        ("magnesium", "down", "insulin resistance", "up", "determined by this graph"),
        ("magnesium", "up", "insulin resistance", "abstain", "its claims speak of the contrary"),
        ("magnesium", "down", "insulin sensitivity", "down", "determined"),
        ("insulin resistance", "up", "insulin sensitivity", "down", "by definition"),
        ("magnesium", "down", "insulin secretion", "down", "determined"),
        ("magnesium", "up", "insulin secretion", "abstain", "its claims speak of the contrary"),
        ("selenium", "down", "red cell magnesium", "abstain", "unknown sign"),
        ("selenium", "up", "red cell magnesium", "abstain", "unknown sign"),
        ("magnesium", "down", "miscarriage", "abstain", "unknown sign"),
        ("magnesium", "down", "premenstrual tension", "abstain", "unknown sign"),
        ("magnesium", "up", "pre-eclampsia", "abstain", "no causal route"),
        ("magnesium", "down", "pre-eclampsia", "abstain", "no causal route"),
        ("mineral-restricted diet (50%)", "up", "miscarriage", "up", "determined"),
        ("magnesium loss", "up", "insulin resistance", "abstain", "its route crosses species"),
        ("zinc", "down", "miscarriage", "abstain", "no causal route"),
        ("oral contraceptive use", "up", "dyslipidaemia", "abstain", "no causal route"),
        ("diabetes", "up", "urinary magnesium loss", "abstain", "no causal route"),
        ("insulin resistance", "up", "magnesium", "abstain", "no causal route"),
    ],
)
def test_the_document_determines_what_it_states_as_causes(
    kg: nutrigraph.KnowledgeGraph, source: str, way: str, target: str, answer: str, reason: str
) -> None:
    found = kg.effect(source, way, target)
    assert found.answer == answer
    assert found.reason.startswith(reason)


def test_filters_act_before_the_answer(kg: nutrigraph.KnowledgeGraph) -> None:
    question = "magnesium", "down", "neonatal mortality"
    assert kg.effect(*question).answer == "up"
    filters = ({"species": ["human"]}, {"bases": ["headline"]}, {"study_types": ["rct"]})
    for chosen in filters:
        found = kg.effect(question[0], question[1], question[2], **chosen)
        assert found.reason.startswith("no causal route")
    assert kg.effect(*question, species=["animal"], bases=["text"]) == kg.effect(*question)
    farther = "magnesium loss", "up", "insulin resistance"
    assert len(kg.effect(*farther).routes[0]) == 2
    assert kg.effect(*farther, avoid=["magnesium"]).routes == ()
    assert kg.effect(*farther, through=["Condition"]).routes == ()
    assert kg.effect(*question, avoid=["neonatal mortality"]).answer == "up"


def test_what_makes_no_sense_is_refused(kg: nutrigraph.KnowledgeGraph) -> None:
    with pytest.raises(UsageError, match="source and target are both magnesium"):
        kg.effect("magnesium", "down", "Mg")
    with pytest.raises(UnknownName, match=r"unknown entity 'magnesum' \(nearest: magnesium"):
        kg.effect("magnesum", "down", "miscarriage")
    with pytest.raises(UnknownName, match="unknown entity 'miscariage'"):
        kg.effect("magnesium", "down", "miscariage")
    with pytest.raises(UsageError, match="direction is 'sideways': give up or down"):
        kg.effect("magnesium", "sideways", "miscarriage")
    with pytest.raises(UnknownName, match="unknown species 'rats'"):
        kg.effect("magnesium", "down", "miscarriage", species=["rats"])
