"""The four views of the page: what they share, what leaves them, and that everyone can use them."""

import csv
import io
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from tests.page_payload import CAUTION, iri, large, many, small
from tests.watched import Watch

from nutrigraph import KnowledgeGraph
from nutrigraph.view import render

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
VIEWS = ("map", "paths", "claims", "sources")


@pytest.fixture(scope="module")
def large_html() -> str:
    return render(large())


@pytest.fixture(scope="module")
def question(kg: KnowledgeGraph) -> str:
    return kg.view("magnesium", "miscarriage")


def saved(tab: Tab, button: str) -> str:
    tab.locator("#save summary").click()
    with tab.expect_download() as started:
        tab.locator(button).click()
    tab.keyboard.press("Escape")
    return Path(started.value.path()).read_text(encoding="utf-8-sig")


def test_the_views_share_filters_and_selection_and_a_link_brings_them_back(
    watch: Watch, large_html: str
) -> None:
    watched = watch(large_html)
    tab = watched.open()
    tab.locator('[data-facet="species"] label', has_text="rat").click()
    counts = tab.locator("#counts").inner_text()
    tab.evaluate("(id) => go('e', id)", iri("selenium"))
    for view in VIEWS:
        tab.locator(f"#as-{view}").click()
        expect(tab.locator(f"#view-{view}")).to_be_visible()
        expect(tab.locator("#panel h2")).to_have_text("selenium")
        expect(tab.locator("#counts")).to_have_text(counts)
    address = tab.evaluate("linkText()")
    tab.goto("about:blank")
    tab.goto(address)
    expect(tab.locator("#view-sources")).to_be_visible()
    expect(tab.locator("#panel h2")).to_have_text("selenium")
    expect(tab.locator("#counts")).to_have_text(counts)
    tab.locator("#reset").click()
    expect(tab.locator("#counts")).not_to_have_text(counts)
    tab.go_back()
    expect(tab.locator("#counts")).to_have_text(counts)


def test_a_link_brings_back_the_place_on_the_map(watch: Watch, large_html: str) -> None:
    tab = watch(large_html).open()
    tab.locator("#map").focus()
    for key in ("+", "+", "ArrowRight", "ArrowDown"):
        tab.keyboard.press(key)
    place = "[network.getViewPosition().x, network.getViewPosition().y, network.getScale()]"
    before, address = tab.evaluate(place), tab.evaluate("linkText()")
    tab.goto("about:blank")
    tab.goto(address)
    assert tab.evaluate(place) == pytest.approx(before, abs=0.01)


@pytest.mark.parametrize(
    "fragment",
    [
        "#v=<script>alert(1)</script>",
        "#off=species:<img src=x>&off=constructor:a&off=__proto__:b",
        "#from=javascript:alert(1)&to=%00&hops=1e99",
        "#near=nowhere&at=NaN,1,2&m=whole",
        "#r=0&s=%E2%80%A8&d=x&h=y",
    ],
)
def test_nothing_in_an_address_is_more_than_text(
    watch: Watch, large_html: str, fragment: str
) -> None:
    tab = watch(large_html).open(fragment)
    expect(tab.locator("#panel h2")).to_have_text("Evidence")
    expect(tab.locator("#view-map")).to_be_visible()
    expect(tab.locator("#counts")).to_have_text("77 of 77 claims · 57 entities")
    assert tab.locator("img").count() == 0


def test_words_that_are_searched_in_claims_stay_text(watch: Watch, large_html: str) -> None:
    tab = watch(large_html).open("#v=claims")
    tab.locator("#words").fill("<img src=x onerror=alert(1)>")
    tab.locator("#words").press("Enter")
    expect(tab.locator("tbody tr")).to_have_count(0)
    tab.locator("#words").fill("selenium")
    tab.locator("#words").press("Enter")
    expect(tab.locator("tbody tr")).not_to_have_count(0)
    for row in tab.locator("tbody tr").all():
        assert "selenium" in row.inner_text().lower()
    tab.locator("th button", has_text="Weight").click()
    weights = [float(text) for text in tab.locator("tbody td:nth-child(6)").all_inner_texts()]
    assert weights == sorted(weights)


