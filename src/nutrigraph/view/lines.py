"""The lines of the map: one for each proposition, link or bundle, and which of them are drawn."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from nutrigraph.view.layout import bends, box
from nutrigraph.view.payload import Page, Proposition

__all__ = ["backbone", "bend", "lines", "strengths"]

BUNDLE = 3  # more lines than this between two boxes are drawn as one
HEADS = {"up": "arrow", "down": "bar", "null": "circle"}

Pair = tuple[str, str]


def strengths(page: Page) -> dict[Pair, tuple[float, int]]:
    """For each two entities of which something is said: the best evidence, and how many claims.

    Cross-references alone say nothing.
    """
    basis = {claim["id"]: claim["basis"] for claim in page["claims"]}
    found: dict[Pair, tuple[float, int]] = {}
    for row in page["propositions"]:
        said = [claim for claim in row["claims"] if basis.get(claim) != "cross-reference"]
        if not said and row["claims"]:
            continue
        pair = _pair(row["subject"], row["object"])
        best, count = found.get(pair, (0.0, 0))
        found[pair] = max(best, row["support"], row["dispute"]), count + len(said)
    return found


def backbone(strength: Mapping[Pair, tuple[float, int]], most: int) -> set[Pair]:
    """The pairs that hold the picture together, at most about ``most`` of them.

    First the strongest forest that spans everything, then the strongest of the rest whose ends
    are not crowded yet: a reader sees each entity, and no thicket.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    ranked = sorted(strength, key=lambda pair: (*(-part for part in strength[pair]), pair))
    kept: set[Pair] = set()
    for pair in ranked:
        ends = root(pair[0]), root(pair[1])
        if ends[0] != ends[1]:
            parent[ends[0]] = ends[1]
            kept.add(pair)
    degree: dict[str, int] = {}
    for name in (name for pair in kept for name in pair):
        degree[name] = degree.get(name, 0) + 1
    for pair in ranked:
        if len(kept) >= most:
            break
        if pair not in kept and min(degree[name] for name in pair) < CROWD:
            kept.add(pair)
            for name in pair:
                degree[name] += 1
    return kept


CROWD = 4  # an end with fewer lines than this has room for one more


def lines(page: Page) -> Iterator[dict[str, Any]]:
    """Edge options, one for each line to draw, those between the same two boxes side by side."""
    together: dict[Pair, list[Proposition]] = {}
    for row in page["propositions"]:
        together.setdefault(_pair(row["subject"], row["object"]), []).append(row)
    joined = {_pair(link["subject"], link["object"]) for link in page["links"]}
    for ends, rows in together.items():
        if len(rows) > BUNDLE:
            yield _bundle(rows)
            continue
        # A link that holds by definition takes the straight way.
        first = 1 if ends in joined or len(rows) == 2 else 0
        for at, row in enumerate(rows, start=first):
            turn = (at + 1) // 2 * (0.22 if at % 2 else -0.22)
            if row["subject"] != ends[0]:
                turn = -turn
            yield {**_line(row), "smooth": _curve(turn)}
    for at, link in enumerate(page["links"]):
        yield {
            "ends": (link["subject"], link["object"]),
            "id": f"link:{at}",
            "tone": "link",
            "width": 1.2,
            "dashes": [9, 3, 2, 3],
            "arrows": {"to": {"enabled": False}},
            "smooth": False,
            "propositions": [],
        }


def bend(
    drawn: Collection[dict[str, Any]],
    spots: Mapping[str, tuple[int, int]],
    labels: Mapping[str, str],
) -> None:
    """Turns the straight ones of the ``drawn`` lines around boxes that stand in their way."""
    index = {name: at for at, name in enumerate(spots)}
    free = [line for line in drawn if not line["smooth"]]
    ends = [(index[line["ends"][0]], index[line["ends"][1]]) for line in free]
    sizes = [box(labels[name]) for name in spots]
    for line, turn in zip(free, bends(list(spots.values()), sizes, ends), strict=True):
        line["smooth"] = _curve(turn)


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one <= other else (other, one)


def _curve(turn: float) -> bool | dict[str, Any]:
    if not turn:
        return False
    kind = "curvedCW" if turn > 0 else "curvedCCW"
    return {"enabled": True, "type": kind, "roundness": abs(turn)}


def _line(row: Proposition) -> dict[str, Any]:
    tone = _tone(row)
    return {
        "ends": (row["subject"], row["object"]),
        "id": row["id"],
        "tone": tone,
        "width": 1 if tone == "null" else round(1.2 + 3.6 * row["support"], 2),
        "dashes": [1.5, 3.5] if row["unsupported"] else [7, 5] if row["animal_only"] else False,
        "arrows": {
            "to": {"enabled": tone in HEADS, "type": HEADS.get(tone, "arrow"), "scaleFactor": 0.6}
        },
        "propositions": [row["id"]],
    }


def _bundle(rows: list[Proposition]) -> dict[str, Any]:
    """One line for many propositions; it shows a sign only when all that weigh agree on it."""
    weighing = [row for row in rows if row["support"] or row["dispute"]] or rows
    best = max(weighing, key=lambda row: row["support"])
    line = _line(best)
    one_way = len({row["subject"] for row in weighing}) == 1
    if not one_way or len({_tone(row) for row in weighing}) > 1:
        line |= {"tone": "mixed", "arrows": {"to": {"enabled": False}}}
    solid = any(not (row["unsupported"] or row["animal_only"]) for row in rows)
    return {
        **line,
        "dashes": False if solid else line["dashes"],
        "width": line["width"] + 1,
        "smooth": False,
        "propositions": [row["id"] for row in rows],
    }


def _tone(row: Proposition) -> str:
    if row["signs_disagree"]:
        return "disputed"
    return {1: "up", -1: "down", 0: "null", None: "none"}[row["sign"]]
