"""The named questions: their headers, their golden answers, and that each finds what it asks for.

A golden answer is what ``nutrigraph query NAME --format tsv`` gives, read against the document.
After a change that is meant, write it anew and read the difference.
"""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

import nutrigraph
from nutrigraph import KnowledgeGraph
from nutrigraph.exchange import nquads
from nutrigraph.queries import NamedQuery, named_queries
from nutrigraph.terms import PREFIXES

GOLDEN = Path(__file__).parent / "golden" / "queries"
QUERIES = {item.name: item for item in named_queries()}
ASKED = [
    "about-condition", "animals-only", "between", "by-dose", "by-paper", "co-exposures",
    "contested", "coverage", "feedback-loops", "gaps", "headline-differs", "hedged",
    "inferred-only", "linking-mechanisms", "low-magnesium", "mappings", "measured-how",
    "no-claims", "no-evidence", "not-in-page", "nulls", "plain-triples", "supplementation",
]  # fmt: skip
EMPTY_HERE = {"feedback-loops", "gaps"}
"""Questions to which the honest answer on what is here is: none."""

Plant = Callable[[str], KnowledgeGraph]


def answer(graph: KnowledgeGraph, name: str) -> list[tuple[str, ...]]:
    return list(graph.query(QUERIES[name].text))


def new_rows(graph: KnowledgeGraph, before: KnowledgeGraph, name: str) -> list[tuple[str, ...]]:
    """The rows that a graph gives and the one before it does not; nothing may be lost."""
    known, found = Counter(answer(before, name)), Counter(answer(graph, name))
    assert not known - found
    return sorted((found - known).elements())


def column(graph: KnowledgeGraph, name: str, wanted: str) -> list[str]:
    result = graph.query(QUERIES[name].text)
    return [row[result.columns.index(wanted)] for row in result]


def claim(
    name: str,
    subject: str,
    object: str,
    *,
    sign: int = 1,
    force: str = "causal",
    basis: str = "text",
    aspect: str = "status",
    species: str = "",
    interval: tuple[str, str] | None = None,
    predicate: str = "",
) -> str:
    """A claim in Turtle; a sign of 0 is a null."""
    found = f":species :{species} ;" if species else ""
    found += ' :ciLow "{}" ; :ciHigh "{}" ;'.format(*interval) if interval else ""
    evidence = f":evidence [ a :Evidence ; {found} ] ;" if found else ""
    predicate = predicate or ("associatedWith" if force == "association" else "affects")
    return f"""
    :{name} a :Claim ; :claimName "{name}" ; :statement "{name}" ; {evidence}
      :subject :{subject} ; :subjectAspect :{aspect} ; :predicate :{predicate} ;
      :object :{object} ; :objectAspect :occurrence ; :sign {sign} ; :force :{force} ;
      :basis :{basis}Basis ; :modality :stated ; :negated {str(sign == 0).lower()} ."""


def planting(kg: KnowledgeGraph, tmp_path: Path, without: str = "") -> Plant:
    """Opens the real graph with more in it, and, if need be, without one of its documents."""

    def opened(turtle: str) -> KnowledgeGraph:
        store = ox.Store()
        store.extend(kg.store.quads())
        store.remove_graph(ox.NamedNode(f"{PREFIXES['']}document/{without}"))
        prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
        store.load(f"{prefixes} GRAPH :second {{ {turtle} }}", format=ox.RdfFormat.TRIG)
        file = tmp_path / "planted.nq"
        file.write_text("".join(nquads(store)), encoding="utf-8")
        return nutrigraph.open(file)

    return opened


@pytest.fixture
def plant(kg: KnowledgeGraph, tmp_path: Path) -> Plant:
    """Opens the real graph with more in it: claims of a second document, or ``GRAPH`` blocks."""
    return planting(kg, tmp_path)


@pytest.fixture
def plant_on_page(kg: KnowledgeGraph, tmp_path: Path) -> Plant:
    """The same, of the page alone: the findings leave no topic of it without evidence."""
    return planting(kg, tmp_path, without="pregnancy-findings")


def changed_as_told(item: NamedQuery) -> str:
    """The query after its own example was followed."""
    if put := re.match(r"put (:[\w-]+) in place of (:[\w-]+)", item.example):
        return re.sub(rf"(?<![\w-]){put[2]}(?![\w-])", put[1], item.text)
    added = re.match(r"add `(.+?)` at the end of WHERE", item.example)
    assert added, f"{item.name}: write the example as “put :x in place of :y” or “add `…` at …”"
    head, brace, tail = item.text.rpartition("\n}\n")
    return f"{head}\n  {added[1]}{brace}{tail}"


