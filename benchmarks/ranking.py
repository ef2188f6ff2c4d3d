"""Whether the mechanism that curators gave a drug comes first among all the ways through a graph.

    python benchmarks/ranking.py           measure, print, and write the section `ranking` of
                                           RESULTS.md
    python benchmarks/ranking.py --quick   print the section over every eighth group of drugs, and
                                           write nothing

The data is DrugMechDB's, found through ``NUTRIGRAPH_DATA``.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from mechanisms import DAMPING, MAX_HOPS, Curated, Entry, Hop, Route, Scene, Without, read
from results import data_folder, machine, table, write_section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

DRAWS: Final = 2000
SEED: Final = 20
TOPS: Final = (1, 3, 10)
OURS: Final = "**evidence, continuity, hubs**"


@dataclass(frozen=True)
class Case:
    """A drug and a disease: all routes between them, and which of them are curated."""

    group: str
    routes: list[Route]
    gold: NDArray[np.bool_]
    whole: bool
    """Every gold hop of one of its entries remains; of every case, those of one gold path do."""
    composed: bool
    """No entry of another drug holds the rest of a gold path, after its first hop, whole."""
    costs: dict[str, list[float]]


def log_degrees(scene: Scene, route: Route) -> float:
    """Return the sum of the logarithms of the degrees that a route passes through."""
    return sum(math.log(max(1, scene.degrees[node])) for node in route[1:-1])


def support(scene: Scene, route: Route) -> float:
    """Return the cost of edge support ``n / (n + 1)`` alone."""
    return sum(map(scene.evidence, pairwise(route)))


def hubs(scene: Scene, route: Route) -> float:
    """Return the hub part of a route's cost."""
    return sum(map(scene.hub, route[1:-1]))


RANKERS: Final[dict[str, Callable[[Scene, Route], float]]] = {
    "random": lambda _scene, _route: 0.0,
    "shortest": lambda _scene, route: len(route),
    "hub-penalised shortest": lambda scene, route: len(route) + log_degrees(scene, route),
    "degree only": lambda scene, route: len(route) - log_degrees(scene, route),
    "edge support": support,
    "copy": lambda scene, route: -1e3 * scene.without.copies(route) + len(route),
    "copy, then edge support": (
        lambda scene, route: -1e3 * scene.without.copies(route) + support(scene, route)
    ),
    "continuity alone": lambda scene, route: scene.going_on(route),
    "evidence, continuity": lambda scene, route: support(scene, route) + scene.going_on(route),
    "all three, a drug counted once": (
        lambda scene, route: (
            support(scene, route) + hubs(scene, route) + scene.going_on(route, by_drug=True)
        )
    ),
}


def cases_of(data: Curated, group: str) -> Iterator[Case]:
    """Yield the cases of a group of drugs: those of which one gold path is left whole."""
    without = Without(data, group)
    asked: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in data.groups[group]:
        asked[entry.start, entry.disease].append(entry)
    scenes: dict[str, Scene] = {}
    for (start, disease), entries in sorted(asked.items()):
        own = {hop for entry in data.groups[group] for hop in entry.hops if hop[0] == start}

        def left(route: Route, own: set[Hop] = own) -> bool:
            return all(hop in own or hop in without.voices for hop in pairwise(route))

        gold = {route for entry in entries for route in entry.gold if left(route)}
        if not gold:
            continue
        if start not in scenes:
            scenes[start] = Scene(without, start)
        scene = scenes[start]
        found = list(scene.routes(disease))
        routes = [route for _, route in found]
        assert gold <= set(routes)
        costs = {name: [rank(scene, route) for route in routes] for name, rank in RANKERS.items()}
        yield Case(
            group,
            routes,
            np.array([route in gold for route in routes]),
            any(entry.gold and all(map(left, entry.gold)) for entry in entries),
            not any(map(without.copies, gold)),
            {**costs, OURS: [cost for cost, _ in found]},
        )


def standing(costs: Sequence[float], gold: NDArray[np.bool_]) -> tuple[float, ...]:
    """Return 1/rank of the first gold route and whether it is in the tops.

    Both are expected values over the orders that routes of equal cost can come in.

    >>> standing([1.0, 2.0, 2.0], np.array([False, True, False]))
    (0.4166666666666667, 0.0, 1.0, 1.0)
    """
    rounded = np.round(np.asarray(costs, float), 9)
    best = rounded[gold].min()
    before = int((rounded < best).sum())
    tied, right = int((rounded == best).sum()), int((gold & (rounded == best)).sum())
    result, missed = np.zeros(1 + len(TOPS)), 1.0
    for place in range(tied - right + 1):
        chance = missed * right / (tied - place)
        rank = before + place + 1
        result += chance * np.array([1 / rank, *(rank <= top for top in TOPS)])
        missed -= chance
    return tuple(float(value) for value in result)