@pytest.mark.parametrize("address", ["", "#v=paths"])
def test_a_drawing_has_its_legend_its_caution_and_no_loose_ends(
    watch: Watch, question: str, address: str
) -> None:
    tab = watch(question).open(address or "#v=map")
    text = saved(tab, "#svg")
    # In a tab of its own: the policy of the page forbids the styles of what it parses.
    lines, sizes = tab.context.new_page().evaluate(
        """(text) => { const root = new DOMParser().parseFromString(text, "image/svg+xml");
        const all = [...root.querySelectorAll("text")];
        const size = (one) => Number(one.getAttribute("font-size"));
        return [all.map((one) => one.textContent), all.map(size)]; }""",
        text,
    )
    assert CAUTION in " ".join(lines)
    for words in ("Nutrient", "more with less", "headline or mention only", "miscarriage"):
        assert words in lines
    assert min(sizes) >= 11
    assert "var(--" not in text
    assert "<script" not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_the_claims_leave_as_a_table_that_no_spreadsheet_calculates(watch: Watch) -> None:
    page = small()
    page["claims"][0]["statement"] = '=HYPERLINK("http://x"), "quoted"\nand a line'
    page["claims"][3]["weight"] = -0.4
    tab = watch(render(page)).open()
    tab.locator('[data-facet="basis"] label', has_text="headline").click()
    rows = list(csv.DictReader(io.StringIO(saved(tab, "#csv"), newline="")))
    assert [row["id"] for row in rows] == ["c1", "c3", "c4"]
    assert rows[0]["statement"] == "'" + page["claims"][0]["statement"]
    assert rows[2]["weight"] == "-0.4"
    assert rows[0]["doi"] == "10.1000/ok"
    assert {row["caution"] for row in rows} == {CAUTION}


def test_a_path_is_asked_for_by_keyboard_alone(watch: Watch, question: str) -> None:
    tab = watch(question).open()
    tab.locator("#from").focus()
    tab.keyboard.type("Mg")
    expect(tab.locator("#from-found li").first).to_have_attribute("aria-selected", "true")
    tab.keyboard.press("Enter")
    expect(tab.locator("#from")).to_have_value("magnesium")
    tab.locator('#picture [data-mark^="line"]').first.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#panel .claim").first).to_be_visible()
    expect(tab.locator("#panel")).to_be_focused()
    tab.keyboard.press("Escape")
    tab.locator("#panel .route .more").nth(1).press("Enter")
    expect(tab.locator("#panel .step").first).to_be_visible()
    tab.get_by_role("button", name="Copy as SPARQL").press("Enter")
    query = tab.locator("#panel textarea").input_value()
    assert query.count("claim/") == len(set(re.findall(r"claim/\w+", query)))
    tab.get_by_role("button", name="Copy citations").press("Enter")
    expect(tab.locator("#panel textarea")).to_have_value(re.compile("doi:10"))


def test_a_copied_query_finds_the_claims_of_the_path(
    watch: Watch, question: str, kg: KnowledgeGraph
) -> None:
    tab = watch(question).open("#r=2")
    query = tab.evaluate("sparqlOf(selectedRoute())")
    said = set(kg.query(query).to_pandas()["statement"])
    wanted = {
        item.statement
        for hop in kg.paths("magnesium", "miscarriage").paths[1].hops
        for item in hop.claims
    }
    assert said == wanted


def test_the_bound_and_the_filters_leave_paths_out(watch: Watch, question: str) -> None:
    tab = watch(question).open()
    expect(tab.locator("#panel .route")).to_have_count(10)
    tab.locator("#hops").select_option("1")
    expect(tab.locator("#panel .route")).to_have_count(1)
    tab.locator("#hops").select_option("4")
    human = tab.locator('[data-facet="species"] label', has_text="human")
    human.click()
    expect(tab.locator("#panel .route")).not_to_have_count(10)
    bare = """answer.paths.flatMap((path) => path.hops).filter((hop) => hop.claims.length
      && !hop.claims.some((id) => claims.get(id).evidence.species !== "human"))"""
    assert tab.evaluate(bare) == []


