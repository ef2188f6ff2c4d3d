"""The page in a real browser: what it shows, and that it asks nothing of anyone."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from playwright.sync_api import Page as Tab
from tests.page_payload import CAUTION, CUT_OFF, iri, large, small
from tests.watched import Watch

from nutrigraph.view import render

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server that nobody should call, and the list of the calls it got."""
    calls: list[str] = []

    class Canary(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Canary)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", calls
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def small_html() -> str:
    return render(small())


@pytest.fixture(scope="module")
def large_html() -> str:
    return render(large())


def marks(tab: Tab, claim: str) -> Locator:
    return tab.locator(f'#panel [data-claim="{claim}"] mark')


def pixel(tab: Tab, name: str) -> tuple[float, float]:
    """Where on the screen the middle of a box is."""
    x, y = tab.evaluate(
        """(id) => { const p = network.canvasToDOM(network.getPosition(id));
        const box = holder.getBoundingClientRect(); return [p.x + box.x, p.y + box.y]; }""",
        iri(name),
    )
    return x, y


def test_hostile_text_stays_text_and_nothing_is_fetched(
    watch: Watch, canary: tuple[str, list[str]]
) -> None:
    url, calls = canary
    hostile = f"</script><img src={url}/x onerror=alert(1)>\u2028<b>"
    page = small(hostile)
    watched = watch(render(page))
    tab = watched.open()
    for entity in page["entities"]:
        tab.evaluate("(id) => go('e', id)", entity["id"])
        expect(tab.locator("#panel h2")).to_have_text(entity["label"])
    for row in page["propositions"]:
        tab.evaluate("(id) => go('p', id)", row["id"])
        expect(tab.locator("#panel .claim").first).to_be_visible()
    tab.locator("#search").fill("evil")
    expect(tab.locator("#found li")).to_have_count(1)
    tab.locator("#as-claims").click()
    expect(tab.locator("tbody tr")).to_have_count(4)
    tab.locator("#as-sources").click()
    expect(tab.locator("#papers")).to_contain_text(hostile)
    assert tab.locator("h1").text_content() == page["title"]
    assert tab.locator("img, b, iframe, script[src]").count() == 0
    assert calls == []


def test_only_web_links_are_links(watch: Watch, small_html: str) -> None:
    tab = watch(small_html).open("#p=p1")
    expect(tab.locator("#panel .sources")).to_have_count(1)
    assert tab.locator("#panel a").evaluate_all("(all) => all.map((a) => [a.href, a.rel])") == [
        ["https://doi.org/10.1000/ok", "noopener noreferrer"],
        ["https://pubmed.ncbi.nlm.nih.gov/123/", "noopener noreferrer"],
    ]
    expect(tab.locator("#panel .sources")).to_contain_text("javascript:alert(1)")
    tab.evaluate("(id) => go('e', id)", iri("magnesium"))
    expect(tab.locator("#panel h2")).to_have_text("magnesium")
    links = tab.locator("#panel a").evaluate_all("(all) => all.map((a) => a.href)")
    assert links == ["https://example.org/mg"]


@pytest.mark.parametrize(
    "fragment",
    [
        "#e=<img src=x onerror=alert(1)>",
        "#p=%3Cimg%20src=x%3E",
        "#e=%E0%A4%A",
        "#x=p1",
        "#p=",
        "#p",
    ],
)
def test_an_address_that_names_nothing_does_nothing(
    watch: Watch, small_html: str, fragment: str
) -> None:
    tab = watch(small_html).open(fragment)
    expect(tab.locator("#panel h2")).to_have_text("Evidence")
    assert tab.locator("img").count() == 0


def test_search_and_enter_lead_to_the_evidence_with_the_exact_quote(
    watch: Watch, small_html: str
) -> None:
    exact = small()["claims"][0]["quote"]["exact"]
    tab = watch(small_html).open()
    tab.keyboard.press("/")
    expect(tab.locator("#search")).to_be_focused()
    tab.keyboard.type("mg")
    expect(tab.locator("#found li").first).to_have_attribute("aria-selected", "true")
    tab.keyboard.press("Enter")
    expect(tab.locator("#panel h2")).to_have_text("magnesium")
    tab.locator("#panel .ways button").filter(has_text="miscarriage").click()
    # Two astral characters stand before this quote and one within it.
    assert marks(tab, "c1").text_content() == exact
    whole = tab.locator('#panel [data-claim="c1"] blockquote').text_content() or ""
    assert whole.endswith(f"Two astral signs stand first. {exact}, they say.")
    tab.go_back()
    expect(tab.locator("#panel h2")).to_have_text("magnesium")
    tab.go_back()
    expect(tab.locator("#panel h2")).to_have_text("Evidence")


