"""Which way a variable goes when another is moved: the rules, against models and PhysioMap."""

import os
import random
import runpy
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import process_time
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nutrigraph.errors import UnknownName, UsageError
from nutrigraph.paths.effect import CausalGraph, Effect
from nutrigraph.paths.parts import LARGEST_PART

Arc = tuple[int, int, int | None]

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
SOURCE, TARGET = 0, 1
TURNED = {"up": "down", "down": "up", "abstain": "abstain"}
WORDS = {1: "up", -1: "down"}


def ask(arcs: list[Arc]) -> Effect[int]:
    return CausalGraph(arcs, [SOURCE, TARGET]).effect(SOURCE, "up", TARGET)


@st.composite
def graphs(draw: st.DrawFn, *, acyclic: bool = False, unknown: bool = True) -> list[Arc]:
    """Up to 7 variables, sparse enough that many questions have an answer."""
    size = draw(st.integers(2, 7))
    # In the order of causes the source stands first and the target last.
    order = [SOURCE, *range(2, size), TARGET]
    pairs = [(a, b) for a in order for b in order]
    if acyclic:
        pairs = [(a, b) for at, a in enumerate(order) for b in order[at + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2 * size))
    signs = st.sampled_from([1, 1, 1, -1, -1, None] if unknown else [1, -1])
    return [(a, b, draw(signs)) for a, b in chosen]


def simple_routes(arcs: list[Arc], route: tuple[int, ...] = (SOURCE,)) -> Iterator[list[Arc]]:
    """All routes to the target that visit no variable twice."""
    if route[-1] == TARGET:
        yield []
        return
    for a, b, sign in arcs:
        if a == route[-1] and b not in route:
            for rest in simple_routes(arcs, (*route, b)):
                yield [(a, b, sign), *rest]


def claim_sign(route: list[Arc]) -> int | None:
    signs = [sign for _, _, sign in route]
    return None if None in signs else int(np.prod([sign or 0 for sign in signs]))


def responses(arcs: list[Arc], seed: int, draws: int) -> Iterator[float]:
    """How far the target goes in stable linear models ``dx/dt = W x - x``, the source held.

    The strength of an arc is anything, so that loops may be strong; one without a sign may have
    any, and one in three is nought.
    """
    size = max(max(a, b) for a, b, _ in arcs) + 1
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        weights = np.zeros((size, size))
        for cause, effect, sign in arcs:
            way = sign if sign is not None else rng.integers(-1, 2)
            weights[effect, cause] += way * np.exp(rng.normal(0, 1.5))
        weights[SOURCE] = 0
        jacobian = weights - np.eye(size)
        if np.linalg.eigvals(jacobian).real.max() < -1e-6:
            yield np.linalg.solve(-jacobian, np.eye(size)[SOURCE])[TARGET]


def as_drawn(arcs: list[Arc], seed: int) -> str:
    """Check an answer against stable draws, and give the rule it was found by."""
    effect = ask(arcs)
    if effect.answer == "abstain":
        return effect.kind
    found = list(responses(arcs, seed, 40))
    up = 1 if effect.answer == "up" else -1
    assert all(up * response > 0 for response in found), (arcs, effect, found)
    return str(effect.rule) if found else "never stable"


@given(graphs(), st.integers(0, 2**32 - 1))
def test_every_stable_model_agrees_with_an_answer(arcs: list[Arc], seed: int) -> None:
    assume(arcs)
    as_drawn(arcs, seed)


def test_answers_on_loops_are_checked_against_models_and_not_few() -> None:
    rng = random.Random(20260301)  # noqa: S311 - no secret
    seen: dict[str, int] = {}
    for seed in range(3_000):
        size = rng.randint(3, 7)
        pairs = rng.sample([(a, b) for a in range(size) for b in range(size)], k=size + 1)
        arcs: list[Arc] = [(a, b, rng.choice([1, 1, 1, -1, -1, None])) for a, b in pairs]
        kind = as_drawn(arcs, seed)
        seen[kind] = seen.get(kind, 0) + 1
    assert seen["consensus"] >= 200
    assert seen["composition"] >= 40
    assert seen["opposing-routes"] >= 30
    assert seen["unknown-sign"] >= 30


