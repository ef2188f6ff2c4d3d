"""The evidence table as a page: no script, no request, a forest plot that pools nothing."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.findings import GIVEN, Graph, content_of, only, paper, said, shown
from tests.watched import Watch

from nutrigraph.evidence.plot import Forest, forest
from nutrigraph.model import Claim

PAIRS = [
    ("magnesium", "pre-eclampsia"),
    ("selenium", "recurrent miscarriage"),
    ("magnesium", "preterm birth"),
    ("vitamin D", "inflammation"),
    ("magnesium", "inflammation"),
    ("vitamin C and vitamin E", "pre-eclampsia"),
]


class Reader(HTMLParser):
    """What a page holds: its tags with their attributes, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def drawn(kg: Graph, *claims: Claim, pair: tuple[str, str] = ("selenium", "miscarriage")) -> Forest:
    return forest(only(shown(kg, *claims, pair=pair)), kg.entities, kg.vocabulary)


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_a_page_runs_nothing_and_asks_for_nothing(kg: Graph, pair: tuple[str, str]) -> None:
    html = kg.contested(*pair).to_html()
    page = Reader(html)
    names = {name for name, _ in page.tags}
    assert not names & {"script", "img", "iframe", "object", "embed", "link", "form", "base"}
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    [policy] = [m["content"] for m in page.all("meta") if m.get("http-equiv")]
    assert str(policy).startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "url(" not in style
    assert "@import" not in style
    for link in page.all("a"):
        assert str(link["href"]).startswith(
            ("#", "https://doi.org/10.", "https://pubmed.ncbi.nlm.nih.gov/", "http")
        )
    assert kg.vocabulary.caution in html
    assert html == kg.contested(*pair).to_html()


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_a_page_tells_all_that_the_text_tells(kg: Graph, pair: tuple[str, str]) -> None:
    found = kg.contested(*pair)
    words = " ".join(" ".join(Reader(found.to_html()).words).split())
    for block in found.blocks:
        for row in block.rows:
            for finding in row.findings:
                evidence = finding.claim.evidence
                told = [finding.claim.note, finding.claim.study_type]
                if evidence:
                    effect = evidence.effect
                    told += [evidence.population, evidence.dose, evidence.timing, effect.value]
                    told += [effect.ci_low, effect.ci_high, evidence.doubt]
                for item in filter(None, told):
                    assert " ".join(item.split()) in words
        for line in block.differences:
            assert line in words


