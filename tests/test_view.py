"""The page before any browser sees it: its bytes, its policy, its layout."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import combinations
from typing import Any

import pytest
from tests.page_payload import FIELDS, claim, entity, large, proposition, small

from nutrigraph.view import Page, render
from nutrigraph.view.cut import cut
from nutrigraph.view.layout import GAP, bends, box, layers, pack, place, wrap
from nutrigraph.view.lines import backbone
from nutrigraph.view.network import START

HOSTILE = "</script><img src=x onerror=alert(1)>&\u2028\u2029<!--"


class Parts(HTMLParser):
    """What an HTML parser finds: the raw text of scripts and styles, and every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.raw.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem and self.raw:
            tag, attributes, text = self.raw[-1]
            self.raw[-1] = (tag, attributes, text + data)

    def data(self) -> dict[str, Any]:
        [text] = [text for _, attributes, text in self.raw if attributes.get("id") == "data"]
        found: dict[str, Any] = json.loads(text)
        return found


def edges(page: Page) -> dict[str, dict[str, Any]]:
    return {edge["id"]: edge for edge in Parts(render(page)).data()["edges"]}


def crowd(count: int) -> Page:
    """``count`` propositions between the same two entities, then none else."""
    page = small()
    two = page["entities"][:2]
    claims = [{**page["claims"][0], "id": f"k{at}"} for at in range(count)]
    rows = [proposition(f"q{at}", [row], "goes with") for at, row in enumerate(claims)]
    return {**page, "entities": two, "claims": claims, "propositions": rows, "links": []}


def test_same_payload_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "import hashlib; from tests.page_payload import large, many;"
        "from nutrigraph.view import render;"
        "both = render(large()) + render(many(600));"
        "print(hashlib.sha256(both.encode()).hexdigest())"
    )

    def digest(seed: str) -> str:
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        command = [sys.executable, "-c", code]
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True
        ).stdout

    assert digest("1") == digest("2") != ""