@dataclass(frozen=True)
class Sample:
    """The cases of some stratum, by group, and the draws of groups that intervals are made of."""

    groups: tuple[str, ...]
    of_group: NDArray[np.int64]
    """Of each case, the place of its group."""
    draws: NDArray[np.int64]

    @classmethod
    def of(cls, groups: Sequence[str]) -> Sample:
        """Draw the groups with replacement; the same groups give the same draws."""
        names = tuple(sorted(set(groups)))
        place = {name: number for number, name in enumerate(names)}
        draws = np.random.default_rng(SEED).integers(0, len(names), (DRAWS, len(names)))
        return cls(names, np.array([place[group] for group in groups]), draws)

    def means(self, values: NDArray[np.float64], *, per_drug: bool) -> tuple[float, float, float]:
        """Return the mean over pairs, or over drugs of their means, and its 95 % interval."""
        sums = np.bincount(self.of_group, values, len(self.groups))
        sizes = np.bincount(self.of_group, minlength=len(self.groups)).astype(float)
        if per_drug:
            sums, sizes = sums / sizes, np.ones(len(self.groups))
        drawn = sums[self.draws].sum(1) / sizes[self.draws].sum(1)
        low, high = np.quantile(drawn, (0.025, 0.975))
        return float(sums.sum() / sizes.sum()), float(low), float(high)


@dataclass(frozen=True)
class Stratum:
    """Some of the cases, with what each ranker makes of them."""

    sample: Sample
    standings: dict[str, NDArray[np.float64]]
    """By ranker: cases × (1/rank, and whether the first gold route is in each of the tops)."""

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Stratum:
        """Return the stratum of some cases."""
        found = {
            name: np.array([standing(case.costs[name], case.gold) for case in cases])
            for name in (*RANKERS, OURS)
        }
        return cls(Sample.of([case.group for case in cases]), found)

    @property
    def pairs(self) -> int:
        """How many pairs there are."""
        return len(self.sample.of_group)

    def mrr(self, name: str, *, per_drug: bool) -> str:
        """Return the mean reciprocal rank in print, with its interval."""
        mean, low, high = self.sample.means(self.standings[name][:, 0], per_drug=per_drug)
        return f"{short(mean)} ({short(low)}–{short(high)})"

    def hits(self, name: str, *, per_drug: bool) -> str:
        """Return Hit@1, @3 and @10 in print."""
        columns = self.standings[name][:, 1:].T
        return " ".join(short(self.sample.means(hit, per_drug=per_drug)[0]) for hit in columns)

    def gain(self, over: str, *, per_drug: bool) -> tuple[float, float, float]:
        """Return the gain in MRR of ours over another ranker, paired, with its interval."""
        difference = self.standings[OURS][:, 0] - self.standings[over][:, 0]
        return self.sample.means(difference, per_drug=per_drug)


def short(number: float) -> str:
    """Return a number between 0 and 1 without its leading zero."""
    return f"{number:.3f}".replace("0.", ".", 1)


def figures(stratum: Stratum, name: str) -> tuple[object, ...]:
    """Return the start of a row: the ranker, and its figures per pair and per drug."""
    found: list[object] = [name]
    for per_drug in (False, True):
        found += [stratum.mrr(name, per_drug=per_drug), stratum.hits(name, per_drug=per_drug)]
    return tuple(found)


def gain_row(stratum: Stratum, label: str, over: str) -> tuple[object, ...]:
    """Return a row of the gains, per pair and per drug, and what the intervals allow to say."""
    row: list[object] = [f"{over}, {label}"]
    for per_drug in (False, True):
        mean, low, high = stratum.gain(over, per_drug=per_drug)
        word = "better" if low > 0 else "worse" if high < 0 else "no difference shown"
        row += [f"{mean:+.3f} ({low:+.3f} to {high:+.3f})", word]
    return tuple(row)


def composed_words(stratum: Stratum) -> str:
    """Return what the composed stratum shows, and no more than it does."""
    said = []
    for unit, per_drug in (("per pair", False), ("per drug", True)):
        mean, low, high = stratum.gain("edge support", per_drug=per_drug)
        if low > 0:
            said.append(f"{unit} ours is better than edge support ({mean:+.3f} MRR)")
        elif high < 0:
            said.append(f"{unit} ours is worse than edge support ({mean:+.3f} MRR)")
        else:
            said.append(
                f"{unit} no difference from edge support is shown ({mean:+.3f} MRR, from "
                f"{low:+.3f} to {high:+.3f}), and none is claimed"
            )
    return "; ".join(said)


