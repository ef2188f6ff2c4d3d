"""What changed between two stores, on real builds of drafts: each test plants one change."""

import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.changed import ASEMI, PLANTS, SAMI
from tests.ontologies import copy_ontology, fault, run
from tests.page_payload import CAUTION

import nutrigraph
from nutrigraph.build import build
from nutrigraph.changes import Changes, compare
from nutrigraph.changes.evidence import direct
from nutrigraph.content import Content
from nutrigraph.errors import UnknownName, UsageError
from nutrigraph.terms import BASE

Graph = nutrigraph.KnowledgeGraph
QUESTION = ("magnesium", "recurrent miscarriage")
NAMES = {
    "added": "removed",
    "retracted": "reinstated",
    "superseded": "no longer superseded",
    "weighs half": "weighs whole",
    "deprecated": "restored",
    "fell": "rose",
    "outranked": "entered",
}
MIRRORED = NAMES | {after: before for before, after in NAMES.items()}


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A build folder for each planted change."""
    found = {}
    for name, plant in PLANTS.items():
        folder = tmp_path_factory.mktemp("changed")
        draft = copy_ontology(folder / "ontology")
        plant(draft)
        build(draft.folder, folder / "store")
        found[name] = folder / "store"
    return found


@pytest.fixture(scope="session")
def graphs(stores: dict[str, Path]) -> dict[str, Graph]:
    return {name: nutrigraph.open(store) for name, store in stores.items()}


def texts(old: Path, new: Path, *words: str) -> str:
    result = run("diff", old, new, *words)
    beside = "" if CAUTION in result.stdout else f"{CAUTION}\n"
    assert (result.exit_code, result.stderr) == (0, beside)
    return result.stdout


# Each kind of change


def test_a_document_that_is_added(kg: Graph, graphs: dict[str, Graph]) -> None:
    found = kg.diff(graphs["document"])
    assert [(item.id, item.change) for item in found.documents] == [("zinc-page", "added")]
    assert [(item.change, item.claim.document) for item in found.claims] == [
        ("added", "zinc-page")
    ] * 2
    assert not found.papers
    assert not found.conventions
    assert not found.terms
    assert {(item.subject, item.object) for item in found.propositions} == {
        (f"{BASE}zinc", f"{BASE}miscarriage")
    }


def test_a_study_type_that_changed(kg: Graph, graphs: dict[str, Graph]) -> None:
    found = kg.diff(graphs["study type"])
    (change,) = found.claims
    assert change.old
    assert change.new
    assert (change.change, change.claim.finding) == ("changed", "craig2002-ir-rpl")
    assert change.old.id != change.new.id
    assert {(item.field, item.old, item.new) for item in change.fields} == {
        ("evidence.study_type", "case-control", "cohort"),
        ("weight", 0.25, 0.4),
    }
    assert not found.papers
    assert not found.verdicts


def test_a_paper_that_is_retracted(kg: Graph, graphs: dict[str, Graph]) -> None:
    found = kg.diff(graphs["retracted"], [QUESTION])
    (paper,) = found.papers
    resting = [c for c in kg.content.claims if any(s.doi == SAMI for s in c.sources)]
    assert (paper.change, paper.doi, paper.claims_before) == ("retracted", SAMI, len(resting))
    assert not found.claims, "what a claim says stays as it is"
    assert len(found.propositions) == len({(c.subject, c.predicate, c.object) for c in resting})
    assert all(i.old and i.new and i.new.support < i.old.support for i in found.propositions)
    (question,) = found.questions
    assert question.old
    assert question.new
    fell = [route for route in question.routes if route.change == "fell"]
    (one_hop,) = (route for route in fell if len(route.path.hops) == 1)
    assert [(item.hop, item.paper, item.why) for item in one_hop.reasons] == [
        (1, "Sami AS 2021", "its source was retracted")
    ]
    turned = {(item.source, item.target): item for item in found.verdicts}
    verdict = turned[f"{BASE}recurrent-miscarriage", f"{BASE}magnesium"]
    assert verdict.old
    assert verdict.new
    assert (verdict.old.verdict, verdict.new.verdict) == ("stated", "unsupported")


def test_a_retraction_is_told_first(store: Path, stores: dict[str, Path]) -> None:
    text = texts(store, stores["retracted"], "--question", *QUESTION)
    lines = text.splitlines()
    assert lines[0].startswith("Changed: 1 retraction, 1 question, ")
    assert lines[2] == "Retractions:"
    assert lines[3].startswith(f"  Sami AS 2021 (doi:{SAMI}): retracted: the ")
    titles = [line for line in lines if line in ("Retractions:", "Direct answers:")]
    assert titles == ["Retractions:", "Direct answers:"]
    assert "      hop 1: Sami AS 2021: its source was retracted" in lines
    assert (
        "  recurrent miscarriage to magnesium: stated, sign − (if-causal) → unsupported; " in text
    )


def test_a_review_that_may_pool_a_retracted_trial(kg: Graph, graphs: dict[str, Graph]) -> None:
    found = graphs["no notice"].diff(kg)
    changes = [(item.change, item.label, item.others) for item in found.papers]
    assert changes == [
        ("retracted", f"doi:{ASEMI}", ()),
        ("weighs half", "Tan X 2022", (f"doi:{ASEMI}",)),
        ("weighs half", "Veronese N 2022", (f"doi:{ASEMI}",)),
    ]


def test_a_review_that_weighs_half_says_so(store: Path, stores: dict[str, Path]) -> None:
    assert f"weighs half from now on: may pool doi:{ASEMI}, retracted; carries 1 claim" in texts(
        stores["no notice"], store
    )
    assert "weighs whole again" in texts(store, stores["no notice"])


def test_a_claim_that_is_cut_fells_a_path(kg: Graph, graphs: dict[str, Graph]) -> None:
    found = kg.diff(graphs["cut"], [QUESTION], max_hops=2)
    assert [(item.change, item.claim.finding) for item in found.claims] == [
        ("removed", "zhang2016-tnf-rpl")
    ]
    assert [(item.change, item.label) for item in found.papers] == [("removed", "Zhang C 2016")]
    (question,) = found.questions
    route = question.routes[0]
    assert (route.change, route.new) == ("fell", None)
    assert [hop.object[0] for hop in route.path.hops] == [
        f"{BASE}inflammation",
        f"{BASE}recurrent-miscarriage",
    ]
    (reason,) = route.reasons
    assert (reason.hop, reason.paper, reason.why) == (2, "Zhang C 2016", "the paper is not there")
    (verdict,) = found.verdicts
    assert verdict.new is None, "nothing is claimed of the pair any more"


def test_a_sign_that_turned(kg: Graph, graphs: dict[str, Graph]) -> None:
    found = kg.diff(graphs["turned"])
    (change,) = found.claims
    told = {item.field: (item.old, item.new) for item in change.fields}
    assert told["sign"] == (-1, 1)
    assert told["object_direction"] == ("low", "high")
    verdict = next(item for item in found.verdicts if f"{BASE}magnesium" == item.target)
    assert verdict.old
    assert verdict.new
    assert (verdict.old.sign, verdict.new.sign) == (-1, 1)


def test_a_hedge_is_told(store: Path, stores: dict[str, Path]) -> None:
    text = texts(store, stores["hedged"], "--question", *QUESTION)
    assert "modality: stated → suggested" in text
    assert "stated, sign − (if-causal) → stated as suggested, sign − (if-causal)" in text
    assert (
        "best after: magnesium ←inverselyAssociatedWith— recurrent miscarriage (stated as" in text
    )
    assert "It is suggested that recurrent miscarriage goes with low magnesium" in text


def test_evidence_that_comes_to_disagree(kg: Graph, graphs: dict[str, Graph]) -> None:
    found = kg.diff(graphs["contrary"])
    verdict = found.verdicts[0]
    assert (verdict.source, verdict.target) == (
        f"{BASE}insulin-resistance",
        f"{BASE}recurrent-miscarriage",
    )
    assert verdict.old
    assert verdict.new
    assert (verdict.old.verdict, verdict.new.verdict) == ("stated", "signs-disagree")
    assert (verdict.old.sign, verdict.new.sign) == (1, None)


def test_a_paper_that_is_superseded(kg: Graph, graphs: dict[str, Graph]) -> None:
    found = kg.diff(graphs["superseded"], [QUESTION])
    (paper,) = found.papers
    assert (paper.change, paper.label, paper.others) == (
        "superseded",
        "Zhang C 2016",
        ("Sami AS 2021",),
    )
    reasons = {reason.why for route in found.questions[0].routes for reason in route.reasons}
    assert len(reasons) == 1
    assert reasons.pop().startswith("its source is superseded by doi-10.1080-")


def test_weights_and_conventions_that_changed(kg: Graph, graphs: dict[str, Graph]) -> None:
    found = kg.diff(graphs["weights"])
    told = {(item.kind, item.label): item.fields for item in found.conventions}
    assert set(told) == {("study type", "cohort"), ("convention", "hub damping")}
    (weight,) = told["study type", "cohort"]
    assert (weight.field, weight.old, weight.new) == ("weight_association", 0.4, 0.5)
    assert found.propositions
    assert not found.claims
    assert not found.papers
    assert all(item.old and item.new for item in found.propositions)


def test_entities_that_came_or_are_deprecated(kg: Graph, graphs: dict[str, Graph]) -> None:
    found = kg.diff(graphs["terms"])
    assert [(item.kind, item.label, item.change) for item in found.terms] == [
        ("entity", "made-up", "added"),
        ("entity", "selenomethionine", "deprecated"),
    ]


def test_edges_that_were_imported(kg: Graph) -> None:
    edges = {"slug": "made-up", "kind": "edges", "title": "Made up", "weight": 0.1}
    there = compare(kg.content, kg.content, edges=([], [edges])).documents
    assert [(item.kind, item.label, item.change) for item in there] == [
        ("edges", "Made up", "added")
    ]
    one, other = edges | {"counts": {"edges": 1}}, edges | {"counts": {"edges": 2}}
    (change,) = compare(kg.content, kg.content, edges=([one], [other])).documents
    assert [(item.field, item.old, item.new) for item in change.fields] == [("counts.edges", 1, 2)]
    assert not compare(kg.content, kg.content, edges=([one], [one]))


# What a comparison is


def test_nothing_changed(store: Path, kg: Graph) -> None:
    assert not kg.diff(kg, [QUESTION])
    text = texts(store, store)
    assert text == f"Nothing changed.\n\n{kg.vocabulary.caution}\n"
    asked = texts(store, store, "--paths", *QUESTION).splitlines()
    assert asked[2].startswith("magnesium to recurrent miscarriage, at most 4 hops: as before, ")


SWAPPED = {
    "old": "new",
    "new": "old",
    "claims_before": "claims_after",
    "claims_after": "claims_before",
}
OF_THE_NEWER = ("label", "retracted", "doi", "pmid")
"""What a thing is called, which is told of the newer side."""


def seen(item: object, *, mirrored: bool = False) -> object:
    """A change with each list as a set, as it is or as the other side sees it."""
    if isinstance(item, tuple):
        return frozenset(seen(one, mirrored=mirrored) for one in item)
    if not is_dataclass(item) or type(item).__module__ != Changes.__module__:
        return repr(item)
    told: set[tuple[str, object]] = set()
    for field in fields(item):
        value = getattr(item, field.name)
        name = SWAPPED.get(field.name, field.name) if mirrored else field.name
        if field.name == "change":
            told.add((name, MIRRORED.get(value, value) if mirrored else value))
        elif field.name not in OF_THE_NEWER:
            told.add((name, seen(value, mirrored=mirrored)))
    return frozenset(told)


@pytest.mark.parametrize("name", PLANTS)
def test_the_other_way_round_is_the_mirror(kg: Graph, graphs: dict[str, Graph], name: str) -> None:
    there, back = (
        one.diff(other, [QUESTION]) for one, other in ((kg, graphs[name]), (graphs[name], kg))
    )
    assert there
    assert seen(there, mirrored=True) == seen(back)
    assert not graphs[name].diff(graphs[name])


def without(content: Content, ids: Iterable[int]) -> Content:
    """A store that lacks some of its claims, by their place."""
    lost = {claim.id for place, claim in enumerate(content.claims) if place in set(ids)}
    homes = (
        replace(home, claims=tuple(claim for claim in home.claims if claim.id not in lost))
        for home in content.documents
    )
    return replace(content, documents=tuple(homes))


places = st.sets(st.integers(0, 300), max_size=25)


@settings(max_examples=15)
@given(one=places, other=places)
def test_any_claims_lost_and_found(kg: Graph, one: set[int], other: set[int]) -> None:
    old, new = without(kg.content, one), without(kg.content, other)
    there, back = compare(old, new), compare(new, old)
    assert seen(there, mirrored=True) == seen(back)
    assert not compare(old, old)
    every = kg.content.claims
    assert {item.claim.id for item in there.claims if item.change == "added"} == {
        every[place].id for place in one - other
    }
    assert {item.claim.id for item in there.claims if item.change == "removed"} == {
        every[place].id for place in other - one
    }
    assert compare(old, new) == there


def test_the_direct_answer_is_that_of_paths(kg: Graph) -> None:
    pairs = sorted({(c.subject, c.object) for c in kg.content.claims})
    for source, target in pairs[::6]:
        claims = [c for c in kg.content.claims if {c.subject, c.object} == {source, target}]
        found, answer = direct(kg.content, claims, source, target), None
        answer = kg.paths(source, target, max_hops=1)
        assert found is not None
        assert (found.verdict, found.sign, found.sign_basis) == (
            answer.verdict,
            answer.sign,
            answer.sign_basis,
        )
        assert found.support == pytest.approx(answer.direct.support, abs=1e-6)


# The command


def test_json_says_what_the_text_says(store: Path, stores: dict[str, Path]) -> None:
    words = ("--json", "--question", *QUESTION, "--paths", "magnesium", "miscarriage")
    text = texts(store, stores["retracted"], *words)
    record = json.loads(text)
    assert list(record) == [
        *("changed", "papers", "questions", "verdicts", "propositions", "claims"),
        *("documents", "conventions", "terms"),
    ]
    assert record["changed"] is True
    assert [item["target"]["label"] for item in record["questions"]] == [
        "recurrent miscarriage",
        "miscarriage",
    ]
    answer = record["questions"][0]
    routes = {path["rank"]: path for path in answer["old"]["paths"]}
    assert all(route["old"] is None or route["old"] in routes for route in answer["routes"])
    assert texts(store, stores["retracted"], *words) == text


def test_the_exit_code_is_that_of_git(store: Path, stores: dict[str, Path]) -> None:
    assert run("diff", store, store, "--exit-code").exit_code == 0
    assert run("diff", store, stores["cut"], "--exit-code").exit_code == 1
    assert run("diff", store, stores["cut"]).exit_code == 0


def test_long_lists_are_cut(store: Path, stores: dict[str, Path], kg: Graph) -> None:
    short, whole = (texts(store, stores["weights"], *words) for words in ((), ("--all",)))
    assert " more: --all" in short
    assert " more: --all" not in whole
    assert len(whole) > len(short)
    assert all(text.splitlines()[-1] == kg.vocabulary.caution for text in (short, whole))


def test_an_rdf_file_is_compared_as_well(
    store: Path, stores: dict[str, Path], tmp_path: Path
) -> None:
    file = tmp_path / "graph.nq"
    file.write_text(run("export", "nquads", "--store", store).stdout, encoding="utf-8")
    assert texts(file, store).startswith("Nothing changed.\n")
    assert texts(file, stores["cut"]) == texts(store, stores["cut"])


def test_a_question_that_makes_no_sense(store: Path, kg: Graph, graphs: dict[str, Graph]) -> None:
    with pytest.raises(UnknownName, match="magnesiun"):
        kg.diff(kg, [("magnesiun", "miscarriage")])
    with pytest.raises(UsageError, match="both magnesium"):
        kg.diff(kg, [("magnesium", "Mg")])
    with pytest.raises(UsageError, match="max_hops is 9"):
        kg.diff(kg, [QUESTION], max_hops=9)
    fault(run("diff", store, store, "--paths", "magnesiun", "zinc"), 2, "magnesium")
    (question,) = kg.diff(graphs["terms"], [("made-up", "miscarriage")]).questions
    assert question.old is None
    assert question.new is not None
    assert question.changed