def test_what_people_ask_is_there() -> None:
    assert sorted(QUERIES) == ASKED


@pytest.mark.parametrize("name", ASKED)
def test_header(name: str) -> None:
    item = QUERIES[name]
    assert item.title
    assert item.question.endswith(("?", "."))
    assert "?" in item.question
    assert item.example


@pytest.mark.parametrize("name", ASKED)
def test_text_is_plain_ordered_and_names_no_machine(name: str) -> None:
    text = QUERIES[name].text
    assert "PREFIX" not in text.upper()
    assert "ORDER BY" in text
    assert not re.search(r"/(work|tmp|home|usr|opt)\b|\bfile:", text)
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("name", ASKED)
def test_golden_answer(name: str, kg: KnowledgeGraph) -> None:
    told = kg.query(QUERIES[name].text).serialise("tsv")
    assert told == (GOLDEN / f"{name}.tsv").read_text(encoding="utf-8")


def test_golden_answers_are_of_questions_that_exist() -> None:
    assert sorted(file.stem for file in GOLDEN.iterdir()) == ASKED


@pytest.mark.parametrize("name", ASKED)
def test_the_answer_is_not_empty_unless_that_is_the_honest_one(
    name: str, kg: KnowledgeGraph
) -> None:
    assert (len(answer(kg, name)) == 0) == (name in EMPTY_HERE)


@pytest.mark.parametrize("name", ASKED)
def test_same_answer_again_and_from_exported_nquads(
    name: str, kg: KnowledgeGraph, plant: Plant
) -> None:
    first = answer(kg, name)
    assert answer(kg, name) == first
    assert answer(plant(""), name) == first


@pytest.mark.parametrize("name", ASKED)
def test_the_example_works_as_it_is_written(name: str, kg: KnowledgeGraph) -> None:
    told = list(kg.query(changed_as_told(QUERIES[name])))
    assert told != answer(kg, name) or name in EMPTY_HERE


@pytest.mark.parametrize("name", ASKED)
def test_people_read_labels_not_addresses(name: str, kg: KnowledgeGraph) -> None:
    cells = [cell for row in kg.query(QUERIES[name].text).rows for cell in row]
    assert not any(isinstance(cell, ox.NamedNode | ox.BlankNode) for cell in cells)


LOOP = [
    claim("one", "diabetes", "magnesium-loss"),
    claim("two", "magnesium-loss", "infertility", sign=-1),
    claim("three", "infertility", "diabetes", sign=-1),
]


def test_a_loop_of_three_causes_is_found(plant: Plant) -> None:
    rows = answer(plant("".join(LOOP)), "feedback-loops")
    assert rows == [
        ("diabetes → magnesium loss → infertility → diabetes", "feeds itself",
         "one", "two", "three", ""),
    ]  # fmt: skip


def test_loops_of_two_and_four_are_found(plant: Plant) -> None:
    two = claim("a", "diabetes", "infertility") + claim("b", "infertility", "diabetes", sign=-1)
    assert column(plant(two), "feedback-loops", "kind") == ["holds itself back"]
    names = ["conception", "diabetes", "infertility", "live-birth"]
    ring = zip(names, [*names[1:], names[0]], strict=True)
    four = "".join(claim(f"to-{end}", start, end) for start, end in ring)
    assert column(plant(four), "feedback-loops", "loop") == [
        "conception → diabetes → infertility → live birth → conception"
    ]


def test_a_loop_is_closed_over_the_opposite_with_its_sign_turned(plant: Plant) -> None:
    graph = plant(claim("back", "insulin-resistance", "magnesium", sign=-1, aspect="activity"))
    rows = answer(graph, "feedback-loops")
    assert [row[:2] for row in rows] == [
        ("insulin resistance → magnesium → insulin resistance", "feeds itself")
    ]
    assert rows[0][3] == (
        "Magnesium deficiency impairs insulin sensitivity "
        "(species not stated; baseline: experimental deficiency)"
    )


