"""Hidden links and feedback loops, on small made-up graphs and on the document."""

import random
from collections import Counter
from collections.abc import Iterable
from math import prod
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.letters import VOCABULARY, cause, entities, link, mention, name_of, network, route, said
from tests.ontologies import FINDINGS, SLUG
from tests.test_ranking import claim_sets, link_sets

import nutrigraph
from nutrigraph.model import Claim, Entity, Link, Node
from nutrigraph.paths import build_network
from nutrigraph.paths.discover import Candidate, _Edge, _edges, _shuffled, discover
from nutrigraph.paths.loops import Loop, find_loops
from nutrigraph.terms import BASE

UNHURRIED = settings(deadline=None, max_examples=50)


def found(claims: Iterable[Claim], links: Iterable[Link] = (), **options: Any) -> list[Candidate]:
    """What a could be linked to, without shuffles unless they are asked for."""
    bounds = {"shuffles": options.pop("shuffles", 0), "seed": options.pop("seed", 0)}
    target = options.pop("target", None)
    graph = network(claims, links, **options)
    return discover(graph, f"{BASE}a", target and BASE + target, entities(), VOCABULARY, **bounds)


def linked(claims: Iterable[Claim], links: Iterable[Link] = (), **options: Any) -> dict[str, str]:
    """Each target with what stands between, best first."""
    return {
        item.target.removeprefix(BASE): "".join(b.entity.removeprefix(BASE) for b in item.bridges)
        for item in found(claims, links, **options)
    }


# What stands between


def test_a_bridge_is_what_two_claims_meet_in() -> None:
    claims = [said("a", "b"), said("b", "z"), said("a", "c"), said("c", "d")]
    assert linked(claims) == {"z": "b", "d": "c"}
    assert linked(claims, target="z") == {"z": "b"}
    assert linked(claims, target="g") == {}
    assert linked([said("a", "b"), said("b", "c"), said("c", "z")]) == {"c": "b"}


def test_the_strength_of_a_candidate_is_that_of_its_bridges_together() -> None:
    claims = [said(*pair, study="animal") for pair in ("ab", "bz")]
    claims += [said(*pair, study="rct") for pair in ("ac", "cz")]
    (item,) = found(claims, target="z")
    assert [bridge.entity for bridge in item.bridges] == [f"{BASE}c", f"{BASE}b"]
    for bridge in item.bridges:
        assert bridge.score == pytest.approx(prod(hop.score for hop in bridge.hops))
    assert item.bridges[0].score == pytest.approx((0.95 * 0.6) ** 2)
    assert item.strength == pytest.approx(1 - prod(1 - bridge.score for bridge in item.bridges))
    assert (item.null_rank, item.null_of) == (1, 1)


def test_the_best_route_over_an_entity_counts_once() -> None:
    claims = [said("a", "b", study="rct"), said("a!", "b", study="animal"), said("b", "z")]
    (item,) = found(claims)
    (bridge,) = item.bridges
    assert route(bridge.hops) == ("a", "b", "z")
    assert item.strength == pytest.approx(bridge.score)


def test_candidates_come_strongest_first() -> None:
    claims = [said("a", "b", study="rct"), said("b", "c", study="animal"), said("b", "d")]
    assert list(linked(claims)) == ["d", "c"]
    assert list(linked([said("a", "b"), said("b", "d"), said("b", "c")])) == ["c", "d"]


def test_what_is_stated_is_kept_apart() -> None:
    between = [said("a", "b"), said("b", "z")]
    for claim, stated in (
        (said("a", "z"), True),
        (said("z", "a"), True),
        (cause("a", "z!", modality="suggested"), True),
        (said("a", "z", basis="finding"), True),
        (said("a", "z", basis="headline"), False),
        (mention("a", "z"), False),
        (said("a", "z", 0), False),
        (cause("z", "a"), False),
    ):
        (item,) = found([*between, claim], target="z")
        assert item.stated is stated, claim.id


@pytest.mark.parametrize(
    "bare", [said("b", "z", 0), said("b", "z", basis="headline"), mention("b", "z")]
)
def test_nulls_headlines_and_bare_mentions_join_nothing(bare: Claim) -> None:
    assert linked([said("a", "b"), bare]) == {}
    assert linked([said("b", "z"), said("a", "b"), bare]) == {"z": "b"}