def test_importing_the_view_imports_nothing_heavy() -> None:
    code = (
        "import sys, nutrigraph.view;"
        "print([m for m in ('pyvis', 'networkx', 'numpy', 'jinja2') if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_the_policy_names_every_script_and_style_by_its_hash_and_nothing_else() -> None:
    parts = Parts(render(small(HOSTILE)))
    [policy] = [
        attributes["content"] or ""
        for tag, attributes in parts.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy
    executed = [text for _, attributes, text in parts.raw if "type" not in attributes]
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in executed]
    assert len(hashes) == 3
    assert all(f"'sha256-{one}'" in policy for one in hashes)
    assert policy.count("sha256-") == 3


def test_no_tag_points_outside() -> None:
    tags = Parts(render(small(HOSTILE))).tags
    assert "img" not in {tag for tag, _ in tags}
    targets = [v for _, attributes in tags for k, v in attributes.items() if k in ("src", "href")]
    assert targets == ["#panel", "data:,"] or targets == ["data:,", "#panel"]


def test_hostile_text_comes_back_as_it_was() -> None:
    page = small(HOSTILE)
    data = Parts(render(page)).data()
    assert data["documents"] == page["documents"]
    # Where nothing is known of a field of the evidence, the page does not repeat that.
    unknown = dict.fromkeys(FIELDS)
    told = [{**row, "evidence": {**unknown, **row["evidence"]}} for row in data["claims"]]
    assert told == page["claims"]


def test_an_unknown_entity_is_named() -> None:
    page = small()
    page["propositions"][0]["object"] = "https://example.org/nowhere"
    with pytest.raises(ValueError, match=r"example\.org/nowhere"):
        render(page)


def test_a_number_that_is_not_finite_is_refused() -> None:
    page = small()
    page["propositions"][0]["dispute"] = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        render(page)


def test_a_page_of_nothing_is_a_page() -> None:
    empty: Page = {
        "title": "Nothing", "build": "0", "caution": "c", "entities": [], "propositions": [],
        "links": [], "claims": [], "documents": [],
    }  # fmt: skip
    assert Parts(render(empty)).data()["nodes"] == []


@pytest.mark.parametrize(
    ("change", "tone", "head"),
    [
        ({"sign": 1}, "up", "arrow"),
        ({"sign": -1}, "down", "bar"),
        ({"sign": 0}, "null", "circle"),
        ({"sign": None}, "none", None),
        ({"sign": 1, "signs_disagree": True}, "disputed", None),
    ],
)
def test_tone_and_head_tell_the_sign(
    change: dict[str, object], tone: str, head: str | None
) -> None:
    page = small()
    page["propositions"][0] |= change  # type: ignore[typeddict-item]
    edge = edges(page)["p1"]
    assert edge["tone"] == tone
    assert (edge["arrows"]["to"]["type"] if edge["arrows"]["to"]["enabled"] else None) == head


def test_a_null_is_thin_whatever_its_support() -> None:
    page = small()
    page["propositions"][1] |= {"sign": 0, "support": 0.9}
    assert edges(page)["p2"]["width"] == 1


def test_width_grows_with_support_and_dashes_tell_the_basis() -> None:
    page = small()
    first, second, third = page["propositions"]
    first["support"], third["support"] = 0.1, 0.8
    first["unsupported"], second["animal_only"], third["animal_only"] = True, True, False
    drawn = edges(page)
    assert drawn["p1"]["width"] < drawn["p3"]["width"]
    assert drawn["p1"]["dashes"] != drawn["p2"]["dashes"]
    assert drawn["p3"]["dashes"] is False


@pytest.mark.parametrize("count", [2, 3])
def test_parallel_propositions_are_drawn_apart(count: int) -> None:
    drawn = edges(crowd(count)).values()
    assert len({json.dumps(edge["smooth"]) for edge in drawn}) == count


def test_more_than_three_are_bundled() -> None:
    [edge] = edges(crowd(4)).values()
    assert edge["propositions"] == ["q0", "q1", "q2", "q3"]
    assert edge["tone"] == "down"


def test_a_bundle_gives_no_sign_unless_all_that_weigh_agree() -> None:
    page = crowd(4)
    page["propositions"][0]["sign"] = 1
    [mixed] = edges(page).values()
    assert mixed["tone"] == "mixed"
    assert mixed["arrows"]["to"]["enabled"] is False
    # An inconclusive null weighs nothing, so it hides no sign.
    page["propositions"][0] |= {"sign": 0, "support": 0.0}
    [agreed] = edges(page).values()
    assert agreed["tone"] == "down"


def test_lines_beyond_the_most_that_can_be_read_wait_for_a_selection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nutrigraph.view.network.MOST", 20)
    page = small()
    hub, *_ = page["entities"]
    leaves = [entity(f"leaf {at}") for at in range(30)]
    claims = [
        claim(f"k{at}", hub, leaf, "In rats", page["documents"][0], weight=0.9 - at / 1000)
        for at, leaf in enumerate(leaves)
    ]
    rows = [proposition(f"q{at}", [row], "goes with") for at, row in enumerate(claims)]
    drawn = edges({**page, "entities": [hub, *leaves], "claims": claims, "propositions": rows})
    assert len(drawn) == 30
    assert sum(not edge["shy"] for edge in drawn.values()) == 20
    assert drawn["q0"]["shy"] is False


def test_topics_that_nothing_is_said_of_stand_in_a_block_below() -> None:
    data = Parts(render(large())).data()
    bottom = max(
        n["y"]
        for n in data["nodes"]
        if "vitamin-K" not in n["id"] and n["y"] < data["start"]["top"]
    )
    below = {n["label"] for n in data["nodes"] if n["y"] > data["start"]["top"]}
    assert {"biotin", "choline", "chromium", "vitamin A", "vitamin K"} <= below
    assert not {"magnesium", "selenium", "insulin\nresistance", "calcium"} & below
    assert bottom < data["start"]["top"]


@pytest.mark.parametrize("count", [1, 2, 30, 80])
def test_boxes_keep_their_distance(count: int) -> None:
    sizes = [(60 + at * 37 % 90, 27 + at % 3 * 16) for at in range(count)]
    pairs = [(at, at * 7 % count) for at in range(count)]
    spots = place(sizes, pairs, (600, 400))
    for (a, (w, h)), (b, (v, g)) in combinations(zip(spots, sizes, strict=True), 2):
        apart = [abs(a[0] - b[0]) - (w + v) / 2, abs(a[1] - b[1]) - (h + g) / 2]
        assert apart[0] >= GAP[0] - 1 or apart[1] >= GAP[1] - 1
    assert spots == place(sizes, pairs, (600, 400))


def test_the_longest_way_decides_the_column_and_the_end_stands_last() -> None:
    assert layers([["a", "d"], ["a", "b", "c", "d"], ["a", "c", "d"]]) == {
        "a": 0, "b": 1, "c": 2, "d": 3,
    }  # fmt: skip
    # The second route goes the first one's way back.
    steps = layers([["a", "b", "c", "z"], ["a", "c", "n", "b", "z"]])
    assert steps["a"] == 0
    assert max(step for stop, step in steps.items() if stop != "z") < steps["z"]
    assert layers([]) == {}


def test_boxes_of_a_column_stand_in_it_and_keep_their_distance() -> None:
    sizes = [(60 + at * 37 % 90, 27 + at % 3 * 16) for at in range(31)]
    columns = {at: (at + 5) // 6 for at in range(30)}  # the last box is in none
    spots = place(sizes, [(at, at * 7 % 30) for at in range(30)], (600, 400), columns)
    across = [{spots[at][0] for at in range(30) if columns[at] == column} for column in range(6)]
    assert [len(one) for one in across] == [1] * 6
    assert [one.pop() for one in across] == sorted({spots[at][0] for at in range(30)})
    for (a, (w, h)), (b, (v, g)) in combinations(zip(spots, sizes, strict=True), 2):
        apart = [abs(a[0] - b[0]) - (w + v) / 2, abs(a[1] - b[1]) - (h + g) / 2]
        assert apart[0] >= GAP[0] - 1 or apart[1] >= GAP[1] - 1


def test_a_line_bends_around_a_box_in_its_way_and_else_stays_straight() -> None:
    spots = [(0, 0), (200, 8), (400, 0), (200, 300), (200, -300)]
    around, straight = bends(spots, [(60, 30)] * 5, [(0, 2), (0, 3)])
    assert around != 0
    assert straight == 0


def test_packed_rows_do_not_overlap() -> None:
    sizes = [(100, 30), (80, 46), (120, 30), (90, 30)]
    spots = pack(sizes, 220)
    assert len({y // 30 for _, y in spots}) > 1
    for (a, (w, h)), (b, (v, g)) in combinations(zip(spots, sizes, strict=True), 2):
        assert abs(a[0] - b[0]) >= (w + v) / 2 or abs(a[1] - b[1]) >= (h + g) / 2


def test_labels_wrap_and_long_ones_end_in_an_ellipsis() -> None:
    assert wrap("magnesium") == "magnesium"
    assert wrap("insulin resistance") == "insulin\nresistance"
    assert wrap("calcium/magnesium ratio") == "calcium/\nmagnesium\nratio"
    assert wrap("periventricular haemorrhage") == "periventricular\nhaemorrhage"
    lines = wrap("word " * 1000).split("\n")
    assert len(lines) == 4
    assert lines[-1].endswith("word…")
    assert wrap("calcium, iron, zinc and magnesium together").endswith("\ntogether")
    cut = wrap("one hundred words, and then some more of the very longest words, that never end")
    assert cut == "one hundred\nwords, and\nthen some more\nof the very…"
    assert wrap("") == ""
    assert max(map(len, wrap("x" * 5000).split("\n"))) <= 25
    assert wrap("3-hydroxyisovaleric acid") == "3-hydroxyisovaleric\nacid"


def test_the_backbone_reaches_everything_and_crowds_nobody() -> None:
    names = [f"n{at}" for at in range(40)]
    strength = {
        (one, two): ((at * 7 + to * 3) % 11 / 10, 1)
        for at, one in enumerate(names)
        for to, two in enumerate(names)
        if one < two
    }
    held = backbone(strength, 60)
    assert {name for pair in held for name in pair} == set(names)
    assert 39 <= len(held) <= 60
    assert backbone(dict(reversed(strength.items())), 60) == held
    # A forest already has more lines than that: none is left out of it.
    assert len(backbone(strength, 5)) == 39


def test_a_graph_too_large_for_one_picture_begins_with_what_is_best_supported() -> None:
    page = small()
    document = page["documents"][0]
    topics = [entity(f"topic {at}") for at in range(120)]
    claims = [
        claim(f"k{at}", topics[at], topics[(at + 1) % 120], "In rats", document, weight=at / 200)
        for at in range(120)
    ]
    rows = [proposition(f"q{at}", [row], "goes with") for at, row in enumerate(claims)]
    data = Parts(
        render({**page, "entities": topics, "claims": claims, "propositions": rows})
    ).data()
    first = {node["id"] for node in data["nodes"] if node["start"]}
    assert len(first) == START
    assert topics[110]["id"] in first
    assert topics[10]["id"] not in first
    # All have a place on the canvas to pan over; a line is drawn at first between the first alone.
    assert all("wide" in node for node in data["nodes"])
    drawn = [edge for edge in data["edges"] if not edge["shy"]]
    assert drawn
    assert all({edge["from"], edge["to"]} <= first for edge in drawn)


def test_a_page_keeps_the_best_supported_and_whatever_lies_on_its_paths() -> None:
    page = small()
    assert cut(page, 3) == page
    for row, support in zip(page["propositions"], (0.1, 0.9, 0.5), strict=True):
        row["support"] = support
    less = cut(page, 2)
    assert [row["id"] for row in less["propositions"]] == ["p2", "p3"]
    assert [row["id"] for row in less["claims"]] == ["c3", "c4"]
    assert "2 best supported of 3 propositions" in less["left_out"]
    ends = {"subject": page["entities"][0], "object": page["entities"][1]}
    walked = cut({**page, "paths": [{"hops": [{**ends, "claims": ["c1"]}]}]}, 2)
    assert [row["id"] for row in walked["propositions"]] == ["p1", "p2"]


def test_wide_characters_get_wide_boxes() -> None:
    assert box("流産流産")[0] > box("abcd")[0]
    assert box("a\nb")[1] > box("a")[1]
