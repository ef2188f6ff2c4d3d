"""From a payload to the bytes of the page."""

import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from nutrigraph.view.layout import bends, box, layers, pack, place, wrap
from nutrigraph.view.payload import Link, Page, Proposition

__all__ = ["render"]

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
SCRIPTS = ("page_data.js", "page_panel.js", "page_map.js", "page.js")
CANVAS = (870, 790)  # the map's share of a 1400 x 900 window
MOST = 300  # more lines than this are a thicket: the rest show when an end is selected
BUNDLE = 3  # more lines than this between two boxes are drawn as one
HEADS = {"up": "arrow", "down": "bar", "null": "circle"}


def render(page: Page) -> str:
    """The whole page as one HTML text; the same payload gives the same text.

    Raises ``ValueError`` when a proposition or link names an entity that the payload lacks, or
    when a number is not finite.
    """
    import jinja2

    nodes, edges, block = _network(page)
    data = {"paths": [], **page, "nodes": nodes, "edges": edges, "aside": block}
    vis, style = _vis(), _read("page.css")
    script = "".join(map(_read, SCRIPTS))
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(_read("page.html")).render(
        title=page["title"],
        build=page["build"],
        caution=page["caution"],
        policy=_policy(scripts=[vis, script], style=style),
        style=style,
        vis=vis,
        script=script,
        data=_json(data),
    )


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _vis() -> str:
    """The copy of vis-network that pyvis carries, without its pointer to a source map."""
    import pyvis

    [*_, newest] = sorted(Path(pyvis.__file__).parent.glob("lib/vis-*/vis-network.min.js"))
    return newest.read_text(encoding="utf-8").partition("//# sourceMappingURL")[0]


