"""The views inside the real JupyterLab and the real Notebook 7, in a real browser."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pyoxigraph as ox
import pytest
from playwright.sync_api import Browser, Frame, expect
from tests import lab

from nutrigraph import KnowledgeGraph

pytestmark = pytest.mark.browser

HOSTILE = """</script></iframe><img src=http://192.0.2.1/x onerror=alert(1)>"' &quot;&{{ 7 * 7 }}"""
NAME = "views.ipynb"
GRAPH, QUESTION, PLANTED = 1, 2, 3
GRAPHS = (GRAPH, 4, 5, 6, 7)
"""The cells that show the graph, an answer, and a graph with a label that is markup."""

AT_FIRST = "put({ ...fresh(), view: HOME })"
# Where a box of the map is, once it is the same in two frames: out of sight nothing is laid out.
PLACE = """(id) => { const at = network.canvasToDOM(network.getPosition(id));
  const now = [at.x, at.y, holder.querySelector("canvas").width];
  const before = window.before;
  window.before = now;
  return now[2] && String(now) === String(before) ? now : null; }"""
# The middle of a line of the map that no box covers, and what is said there.
LINE = """() => { for (const row of scene.lines.filter(edgeShown)) {
  const at = ["from", "to"].map((end) => network.canvasToDOM(network.getPosition(row[end])));
  const middle = { x: (at[0].x + at[1].x) / 2, y: (at[0].y + at[1].y) / 2 };
  if (network.getNodeAt(middle) === undefined && network.getEdgeAt(middle) === row.id
    && row.propositions.length) return [middle.x, middle.y]; } }"""
# The middle of a step's line, and the step.
STEP = """(mark) => { const path = mark.querySelector("path");
  const at = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getCTM());
  return [at.x, at.y]; }"""
# How high the smallest letters of a picture are, in pixels.
LETTERS = """(one) => { const text = new DOMParser().parseFromString(
    new TextDecoder().decode(Uint8Array.from(atob(one.src.split(",")[1]), (c) => c.codePointAt(0))),
    "image/svg+xml");
  const sizes = [...text.querySelectorAll("[font-size]")].map((t) => t.getAttribute("font-size"));
  return Math.min(...sizes.map(Number)) * one.clientWidth / one.naturalWidth; }"""


