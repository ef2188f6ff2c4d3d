"""The sheet of findings: each row one claim, no more than the row says, and what they carry."""

import json
import re
from collections import Counter

import pytest
from tests.letters import Route, route
from tests.ontologies import FINDINGS, SLUG, sheet_rows

from nutrigraph import KnowledgeGraph
from nutrigraph.grade import heard, weigh
from nutrigraph.model import Claim, Evidence, Path, parse_number
from nutrigraph.report import answer as told
from nutrigraph.terms import BASE, NG, SKOS, local

ROWS = {row["finding_id"]: row for row in sheet_rows()}
NULLS = ("no_effect", "no_association")
FIGURES = {
    "n_total": "sample_size",
    "n_exposed_or_cases": "n_cases",
    "n_controls": "n_controls",
    "p_value": "p_value",
}
EFFECT = {"effect_value": "value", "ci_low": "ci_low", "ci_high": "ci_high"}


@pytest.fixture(scope="module")
def claims(kg: KnowledgeGraph) -> dict[str, Claim]:
    """The claims of the sheet, by the row each stands in."""
    return {str(claim.finding): claim for claim in kg.claims(document=FINDINGS)}


def evidence(claim: Claim) -> Evidence:
    assert claim.evidence is not None
    return claim.evidence


# Each row is one claim


def test_each_row_is_one_claim(kg: KnowledgeGraph, claims: dict[str, Claim]) -> None:
    assert len(kg.claims(document=FINDINGS)) == len(claims) == len(ROWS) == 330
    assert claims.keys() == ROWS.keys()
    assert {claim.basis for claim in claims.values()} == {"finding"}
    assert {claim.quote for claim in claims.values()} == {None}
    assert len({claim.id for claim in claims.values()}) == 330


def test_each_paper_of_the_file_is_one_source(kg: KnowledgeGraph, claims: dict[str, Claim]) -> None:
    (home,) = (home for home in kg.documents if home.slug == FINDINGS)
    assert len(home.paragraphs) == 173
    assert len({claim.sources[0].id for claim in claims.values()}) == 173
    for name, row in ROWS.items():
        (source,) = claims[name].sources
        assert source.gives_evidence
        assert not row["doi"] or str(source.doi).lower() == row["doi"].lower(), name
        assert not row["pmid"] or source.pmid == row["pmid"], name
        assert not row["year"] or source.year == int(row["year"]), name
        assert source.doi or source.pmid or source.url, name
    # Rows that share an identifier share their voice.
    for key in ("doi", "pmid"):
        papers: dict[str, set[str]] = {}
        for name, row in ROWS.items():
            papers.setdefault(row[key].lower(), set()).add(claims[name].sources[0].id)
        assert all(len(found) == 1 for value, found in papers.items() if value)


def test_every_null_stays_a_null(claims: dict[str, Claim]) -> None:
    nulls = {name for name, row in ROWS.items() if row["relation"] in NULLS}
    assert len(nulls) == 121
    assert {name for name, claim in claims.items() if claim.negated} == nulls
    for name, claim in claims.items():
        assert (claim.sign == 0) == claim.negated, name
        hedged = f"Tested, and {claim.modality} not to hold: "
        words = "Tested and not found: " if claim.modality == "stated" else hedged
        assert claim.statement.startswith(words) == claim.negated, name


def test_figures_stand_in_the_claim_as_they_are_printed(claims: dict[str, Claim]) -> None:
    seen: Counter[str] = Counter()
    for name, row in ROWS.items():
        known, parsed = evidence(claims[name]), evidence(claims[name]).parsed
        found = {column: getattr(known, field) for column, field in FIGURES.items()}
        found |= {column: getattr(known.effect, field) for column, field in EFFECT.items()}
        for column, figure in found.items():
            # The bound of a p is left out of its cell, and told in the note.
            bound = re.search(r"p printed as ([<>=.\d]+\d)", row["note"])
            printed = bound[1] if bound and column == "p_value" else row[column]
            assert (figure or "") == printed, (name, column)
            seen[column] += bool(figure)
        measure = row["effect_measure"]
        # Two ratios are per a unit that is not printed, which their measure says.
        told = (known.effect.measure or "").removesuffix(" per unit not printed") or None
        assert told == (None if measure in ("", "none") else measure), name
        for key in ("sample_size", "n_cases", "n_controls"):
            if figure := getattr(known, key):
                assert parsed[key] == parse_number(figure)
    assert seen == {column: seen[column] for column in (*FIGURES, *EFFECT)}
    assert min(seen.values()) > 30


def test_words_of_the_row_stand_in_the_claim(claims: dict[str, Claim]) -> None:
    for name, row in ROWS.items():
        claim, known = claims[name], evidence(claims[name])
        assert claim.modality == row["modality"], name
        assert known.second_reader == (row["second_reader"] or None), name
        told = {"yes": "yes", "no": "no"}.get(row["significant"])
        assert known.significance == told, "what the sheet calls unknown is not known"
        if row["population"] and known.analysis is None:
            assert known.population, name
    assert Counter(evidence(claim).second_reader for claim in claims.values()) == {
        "agreed": 294,
        "corrected": 36,
    }


