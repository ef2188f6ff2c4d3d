"""Pathways found in the page and on the command line: the same questions, the same JSON.

The scripts run alone in a real browser tab under a policy as strict as the page's: they need no
document.
"""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

import nutrigraph
from nutrigraph import KnowledgeGraph, records
from nutrigraph.content import Content
from nutrigraph.model import (
    Answer,
    Claim,
    Document,
    Effect,
    Entity,
    Evidence,
    Link,
    Source,
    Vocabulary,
    claim_sign,
)
from nutrigraph.paths import Filters, Network, build_network, find
from nutrigraph.terms import BASE, NG, SKOS, local
from nutrigraph.wording import statement

pytestmark = pytest.mark.browser

TEMPLATES = Path(nutrigraph.__file__).parent / "templates"
PARTS = ("figures", "grade", "continuity", "network", "search", "judge", "paths")
Run = Callable[[str, Any], Any]


@pytest.fixture(scope="module")
def run(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs a JavaScript function beside the scripts; fails on a complaint or a request."""
    script = "".join((TEMPLATES / f"page_{part}.js").read_text("utf-8") for part in PARTS)
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


def compare(run: Run, content: Content, questions: list[tuple[Question, Filters | None]]) -> int:
    """Asks both all the questions; returns how many paths they agreed on."""
    claims = [claim for home in content.documents for claim in home.claims]
    page = records.page(content, "")
    told = run(ASK, {"page": page, "questions": [question for question, _ in questions]})
    networks: dict[Filters | None, Network] = {}
    paths = 0
    for (question, filters), (answer, instead) in zip(questions, told, strict=True):
        if filters not in networks:
            networks[filters] = build_network(
                claims, content.links, content.entities, content.vocabulary, filters
            )
        wanted, others = expected(content, networks[filters], question)
        assert answer == wanted, question
        assert others in (None, instead), question
        paths += len(wanted["paths"])
    return paths


def central(kg: KnowledgeGraph, most: int) -> list[str]:
    """The entities that are best connected."""
    degrees: Counter[str] = Counter()
    for (entity, _), degree in kg.network().degrees.items():
        degrees[entity] += degree
    return [entity for entity, _ in degrees.most_common(most)]


def test_page_and_command_line_agree_on_the_real_graph(kg: KnowledgeGraph, run: Run) -> None:
    pairs = list(permutations(central(kg, 25), 2))
    questions: list[tuple[Question, Filters | None]] = [
        ({"source": source, "target": target, "maxHops": hops, "top": 10}, None)
        for hops in (2, 3, 4)
        for source, target in pairs
    ]
    assert compare(run, kg.content, questions) > 10_000


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
    ends = permutations(central(kg, 6), 2)
    questions = [
        (
            {"source": source, "target": target, "maxHops": 3, "top": 5, "filters": filters},
            Filters(**{name: frozenset(values) for name, values in filters.items()}),
        )
        for filters in real_filters(kg)
        for source, target in list(ends)
    ]
    assert compare(run, kg.content, questions) > 200