@given(graphs(acyclic=True))
def test_without_loops_the_answer_is_that_of_all_routes(arcs: list[Arc]) -> None:
    signs = {claim_sign(route) for route in simple_routes(arcs)}
    effect = ask(arcs)
    if not signs:
        assert (effect.answer, effect.kind) == ("abstain", "no-route")
    elif len(signs) == 1 and None not in signs:
        [sign] = signs
        assert effect.answer == WORDS[sign or 0]
    else:
        kind = "opposing-routes" if signs >= {1, -1} else "unknown-sign"
        assert (effect.answer, effect.kind) == ("abstain", kind)


@given(graphs())
def test_no_answer_stands_against_a_route_of_another_sign(arcs: list[Arc]) -> None:
    signs = {claim_sign(route) for route in simple_routes(arcs)}
    answer = ask(arcs).answer
    assert answer == "abstain" or {answer} == {WORDS.get(sign or 0) for sign in signs}


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(graphs(), st.data())
def test_an_opposing_or_unknown_route_never_leaves_an_answer(
    arcs: list[Arc], data: st.DataObject
) -> None:
    answer = ask(arcs).answer
    assume(answer != "abstain")
    sign = -1 if answer == "up" else 1
    inside = data.draw(st.sampled_from([[], [50], [50, 51]]))
    ends = [SOURCE, *inside, TARGET]
    chain: list[Arc] = [(a, b, 1) for a, b in pairwise(ends)]
    at = data.draw(st.integers(0, len(chain) - 1))
    for own, kind in ((sign, "opposing-routes"), (None, "unknown-sign")):
        more = list(chain)
        more[at] = (*chain[at][:2], own)
        effect = ask([*arcs, *more])
        assert (effect.answer, effect.kind) == ("abstain", kind)


@given(st.lists(st.sampled_from([1, -1]), min_size=1, max_size=6), st.data())
def test_flipping_an_arc_of_the_only_route_flips_it(signs: list[int], data: st.DataObject) -> None:
    ends = [SOURCE, *range(2, len(signs) + 1), TARGET]
    arcs: list[Arc] = list(zip(ends, ends[1:], signs, strict=False))
    at = data.draw(st.integers(0, len(arcs) - 1))
    a, b, sign = arcs[at]
    flipped = [*arcs[:at], (a, b, -(sign or 0)), *arcs[at + 1 :]]
    assert ask(arcs).answer == WORDS[int(np.prod(signs))]
    assert ask(flipped).answer == TURNED[ask(arcs).answer]


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_and_number_of_arcs_change_nothing(arcs: list[Arc], rng: random.Random) -> None:
    shuffled = [*arcs, *arcs[:2]]
    rng.shuffle(shuffled)
    assert ask(shuffled) == ask(arcs)


@given(graphs())
def test_down_is_the_mirror_of_up(arcs: list[Arc]) -> None:
    graph = CausalGraph(arcs, [SOURCE, TARGET])
    up, down = (graph.effect(SOURCE, way, TARGET) for way in ("up", "down"))
    assert down.answer == TURNED[up.answer]
    assert down.kind == up.kind


@given(graphs())
def test_arcs_into_what_is_moved_are_cut(arcs: list[Arc]) -> None:
    cut = [arc for arc in arcs if arc[1] != SOURCE]
    assert ask([*cut, (TARGET, SOURCE, -1), (SOURCE, SOURCE, None)]) == ask(cut)


@given(graphs())
def test_routes_are_routes_of_the_graph(arcs: list[Arc]) -> None:
    effect = ask(arcs)
    signs = []
    for route in effect.routes:
        assert route[0][0] == SOURCE
        assert route[-1][2] == TARGET
        assert {(a, b, sign) for a, sign, b in route} <= set(arcs)
        assert all(one[2] == two[0] for one, two in pairwise(route))
        signs.append(claim_sign([(a, b, sign) for a, sign, b in route]))
    if effect.kind == "determined":
        assert {WORDS[sign or 0] for sign in signs} == {effect.answer}
        assert effect.reason.startswith("determined by this graph")
    elif effect.kind == "opposing-routes":
        assert signs == [1, -1]
    elif effect.kind == "unknown-sign":
        assert signs[0] is None
        assert len(set(signs)) == len(signs)
    else:
        assert not signs


