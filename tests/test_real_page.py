"""The page of the real graph, in a real browser, as a file and inside a notebook's frame."""

from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.watched import Watch

from nutrigraph import KnowledgeGraph
from nutrigraph.view import frame

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(kg: KnowledgeGraph) -> str:
    return kg.view()


def test_labels_are_apart_and_legible(watch: Watch, page: str, kg: KnowledgeGraph) -> None:
    tab = watch(page).open()
    boxes = tab.evaluate(
        """() => data.nodes.map(({ id }) => { const s = network.body.nodes[id].shape;
        return [s.left, s.top, s.left + s.width, s.top + s.height]; })"""
    )
    used = {iri for claim in kg.claims() for iri in (claim.subject, claim.object)}
    assert len(boxes) >= len(used)
    for a, b in combinations(boxes, 2):
        assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
    assert tab.evaluate("FONT * network.getScale()") >= 12


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
    names = set(tab.evaluate("data.nodes.map((row) => row.label.replaceAll('\\n', ' '))"))
    assert names == {"magnesium", "miscarriage", "insulin resistance", "insulin sensitivity"}


def test_the_paths_of_a_question_say_what_they_are_worth(watch: Watch, kg: KnowledgeGraph) -> None:
    tab = watch(kg.view("diabetes", "miscarriage")).open()
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
