"""What a path costs, as properties, and the ranking benchmark on drugs whose answer is known."""

import csv
import runpy
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from math import inf, isclose, isfinite, log
from pathlib import Path
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nutrigraph
from nutrigraph.paths.cost import (
    Continuity,
    evidence_cost,
    hub_cost,
    in_a_row,
    path_cost,
    support_score,
)

Hop = tuple[str, str]

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
NODES = "abcde"
KINDS = {"a": "x", "b": "x", "c": "y", "d": "y"}
EVERY_HOP = [(tail, head) for tail in NODES for head in NODES if tail != head]

hops = st.sampled_from(EVERY_HOP)
sources = st.lists(st.lists(hops, max_size=6), max_size=6)
kinds = st.sampled_from([None, KINDS])


def pairs_of(arcs: list[Hop]) -> list[tuple[Hop, Hop]]:
    return [(this, after) for this in arcs for after in arcs if this[1] == after[0]]


# The parts


def test_evidence_costs_nothing_when_certain_and_everything_when_there_is_none() -> None:
    assert evidence_cost(1) == 0
    assert evidence_cost(0) == inf
    assert isclose(evidence_cost(0.25), 2 * evidence_cost(0.5))


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_a_score_lies_within_0_and_1(score: float) -> None:
    with pytest.raises(ValueError, match="within 0 and 1"):
        evidence_cost(score)


def test_more_sources_support_more() -> None:
    scores = [support_score(sources) for sources in range(5)]
    assert scores[:2] == [0, 0.5]
    assert scores == sorted(set(scores))
    with pytest.raises(ValueError, match="-1 sources"):
        support_score(-1)


def test_hubs_cost_more_the_more_ways_on_they_have() -> None:
    assert [hub_cost(degree, 0.05) for degree in (0, 1)] == [0, 0]
    assert isclose(hub_cost(8, 0.05), 0.05 * log(8))


def test_the_parts_of_a_path_add_up() -> None:
    known = Continuity.of([[("a", "b"), ("b", "c")]], arcs=[("b", "d")])
    cost = path_cost("abd", [0.5, 0.25], known, {"b": 2, "a": 9, "d": 9}, damping=0.1)
    assert isclose(cost.evidence, log(8))
    assert isclose(cost.continuity, log(8))
    assert isclose(cost.hubs, 0.1 * log(2))
    assert cost.total == cost.evidence + cost.continuity + cost.hubs
    assert path_cost("abd", [0.5, 0.25], None, {}, damping=0.1).continuity == 0
    with pytest.raises(ValueError, match="2 hops have 1 scores"):
        path_cost("abd", [0.5], known, {}, damping=0.1)


# Continuity


@given(sources, kinds)
def test_every_way_on_costs_something_finite_and_not_negative(
    said: list[list[Hop]], kinds: dict[str, str] | None
) -> None:
    known = Continuity.of(said, arcs=EVERY_HOP, kinds=kinds)
    for this, after in pairs_of(EVERY_HOP):
        cost = known.cost(this, after)
        assert isfinite(cost)
        assert cost >= 0
        assert isclose(cost, -log(known.probability(this, after)), abs_tol=1e-12)


@given(sources, st.lists(hops, min_size=1), kinds)
def test_the_ways_on_share_one_whole(
    said: list[list[Hop]], arcs: list[Hop], kinds: dict[str, str] | None
) -> None:
    known = Continuity.of(said, arcs=arcs, kinds=kinds)
    there = sorted({*arcs, *(hop for source in said for hop in source)})
    for this in EVERY_HOP:
        ways = [hop for hop in there if hop[0] == this[1]]
        if ways:
            total = sum(known.probability(this, way) for way in ways)
            assert isclose(total, 1, rel_tol=1e-9)


@given(sources, st.sampled_from(pairs_of(EVERY_HOP)), kinds)
def test_to_be_asserted_once_more_never_costs_more(
    said: list[list[Hop]], pair: tuple[Hop, Hop], kinds: dict[str, str] | None
) -> None:
    before = Continuity.of(said, arcs=EVERY_HOP, kinds=kinds)
    after = Continuity.of([*said, list(pair)], arcs=EVERY_HOP, kinds=kinds)
    assert after.cost(*pair) <= before.cost(*pair) + 1e-12


