"""What a reader chooses: filters, weights of one's own, and how far a path hangs on them."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.letters import VOCABULARY, ask, cause, entities, network, route, routes, said
from tests.ontologies import FINDINGS, SLUG
from tests.test_ranking import claim_sets, link_sets

import nutrigraph
from nutrigraph.errors import InputError, UnknownName, UsageError
from nutrigraph.model import Claim, Link, Source, Vocabulary
from nutrigraph.model import Path as Route
from nutrigraph.paths import build_network, find
from nutrigraph.paths.robust import drawn_weights
from nutrigraph.terms import BASE, local
from nutrigraph.weights import read_weights

UNHURRIED = settings(deadline=None, max_examples=50)
Graph = nutrigraph.KnowledgeGraph


# Filters on the document


def kept(claim: Claim, name: str, value: str) -> bool:
    evidence = claim.evidence
    papers = {text for s in claim.sources for text in (local(s.id), s.doi, s.pmid)}
    found = {
        "documents": claim.document,
        "species": (evidence and evidence.species) or "unknown",
        "study_types": (evidence and evidence.study_type) or "unknown",
        "bases": claim.basis,
        "predicates": local(claim.predicate),
    }
    return value not in papers if name == "without" else found[name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("documents", SLUG),
        ("documents", FINDINGS),
        ("species", "human"),
        ("species", "rat"),
        ("species", "unknown"),
        ("study_types", "case-control"),
        ("study_types", "unknown"),
        ("bases", "text"),
        ("bases", "headline"),
        ("bases", "finding"),
        ("predicates", "lowLevelAssociatedWith"),
        ("predicates", "requiredFor"),
        ("without", "18939396"),
        ("without", "paper-howard-1994"),
        ("without", "27329332"),
    ],
)
def test_filtering_equals_a_graph_of_the_filtered_claims(kg: Graph, name: str, value: str) -> None:
    claims = [claim for claim in kg.claims() if kept(claim, name, value)]
    assert 0 < len(claims) <= len(kg.claims())
    assert len(claims) < len(kg.claims())
    rebuilt = build_network(claims, kg.content.links, kg.entities, kg.vocabulary)
    for source, target in (
        ("magnesium", "miscarriage"),
        ("oral contraceptive use", "dyslipidaemia"),
        ("selenium", "live birth"),
        ("magnesium", "premature delivery"),
    ):
        ends = kg.entity(source).id, kg.entity(target).id
        expected = find(rebuilt, *ends, kg.entities, kg.vocabulary, max_hops=4, top=50)
        filters = {name: [value]}
        assert kg.paths(source, target, max_hops=4, top=50, draws=0, weights=None, **filters) == (
            expected
        )


def between(paths: Sequence[Route]) -> set[str]:
    return {local(hop.object[0]) for path in paths for hop in path.hops[:-1]}


def test_through_and_avoid_concern_what_lies_between(kg: Graph) -> None:
    everything = kg.paths("magnesium", "miscarriage", top=100).paths
    passed = between(everything)
    assert "insulin-resistance" in passed
    mechanisms = kg.paths("magnesium", "miscarriage", top=100, through=["Mechanism"]).paths
    kinds = {kg.entities[BASE + name].kind for name in between(mechanisms)}
    assert kinds == {"Mechanism"}
    avoided = kg.paths("magnesium", "miscarriage", top=100, avoid=["insulin resistance"]).paths
    assert between(avoided) == passed - {"insulin-resistance", "insulin-sensitivity"}
    by_kind = kg.paths("magnesium", "miscarriage", top=100, avoid=["Mechanism"]).paths
    assert not {kg.entities[BASE + name].kind for name in between(by_kind)} & {"Mechanism"}
    for shorter in (mechanisms, avoided, by_kind):
        routes = [route(path.hops) for path in shorter]
        assert routes == [r for r in map(route, (p.hops for p in everything)) if r in routes]
    ends = kg.paths("magnesium", "miscarriage", avoid=["miscarriage", "Nutrient"])
    assert ends.paths, "the two ends may be avoided kinds"


def test_several_values_widen_a_filter_and_several_filters_narrow_it(kg: Graph) -> None:
    one = kg.network(species=["rat"]).between
    both = kg.network(species=["rat", "animal"]).between
    assert set(one) < set(both)
    assert kg.network(species=["rat"], bases=["headline"]).between == {}
    assert kg.network(species=[]).between == kg.network().between
    assert kg.network(species="rat").between == one, "a bare name is a name, not its letters"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("documents", "magnesium", f"unknown document 'magnesium' (nearest: {SLUG}"),
        ("species", "rats", "unknown species 'rats' (nearest: rat"),
        ("study_types", "case control", "unknown study type 'case control' (nearest: case-control"),
        ("bases", "txt", "unknown basis 'txt' (nearest: text"),
        ("predicates", "requires", "unknown predicate 'requires' (nearest: requiredFor"),
        ("without", "1893939", "unknown source '1893939' (nearest: 18939396"),
        ("through", "Mechanisms", "unknown kind of entity 'Mechanisms' (nearest: Mechanism"),
        ("avoid", "Mechanisms", "unknown kind or entity 'Mechanisms' (nearest: Mechanism"),
        ("avoid", "magnesum", "unknown kind or entity 'magnesum' (nearest: magnesium"),
        ("specie", "rat", "unknown filter 'specie' (nearest: "),
    ],
)
def test_an_unknown_value_is_named_with_the_nearest(
    kg: Graph, name: str, value: str, message: str
) -> None:
    with pytest.raises(UnknownName) as caught:
        kg.network(**{name: [value]})
    assert str(caught.value).startswith(message)
    assert caught.value.nearest


def test_a_source_is_left_out_by_each_of_its_names(kg: Graph) -> None:
    question = "oral contraceptive use", "dyslipidaemia"
    names = ("18939396", "paper-olatunji-2008")
    found = [kg.paths(*question, without=[name]) for name in names]
    assert found[0] == found[1] != kg.paths(*question)
    paragraph = next(c.paragraph for c in kg.claims() if names[0] in {s.pmid for s in c.sources})
    assert kg.paths(*question, without=[str(paragraph)]) == found[0]


def test_leaving_out_a_paper_that_is_only_further_reading_changes_nothing(kg: Graph) -> None:
    question = "magnesium", "preterm labour"
    papers = {source for claim in kg.claims() for source in claim.sources}
    resting = {source.id for source in papers if source.gives_evidence}
    read = sorted({source.id for source in papers} - resting)
    assert len(read) > 5
    assert kg.paths(*question, without=list(map(local, read))) == kg.paths(*question)
    # What is further reading in one document may be what a finding of another rests on.
    martin = ["1733187"]
    alone = kg.paths(*question, documents=[SLUG])
    assert kg.paths(*question, documents=[SLUG], without=martin) == alone
    before, after = kg.paths(*question).direct, kg.paths(*question, without=martin).direct
    assert len(before.inconclusive) == len(after.inconclusive) + 1
    assert replace(before, inconclusive=after.inconclusive) == after


# Filters on made-up graphs


@UNHURRIED
@given(
    claim_sets(),
    link_sets(),
    st.sampled_from([("bases", "headline"), ("predicates", "increases"), ("study_types", "rct")]),
)
def test_filters_act_before_the_search(
    claims: list[Claim], links: list[Link], chosen: tuple[str, str]
) -> None:
    name, value = chosen
    few = [claim for claim in claims if kept(claim, name, value)]
    assert ask(claims, links, **{name: [value]}) == ask(few, links)


@UNHURRIED
@given(claim_sets(), link_sets(), st.lists(st.sampled_from("uvw"), min_size=20, max_size=20))
def test_removing_a_source_never_adds_a_path(
    claims: list[Claim], links: list[Link], voices: list[str]
) -> None:
    papers = [Source(BASE + voice, voice, 2000, "is_source_of", True) for voice in voices]
    claims = [claim for claim in claims if claim.basis == "text" and claim.sign != -1]
    spoken = [replace(c, sources=(paper,)) for c, paper in zip(claims, papers, strict=False)]
    everything = set(routes(spoken, links, top=10_000))
    for voice in "uvw":
        assert set(routes(spoken, links, top=10_000, without=[voice])) <= everything


@pytest.mark.parametrize(
    ("weak", "strong"),
    [
        (said("b", "z", basis="headline"), said("z", "b", voice="u")),
        (said("b", "z", study="animal"), said("z", "b", -1, study="rct", voice="u")),
    ],
)
def test_removing_what_turns_a_hop_round_adds_no_path(weak: Claim, strong: Claim) -> None:
    claims = [said("a", "b"), weak, strong]
    assert set(routes(claims, without=["u"])) <= set(routes(claims))


@pytest.mark.parametrize("source", ["18939396", "paper-howard-1994", "10.1055/s-2007-999724"])
def test_removing_a_source_of_the_document_never_adds_a_path(kg: Graph, source: str) -> None:
    for target in ("miscarriage", "live birth", "dyslipidaemia"):
        whole = {route(p.hops) for p in kg.paths("magnesium", target, top=10_000).paths}
        rest = kg.paths("magnesium", target, top=10_000, without=[source]).paths
        assert {route(path.hops) for path in rest} <= whole


def test_avoiding_a_thing_leaves_what_does_not_pass_it() -> None:
    claims = [said("a", "b"), said("b", "z"), said("a", "c"), said("c", "z"), said("b", "c")]
    assert routes(claims, avoid=[f"{BASE}b"]) == ["a c z"]
    assert routes(claims, avoid=["Nutrient"]) == []
    assert routes([*claims, said("a", "z")], through=["Mechanism"]) == ["a z"]


def test_no_path_names_the_nearest_that_can_be_reached(kg: Graph) -> None:
    claims = [said("a", "b"), said("b", "c"), said("c", "d"), said("z", "g"), cause("f", "a")]
    answer = ask(claims, max_hops=2)
    assert (answer.verdict, answer.paths) == ("no-path", ())
    assert answer.nearest == (f"{BASE}b", f"{BASE}c")
    assert ask(claims, max_hops=1).nearest == (f"{BASE}b",)
    assert ask(claims, closed="b").nearest == (f"{BASE}b",), "no route passes through it"
    assert ask([said("a", "z")]).nearest == ()
    assert ask([cause("z", "a")]).nearest == ()
    reached = kg.paths("selenium", "miscarriage", max_hops=1, bases=["text"])
    assert reached.verdict == "no-path"
    assert kg.entity("red cell magnesium").id in reached.nearest


# Weights of one's own


def table(vocabulary: Vocabulary = VOCABULARY, **changed: str) -> list[str]:
    rows = [
        f"{name}\t{changed.get(name.replace('-', '_'), study.weight_causal)}\t"
        f"{study.weight_association}"
        for name, study in vocabulary.study_types.items()
    ]
    return ["study_type\tcausal\tassociation", *rows]


def written(folder: Path, lines: Sequence[str]) -> Path:
    file = folder / "weights.tsv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_our_own_weights_from_a_file_change_nothing(kg: Graph, tmp_path: Path) -> None:
    lines = table()
    file = written(tmp_path, lines)
    assert read_weights(file, VOCABULARY) == VOCABULARY
    shuffled = read_weights(written(tmp_path, [lines[0], "", *reversed(lines[1:])]), VOCABULARY)
    assert list(shuffled.study_types) == list(VOCABULARY.study_types)
    question = "magnesium", "miscarriage"
    assert kg.paths(*question, weights=str(file)) == kg.paths(*question)


def test_other_weights_change_the_scores(kg: Graph, tmp_path: Path) -> None:
    file = written(tmp_path, table(animal="0.9"))
    lifted = read_weights(file, VOCABULARY)
    (hop,) = ask([cause("a", "z", study="animal")]).paths[0].hops
    claims = [cause("a", "z", study="animal")]
    graph = build_network(claims, [], entities(), lifted)
    (other,) = graph.hops[f"{BASE}a", "state"]
    ceiling = VOCABULARY.ceilings[VOCABULARY.study_types["animal"].ceiling][0]
    assert hop.score == pytest.approx(ceiling * VOCABULARY.study_types["animal"].weight_causal)
    assert other.score == pytest.approx(ceiling * 0.9)
    question = "magnesium", "neonatal mortality"
    assert kg.paths(*question, weights=file).paths[0].score > kg.paths(*question).paths[0].score


FAULTS: dict[str, tuple[list[str], str]] = {
    "missing": (table()[:-1], "weights.tsv: no weight for "),
    "empty": ([""], "weights.tsv:1: needs the tab-separated columns study_type, causal, assoc"),
    "unknown": ([*table(), "guess\t0\t0"], "study type 'guess' is unknown or given twice; known: "),
    "twice": ([*table(), table()[1]], "is unknown or given twice"),
    "no number": (table(rct="much"), "'much' is no weight: give a number from 0 to 1"),
    "nothing": (table(rct=""), "'' is no weight"),
    "not a number": (table(rct="nan"), "'nan' is no weight"),
    "too much": (table(rct="1.01"), "'1.01' is no weight"),
    "too little": (table(rct="-0.1"), "'-0.1' is no weight"),
    "columns": (["study\tcausal\tassociation", *table()[1:]], "weights.tsv:1: needs the tab-sep"),
    "commas": ([line.replace("\t", ",") for line in table()], "weights.tsv:1: needs the tab-sep"),
    "short": ([*table()[:3], "rct\t0.5"], "weights.tsv:4: needs a value in each column"),
    "blank lines": ([table()[0], "", "", "rct\t0.5\tx"], "weights.tsv:4: 'x' is no weight"),
    "quotes": ([table()[0], '"rct\t0.5\t0.5'], "weights.tsv:2: study type '\"rct' is unknown"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_weights_with_a_mistake_are_refused(kg: Graph, tmp_path: Path, case: str) -> None:
    lines, message = FAULTS[case]
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        kg.paths("magnesium", "miscarriage", weights=written(tmp_path, lines))
    if case not in ("missing", "empty", "columns", "commas"):
        number = re.search(r"weights\.tsv:(\d+): ", str(caught.value))
        assert number is not None
        assert 2 <= int(number[1]) <= len(lines)


def test_weights_that_cannot_be_read_are_refused(kg: Graph, tmp_path: Path) -> None:
    latin = tmp_path / "latin.tsv"
    latin.write_bytes(b"\xff\xfe\xe9")
    for file in (tmp_path / "none.tsv", tmp_path):
        with pytest.raises(UsageError, match=f"weights {file} cannot be read"):
            kg.paths("magnesium", "miscarriage", weights=file)
    with pytest.raises(InputError, match="not UTF-8") as caught:
        kg.paths("magnesium", "miscarriage", weights=latin)
    assert caught.value.place == str(latin)


# Robustness


@UNHURRIED
@given(st.integers(0, 10_000), st.lists(st.floats(0, 1), min_size=26, max_size=26))
def test_drawn_weights_keep_the_order_and_stay_within_bounds(
    seed: int, numbers: list[float]
) -> None:
    ours = VOCABULARY.study_types
    given_ = {
        name: replace(study, weight_causal=one, weight_association=other)
        for (name, study), one, other in zip(ours.items(), numbers[:13], numbers[13:], strict=False)
    }
    for vocabulary in (VOCABULARY, replace(VOCABULARY, study_types={**ours, **given_})):
        before = vocabulary.study_types
        after = drawn_weights(vocabulary, random.Random(seed)).study_types  # noqa: S311
        assert list(after) == list(before)
        for force in ("weight_causal", "weight_association"):
            pairs = [(getattr(before[name], force), getattr(after[name], force)) for name in before]
            for was, now in pairs:
                assert 0 <= now <= 1
                for other, then in pairs:
                    assert (was < other) <= (now <= then)
                    assert (was == other) <= (now == then)


def test_robustness_is_a_share_of_draws_and_reproducible(kg: Graph) -> None:
    question = "magnesium", "miscarriage"
    found = kg.paths(*question, top=2, draws=20)
    assert found == kg.paths(*question, top=2, draws=20)
    assert all(p.robustness is not None and 0 <= p.robustness <= 1 for p in found.paths)
    plain = kg.paths(*question).paths
    assert len(plain) == 10
    assert [path.robustness for path in plain] == [None] * 10
    (only,) = kg.paths("oral contraceptive use", "dyslipidaemia", draws=20).paths
    assert only.robustness == 1
    assert kg.paths("zinc", "eclampsia", draws=20).paths == ()
    with pytest.raises(UsageError, match="draws is -1: give at least 0"):
        kg.paths(*question, draws=-1)


def test_a_clear_first_is_more_robust_than_a_close_one() -> None:
    def first(study: str) -> float | None:
        claims = [said("a", "z", study=study), said("a", "b", study="rct"), said("b", "z")]
        ends = f"{BASE}a", f"{BASE}z"
        known, graph = entities(), network(claims)
        answer = find(graph, *ends, known, VOCABULARY, max_hops=3, top=1, draws=100)
        return answer.paths[0].robustness

    assert first("rct") == 1
    close = first("case-control")
    assert close is not None
    assert 0.3 < close < 1


# What a path says of time


@pytest.mark.parametrize(
    ("timing", "note"),
    [
        ("before", None),
        ("with the outcome", "reverse causation possible on hop 1: measured with the outcome"),
        (None, "reverse causation possible on hop 1: which came first is not stated"),
    ],
)
def test_reverse_causation_is_possible_unless_exposure_came_first(
    timing: str | None, note: str | None
) -> None:
    claim = said("a", "b")
    assert claim.evidence is not None
    timed = replace(claim, evidence=replace(claim.evidence, exposure_timing=timing))
    (path,) = ask([timed, cause("b", "z")]).paths
    assert path.timing == ((note,) if note else ())
    assert ask([cause("a", "b"), said("b", "z", basis="headline")]).paths[0].timing == ()


def test_the_document_tells_which_came_first(kg: Graph) -> None:
    best = kg.paths("magnesium", "miscarriage").paths[0]
    assert best.timing == ("reverse causation possible on hop 1: measured with the outcome",)
    fed = kg.paths("oral contraceptive use", "dyslipidaemia").paths[0]
    assert (fed.hops[0].force, fed.timing) == ("association", ())
