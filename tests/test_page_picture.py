"""The picture of the paths: layers, lanes, and names that mean harm."""

from typing import Any

import pytest
from playwright.sync_api import expect
from tests.page_payload import CAUTION, iri, small
from tests.watched import Watch

from nutrigraph import KnowledgeGraph, records
from nutrigraph.view import Page, render

pytestmark = pytest.mark.browser

# Two hundred made-up answers: up to ten paths of up to six steps over a dozen stops of many sizes.
# What is returned would be boxes over boxes, lines behind boxes, and ends that are not at the ends.
MANY = """() => {
  let seed = 7;
  const next = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const some = (most) => Math.floor(next() * most);
  const bad = [];
  const near = (one, x, y, w, h) => Math.abs(one.x - x) < w && Math.abs(one.y - y) < h;
  const size = (id) => ({ w: 40 + (id.length * 37 + id.charCodeAt(id.length - 1) * 13) % 120, h: 27 });
  for (let turn = 0; turn < 200; turn += 1) {
    const routes = Array.from({ length: 1 + some(10) }, () =>
      ["s", ...new Set(Array.from({ length: some(6) }, () => `n${some(12)}`)), "t"]);
    const draw = () => layOut(routes, size, { width: 800, height: 600 });
    const { boxes, lines } = draw();
    if (JSON.stringify(draw().lines) !== JSON.stringify(lines)) bad.push([turn, "not the same twice"]);
    for (const a of boxes) for (const b of boxes)
      if (a !== b && near(a, b.x, b.y, (a.w + b.w) / 2, (a.h + b.h) / 2)) bad.push([turn, a.id, "over", b.id]);
    const first = (way) => [...boxes].sort((a, b) => way * (a.x - b.x))[0].id;
    if (first(1) !== "s" || first(-1) !== "t") bad.push([turn, "ends", first(1), first(-1)]);
    for (const line of lines) {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", line.path);
      const long = path.getTotalLength();
      const others = boxes.filter((box) => box.id !== line.from && box.id !== line.to);
      for (let at = 0; at < 60; at += 1) {
        const { x, y } = path.getPointAtLength((long * at) / 59);
        for (const box of others) if (near(box, x, y, box.w / 2 + 1, box.h / 2 + 1))
          bad.push([turn, line.from, line.to, "behind", box.id]);
      }
    }
  }
  return bad.slice(0, 5); }"""  # noqa: E501


def hop(start: dict[str, Any], stop: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "subject": {**start, "side": "state"}, "object": {**stop, "side": "state"},
        "predicate": "associatedWith", "sign": 1, "force": "association", "walked": "forward",
        "basis": "text", "score": 0.25, "support": 0.25, "dispute": 0.0, "inconclusive": [],
        "species": [], "study_types": ["case-control"], "claims": ["c1"], **more,
    }  # fmt: skip


def asked(hostile: str) -> Page:
    """A page of a question whose middle bears ``hostile`` in its name."""
    page = small(hostile)
    stops = [{key: row[key] for key in ("id", "label", "kind")} for row in page["entities"]]
    magnesium, loss, evil, long, _ = stops
    hops = [
        hop(magnesium, evil),
        hop(evil, long, dispute=0.2),
        hop(long, loss, basis="definition", claims=[]),
    ]
    path = {
        "rank": 1, "cost": 1.0, "cost_parts": {}, "score": 0.1, "sign": None, "sign_basis": None,
        "sign_reason": hostile, "verdict": "signs-disagree", "hops": hops,
        "sentence": f"So {hostile}.", "weakest_hop": {"hop": 1, "reason": hostile},
        "crosses_species": True, "crosses_population": False, "stitched": 1,
        "degree_rank": 1, "robustness": 0.5,
    }  # fmt: skip
    direct = {"support": 0.0, "dispute": 0.0, "inconclusive": [], "claims": []}
    answer = {
        "source": magnesium, "target": loss, "max_hops": 4, "direct": direct,
        "verdict": "signs-disagree", "sign": None, "sign_basis": None, "paths": [],
    }  # fmt: skip
    return {**page, "paths": [path], "answer": answer}


def test_lines_have_lanes_and_boxes_have_room_whatever_the_paths(watch: Watch) -> None:
    tab = watch(render(small())).open()
    assert tab.evaluate(MANY) == []