def test_arrows_move_in_the_list_and_escape_clears(watch: Watch, large_html: str) -> None:
    tab = watch(large_html).open()
    tab.locator("#search").fill("insulin")
    options = tab.locator("#found li")
    expect(options).to_have_count(3)
    tab.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(tab.locator("#search")).to_have_attribute("aria-activedescendant", "found-1")
    wanted = options.nth(1).locator("span").text_content() or ""
    tab.keyboard.press("Enter")
    expect(tab.locator("#panel h2")).to_have_text(wanted)
    tab.keyboard.press("Escape")
    expect(tab.locator("#panel h2")).to_have_text("Evidence")
    assert tab.evaluate("location.hash") == ""


def test_the_evidence_says_what_a_careful_reader_needs(watch: Watch, small_html: str) -> None:
    tab = watch(small_html).open("#p=p1")
    panel = tab.locator("#panel")
    expect(panel).to_contain_text("goes with less")
    expect(panel).to_contain_text("It does not show that one leads to the other")
    card = panel.locator('[data-claim="c1"]')
    for words in ("no comparison group", "species not stated", "P < 0.001", "retracted"):
        expect(card).to_contain_text(words)
    expect(card.locator("dd", has_text="12")).to_contain_text(
        "from the source paper, not on the page"
    )
    expect(card.locator("dd", has_text="P < 0.001")).not_to_contain_text("not on the page")
    assert "cause" not in (panel.inner_text()).lower()
    named = panel.locator("section", has_text="Headlines and mentions, no evidence").locator(
        ".claim"
    )
    expect(named).to_have_attribute("data-claim", "c2")
    expect(named).to_contain_text("drops: in women")
    tab.evaluate("go('p', 'p2')")
    expect(panel.locator("section", has_text="Inconclusive").locator(".claim")).to_have_count(1)
    expect(tab.locator("#caution")).to_have_text(CAUTION)
    expect(tab.locator("#caution")).to_be_in_viewport()


def test_filters_change_the_counts_the_map_and_the_table(watch: Watch, small_html: str) -> None:
    tab = watch(small_html).open()
    expect(tab.locator("#counts")).to_have_text("4 of 4 claims · 5 entities")
    tab.locator('[data-facet="species"] label', has_text="rat").click()
    expect(tab.locator("#counts")).to_have_text("2 of 4 claims · 3 entities")
    assert tab.evaluate("edges.get().filter((edge) => !edge.hidden).map((edge) => edge.id)") == [
        "p1"
    ]
    tab.locator("#as-claims").click()
    expect(tab.locator("tbody tr")).to_have_count(2)
    expect(
        tab.locator('[data-facet="study"] label', has_text="animal").locator(".count")
    ).to_have_text("0")
    tab.locator('[data-facet="kind"] label', has_text="Condition").click()
    expect(tab.locator("#counts")).to_have_text("0 of 4 claims · 1 entities")


def test_the_table_leads_to_the_evidence_by_keyboard(watch: Watch, small_html: str) -> None:
    tab = watch(small_html).open()
    tab.locator("#as-claims").press("Enter")
    expect(tab.locator("#map")).to_be_hidden()
    tab.locator('tr[data-claim="c3"] button').first.press("Enter")
    expect(tab.locator("#panel")).to_be_focused()
    expect(tab.locator("#panel h2")).to_contain_text("miscarriage")
    assert tab.evaluate("location.hash") == "#v=claims&p=p2"


