"""Which routes there are and what is said of each, on small made-up graphs (`tests/letters.py`)."""

from dataclasses import replace
from typing import Any

import pytest
from tests.letters import VOCABULARY, ask, cause, link, mention, route, routes, said

from nutrigraph.model import Claim

# Walking


@pytest.mark.parametrize("sign", [1, -1])
def test_an_association_is_walked_either_way_with_the_same_sign(sign: int) -> None:
    for claim, walked in ((said("a", "z", sign), "forward"), (said("z", "a", sign), "backward")):
        (path,) = ask([claim]).paths
        (hop,) = path.hops
        assert (hop.walked, hop.sign, path.sign, path.sign_basis) == (
            *(walked, sign, sign),
            "if-causal",
        )


@pytest.mark.parametrize("force", ["causal", "interventional"])
def test_a_cause_is_walked_forward_only(force: str) -> None:
    assert routes([said("a", "z", force=force)]) == ["a z"]
    assert routes([said("z", "a", force=force)]) == []
    assert routes([said("a", "b", force=force), said("z", "b", force=force)]) == []


def test_no_route_passes_a_common_effect() -> None:
    assert routes([said("a", "b"), said("z", "b")]) == []
    assert routes([cause("a", "b"), said("z", "b")]) == []
    assert routes([said("b", "a"), said("b", "z")]) == ["a b z"], "a common cause is a route"
    assert routes([said("b", "a"), said("z", "b")]) == ["a b z"]


@pytest.mark.parametrize("kind", ["opposite", "measure", "broader"])
def test_no_route_passes_a_common_effect_under_another_name(kind: str) -> None:
    assert routes([said("a", "b"), said("z", "c")], [link("b", kind, "c")]) == []
    assert routes([said("a", "b"), said("c", "z")], [link("b", kind, "c")]) == ["a b c z"]
    twice = [link("b", kind, "c"), link("c", "opposite", "d")]
    assert routes([said("a", "b"), said("z", "d")], twice) == []


def test_a_measure_and_an_opposite_are_walked_either_way() -> None:
    for kind in ("opposite", "measure"):
        for ends in ("bc", "cb"):
            claims = [said("a", "b"), said("c", "z")]
            assert routes(claims, [link(ends[0], kind, ends[1])]) == ["a b c z"]


def test_a_bare_mention_does_not_turn_an_association_round() -> None:
    (path,) = ask([mention("a", "z"), said("z", "a")]).paths
    assert (path.hops[0].walked, path.hops[0].basis) == ("backward", "text")
    # What the mention itself leads over is shown, and is worth nothing.
    (path,) = ask([said("a", "b"), said("z", "b"), mention("b", "z")]).paths
    assert (path.verdict, path.hops[1].basis, path.score) == ("unsupported", "cross-reference", 0)


def test_broader_is_walked_upwards_and_once() -> None:
    up, down = link("b", "broader", "c"), link("c", "broader", "b")
    assert routes([said("a", "b"), said("c", "z")], [up]) == ["a b c z"]
    assert routes([said("a", "b"), said("c", "z")], [down]) == []
    twice = [up, link("c", "broader", "d")]
    assert routes([said("a", "b"), said("d", "z")], twice) == []
    apart = [up, link("d", "broader", "z")]
    assert routes([said("a", "b"), said("c", "d")], apart) == []


def test_a_composite_is_never_taken_apart() -> None:
    part = link("b", "component", "c")
    assert routes([said("a", "b"), said("c", "z")], [part]) == []
    assert routes([said("a", "c"), said("b", "z")], [part]) == []
    (path,) = ask([said("a", "b"), said("b", "z")], [part]).paths
    assert path.joint
    assert not ask([said("a", "b"), said("b", "z")]).paths[0].joint


def test_a_null_is_not_walked_but_shown_on_its_hop() -> None:
    assert routes([said("a", "z", 0)]) == []
    assert ask([said("a", "z", 0)]).direct.inconclusive == (said("a", "z", 0).id,)
    for subject, target in ("ab", "ba"):
        wide, narrow = said(subject, target, 0), said(subject, target, 0, ci=("0.9", "1.1"))
        (path,) = ask([said("a", "b"), wide, narrow, said("b", "z")]).paths
        hop = path.hops[0]
        assert hop.inconclusive == (wide.id,)
        assert hop.disputing == (narrow.id,)
        assert hop.dispute == pytest.approx(0.32)
        assert {claim.id for claim in hop.claims[1:]} == {wide.id, narrow.id}
        assert not hop.claims[0].negated
        assert path.verdict == "hypothesis"