@given(sources, kinds)
def test_of_two_ways_on_the_one_asserted_more_often_is_not_dearer(
    said: list[list[Hop]], kinds: dict[str, str] | None
) -> None:
    known = Continuity.of(said, arcs=EVERY_HOP, kinds=kinds)
    rows = [in_a_row(source) for source in said]
    alike = {node: (kinds or {}).get(node) for node in NODES}
    for this in EVERY_HOP:
        ways = [hop for hop in EVERY_HOP if hop[0] == this[1]]
        family = [hop for hop in EVERY_HOP if hop[1] == this[1] and alike[hop[0]] == alike[this[0]]]
        times = {
            way: (
                sum((this, way) in row for row in rows),
                sum((hop, way) in row for row in rows for hop in family),
            )
            for way in ways
        }
        for one in ways:
            for other in ways:
                if all(a >= b for a, b in zip(times[one], times[other], strict=True)):
                    assert known.cost(this, one) <= known.cost(this, other) + 1e-12


@given(sources, st.randoms(use_true_random=False), kinds)
def test_the_order_of_sources_and_of_their_hops_is_of_no_matter(
    said: list[list[Hop]], chance: Random, kinds: dict[str, str] | None
) -> None:
    mixed = [list(source) for source in said]
    for source in mixed:
        chance.shuffle(source)
    chance.shuffle(mixed)
    one, other = (Continuity.of(order, arcs=EVERY_HOP, kinds=kinds) for order in (said, mixed))
    for pair in pairs_of(EVERY_HOP):
        assert one.cost(*pair) == other.cost(*pair)


@given(sources, st.lists(hops, min_size=1), kinds)
def test_the_pairs_for_a_search_say_what_cost_says(
    said: list[list[Hop]], arcs: list[Hop], kinds: dict[str, str] | None
) -> None:
    known = Continuity.of(said, arcs=arcs, kinds=kinds)
    there = sorted({*arcs, *(hop for source in said for hop in source)})
    costs = known.pairs()
    for this, after in pairs_of(there):
        cost = costs.listed.get((this, after), costs.default[this])
        assert isclose(cost, known.cost(this, after), abs_tol=1e-12)
    assert set(costs.listed) >= {pair for source in said for pair in in_a_row(source)}
    some = known.pairs(there[:2])
    assert set(some.default) <= set(there[:2])
    assert some.listed.items() <= costs.listed.items()


def test_what_no_source_says_in_a_row_is_backed_off_to_the_kind_of_thing() -> None:
    said = [[("a", "c"), ("c", "d")]] * 3
    arcs = [("b", "c"), ("e", "c"), ("c", "e")]
    known = Continuity.of(said, arcs=arcs, kinds=KINDS)
    of_a_kind, of_another = (known.cost((tail, "c"), ("c", "d")) for tail in "be")
    assert known.cost(("a", "c"), ("c", "d")) < of_a_kind < of_another
    assert isclose(of_another, log(2))


def test_one_source_counts_once() -> None:
    chain: list[Hop] = [("a", "b"), ("b", "c")]
    once, thrice = (Continuity.of([chain * times], arcs=EVERY_HOP) for times in (1, 3))
    assert once.cost(*chain) == thrice.cost(*chain)


def test_a_way_on_begins_where_the_hop_ends() -> None:
    known = Continuity.of([[("a", "b"), ("b", "c")]])
    for after in (("a", "b"), ("b", "e")):
        with pytest.raises(ValueError, match="no way on"):
            known.cost(("a", "b"), after)
    with pytest.raises(ValueError, match="-1 times"):
        Continuity({(("a", "b"), ("b", "c")): -1})


# The benchmark, on five drugs. Alpha's mechanism is held whole by gamma; another way can be
# stitched from delta's entry and beta's. Beta's is held by nothing but its own acetate.

DRUGS = {
    "alpha": ("MESH:1", "DB1_MESH_D1_1", "A T1 P1 D1"),
    "gamma": ("MESH:2", "DB2_MESH_D1_1", "G T1 P1 D1"),
    "delta": ("MESH:3", "DB3_MESH_D2_1", "E T1 P2 D2"),
    "beta": ("", "DB4_MESH_D1_1", "B T9 P2 D1"),
    "Beta acetate": ("", "DB5_MESH_D1_1", "S T9 P2 D1"),
}
COLUMNS = (
    "path_id drug_id drug_name disease_id disease_name subject_id subject_name subject_category"
    " predicate object_id object_name object_category"
)


