"""Pathways found in the page and on the command line: the same questions, the same JSON.

The scripts run alone in a real browser tab under a policy as strict as the page's: they need no
document.
"""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser
from tests.walks import asked_about, filters, graph_of, graphs, trials

import nutrigraph
from nutrigraph import KnowledgeGraph, records
from nutrigraph.content import Content
from nutrigraph.model import Answer
from nutrigraph.paths import Filters, Network, build_network, find
from nutrigraph.terms import local

pytestmark = pytest.mark.browser

TEMPLATES = Path(nutrigraph.__file__).parent / "templates"
PARTS = ("figures", "grade", "continuity", "network", "search", "judge", "paths")
Run = Callable[[str, Any], Any]


@pytest.fixture(scope="module")
def run(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs a JavaScript function beside the scripts; fails on a complaint or a request."""
    script = "".join((TEMPLATES / f"walk_{part}.js").read_text("utf-8") for part in PARTS)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{digest}'"
    file = tmp_path_factory.mktemp("alone") / "alone.html"
    file.write_text(
        f'<!doctype html><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><script>{script}</script>',
        encoding="utf-8",
    )
    tab = browser.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda request: complaints.append(request.url))
    tab.goto(file.as_uri())
    # What goes over as text comes back with every digit that it had.
    yield lambda code, given: json.loads(
        tab.evaluate(f"(text) => JSON.stringify(({code})(JSON.parse(text)))", json.dumps(given))
    )
    tab.close()
    assert complaints == [file.as_uri()]


Question = dict[str, Any]
Asked = tuple[Question, Filters]

ASK = """({ page, questions }) => {
  const graph = Paths.read(page);
  return questions.map((question) => [Paths.ask(graph, question), Paths.instead(graph, question)]);
}"""


def answer_of(content: Content, network: Network, question: Question) -> Answer:
    return find(
        network,
        question["source"],
        question["target"],
        content.entities,
        content.vocabulary,
        max_hops=question["maxHops"],
        top=question["top"],
    )


def expected(content: Content, network: Network, question: Question) -> list[Any]:
    """What the page must say: the record of an answer, and what can be asked instead."""
    answer = answer_of(content, network, question)
    others = {"nearest": answer.nearest, "together": answer.together}
    instead = {
        name: [records.thing(content.entities[iri]) for iri in found]
        for name, found in others.items()
    }
    found: list[Any] = json.loads(
        json.dumps([records.answer(answer, content.entities), None if answer.paths else instead])
    )
    return found


def compare(run: Run, content: Content, questions: Sequence[Asked]) -> int:
    """Asks both all the questions; returns how many paths they agreed on."""
    claims = [claim for home in content.documents for claim in home.claims]
    page = records.page(content, "")
    told = run(ASK, {"page": page, "questions": [question for question, _ in questions]})
    networks: dict[Filters, Network] = {}
    paths = 0
    for (question, chosen), (answer, instead) in zip(questions, told, strict=True):
        if chosen not in networks:
            networks[chosen] = build_network(
                claims, content.links, content.entities, content.vocabulary, chosen
            )
        wanted, others = expected(content, networks[chosen], question)
        assert answer == wanted, question
        assert others in (None, instead), question
        paths += len(wanted["paths"])
    return paths


def filters_of(chosen: dict[str, list[str]]) -> Filters:
    return Filters(**{name: frozenset(values) for name, values in chosen.items()})


def central(kg: KnowledgeGraph, most: int) -> list[str]:
    """The entities that are best connected."""
    degrees: Counter[str] = Counter()
    for (entity, _), degree in kg.network().degrees.items():
        degrees[entity] += degree
    return [entity for entity, _ in degrees.most_common(most)]


def test_page_and_command_line_agree_on_the_real_graph(kg: KnowledgeGraph, run: Run) -> None:
    pairs = list(permutations(central(kg, 25), 2))
    questions: list[Asked] = [
        ({"source": source, "target": target, "maxHops": hops, "top": 10}, Filters())
        for hops in (2, 3, 4)
        for source, target in pairs
    ]
    assert compare(run, kg.content, questions) > 5_000


def real_filters(kg: KnowledgeGraph) -> list[dict[str, list[str]]]:
    claims = [claim for home in kg.documents for claim in home.claims]
    papers = Counter(s for claim in claims for s in claim.sources if s.gives_evidence)
    often = [paper for paper, _ in papers.most_common(3)]
    magnesium = kg.entity("magnesium").id
    return [
        {},
        *({"documents": [home.slug]} for home in kg.documents),
        *({"species": species} for species in (["human"], ["unknown"], ["rat", "mouse"])),
        {"study_types": ["rct", "review of RCTs"]},
        {"study_types": ["cohort", "unknown"]},
        *({"bases": [basis]} for basis in ("text", "finding", "headline", "cross-reference")),
        {"bases": ["text", "headline"], "species": ["human", "unknown"]},
        *({"without": [sorted(paper.names)[0]]} for paper in often),
        {"without": [paper.doi for paper in often if paper.doi]},
        {"without": [next(claim.paragraph for claim in claims if claim.paragraph)]},
        {"through": ["Condition"]},
        {"through": ["Mechanism", "Biomarker"]},
        {"avoid": ["Exposure"]},
        {"avoid": ["Condition", magnesium]},
        {"predicates": ["associatedWith", "inverselyAssociatedWith", "listedWith"]},
        {"predicates": sorted({local(c.predicate) for c in claims if c.force == "interventional"})},
    ]


def test_page_and_command_line_agree_under_filters(kg: KnowledgeGraph, run: Run) -> None:
    ends = list(permutations(central(kg, 6), 2))
    questions: list[Asked] = [
        (
            {"source": source, "target": target, "maxHops": 3, "top": 5, "filters": chosen},
            filters_of(chosen),
        )
        for chosen in real_filters(kg)
        for source, target in ends
    ]
    assert compare(run, kg.content, questions) > 200


@settings(max_examples=200)
@given(data=st.data())
def test_page_and_command_line_agree_on_made_up_graphs(
    kg: KnowledgeGraph, run: Run, data: st.DataObject
) -> None:
    content = data.draw(graphs(kg.vocabulary))
    pairs = data.draw(st.permutations(list(permutations(asked_about(content), 2))))
    chosen = data.draw(filters())
    bounds = {"maxHops": data.draw(st.integers(1, 6)), "top": data.draw(st.integers(1, 12))}
    questions: list[Asked] = [
        ({"source": source, "target": target, "filters": chosen, **bounds}, filters_of(chosen))
        for source, target in pairs[:12]
    ]
    compare(run, content, questions)


def test_no_crowd_of_papers_lifts_a_cause_above_the_highest_ceiling(
    kg: KnowledgeGraph, run: Run
) -> None:
    first, *others = trials(kg.vocabulary, ["rct"] * 12 + ["animal"] * 9)
    assert first.evidence
    doubted = replace(first, evidence=replace(first.evidence, doubt="odd figures"))
    claims = [doubted, *others]
    content = graph_of(kg.vocabulary, claims, [])
    question = {"source": claims[0].subject, "target": claims[0].object, "maxHops": 2, "top": 1}
    network = build_network(claims, [], content.entities, content.vocabulary)
    answer = answer_of(content, network, question)
    assert answer.direct.support == kg.vocabulary.ceilings["randomised"][0]
    assert answer.paths[0].hops[0].claims[0] == others[0], "what is doubted does not speak first"
    assert compare(run, content, [(question, Filters())]) == 1


PROPOSITIONS = """({ page, filters }) =>
  filters.map((chosen) => Paths.propositions(Paths.read(page), chosen))"""


def left(content: Content, chosen: Filters) -> list[Any]:
    """The propositions of a page on the claims that pass the filters."""
    homes = tuple(
        replace(home, claims=tuple(filter(chosen.passes, home.claims)))
        for home in content.documents
    )
    return [*records.page(replace(content, documents=homes), "")["propositions"]]


def test_the_page_weighs_what_filters_leave_of_each_proposition(
    kg: KnowledgeGraph, run: Run
) -> None:
    chosen = real_filters(kg)
    told = run(PROPOSITIONS, {"page": records.page(kg.content, ""), "filters": chosen})
    wanted = [left(kg.content, filters_of(some)) for some in chosen]
    assert told == wanted
    assert len(wanted[0]) > 3 * min(map(len, wanted))


@settings(max_examples=60)
@given(data=st.data())
def test_the_page_weighs_made_up_propositions(
    kg: KnowledgeGraph, run: Run, data: st.DataObject
) -> None:
    content, chosen = data.draw(graphs(kg.vocabulary)), data.draw(filters())
    told = run(PROPOSITIONS, {"page": records.page(content, ""), "filters": [chosen]})
    assert told == [left(content, filters_of(chosen))]


NUMBERS = """(numbers) => numbers.map((number) =>
  [...[0, 3, 6, 9].map((digits) => Figures.round(number, digits)),
    Figures.general(number), Figures.general(number, 3)])"""


@given(st.lists(st.floats(0, 1) | st.integers(0, 4096).map(lambda n: n / 1024), min_size=50))
def test_numbers_are_rounded_and_written_as_python_does(run: Run, numbers: list[float]) -> None:
    numbers = [0.0078125, 0.03125, 0.5, 0.9996, 0.99995, 1e-5, 0.000099996, 1.0, 0.0, *numbers]
    numbers = [number for number in numbers if number == 0 or number > 1e-90]
    wanted = [
        [*(round(number, digits) for digits in (0, 3, 6, 9)), f"{number:g}", f"{number:.3g}"]
        for number in numbers
    ]
    assert run(NUMBERS, numbers) == wanted


def test_costs_with_a_million_in_them_are_rounded_as_python_does(run: Run) -> None:
    numbers = [1e6 * hops + part / 1024 for hops in range(9) for part in range(0, 4096, 5)]
    told = run("(numbers) => numbers.map((number) => Figures.round(number, 9))", numbers)
    assert told == [round(number, 9) for number in numbers]


@given(st.lists(st.text() | st.text("a\ud7ff\ufffd\U0001f34b\U0010ffff"), min_size=20))
def test_text_is_ordered_by_code_points(run: Run, texts: list[str]) -> None:
    assert run("(texts) => texts.sort(Figures.byCodePoint)", texts) == sorted(texts)


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        ({"source": "nothing"}, "no entity nothing on this page"),
        ({"target": "https://w3id.org/nutrigraph/magnesium"}, "name two things"),
        ({"filters": {"spices": ["human"]}}, "no filter spices: use documents, species"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    kg: KnowledgeGraph, run: Run, question: Question, complaint: str
) -> None:
    names = {"source": "magnesium", "target": "miscarriage"}
    sound = {side: kg.entity(name).id for side, name in names.items()}
    code = """({ page, question }) => {
      try { return Paths.ask(Paths.read(page), question); } catch (error) { return error.message; }
    }"""
    given = {"page": records.page(kg.content, ""), "question": sound | question}
    assert complaint in run(code, given)
