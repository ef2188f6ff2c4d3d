"""Which way a variable goes when another is moved, where a signed causal graph determines it.

**What is assumed.** Each variable is pulled back by a decay of its own and pushed by the arcs into
it, ``dx/dt = f(x)``; an arc with a sign is a partial derivative that has that sign, an arc without
one may have any. Moving a variable is *do*-surgery: it is held, and the arcs into it are cut. The
answer compares the steady states before and after, and assumes that the steady state is **stable
while the moved variable is held**, all the way of the move. Nothing is assumed of how strong an arc
is. It is a statement about this graph: what the graph leaves out can still turn it over.

**What follows.** Scale each row by its decay: the Jacobian is ``W - 1``, with the arcs' signs in
``W``, and the effect of X on Y is an entry of ``(1 - W)^-1``. Only what lies on walks from X to Y
matters. That falls apart into strongly connected parts, each stable by itself as the Jacobian is
block triangular, and the effect is the sum, over the ways through the parts, of the products of
the arcs between parts and of the entries of the parts' own inverses. Two rules give their signs:

(a) *Walk consensus.* If all walks from X meet Y with one sign, then there is no negative loop
    among them (going round it once more would turn the sign over), so the parts are balanced
    (Harary 1953): flip some variables and all arcs are positive. ``1 - W`` of a stable system is
    then an M-matrix, whose inverse has no negative entry (Berman & Plemmons 1994, chapter 6), so
    the effect has the sign of the walks. An unknown sign counts as both. Parts of any size.

(b) *Composition through small parts.* The effect of *a* on *b* within a part C is
    ``sum over simple paths P from a to b of w(P) det(1 - W[C - P]) / det(1 - W[C])``
    (Mason 1953 for signal-flow graphs; Levins 1974 for loop analysis). The denominator is positive,
    because C is stable. ``det(1 - W[K])`` is the sum over sets of disjoint loops in K of the
    products of ``-gain``, so it is at least 1 if no loop in K can be positive. Where that holds for
    what each path leaves of C, and the paths agree, the loops that feed back into the path make the
    effect smaller or larger but cannot turn it over. Otherwise the part gives both signs. The signs
    that a part may give are carried on to the next: that composes the links of the chain of nodes
    which every route passes (the dominators of Y), and routes beside each other too.

    Multiplying along the dominators with each of them held in turn looks simpler, but stability
    alone does not make it sound: a loop that is stable only thanks to feedback through a node that
    is held can turn the sign over (``tests/test_effect.py`` has such a system). As paths are
    enumerated over the subsets of a part, one that is not balanced and has more than
    ``LARGEST_PART`` nodes gives both signs.

F. Harary, "On the notion of balance of a signed graph", Michigan Mathematical Journal 2 (1953).
S. J. Mason, "Feedback theory: some properties of signal flow graphs", Proc. IRE 41 (1953).
R. Levins, "Qualitative analysis of partially specified systems", Ann. N.Y. Acad. Sci. 231 (1974).
A. Berman, R. J. Plemmons, "Nonnegative matrices in the mathematical sciences", SIAM (1994).
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import count, islice
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeVar

from nutrigraph.errors import UnknownName, UsageError
from nutrigraph.naming import nearest
from nutrigraph.paths.parts import BOTH, carried, strong_parts, through, times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nutrigraph.paths.parts import Arcs

Direction = Literal["up", "down"]
"""Which way a thing is moved, or goes."""
Kind = Literal["determined", "no-route", "unknown-sign", "opposing-routes"]
N = TypeVar("N", bound=Hashable)
Route = tuple[tuple[N, int | None, N], ...]
_State = tuple[int, int | None]

MOST_ROUTES: Final = 8
"""Routes that an answer shows, at most."""
_MOST_TRIED: Final = 1_000
_SIGNS: Final = {"up": 1, "down": -1}
_DIRECTIONS: Final[dict[int, Direction]] = {1: "up", -1: "down"}
_VERBS: Final = {1: "raises", -1: "lowers"}


@dataclass(frozen=True, slots=True)
class Effect(Generic[N]):
    """Which way the target goes, or why no answer is given.

    ``kind`` is the reason in a word. For an answer, ``routes`` holds the routes it rests on, the
    shortest first; ``more`` says that there are others, which all agree; ``rule`` is the rule it
    was found by. For an abstention, ``routes`` holds one route of each kind that disagree: one that
    raises and one that lowers, or the one over an unknown sign, then a signed one if there is any.
    A route visits no variable twice, but where only a feedback loop turns the sign over, as
    ``reason`` then says.
    """

    moved: tuple[tuple[N, Direction], ...]
    target: N
    answer: Literal["up", "down", "abstain"]
    kind: Kind
    reason: str
    routes: tuple[Route[N], ...] = ()
    more: bool = False
    rule: Literal["consensus", "composition"] | None = None


class CausalGraph(Generic[N]):
    """A signed causal graph, made once, that says which way things go.

    ``arcs`` are (cause, effect, sign) with sign 1, -1, or None where it is not known; their order
    does not matter, and parallel arcs of different signs are opposing routes. ``nodes`` adds
    variables without arcs. Not for nulls: an arc that is not there is the null.

    >>> graph = CausalGraph([("a", "b", 1), ("b", "c", -1), ("c", "b", 1)])
    >>> effect = graph.effect("a", "down", "c")
    >>> effect.answer, effect.rule, effect.routes
    ('up', 'composition', ((('a', 1, 'b'), ('b', -1, 'c')),))
    >>> CausalGraph([("a", "b", 1), ("a", "c", -1), ("b", "c", 1)]).effect("a", "up", "c").reason
    'opposing routes: one raises the target, another lowers it'

    Raises:
        UsageError: the sign of an arc is something else.
    """

    def __init__(self, arcs: Iterable[tuple[N, N, int | None]], nodes: Iterable[N] = ()) -> None:
        signs: dict[tuple[N, N], set[int | None]] = {}
        for cause, effect, sign in arcs:
            if sign not in (1, -1, None):
                raise UsageError(f"the sign of an arc is 1, -1 or None, not {sign!r}")
            signs.setdefault((cause, effect), set()).add(sign)
        known = {*nodes, *(end for pair in signs for end in pair)}
        self.nodes: tuple[N, ...] = tuple(sorted(known, key=repr))
        self._numbers = {node: number for number, node in enumerate(self.nodes)}
        self._out: Arcs = {number: {} for number in range(len(self.nodes))}
        self._into: dict[int, list[int]] = {number: [] for number in range(len(self.nodes))}
        by_number = {(self._numbers[a], self._numbers[b]): own for (a, b), own in signs.items()}
        for (a, b), own in sorted(by_number.items(), key=lambda item: item[0]):
            self._out[a][b] = tuple(sign for sign in (1, -1, None) if sign in own)
            self._into[b].append(a)

    def effect(self, source: N, direction: Direction, target: N) -> Effect[N]:
        """Return which way ``target`` goes when ``source`` is moved and held.

        Raises:
            UnknownName: the graph has no such variable.
            UsageError: source and target are the same, or the direction is no direction.
        """
        return self.joint_effect({source: direction}, target)

    def joint_effect(self, moved: Mapping[N, Direction], target: N) -> Effect[N]:
        """Return which way ``target`` goes when several variables are moved and held at once.

        Raises:
            UnknownName: the graph has no such variable.
            UsageError: nothing is moved, the target is, or a direction is no direction.
        """
        starts = {self._number(node): _SIGNS.get(way, 0) for node, way in moved.items()}
        goal = self._number(target)
        if not all(starts.values()):
            raise UsageError("a variable is moved 'up' or 'down'")
        if not starts:
            raise UsageError("name a variable that is moved")
        if goal in starts:
            raise UsageError(f"{target} is what is moved: ask about another variable")
        flow = _flow(self._out, self._into, starts, goal)
        verdict = _no_route() if flow is None else _judge(flow)
        ordered = sorted(moved.items(), key=lambda item: self._numbers[item[0]])
        routes = tuple(
            tuple((self.nodes[a], sign, self.nodes[b]) for a, sign, b in route)
            for route in verdict.routes
        )
        return Effect(
            tuple(ordered),
            target,
            "abstain" if verdict.sign is None else _DIRECTIONS[verdict.sign],
            verdict.kind,
            verdict.reason,
            routes,
            verdict.more,
            verdict.rule,
        )

    def _number(self, node: N) -> int:
        if node not in self._numbers:
            near = nearest(str(node), map(str, self.nodes))
            raise UnknownName("variable", str(node), near)
        return self._numbers[node]


@dataclass(frozen=True, slots=True)
class _Flow:
    """What lies on walks from what is moved to the goal, the arcs into what is moved cut.

    ``left`` is the number of hops that are left to the goal.
    """

    arcs: Arcs
    left: dict[int, int]
    starts: dict[int, int]
    goal: int


@dataclass(frozen=True, slots=True)
class _Verdict:
    sign: int | None
    kind: Kind
    reason: str
    routes: tuple[Route[int], ...] = ()
    more: bool = False
    rule: Literal["consensus", "composition"] | None = None


def _flow(
    out: Arcs, into: Mapping[int, list[int]], starts: dict[int, int], goal: int
) -> _Flow | None:
    """Return what lies between, or None where nothing does."""
    left, queue = {goal: 0}, deque([goal])
    while queue:
        node = queue.popleft()
        for before in into[node]:
            if before not in left:
                left[before] = left[node] + 1
                if before not in starts:
                    queue.append(before)
    inside = {start for start in starts if start in left}
    stack = sorted(inside)
    while stack:
        for after in out[stack.pop()]:
            if after in left and after not in inside:
                inside.add(after)
                stack.append(after)
    if goal not in inside:
        return None
    arcs = {
        node: {b: own for b, own in out[node].items() if b in inside and b not in starts}
        for node in sorted(inside)
    }
    return _Flow(arcs, left, {start: starts[start] for start in arcs if start in starts}, goal)


def _judge(flow: _Flow) -> _Verdict:
    """Answer by walk consensus, else by composition, else say what disagrees."""
    met = _walks(flow)
    signs = frozenset(met)
    if len(signs) == 1 and None not in signs:
        [sign] = (item for item in signs if item is not None)
        why = f"every walk {_VERBS[sign]} the target"
        return _answer(flow, sign, "consensus", why)
    composed = _compose(flow)
    if len(composed) == 1:
        [sign] = composed
        why = f"every route {_VERBS[sign]} the target, and no feedback loop can turn that over"
        return _answer(flow, sign, "composition", why)
    return _abstain(flow, met)


def _answer(
    flow: _Flow, sign: int, rule: Literal["consensus", "composition"], why: str
) -> _Verdict:
    found = [route for route, _ in islice(_simple(flow), MOST_ROUTES + 1)]
    reason = f"determined by this graph: {why}"
    more = len(found) > MOST_ROUTES
    return _Verdict(sign, "determined", reason, tuple(found[:MOST_ROUTES]), more, rule)


def _no_route() -> _Verdict:
    reason = "no route: nothing leads from what is moved to the target"
    return _Verdict(None, "no-route", reason)


def _abstain(flow: _Flow, met: Mapping[int | None, Route[int]]) -> _Verdict:
    """Say what disagrees: simple routes if they do, else walks round a loop."""
    simple: dict[int | None, Route[int]] = {}
    for route, sign in _simple(flow):
        simple.setdefault(sign, route)
        if simple.keys() >= BOTH:
            break
    opposing = "opposing routes: one raises the target, another lowers it"
    if simple.keys() >= BOTH:
        return _Verdict(None, "opposing-routes", opposing, (simple[1], simple[-1]))
    if None in simple or not met.keys() >= BOTH:
        shown = simple if None in simple else met
        reason = "unknown sign: a route passes over an arc whose sign is not known"
        routes = (shown[None], *(shown[sign] for sign in (1, -1) if sign in shown))
        return _Verdict(None, "unknown-sign", reason, routes)
    routes = (simple.get(1, met[1]), simple.get(-1, met[-1]))
    return _Verdict(None, "opposing-routes", f"{opposing}, round a feedback loop", routes)


def _walks(flow: _Flow) -> dict[int | None, Route[int]]:
    """Return the shortest walk of each sign with which the goal is met; None over an unknown one.

    Stops once both signs are met.
    """
    came: dict[_State, tuple[_State, int | None] | None] = dict.fromkeys(flow.starts.items())
    queue = deque(came)
    met: dict[int | None, Route[int]] = {}
    while queue and not met.keys() >= BOTH:
        state = queue.popleft()
        node, sign = state
        if node == flow.goal:
            met[sign] = _trace(came, state)
        for after, signs in flow.arcs[node].items():
            for own in signs:
                reached = after, times(sign, own)
                if reached not in came:
                    came[reached] = state, own
                    queue.append(reached)
    return met


def _trace(came: Mapping[_State, tuple[_State, int | None] | None], state: _State) -> Route[int]:
    """Return the walk that led to a state."""
    steps: list[tuple[int, int | None, int]] = []
    while (link := came[state]) is not None:
        before, own = link
        steps.append((before[0], own, state[0]))
        state = before
    return tuple(reversed(steps))


def _simple(flow: _Flow) -> Iterator[tuple[Route[int], int | None]]:
    """Yield routes that visit no node twice, with their sign, the shortest first.

    Gives up after so many tries, never before the first.
    """
    tie = count()
    queue: list[tuple[int, tuple[int, ...], int, Route[int], int | None]]
    queue = [(flow.left[s], (s,), next(tie), (), sign) for s, sign in flow.starts.items()]
    heapq.heapify(queue)
    tried = count()
    found = False
    while queue and (next(tried) < _MOST_TRIED or not found):
        _, nodes, _, route, sign = heapq.heappop(queue)
        if nodes[-1] == flow.goal:
            found = True
            yield route, sign
            continue
        for after, signs in flow.arcs[nodes[-1]].items():
            if after in nodes:
                continue
            bound = len(nodes) + flow.left[after]
            for own in signs:
                step = (nodes[-1], own, after)
                rest = (*nodes, after), next(tie), (*route, step), times(sign, own)
                heapq.heappush(queue, (bound, *rest))


def _compose(flow: _Flow) -> frozenset[int]:
    """Return the signs that the effect may have, part by part from what is moved to the goal."""
    entered: dict[int, frozenset[int]] = {s: frozenset({own}) for s, own in flow.starts.items()}
    for part in strong_parts(flow.arcs, flow.starts):
        met = through(part, flow.arcs, {n: entered[n] for n in part if n in entered})
        if flow.goal in met:
            return met[flow.goal]
        for node, signs in met.items():
            for after, own in flow.arcs[node].items():
                if after not in part:
                    entered[after] = entered.get(after, frozenset()) | carried(signs, own)
    raise AssertionError("every node of a flow leads to its goal")