def _policy(*, scripts: list[str], style: str) -> str:
    def hashed(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    allowed = " ".join(map(hashed, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {hashed(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _json(data: object) -> str:
    """JSON that no HTML parser can leave: ASCII, with every markup character escaped."""
    text = json.dumps(data, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return text.translate({ord(c): f"\\u{ord(c):04x}" for c in "<>&"})


def _network(page: Page) -> tuple[list[Any], list[Any], dict[str, int] | None]:
    """The nodes and edges of pyvis, and where the block of merely listed topics begins."""
    from pyvis.network import Network

    known = {entity["id"] for entity in page["entities"]}
    for row in [*page["propositions"], *page["links"]]:
        for end in (row["subject"], row["object"]):
            if end not in known:
                raise ValueError(f"{end!r} is no entity of this page: add it to 'entities'")
    aside = _aside(page)
    labels = {entity["id"]: wrap(entity["label"]) for entity in page["entities"]}
    spots, block = _positions(page, labels, aside)
    network = Network(directed=True)
    for entity in page["entities"]:
        name = entity["id"]
        width, height = box(labels[name])
        network.add_node(
            name,
            label=labels[name],
            shape="custom",
            x=spots[name][0],
            y=spots[name][1],
            w=width,
            h=height,
            kind=entity["kind"],
        )
    for line in _bent(list(_lines(page)), spots, labels, aside):
        network.add_edge(*line.pop("ends"), **line)
    return network.nodes, network.edges, block


def _aside(page: Page) -> set[str]:
    """Entities of no path that are isolated, or stand in cross-references alone.

    Nothing is said of them.
    """
    basis = {claim["id"]: claim["basis"] for claim in page["claims"]}
    said = {end for link in page["links"] for end in (link["subject"], link["object"])}
    for row in page["propositions"]:
        if {basis.get(claim) for claim in row["claims"]} != {"cross-reference"}:
            said |= {row["subject"], row["object"]}
    said |= {stop for route in _routes(page) for stop in route}
    return {entity["id"] for entity in page["entities"]} - said


def _routes(page: Page) -> list[list[str]]:
    """The entities that each path of a question comes by, from its source to its target."""
    walked = [path["hops"] for path in page.get("paths", []) if path["hops"]]
    return [[hops[0]["subject"]["id"], *(hop["object"]["id"] for hop in hops)] for hops in walked]


def _positions(
    page: Page, labels: dict[str, str], aside: set[str]
) -> tuple[dict[str, tuple[int, int]], dict[str, int] | None]:
    drawn = [name for name in labels if name not in aside]
    listed = sorted(aside, key=lambda name: (labels[name].casefold(), name))
    index = {name: at for at, name in enumerate(drawn)}
    rows: list[Proposition | Link] = [*page["propositions"], *page["links"]]
    pairs = {
        (index[low], index[high])
        for low, high in (sorted((row["subject"], row["object"])) for row in rows)
        if low in index and high in index
    }
    packed = pack([box(labels[name]) for name in listed], CANVAS[0])
    tall = max((y for _, y in packed), default=-60) + 60
    sizes = [box(labels[name]) for name in drawn]
    steps = {index[name]: step for name, step in layers(_routes(page)).items() if name in index}
    spots = place(sizes, sorted(pairs), (CANVAS[0], max(CANVAS[1] - tall, 200)), steps)
    foot = max((y + h // 2 for (_, y), (_, h) in zip(spots, sizes, strict=True)), default=0)
    top = foot + 48
    centres = dict(zip(drawn, spots, strict=True))
    centres |= {name: (x, y + top) for name, (x, y) in zip(listed, packed, strict=True)}
    return centres, {"top": foot + 20} if listed else None


def _bent(
    lines: list[dict[str, Any]],
    spots: dict[str, tuple[int, int]],
    labels: dict[str, str],
    aside: set[str],
) -> list[dict[str, Any]]:
    """The lines, the straight ones bent around boxes that stand in their way.

    Those that would only be a curtain are marked ``shy``: drawn when an end is selected.
    """
    index = {name: at for at, name in enumerate(spots)}
    for rank, line in enumerate(sorted(lines, key=lambda line: -line["width"])):
        line["shy"] = rank >= MOST or not aside.isdisjoint(line["ends"])
    free = [line for line in lines if not line["smooth"] and not line["shy"]]
    ends = [(index[line["ends"][0]], index[line["ends"][1]]) for line in free]
    sizes = [box(labels[name]) for name in spots]
    for line, bend in zip(free, bends(list(spots.values()), sizes, ends), strict=True):
        line["smooth"] = _curve(bend)
    return lines


def _lines(page: Page) -> Iterator[dict[str, Any]]:
    """Edge options, one for each line to draw, those between the same two boxes side by side."""
    together: dict[tuple[str, ...], list[Proposition]] = {}
    for row in page["propositions"]:
        together.setdefault(tuple(sorted((row["subject"], row["object"]))), []).append(row)
    joined = {tuple(sorted((link["subject"], link["object"]))) for link in page["links"]}
    for ends, rows in together.items():
        if len(rows) > BUNDLE:
            yield _bundle(rows)
            continue
        # A link that holds by definition takes the straight way.
        first = 1 if ends in joined or len(rows) == 2 else 0
        for at, row in enumerate(rows, start=first):
            bend = (at + 1) // 2 * (0.22 if at % 2 else -0.22)
            if row["subject"] != ends[0]:
                bend = -bend
            yield {**_line(row), "smooth": _curve(bend)}
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


def _curve(bend: float) -> bool | dict[str, Any]:
    if not bend:
        return False
    kind = "curvedCW" if bend > 0 else "curvedCCW"
    return {"enabled": True, "type": kind, "roundness": abs(bend)}


def _line(row: Proposition) -> dict[str, Any]:
    tone = _tone(row)
    return {
        "ends": (row["subject"], row["object"]),
        "id": row["id"],
        "tone": tone,
        "width": 1 if tone == "null" else round(1.3 + 5 * row["support"], 2),
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
