"""How fast the path engine is, and whether it is right, beside four libraries on 2.1 M edges.

``python benchmarks/speed.py`` takes some minutes and writes the section "speed" of RESULTS.md;
``--quick`` tries everything on an eighth of the edges and prints it instead. The data lie where
the variable NUTRIGRAPH_DATA says. All times are CPU times of one thread.
"""

from __future__ import annotations

import argparse
import gzip
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from nutrigraph.paths.arcs import Arcs, spans
from nutrigraph.paths.engine import k_best

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    Pair = tuple[int, int]
    Costs = list[tuple[float, int]]
    """Of paths from cheap to dear: what each costs, and its hops (0 where a peer tells none)."""
    Peer = Callable[[int, int], Costs]

HERE: Final = Path(__file__).resolve().parent
SEED: Final = 20
BEST: Final = 10
HOPS: Final = 5
PART_OF_LOG_DEGREE: Final = 0.05
SHARES: Final = (1 / 8, 1 / 4, 1 / 2, 1.0)
CHILD: Final = """
import resource, sys, time
from pathlib import Path
from nutrigraph.paths.arcs import Arcs
from nutrigraph.paths.engine import k_best
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begin = time.perf_counter()
arcs = Arcs.open(Path(sys.argv[1]))
opened = time.perf_counter() - begin
k_best(arcs, [int(sys.argv[2])], [int(sys.argv[3])], most=10, max_hops=5)
print(opened, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@dataclass
class Table:
    """The edges as they are read: between which nodes, and what each costs; each node's kind."""

    ends: NDArray[np.int32]
    costs: NDArray[np.float64]
    kinds: NDArray[np.str_]

    def sample(self, share: float) -> Table:
        """Return a table of a part of the edges."""
        if share == 1.0:
            return self
        kept = np.random.default_rng(SEED).random(len(self.costs)) < share
        return Table(self.ends[kept], self.costs[kept], self.kinds)

    def both_ways(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
        """Return tails, heads and costs of the edges walked both ways."""
        one, other = self.ends.T
        return np.r_[one, other], np.r_[other, one], np.r_[self.costs, self.costs]

    def arcs(self) -> Arcs:
        """Return the graph: parallel edges merged, the nodes damped by how many they border on."""
        tails, heads, costs = self.both_ways()
        nodes = len(self.kinds)
        bordering = np.unique(tails.astype(np.int64) * nodes + heads) // nodes
        degrees = np.bincount(bordering, minlength=nodes)
        damping = PART_OF_LOG_DEGREE * np.log(np.maximum(degrees, 1))
        return Arcs.of(tails, heads, costs, nodes, damping)[0]


@dataclass
class Times:
    """CPU seconds by what ran, the group of the pair, and the pair."""

    taken: dict[tuple[str, str, Pair], list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def run(self, what: str, group: str, pair: Pair, work: Callable[[], Any]) -> Any:  # noqa: ANN401
        """Do it and note how long it took."""
        begin = time.process_time()
        result = work()
        self.taken[what, group, pair].append(time.process_time() - begin)
        return result

    def pairs(self, what: str, group: str = "") -> list[Pair]:
        """Return the pairs for which something ran."""
        return [key[2] for key in self.taken if key[0] == what and group in ("", key[1])]

    def median(self, what: str, group: str = "", like: str = "") -> float:
        """Return the median over pairs, in ms: of one group or all, of those that ``like`` had."""
        kept = {key[1:] for key in self.taken if key[0] == (like or what)}
        runs = [
            float(np.median(seconds))
            for (name, of, pair), seconds in self.taken.items()
            if name == what and group in ("", of) and (of, pair) in kept
        ]
        return float(np.median(runs)) * 1000 if runs else math.nan

    def noise(self, what: str) -> float:
        """Return by how much the runs of one pair differ: median of (most - least) / median."""
        runs = [times for key, times in self.taken.items() if key[0] == what and len(times) > 1]
        shares = [(max(times) - min(times)) / float(np.median(times)) for times in runs]
        return float(np.median(shares)) if shares else math.nan


def told(text: str) -> None:
    """Say how far it is, on a terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def read(folder: Path) -> Table:
    """Read the edges and the kinds of the nodes."""
    rows = np.loadtxt(folder / "edges.tsv.gz", delimiter="\t", skiprows=1)
    with gzip.open(folder / "nodes.tsv.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        kinds = np.array([line.split("\t")[1] for line in lines])
    return Table(rows[:, [0, 2]].astype(np.int32), -np.log(rows[:, 3]), kinds)


def questions(table: Table, arcs: Arcs, number: int) -> dict[str, list[Pair]]:
    """Return pairs of a compound and a disease: drawn at random, and the most connected ones."""
    degrees = np.diff(arcs.starts)
    compounds, diseases = (
        np.flatnonzero((table.kinds == kind) & (degrees > 0)) for kind in ("Compound", "Disease")
    )
    draw = np.random.default_rng(SEED)
    groups = {
        "random": [draw.choice(some, number, replace=False) for some in (compounds, diseases)],
        "hub": [
            some[np.argsort(-degrees[some], kind="stable")[:number]]
            for some in (compounds, diseases)
        ],
    }
    return {
        name: list(zip(one.tolist(), other.tolist(), strict=True))
        for name, (one, other) in groups.items()
    }


def ours(arcs: Arcs, pair: Pair, max_hops: int, most: int = BEST) -> Costs:
    """Ask the engine."""
    found = k_best(arcs, [pair[0]], [pair[1]], most=most, max_hops=max_hops)
    return [(cost, len(route)) for cost, route in found]


# --- peers: the damping of an arc's head is added to its cost; that of the target taken off again


def scipy_yen(arcs: Arcs) -> Peer:
    """Return scipy's Yen over a compressed matrix."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import yen

    weights = arcs.costs + arcs.damping[arcs.heads]
    matrix = csr_array((weights, arcs.heads, arcs.starts), shape=(arcs.nodes, arcs.nodes))

    def ask(source: int, target: int) -> Costs:
        costs, before = yen(matrix, source, target, BEST, return_predecessors=True)
        hops = (before >= 0).sum(axis=1)
        return list(zip((costs - arcs.damping[target]).tolist(), hops.tolist(), strict=True))

    return ask


def igraph_yen(arcs: Arcs) -> Peer:
    """Return igraph's Yen over a directed graph: here faster than an undirected one."""
    import igraph

    weights = arcs.costs + arcs.damping[arcs.heads]
    ends = np.column_stack([tails_of(arcs), arcs.heads])
    graph = igraph.Graph(n=arcs.nodes, edges=ends, directed=True)
    graph.es["weight"] = weights.tolist()

    def ask(source: int, target: int) -> Costs:
        routes = graph.get_k_shortest_paths(
            source, target, k=BEST, weights="weight", output="epath"
        )
        damped = arcs.damping[target]
        return [(float(weights[route].sum() - damped), len(route)) for route in routes]

    return ask


def rustworkx_lengths(arcs: Arcs) -> Peer:
    """Return rustworkx's k shortest path lengths: it tells the tenth length alone, and no path."""
    import rustworkx

    weights = arcs.costs + arcs.damping[arcs.heads]
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(arcs.nodes))
    ends = zip(tails_of(arcs).tolist(), arcs.heads.tolist(), weights.tolist(), strict=True)
    graph.add_edges_from(list(ends))

    def ask(source: int, target: int) -> Costs:
        lengths = rustworkx.digraph_k_shortest_path_lengths(graph, source, BEST, float, target)
        return [(lengths[target] - float(arcs.damping[target]), 0)] if target in lengths else []

    return ask


def networkx_simple(arcs: Arcs) -> Peer:
    """Return networkx's Yen over an undirected graph; each end of an edge has half its damping."""
    import networkx as nx

    tails = tails_of(arcs)
    once = tails < arcs.heads
    one, other = tails[once], arcs.heads[once]
    weights = arcs.costs[once] + (arcs.damping[one] + arcs.damping[other]) / 2
    graph = nx.Graph()
    graph.add_weighted_edges_from(zip(one.tolist(), other.tolist(), weights.tolist(), strict=True))

    def ask(source: int, target: int) -> Costs:
        ends = float(arcs.damping[source] + arcs.damping[target]) / 2
        routes = islice(nx.shortest_simple_paths(graph, source, target, "weight"), BEST)
        return [
            (sum(graph[a][b]["weight"] for a, b in pairwise(route)) - ends, len(route) - 1)
            for route in routes
        ]

    return ask


PEERS: Final = {
    "scipy": (scipy_yen, 20, 2, "csgraph.yen", 40),
    "igraph": (igraph_yen, 20, 2, "Graph.get_k_shortest_paths", 80),
    "rustworkx": (rustworkx_lengths, 5, 1, "k_shortest_path_lengths: the tenth length alone", 0),
    "networkx": (networkx_simple, 5, 1, "shortest_simple_paths, the first ten", 800),
}
"""By name: how to set it up, pairs a group, rounds, what is asked, and how many times as fast we
must be."""


def tails_of(arcs: Arcs) -> NDArray[np.int64]:
    """Return the tail of each arc."""
    return np.repeat(np.arange(arcs.nodes), np.diff(arcs.starts))


class BruteForce:
    """All paths of up to three hops by plain loops, from the table as it was read."""

    def __init__(self, table: Table, damping: NDArray[np.float64]) -> None:
        tails, heads, costs = table.both_ways()
        order = np.argsort(tails, kind="stable")
        self.heads, self.costs, self.damping = heads[order], costs[order], damping.tolist()
        self.starts = np.searchsorted(tails[order], np.arange(len(damping) + 1))

    def _near(self, node: int) -> dict[int, float]:
        """Return the neighbours of a node, each with the least cost of an edge between them."""
        row, near = slice(self.starts[node], self.starts[node + 1]), {}
        for head, cost in zip(self.heads[row].tolist(), self.costs[row].tolist(), strict=True):
            near[head] = min(cost, near.get(head, math.inf))
        return near

    def __call__(self, source: int, target: int) -> list[float]:
        """Return the costs of all paths, sorted."""
        first, last = self._near(source), self._near(target)
        found = [first[target]] if target in first else []
        for a, begun in first.items():
            if a == target:
                continue
            here = begun + self.damping[a]
            if a in last:
                found.append(here + last[a])
            found += [
                here + cost + self.damping[b] + last[b]
                for b, cost in self._near(a).items()
                if b in last and b != source
            ]
        return sorted(found)


def same(one: Iterable[float], other: Iterable[float]) -> None:
    """Assert that two lists hold the same costs."""
    one, other = list(one), list(other)
    assert len(one) == len(other), (len(one), len(other))
    assert np.allclose(one, other, rtol=0, atol=1e-9), (one, other)


def ask_engine(table: Table, arcs: Arcs, groups: dict[str, list[Pair]], times: Times) -> list[int]:
    """Time our own questions, check them by brute force, return the counts of paths <= 3 hops."""
    brute, counts = BruteForce(table, arcs.damping), []
    for group, pair in each(groups):
        told(f"engine: {group} {pair}")
        expected = brute(*pair)
        for _ in range(3):
            for hops in (3, 4):
                found = times.run(f"best {hops}", group, pair, lambda h=hops: ours(arcs, pair, h))
                if hops == 3:
                    same((cost for cost, _ in found), expected[:BEST])
            touch(arcs, pair, lambda work: times.run("touched", group, pair, work))
        every = times.run("all 3", group, pair, lambda: ours(arcs, pair, 3, len(expected) + 99))
        same((cost for cost, _ in every), expected)
        counts.append(len(every))
    return counts


def each(groups: dict[str, list[Pair]], number: int | None = None) -> Iterator[tuple[str, Pair]]:
    """Yield the first pairs of each group."""
    for group, pairs in groups.items():
        yield from ((group, pair) for pair in pairs[:number])


def touch(arcs: Arcs, pair: Pair, run: Callable[[Callable[[], Any]], Any]) -> None:
    """Gather once the arcs about both ends; where they lie is known before the clock starts."""
    source, target = pair
    ahead = arcs.heads[arcs.starts[source] : arcs.starts[source + 1]]
    behind = arcs.tails[arcs.into[target] : arcs.into[target + 1]]
    out, _ = spans(arcs.starts, np.append(ahead, np.int32(source)))
    into, _ = spans(arcs.into, np.append(behind, np.int32(target)))
    run(lambda: (arcs.heads[out], arcs.costs[out], arcs.tails[into], arcs.back_costs[into]))