def test_negative_feedback_on_the_way_does_not_hide_an_answer() -> None:
    """A gland, its hormone and what the hormone holds back: the rest of the loop is harmless."""
    arcs: list[Arc] = [(SOURCE, 2, 1), (2, TARGET, 1), (2, 3, 1), (3, 2, -1)]
    effect = ask(arcs)
    assert (effect.answer, effect.rule) == ("up", "composition")
    assert effect.routes == (((SOURCE, 1, 2), (2, 1, TARGET)),)


def test_a_loop_held_only_by_feedback_leaves_no_answer() -> None:
    """Why the links of a dominator chain can't be multiplied with each node held in turn.

    The target excites 2, which holds it back; 2 and 3 drive each other. Held in turn, every link
    has one sign. But where 2 and 3 run away unless the target holds them, it goes the other way.
    """
    arcs: list[Arc] = [(SOURCE, TARGET, 1), (TARGET, 2, 1), (2, TARGET, -1), (2, 3, 1), (3, 2, 1)]
    weights = np.zeros((4, 4))
    weights[TARGET, SOURCE], weights[2, TARGET], weights[TARGET, 2] = 1, 1, -1
    weights[3, 2], weights[2, 3] = 1.5, 1
    jacobian = weights - np.eye(4)
    assert np.linalg.eigvals(jacobian).real.max() < 0
    assert np.linalg.solve(-jacobian, np.eye(4)[SOURCE])[TARGET] < 0
    effect = ask(arcs)
    assert (effect.answer, effect.kind) == ("abstain", "opposing-routes")
    assert effect.reason.endswith("round a feedback loop")
    assert [len(route) for route in effect.routes] == [1, 3]


@pytest.mark.parametrize("at", range(3, 5))
@pytest.mark.parametrize("sign", [-1, 1, None])
def test_the_rest_of_a_loop_is_harmless_only_if_no_loop_in_it_can_be_positive(
    at: int, sign: int | None
) -> None:
    arcs: list[Arc] = [(SOURCE, TARGET, 1), (TARGET, 2, 1), (2, TARGET, -1), (2, 3, 1), (3, 2, 1)]
    arcs[at] = (*arcs[at][:2], sign)
    effect = ask(arcs)
    assert effect.answer == ("up" if sign == -1 else "abstain")


def test_routes_of_equal_length_do_not_depend_on_the_order_of_arcs() -> None:
    arcs: list[Arc] = [(SOURCE, TARGET, 1)]
    for a, b in ((2, 3), (4, 5), (6, 7)):
        arcs += [(TARGET, a, 1), (a, TARGET, -1), (a, b, 1), (b, a, 1)]
    assert ask(arcs).reason.endswith("round a feedback loop")
    assert ask(arcs) == ask(arcs[::-1])