def test_a_species_that_no_row_gives_stays_unknown(claims: dict[str, Claim]) -> None:
    blank = [name for name, row in ROWS.items() if not row["species"]]
    assert len(blank) == 4
    for name, row in ROWS.items():
        claim = claims[name]
        assert claim.species == (row["species"] or None), name
        assert ("species not stated" in claim.statement) == (name in blank), name


def test_a_sign_is_that_of_the_words_of_its_row(claims: dict[str, Claim]) -> None:
    """Held against the row by a rule of our own, which knows only plain ups and downs."""
    ways = {"low": -1, "decreased": -1, "high": 1, "increased": 1, "given": 1, "present": 1}
    ways |= {"occurs": 1}
    checked = 0
    for name, row in ROWS.items():
        if row["relation"] in NULLS:
            continue
        one, other = ways.get(row["subject_direction"]), ways.get(row["object_direction"])
        if one and other:
            checked += 1
            assert claims[name].sign == one * other, name
    assert checked > 180


# What is weighed, and what is only shown


def test_a_composite_outcome_says_nothing_of_its_parts(kg: KnowledgeGraph) -> None:
    parts: dict[str, set[str]] = {}
    for link in kg.content.links:
        if link.type == NG.hasComponent:
            parts.setdefault(link.subject, set()).add(link.object)
    joint = [
        c for c in kg.claims(document=FINDINGS) if c.object in parts and c.subject not in parts
    ]
    assert {local(claim.object) for claim in joint} >= {"adverse-perinatal-outcome"}
    for claim in joint:
        for part in sorted(parts[claim.object]):
            answer = kg.paths(claim.subject, part, top=100)
            assert claim.id not in (
                *answer.direct.supporting,
                *answer.direct.disputing,
                *answer.direct.inconclusive,
                *answer.direct.named,
            )
            assert not any(
                claim in hop.claims and local(part) == local(hop.object[0])
                for path in answer.paths
                for hop in path.hops
            )
            walked = {hop.predicate for path in answer.paths for hop in path.hops}
            assert NG.hasComponent not in walked


def test_a_perinatal_composite_leaves_preterm_birth_alone(kg: KnowledgeGraph) -> None:
    (null,) = (c for c in kg.claims() if c.finding == "bramag2020-mg-perinatal-null")
    assert null.negated
    before = kg.paths("magnesium", "premature delivery").direct
    assert null.id not in (*before.disputing, *before.inconclusive)
    joint = kg.paths("magnesium", "adverse perinatal outcome").direct
    assert null.id in (*joint.disputing, *joint.inconclusive)


def test_a_review_that_may_pool_the_retracted_trial_weighs_half(
    kg: KnowledgeGraph, claims: dict[str, Claim]
) -> None:
    weight, reason = weigh(claims["tan2022-mg-gdm-homair"], kg.vocabulary)
    full, _ = weigh(claims["simental2016-mg-homair"], kg.vocabulary)
    assert weight == full / 2
    assert reason.endswith("Half of it, as it may pool doi-10.3945-ajcn.114.098616, retracted.")
    halved = {
        name for name, claim in claims.items() if "Half of it" in weigh(claim, kg.vocabulary)[1]
    }
    assert halved == {"tan2022-mg-gdm-homair", "veronese2022-mg-crp"}


def test_a_superseded_review_weighs_nothing_and_its_successor_speaks(
    kg: KnowledgeGraph, claims: dict[str, Claim]
) -> None:
    old, new = claims["ota2015-zn-ptb"], claims["cd000230pub6-zn-ptb"]
    assert weigh(old, kg.vocabulary)[0] == 0
    assert old.sources[0].superseded_by == new.sources[0].id
    answer = kg.paths("zinc", "premature delivery").direct
    assert old.id in answer.supporting, "it is shown"
    assert new.id in (*answer.inconclusive, *answer.disputing)
    without = kg.paths("zinc", "premature delivery", without=[str(old.sources[0].doi)]).direct
    assert old.id not in without.supporting
    assert without.support == answer.support > 0


def test_papers_of_one_trial_are_one_voice(claims: dict[str, Claim]) -> None:
    trial = {name for name, claim in claims.items() if claim.voice == "BRAMAG"}
    assert trial == {
        "araujo2020-mg-preeclampsia-null",
        "bramag2020-mg-maternal-null",
        "bramag2020-mg-perinatal-null",
    }
    assert len({claims[name].sources[0].id for name in trial}) == 2


def test_a_subgroup_is_silent_beside_the_main_analysis_of_its_paper(
    kg: KnowledgeGraph, claims: dict[str, Claim]
) -> None:
    parts = [claim for claim in claims.values() if claim.analysis]
    assert Counter(claim.analysis for claim in parts) == {"subgroup": 18, "secondary": 1}
    silent = []
    for part in parts:
        pair = {part.subject, part.object}
        whole = [c for c in claims.values() if {c.subject, c.object} == pair]
        if part not in heard(whole):
            silent.append(part.finding)
            assert any(c.voice == part.voice and c.analysis is None for c in whole)
            direct = kg.paths(part.subject, part.object).direct
            shown = (*direct.supporting, *direct.disputing, *direct.inconclusive)
            assert part.id in shown, part.finding
    assert {"fs2008-bmi-miscarriage-ivf-null", "bodnar2006-multivit-pe-overweight"} <= {*silent}
    assert len(silent) < len(parts), "some papers are known by a subgroup alone"


