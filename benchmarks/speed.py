"""How fast the path engine is, and whether it is right, beside four libraries on 2.1 M edges.

    python benchmarks/speed.py           measure, print, and write the section `speed` of RESULTS.md
    python benchmarks/speed.py --quick   try it all on an eighth of the edges, and write nothing

The data is found through ``NUTRIGRAPH_DATA``.
"""

from __future__ import annotations

import argparse
import gzip
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import igraph
import networkx as nx
import numpy as np
import rustworkx
from results import data_folder, machine, table, write_section
from scipy.sparse import csr_array
from scipy.sparse.csgraph import yen

from nutrigraph.paths.arcs import Arcs, spans
from nutrigraph.paths.engine import k_best

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    Pair, Groups = tuple[int, int], dict[str, list[tuple[int, int]]]
    Found, Peer = list[tuple[float, int]], Callable[[int, int], list[tuple[float, int]]]

SEED, BEST, HOPS, DAMPING = 20, 10, 5, 0.05
OPEN: Final = """
import re, sys, time
from pathlib import Path
from nutrigraph.paths.arcs import Arcs
from nutrigraph.paths.engine import k_best
begin = time.perf_counter()
arcs = Arcs.open(Path(sys.argv[1]))
print((time.perf_counter() - begin) * 1000)
k_best(arcs, [int(sys.argv[2])], [int(sys.argv[3])], most=10, max_hops=5)
status = Path("/proc/self/status")
print(*re.findall(r"VmHWM:\\s+(\\d+)", status.read_text() if status.exists() else "VmHWM: 0"))
"""
TEXT: Final = """## Speed of the path engine

`python benchmarks/speed.py`. {machine}

{edges:,} edges of `scale/` between {nodes:,} nodes, walked both ways; of parallel
ones the cheapest is kept: {arcs:,} arcs. A hop costs −log(confidence), a node passed through
0.05 · log(degree), continuity nothing. Asked: {number} random pairs of a compound and a disease
(seed {seed}); the {number} most connected of both, rank by rank. CPU ms of one thread, medians of a
pair's runs, then over pairs; *noise* is (most − least) / median of a pair's runs.

{own}

All paths ≤ 3 are {least:,} to {most:,} a pair, in the median {median:,}. They and the ten best
≤ 3 equal those of plain loops over the table on all {pairs} pairs.

Ten best ≤ {hops} and the nearest that peers do, in turns. **No peer has a bound on hops**: they
rank loopless paths of any length, rustworkx walks, of which it tells the tenth length alone.
Damping is added to the arcs into a node (networkx: half of it to each edge); graphs are set up
beforehand. *The same ten*: all have ≤ {hops} hops and equal costs (rustworkx: the tenth). Where
some are longer, the others are the first of ours.

{rest}"""