def test_the_rules_of_walking_hold() -> None:
    assert linked([said("a", "b"), said("z", "b")]) == {}, "a common effect"
    assert linked([said("b", "a"), said("b", "z")]) == {"z": "b"}, "a common cause"
    assert linked([cause("a", "b"), cause("b", "z")]) == {"z": "b"}
    assert linked([cause("a", "b"), cause("z", "b")]) == {}
    assert linked([cause("b", "a"), cause("b", "z")]) == {}, "a cause leads forward only"
    assert linked([said("a", "b"), said("c", "z")], [link("b", "component", "c")]) == {}
    assert linked([said("a", "b"), said("b!", "z")]) == {}, "a state is not what is given"


@pytest.mark.parametrize("kind", ["opposite", "measure"])
def test_a_link_does_not_count_as_a_hop(kind: str) -> None:
    for start, end in ("bc", "cb"):
        among = linked([said("a", "b"), said("c", "z")], [link(start, kind, end)], target="z")
        assert among == {"z": "b"}
    first = linked([said("c", "b"), said("b", "z")], [link("a", kind, "c")], target="z")
    assert first == {"z": "b"}
    twice = [link("b", kind, "c"), link("c", kind, "d")]
    assert linked([said("a", "b"), said("d", "z")], twice, target="z") == {}
    assert linked([said("a", "b")], [link("b", kind, "z")]) == {}, "one claim is no bridge"


def test_filters_concern_what_lies_between() -> None:
    claims = [said("a", "b"), said("b", "z"), said("a", "c", species="rat"), said("c", "z")]
    assert linked(claims, avoid=[f"{BASE}b"]) == {"z": "c"}
    assert linked(claims, avoid=[f"{BASE}z"]) == {"z": "bc"}, "it may be where a route ends"
    assert linked(claims, through=["Mechanism"]) == {}
    assert linked(claims, closed="c") == {"z": "b"}
    assert linked(claims, species=["rat"]) == {}


# The degree null


def _random(seed: int, nodes: int = 30, arcs: int = 90) -> tuple[list[Claim], dict[str, Entity]]:
    """A random graph of weak causes; ``n0`` is a hub that ``n1`` and ``n2`` hang on."""
    draw = random.Random(seed)  # noqa: S311 - a made-up graph
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < arcs:
        start, end = draw.sample(range(3, nodes), 2)
        pairs.add((start, end))
    pairs |= {(node, 0) for node in range(3, 18)} | {(0, node) for node in range(10, 28)}
    pairs |= {(1, node) for node in (0, 4, 6, 8, 11)} | {(node, 2) for node in (0, 5, 7, 9, 12)}
    known = [f"n{number}" for number in range(nodes)] + ["a", "b", "z"]
    made = {BASE + name: Entity(BASE + name, name, "Nutrient", "") for name in known}
    return [cause(f"n{s}", f"n{e}", study="animal") for s, e in sorted(pairs)], made


def _rank(claims: list[Claim], known: dict[str, Entity], source: str, target: str) -> float:
    graph = build_network(claims, [], known, VOCABULARY)
    ends = BASE + source, BASE + target
    (item,) = discover(graph, *ends, known, VOCABULARY, shuffles=200, seed=1)
    return item.null_rank / item.null_of


@pytest.mark.parametrize("seed", range(3))
def test_a_strong_link_ranks_well_and_a_popular_one_does_not(seed: int) -> None:
    claims, known = _random(seed)
    planted = [cause("a", "b", study="rct"), cause("b", "z", study="rct")]
    more = [cause("a", "n5", study="animal"), cause("n6", "z", study="animal")]
    assert _rank([*claims, *planted, *more], known, "a", "z") <= 0.1
    assert _rank(claims, known, "n1", "n2") >= 0.5


def _degrees(rows: Iterable[list[_Edge]]) -> tuple[Counter[Node], Counter[Node]]:
    edges = [edge for row in rows for edge in row]
    return Counter(edge.start for edge in edges), Counter(edge.end for edge in edges)