@pytest.mark.parametrize(
    "hostile",
    [
        "</script><img src=x onerror=alert(1)>",
        "]]>\u2028\u202eright to left\u2066<b>",
        "javascript:alert(1)",
        "word " * 1000,
    ],
)
def test_names_that_mean_harm_stay_names(watch: Watch, hostile: str) -> None:
    page = asked(hostile)
    tab = watch(render(page)).open()
    expect(tab.locator("#panel .route")).to_contain_text(f"So {hostile}.".strip())
    expect(tab.locator("#picture")).to_be_visible()
    tab.locator("#panel .route .more").click()
    expect(tab.locator("#panel .step")).to_have_count(3)
    expect(tab.locator("#panel")).to_contain_text("disputes this step")
    picture = tab.evaluate("pictureNow().text")
    # In a tab of its own: the policy of the page forbids the styles of what it parses.
    odd = """(text) => new DOMParser().parseFromString(text, "image/svg+xml")
      .querySelector("parsererror, script, img, a")?.outerHTML"""
    assert tab.context.new_page().evaluate(odd, picture) is None
    assert CAUTION.split(".")[0].split()[-1] in picture
    for view in ("map", "claims", "sources"):
        tab.locator(f"#as-{view}").click()
        expect(tab.locator(f"#view-{view}")).to_be_visible()
    assert tab.locator("img, b, iframe").count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1400
    assert tab.locator("a[href^='javascript']").count() == 0


@pytest.fixture(scope="module")
def whole(kg: KnowledgeGraph) -> str:
    """The page of everything."""
    return kg.view()


def test_any_two_ends_can_be_asked_for_where_the_page_works_out_paths(
    watch: Watch, whole: str, kg: KnowledgeGraph
) -> None:
    """What the page finds for two ends and under filters is what the command line finds."""
    found = kg.paths("selenium", "miscarriage")
    tab = watch(whole).open("#v=paths")
    expect(tab.locator("#tries button")).not_to_have_count(0)
    for side, name in (("from", "selen"), ("to", "miscarr")):
        tab.locator(f"#{side}").fill(name)
        tab.locator(f"#{side}-found li").first.click()
    expect(tab.locator("#to")).to_have_value("miscarriage")
    expect(tab.locator("#panel .route")).to_have_count(len(found.paths))
    expect(tab.locator("#picture")).to_be_visible()
    # The source is the leftmost box and the target the rightmost, both marked as such.
    assert tab.evaluate(
        "(([...all]) => [all[0].id, all.at(-1).id])(drawnPaths.boxes.sort((a, b) => a.x - b.x))"
    ) == [found.source, found.target]
    expect(tab.locator("#picture text", has_text="from")).to_have_count(1)
    tab.locator("#hops").select_option("3")
    tab.locator('[data-facet="study"] label', has_text="cohort").click()
    kept = [study for study in kg.vocabulary.study_types if study != "cohort"]
    less = kg.paths("selenium", "miscarriage", max_hops=3, study_types=[*kept, "unknown"])
    told = [path["sentence"] for path in records.answer(less, kg.entities)["paths"]]
    tab.wait_for_function(f"answer?.paths.length === {len(told)}")
    assert tab.evaluate("answer.paths.map((path) => path.sentence)") == told
    # The page as it is written leaves out what is empty: it walks all the same.
    for source, target in (("magnesium", "miscarriage"), ("zinc", "preterm birth")):
        ends = {"source": kg.entity(source).id, "target": kg.entity(target).id}
        meant = records.answer(kg.paths(source, target), kg.entities)
        for path in meant["paths"]:
            path["robustness"] = None
        asked = "(ends) => Paths.ask(walkOf(), { ...ends, maxHops: 4, top: 10, filters: {} })"
        assert tab.evaluate(asked, ends) == meant
    address = tab.evaluate("location.hash")
    tab.locator("#swap").click()
    expect(tab.locator("#from")).to_have_value("miscarriage")
    tab.go_back()
    expect(tab.locator("#from")).to_have_value("selenium")
    assert tab.evaluate("location.hash") == address


def test_a_page_says_when_nothing_leads_there(watch: Watch) -> None:
    page = asked("x")
    answer = {**page["answer"], "verdict": "no-path"}
    tab = watch(render({**page, "paths": [], "answer": answer})).open()
    expect(tab.locator("#view-paths")).to_be_visible()
    expect(tab.locator("#panel")).to_contain_text("Nothing here leads from the one to the other")
    expect(tab.locator("#told")).to_contain_text("0 paths")
    tab.locator("#swap").click()
    expect(tab.locator("#told")).to_contain_text("nutrigraph view SOURCE TARGET")
    assert tab.evaluate("question().source") == iri("miscarriage")