@pytest.mark.parametrize(
    "last",
    [
        claim("three", "infertility", "diabetes", sign=0),
        claim("three", "infertility", "diabetes", force="association"),
        claim("three", "infertility", "diabetes", basis="headline"),
        claim("three", "infertility", "diabetes", aspect="supplementation"),
        claim("three", "diabetes", "infertility"),
    ],
    ids=["null", "association", "headline", "given", "backward"],
)
def test_what_closes_no_loop(last: str, plant: Plant) -> None:
    assert answer(plant("".join([*LOOP[:2], last])), "feedback-loops") == []


def test_opposite_signs_are_contested_whichever_way_round(kg: KnowledgeGraph, plant: Plant) -> None:
    graph = plant(
        claim("more", "diabetes", "infertility", force="association")
        + claim("less", "infertility", "diabetes", sign=-1, force="association")
    )
    assert new_rows(graph, kg, "contested") == [
        ("opposite signs", "more", "the text", "less", "the text", "")
    ]


def test_a_null_beside_support_is_told_with_its_interval(kg: KnowledgeGraph, plant: Plant) -> None:
    graph = plant(
        claim("yes", "diabetes", "infertility")
        + claim("null", "diabetes", "infertility", sign=0, interval=("0.8", "1.9"))
        + claim("other-null", "diabetes", "live-birth", sign=0)
    )
    assert new_rows(graph, kg, "contested") == [
        ("a null beside support", "yes", "the text", "null", "the text", "0.8 to 1.9")
    ]


@pytest.mark.parametrize(
    "other",
    [
        claim("other", "diabetes", "infertility", sign=1),
        claim("other", "diabetes", "infertility", sign=-1, aspect="treatment"),
        claim("other", "diabetes", "infertility", sign=-1, basis="headline"),
        claim("other", "infertility", "diabetes", sign=-1, force="causal"),
        claim("other", "diabetes", "infertility", sign=-1, predicate="treatmentReduces"),
        claim("other", "diabetes", "infertility", sign=0, predicate="treatmentReduces"),
    ],
    ids=[
        "same sign",
        "given, not state",
        "headline",
        "cause the other way",
        "treating",
        "its null",
    ],
)
def test_what_contests_nothing(other: str, kg: KnowledgeGraph, plant: Plant) -> None:
    graph = plant(claim("yes", "diabetes", "infertility") + other)
    assert answer(graph, "contested") == answer(kg, "contested")


def test_evidence_and_only_evidence_takes_a_nutrient_off_the_list(plant: Plant) -> None:
    assert {"methionine", "selenomethionine"} <= set(column(plant(""), "no-evidence", "nutrient"))
    assert "biotin" not in column(plant(""), "no-evidence", "nutrient"), "a finding is evidence"
    said = plant(
        claim("said", "methionine", "infertility")
        + claim("headline", "selenomethionine", "infertility", basis="headline")
    )
    left = column(said, "no-evidence", "nutrient")
    assert "methionine" not in left
    assert "selenomethionine" in left
    new = plant("} :boron a :Nutrient ; rdfs:label 'boron' . GRAPH :third {")
    assert "boron" in column(new, "no-evidence", "nutrient")


def test_a_topic_with_evidence_on_it_or_on_a_kind_of_it_is_no_gap(plant_on_page: Plant) -> None:
    def gaps(turtle: str) -> dict[str, str]:
        return {row[0]: row[1] for row in answer(plant_on_page(turtle), "gaps")}

    before = gaps("")
    assert before["vitamin D"] == before["vitamin E"] == "the list alone"
    assert before["zinc"] == "1 claim on a measure of it; 7 claims on it together with others"
    assert not {"magnesium", "selenium", "iron"} & before.keys()  # known, or not listed there
    on_it = claim("on-it", "vitamin-d", "infertility", basis="finding")
    null = claim("null", "infertility", "vitamin-e", sign=0)
    on_kind = claim("on-kind", "kind-of-zinc", "infertility")
    kind = "} :kind-of-zinc a :Nutrient ; rdfs:label 'a kind' ; skos:broader :zinc . GRAPH :third {"
    after = gaps(on_it + null + on_kind + kind)
    assert before.keys() - after.keys() == {"vitamin D", "vitamin E", "zinc"}