def test_uptake_leads_from_given_to_state_only() -> None:
    (path,) = ask([cause("a", "b!"), cause("b", "z")]).paths
    assert route(path.hops) == ("a", "b!", "b", "z")
    assert path.hops[1].basis == "assumption"
    assert (path.verdict, path.sign_basis) == ("hypothesis", "if-causal")
    assert routes([cause("a", "b"), cause("b!", "z")]) == []
    measured = routes([cause("a", "b!"), cause("c", "z")], [link("c", "measure", "b")])
    assert measured == ["a b! b c z"], "a state known by its measure alone is a state"


def test_a_question_starts_and_ends_at_state_or_given() -> None:
    claims = [said("a!", "z"), said("a", "b"), said("b", "z!")]
    assert sorted(routes(claims)) == ["a b z!", "a! z"]


def test_no_path_passes_through_its_ends_or_a_closed_heading() -> None:
    claims = [said("b", "a"), said("b", "a!"), said("a!", "c"), said("c", "z"), said("b", "c")]
    assert sorted(routes(claims)) == ["a b c z", "a! b c z", "a! c z"]
    through = [said("a", "z"), said("z", "b"), said("b", "z!")]
    assert routes(through) == ["a z"]
    assert routes([said("a", "b"), said("b", "z")], closed="b") == []
    assert routes([said("a", "z")], closed="az") == ["a z"], "it may be asked about"


# Signs, verdicts, what a path says of itself


@pytest.mark.parametrize("first", [1, -1])
@pytest.mark.parametrize("second", [1, -1])
def test_the_sign_is_the_product(first: int, second: int) -> None:
    claims = [said("a", "b", first), said("c", "z", second)]
    (path,) = ask(claims, [link("b", "opposite", "c")]).paths
    assert path.sign == -first * second


@pytest.mark.parametrize(
    ("claims", "basis"),
    [
        ([cause("a", "b"), cause("b", "z")], "direction"),
        ([cause("a", "b"), cause("b", "z", force="interventional")], "direction"),
        ([cause("a", "b"), said("b", "z")], "if-causal"),
        ([cause("a", "b"), cause("b", "z", modality="suggested")], "if-causal"),
        ([cause("a", "b"), cause("b", "z", modality="hypothesised")], "if-causal"),
        ([cause("a", "b"), cause("b", "z", basis="headline")], "if-causal"),
        ([cause("a", "b"), said("b", "z", None)], None),
    ],
)
def test_a_sign_is_a_direction_over_stated_causes_only(
    claims: list[Claim], basis: str | None
) -> None:
    (path,) = ask(claims).paths
    assert path.sign_basis == basis
    assert (path.sign is None) == (basis is None)
    assert ("makes more" in path.sentence) == (basis == "direction")
    if basis == "if-causal":
        assert "only if every link is causal" in path.sign_reason


@pytest.mark.parametrize(
    ("kind", "basis"),
    [("opposite", "direction"), ("measure", "if-causal"), ("broader", "if-causal")],
)
def test_of_the_links_only_an_opposite_keeps_a_direction(kind: str, basis: str) -> None:
    (path,) = ask([cause("a", "b"), cause("c", "z")], [link("b", kind, "c")]).paths
    assert path.sign_basis == basis


CAUSES = [cause("a", "b"), cause("b", "z")]
QUARREL = [said("a", "b"), said("a", "b", -1)]


@pytest.mark.parametrize(
    ("verdict", "claims"),
    [
        ("unsupported", [*CAUSES[:1], mention("b", "z")]),
        ("unsupported", [*CAUSES[:1], cause("b", "z", basis="headline")]),
        ("unsupported", [*QUARREL, mention("b", "z")]),
        ("unsupported", [said("a", "z", basis="headline")]),
        ("signs-disagree", [*QUARREL, cause("b", "z")]),
        ("signs-disagree", [said("a", "z"), said("a", "z", -1)]),
        ("signs-disagree", [*QUARREL, said("b", "z", None)]),
        ("stated", [said("a", "z")]),
        ("stated", [said("a", "z", None, basis="finding")]),
        ("unsigned", [said("a", "b", None), said("b", "z")]),
        ("hypothesis", [said("a", "b"), cause("b", "z")]),
        ("hypothesis", [cause("a", "b", modality="suggested"), cause("b", "z")]),
        ("inferred", CAUSES),
    ],
)
def test_the_first_verdict_that_applies(verdict: str, claims: list[Claim]) -> None:
    answer = ask(claims)
    (path,) = answer.paths
    assert path.verdict == answer.verdict == verdict
    assert (path.caution is not None) == (verdict == "hypothesis")
    if verdict in ("signs-disagree", "unsigned"):
        assert (path.sign, path.sign_basis) == (None, None)
        assert "direction" in path.sign_reason or "no sign" in path.sign_reason