@UNHURRIED
@given(claim_sets(), link_sets(), st.integers(0, 99))
def test_a_shuffle_keeps_the_degrees(claims: list[Claim], links: list[Link], seed: int) -> None:
    before = _edges(network(claims, links))
    after = _shuffled(before, random.Random(seed))  # noqa: S311 - a null model
    assert _degrees(after.values()) == _degrees(before.values())
    for start, row in after.items():
        assert all(edge.start == start for edge in row)
        assert all(edge.end[0] != start[0] for edge in row if edge.hop.link is None)
        joined = Counter((edge.end, edge.hop.force, edge.hop.walked) for edge in row)
        assert max(joined.values()) <= 1 + sum(edge.hop.link is not None for edge in row)
    tied = [edge for row in before.values() for edge in row if edge.hop.link]
    assert all(edge in after[edge.start] for edge in tied)
    hops = Counter(id(edge.hop) for row in before.values() for edge in row)
    assert Counter(id(edge.hop) for row in after.values() for edge in row) == hops


@UNHURRIED
@given(st.data(), claim_sets(), link_sets(), st.integers(0, 9))
def test_ranks_are_reproducible_whatever_the_order_of_claims(
    data: st.DataObject, claims: list[Claim], links: list[Link], seed: int
) -> None:
    first = found(claims, links, shuffles=5, seed=seed)
    other = data.draw(st.permutations(claims)), data.draw(st.permutations(links))
    assert found(*other, shuffles=5, seed=seed) == first
    for item in first:
        assert 1 <= item.null_rank <= item.null_of == 6
        assert 0 < item.strength <= 1


def test_the_rank_is_that_of_the_strength_among_the_shuffles(kg: nutrigraph.KnowledgeGraph) -> None:
    found = kg.discover("magnesium", shuffles=20)
    assert any(max(item.null_strengths) > 0 for item in found)
    for item in found:
        assert len(item.null_strengths) == 20
        assert item.null_rank == 1 + sum(n >= item.strength for n in item.null_strengths)


def test_a_shuffle_moves_ends_and_joins_no_two_nodes_twice() -> None:
    claims, known = _random(0)
    before = _edges(build_network(claims, [], known, VOCABULARY))
    after = _shuffled(before, random.Random(0))  # noqa: S311 - a null model
    pairs = Counter((edge.start, edge.end) for row in after.values() for edge in row)
    assert max(pairs.values()) == 1
    kept = {(edge.start, edge.end) for row in before.values() for edge in row} & set(pairs)
    assert len(kept) < len(pairs) / 2


def test_another_seed_shuffles_another_way() -> None:
    claims, known = _random(0)
    graph = build_network(claims, [], known, VOCABULARY)
    ranks = {
        tuple(
            c.null_rank
            for c in discover(graph, f"{BASE}n1", None, known, VOCABULARY, shuffles=50, seed=s)
        )
        for s in range(3)
    }
    assert len(ranks) > 1


# The document


@pytest.mark.parametrize(
    ("documents", "bases"),
    [([], {"text", "finding"}), ([SLUG], {"text"}), ([FINDINGS], {"finding"})],
    ids=["all", "page", "findings"],
)
def test_what_is_stated_is_told_from_what_would_be_new(
    kg: nutrigraph.KnowledgeGraph, documents: list[str], bases: set[str]
) -> None:
    items = kg.discover("magnesium", shuffles=20, documents=documents)
    assert items == kg.discover("magnesium", shuffles=20, documents=documents)
    names = [kg.entities[item.target].label for item in items]
    assert ("edema in newborn" in names) == (documents != [FINDINGS])
    assert ("homocysteine" in names) == (documents != [SLUG])
    assert "vitamins" not in names
    for item in items:
        outright = {
            pair
            for claim in kg.claims(about=item.target)
            if claim.basis in bases and not claim.negated
            # An association joins the two whichever is named first.
            for pair in ((claim.subject, claim.object), (claim.object, claim.subject))
            if claim.force == "association" or pair[0] == claim.subject
        }
        assert item.stated == ((f"{BASE}magnesium", item.target) in outright)
        walked = {hop.basis for bridge in item.bridges for hop in bridge.hops}
        assert walked <= {*bases, "proxy", "definition"}
    assert any(item.stated for item in items) == (documents != [SLUG])


def test_no_loop_in_the_documents(kg: nutrigraph.KnowledgeGraph) -> None:
    assert kg.loops() == kg.loops(max_hops=8) == []


# Loops


def loops(claims: Iterable[Claim], links: Iterable[Link] = (), **options: Any) -> list[Loop]:
    max_hops = options.pop("max_hops", 6)
    return find_loops(network(claims, links, **options), VOCABULARY, max_hops=max_hops)


def chains(items: Iterable[Loop]) -> list[str]:
    return [" ".join(route(item.hops)) for item in items]