@dataclass(frozen=True)
class Edges:
    """The edges as they are read: between which nodes, and what each costs; each node's kind."""

    ends: NDArray[np.int32]
    costs: NDArray[np.float64]
    kinds: NDArray[np.str_]

    @classmethod
    def read(cls, folder: Path) -> Edges:
        """Read the edges and the kinds of the nodes."""
        rows = np.loadtxt(folder / "edges.tsv.gz", delimiter="\t", skiprows=1)
        with gzip.open(folder / "nodes.tsv.gz", "rt", encoding="utf-8") as lines:
            kinds = np.array([line.split("\t")[1] for line in islice(lines, 1, None)])
        return cls(rows[:, [0, 2]].astype(np.int32), -np.log(rows[:, 3]), kinds)

    def sample(self, share: float) -> Edges:
        """Return a part of the edges."""
        kept = np.random.default_rng(SEED).random(len(self.costs)) < share
        return Edges(self.ends[kept], self.costs[kept], self.kinds)

    def both_ways(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
        """Return tails, heads and costs."""
        one, other = self.ends.T
        return np.r_[one, other], np.r_[other, one], np.r_[self.costs, self.costs]

    def arcs(self) -> Arcs:
        """Return the graph: parallel edges merged, nodes damped by how many they border on."""
        tails, heads, costs = self.both_ways()
        nodes = len(self.kinds)
        bordering = np.unique(tails.astype(np.int64) * nodes + heads) // nodes
        degrees = np.maximum(np.bincount(bordering, minlength=nodes), 1)
        return Arcs.of(tails, heads, costs, nodes, DAMPING * np.log(degrees))[0]

    def questions(self, arcs: Arcs, number: int) -> Groups:
        """Return pairs of a compound and a disease: drawn at random, and the most connected."""
        degrees, draw = np.diff(arcs.starts), np.random.default_rng(SEED)
        ends = [
            np.flatnonzero((self.kinds == of) & (degrees > 0)) for of in ("Compound", "Disease")
        ]
        random = [draw.choice(some, number, replace=False).tolist() for some in ends]
        hub = [some[np.argsort(-degrees[some], kind="stable")][:number].tolist() for some in ends]
        return {"random": list(zip(*random, strict=True)), "hub": list(zip(*hub, strict=True))}


class Times(defaultdict[tuple[str, str, "Pair"], list[float]]):
    """CPU seconds by what ran, the group of the pair, and the pair."""

    def run(self, what: str, at: tuple[str, Pair], work: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401
        """Do it and note how long it took."""
        begin = time.process_time()
        result = work(*given)
        self[what, *at].append(time.process_time() - begin)
        return result

    def of(self, what: str, group: str = "") -> dict[tuple[str, Pair], list[float]]:
        """Return the runs of one thing by group and pair: of one group, or all."""
        return {key[1:]: self[key] for key in self if key[0] == what and group in ("", key[1])}

    def median(self, what: str, group: str = "", like: str = "") -> float:
        """Return the median over pairs in ms, where given over those that ``like`` had too."""
        runs, kept = self.of(what, group), self.of(like or what)
        return float(np.median([np.median(runs[pair]) for pair in runs if pair in kept])) * 1000

    def ratios(self, groups: Groups, what: str, other: str, like: str) -> list[float]:
        """Return how many times as long one takes as another: for each group, then overall."""
        of = (*groups, "")
        return [self.median(what, one, like) / self.median(other, one, like) for one in of]


def told(*what: object) -> None:
    """Say how far it is, on a terminal."""
    if sys.stderr.isatty():
        print("\r\x1b[K", *what, end="", file=sys.stderr, flush=True)


def ours(arcs: Arcs, pair: Pair, max_hops: int, most: int = BEST) -> Found:
    """Ask the engine: return costs and hops, as peers do, from cheap to dear."""
    found = k_best(arcs, [pair[0]], [pair[1]], most=most, max_hops=max_hops)
    return [(cost, len(route)) for cost, route in found]


def parts(arcs: Arcs) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Return tails, heads, and costs with the damping of heads; that of a target is too much."""
    tails = np.repeat(np.arange(arcs.nodes), np.diff(arcs.starts))
    return tails, np.asarray(arcs.heads), arcs.costs + arcs.damping[arcs.heads]


def scipy_peer(arcs: Arcs) -> Peer:
    """Set up scipy."""
    _, heads, costs = parts(arcs)
    matrix = csr_array((costs, heads, arcs.starts), (arcs.nodes, arcs.nodes))

    def ask(source: int, target: int) -> Found:
        costs, before = yen(matrix, source, target, BEST, return_predecessors=True)
        return list(zip(costs - arcs.damping[target], (before >= 0).sum(axis=1), strict=True))

    return ask


def igraph_peer(arcs: Arcs) -> Peer:
    """Set up igraph: directed, which is faster here than undirected."""
    tails, heads, costs = parts(arcs)
    graph = igraph.Graph(n=arcs.nodes, edges=np.column_stack([tails, heads]), directed=True)
    graph.es["cost"] = costs.tolist()
    return lambda source, target: [
        (costs[path].sum() - arcs.damping[target], len(path))
        for path in graph.get_k_shortest_paths(source, target, BEST, weights="cost", output="epath")
    ]


def rustworkx_peer(arcs: Arcs) -> Peer:
    """Set up rustworkx: directed too, for the same reason."""
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(arcs.nodes))
    graph.add_edges_from(list(zip(*(part.tolist() for part in parts(arcs)), strict=True)))
    lengths = rustworkx.digraph_k_shortest_path_lengths
    return lambda a, b: [(lengths(graph, a, BEST, float, b)[b] - arcs.damping[b], 0)]


def networkx_peer(arcs: Arcs) -> Peer:
    """Set up networkx: undirected, half the damping of a node on each edge at it."""
    tails, heads, costs = parts(arcs)
    half, once = (arcs.damping[tails] - arcs.damping[heads]) / 2, tails < heads
    graph = nx.Graph()
    rows = (tails[once].tolist(), heads[once].tolist(), (costs + half)[once].tolist())
    graph.add_weighted_edges_from(zip(*rows, strict=True))
    return lambda *ends: [
        (nx.path_weight(graph, path, "weight") - arcs.damping[[*ends]].sum() / 2, len(path) - 1)
        for path in islice(nx.shortest_simple_paths(graph, *ends, "weight"), BEST)
    ]


# How to set it up; pairs a group; rounds; what is asked; how many times as fast we have to be.
PEERS: Final = {
    "scipy": (scipy_peer, 20, 2, "csgraph.yen", 40),
    "igraph": (igraph_peer, 20, 2, "get_k_shortest_paths", 80),
    "rustworkx": (rustworkx_peer, 10, 1, "k_shortest_path_lengths", 0),
    "networkx": (networkx_peer, 5, 1, "shortest_simple_paths", 800),
}


def brute_force(edges: Edges, damping: NDArray[np.float64]) -> Peer:
    """Return what finds the costs of all paths of up to three hops, by plain loops."""
    tails, heads, costs = edges.both_ways()
    order = np.argsort(tails)
    starts = np.searchsorted(tails[order], np.arange(len(damping) + 1))

    def near(node: int) -> dict[int, float]:
        rows = order[starts[node] : starts[node + 1]]
        rows = rows[np.argsort(-costs[rows])]  # so that of parallel edges the cheapest stays
        return dict(zip(heads[rows].tolist(), costs[rows].tolist(), strict=True))

    def ask(source: int, target: int) -> Found:
        first, last = near(source), near(target)
        found = [(first[target], 1)] if target in first else []
        for a in first.keys() - {target}:
            here, on = first[a] + damping[a], near(a)
            found += [(here + last[a], 2)] if a in last else []
            both = on.keys() & last.keys() - {source}
            found += [(here + on[b] + damping[b] + last[b], 3) for b in both]
        return sorted(found)

    return ask


def same(one: Found, other: Found) -> None:
    """Stop unless the costs are the same."""
    np.testing.assert_allclose([c for c, _ in one], [c for c, _ in other], rtol=0, atol=1e-9)


def each(groups: Groups, number: int | None = None) -> Iterator[tuple[str, Pair]]:
    """Yield the first pairs of each group, in turns."""
    for pairs in zip(*(pairs[:number] for pairs in groups.values()), strict=True):
        yield from zip(groups, pairs, strict=True)


def ask_engine(edges: Edges, arcs: Arcs, groups: Groups, times: Times) -> list[int]:
    """Time our own questions, check them by brute force, return the counts of paths ≤ 3."""
    brute, counts = brute_force(edges, arcs.damping), []
    for at in each(groups):
        told("engine", *at)
        expected, touched = brute(*at[1]), touch(arcs, at[1])
        for _ in range(5):
            times.run("touched", at, touched)
            same(times.run("best 3", at, ours, arcs, at[1], 3), expected[:BEST])
            times.run("best 4", at, ours, arcs, at[1], 4)
            same(times.run("all 3", at, ours, arcs, at[1], 3, len(expected) + 9), expected)
        counts.append(len(expected))
    return counts


def touch(arcs: Arcs, pair: Pair) -> Callable[[], Any]:
    """Return what gathers once the arcs about both ends, which are known beforehand."""
    source, target = np.array(pair[:1], np.int32), np.array(pair[1:], np.int32)
    out = spans(arcs.starts, np.r_[source, arcs.heads[spans(arcs.starts, source)[0]]])[0]
    into = spans(arcs.into, np.r_[target, arcs.tails[spans(arcs.into, target)[0]]])[0]
    return lambda: (arcs.heads[out], arcs.costs[out], arcs.tails[into], arcs.back_costs[into])


def ask_peers(arcs: Arcs, groups: Groups, times: Times, quick: bool) -> dict[str, str]:
    """Time each peer and, after each answer, ours; return on how many the ten are the same."""
    agreed = {}
    for name, (make, number, rounds, _, _) in PEERS.items():
        peer, equal, asked = make(arcs), set(), list(each(groups, 1 if quick else number))
        for at in asked * rounds:
            told(name, *at)
            theirs = times.run(name, at, peer, *at[1])
            mine = times.run(f"best {HOPS}", at, ours, arcs, at[1], HOPS)
            short = [found for found in theirs if 0 < found[1] <= HOPS]
            same(short, mine[: len(short)])
            tenth = math.isclose(theirs[-1][0], mine[-1][0], abs_tol=1e-9)
            equal |= {at} if len(short) == BEST or (name == "rustworkx" and tenth) else set()
        agreed[name] = f"{len(equal)} of {len(asked)}"
    return agreed


def stored(edges: Edges, folder: Path, number: int) -> tuple[Arcs, Groups, str, float]:
    """Build, save and open; return the mapped arrays, questions, the figures, ms to open."""
    told("building")
    times, at = Times(list), ("", (0, 0))
    arcs = times.run("build", at, edges.arcs)
    times.run("save", at, arcs.save, folder)
    for _ in range(21):
        mapped = times.run("open", at, Arcs.open, folder)
    groups = edges.questions(arcs, number)
    command = [sys.executable, "-c", OPEN, str(folder), *map(str, groups["hub"][0])]
    opened, kibibytes = map(float, subprocess.check_output(command).split())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = sum(file.stat().st_size for file in folder.iterdir()) / 2**20
    build, save, again = (times.median(name) for name in ("build", "save", "open"))
    text = f"""CPU time to build the arrays: {build:,.0f} ms; to save their {size:,.0f} MiB:
{save:.0f} ms; to open them: {again:.1f} ms, in a new process {opened:.1f} ms by the clock. Most
memory, with Python, numpy and mapped pages: {peak / 1024:,.0f} MiB to read the table and build,
{kibibytes / 1024:,.0f} MiB to open and answer a question ≤ {HOPS} between hubs."""
    return mapped, groups, text, max(again, opened)


def growth(edges: Edges, arcs: Arcs, groups: Groups, shares: Iterable[float]) -> str:
    """Return what the same questions take on parts of the edges."""
    rows = []
    for share in shares:
        told("growth", share)
        part, times = arcs if share == 1 else edges.sample(share).arcs(), Times(list)
        for at in [*each(groups)] * 3:
            for hops in (4, 5):
                times.run(str(hops), at, ours, part, at[1], hops)
        figures = [f"{times.median(hops, group):.2f}" for hops in "45" for group in groups]
        rows.append((f"{share:g}", f"{len(part.heads):,}", *figures))
    heads = [f"≤ {hops}, {group}" for hops in "45" for group in groups]
    return table(("share of the edges", "arcs", *heads), rows)


def verdicts(times: Times, opened: float, groups: Groups) -> str:
    """Return a line for each figure that must hold."""
    lines = []

    def line(what: str, met: bool, figures: list[float], form: str) -> None:
        names = (*groups, "overall")[: len(figures)] if len(figures) > 1 else ("ms",)
        said = ", ".join(f"{figure:{form}} {of}" for figure, of in zip(figures, names, strict=True))
        lines.append(f"- {what}: **{'met' if met else 'NOT MET'}** ({said}).")

    for name, least in ((name, peer[-1]) for name, peer in PEERS.items() if peer[-1]):
        found = times.ratios(groups, name, f"best {HOPS}", name)
        what = f"Ten best ≤ {HOPS} at least {least} times as fast as {name}"
        line(what, min(found) >= least, found, ",.0f")
    found = times.ratios(groups, "best 4", "touched", "touched")
    line("Ten best ≤ 4 within 10 gatherings of the touched arcs", max(found) <= 10, found, ".1f")
    line("Opening the arrays within 50 ms", opened <= 50, [opened], ".1f")
    on = f"{len(times.of('best 3'))} pairs, Yen (≤ {HOPS}) on {len(times.of('scipy'))}"
    lines.append(f"- Costs equal brute force (≤ 3) on {on}: **met** (else it stops).")
    return "\n".join(lines)


def tables(times: Times, agreed: dict[str, str], groups: Groups) -> tuple[str, str]:
    """Return the tables of our questions and of the peers."""
    names = {f"best {hops}": f"ten best ≤ {hops}" for hops in (3, 4, HOPS)}
    names |= {"all 3": "all paths ≤ 3", "touched": "gathering the touched arcs once"}
    own, rows, parts = [], [], (*groups, "")
    for name, text in names.items():
        figures = [f"{times.median(name, group):.2f}" for group in parts]
        noise = [np.ptp(runs) / np.median(runs) for runs in times.of(name).values()]
        own.append((text, *figures, f"{np.median(noise):.0%}"))
    for name, (_, _, _, asked, _) in PEERS.items():
        found = zip(parts, times.ratios(groups, name, f"best {HOPS}", name), strict=True)
        figures = [f"{times.median(name, group):,.0f} ({ratio:,.0f}×)" for group, ratio in found]
        rows.append((f"{name} `{asked}`", len(times.of(name)), *figures, agreed[name]))
    heads = ("CPU ms", *groups, "overall", "noise")
    peer_heads = ("CPU ms (times ours)", "pairs", *heads[1:-1], "the same ten")
    return table(heads, own), table(peer_heads, rows)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=20, help="pairs a group (20)")
    parser.add_argument("--quick", action="store_true", help="a small run that writes nothing")
    options = parser.parse_args()
    quick, number = options.quick, min(options.pairs, 2 if options.quick else 137)
    edges = Edges.read(data_folder() / "scale").sample(1 / 8 if quick else 1)
    times, shares = Times(list), (1 / 2, 1) if quick else (1 / 8, 1 / 4, 1 / 2, 1)
    with tempfile.TemporaryDirectory() as folder:
        arcs, groups, storage, opened = stored(edges, Path(folder), number)
        counts = ask_engine(edges, arcs, groups, times)
        own, peers = tables(times, ask_peers(arcs, groups, times, quick), groups)
        grown, lines = growth(edges, arcs, groups, shares), verdicts(times, opened, groups)
        text = TEXT.format(
            machine=machine("numpy", "scipy", "igraph", "rustworkx", "networkx"),
            edges=len(edges.costs), nodes=arcs.nodes, arcs=len(arcs.heads), number=number,
            seed=SEED, hops=HOPS, own=own, rest="\n\n".join([peers, storage, grown, lines]),
            least=min(counts), most=max(counts), median=int(np.median(counts)), pairs=len(counts),
        )  # fmt: skip
    told("")
    print(text)
    if not quick:
        write_section("speed", text)


if __name__ == "__main__":
    main()