@pytest.fixture(scope="module")
def hostile(kg: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph, with a name that is markup."""
    lines = "".join(kg.export("nquads"))
    assert '"magnesium"' in lines
    file = tmp_path_factory.mktemp("hostile") / "hostile.nq"
    file.write_text(lines.replace('"magnesium"', str(ox.Literal(HOSTILE))))
    return file


@pytest.fixture(scope="module", params=lab.FACES)
def served(
    request: pytest.FixtureRequest, browser: Browser, store: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[lab.Lab]:  # fmt: skip
    """Each of the two programs; JupyterLab is light, Notebook is dark."""
    lab.need()
    scratch = tmp_path_factory.mktemp(request.param)
    with lab.serve(request.param, scratch, store, dark=request.param == "notebook") as server:
        yield server


@pytest.fixture(scope="module")
def book(browser: Browser, served: lab.Lab, hostile: Path) -> Iterator[lab.Book]:
    """A notebook of views that has been run and saved."""
    served.write(
        NAME,
        "import nutrigraph\nkg = nutrigraph.open()",
        "kg",
        'kg.view("magnesium", "miscarriage")',
        f'nutrigraph.open({str(hostile)!r}).view("magnesium", "miscarriage")',
        *["kg"] * 4,
    )
    opened = lab.Book(browser, served, NAME)
    opened.run(views=7)
    opened.save()
    yield opened
    opened.close()


def shorten(book: lab.Book, folder: Path) -> Path:
    """Put the notebook, without what repeats and takes long to read, into a folder."""
    cut = nbformat.read(book.lab.folder / NAME, as_version=4)
    cut.cells = cut.cells[: PLANTED + 1]
    nbformat.write(cut, folder / NAME)
    return folder / NAME


def click(view: Frame, inside: str, place: list[float]) -> None:
    view.locator(inside).click(position={"x": place[0], "y": place[1]})


def node(view: Frame, name: str) -> None:
    """Click the box of an entity on the map."""
    iri = f"https://w3id.org/nutrigraph/{name}"
    click(view, "#map canvas", view.wait_for_function(PLACE, arg=iri).json_value())


def test_a_click_on_the_map_opens_the_evidence(book: lab.Book, kg: KnowledgeGraph) -> None:
    view = book.view(GRAPH)
    assert view.evaluate("[self.origin, location.href]") == ["null", "about:srcdoc"]
    frame = book.tab.locator(lab.VIEW).first
    assert "allow-same-origin" not in (frame.get_attribute("sandbox") or "allow-same-origin")
    node(view, "magnesium")
    panel = view.locator("#panel")
    expect(panel.locator("h2")).to_have_text("magnesium")
    panel.locator(".ways button").filter(has_text="miscarriage").first.click()
    expect(panel.locator("mark").first).to_be_visible()
    quotes = {claim.quote.exact for claim in kg.claims() if claim.quote}
    assert set(panel.locator("mark").all_text_contents()) <= quotes
    view.evaluate(AT_FIRST)
    expect(panel.locator("h2")).to_have_text("Evidence")
    click(view, "#map canvas", view.evaluate(LINE))
    expect(panel.locator(".claim").first).to_be_visible()
    expect(panel.locator("h2")).to_contain_text(" – ")


def test_a_click_on_a_step_opens_its_evidence(book: lab.Book, kg: KnowledgeGraph) -> None:
    view = book.view(QUESTION)
    panel = view.locator("#panel")
    expect(panel.locator(".route")).to_have_count(10)
    step = view.locator('#picture [aria-label^="magnesium to miscarriage"]')
    click(view, "#picture", step.evaluate(STEP))
    expect(panel.locator("mark").first).to_be_visible()
    quotes = {claim.quote.exact for claim in kg.claims() if claim.quote}
    assert set(panel.locator("mark").all_text_contents()) <= quotes
    view.locator('#picture [data-mark^="box"]', has_text="inflammation").click()
    expect(panel.locator("h2")).to_have_text("inflammation")
    # And from the list, step by step.
    view.evaluate(AT_FIRST)
    panel.locator(".route .more").nth(1).click()
    expect(panel.locator(".step").first).to_be_visible()
    panel.locator(".step .ways button").first.click()
    expect(panel.locator(".claim h4").first).to_be_visible()


def test_a_label_that_is_markup_stays_text(book: lab.Book) -> None:
    view = book.view(PLANTED)
    view.evaluate("go('e', 'https://w3id.org/nutrigraph/magnesium')")
    expect(view.locator("#panel h2")).to_have_text(HOSTILE)
    assert view.locator("img").count() == 0
    cell = book.tab.locator(".jp-Cell").nth(PLANTED)
    assert cell.locator("iframe").count() == 1
    # Where the frame shows, the picture that stands for it does not.
    assert cell.locator("img:visible").count() == 0


def test_what_the_reader_chose_is_still_there_after_others_were_read(book: lab.Book) -> None:
    for at, cell in enumerate(GRAPHS):
        node(book.view(cell), ("magnesium", "zinc", "selenium", "iron", "folate")[at])
    for at, cell in enumerate(GRAPHS):
        heading = book.view(cell).locator("#panel h2")
        expect(heading).to_have_text(("magnesium", "zinc", "selenium", "iron", "folate")[at])


def test_a_view_is_as_light_or_dark_as_the_notebook(book: lab.Book) -> None:
    expect(book.view(QUESTION).locator("#theme")).to_have_text("Light" if book.lab.dark else "Dark")


def test_a_view_fits_its_frame(book: lab.Book) -> None:
    for cell in (GRAPH, QUESTION):
        view = book.view(cell)
        assert view.evaluate(
            "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
        ) == view.evaluate("[innerHeight, innerWidth]")
        expect(view.locator("#caution")).to_be_in_viewport()
        expect(view.locator("#filters")).to_be_hidden()
        view.locator("#side summary").click()
        expect(view.locator("#filters")).to_be_visible()
        view.locator("#side summary").click()
        # No scrollbar but the notebook's own around it.
        output = book.tab.locator(".jp-Cell").nth(cell).locator(".jp-OutputArea-output")
        assert output.evaluate("(one) => one.scrollHeight <= one.clientHeight")


def test_the_wheel_moves_the_notebook_until_the_map_is_taken(book: lab.Book) -> None:
    view = book.view(GRAPHS[1])
    frame = book.tab.locator(lab.VIEW).nth(3)
    place, scale = view.locator("#map").bounding_box(), view.evaluate("network.getScale()")
    before = frame.bounding_box()
    assert place is not None
    assert before is not None
    middle = (place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    book.tab.mouse.move(*middle)
    book.tab.mouse.wheel(0, -120)
    book.tab.wait_for_function(
        "([view, top]) => document.querySelectorAll(view)[3].getBoundingClientRect().top > top",
        arg=[lab.VIEW, before["y"]],
    )
    assert view.evaluate("network.getScale()") == scale
    book.tab.mouse.click(*middle)
    book.tab.mouse.wheel(0, -120)
    view.wait_for_function("scale => network.getScale() > scale", arg=scale)


def test_keys_in_a_view_are_the_views(book: lab.Book) -> None:
    view = book.view(GRAPH)
    cells = book.tab.locator(".jp-Cell").count()
    view.locator("#map").focus()
    # In the notebook two d would delete a cell.
    for key in ("d", "d", "/"):
        book.tab.keyboard.press(key)
    book.tab.keyboard.type("seleni")
    book.tab.keyboard.press("Enter")
    expect(view.locator("#panel h2")).to_have_text("selenium")
    assert book.tab.locator(".jp-Cell").count() == cells
    view.evaluate("go('e', 'https://w3id.org/nutrigraph/zinc')")
    expect(view.locator("#panel h2")).to_have_text("zinc")
    book.tab.evaluate("history.back()")
    expect(view.locator("#panel h2")).to_have_text("selenium")


def test_pictures_tables_and_queries_leave_a_view(book: lab.Book) -> None:
    view = book.view(QUESTION)
    view.evaluate(AT_FIRST)
    for button, begins in (("#png", b"\x89PNG"), ("#svg", b"<svg"), ("#csv", b"\xef\xbb\xbfid,")):
        view.locator("#save summary").click()
        with book.tab.expect_download() as started:
            view.locator(button).click()
        assert Path(started.value.path()).read_bytes().startswith(begins)
        view.locator("#panel").press("Escape")
    # Nobody else could open a link to a view in a notebook.
    expect(view.locator("#link")).to_be_hidden()
    view.locator("#panel .route .more").first.click()
    view.get_by_role("button", name="Copy as SPARQL").click()
    expect(view.locator("#panel [role=status]")).to_have_text("The SPARQL was copied.")
    assert book.tab.evaluate("navigator.clipboard.readText()").startswith("PREFIX")


def test_a_paper_opens_in_a_tab_of_its_own(book: lab.Book) -> None:
    view = book.view(QUESTION)
    paper = re.compile("https://doi.org/")
    book.context.route(paper, lambda route: route.fulfill(body="A paper", content_type="text/html"))
    view.locator('#picture [aria-label^="magnesium to gestational diabetes"]').focus()
    book.tab.keyboard.press("Enter")
    with book.context.expect_page() as opened:
        view.locator('#panel a[href^="https://doi.org/"]').first.click()
    opened.value.wait_for_load_state()
    # In the frame's sandbox a publisher's page would have no origin, and fail.
    assert opened.value.evaluate("self.origin") == "https://doi.org"
    assert opened.value.evaluate("window.opener") is None
    opened.value.close()
    book.context.unroute(paper)
    assert [url for url in book.requests if not paper.match(url)] == []
    book.requests.clear()


def test_nothing_is_written_beside_the_notebook(book: lab.Book) -> None:
    assert {one.name for one in book.lab.folder.iterdir()} == {NAME, ".ipynb_checkpoints"}


def test_a_notebook_that_is_not_trusted_shows_pictures(
    book: lab.Book, browser: Browser, store: Path, tmp_path: Path
) -> None:
    with lab.serve(book.lab.face, tmp_path, store, dark=book.lab.dark) as elsewhere:
        shorten(book, elsewhere.folder)
        opened = lab.Book(browser, elsewhere, NAME)
        for cell in (GRAPH, QUESTION, PLANTED):
            output = opened.tab.locator(".jp-Cell").nth(cell).locator(".jp-OutputArea-output")
            output.scroll_into_view_if_needed()
            picture = output.locator('img[src^="data:image/svg+xml"]')
            expect(picture).to_be_visible()
            assert output.locator("iframe, script, style").count() == 0
            assert picture.evaluate(LETTERS) >= 9
        opened.close()


def test_a_notebook_as_html_shows_its_views(
    book: lab.Book, browser: Browser, tmp_path: Path
) -> None:
    place = shorten(book, tmp_path)
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", place],
        check=True, capture_output=True, env=lab.environment(tmp_path),
    )  # fmt: skip
    context = browser.new_context(offline=True)
    tab = context.new_page()
    tab.goto(place.with_suffix(".html").as_uri(), wait_until="domcontentloaded")
    frame = tab.locator(lab.VIEW).first
    frame.scroll_into_view_if_needed()
    view = frame.content_frame
    expect(view.locator("#map canvas")).to_be_visible()
    handle = frame.element_handle().content_frame()
    assert handle is not None
    node(handle, "magnesium")
    expect(view.locator("#panel h2")).to_have_text("magnesium")
    context.close()
