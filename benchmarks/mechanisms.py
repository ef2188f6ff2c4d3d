"""The curated mechanisms of DrugMechDB, and the graph that a drug is asked about."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from nutrigraph.paths.arcs import Arcs, Pairs
from nutrigraph.paths.cost import Continuity, evidence_cost, hub_cost, in_a_row, support_score
from nutrigraph.paths.engine import k_best

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Hop = tuple[str, str]
Route = tuple[str, ...]

MAX_HOPS: Final = 6
EVERY: Final = 100_000
"""More routes than there are between any two things here: all of them are ranked."""
DAMPING: Final = 0.05
"""As in ``ontology/vocabulary.ttl``."""
SALT: Final = re.compile(
    "acetate|acetonide|alafenamide|anhydrous|benzoate|besylate|bisulfate|bitartrate|bromide|"
    "butyrate|calcium|carbonate|chloride|cilexetil|citrate|cypionate|decanoate|diacetate|"
    "dihydrate|dihydrochloride|dinitrate|diphosphate|dipotassium|dipropionate|disodium|"
    "disoproxil|enantate|enanthate|etabonate|ethyl|fumarate|furoate|gluconate|hexacetonide|"
    "hyclate|hydrate|hydrobromide|hydrochloride|iodide|lactate|magnesium|malate|maleate|"
    "medoxomil|mesylate|monohydrate|mononitrate|nitrate|octanoate|oxalate|palmitate|pamoate|"
    "phosphate|pivalate|potassium|propionate|salicylate|salt|sodium|stearate|succinate|"
    "sulfate|sulphate|tartrate|tosylate|tromethamine|valerate"
)
"""A salt or an ester, as it ends the name of a drug."""


@dataclass(frozen=True)
class Entry:
    """One curated mechanism: the drug's node, the disease's, and the hops between."""

    group: str
    start: str
    disease: str
    hops: frozenset[Hop]
    gold: frozenset[Route]
    """Every simple path from the drug to the disease, but the direct one."""
    in_a_row: frozenset[tuple[Hop, Hop]]


@dataclass(frozen=True)
class Curated:
    """The entries, by group of drugs that may not tell of each other, and the nodes' kinds."""

    entries: tuple[Entry, ...]
    kinds: dict[str, str]
    groups: dict[str, list[Entry]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the entries into their groups."""
        for entry in self.entries:
            self.groups.setdefault(entry.group, []).append(entry)


def bare_name(name: str) -> str:
    """Return a drug's name in small letters, without the salt or ester that ends it."""
    words = name.lower().replace(",", " ").split()
    while len(words) > 1 and SALT.fullmatch(words[-1]):
        words.pop()
    return " ".join(words)


def simple_paths(hops: Iterable[Hop], start: str, end: str) -> Iterator[Route]:
    """Yield the indirect paths of at most six hops that visit no node twice."""
    out: dict[str, list[str]] = defaultdict(list)
    for tail, head in sorted(hops):
        out[tail].append(head)
    stack: list[Route] = [(start,)]
    while stack:
        route = stack.pop()
        if route[-1] == end:
            if len(route) > 2:
                yield route
        elif len(route) <= MAX_HOPS:
            stack += [(*route, node) for node in out[route[-1]] if node not in route]


def joined(keys: Sequence[frozenset[str]]) -> list[str]:
    """Return for each entry the name of its group: entries that share a key are in one."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    for own in keys:
        roots = sorted(map(root, own))
        parent.update(dict.fromkeys(roots, roots[0]))
    return [root(min(own)) for own in keys]


def _leading(kinds: Counter[str]) -> str:
    return min(kinds, key=lambda kind: (-kinds[kind], kind))


def read(path: Path) -> Curated:
    """Read the entries.

    A hop is walked as it is drawn: in every entry one node alone, the drug, has no hop into it, and
    no hop leaves the disease, so that every mechanism runs forward from one to the other.
    """
    links: dict[str, list[dict[str, str]]] = defaultdict(list)
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            links[row["path_id"]].append(row)
            for end in ("subject", "object"):
                seen[row[f"{end}_id"]][row[f"{end}_category"]] += 1
    drafts, keys = [], []
    for name, rows in links.items():
        hops = frozenset((row["subject_id"], row["object_id"]) for row in rows)
        [start] = {tail for tail, _ in hops} - {head for _, head in hops}
        drafts.append((start, rows[0]["disease_id"], hops))
        prefix = re.split(r"_(?=[A-Z]+_)", name, maxsplit=1)[0]
        own = {f"name {bare_name(rows[0]['drug_name'])}", f"start {start}", f"prefix {prefix}"}
        own |= {f"id {drug}" for drug in re.split(r"[,\s]+", rows[0]["drug_id"]) if drug}
        keys.append(frozenset(own))
    entries = tuple(
        Entry(
            group,
            start,
            disease,
            hops,
            gold=frozenset(simple_paths(hops, start, disease)),
            in_a_row=in_a_row(hops),
        )
        for (start, disease, hops), group in zip(drafts, joined(keys), strict=True)
    )
    return Curated(entries, {node: _leading(found) for node, found in seen.items()})


class Without:
    """The union of all other drugs' entries, and what is counted in them; one group is left out."""

    def __init__(self, data: Curated, group: str) -> None:
        self.data, self.group = data, group
        self.others = [entry for entry in data.entries if entry.group != group]
        groups: dict[Hop, set[str]] = defaultdict(set)
        for entry in self.others:
            for hop in entry.hops:
                groups[hop].add(entry.group)
        self.voices = {hop: len(found) for hop, found in groups.items()}
        self.counts = Counter(pair for entry in self.others for pair in entry.in_a_row)
        once = {(entry.group, pair) for entry in self.others for pair in entry.in_a_row}
        self.counts_by_drug = Counter(pair for _, pair in once)
        self.holders: dict[Hop, list[Entry]] = defaultdict(list)
        for entry in self.others:
            for hop in entry.hops:
                self.holders[hop].append(entry)

    def copies(self, route: Route) -> int:
        """Return how many entries hold a route whole but for its first hop, and so its target."""
        tail = list(pairwise(route[1:]))
        return sum(entry.hops.issuperset(tail) for entry in self.holders.get(tail[-1], ()))


class Scene:
    """The graph that one drug is asked about: the others' union and the drug's own first hops."""

    def __init__(self, without: Without, start: str) -> None:
        self.without, self.start = without, start
        own = {
            hop
            for entry in without.data.groups[without.group]
            for hop in entry.hops
            if hop[0] == start
        }
        # Of a hop that is the drug's own, no more is known than that it is there.
        self.voices = {**dict.fromkeys(sorted(own), 1), **without.voices}
        self.degrees = Counter(tail for tail, _ in self.voices)
        kinds = without.data.kinds
        self.continuity = Continuity(without.counts, arcs=self.voices, kinds=kinds)
        self.by_drug = Continuity(without.counts_by_drug, arcs=self.voices, kinds=kinds)
        self.known: dict[tuple[str, tuple[Hop, Hop]], float] = {}
        self.arcs, self.pairs, self.names = self._graph(self._reached())
        self.numbers = {name: number for number, name in enumerate(self.names)}

    def _reached(self) -> list[Hop]:
        out: dict[str, list[Hop]] = defaultdict(list)
        for hop in self.voices:
            out[hop[0]].append(hop)
        seen, front = {self.start}, [self.start]
        while front:
            for _, head in out[front.pop()]:
                if head not in seen:
                    seen.add(head)
                    front.append(head)
        return sorted(hop for hop in self.voices if hop[0] in seen)

    def _graph(self, hops: list[Hop]) -> tuple[Arcs, Pairs, list[str]]:
        names = sorted({node for hop in hops for node in hop})
        place = {name: number for number, name in enumerate(names)}
        arcs, order = Arcs.of(
            [place[tail] for tail, _ in hops],
            [place[head] for _, head in hops],
            [self.evidence(hop) for hop in hops],
            len(names),
            np.array([self.hub(name) for name in names]),
        )
        number = {hops[given]: arc for arc, given in enumerate(order)}
        costs = self.continuity.pairs(hops)
        default = np.array([costs.default.get(hops[given], 0.0) for given in order])
        listed = {(number[a], number[b]): cost for (a, b), cost in costs.listed.items()}
        return arcs, Pairs.of(default, listed), names

    def evidence(self, hop: Hop) -> float:
        """Return the evidence part of a hop's cost, from how many drugs' entries assert it."""
        return evidence_cost(support_score(self.voices[hop]))

    def hub(self, node: str) -> float:
        """Return what it costs to pass through a node."""
        return hub_cost(self.degrees[node], DAMPING)

    def going_on(self, route: Route, *, by_drug: bool = False) -> float:
        """Return the continuity part of a route's cost."""
        model = self.by_drug if by_drug else self.continuity
        total = 0.0
        for pair in pairwise(pairwise(route)):
            key = ("drug" if by_drug else "entry", pair)
            if key not in self.known:
                self.known[key] = model.cost(*pair)
            total += self.known[key]
        return total

    def routes(self, disease: str) -> Iterator[tuple[float, Route]]:
        """Yield all routes but the direct hop, with their costs, from cheap to dear."""
        ends = self.numbers[self.start], self.numbers.get(disease)
        if ends[1] is None:
            return
        found = k_best(
            self.arcs, [ends[0]], [ends[1]], most=EVERY, max_hops=MAX_HOPS, pairs=self.pairs
        )
        assert len(found) < EVERY
        for cost, arcs in found:
            nodes = (self.start, *(self.names[self.arcs.heads[arc]] for arc in arcs))
            if len(nodes) > 2:
                yield cost, nodes