def test_a_document_is_read_with_what_is_quoted_of_it(watch: Watch, kg: KnowledgeGraph) -> None:
    tab = watch(kg.view()).open("#v=sources")
    tab.locator("#papers button", has_text="Magnesium and Miscarriage").first.click()
    [home] = [home for home in kg.documents if home.text]
    whole = tab.locator("#panel .whole")
    assert whole.text_content() == home.text
    expect(whole.locator("mark").first).to_be_visible()
    quote = whole.locator("mark").nth(3)
    words = quote.text_content() or ""
    quote.press("Enter")
    assert words in " ".join(tab.locator("#panel mark").all_text_contents())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(watch: Watch, question: str, scheme: str) -> None:
    tab = watch(question, color_scheme=scheme, reduced_motion="reduce").open()
    tab.evaluate(AXE)
    found: list[Any] = []
    for address in (
        "#v=map",
        "#v=map&near=" + iri("magnesium"),
        "",
        "#r=2",
        "#v=claims",
        "#v=sources",
    ):
        tab.evaluate("(hash) => { location.hash = hash; }", address)
        tab.wait_for_function("(hash) => location.hash === hash", arg=address)
        tab.evaluate("show()")
        result = tab.evaluate("axe.run({ resultTypes: ['violations'] })")
        found += [
            (address, row["id"], [node["html"][:120] for node in row["nodes"]][:3])
            for row in result["violations"]
            if row["impact"] in ("serious", "critical")
        ]
    assert found == []


@pytest.mark.parametrize("count", [2_400, 5_000])
def test_a_large_graph_opens_at_once_and_says_what_it_leaves_out(watch: Watch, count: int) -> None:
    watched = watch(render(many(count)))
    tab = watched.open()
    opened = tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert opened <= 3_000
    assert tab.evaluate("edges.get().filter((edge) => !edge.hidden).length") <= 300
    expect(tab.locator("#scene")).to_contain_text("60 of")
    if count > 3_000:
        expect(tab.locator("#scene")).to_contain_text("Not all of the graph is on this page")
        expect(tab.locator("#panel")).to_contain_text(f"3,000 best supported of {count:,}")
    assert tab.evaluate("FONT * network.getScale()") >= 11
    # What is not drawn is found by its name, and drawn with what it touches.
    outside = tab.evaluate("data.nodes.find((row) => !row.start).label")
    tab.locator("#search").fill(outside)
    tab.keyboard.press("Enter")
    expect(tab.locator("#panel h2")).to_have_text(outside)
    expect(tab.locator("#scene")).to_contain_text(f"Around {outside}")
    assert tab.evaluate("scene.at.size") <= 25


def test_print_leaves_the_reading_and_the_caution(watch: Watch, large_html: str) -> None:
    tab = watch(large_html).open("#p=p1")
    tab.emulate_media(media="print")
    for gone in ("#side", "#views", "#save", "#theme"):
        expect(tab.locator(gone)).to_be_hidden()
    for there in ("h1", "#panel h2", "#caution", "#map"):
        expect(tab.locator(there)).to_be_visible()


STALE = """() => data.entities.flatMap(({ id }) =>
  Object.entries(FACETS).flatMap(([facet, { values }]) => values.flatMap((value) => {
    put({ near: id, type: "e", id, off: { [facet]: [value] } });
    show();
    const fresh = placesAround(id).at;
    const lines = (rows) => JSON.stringify(rows.map((row) => row.id));
    return lines(bestAround(id, fresh)) === lines(scene.lines) ? [] : [[label(id), facet, value]];
  })))"""


def test_the_map_around_a_topic_follows_every_filter(watch: Watch, large_html: str) -> None:
    tab = watch(large_html).open()
    assert tab.evaluate(STALE) == []
