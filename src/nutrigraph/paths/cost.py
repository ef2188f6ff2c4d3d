"""What a path costs: three parts that add up, each shown.

- *evidence*: ``-log(score)`` of each hop;
- *continuity*: ``-log P(next hop | this hop)`` of each hop but the first, from how often one source
  asserts both in a row;
- *hub damping*: ``alpha * log(degree)`` of each node that the path passes through.

**Smoothing.** Most hops that meet in a node were never asserted in a row by one source, which does
not make them impossible. ``P`` interpolates three levels, from the hop itself, through the node it
leads to and the kind of thing it comes from, to an equal share for each way on:

    P(w | u→v)         = (n(u→v→w) + T·P(w | kind(u)→v)) / (N + T)
    P(w | kind(u)→v)   = (n(kind(u)→v→w) + T'·1/ways(v)) / (N' + T')

``n`` counts sources, ``N`` is the sum of ``n`` over all ways on, ``T`` the number of different ways
on that were seen: the more different ones were seen, the likelier is one not yet seen. A level at
which nothing was seen is passed over. That is method C of Witten and Bell (1991,
doi:10.1109/18.87000) in the interpolated form of Chen and Goodman (1999,
doi:10.1006/csla.1999.0128). It has no constant to tune.

So a hop between two things that are often spoken of together is cheap, and a hop that only leads on
because its end is popular is dear: a hub's many ways on share one whole.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf, log
from typing import Generic, TypeVar

N = TypeVar("N", bound=Hashable)
"""A node: anything that can be a key."""


def evidence_cost(score: float) -> float:
    """Return ``-log(score)``: 0 for a score of 1, infinity for a score of 0.

    Raises:
        ValueError: the score is not within 0 and 1.
    """
    if not 0 <= score <= 1:
        raise ValueError(f"a score lies within 0 and 1, not {score}")
    return abs(log(score)) if score else inf


def support_score(sources: int) -> float:
    """Return ``n / (n + 1)``: the score of a hop of which no more is known than who asserts it.

    Raises:
        ValueError: the number is negative.
    """
    if sources < 0:
        raise ValueError(f"there cannot be {sources} sources")
    return sources / (sources + 1)


def hub_cost(degree: int, damping: float) -> float:
    """Return ``damping * log(degree)``; a node with one way on, or none, costs nothing."""
    return damping * log(max(1, degree))


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a path in its three parts."""

    evidence: float
    continuity: float
    hubs: float

    @property
    def total(self) -> float:
        """The sum of the parts."""
        return self.evidence + self.continuity + self.hubs


def in_a_row(hops: Iterable[tuple[N, N]]) -> frozenset[tuple[tuple[N, N], tuple[N, N]]]:
    """Return the pairs of hops that one source asserts in a row, whatever order it names them in.

    Going straight back is none: no path does that.

    >>> sorted(in_a_row([("b", "c"), ("a", "b"), ("b", "a")]))
    [(('a', 'b'), ('b', 'c'))]
    """
    hops = set(hops)
    out: dict[N, list[N]] = defaultdict(list)
    for tail, head in hops:
        out[tail].append(head)
    return frozenset(
        ((tail, head), (head, after))
        for tail, head in hops
        for after in out.get(head, ())
        if after != tail
    )


@dataclass(slots=True)
class _Seen(Generic[N]):
    """The ways on that were seen in one context, and how often."""

    ways: dict[N, int] = field(default_factory=dict)
    total: int = 0

    def add(self, way: N, times: int) -> None:
        self.ways[way] = self.ways.get(way, 0) + times
        self.total += times

    def probability(self, times: int, below: float) -> float:
        """Return the probability of a way on that was seen so often (Witten–Bell)."""
        kinds = len(self.ways)
        return (times + kinds * below) / (self.total + kinds) if kinds else below


@dataclass(frozen=True, slots=True)
class PairCosts(Generic[N]):
    """What going on costs, by arcs: ``listed`` for those pairs, ``default[this]`` for all others.

    The keys of ``listed`` are (this arc, next arc).
    """

    default: dict[tuple[N, N], float]
    listed: dict[tuple[tuple[N, N], tuple[N, N]], float]