def test_without_a_route_there_is_no_path() -> None:
    answer = ask([cause("z", "a")])
    assert (answer.verdict, answer.sign, answer.paths) == ("no-path", None, ())


def test_an_opposite_is_part_of_an_inference() -> None:
    (path,) = ask([cause("a", "b"), cause("c", "z")], [link("b", "opposite", "c")]).paths
    assert (path.verdict, path.sign) == ("inferred", -1)
    (path,) = ask([cause("a", "b"), cause("c", "z")], [link("b", "measure", "c")]).paths
    assert path.verdict == "hypothesis"


def test_signs_disagree_from_a_share_of_the_support() -> None:
    strong, contrary = said("a", "z", study="rct"), said("a", "z", -1, study="case-control")
    share = 0.8 * 0.25 / (0.95 * 0.6)
    for limit, verdict in ((share - 0.01, "signs-disagree"), (share + 0.01, "stated")):
        vocabulary = replace(VOCABULARY, signs_disagree_share=limit)
        (path,) = ask([strong, contrary], vocabulary=vocabulary).paths
        assert path.verdict == verdict
        assert path.hops[0].disputing == (contrary.id,)
        assert path.hops[0].dispute == pytest.approx(0.2)
    weak = said("a", "z", -1, study="animal")
    null = said("a", "z", 0, study="rct", ci=("0.9", "1.1"))
    (path,) = ask([strong, weak, null]).paths
    assert (path.verdict, path.sign) == ("stated", 1), "a null has no sign to disagree"


def test_the_weakest_hop() -> None:
    bare = [cause("a", "b", basis="headline"), mention("b", "c"), cause("c", "z")]
    (path,) = ask(bare).paths
    assert path.weakest == 1
    assert "link line" in path.weakest_reason
    (path,) = ask([bare[0], cause("b", "z")]).paths
    assert (path.weakest, "headline" in path.weakest_reason) == (0, True)
    (path,) = ask([said("a", "b", study="rct"), said("b", "z", study="animal")]).paths
    assert path.weakest == 1
    assert "animal" in path.weakest_reason


def test_hops_without_evidence_sort_last() -> None:
    thin = [said(start, end, study="in-vitro") for start, end in ("ab", "bc", "cd", "dz")]
    answer = ask([*thin, cause("a", "z", basis="headline")])
    assert [path.verdict for path in answer.paths] == ["hypothesis", "unsupported"]
    assert answer.paths[0].cost is not None
    assert (answer.paths[1].cost, answer.paths[1].score) == (None, 0)


def test_stitched_from_how_many_sources() -> None:
    for voices, number in (("xx", 1), ("xy", 2)):
        claims = [said("a", "b", voice=voices[0]), said("b", "z", voice=voices[1])]
        assert ask(claims).paths[0].stitched == number
    also = said("b", "z", voice="x", study="animal")
    assert ask([said("a", "b", voice="x"), said("b", "z", voice="y"), also]).paths[0].stitched == 1


def test_crossing_species_and_populations_is_said() -> None:
    rats: dict[str, Any] = {"species": "rat"}
    women: dict[str, Any] = {"species": "human", "population": "women"}
    (path,) = ask([said("a", "b", **rats), said("b", "z", **women)]).paths
    assert path.crosses_species
    assert "in rats" in path.sentence
    assert "in women" in path.sentence
    (path,) = ask([said("a", "b", **women), said("b", "z", **women)]).paths
    assert not path.crosses_species
    assert not path.crosses_population
    pregnant = women | {"population": "pregnant women"}
    (path,) = ask([said("a", "b", **women), said("b", "z", **pregnant)]).paths
    assert path.crosses_population
    assert not path.crosses_species


def test_the_sign_of_a_question_looks_at_all_supported_routes() -> None:
    plus = [said("a", "b"), said("b", "z")]
    minus = [said("a", "c", study="animal"), said("c", "z", -1, study="animal")]
    answer = ask([*plus, *minus], top=1)
    assert answer.paths[0].sign == 1
    assert (answer.verdict, answer.sign, answer.sign_basis) == ("signs-disagree", None, None)
    unknown = [said("a", "c", study="animal"), said("c", "z", None, study="animal")]
    assert ask([*plus, *unknown], top=1).sign is None
    bare = [said("a", "c"), said("c", "z", -1, basis="headline")]
    assert ask([*plus, *bare], top=1).sign == 1


def test_a_link_and_a_claim_between_the_same_two_are_one_hop() -> None:
    claims = [said("a", "b"), said("b", "c"), said("c", "z")]
    assert routes(claims, [link("b", "measure", "c")]) == ["a b c z"]
