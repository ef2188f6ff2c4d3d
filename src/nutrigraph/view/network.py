"""The map: which entities are drawn at first, where they stand, and the lines between them."""

from dataclasses import dataclass
from typing import Any

from nutrigraph.view.cut import cut
from nutrigraph.view.layout import box, layers, pack, place, wrap
from nutrigraph.view.lines import Pair, backbone, bend, lines, strengths
from nutrigraph.view.payload import Page

__all__ = ["Drawing", "draw"]

CANVAS = (850, 670)  # the map's share of a 1400 x 900 window
START = 60  # boxes that can be read at once there
FEW = 80  # a graph of no more boxes than this is drawn whole
LACE = 1.4  # lines a box in a picture that leaves some out
WHOLE = 200  # boxes that can be read on a canvas to pan over; beyond, one asks for them by name
MOST = 300  # more lines than this are a thicket: the rest show when an end is selected
ROOM = 2.0  # how many times its boxes a canvas to pan over is

Spots = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What of a page can be drawn, the nodes and edges of pyvis, and how the map begins.

    A node has a place in the first picture (``x``, ``y``), in the whole one (``wide``), in both
    or, where the graph is larger than any picture, in neither.
    """

    page: Page
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    start: dict[str, Any]


def draw(page: Page) -> Drawing:
    """The drawing of a page.

    Raises ``ValueError`` when a proposition or link names an entity that the page lacks.
    """
    from pyvis.network import Network

    _check(page)
    page = cut(page)
    labels = {entity["id"]: wrap(entity["label"]) for entity in page["entities"]}
    strength = strengths(page)
    routes = _routes(page)
    aside = _aside(page, strength, routes)
    kept = _start([name for name in labels if name not in aside], strength, routes)
    first, top = _positions(page, labels, kept, aside, strength)
    wide = _wide(page, labels, aside, strength) if set(labels) - set(first) else {}
    drawn = list(lines(page))
    _hide(drawn, set(first) - aside, strength, few=len(kept | aside) == len(labels))
    bend([line for line in drawn if first.keys() >= set(line["ends"])], first, labels)
    network, beyond = Network(directed=True), []
    for entity in page["entities"]:
        name = entity["id"]
        width, height = box(labels[name])
        x, y = first.get(name, (0, 0))
        more = {"wide": wide[name]} if name in wide else {}
        options = {"w": width, "h": height, "kind": entity["kind"], "start": name in first, **more}
        place = {"label": labels[name], "shape": "custom", "x": x, "y": y}
        if name in first or name in wide:
            network.add_node(name, **place, **options)
        else:  # box by box, pyvis would look through all boxes
            beyond.append({"id": name, **place, **options})
    network.nodes += beyond
    # Edge by edge likewise: its list takes them as they are.
    network.edges = [_edge(line) for line in drawn]
    return Drawing(page, network.nodes, network.edges, {"top": top, "wide": bool(wide)})


def _check(page: Page) -> None:
    known = {entity["id"] for entity in page["entities"]}
    for row in [*page["propositions"], *page["links"]]:
        for end in (row["subject"], row["object"]):
            if end not in known:
                raise ValueError(f"{end!r} is no entity of this page: add it to 'entities'")


def _edge(line: dict[str, Any]) -> dict[str, Any]:
    (start, stop), rest = line["ends"], {key: line[key] for key in line if key != "ends"}
    return {"from": start, "to": stop, **rest}


def _start(
    names: list[str], strength: dict[Pair, tuple[float, int]], routes: list[list[str]]
) -> set[str]:
    """The entities drawn at first: all, or those of which most and best is said."""
    if len(names) <= FEW:
        return set(names)
    said = dict.fromkeys(names, (0.0, 0))
    for pair, (best, count) in strength.items():
        for name in pair:
            if name in said:
                said[name] = said[name][0] + best + 0.05, said[name][1] + count
    ranked = sorted(names, key=lambda name: (*(-part for part in said[name]), name))
    return {*ranked[:START], *(stop for route in routes for stop in route)}


def _aside(
    page: Page, strength: dict[Pair, tuple[float, int]], routes: list[list[str]]
) -> set[str]:
    """Entities of no path that are isolated, or stand in cross-references alone.

    Nothing is said of them.
    """
    said = {end for link in page["links"] for end in (link["subject"], link["object"])}
    said |= {name for pair in strength for name in pair}
    said |= {stop for route in routes for stop in route}
    return {entity["id"] for entity in page["entities"]} - said


def _routes(page: Page) -> list[list[str]]:
    """The entities that each path of a question comes by, from its source to its target."""
    walked = [path["hops"] for path in page.get("paths", []) if path["hops"]]
    return [[hops[0]["subject"]["id"], *(hop["object"]["id"] for hop in hops)] for hops in walked]


def _pairs(page: Page, names: set[str], strength: dict[Pair, tuple[float, int]]) -> set[Pair]:
    """What pulls the boxes together: the lines that are drawn, and links where nothing is said."""
    inner = {pair: told for pair, told in strength.items() if names.issuperset(pair)}
    whole = len(page["entities"]) <= FEW
    held = set(inner) if whole else backbone(inner, round(LACE * len(names)))
    reached = {name for pair in held for name in pair}
    for link in page["links"]:
        ends = (link["subject"], link["object"])
        if names.issuperset(ends) and not reached.issuperset(ends):
            held.add((min(ends), max(ends)))
    return held


def _placed(
    page: Page,
    labels: dict[str, str],
    names: list[str],
    strength: dict[Pair, tuple[float, int]],
    canvas: tuple[int, int],
) -> Spots:
    index = {name: at for at, name in enumerate(names)}
    held = sorted(_pairs(page, set(names), strength))
    sizes = [box(labels[name]) for name in names]
    steps = {index[name]: step for name, step in layers(_routes(page)).items() if name in index}
    spots = place(sizes, [(index[a], index[b]) for a, b in held], canvas, steps)
    return dict(zip(names, spots, strict=True))


def _positions(
    page: Page,
    labels: dict[str, str],
    kept: set[str],
    aside: set[str],
    strength: dict[Pair, tuple[float, int]],
) -> tuple[Spots, int | None]:
    """Where the first boxes stand, and where the block of merely listed topics begins."""
    names = [name for name in labels if name in kept]
    whole = len(names) + len(aside) == len(labels)
    listed = sorted(aside, key=lambda name: (labels[name].casefold(), name)) if whole else []
    packed = pack([box(labels[name]) for name in listed], CANVAS[0])
    tall = max((y for _, y in packed), default=-60) + 60
    spots = _placed(page, labels, names, strength, (CANVAS[0], max(CANVAS[1] - tall, 200)))
    foot = max((y + box(labels[name])[1] // 2 for name, (_, y) in spots.items()), default=0)
    spots |= {name: (x, y + foot + 48) for name, (x, y) in zip(listed, packed, strict=True)}
    return spots, foot + 20 if listed else None


def _wide(
    page: Page, labels: dict[str, str], aside: set[str], strength: dict[Pair, tuple[float, int]]
) -> Spots:
    """Places for every box, on a canvas to pan over; none where they are too many."""
    if len(labels) > WHOLE:
        return {}
    names = [name for name in labels if name not in aside]
    area = ROOM * sum((w + 18) * (h + 16) for w, h in (box(labels[name]) for name in names))
    high = (area * CANVAS[1] / CANVAS[0]) ** 0.5
    spots = _placed(page, labels, names, strength, (round(area / high), round(high)))
    listed = sorted(aside, key=lambda name: (labels[name].casefold(), name))
    packed = pack([box(labels[name]) for name in listed], round(area / high))
    foot = max((y for _, y in spots.values()), default=0) + 90
    return spots | {name: (x, y + foot) for name, (x, y) in zip(listed, packed, strict=True)}


def _hide(
    drawn: list[dict[str, Any]],
    names: set[str],
    strength: dict[Pair, tuple[float, int]],
    *,
    few: bool,
) -> None:
    """Marks ``shy`` the lines that would be a curtain: drawn when an end is selected."""
    inner = {pair: told for pair, told in strength.items() if names.issuperset(pair)}
    held = set(inner) if few else backbone(inner, round(LACE * len(names)))
    everyone = backbone(strength, MOST)
    seen: set[Pair] = set()
    left = MOST
    for line in sorted(drawn, key=lambda line: (line["tone"] == "link", -line["width"])):
        pair = (min(line["ends"]), max(line["ends"]))
        best = few or pair not in seen
        seen.add(pair)
        kept = best and (pair in held or (few and line["tone"] == "link"))
        line["shy"] = not kept or left <= 0 or not names.issuperset(line["ends"])
        line["whole"] = best and pair in everyone
        left -= not line["shy"]
