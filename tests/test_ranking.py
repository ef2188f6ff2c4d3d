"""The order of routes against brute force on random graphs, and the routes of the document."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import isclose, log
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.letters import VOCABULARY, Route, ask, link, network, route, said

import nutrigraph
from nutrigraph.model import Answer, Claim, Hop, Link, Path
from nutrigraph.paths import Network
from nutrigraph.paths.large import search_arrays
from nutrigraph.paths.network import continuity
from nutrigraph.paths.search import Question, search
from nutrigraph.terms import BASE, NG, SKOS

# Ranking, against brute force on random graphs

UNHURRIED = settings(deadline=None)
LETTERS = st.sampled_from("abcdez")
PAIRS = st.tuples(LETTERS, LETTERS).filter(lambda pair: pair[0] != pair[1])
KINDS: tuple[Literal["opposite", "measure", "broader"], ...] = ("opposite", "measure", "broader")


@st.composite
def claim_sets(draw: st.DrawFn) -> list[Claim]:
    found: dict[str, Claim] = {}
    for start, end in draw(st.lists(PAIRS, min_size=10, max_size=20)):
        force = draw(st.sampled_from(["association", "causal"]))
        claim = said(
            start + draw(st.sampled_from(["", "", "", "!"])),
            end + draw(st.sampled_from(["", "", "", "!"])),
            draw(st.sampled_from([1, 1, -1, 0])),
            force=force,
            study=draw(st.sampled_from(["rct", "cohort", "animal"])),
            basis=draw(st.sampled_from(["text", "text", "headline"])),
            species=draw(st.sampled_from(["human", "rat", None])),
        )
        found[claim.id] = claim
    return list(found.values())


@st.composite
def link_sets(draw: st.DrawFn) -> list[Link]:
    pairs = draw(st.lists(PAIRS, max_size=4, unique=True))
    return [link(start, draw(st.sampled_from(KINDS)), end) for start, end in pairs]


def allowed(hops: Sequence[Hop]) -> bool:
    """The walking rules, told from the end of a route and not from its beginning."""
    tied = (NG.oppositeOf, NG.measureOf, SKOS.broader)
    bound = [hop.predicate in tied or hop.either for hop in hops]
    for place, hop in enumerate(hops):
        before = [
            other.walked for other, tied in zip(hops[:place], bound, strict=False) if not tied
        ]
        if not bound[place] and hop.walked == "backward" and before[-1:] == ["forward"]:
            return False
    return sum(hop.predicate == SKOS.broader for hop in hops) <= 1


def cost_of(hops: Sequence[Hop], graph: Network) -> float:
    scores = sum(-log(hop.score) if hop.score else 1e6 for hop in hops)
    known = continuity(graph, VOCABULARY)
    pairs = [(hop.subject, hop.object) for hop in hops]
    scores += sum(known.cost(*pair) for pair in pairwise(pairs))
    return scores + VOCABULARY.hub_damping * sum(log(graph.degrees[h.object]) for h in hops[:-1])


def brute_force(graph: Network, max_hops: int) -> dict[Route, float]:
    found: dict[Route, float] = {}
    front: list[list[Hop]] = [
        [hop] for node, hops in graph.hops.items() if node[0] == f"{BASE}a" for hop in hops
    ]
    while front:
        hops = front.pop()
        end = hops[-1].object
        nodes = [hops[0].subject, *(hop.object for hop in hops)]
        if len(set(nodes)) < len(nodes) or end[0] == f"{BASE}a" or len(hops) > max_hops:
            continue
        if end[0] != f"{BASE}z":
            front += [[*hops, hop] for hop in graph.hops.get(end, [])]
        elif allowed(hops):
            cost = cost_of(hops, graph)
            found[route(hops)] = min(cost, found.get(route(hops), cost))
    return found


@UNHURRIED
@given(claim_sets(), link_sets(), st.integers(1, 4))
def test_the_best_paths_are_those_of_brute_force(
    claims: list[Claim], links: list[Link], max_hops: int
) -> None:
    graph = network(claims, links)
    found = [path.hops for path in ask(claims, links, max_hops=max_hops, top=10_000).paths]
    expected = brute_force(graph, max_hops)
    assert len(found) == len(expected)
    assert {route(hops) for hops in found} == set(expected)
    for hops, cost in zip(found, sorted(expected.values()), strict=True):
        assert isclose(cost_of(hops, graph), cost, abs_tol=1e-6)
        assert isclose(expected[route(hops)], cost, abs_tol=1e-6)
    for hops in found:
        nodes = route(hops)
        assert len(set(nodes)) == len(nodes)
        assert not {"a", "a!", "z", "z!"} & set(nodes[1:-1])


@UNHURRIED
@given(claim_sets(), st.integers(1, 5), st.integers(1, 8))
def test_over_arrays_the_paths_are_the_same(claims: list[Claim], max_hops: int, top: int) -> None:
    graph = network(claims, [])
    question = Question(
        f"{BASE}a", f"{BASE}z", max_hops, VOCABULARY.hub_damping, continuity(graph, VOCABULARY)
    )
    expected = list(search(graph, question))
    found = search_arrays(graph, question, top)
    costs = [cost_of(hops, graph) for hops in found]
    assert costs == pytest.approx([cost_of(hops, graph) for hops in expected[:top]])
    assert {route(hops) for hops in found} <= {route(hops) for hops in expected}


def bare(answer: Answer) -> Answer:
    """An answer without the rank by degree, which is one among the paths that are shown."""
    return replace(answer, paths=tuple(replace(path, degree_rank=0) for path in answer.paths))


@UNHURRIED
@given(claim_sets(), link_sets(), st.integers(1, 6))
def test_fewer_paths_are_a_prefix_of_more(claims: list[Claim], links: list[Link], top: int) -> None:
    fewer, more = bare(ask(claims, links, top=top)), bare(ask(claims, links, top=top + 1))
    assert fewer == replace(more, paths=more.paths[:top])


@UNHURRIED
@given(st.data(), claim_sets(), link_sets())
def test_the_order_of_claims_does_not_matter(
    data: st.DataObject, claims: list[Claim], links: list[Link]
) -> None:
    other = ask(data.draw(st.permutations(claims)), data.draw(st.permutations(links)))
    assert other == ask(claims, links)


@UNHURRIED
@given(claim_sets(), link_sets(), st.sampled_from(["human", "rat", "unknown"]))
def test_filtering_equals_a_graph_of_the_filtered_claims(
    claims: list[Claim], links: list[Link], species: str
) -> None:
    def known(claim: Claim) -> str:
        return (claim.evidence and claim.evidence.species) or "unknown"

    kept = [claim for claim in claims if known(claim) == species]
    assert ask(claims, links, species=[species]) == ask(kept, links)
    animals = [
        claim for claim in claims if claim.evidence and claim.evidence.study_type == "animal"
    ]
    assert ask(claims, links, study_types=["animal"]) == ask(animals, links)


def test_documents_and_sources_are_left_out_before_the_search() -> None:
    first, second = said("a", "z", document="one", voice="x"), said("a", "z", document="two")
    assert ask([first, second], documents=["two"]) == ask([second])
    assert ask([first, second], without=["x"]) == ask([second])
    assert ask([first], without=["x"]).verdict == "no-path"


# The real document

DOCUMENT = "magnesium-and-miscarriage"


def between(graph: nutrigraph.KnowledgeGraph, max_hops: int = 4) -> dict[Route, Path]:
    """Every route from magnesium to miscarriage in the document, by its nodes."""
    found = graph.paths(
        "magnesium", "miscarriage", documents=[DOCUMENT], max_hops=max_hops, top=10_000
    )
    return {route(path.hops): path for path in found.paths}


@pytest.mark.parametrize(
    ("nodes", "first"),
    [
        ("magnesium insulin-resistance miscarriage", "headline"),
        ("magnesium! insulin-resistance miscarriage", "headline"),
        ("magnesium insulin-sensitivity insulin-resistance miscarriage", "text"),
    ],
)
def test_the_flagship_is_found_and_told_honestly(
    kg: nutrigraph.KnowledgeGraph, nodes: str, first: str
) -> None:
    path = between(kg)[tuple(nodes.split())]
    assert path.hops[0].basis == first
    last = path.hops[-1]
    assert last.basis == "cross-reference"
    assert last.claims[0].quote is not None
    assert last.claims[0].quote.exact == "Insulin Resistance and Miscarriage"
    assert (last.score, last.sign, last.study_types) == (0, None, ())
    assert path.verdict == "unsupported"
    assert (path.sign, path.sign_basis, path.cost) == (None, None, None)
    assert path.weakest == len(path.hops) - 1
    assert "no evidence at all" in path.weakest_reason
    assert "Nothing follows" in path.sentence


def test_insulin_sensitivity_leads_to_its_opposite_by_definition(
    kg: nutrigraph.KnowledgeGraph,
) -> None:
    by_route = {}
    for documents in ([DOCUMENT], []):
        found = kg.paths("magnesium", "insulin resistance", documents=documents).paths
        by_route = {route(path.hops): path for path in found}
        path = by_route["magnesium", "insulin-sensitivity", "insulin-resistance"]
        assert path == found[0] or not documents
        assert [hop.basis for hop in path.hops] == ["text", "definition"]
        assert [hop.sign for hop in path.hops] == [1, -1]
        assert (path.verdict, path.sign, path.sign_basis) == ("inferred", -1, "direction")
    # What trials of supplements found comes first, and is not what deficiency does.
    best = by_route["magnesium!", "insulin-resistance"]
    assert (best.rank, best.hops[0].basis, best.verdict) == (1, "finding", "stated")
    assert (best.sign, best.sign_basis) == (-1, "direction")


def test_what_is_said_directly_comes_first(kg: nutrigraph.KnowledgeGraph) -> None:
    answer = kg.paths("magnesium", "miscarriage", documents=[DOCUMENT])
    assert (answer.verdict, answer.sign, answer.sign_basis) == ("stated", -1, "if-causal")
    for best in (answer.paths[0], kg.paths("magnesium", "miscarriage").paths[0]):
        assert route(best.hops) == ("magnesium", "miscarriage")
        assert (best.verdict, best.sign, best.sign_basis) == ("stated", -1, "if-causal")
        bases = {claim.basis for claim in best.hops[0].claims}
        assert bases == {"text", "headline", "cross-reference"}
        assert best.hops[0].claims[0].name == "low-magnesium-miscarriage"


def test_no_sign_is_given_to_a_question_whose_routes_disagree(
    kg: nutrigraph.KnowledgeGraph,
) -> None:
    answer = kg.paths("magnesium", "miscarriage", top=1000)
    assert (answer.verdict, answer.sign, answer.sign_basis) == ("signs-disagree", None, None)
    signs = {path.sign for path in answer.paths if path.verdict != "unsupported"}
    assert {1, -1} <= signs
    assert {path.sign for path in answer.paths[:2]} == {-1}


def test_no_route_says_only_that_two_things_share_an_effect_or_a_list(
    kg: nutrigraph.KnowledgeGraph,
) -> None:
    found = between(kg, max_hops=8)
    passed = {node.rstrip("!") for nodes in found for node in nodes[1:-1]}
    assert "insulin-resistance" in passed
    assert not passed & {"threatened-miscarriage", "vitamins", "premenstrual-tension"}
    assert not passed & {"mineral-restricted-diet", "calcium", "iron", "zinc"}
    walked = {hop.predicate for path in found.values() for hop in path.hops}
    assert NG.hasComponent not in walked
    assert not any(claim.negated for path in found.values() for claim in path.hops[0].claims[:1])


def test_the_filter_by_document_takes_the_document_alone(kg: nutrigraph.KnowledgeGraph) -> None:
    slugs = {
        claim.document for path in between(kg).values() for hop in path.hops for claim in hop.claims
    }
    assert slugs == {DOCUMENT}
    with pytest.raises(nutrigraph.NutrigraphError, match="no-such-page"):
        kg.paths("magnesium", "miscarriage", documents=["no-such-page"])


def test_what_the_text_implies_is_found_and_told_from_what_it_asserts(
    kg: nutrigraph.KnowledgeGraph,
) -> None:
    query = "SELECT ?x { :magnesium :deficiencyAssociatedWith ?x }"
    resistance = f"{BASE}insulin-resistance"
    found = {row[0] for row in kg.query(query)}
    asserted = {row[0] for row in kg.query(query, asserted=True)}
    assert {resistance, ":insulin-resistance"} & found
    assert not {resistance, ":insulin-resistance"} & asserted
    assert asserted < found


def test_paths_through_the_same_degrees_rank_by_degree_as_they_rank(
    kg: nutrigraph.KnowledgeGraph,
) -> None:
    degrees = kg.network().degrees
    alike: dict[tuple[int, ...], list[int]] = {}
    for path in kg.paths("magnesium", "folate").paths:
        inside = sorted(degrees[hop.object] for hop in path.hops[:-1])
        alike.setdefault(tuple(inside), []).append(path.degree_rank)
    assert any(len(ranks) > 1 and len(inside) > 2 for inside, ranks in alike.items())
    assert all(ranks == sorted(ranks) for ranks in alike.values())