@pytest.fixture(scope="module")
def ranking() -> Iterator[SimpleNamespace]:
    """The benchmark as a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        yield SimpleNamespace(**runpy.run_path(str(BENCHMARKS / "ranking.py")))


@pytest.fixture(scope="module")
def toy(ranking: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The five drugs, the cases made of them, and the group that each drug is in."""
    path = tmp_path_factory.mktemp("toy") / "paths.tsv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(COLUMNS.split())
        for name, (drug, entry, route) in DRUGS.items():
            nodes = route.split()
            for tail, head in pairwise(nodes):
                about = [entry, drug, name, nodes[-1], "", tail, "", kind(tail)]
                writer.writerow([*about, "affects", head, "", kind(head)])
    data = ranking.read(path)
    starts = {route.split()[0]: name for name, (_, _, route) in DRUGS.items()}
    return SimpleNamespace(
        data=data,
        cases=[case for group in sorted(data.groups) for case in ranking.cases_of(data, group)],
        group={starts[entry.start]: entry.group for entry in data.entries},
    )


def kind(node: str) -> str:
    return {"T": "Protein", "P": "BiologicalProcess", "D": "Disease"}.get(node[0], "Drug")


def test_the_curated_mechanism_comes_first(ranking: SimpleNamespace, toy: SimpleNamespace) -> None:
    [case] = [case for case in toy.cases if case.group == toy.group["alpha"]]
    assert set(case.routes) == {("A", "T1", "P1", "D1"), ("A", "T1", "P2", "D1")}
    assert ranking.standing(case.costs[ranking.OURS], case.gold) == (1, 1, 1, 1)
    # The same support for both: continuity alone tells them apart.
    assert ranking.standing(case.costs["edge support"], case.gold) == (0.75, 0.5, 1, 1)
    assert ranking.standing(case.costs["copy"], case.gold) == (1, 1, 1, 1)
    assert case.whole
    assert not case.composed


def test_a_salt_does_not_tell_of_its_drug(ranking: SimpleNamespace, toy: SimpleNamespace) -> None:
    assert ranking.read.__globals__["bare_name"]("Beta acetate") == "beta"
    assert toy.group["beta"] == toy.group["Beta acetate"]
    assert len(set(toy.group.values())) == 4
    assert not [case for case in toy.cases if case.group == toy.group["beta"]]
    apart = ranking.Curated(
        tuple(replace(entry, group=entry.start) for entry in toy.data.entries), toy.data.kinds
    )
    assert list(ranking.cases_of(apart, "B")), "kept apart, the salt would have told"


def test_the_search_costs_what_the_parts_add_up_to(
    ranking: SimpleNamespace, toy: SimpleNamespace
) -> None:
    assert toy.cases
    for case in toy.cases:
        without = ranking.Without(toy.data, case.group)
        for route, cost in zip(case.routes, case.costs[ranking.OURS], strict=True):
            scene = ranking.Scene(without, route[0])
            scores = [support_score(scene.voices[hop]) for hop in pairwise(route)]
            known = scene.continuity
            parts = path_cost(route, scores, known, scene.degrees, damping=ranking.DAMPING)
            assert isclose(parts.total, cost)
        assert case.costs[ranking.OURS] == sorted(case.costs[ranking.OURS])


def test_draws_are_the_same_each_time(ranking: SimpleNamespace) -> None:
    values, groups = np.arange(6) / 5, ["a", "b", "b", "c", "d", "d"]
    one, other = (ranking.Sample.of(groups) for _ in range(2))
    turned = ranking.Sample.of(groups[::-1])
    for per_drug in (False, True):
        found = one.means(values, per_drug=per_drug)
        assert found == other.means(values, per_drug=per_drug)
        assert np.allclose(found, turned.means(values[::-1], per_drug=per_drug))
        assert found[1] < found[0] < found[2]
    assert one.means(values, per_drug=True)[0] == pytest.approx((0 + 0.3 + 0.6 + 0.9) / 4)


def test_the_report_claims_no_superiority_it_lacks(
    ranking: SimpleNamespace, toy: SimpleNamespace
) -> None:
    alone = [replace(case, composed=True) for case in toy.cases[:1]]
    equal = [replace(case, costs=dict.fromkeys(case.costs, case.costs["random"])) for case in alone]
    assert "no difference" in ranking.composed_words(ranking.Stratum.of(equal))
    assert "better" not in ranking.composed_words(ranking.Stratum.of(equal))
    text = ranking.report(toy.data, [*toy.cases, *alone], "measured", (5, 4))
    assert all(f"| {name} |" in text for name in ("random", "copy", ranking.OURS))


def test_hubs_are_damped_as_the_vocabulary_says(
    ranking: SimpleNamespace, kg: nutrigraph.KnowledgeGraph
) -> None:
    assert kg.vocabulary.hub_damping == ranking.DAMPING