@pytest.mark.parametrize(
    ("turtle", "told"),
    [
        (claim("said", "biotin", "infertility", basis="headline"), "1 claim in a headline alone"),
        (claim("said", "biotin", "infertility", basis="crossReference"), "the list alone"),
        (
            claim("said", "wider", "infertility")
            + "} :wider a :Nutrient . :biotin skos:broader :wider . GRAPH :third {",
            "1 claim on something wider",
        ),
        (
            claim("said", "mix", "infertility")
            + claim("again", "mix", "diabetes")
            + "} :mix a :Exposure ; :hasComponent :biotin . GRAPH :third {",
            "2 claims on it together with others",
        ),
    ],
    ids=["headline", "mention", "wider", "mixture"],
)
def test_what_is_no_evidence_on_a_topic_is_told_beside_it(
    turtle: str, told: str, plant_on_page: Plant
) -> None:
    assert ("biotin", told) in answer(plant_on_page(turtle), "gaps")


def test_a_mechanism_between_two_conditions_is_found(plant: Plant) -> None:
    graph = plant(
        claim("in", "infertility", "urinary-magnesium-loss")
        + claim("out", "urinary-magnesium-loss", "miscarriage", force="association")
        + claim("elsewhere", "urinary-magnesium-loss", "eclampsia")
        + claim("null", "urinary-magnesium-loss", "recurrent-miscarriage", sign=0)
    )
    rows = [row for row in answer(graph, "linking-mechanisms") if row[0] == "infertility"]
    assert [(row[1], row[2], row[4], row[6]) for row in rows if not row[8]] == [
        ("urinary magnesium loss", "miscarriage", "in", "out")
    ]
    assert all(row[1:3] == ("urinary magnesium loss", "miscarriage") for row in rows)
    assert not any("null" in row for row in rows)


def test_two_causes_of_one_mechanism_are_not_linked_by_it(kg: KnowledgeGraph, plant: Plant) -> None:
    new = "} :made-up a :Mechanism ; rdfs:label 'made up' . GRAPH :third {"
    first = new + claim("a", "infertility", "made-up", force="association")
    assert (
        new_rows(plant(first + claim("b", "miscarriage", "made-up")), kg, "linking-mechanisms")
        == []
    )
    assert new_rows(plant(first + claim("b", "made-up", "miscarriage")), kg, "linking-mechanisms")


def test_between_walks_no_null_and_no_cause_backward(kg: KnowledgeGraph, plant: Plant) -> None:
    graph = plant(
        claim("null", "magnesium", "miscarriage", sign=0)
        + claim("in", "magnesium", "infertility")
        + claim("backward", "miscarriage", "infertility")
        + claim("given", "magnesium-loss", "miscarriage", aspect="treatment")
    )
    assert answer(graph, "between") == answer(kg, "between")


def test_between_shows_a_hop_in_the_middle_with_its_basis(plant: Plant) -> None:
    graph = plant(
        claim("in", "magnesium", "infertility")
        + claim("middle", "infertility", "diabetes", force="association")
        + claim("out", "diabetes", "miscarriage")
    )
    rows = [row for row in answer(graph, "between") if row[4] == "middle"]
    assert rows == [
        ("3", "joined from claims: nobody tested the whole route",
         "in", "text", "middle", "text", "out", "text"),
    ]  # fmt: skip


@pytest.mark.parametrize("species", ["human", ""])
def test_one_claim_in_people_or_in_whom_nobody_says_ends_animals_only(
    species: str, plant: Plant
) -> None:
    rat = claim("rat", "diabetes", "infertility", species="rat")
    assert "rat" in column(plant(rat), "animals-only", "says")
    other = claim("other", "diabetes", "infertility", species=species)
    assert "rat" not in column(plant(rat + other), "animals-only", "says")


def test_every_null_and_every_hedge_is_listed(kg: KnowledgeGraph) -> None:
    claims = kg.claims()
    nulls = sorted(item.statement for item in claims if item.negated)
    hedged = sorted(item.statement for item in claims if item.modality != "stated")
    assert sorted(column(kg, "nulls", "says")) == nulls
    assert sorted(column(kg, "hedged", "says")) == hedged


def test_every_inferred_triple_is_traced_to_a_claim(kg: KnowledgeGraph) -> None:
    inferred = kg.query(
        "SELECT DISTINCT ?e ?p ?x { GRAPH :inferred { ?s ?q ?o } ?q a :Predicate ; rdfs:label ?p ."
        " ?s rdfs:label ?e . ?o rdfs:label ?x }"
    )
    assert len(inferred) > 0
    assert {row[:3] for row in answer(kg, "inferred-only")} == set(inferred)