@pytest.mark.parametrize("size", [2, 3, 4])
@pytest.mark.parametrize("signs", [(1, 1, 1, 1), (-1, 1, 1, 1), (-1, -1, 1, 1)])
def test_a_planted_loop_is_found_once_with_its_sign(size: int, signs: tuple[int, ...]) -> None:
    ring = "abcd"[:size]
    pairs = list(zip(ring, ring[1:] + ring[0], strict=True))
    claims = [cause(*pair, sign) for pair, sign in zip(pairs, signs, strict=False)]
    claims += [cause("e", "a"), cause("a", "f"), said("f", "a")]
    (item,) = loops(claims)
    assert route(item.hops) == (*ring, "a")
    assert item.sign == prod(signs[:size])
    assert item.stated
    assert loops(claims, max_hops=size - 1) == []


def test_a_loop_may_close_over_an_opposite() -> None:
    claims, tied = [cause("a", "b"), cause("c", "a")], [link("b", "opposite", "c")]
    (item,) = loops(claims, tied)
    assert (route(item.hops), item.sign) == (("a", "b", "c", "a"), -1)
    assert loops([cause("b", "c", -1)], tied) == [], "an opposite and its way back are no feedback"
    assert loops(claims, [link("b", "measure", "c")]) == []
    assert loops(claims, [link("b", "broader", "c")]) == []


def test_two_loops_through_one_node_are_two() -> None:
    eight = [cause("a", "b"), cause("b", "a"), cause("b", "c"), cause("c", "b", -1)]
    assert chains(loops(eight)) == ["a b a", "b c b"]
    assert [item.sign for item in loops(eight)] == [1, -1]


@pytest.mark.parametrize(
    "back",
    [
        said("b", "a"),
        cause("b", "a", 0),
        cause("b", "a", basis="headline"),
        mention("b", "a"),
        cause("b!", "a"),
        said("b", "a", None),
    ],
)
def test_what_is_no_cause_closes_no_loop(back: Claim) -> None:
    assert loops([cause("a", "b"), back]) == []


def test_an_intervention_closes_a_loop() -> None:
    (item,) = loops([cause("a", "b"), cause("b", "a", -1, force="interventional")])
    assert item.sign == -1


def test_a_heavier_association_does_not_hide_a_cause() -> None:
    claims = [cause("a", "b", study="animal"), cause("b", "a")]
    (item,) = loops([*claims, said("a", "b", study="rct")])
    assert (item.sign, {hop.force for hop in item.hops}) == (1, {"causal"})
    (item,) = loops([*claims, said("a", "b", -1, study="rct")])
    assert item.sign is None, "but it may disagree"


def test_a_hedged_loop_is_marked() -> None:
    hedged = cause("b", "a", modality="suggested")
    (item,) = loops([cause("a", "b"), hedged])
    assert (item.sign, item.stated) == (1, False)
    (item,) = loops([cause("a", "b"), hedged, cause("b", "a")])
    assert item.stated


def test_a_loop_whose_signs_disagree_has_none() -> None:
    (item,) = loops([cause("a", "b"), cause("b", "a"), cause("b", "a", -1)])
    assert item.sign is None


def test_filters_act_on_loops() -> None:
    claims = [cause("a", "b", species="rat"), cause("b", "a", species="human"), cause("b", "a")]
    assert len(loops(claims)) == 1
    assert loops(claims, species=["rat"]) == []
    assert loops(claims, avoid=[f"{BASE}b"]) == []
    assert loops(claims, closed="a") == []


@UNHURRIED
@given(st.data(), claim_sets(), st.integers(2, 5))
def test_loops_are_the_cycles_of_the_causal_graph(
    data: st.DataObject, claims: list[Claim], max_hops: int
) -> None:
    arcs = [
        claim.id.removeprefix(BASE).split("/")[0].split(">")
        for claim in claims
        if claim.force == "causal" and claim.basis == "text" and not claim.negated
    ]
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from((start, end) for start, end in arcs)
    cycles = nx.simple_cycles(graph, length_bound=max_hops)
    expected = Counter(frozenset(cycle) for cycle in cycles)
    items = loops(claims, max_hops=max_hops)
    assert (
        Counter(frozenset(name_of(hop.object) for hop in item.hops) for item in items) == expected
    )
    assert loops(data.draw(st.permutations(claims)), max_hops=max_hops) == items