class Continuity(Generic[N]):
    """How likely one hop goes on to the next.

    ``counts`` says how many sources assert two hops in a row, ``arcs`` which hops there are beside
    those, ``kinds`` of which kind a node is; nodes without one are of one kind. The order of all
    three is of no matter.

    Raises:
        ValueError: a count is negative.
    """

    def __init__(
        self,
        counts: Mapping[tuple[tuple[N, N], tuple[N, N]], int],
        *,
        arcs: Iterable[tuple[N, N]] = (),
        kinds: Mapping[N, str] | None = None,
    ) -> None:
        self._kinds: Mapping[N, str] = kinds or {}
        self._out: dict[N, set[N]] = defaultdict(set)
        self._after_arc: dict[tuple[N, N], _Seen[N]] = defaultdict(_Seen)
        self._after_kind: dict[tuple[str | None, N], _Seen[N]] = defaultdict(_Seen)
        for tail, head in arcs:
            self._out[tail].add(head)
        for (this, following), times in counts.items():
            if times < 0:
                raise ValueError(f"{this} and {following} cannot be asserted {times} times")
            for tail, head in (this, following):
                self._out[tail].add(head)
            if times:
                self._after_arc[this].add(following[1], times)
                self._after_kind[self._context(this)].add(following[1], times)

    @classmethod
    def of(
        cls,
        sources: Iterable[Iterable[tuple[N, N]]],
        *,
        arcs: Iterable[tuple[N, N]] = (),
        kinds: Mapping[N, str] | None = None,
    ) -> Continuity[N]:
        """Build it from the hops that each source asserts.

        >>> known = Continuity.of([[("a", "b"), ("b", "c")]], arcs=[("b", "d")])
        >>> known.probability(("a", "b"), ("b", "c")), known.probability(("a", "b"), ("b", "d"))
        (0.875, 0.125)
        """
        own = [frozenset(hops) for hops in sources]
        counts: Counter[tuple[tuple[N, N], tuple[N, N]]] = Counter()
        for hops in own:
            counts.update(in_a_row(hops))
        asserted: frozenset[tuple[N, N]] = frozenset().union(*own)
        return cls(counts, arcs=asserted.union(arcs), kinds=kinds)

    def _context(self, this: tuple[N, N]) -> tuple[str | None, N]:
        return self._kinds.get(this[0]), this[1]

    def _levels(self, this: tuple[N, N]) -> tuple[_Seen[N], _Seen[N]]:
        empty: _Seen[N] = _Seen()
        return self._after_arc.get(this, empty), self._after_kind.get(self._context(this), empty)

    def probability(self, this: tuple[N, N], following: tuple[N, N]) -> float:
        """Return ``P(following | this)``; over all the ways on from ``this`` it sums up to 1.

        Raises:
            ValueError: the second hop does not begin where the first ends, or is none of the hops.
        """
        node, way = following
        if node != this[1] or way not in self._out.get(node, ()):
            raise ValueError(f"{following} is no way on from {this}")
        arc, kind = self._levels(this)
        even = 1 / len(self._out[node])
        return arc.probability(
            arc.ways.get(way, 0), kind.probability(kind.ways.get(way, 0), below=even)
        )

    def cost(self, this: tuple[N, N], following: tuple[N, N]) -> float:
        """Return ``-log P(following | this)``, finite and not negative. It raises as that does."""
        return max(0.0, -log(self.probability(this, following)))

    def pairs(self, arcs: Iterable[tuple[N, N]] | None = None) -> PairCosts[N]:
        """Return the costs of going on from each of some arcs, or of all, that a way on has.

        Listed are the pairs that a source asserts, and those that one asserts of another thing of
        the same kind; all others cost the same.
        """
        costs: PairCosts[N] = PairCosts({}, {})
        every = ((tail, head) for tail, heads in self._out.items() for head in heads)
        for this in every if arcs is None else arcs:
            node = this[1]
            out = self._out.get(node)
            if not out:
                continue
            arc, kind = self._levels(this)
            unseen = arc.probability(0, kind.probability(0, below=1 / len(out)))
            costs.default[this] = max(0.0, -log(unseen))
            for way in arc.ways.keys() | kind.ways.keys():
                costs.listed[this, (node, way)] = self.cost(this, (node, way))
        return costs


def path_cost(
    nodes: Sequence[N],
    scores: Sequence[float],
    continuity: Continuity[N] | None,
    degrees: Mapping[N, int],
    *,
    damping: float,
) -> Cost:
    """Return the cost of a path, from its nodes, the scores of its hops and the nodes' degrees.

    Without ``continuity`` that part is 0: where nobody knows who asserts what.

    Raises:
        ValueError: there is not one score for each hop, or one is not within 0 and 1.
    """
    hops = list(pairwise(nodes))
    if len(scores) != len(hops):
        raise ValueError(f"{len(hops)} hops have {len(scores)} scores")
    return Cost(
        sum(map(evidence_cost, scores)),
        sum(continuity.cost(*pair) for pair in pairwise(hops)) if continuity else 0.0,
        sum(hub_cost(degrees.get(node, 1), damping) for node in nodes[1:-1]),
    )
