"""The search over arrays gives what brute force gives, under every rule, and in a fixed order."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nutrigraph.paths.arcs import BACKWARD, CARRY, FORWARD, Arcs, Pairs, Rules
from nutrigraph.paths.engine import k_best

Edges = list[tuple[int, int, float]]
Route = tuple[float, tuple[int, ...]]

NODES = 7
edges = st.lists(
    st.tuples(
        st.integers(0, NODES - 1),
        st.integers(0, NODES - 1),
        st.floats(0, 5, allow_nan=False).map(lambda cost: round(cost, 3)),
    ).filter(lambda edge: edge[0] != edge[1]),
    max_size=26,
)
dampings = st.lists(st.sampled_from([0.0, 0.1, 0.7]), min_size=NODES, max_size=NODES)


def tails_of(arcs: Arcs) -> list[int]:
    return [int(node) for node in np.repeat(np.arange(arcs.nodes), np.diff(arcs.starts))]


def allowed(route: tuple[int, ...], rules: Rules | None) -> bool:
    if rules is None:
        return True
    effect, rolled_up = False, 0
    for arc in route:
        if effect and rules.walked[arc] == BACKWARD:
            return False
        effect = effect if rules.walked[arc] == CARRY else bool(rules.walked[arc] == FORWARD)
        rolled_up += bool(rules.once[arc])
    return rolled_up <= 1


def price(arcs: Arcs, route: tuple[int, ...], pairs: dict[tuple[int, int], float] | None) -> float:
    heads = [int(arcs.heads[arc]) for arc in route]
    cost = sum(float(arcs.costs[arc]) for arc in route)
    cost += sum(float(arcs.damping[head]) for head in heads[:-1])
    if pairs is not None:
        cost += sum(pairs.get(pair, 1.5) for pair in pairwise(route))
    return cost


def brute_force(
    arcs: Arcs,
    sources: list[int],
    targets: list[int],
    max_hops: int,
    rules: Rules | None = None,
    pairs: dict[tuple[int, int], float] | None = None,
    closed: list[int] | None = None,
) -> list[Route]:
    tails, found = tails_of(arcs), []
    stack: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = [
        (source, (), (source,)) for source in set(sources) - set(targets)
    ]
    while stack:
        node, route, seen = stack.pop()
        if node in targets:
            found.append(route)
            continue
        if len(route) == max_hops:
            continue
        for arc, tail in enumerate(tails):
            head = int(arcs.heads[arc])
            shut = head in (closed or ()) and head not in targets
            if tail == node and head not in seen and not shut:
                stack.append((head, (*route, arc), (*seen, head)))
    return sorted((price(arcs, route, pairs), route) for route in found if allowed(route, rules))


def graph(given_edges: Edges, damping: list[float]) -> Arcs:
    rows = list(zip(*given_edges, strict=True)) or [(), (), ()]
    arcs, _ = Arcs.of(rows[0], rows[1], rows[2], NODES, np.array(damping))
    return arcs


def agree(found: list[Route], expected: list[Route], most: int) -> None:
    """The same costs in the same order, and the same paths but for ties at the end."""
    assert len(found) == min(most, len(expected))
    assert [cost for cost, _ in found] == pytest.approx([cost for cost, _ in expected[:most]])
    last = found[-1][0] if found else 0.0
    sure = {route for cost, route in expected if cost < last - 1e-9}
    assert sure <= {route for _, route in found}
    assert {route for _, route in found} <= {route for _, route in expected}


@settings(max_examples=200, deadline=None)
@given(edges, dampings, st.integers(1, 6), st.integers(1, 12))
def test_it_equals_brute_force(
    given_edges: Edges, damping: list[float], max_hops: int, most: int
) -> None:
    arcs = graph(given_edges, damping)
    found = k_best(arcs, [0], [1], most=most, max_hops=max_hops)
    agree(found, brute_force(arcs, [0], [1], max_hops), most)


@settings(max_examples=150, deadline=None)
@given(edges, dampings, st.integers(1, 6), st.data())
def test_it_equals_brute_force_under_the_rules_of_walking(
    given_edges: Edges, damping: list[float], max_hops: int, data: st.DataObject
) -> None:
    arcs = graph(given_edges, damping)
    number = len(arcs.heads)
    ways = st.lists(st.sampled_from([CARRY, FORWARD, BACKWARD]), min_size=number, max_size=number)
    marks = st.lists(st.booleans(), min_size=number, max_size=number)
    rules = Rules(np.array(data.draw(ways), np.uint8), np.array(data.draw(marks), bool))
    found = k_best(arcs, [0, 2], [1, 3], most=8, max_hops=max_hops, rules=rules, closed=[4, 0])
    agree(found, brute_force(arcs, [0, 2], [1, 3], max_hops, rules, None, [4, 0]), 8)


@settings(max_examples=150, deadline=None)
@given(edges, dampings, st.integers(1, 6), st.integers(1, 6), st.data())
def test_it_equals_brute_force_with_continuity(
    given_edges: Edges, damping: list[float], max_hops: int, most: int, data: st.DataObject
) -> None:
    arcs = graph(given_edges, damping)
    tails = tails_of(arcs)
    possible = [
        (a, b)
        for a in range(len(tails))
        for b in range(len(tails))
        if int(arcs.heads[a]) == tails[b]
    ]
    chosen = data.draw(st.lists(st.sampled_from(possible), unique=True)) if possible else []
    listed = {pair: data.draw(st.sampled_from([0.0, 0.3, 2.0])) for pair in chosen}
    pairs = Pairs.of(np.full(len(tails), 1.5), listed)
    found = k_best(arcs, [0], [1], most=most, max_hops=max_hops, pairs=pairs)
    agree(found, brute_force(arcs, [0], [1], max_hops, None, listed), most)


@pytest.mark.parametrize("seed", range(40))
def test_narrowing_with_continuity_loses_no_path(seed: int) -> None:
    draw = np.random.default_rng(seed)
    ends = [(a, b) for a in range(NODES) for b in range(NODES) if a != b and draw.random() < 0.7]
    arcs, _ = Arcs.of(
        [a for a, _ in ends], [b for _, b in ends], draw.random(len(ends)).round(3), NODES
    )
    tails = tails_of(arcs)
    listed = {
        (a, b): float(draw.choice([0.0, 0.3]))
        for a in range(len(tails))
        for b in range(len(tails))
        if int(arcs.heads[a]) == tails[b] and draw.random() < 0.3
    }
    pairs = Pairs.of(np.full(len(tails), 1.5), listed)
    for max_hops in (5, 6):
        found = k_best(arcs, [0], [1], most=2, max_hops=max_hops, pairs=pairs)
        agree(found, brute_force(arcs, [0], [1], max_hops, None, listed), 2)


@settings(max_examples=60, deadline=None)
@given(edges, st.integers(1, 6))
def test_the_best_are_a_prefix_of_more_and_the_order_of_edges_does_not_matter(
    given_edges: Edges, max_hops: int
) -> None:
    arcs = graph(given_edges, [0.0] * NODES)
    seven = k_best(arcs, [0], [1], most=7, max_hops=max_hops)
    assert k_best(arcs, [0], [1], most=4, max_hops=max_hops) == seven[:4]
    again = graph(given_edges[::-1], [0.0] * NODES)
    assert k_best(again, [0], [1], most=7, max_hops=max_hops) == seven


def test_many_equal_children_come_in_the_order_of_their_nodes() -> None:
    wide = 100
    tails = [0] * wide + list(range(2, wide + 2))
    heads = [*range(2, wide + 2), *([1] * wide)]
    arcs, _ = Arcs.of(tails, heads, [1.0] * (2 * wide), wide + 2)
    found = k_best(arcs, [0], [1], most=90, max_hops=2)
    assert [int(arcs.heads[route[0]]) for _, route in found] == list(range(2, 92))


def test_of_parallel_arcs_the_cheapest_is_kept() -> None:
    arcs, order = Arcs.of([0, 0, 0], [1, 1, 1], [3.0, 1.0, 1.0], 2)
    assert (arcs.costs.tolist(), order.tolist()) == ([1.0], [1])


def test_a_negative_cost_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Arcs.of([0], [1], [-0.1], 2)


def test_saved_arrays_open_mapped_and_answer_the_same(tmp_path: Path) -> None:
    arcs, _ = Arcs.of([0, 0, 2], [2, 1, 1], [0.1, 0.9, 0.2], 3, np.array([0.0, 0.0, 0.3]))
    arcs.save(tmp_path / "arcs")
    again = Arcs.open(tmp_path / "arcs")
    assert isinstance(again.heads, np.memmap)
    expected = k_best(arcs, [0], [1], most=5, max_hops=3)
    assert k_best(again, [0], [1], most=5, max_hops=3) == expected
    assert [cost for cost, _ in expected] == pytest.approx([0.6, 0.9])


def test_nothing_is_found_where_nothing_leads() -> None:
    arcs, _ = Arcs.of([0], [2], [0.1], 3)
    assert k_best(arcs, [0], [1], most=5, max_hops=5) == []
    assert k_best(arcs, [0], [1], most=5, max_hops=0) == []
