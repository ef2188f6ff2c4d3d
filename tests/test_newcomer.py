"""A newcomer at the editor, in a real browser on the real server."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from tests.serving import Served

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
PAPER = "/entity/paper-araujo-2020"
LOW = "What is associated with low magnesium"


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A page of the server, on which nothing may go wrong and nothing else may be asked."""
    context = browser.new_context(accept_downloads=True, base_url=served.address)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(
        (served.address, "data:", "blob:")) else None)  # fmt: skip
    yield page
    context.close()
    assert wrong == []


def test_an_example_a_change_a_file_and_a_sentence(page: Page, tmp_path: Path) -> None:
    page.goto("/")
    expect(page).to_have_title(re.compile("^Magnesium and Miscarriage"))
    page.get_by_role("link", name="Ask with SPARQL").click()
    page.get_by_role("button", name=LOW).click()
    rows = page.locator("#rows tbody tr")
    expect(page.locator("#status")).to_contain_text("40 rows")
    expect(rows.first).to_contain_text("magnesium")

    field = page.get_by_role("textbox", name="Query")
    text = field.input_value()
    assert "?claim :statement ?says" in text
    changed = text.replace("SELECT ?says", "SELECT ?claim ?says")
    changed = changed.replace(":magnesium .", ":phosphorus .")
    field.fill(changed)
    field.press("Control+Enter")
    expect(page.locator("#status")).not_to_contain_text("40 rows")
    expect(rows.first).to_contain_text("phosphorus")

    with page.expect_download() as saving:
        page.get_by_role("button", name="CSV").click()
    saving.value.save_as(tmp_path / "answer.csv")
    lines = (tmp_path / "answer.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("claim,says,basis")
    assert len(lines) > 1

    field.fill(
        "SELECT ?claim { GRAPH ?d { ?claim :subject :magnesium ; :object :miscarriage ; "
        ":basis :textBasis } } ORDER BY ?claim"
    )
    page.get_by_role("button", name="Run").click()
    rows.first.get_by_role("link").click()
    expect(page.locator("mark")).to_contain_text("magnesium")
    expect(page.locator("blockquote")).to_contain_text("miscarriage")
    page.get_by_role("link", name="magnesium", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("magnesium")


def test_a_graph_is_drawn_and_saved(page: Page, tmp_path: Path) -> None:
    construct = "CONSTRUCT { :magnesium ?p ?x } WHERE { :magnesium ?p ?x . ?p a :Predicate }"
    page.goto(f"/query#query={quote(construct)}")
    expect(page.locator("#picture canvas")).to_be_visible()
    expect(page.locator("#rows")).to_contain_text(":deficiencyImpairs")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Turtle").click()
    saving.value.save_as(tmp_path / "answer.ttl")
    assert ":magnesium" in (tmp_path / "answer.ttl").read_text()


def test_yes(page: Page) -> None:
    page.goto("/query")
    field = page.get_by_role("textbox", name="Query")
    field.fill("ASK { :magnesium a :Nutrient }")
    field.press("Control+Enter")
    expect(page.locator(".truth")).to_have_text("Yes")


def test_what_is_wrong_is_told(browser: Browser, served: Served) -> None:
    page = browser.new_page(base_url=served.address)
    page.goto("/query")
    field = page.get_by_role("textbox", name="Query")
    for text, told in (
        ("SELECT * {\n ?s ?p }", "line 2"),
        ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", "SERVICE is refused"),
        ("", "the query is empty"),
        ("DROP ALL", "reading only"),
    ):
        field.fill(text)
        page.get_by_role("button", name="Run").click()
        expect(page.get_by_role("alert")).to_contain_text(told)
    page.close()


def test_values_stay_text(page: Page) -> None:
    page.goto("/query")
    field = page.get_by_role("textbox", name="Query")
    field.fill(
        "SELECT ?x ?y ?z { VALUES (?x ?y ?z) { ('<img src=x onerror=alert(1)>' "
        "<javascript:alert(1)> <https://example.org/?onclick=x>) } }"
    )
    field.press("Control+Enter")
    row = page.locator("#rows tbody tr")
    expect(row).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#rows img").count() == 0
    links = row.get_by_role("link").all()
    assert [link.get_attribute("href") for link in links] == ["https://example.org/?onclick=x"]


def test_a_spreadsheet_calculates_nothing(page: Page, tmp_path: Path) -> None:
    page.goto("/query")
    field = page.get_by_role("textbox", name="Query")
    field.fill("SELECT ?x { VALUES ?x { '=1+1' '-0.4' '@x' 'a\"b,c' } }")
    field.press("Control+Enter")
    expect(page.locator("#status")).to_contain_text("4 rows")
    with page.expect_download() as saving:
        page.get_by_role("button", name="CSV").click()
    saving.value.save_as(tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_bytes().decode()
    assert sorted(text.split("\r\n")[1:-1]) == ['"a""b,c"', "'=1+1", "'@x", "-0.4"]


PAGES = ("/query", "/entity/magnesium", "/claim/7b6702b19367e90a", "/ontology", PAPER)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(
    path: str, scheme: Literal["light", "dark"], browser: Browser, served: Served
) -> None:
    narrow: ViewportSize = {"width": 400, "height": 800}
    page = browser.new_page(
        base_url=served.address, color_scheme=scheme, viewport=narrow, bypass_csp=True
    )
    page.goto(path)
    if path == "/query":
        page.get_by_role("button", name=LOW).click()
        expect(page.locator("#status")).to_contain_text("rows")
    page.add_script_tag(content=AXE)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    assert [item["id"] for item in found if item["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.close()


def test_an_answer_that_was_cut_is_not_taken_for_the_whole(page: Page) -> None:
    """What passes answers on may end a cut one well: its header still tells."""
    page.goto("/query")
    expect(page.locator("#text")).not_to_have_value("")
    page.route("**/sparql", lambda route: route.fulfill(
        headers={"Nutrigraph-Truncated": "1000 rows", "Content-Type": "application/json"},
        body='{"head":{"vars":["x"]},"results":{"bindings":[]}}'))  # fmt: skip
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("cut at a limit of the endpoint (1000 rows)")
    expect(page.locator("#answer")).to_be_hidden()


def test_a_file_that_cannot_be_had_is_told(browser: Browser, served: Served) -> None:
    page = browser.new_page(base_url=served.address)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("/query")
    page.get_by_role("button", name=LOW).click()
    expect(page.locator("#status")).to_contain_text("40 rows")
    page.route("**/sparql", lambda route: route.abort())
    page.get_by_role("button", name="XML").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing is saved")
    assert wrong == []
    page.close()


def test_words_of_the_vocabulary_in_an_answer_are_explained(page: Page) -> None:
    page.goto("/query")
    page.get_by_role("textbox", name="Query").fill("SELECT ?kind { :magnesium a ?kind }")
    page.get_by_role("button", name="Run").click()
    page.locator("#rows").get_by_role("link", name=":Nutrient", exact=True).click()
    expect(page).to_have_url(re.compile("/ontology#Nutrient$"))
    expect(page.locator("#Nutrient")).to_be_in_viewport()