def test_a_marker_is_told_from_the_outcome_that_it_stands_for(claims: dict[str, Claim]) -> None:
    surrogates = [c for c in claims.values() if evidence(c).outcome_role == "surrogate"]
    assert len(surrogates) == 71
    homa = evidence(claims["simental2016-mg-homair"])
    assert (homa.outcome_role, homa.parsed["outcome_role"]) == ("surrogate", "surrogate")
    assert local(str(claims["simental2016-mg-homair"].object_measure)) == "homa-ir"


# What the findings carry: magnesium, insulin resistance, miscarriage


def between(kg: KnowledgeGraph, target: str) -> dict[Route, Path]:
    return {route(path.hops): path for path in kg.paths("magnesium", target, top=1000).paths}


@pytest.mark.parametrize(
    ("target", "nulls"),
    [
        ("miscarriage", [["li2022-mg-pcos-ir-null"], []]),
        ("recurrent miscarriage", [["li2022-mg-pcos-ir-null"], ["mpp2007-ir-rpl-null"]]),
    ],
)
def test_the_route_over_insulin_resistance_is_a_hypothesis(
    kg: KnowledgeGraph, target: str, nulls: list[list[str]]
) -> None:
    path = between(kg, target)["magnesium!", "insulin-resistance", target.replace(" ", "-")]
    assert [hop.basis for hop in path.hops] == ["finding", "finding"]
    assert (path.verdict, path.sign, path.sign_basis) == ("hypothesis", -1, "if-causal")
    assert path.caution == kg.vocabulary.hypothesis_line
    assert path.stitched == 2
    assert path.crosses_population
    assert not path.crosses_species
    rows = {claim.id: claim.finding for claim in kg.claims()}
    assert [[rows[iri] for iri in hop.inconclusive] for hop in path.hops] == nulls
    for hop in path.hops:
        assert {*hop.inconclusive} <= {claim.id for claim in hop.claims}
        assert 0 < hop.score < 0.95
    assert any("reverse causation possible on hop 2" in line for line in path.timing)


def test_what_is_said_of_that_route_is_printed(kg: KnowledgeGraph) -> None:
    text = told(kg.paths("magnesium", "miscarriage", top=2), kg.entities, kg.vocabulary)
    for words in (
        "verdict: hypothesis; sign −, if-causal",
        "and 1 inconclusive null finding\n",
        "crosses populations: diabetic and non-diabetic adults, RCTs | women with PCOS",
        "MD -0.67 (-1.2 to -0.14), p 0.013 (Simental-Mendía LE 2016 https",
        kg.vocabulary.hypothesis_line,
    ):
        assert words in text, words


def test_a_kind_of_miscarriage_leads_to_miscarriage_and_says_so(kg: KnowledgeGraph) -> None:
    found = between(kg, "miscarriage")
    path = found["magnesium!", "insulin-resistance", "recurrent-miscarriage", "miscarriage"]
    last = path.hops[-1]
    assert (last.predicate, last.basis, last.claims) == (SKOS.broader, "definition", ())
    assert "recurrent miscarriage is a kind of miscarriage (by definition)" in path.sentence
    assert (path.verdict, path.sign) == ("hypothesis", -1)
    direct = found["magnesium!", "insulin-resistance", "miscarriage"]
    assert direct.rank < path.rank
    # What is said of miscarriage is not said of recurrent miscarriage: no step leads down.
    down = kg.paths("magnesium", "recurrent miscarriage", top=1000).paths
    assert not any(hop.predicate == SKOS.broader for path in down for hop in path.hops)


def test_each_document_alone_gives_what_it_gave(kg: KnowledgeGraph) -> None:
    wanted = ("magnesium!", "insulin-resistance", "miscarriage")
    alone = kg.paths("magnesium", "miscarriage", documents=[SLUG], top=1000).paths
    named = next(path for path in alone if route(path.hops) == wanted)
    assert named.verdict == "unsupported"
    carried = kg.paths("magnesium", "miscarriage", documents=[FINDINGS], top=1000).paths
    assert next(path for path in carried if route(path.hops) == wanted).verdict == "hypothesis"


def test_findings_leave_as_json_with_row_facts_in_parsed(
    kg: KnowledgeGraph, claims: dict[str, Claim]
) -> None:
    from nutrigraph.records import claim as record

    for name, claim in claims.items():
        found = record(claim, kg.entities, kg.vocabulary)
        assert json.loads(json.dumps(found)) == found
        assert found["quote"] is None
        assert found["evidence"]["parsed"]["second_reader"] == ROWS[name]["second_reader"]
        assert found["sources"][0]["doi"] == claim.sources[0].doi
    assert BASE in claims["tan2022-mg-gdm-homair"].id
