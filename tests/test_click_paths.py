"""The questions that a reader who knows nothing answers by clicking alone."""

import re

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from tests.watched import Watch

from nutrigraph import KnowledgeGraph

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(kg: KnowledgeGraph) -> str:
    return kg.view()


def click_box(tab: Tab, kg: KnowledgeGraph, name: str) -> None:
    """A click on the middle of a box of the map."""
    x, y = tab.evaluate(
        """(id) => { const p = network.canvasToDOM(network.getPosition(id));
        const box = holder.getBoundingClientRect(); return [p.x + box.x, p.y + box.y]; }""",
        kg.entity(name).id,
    )
    tab.mouse.click(x, y)


def test_what_does_low_magnesium_go_with_according_to_human_studies(
    watch: Watch, page: str, kg: KnowledgeGraph
) -> None:
    tab = watch(page).open()
    human = tab.locator('[data-facet="species"] .choice', has_text="human")
    human.hover()
    human.locator(".only").click()
    expect(tab.locator('[data-facet="species"] input:checked')).to_have_count(1)
    click_box(tab, kg, "magnesium")
    expect(tab.locator("#panel h2")).to_have_text("magnesium")
    expect(tab.locator("#panel")).to_contain_text("The filters hide")
    found = tab.locator("#panel section", has_text="Low magnesium goes with more")
    named = found.locator(".ways .label").all_inner_texts()
    assert len(named) >= 5
    # The same, from the claims themselves; what is said of animals or of nobody is not among them.
    iri = kg.entity("magnesium").id
    told = {
        row["object"]["label"] if row["subject"]["id"] == iri else row["subject"]["label"]
        for row in kg.records()
        if row["evidence"]["species"] == "human"
        and row["force"] == "association"
        and row["sign"] == -1
        and iri in (row["subject"]["id"], row["object"]["id"])
    }
    assert {name.split("\n")[0] for name in named} <= told
    found.locator(".ways button").first.click()
    for chips in tab.locator("#panel .claim .chips").all():
        expect(chips).to_contain_text("human")
    expect(tab.locator("#panel")).to_contain_text("goes with")


def test_how_could_magnesium_bear_on_miscarriage_and_how_strong_is_each_step(
    watch: Watch, kg: KnowledgeGraph
) -> None:
    tab = watch(kg.view("magnesium", "miscarriage")).open()
    route = tab.locator("#panel .route", has_text="insulin resistance").first
    expect(route).to_contain_text("hypothesis")
    route.hover()
    expect(tab.locator("#picture circle").first).to_be_visible()  # its steps are numbered
    route.get_by_role("button", name="Step by step").click()
    steps = tab.locator("#panel .step")
    expect(steps).to_have_count(2)
    for step in steps.all():
        expect(step.locator("meter")).to_have_count(3)
        expect(step).to_contain_text("support")
        expect(step).to_contain_text("voice")
    expect(tab.locator("#panel")).to_contain_text("The weakest step")
    expect(tab.locator("#panel")).to_contain_text("crosses populations")
    expect(tab.locator("#panel")).to_contain_text(kg.vocabulary.hypothesis_line)
    steps.first.locator(".ways button").first.click()
    expect(tab.locator("#panel .claim").first).to_contain_text("n")
    expect(tab.locator("#panel .claim a").first).to_have_attribute(
        "href", re.compile(r"^https://(doi\.org|pubmed\.ncbi\.nlm\.nih\.gov)/")
    )
    tab.go_back()
    expect(steps).to_have_count(2)


def test_who_disagrees_that_magnesium_prevents_preterm_birth_and_was_the_question_the_same(
    watch: Watch, page: str, kg: KnowledgeGraph
) -> None:
    tab = watch(page).open()
    click_box(tab, kg, "preterm birth")
    expect(tab.locator("#panel h2")).to_have_text("premature delivery")
    tab.locator("#panel .ways button", has_text="magnesium").first.click()
    sides = tab.locator("#panel section", has_text="Side by side")
    expect(sides).to_contain_text("found it")
    expect(sides).to_contain_text("found no difference, and cannot rule one out")
    # Preventing, treating and a low level are different questions, and so are these women.
    expect(sides).to_contain_text("treatment reduces")
    expect(sides).to_contain_text("in women after arrested threatened preterm labour")
    expect(sides.locator(".note")).to_contain_text("They did not ask the same")
    expect(sides.locator(".note")).to_contain_text("population")
    expect(sides.locator(".note")).to_contain_text("Nothing is pooled")


def test_which_headline_says_more_than_its_text(
    watch: Watch, page: str, kg: KnowledgeGraph
) -> None:
    tab = watch(page).open()
    tab.locator("#panel button", has_text="Headlines that say more than their text").click()
    cards = tab.locator("#panel .claim")
    overstated = [claim for claim in kg.claims() if claim.headline_differs]
    expect(cards).to_have_count(len(overstated))
    for card in cards.all():
        expect(card.locator(".note").first).to_contain_text("Headline against text")
    expect(tab.locator("#panel")).to_contain_text('strength: "prevents" for "reduces the incidence')
    # The same from the sources.
    tab.keyboard.press("Escape")
    tab.locator("#as-sources").click()
    tab.locator("#papers button", has_text="Headlines that say more").click()
    expect(cards).to_have_count(len(overstated))
