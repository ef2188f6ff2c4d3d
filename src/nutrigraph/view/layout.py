"""Where the boxes go: computed once, the same for the same graph, labels never overlapping."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

__all__ = ["FONT", "bends", "box", "layers", "pack", "place", "wrap"]

FONT = 13.5
LINE = 16
GAP = (18.0, 16.0)  # least room between two boxes, so that an arrowhead stays visible
LATTICE = 19  # candidate positions lie on a lattice of this many pixels; wider for large graphs
PASSES = 36  # fewer for large graphs
BUDGET = 500_000  # segment pairs compared to move one box
HEAT = 40.0  # how much worse a spot may be and still be tried early on, in the unit below
BENDS = (0.0, 0.1, -0.1, 0.18, -0.18, 0.26, -0.26, 0.36, -0.36, 0.5, -0.5)
AISLE = (64.0, 110.0)  # least and most room between two columns
# What a reader minds, in pixels of line length.
CROSSING, COVERED, CROWDING = 90.0, 260.0, 26.0


def wrap(label: str, *, columns: int = 14, rows: int = 4) -> str:
    """The label broken into at most ``rows`` lines of about ``columns`` characters.

    What does not fit is cut after a word and ends in an ellipsis: the whole label stands in the
    panel.
    """
    import textwrap

    # A word a little too long stays whole, and "calcium/magnesium" may part at its stroke, but not
    # "3-hydroxyisovaleric" after its number.
    kept = re.sub(r"\b(\w{1,2})-", "\\1\u2011", label)
    longest = max(map(len, re.split(r"[\s/-]+", kept)))
    lines = textwrap.wrap(
        kept.replace("/", "/\u200b "), max(columns, min(longest, columns + 10))
    ) or [""]
    lines = [
        line.replace("\u200b ", "").removesuffix("\u200b").replace("\u2011", "-") for line in lines
    ]
    if len(lines) > rows:
        lines = [*lines[: rows - 1], lines[rows - 1].rstrip(",;:") + "…"]
    return "\n".join(lines)


def box(text: str) -> tuple[int, int]:
    """Width and height in pixels of a box that holds the wrapped ``text``.

    Widths are those of a wide face (DejaVu Sans), because the reader's is unknown.
    """
    lines = text.split("\n")
    return round(max(map(_width, lines)) * FONT) + 18, len(lines) * LINE + 11


def _width(line: str) -> float:
    return sum(
        1.0
        if unicodedata.east_asian_width(c) in "WF"
        else 0.33
        if c in "ijl.,'|!:;()[]-"
        else 0.45
        if c in "ftr "
        else 0.95
        if c in "mwMW@%"
        else 0.62
        for c in line
    )


def pack(sizes: Sequence[tuple[int, int]], width: float) -> list[tuple[int, int]]:
    """Centres of boxes set in rows of at most ``width``, left to right, from the origin down."""
    centres: list[tuple[int, int]] = []
    x = y = 0
    for w, h in sizes:
        if x and x + w > width:
            x, y = 0, y + max(height for _, height in sizes) + 12
        centres.append((x + w // 2, y + h // 2))
        x += w + 14
    return centres


def layers(routes: Sequence[Sequence[str]]) -> dict[str, int]:
    """How many steps each stop stands from where the routes start, by the longest way.

    Where the routes end is beyond every other stop. A step that would close a circle with the
    steps of earlier routes is passed over.
    """
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    for route in routes:
        graph.add_nodes_from(route)
        for start, stop in pairwise(route):
            if not nx.has_path(graph, stop, start):
                graph.add_edge(start, stop)
    steps = {
        stop: step for step, stops in enumerate(nx.topological_generations(graph)) for stop in stops
    }
    ends = {route[-1] for route in routes}
    last = 1 + max((step for stop, step in steps.items() if stop not in ends), default=-1)
    return steps | dict.fromkeys(ends, last)


def place(
    sizes: Sequence[tuple[int, int]],
    edges: Sequence[tuple[int, int]],
    canvas: tuple[int, int],
    columns: Mapping[int, int] | None = None,
) -> list[tuple[int, int]]:
    """Centres of the boxes, none nearer to another than ``GAP``, in about ``canvas`` pixels.

    Stress majorisation (Gansner, Koren, North 2004, doi:10.1007/978-3-540-31843-9_25) lays out
    the graph; then each box in turn moves to the free spot where its lines are short, cross
    few others and pass behind no box. The canvas grows when the boxes do not fit. The boxes that
    ``columns`` names move up and down alone, in the column of that number from the left.
    """
    import numpy as np

    if not sizes:
        return []
    size = np.array(sizes, dtype=np.float64)
    pairs = np.array([e for e in edges if e[0] != e[1]], dtype=np.int64).reshape(-1, 2)
    wish = _spread(_stress(len(sizes), pairs))
    room = np.array(canvas, dtype=np.float64)
    needed = (size + np.array(GAP)).prod(axis=1).sum()
    board = _Board(size, pairs, room * max(1.0, (needed / room.prod()) ** 0.5))
    if columns:
        board.line_up(columns)
    while not board.settle(wish):
        board.grow()
    board.improve()
    return [(int(x), int(y)) for x, y in board.spots]


def bends(
    spots: Sequence[tuple[int, int]],
    sizes: Sequence[tuple[int, int]],
    lines: Sequence[tuple[int, int]],
) -> list[float]:
    """For each line the least bend with which it passes behind the fewest boxes.

    A bend is 0 or a vis-network roundness, clockwise when positive.
    """
    import numpy as np

    at, size = np.array(spots, dtype=np.float64), np.array(sizes, dtype=np.float64)
    if not len(at):
        return []
    low, high = (at - size / 2).min(axis=0), (at + size / 2).max(axis=0)

    def hits(line: tuple[int, int], bend: float) -> int:
        others = [node for node in range(len(at)) if node not in line]
        curve = _curve(at[line[0]], at[line[1]], bend)
        behind = _hit(curve[:-1, None], curve[1:, None], at[others], size[others])
        return int(behind.any(axis=0).sum() + ((curve < low) | (curve > high)).any())

    # A wide arc is as hard to follow as a line behind a box.
    return [min(BENDS, key=lambda bend: hits(line, bend) + 1.8 * abs(bend)) for line in lines]


def _curve(start: "Floats", stop: "Floats", bend: float) -> "Floats":
    """Points along the curve that vis-network draws (``curvedCW``, ``curvedCCW``)."""
    import numpy as np

    across, down = stop - start
    angle = np.arctan2(-down, across) + (bend / 2 + 0.5) * np.pi
    reach = (abs(bend) / 2 + 0.5) * np.hypot(across, down)
    via = start + reach * np.array([np.sin(angle), np.cos(angle)])
    t = np.linspace(0, 1, 17)[:, None]
    return np.asarray((1 - t) ** 2 * start + 2 * t * (1 - t) * via + t**2 * stop)


def _stress(count: int, pairs: "Ints") -> "Floats":
    """Positions whose distances are near the hop counts.

    Rounded at each step, so that the last bit of a processor's arithmetic does not decide.
    """
    import networkx as nx
    import numpy as np

    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(pairs.tolist())
    far = 1.0 + count**0.5
    hops = np.full((count, count), far)
    for source, reached in nx.all_pairs_shortest_path_length(graph):
        for target, distance in reached.items():
            hops[source, target] = distance
    weight = 1 / np.maximum(hops, 1) ** 2
    np.fill_diagonal(weight, 0)
    # Best-connected first on a sunflower: hubs begin in the middle.
    order = sorted(range(count), key=lambda node: (-graph.degree[node], node))
    turn = np.empty(count)
    turn[order] = np.arange(count)
    spots = np.stack([np.cos(turn * 2.39996), np.sin(turn * 2.39996)], axis=1)
    spots *= np.sqrt(turn + 0.5)[:, None] * 0.6
    for _ in range(150):
        offset = spots[:, None] - spots[None]
        distance = np.maximum(np.sqrt((offset**2).sum(axis=2)), 1e-3)
        pulled = spots[None] + offset * (hops / distance)[..., None]
        spots = (weight[..., None] * pulled).sum(axis=1) / np.maximum(weight.sum(1), 1e-9)[:, None]
        spots = np.round(spots, 6)
    return spots


def _spread(spots: "Floats") -> "Floats":
    """The same picture in the unit square, halfway to even spacing so that it fills it."""
    import numpy as np

    low, high = spots.min(axis=0), spots.max(axis=0)
    linear = (spots - low) / np.maximum(high - low, 1e-9)
    rank = spots.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    even = rank / max(len(spots) - 1, 1)
    return np.asarray(0.4 * linear + 0.6 * even)


class _Board:
    """A canvas on whose lattice no two boxes come nearer than ``GAP``."""

    def __init__(self, size: "Floats", pairs: "Ints", room: "Floats") -> None:
        import numpy as np

        self.size, self.pairs, self.room = size, pairs, room
        self.degree = np.bincount(pairs.ravel(), minlength=len(size))
        self.order = np.argsort(-self.degree, kind="stable")  # best-connected first
        self.spots = np.full(size.shape, np.inf)
        self.step = LATTICE * max(1.0, (len(size) / 60) ** 0.5)
        self.across: dict[int, float] = {}  # where a box of a column stands

    def line_up(self, columns: Mapping[int, int]) -> None:
        """Columns as wide as their widest boxes, with an aisle between each two."""
        import numpy as np

        widest = np.zeros(max(columns.values()) + 1)
        for node, column in columns.items():
            widest[column] = max(widest[column], self.size[node, 0])
        free = (self.room[0] - widest.sum()) / max(len(widest) - 1, 1)
        aisle = min(max(free, AISLE[0]), AISLE[1])
        middle = np.floor(widest.cumsum() - widest / 2 + aisle * np.arange(len(widest)))
        self.across = {node: float(middle[column]) for node, column in columns.items()}

    def grow(self) -> None:
        """Room for boxes that did not fit."""
        self.room = self.room * 1.03

    def settle(self, wish: "Floats") -> bool:
        """Each box to the free spot nearest to its wish; False when one finds none."""
        import numpy as np

        self.spots[:] = np.inf
        for node in self.order:
            free = self._free(node)
            if not len(free):
                return False
            half = self.size[node] / 2
            away = ((free - half - wish[node] * (self.room - 2 * half)) ** 2).sum(axis=1)
            self.spots[node] = free[away.round(3).argmin()]
        return True

    def improve(self) -> None:
        """Each box in turn to a good free spot.

        At first a little at random, so as not to stay in the first arrangement that no single
        move betters.
        """
        import numpy as np

        chance = np.random.default_rng(2)
        passes = max(5, min(PASSES, 2000 // len(self.size)))
        ties = [_Ties.of(node, len(self.size), self.pairs) for node in range(len(self.size))]
        for turn in range(passes):
            heat = HEAT * max(0.0, 1 - turn / (passes - 4)) ** 2
            for node in self.order:
                free = self._free(node)
                every = 1 + len(free) * int(self.degree[node]) * len(self.pairs) // BUDGET
                tried = np.concatenate([self.spots[node][None], free[turn % every :: every]])
                cost = _cost(node, tried, self.spots, self.size, ties[node]).round(3)
                cost -= heat * chance.gumbel(size=len(cost))
                self.spots[node] = tried[cost.argmin()]

    def _free(self, node: int) -> "Floats":
        import numpy as np

        half = self.size[node] / 2
        gap = (self.size[node] + self.size) / 2 + np.array(GAP)
        gap[node] = 0
        ticks, near = [], []
        for axis in (0, 1):
            tick = np.arange(np.ceil(half[axis]), self.room[axis] - half[axis] + 1, self.step)
            tick = np.array([self.across[node]]) if axis == 0 and node in self.across else tick
            tick = np.floor(tick)
            ticks.append(tick)
            near.append(np.abs(tick[:, None] - self.spots[None, :, axis]) < gap[:, axis])
        # How many boxes are too near along both axes; exact, being sums of ones.
        taken = near[0].astype(np.float64) @ near[1].T.astype(np.float64)
        across, down = np.nonzero(taken == 0)
        return np.stack([ticks[0][across], ticks[1][down]], axis=1)


@dataclass(frozen=True, slots=True)
class _Ties:
    """What the lines of one box are: where it stands, none of this changes."""

    ends: "Ints"  # the boxes that its lines lead to
    others: "Ints"  # the lines of all other boxes
    apart: "Bools"  # for each of its lines, which of the others share no end with it
    between: "Bools"  # for each of its lines, which boxes are neither of its ends

    @classmethod
    def of(cls, node: int, boxes: int, pairs: "Ints") -> Self:
        """The ties of a box, of so many boxes and these lines."""
        import numpy as np

        mine = (pairs == node).any(axis=1)
        ends, others = pairs[mine].sum(axis=1) - node, pairs[~mine]
        everyone = np.arange(boxes)
        return cls(
            ends,
            others,
            (ends[:, None, None] != others[None]).all(axis=2),
            (everyone != node) & (everyone != ends[:, None]),
        )


def _cost(node: int, tried: "Floats", spots: "Floats", size: "Floats", ties: _Ties) -> "Floats":
    """For each spot tried for ``node``: how badly its lines and box would read there."""
    import numpy as np

    start, stop = tried[:, None], spots[ties.ends][None]
    far, near = spots[ties.others[:, 0]], spots[ties.others[:, 1]]
    crossing = _cross(start[:, :, None], stop[:, :, None], far, near) & ties.apart
    covers = _hit(start[:, :, None], stop[:, :, None], spots, size) & ties.between
    covered = _hit(far[None], near[None], start, size[node])
    room = np.maximum(_distance(start, np.delete(spots, node, axis=0)), 40)
    behind = np.count_nonzero(covers, axis=(1, 2)) + np.count_nonzero(covered, axis=1)
    return np.asarray(
        _distance(start, stop).sum(axis=1)
        + CROSSING * np.count_nonzero(crossing, axis=(1, 2))
        + COVERED * behind
        + CROWDING * ((110 / room) ** 2).sum(axis=1)
    )


def _distance(one: "Floats", other: "Floats") -> "Floats":
    import numpy as np

    across, down = one[..., 0] - other[..., 0], one[..., 1] - other[..., 1]
    return np.asarray(np.sqrt(across**2 + down**2))


def _cross(a: "Floats", b: "Floats", c: "Floats", d: "Floats") -> "Bools":
    """Whether the segments a-b and c-d properly cross."""
    import numpy as np

    def area(p: "Floats", q: "Floats") -> "Floats":
        return np.asarray(p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0])

    def turn(p: "Floats", q: "Floats", r: "Floats") -> "Floats":
        # (q - p) x (r - p), of which all but the sum is small; exact, as spots are whole numbers.
        return area(q, r) - (area(q, p) + area(p, r))

    apart = turn(a, b, c) * turn(a, b, d) < 0
    return np.asarray(apart & (turn(c, d, a) * turn(c, d, b) < 0))


def _hit(a: "Floats", b: "Floats", centre: "Floats", size: "Floats") -> "Bools":
    """Whether the segment a-b passes through a box, or within a few pixels of it."""
    import numpy as np

    def slab(axis: int) -> tuple["Floats", "Floats"]:
        # Divisions on the small arrays alone: most of the layout's time goes by here.
        along = b[..., axis] - a[..., axis]
        share = 1 / np.where(along == 0, 1e-9, along)
        middle = (centre[..., axis] - a[..., axis]) * share
        reach = (size[..., axis] / 2 + 5) * np.abs(share)
        return middle - reach, middle + reach

    (left, right), (top, foot) = slab(0), slab(1)
    enter, leave = np.maximum(left, top), np.minimum(right, foot)
    return np.asarray((enter < leave) & (leave > 0) & (enter < 1))