def test_tab_reaches_every_control(watch: Watch, small_html: str) -> None:
    tab = watch(small_html).open()
    # Disabled or hidden ones aside, nothing that can be pressed is taken out of the order.
    pressable = "button:enabled, input, a[href]"
    indices = tab.locator(pressable).evaluate_all("(all) => all.map((one) => one.tabIndex)")
    assert len(indices) > 25
    # Of the tabs one is in the order; the arrows reach the others.
    assert indices.count(-1) == 3
    assert set(indices) == {0, -1}
    tab.locator("#as-map").focus()
    tab.keyboard.press("ArrowRight")
    expect(tab.locator("#as-paths")).to_be_focused()
    expect(tab.locator("#view-paths")).to_be_visible()
    tab.keyboard.press("ArrowLeft")
    expect(tab.locator("#view-map")).to_be_visible()
    tab.reload()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator("#panel")).to_be_focused()


def test_labels_are_apart_legible_and_inside_their_boxes(watch: Watch, large_html: str) -> None:
    tab = watch(large_html).open()
    # The shape that vis-network itself tests clicks against.
    boxes = tab.evaluate(
        """() => data.nodes.map(({ id }) => { const s = network.body.nodes[id].shape;
        return [s.left, s.top, s.left + s.width, s.top + s.height]; })"""
    )
    assert len(boxes) == 57
    for a, b in combinations(boxes, 2):
        assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
    assert tab.evaluate("FONT * network.getScale()") >= 11
    squeezed = tab.evaluate(
        """() => { const ctx = document.createElement("canvas").getContext("2d");
        ctx.font = `${FONT}px ${inks.font}`;
        return data.nodes.filter((row) => row.label.split("\\n")
          .some((line) => ctx.measureText(line).width > row.w - 10)).map((row) => row.label); }"""
    )
    assert squeezed == []
    for name in ("magnesium", "brain oedema", "vitamin K"):
        x, y = pixel(tab, name)
        frame = tab.locator("#map").bounding_box()
        assert frame is not None
        assert frame["x"] < x < frame["x"] + frame["width"]
        assert frame["y"] < y < frame["y"] + frame["height"]


def test_a_click_on_a_box_or_a_line_shows_its_evidence(watch: Watch, small_html: str) -> None:
    tab = watch(small_html).open()
    x, y = pixel(tab, "magnesium")
    tab.mouse.click(x, y)
    expect(tab.locator("#panel h2")).to_have_text("magnesium")
    v, w = pixel(tab, "miscarriage")
    tab.mouse.click((x + v) / 2, (y + w) / 2)
    expect(tab.locator("#panel h2")).to_have_text("magnesium – low level goes with – miscarriage")
    assert marks(tab, "c1").count() == 1


@pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
def test_light_and_dark_follow_the_system_and_the_button(
    watch: Watch, small_html: str, scheme: str, other: str
) -> None:
    tab = watch(small_html, color_scheme=scheme).open()
    ground = "getComputedStyle(document.body).backgroundColor"
    first, drawn = tab.evaluate(ground), tab.evaluate("inks.ground")
    assert first == drawn
    expect(tab.locator("#theme")).to_have_text(other.capitalize())
    tab.locator("#theme").click()
    assert tab.evaluate(ground) != first
    assert tab.evaluate("inks.ground") == tab.evaluate(ground)


def test_the_picture_is_saved(watch: Watch, small_html: str) -> None:
    tab = watch(small_html).open()
    tab.locator("#save summary").click()
    with tab.expect_download() as started:
        tab.locator("#png").click()
    assert started.value.suggested_filename == "nutrigraph.png"
    assert Path(started.value.path()).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("size", [(1280, 720), (1400, 900), (1000, 700), (400, 850)])
def test_fit_shows_everything(watch: Watch, large_html: str, size: tuple[int, int]) -> None:
    tab = watch(large_html, viewport={"width": size[0], "height": size[1]}).open()
    tab.locator("#closer").click()
    assert tab.evaluate(CUT_OFF) != []
    tab.locator("#fit").click()
    assert tab.evaluate(CUT_OFF) == []


