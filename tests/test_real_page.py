"""The page of the real graph, in a real browser, as a file and inside a notebook's frame."""

from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.page_payload import CUT_OFF
from tests.watched import Watch

from nutrigraph import KnowledgeGraph
from nutrigraph.view import frame

pytestmark = pytest.mark.browser

RUN_THROUGH = """() => drawnPaths.lines.flatMap((line) => {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", line.path);
  const long = path.getTotalLength();
  const points = Array.from({ length: 80 }, (_, at) => path.getPointAtLength((long * at) / 79));
  return drawnPaths.boxes.filter((box) => box.id !== line.from && box.id !== line.to
    && points.some((point) => Math.abs(point.x - box.x) < box.w / 2 + 2
      && Math.abs(point.y - box.y) < box.h / 2 + 2))
    .map((box) => [line.from, line.to, box.id]); })"""


@pytest.fixture(scope="module")
def page(kg: KnowledgeGraph) -> str:
    return kg.view()


def test_labels_are_apart_and_legible(watch: Watch, page: str, kg: KnowledgeGraph) -> None:
    tab = watch(page).open()
    boxes = tab.evaluate(
        """() => [...scene.at.keys()].map((id) => { const s = network.body.nodes[id].shape;
        return [s.left, s.top, s.left + s.width, s.top + s.height]; })"""
    )
    assert len(boxes) >= 50
    for a, b in combinations(boxes, 2):
        assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
    assert tab.evaluate("FONT * network.getScale()") >= 11
    # And every entity that a claim names has its place on the map of every topic.
    tab.locator("#scene-whole").click()
    expect(tab.locator("#scene-whole")).to_have_attribute("aria-pressed", "true")
    used = {iri for claim in kg.claims() for iri in (claim.subject, claim.object)}
    assert set(tab.evaluate("[...scene.at.keys()]")) >= used
    assert tab.evaluate("FONT * network.getScale()") >= 11


def test_the_map_around_any_topic_is_legible(watch: Watch, page: str) -> None:
    tab = watch(page).open()
    crowded = """() => data.entities.flatMap(({ id }) => {
      put({ near: id, type: "e", id });
      show();
      const boxes = [...scene.at.keys()].map((one) => ({ ...network.getPosition(one),
        w: rows.nodes.get(one).w, h: rows.nodes.get(one).h }));
      const over = boxes.some((a) => boxes.some((b) => a !== b
        && Math.abs(a.x - b.x) < (a.w + b.w) / 2 && Math.abs(a.y - b.y) < (a.h + b.h) / 2));
      return over || FONT * network.getScale() < 11 ? [label(id)] : []; })"""
    assert tab.evaluate(crowded) == []


def test_a_reader_gets_from_a_name_to_the_sentence(watch: Watch, page: str) -> None:
    tab = watch(page).open()
    tab.locator("#search").fill("RBC-Mg")
    tab.keyboard.press("Enter")
    expect(tab.locator("#panel h2")).to_have_text("red cell magnesium")
    tab.locator("#panel button", has_text="premenstrual tension").click()
    expect(tab.locator("#panel mark").first).to_contain_text("Mean red cell magnesium level")
    expect(tab.locator("#panel blockquote").first).to_contain_text("26 PMT patients")


def test_a_hedge_is_shown_as_one(watch: Watch, page: str) -> None:
    tab = watch(page).open("#p=magnesium%2FdeficiencyContributesTo%2Fmiscarriage")
    panel = tab.locator("#panel")
    expect(panel).to_contain_text("deficiency contributes to (suggested)")
    expect(panel).to_contain_text("It is suggested that magnesium deficiency plays a role")
    expect(panel).to_contain_text("diabetic women")


def test_a_headline_is_never_shown_without_its_differences(watch: Watch, page: str) -> None:
    tab = watch(page).open("#p=magnesium%2FdeficiencyAssociatedWith%2Ffetal-death")
    expect(tab.locator("#panel")).to_contain_text("fetal death for neonatal mortality")


def test_the_view_of_one_question_draws_what_lies_between(watch: Watch, kg: KnowledgeGraph) -> None:
    tab = watch(kg.view("magnesium", "miscarriage")).open()
    expect(tab.locator("#view-paths")).to_be_visible()
    answer = kg.paths("magnesium", "miscarriage")
    stops = {
        iri for path in answer.paths for hop in path.hops for iri in (hop.subject[0], hop.object[0])
    }
    assert set(tab.evaluate("drawnPaths.boxes.map((box) => box.id)")) == stops
    expect(tab.locator("#panel .route")).to_have_count(len(answer.paths))