def report(data: Curated, cases: Sequence[Case], versions: str, asked: tuple[int, int]) -> str:
    """Return the section; ``asked`` are all pairs, and those with an indirect mechanism."""
    everything = Stratum.of(cases)
    strict = Stratum.of([case for case in cases if case.whole])
    composed = Stratum.of([case for case in cases if case.composed])
    names = (*RANKERS, OURS)
    rows: list[tuple[object, ...]] = [
        (
            *figures(everything, name),
            composed.mrr(name, per_drug=False),
            composed.mrr(name, per_drug=True),
            short(composed.sample.means(composed.standings[name][:, -1], per_drug=False)[0]),
        )
        for name in names
    ]
    head = ("MRR per pair (95 %)", "Hit@1 @3 @10", "MRR per drug (95 %)", "Hit@1 @3 @10")
    more = ("composed: MRR per pair", "composed: MRR per drug", "composed: Hit@10 per pair")
    gains = [
        gain_row(everything, "all", "hub-penalised shortest"),
        gain_row(everything, "all", "edge support"),
        gain_row(everything, "all", "copy"),
        gain_row(everything, "all", "copy, then edge support"),
        gain_row(composed, "composed", "edge support"),
        gain_row(composed, "composed", "hub-penalised shortest"),
        gain_row(composed, "composed", "copy"),
    ]
    routes = sorted(len(case.routes) for case in cases)
    return f"""## Ranking mechanisms

`python benchmarks/ranking.py`. {versions}

A drug and a disease are given; the question is where the mechanism that DrugMechDB's curators drew
for them comes among all simple paths of at most {MAX_HOPS} hops from one to the other. The graph is
the union of all entries of *other* groups of drugs, and the drug's own first hops. A group joins
entries of the same drug id, the same name without its salt, the same start node or the same path-id
prefix: {len(data.entries)} entries of {len(data.groups)} groups. Hops are walked as they are drawn:
in each entry the drug alone has no hop into it and none leaves the disease, so that every mechanism
runs forward. Gold is any simple path inside the entry; the direct drug→disease hop is out.

| pairs of a drug and a disease | number | share |
| --- | ---: | ---: |
| in all | {asked[0]} | |
| with an indirect mechanism of at most {MAX_HOPS} hops | {asked[1]} | {asked[1] / asked[0]:.0%} |
| **counted: all hops of a gold path are left** | {len(cases)} | {len(cases) / asked[1]:.0%} |
| – of an entry all of whose gold hops are left | {strict.pairs} | {strict.pairs / asked[1]:.0%} |
| – composed: no other entry holds it whole | {composed.pairs} | {composed.pairs / asked[1]:.0%} |

In the pairs that are not counted nothing could be found, however it is ranked. *Composed* are those
of which no other entry holds a gold path whole after its first hop. The counted pairs are of
{len(everything.sample.groups)} groups of drugs; they have {routes[0]} to {routes[-1]} paths each,
half of them at least {routes[len(routes) // 2]}.

{table(("method", *head, *more), rows)}

Intervals are 95 % percentiles of {DRAWS:,} draws of groups with replacement. Where paths cost the
same, the figures are expected values over their orders. *Copy* puts first the rests of mechanisms
that most entries of other drugs hold whole from the same first target on, then the shorter paths.

**Gain of ours in MRR**, paired:

{table(("over", "per pair (95 %)", "", "per drug (95 %)", ""), gains)}

**What the composed pairs say:** {composed_words(composed)}.

Read this way: where another entry holds the mechanism whole, continuity finds it, and so does
copying; what no entry holds whole is found about as well by counting who supports each hop. A path
ranked above the curated one is no error: curators draw one mechanism, and others may be as true.

**No constant was tuned.** Evidence is `n/(n+1)` by the number of drug groups whose entries have a
hop; continuity is smoothed by a rule without constants (Witten–Bell), one entry being one source;
hubs are damped by {DAMPING} as in `ontology/vocabulary.ttl`, their degree being their ways on. But
which levels the smoothing backs off to, and that an entry rather than a drug is a source, was
decided with figures like these in view, on these very drugs; the row *all three, a drug counted
once* shows how much hangs on the second.

The same over the {strict.pairs} pairs of which an entry has *every* gold hop left:

{table(("method", *head), [figures(strict, name) for name in names])}
"""


def main(arguments: list[str]) -> None:
    """Run it."""
    quick = arguments == ["--quick"]
    data = read(data_folder() / "drugmechdb" / "paths.tsv")
    groups = sorted(data.groups)[:: 8 if quick else 1]
    cases: list[Case] = []
    for done, group in enumerate(groups):
        if sys.stderr.isatty():
            print(f"\r{done} of {len(groups)} groups", end="", file=sys.stderr)
        cases += cases_of(data, group)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    entries = [entry for group in groups for entry in data.groups[group]]
    asked = (
        len({(entry.start, entry.disease) for entry in entries}),
        len({(entry.start, entry.disease) for entry in entries if entry.gold}),
    )
    text = report(data, cases, machine("numpy"), asked)
    if not quick:
        write_section("ranking", text)
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