def ring(size: int) -> list[Arc]:
    """A negative loop of so many variables that the source enters and the target leaves."""
    nodes = range(2, size + 2)
    loop: list[Arc] = [(a, b, 1) for a, b in pairwise(nodes)]
    return [(SOURCE, 2, 1), *loop, (size + 1, 2, -1), (size // 2 + 1, TARGET, 1)]


def test_parts_are_composed_up_to_their_size() -> None:
    assert ask(ring(LARGEST_PART)).answer == "up"
    assert ask(ring(LARGEST_PART + 1)).kind == "opposing-routes"


def test_there_is_no_hop_limit() -> None:
    ends = [SOURCE, *range(2, 5_000), TARGET]
    arcs: list[Arc] = [(a, b, 1) for a, b in pairwise(ends)]
    assert ask(arcs).answer == "up"
    assert ask([*arcs, (2_500, SOURCE, -1)]).answer == "up"
    assert ask([*arcs, (SOURCE, TARGET, -1)]).answer == "abstain"


@pytest.mark.parametrize("sign", [1, -1])
def test_parallel_arcs_that_disagree_are_opposing_routes(sign: int) -> None:
    effect = ask([(SOURCE, 2, sign), (SOURCE, 2, -sign), (2, TARGET, 1)])
    assert effect.kind == "opposing-routes"
    assert [len(route) for route in effect.routes] == [2, 2]


def test_several_variables_moved_at_once() -> None:
    graph = CausalGraph([("a", "b", 1), ("b", "c", -1), ("d", "c", 1)])
    assert graph.joint_effect({"a": "up", "d": "down"}, "c").answer == "down"
    assert graph.joint_effect({"a": "up", "d": "up"}, "c").kind == "opposing-routes"
    # What is moved is held: a no longer reaches c through b.
    assert graph.joint_effect({"a": "down", "b": "up"}, "c").answer == "down"


def test_bad_questions_get_a_clear_answer() -> None:
    graph = CausalGraph([("plasma iron", "hepcidin", 1)], ["ferritin"])
    assert graph.effect("hepcidin", "up", "plasma iron").kind == "no-route"
    assert graph.effect("hepcidin", "up", "ferritin").reason.startswith("no route")
    with pytest.raises(UsageError, match="hepcidin is what is moved"):
        graph.effect("hepcidin", "up", "hepcidin")
    with pytest.raises(UnknownName, match=r"unknown variable 'hepcidine' \(nearest: hepcidin\)"):
        graph.effect("hepcidine", "up", "plasma iron")
    with pytest.raises(UnknownName, match="unknown variable 'x'"):
        graph.effect("hepcidin", "up", "x")
    with pytest.raises(UsageError, match="'up' or 'down'"):
        graph.effect("hepcidin", "sideways", "plasma iron")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="name a variable that is moved"):
        graph.joint_effect({}, "hepcidin")
    with pytest.raises(UsageError, match="the sign of an arc is 1, -1 or None, not 0"):
        CausalGraph([("a", "b", 0)])


@pytest.fixture(scope="module")
def signs() -> Iterator[SimpleNamespace]:
    """The benchmark as a module: it reads PhysioMap."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        yield SimpleNamespace(**runpy.run_path(str(BENCHMARKS / "signs.py")))


@pytest.fixture(scope="module")
def physiomap(signs: SimpleNamespace) -> SimpleNamespace:
    folder = signs.data_folder() / "physiomap"
    if not folder.is_dir():
        message = "no PhysioMap here: set NUTRIGRAPH_DATA to the folder of the data sets"
        if "CI" in os.environ:
            pytest.fail(message)
        pytest.skip(message)
    data = signs.physiomap(folder)
    return SimpleNamespace(graph=data.graph(), questions=data.questions)


def test_physiomap_is_answered_without_a_wrong_answer(physiomap: SimpleNamespace) -> None:
    times, effects = [], []
    for question in physiomap.questions:
        start = process_time()
        effects.append(physiomap.graph.joint_effect(question.moved, question.target))
        times.append(process_time() - start)
    answered = [
        (question, effect)
        for question, effect in zip(physiomap.questions, effects, strict=True)
        if effect.answer != "abstain"
    ]
    assert len(physiomap.questions) == 487
    assert [(q, e) for q, e in answered if e.answer != q.reference] == []
    assert len(answered) >= 98
    assert sum(len(effect.routes[0]) > 1 for _, effect in answered) >= 13
    assert all(effect.routes for effect in effects if effect.kind != "no-route")
    kinds = {effect.kind for effect in effects}
    assert kinds == {"determined", "no-route", "unknown-sign", "opposing-routes"}
    assert median(times) <= 0.010


def test_results_keep_the_sections_of_others(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        results = runpy.run_path(str(BENCHMARKS / "results.py"))
    path = tmp_path / "RESULTS.md"
    for name, text in (("one", "first"), ("two", "second"), ("one", "third")):
        results["write_section"](name, text, path=path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# What was measured\n")
    assert text.endswith(
        "<!-- one -->\nthird\n<!-- /one -->\n\n<!-- two -->\nsecond\n<!-- /two -->\n"
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["RESULTS.md"]
    path.write_text(text.replace("<!-- /one -->\n", ""), encoding="utf-8")
    with pytest.raises(ValueError, match="markers of section 'one' are broken"):
        results["write_section"]("one", "fourth", path=path)