def test_pictures_have_a_title_and_a_description_that_exist(kg: Graph) -> None:
    page = Reader(kg.contested("magnesium", "inflammation").to_html())
    ids = [str(attributes["id"]) for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    pictures = [picture for picture in page.all("svg") if picture.get("role") == "img"]
    assert pictures
    for picture in pictures:
        assert set(str(picture["aria-labelledby"]).split()) <= set(ids)


def test_markup_in_data_stays_text(kg: Graph) -> None:
    odd = said(
        kg,
        "odd",
        source=paper("odd", label="<script>alert(1)</script>"),
        evidence={"population": "<img src=x onerror=alert(1)>"},
        note='"><b>',
        ci=("1.1", "2"),
    )
    page = Reader(shown(kg, odd).to_html())
    assert not {name for name, _ in page.tags} & {"script", "img"}
    assert "<script>alert(1)</script>" in "".join(page.words)


def test_unlike_measures_never_share_an_axis(kg: Graph) -> None:
    made = drawn(
        kg,
        said(kg, "ratio", ci=("1.1", "2")),
        said(kg, "odds", measure="OR", ci=("1.1", "2")),
        said(kg, "high", subject_direction="high", object_direction="decreased", ci=("0.2", "0.8")),
        said(kg, "one", measure="MD", ci=("1.1", "2")),
        said(kg, "two", measure="MD", ci=("10", "20")),
        said(kg, "like", ci=("1.2", "3")),
    )
    assert [len(panel.marks) for panel in made.panels] == [1, 1, 1, 1, 2]
    assert len({panel.title for panel in made.panels}) == 4, "two differences without a marker"


def test_each_marker_has_an_axis_that_names_it(kg: Graph) -> None:
    given_ = GIVEN | {"predicate": "supplementationReduces", "object": "insulin-resistance"}
    claims = [
        said(kg, name, **given_, measure="MD", object_measure=name, value=value, ci=ci)
        for name, value, ci in (
            ("homa-ir", "-0.67", ("-1.2", "-0.14")),
            ("quicki", "0.01", ("0.005", "0.02")),
        )
    ]
    made = drawn(kg, *claims, pair=("selenium", "insulin-resistance"))
    assert [panel.title.split(" · ")[1] for panel in made.panels] == ["HOMA-IR", "QUICKI"]
    left, right = (panel.marks[0] for panel in made.panels)
    assert left.high < made.panels[0].null, "as printed: HOMA-IR fell"
    assert right.low > made.panels[1].null, "as printed: QUICKI rose"
    assert [mark.side for mark in (left, right)] == ["support", "support"]


def test_what_has_no_interval_is_listed(kg: Graph) -> None:
    made = drawn(
        kg,
        said(kg, "bare", value="0.7"),
        said(kg, "zero", ci=("0", "2"), evidence={"analysis": "subgroup"}),
        said(kg, "means", measure="means", ci=("1", "2")),
    )
    assert made.panels == ()
    assert [line.partition("; ")[2] for line in made.without] == [
        "RR 0.7, no interval printed",
        "means 1 to 2: what no effect would be is not known of this measure",
        "RR 0 to 2: no ratio, so that no axis can show it",
    ]


RATIOS = st.floats(0.001, 900).map(lambda number: round(number, 4))
NUMBERS = st.floats(-900, 900).map(lambda number: round(number, 3))


@given(st.lists(st.tuples(RATIOS, RATIOS), min_size=1, max_size=6))
def test_ratios_stand_in_order_on_a_logarithmic_axis(
    kg: Graph, many: list[tuple[float, float]]
) -> None:
    claims = [
        said(kg, f"{n:02}", ci=(str(min(ends)), str(max(ends)))) for n, ends in enumerate(many)
    ]
    [panel] = drawn(kg, *claims).panels
    places = sorted(
        [(1.0, panel.null), *((min(e), m.low) for e, m in zip(many, panel.marks, strict=True))]
    )
    for (one, left), (other, right) in pairwise(places):
        assert left <= right
        if log10(other) - log10(one) > 0.2:
            assert left < right
    assert panel.ticks[0].x == 14
    assert panel.ticks[-1].x == 426
    for mark in panel.marks:
        assert 14 <= mark.low <= mark.high <= 426


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6))
def test_differences_stand_within_a_linear_axis_that_holds_nought(
    kg: Graph, many: list[tuple[float, float]]
) -> None:
    claims = [
        said(kg, f"{n:02}", measure="SMD", ci=(str(min(ends)), str(max(ends))))
        for n, ends in enumerate(many)
    ]
    [panel] = drawn(kg, *claims).panels
    assert 14 <= panel.null <= 426
    assert 2 <= len(panel.ticks) <= 8
    assert "0" in [tick.label for tick in panel.ticks]
    for mark in panel.marks:
        assert 14 <= mark.low <= mark.high <= 426


def test_every_interval_is_drawn_once_and_no_other(kg: Graph) -> None:
    for pair in PAIRS:
        for block in kg.contested(*pair).blocks:
            made = forest(block, kg.entities, kg.vocabulary)
            findings = [item for row in block.rows for item in row.findings if item.side != "named"]
            marks = [mark for panel in made.panels for mark in panel.marks]
            assert len(marks) + len(made.without) == len(findings)


def test_it_shows_itself_in_jupyter(kg: Graph) -> None:
    found = kg.contested("magnesium", "pre-eclampsia")
    bundle = found._repr_mimebundle_()
    assert bundle["text/plain"] == str(found)
    assert "<iframe srcdoc=" in bundle["text/html"]


def test_nothing_on_two_things_makes_a_page_too(kg: Graph) -> None:
    empty = replace(kg.contested("selenium", "miscarriage"), blocks=())
    assert "No claim here" in empty.to_html()
    assert content_of(kg).documents[0].claims == ()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS[:4], ids=" ".join)
def test_the_page_fits_a_phone_and_asks_for_nothing(
    kg: Graph, watch: Watch, pair: tuple[str, str], scheme: str
) -> None:
    html = kg.contested(*pair).to_html()
    tab = watch(html, viewport={"width": 400, "height": 800}, color_scheme=scheme).open()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 400
    outside = tab.evaluate(
        "[...document.querySelectorAll('main *, header *')].filter((e) => {"
        "const box = e.getBoundingClientRect();"
        "return box.width && (box.right > 401 || box.left < -1) && !e.closest('thead')"
        "}).map((e) => e.outerHTML.slice(0, 80))"
    )
    assert outside == []
    ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    light = sum(map(int, re.findall(r"\d+", ground)[:3])) > 380
    assert light is (scheme == "light")


@pytest.mark.browser
def test_labels_of_the_plot_do_not_overlap(kg: Graph, watch: Watch) -> None:
    tab = watch(kg.contested("magnesium", "inflammation").to_html()).open()
    over = tab.evaluate(
        "[...document.querySelectorAll('figure g')].filter((g) => {"
        "const [name, figures] = g.querySelectorAll('text');"
        "return name.getBoundingClientRect().right > figures.getBoundingClientRect().left"
        "}).map((g) => g.textContent)"
    )
    assert over == []