@pytest.mark.parametrize("source", ["magnesium", "diabetes"])
def test_each_path_of_a_question_runs_from_left_to_right(
    watch: Watch, kg: KnowledgeGraph, source: str
) -> None:
    tab = watch(kg.view(source, "miscarriage")).open()
    at = tab.evaluate(
        "Object.fromEntries(drawnPaths.boxes.map((box) => [box.id, [box.x, box.y, box.w, box.h]]))"
    )
    hops = tab.evaluate(
        "data.paths.flatMap((path) => path.hops.map((hop) => [hop.subject.id, hop.object.id]))"
    )
    assert len(hops) >= 4
    for start, stop in hops:
        assert at[start][0] < at[stop][0]
    for (x, y, w, h), (v, u, k, g) in combinations(at.values(), 2):
        assert abs(x - v) >= (w + k) / 2 or abs(y - u) >= (h + g) / 2
    # Along every line, twenty points: none in a box that the line does not belong to.
    assert tab.evaluate(RUN_THROUGH) == []
    left = min(at, key=lambda iri: at[iri][0])
    right = max(at, key=lambda iri: at[iri][0])
    assert (left, right) == (kg.entity(source).id, kg.entity("miscarriage").id)


def test_everything_fits_on_a_small_screen(watch: Watch, page: str) -> None:
    tab = watch(page, viewport={"width": 1280, "height": 720}).open()
    assert tab.evaluate(CUT_OFF) == []
    tab.locator("#closer").click()
    tab.locator("#fit").click()
    assert tab.evaluate(CUT_OFF) == []


def test_no_name_is_cut_on_the_map(watch: Watch, page: str) -> None:
    tab = watch(page).open()
    assert (
        tab.evaluate("data.nodes.filter((row) => row.label.endsWith('…')).map((row) => row.label)")
        == []
    )


def test_the_paths_of_a_question_say_what_they_are_worth(watch: Watch, kg: KnowledgeGraph) -> None:
    tab = watch(kg.view("diabetes", "miscarriage", top=30)).open()
    panel = tab.locator("#panel")
    expect(panel).to_contain_text("hypothesis")
    expect(panel).to_contain_text(kg.vocabulary.hypothesis_line)
    expect(panel).to_contain_text("only if every link is causal")
    expect(panel).to_contain_text("unsupported")
    expect(panel).to_contain_text("Nothing follows")
    expect(panel).not_to_contain_text("a direction")
    panel.locator("button.inline", has_text="magnesium").first.click()
    expect(tab.locator("#panel h2")).to_have_text("magnesium")


def test_the_page_works_inside_a_notebooks_frame(watch: Watch, page: str, tmp_path: Path) -> None:
    tab = watch(f"<!doctype html><title>notebook</title>{frame(page)}").open()
    inside = tab.frame_locator("iframe")
    inside.locator("#search").fill("selenium")
    inside.locator("#search").press("Enter")
    expect(inside.locator("#panel h2")).to_have_text("selenium")


def test_a_frame_that_gets_its_size_late_shows_its_boxes(watch: Watch, page: str) -> None:
    """Below the fold, hidden at first, or of no width at first, as notebooks have them."""
    tab = watch(
        "<!doctype html><title>notebook</title><p style='height: 1500px'>a long text</p>"
        f"<div>{frame(page)}</div>"
        f"<div style='display: none'>{frame(page)}</div>"
        f"<div style='width: 0; overflow: hidden'>{frame(page)}</div>"
        f"<div style='width: 120px'>{frame(page)}</div>"
    ).open()
    tab.evaluate("() => new Promise((done) => setTimeout(done, 500))")
    tab.evaluate(
        """() => document.querySelectorAll("div").forEach((one) => {
        one.style.cssText = "width: 1100px"; })"""
    )
    for place in tab.locator("iframe").all():
        place.scroll_into_view_if_needed()
        inside = place.element_handle().content_frame()
        assert inside is not None
        # Names stay large enough to read: a small frame shows a part until it is asked to fit.
        inside.locator("#fit").click()
        inside.wait_for_function(f"() => ({CUT_OFF})().length === 0")
        # A frame has little room: the filters stand folded until they are asked for.
        expect(place.content_frame.locator("#filters")).to_be_hidden()
        place.content_frame.locator("#side summary").click()
        expect(place.content_frame.locator("#filters")).to_be_visible()
        expect(place.content_frame.locator("#legend")).to_be_visible()
        for button in place.content_frame.locator("header button:not([hidden])").all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] <= 44


def test_little_support_is_not_told_as_none(watch: Watch, page: str) -> None:
    tab = watch(page).open()
    faint = tab.evaluate(
        "data.propositions.find((row) => row.support > 0 && row.support < 0.005).id"
    )
    tab.evaluate(f"go('p', {faint!r})")
    expect(tab.locator("#panel meter + span").first).to_have_text("<0.01")