def test_the_map_follows_its_size_until_the_reader_takes_it(watch: Watch, large_html: str) -> None:
    tab = watch(large_html, viewport={"width": 1000, "height": 700}).open()
    for size in ({"width": 1500, "height": 950}, {"width": 1100, "height": 720}):
        tab.set_viewport_size(size)  # type: ignore[arg-type]
        tab.wait_for_function(f"() => ({CUT_OFF})().length === 0")
    x, y = pixel(tab, "magnesium")
    tab.mouse.move(x, y)
    tab.mouse.wheel(0, -300)
    tab.wait_for_function("held && held !== 'all'")
    scale = tab.evaluate("network.getScale()")
    tab.set_viewport_size({"width": 1400, "height": 900})
    tab.wait_for_function("holder.querySelector('canvas').clientWidth > 800")
    tab.evaluate("() => new Promise((done) => setTimeout(done, 200))")
    assert tab.evaluate("network.getScale()") == pytest.approx(scale)


WIDTHS = [320, 400, 560, 700, 800, 900, 901, 960, 1040, 1100, 1101, 1240, 1400, 1920]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_width_is_tidy(watch: Watch, large_html: str, width: int) -> None:
    tab = watch(large_html, viewport={"width": width, "height": 800}).open()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    pressable = "header button:visible, header summary, .zoom button"
    buttons = [one.bounding_box() for one in tab.locator(pressable).all()]
    assert len(buttons) == 9
    for box in buttons:
        assert box is not None
        assert box["height"] <= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    for a, b in combinations(filter(None, buttons), 2):
        assert a["x"] + a["width"] <= b["x"] + 1.5 or a["y"] + a["height"] <= b["y"]
    if width <= 900:
        tab.locator("#side summary").click()
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_filters_are_open_beside_the_map_and_folded_above_it(watch: Watch, small_html: str) -> None:
    tab = watch(small_html, viewport={"width": 800, "height": 800}).open()
    filters = tab.locator("#filters")
    expect(filters).to_be_hidden()
    tab.set_viewport_size({"width": 1400, "height": 800})
    expect(filters).to_be_visible()
    tab.set_viewport_size({"width": 800, "height": 800})
    expect(filters).to_be_hidden()
    tab.locator("#side summary").click()
    expect(filters).to_be_visible()
    tab.set_viewport_size({"width": 700, "height": 800})
    expect(filters).to_be_visible()


def test_the_heading_of_the_listed_goes_with_the_last_of_them(
    watch: Watch, large_html: str
) -> None:
    tab = watch(large_html).open()
    heading = """() => { let seen = false; const { fillText } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        seen ||= text.startsWith("Only listed"); return fillText.call(this, text, ...rest); };
      network.redraw(); CanvasRenderingContext2D.prototype.fillText = fillText; return seen; }"""
    assert tab.evaluate(heading) is True
    before = tab.evaluate("shown.entities.size")
    tab.locator('[data-facet="basis"] label', has_text="cross-reference").click()
    # The address changes first; the page answers it a moment later.
    tab.wait_for_function("before => shown.entities.size < before", arg=before)
    assert tab.evaluate(heading) is False


def test_hyphens_that_are_written_are_kept(watch: Watch, large_html: str) -> None:
    tab = watch(large_html).open()
    side = tab.locator("#filters")
    for words in ("cross-reference", "case-control", "case-series", "narrative review"):
        expect(side.locator(".name", has_text=words)).to_have_count(1)
    [first] = [
        row["id"] for row in large()["claims"] if row["evidence"]["study_type"] == "case-control"
    ][:1]
    tab.evaluate(f"go('p', data.propositions.find((row) => row.claims.includes('{first}')).id)")
    expect(tab.locator("#panel .chips").first).to_contain_text("case-control")


def test_a_telephone_can_read_it(watch: Watch, large_html: str) -> None:
    tab = watch(large_html, viewport={"width": 400, "height": 850}).open()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 400
    assert tab.evaluate("FONT * network.getScale()") >= 11
    tab.locator("#search").fill("albumin")
    tab.keyboard.press("Enter")
    expect(tab.locator("#panel h2")).to_be_in_viewport()


def test_an_empty_page_opens(watch: Watch) -> None:
    page = small()
    tab = watch(
        render({**page, "entities": [], "propositions": [], "links": [], "claims": []})
    ).open()
    expect(tab.locator("#counts")).to_have_text("0 of 0 claims · 0 entities")
