"""The evidence table: one row a paper, no side hidden, nothing pooled."""

import csv
import io
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ontologies import run

import nutrigraph
from nutrigraph.content import Content
from nutrigraph.errors import UsageError
from nutrigraph.evidence import Contested, contested, standings
from nutrigraph.evidence.flat import COLUMNS, OVERVIEW, links
from nutrigraph.exchange.cells import guard
from nutrigraph.model import Block, Claim, Document, Effect, Evidence, Source, claim_sign
from nutrigraph.terms import BASE
from nutrigraph.wording import statement

Graph = nutrigraph.KnowledgeGraph


def paper(name: str, **options: Any) -> Source:
    told: dict[str, Any] = {"year": 2000, "doi": f"10.1000/{name}", **options}
    return Source(f"{BASE}paper/{name}", name, told.pop("year"), "is_source_of", True, **told)


def said(kg: Graph, name: str, **options: Any) -> Claim:
    """A finding of its own paper, that low selenium goes with miscarriage if nothing else is told.

    ``ci`` gives the interval of a ratio, ``evidence`` other fields.
    """
    low, high = options.pop("ci", (None, None))
    effect = Effect(options.pop("measure", "RR"), options.pop("value", None), None, low, high)
    evidence = Evidence(
        **{"study_type": "cohort", "species": "human", **options.pop("evidence", {})}, effect=effect
    )
    source = options.pop("source", None) or paper(options.pop("voice", name))
    told = {
        "subject": "selenium",
        "predicate": "lowLevelAssociatedWith",
        "object": "miscarriage",
        "subject_aspect": "level",
        "subject_direction": "low",
        "object_aspect": "occurrence",
        "object_direction": "increased",
        **options,
    }
    if told.get("negated"):
        told["object_direction"] = None
    for end in ("subject", "predicate", "object", "object_measure"):
        if told.get(end):
            told[end] = BASE + told[end]
    claim = Claim(
        **{"basis": "finding", "modality": "stated", **told},
        document="made-up",
        quote=None,
        evidence=evidence,
        sources=(source,),
        id=f"{BASE}claim/{name}",
        force=kg.vocabulary.predicates[told["predicate"]].force,
    )
    claim = replace(claim, sign=claim_sign(claim, kg.vocabulary))
    return replace(claim, statement=statement(claim, kg.entities, kg.vocabulary))


GIVEN = {
    "predicate": "supplementationPrevents",
    "subject_aspect": "supplementation",
    "subject_direction": "given",
    "object_direction": "decreased",
}
TREATED = GIVEN | {"predicate": "treatmentReduces", "subject_aspect": "treatment"}


def shown(
    kg: Graph, *claims: Claim, pair: tuple[str, str] = ("selenium", "miscarriage")
) -> Contested:
    return contested(BASE + pair[0], BASE + pair[1], content_of(kg, *claims))


def content_of(kg: Graph, *claims: Claim) -> Content:
    home = Document("made-up", "Made up", "", "", claims, (), (), ())
    return replace(kg.content, documents=(home,))


def only(found: Contested) -> Block:
    [block] = found.blocks
    return block


def test_each_paper_has_one_row_in_its_bin(kg: Graph) -> None:
    block = only(
        shown(
            kg,
            said(kg, "yes"),
            said(kg, "opposite", object_direction="decreased", evidence={"study_type": "animal"}),
            said(kg, "precise", negated=True, ci=("0.9", "1.1")),
            said(kg, "small", negated=True, ci=("0.51", "1.06")),
            said(kg, "bare", negated=True),
            said(kg, "link", basis="cross-reference", predicate="listedWith"),
        )
    )
    sides = {row.sources[0].title: row.side for row in block.rows}
    assert sides == {
        "yes": "support",
        "opposite": "dispute",
        "precise": "dispute",
        "small": "inconclusive",
        "bare": "inconclusive",
        "link": "named",
    }
    assert block.sides == (1, 2, 2)


def test_a_null_says_what_it_could_not_rule_out(kg: Graph) -> None:
    text = str(
        shown(
            kg,
            said(kg, "yes"),
            said(kg, "small", negated=True, ci=("0.51", "1.06")),
            said(kg, "bare", negated=True),
            said(kg, "precise", negated=True, ci=("0.9", "1.1")),
        )
    )
    assert "did not find it, and could not rule it out: interval 0.51 to 1.06" in text
    assert "did not find it, and could not rule it out: no interval printed" in text
    assert "did not find it, to within 0.75 to 1.25: interval 0.9 to 1.1" in text
    assert "2 papers did not find it and could not rule it out" in text
    assert "found the opposite" not in text


def test_a_paper_of_many_analyses_stays_one_row(kg: Graph) -> None:
    main = said(kg, "main", voice="trial", negated=True, ci=("0.6", "1.4"))
    subgroup = said(kg, "subgroup", voice="trial", evidence={"analysis": "subgroup"})
    block = only(shown(kg, said(kg, "other"), subgroup, main))
    row = next(row for row in block.rows if row.voice.endswith("trial"))
    assert (row.main.claim, row.side) == (main, "inconclusive")
    assert [(item.claim, item.side) for item in row.beneath] == [(subgroup, "support")]
    assert block.sides == (1, 0, 1)
    assert not row.mixed, "a subgroup does not speak where the whole does"
    assert "also, subgroup analysis (support)" in str(shown(kg, subgroup, main))


def test_a_paper_on_both_sides_is_marked_mixed_and_contests_nothing_alone(kg: Graph) -> None:
    both = (said(kg, "blood", voice="one"), said(kg, "hair", voice="one", negated=True))
    found = shown(kg, *both)
    [row] = only(found).rows
    assert row.mixed
    assert len(row.findings) == 2
    assert not only(found).contested
    assert "1 paper reported results on more than one side (mixed)" in str(found)
    assert standings(content_of(kg, *both)) == ()
    assert len(standings(content_of(kg, *both, said(kg, "other", negated=True)))) == 1


def test_papers_of_one_trial_are_one_row(kg: Graph) -> None:
    two = [
        said(kg, name, source=paper(name, registration="NCT1"), negated=True) for name in ("a", "b")
    ]
    [row] = only(shown(kg, *two)).rows
    assert [source.title for source in row.sources] == ["a", "b"]
    assert "registered as NCT1" in str(shown(kg, *two))


def test_narrower_evidence_rolls_up_in_a_block_of_its_own_and_never_down(kg: Graph) -> None:
    claims = said(kg, "all"), said(kg, "recurrent", object="recurrent-miscarriage", negated=True)
    above, below = shown(kg, *claims).blocks
    assert (above.kind, above.sides) == ("direct", (1, 0, 0))
    assert (below.kind, below.sides) == ("narrower", (0, 0, 1))
    assert "[narrower: recurrent miscarriage]" in str(shown(kg, *claims))
    down = shown(kg, *claims, pair=("selenium", "recurrent-miscarriage"))
    assert only(down).sides == (0, 0, 1)
    assert down.beside == ("selenium and miscarriage (broader than recurrent miscarriage)",)


@pytest.mark.parametrize(
    ("end", "composite", "part"),
    [
        ("subject", "selenium-and-magnesium", "selenium"),
        ("object", "adverse-pregnancy-outcome", "miscarriage"),
    ],
)
def test_what_was_studied_together_takes_no_side(
    kg: Graph, end: str, composite: str, part: str
) -> None:
    found = shown(kg, said(kg, "alone"), said(kg, "joint", **{end: composite}))
    alone, joint = found.blocks
    assert (alone.kind, alone.sides) == ("direct", (1, 0, 0))
    assert (joint.kind, joint.sides, joint.papers("together")) == ("together", (0, 0, 0), 1)
    assert not joint.contested
    assert f"says nothing of {part} alone" in str(found)


def test_preventing_treating_and_levels_are_apart(kg: Graph) -> None:
    found = shown(
        kg,
        said(kg, "level"),
        said(kg, "prevents", **GIVEN),
        said(kg, "treats", **TREATED, negated=True, ci=("0.8", "1.4")),
    )
    told = [(b.subject[1], b.treatment, b.sides) for b in found.blocks]
    assert told == [
        ("state", False, (1, 0, 0)),
        ("given", False, (1, 0, 0)),
        ("given", True, (0, 0, 1)),
    ]
    [line] = found.differences
    assert line.startswith("Different questions, never mixed: ")
    assert line.count("for, 0 against") == 3


def test_differences_are_told_of_data_alone(kg: Graph) -> None:
    block = only(
        shown(
            kg,
            said(kg, "yes", evidence={"dose": "60 µg", "population": "women in Crete"}),
            said(kg, "no", negated=True, evidence={"population": "women in Oslo"}),
        )
    )
    assert block.differences == (
        "dose: those who found it: 60 µg; those who did not: not stated",
        "population: those who found it: women in Crete; those who did not: women in Oslo",
    )
    assert only(shown(kg, said(kg, "yes"), said(kg, "too"))).differences == ()


def test_what_has_fallen_is_shown_and_not_counted(kg: Graph) -> None:
    found = shown(
        kg,
        said(kg, "stands"),
        said(kg, "fallen", source=paper("fallen", retracted=True), negated=True),
        said(kg, "old", source=paper("old", superseded_by=f"{BASE}paper/new")),
        said(
            kg,
            "review",
            evidence={"study_type": "review of RCTs", "doubt": "an odd figure"},
            source=paper("review", pools_retracted=(f"{BASE}paper/fallen",)),
        ),
    )
    assert only(found).sides == (2, 0, 0)
    assert not only(found).contested
    for told in (
        "retracted: weighs nothing",
        "superseded by new: weighs nothing",
        "may pool a retracted paper: fallen",
        "doubt: an odd figure",
        "Not counted: 2 papers, retracted or superseded.",
    ):
        assert told in str(found), told


def test_use_is_no_finding(kg: Graph) -> None:
    used = said(kg, "used", **TREATED | {"predicate": "treats"})
    assert "says that it is used, not what it achieves" in str(shown(kg, used))
    assert "found it" not in str(shown(kg, used))


def test_a_hedge_and_a_species_stand_in_the_heading(kg: Graph) -> None:
    text = str(shown(kg, said(kg, "rats", evidence={"species": "rat"}, modality="suggested")))
    assert "1 paper found it, in rats, 1 of them not outright but as a suggestion" in text


def test_an_association_named_the_other_way_round_is_the_same_one(kg: Graph) -> None:
    turned = said(
        kg, "turned", subject="miscarriage", object="selenium", predicate="associatedWith",
        subject_aspect="occurrence", subject_direction="present",
        object_aspect="level", object_direction="low",
    )  # fmt: skip
    assert only(shown(kg, said(kg, "yes"), turned)).sides == (2, 0, 0)
    [block] = standings(content_of(kg, said(kg, "yes"), turned), everything=True)
    assert block.sides == (2, 0, 0)


def test_pairs_come_most_contested_first(kg: Graph) -> None:
    claims = [
        *(said(kg, f"a{n}", object="pre-eclampsia") for n in range(3)),
        said(kg, "b", object="pre-eclampsia", object_direction="decreased"),
        *(said(kg, f"c{n}") for n in range(4)),
        *(said(kg, f"d{n}", negated=True) for n in range(4)),
        said(kg, "e", object="anaemia"),
    ]
    found = standings(content_of(kg, *claims))
    assert [block.object[0] for block in found] == [f"{BASE}pre-eclampsia", f"{BASE}miscarriage"]
    assert [block.standing for block in found] == ["signs disagree", "not settled"]
    assert len(standings(content_of(kg, *claims), everything=True)) == 3


CLAIMS = st.lists(
    st.fixed_dictionaries(
        {
            "voice": st.sampled_from("ABC"),
            "negated": st.booleans(),
            "ci": st.sampled_from([(None, None), ("0.9", "1.1"), ("0.5", "1.9")]),
            "evidence": st.fixed_dictionaries({"analysis": st.sampled_from([None, "subgroup"])}),
            "object": st.sampled_from(
                ["miscarriage", "recurrent-miscarriage", "adverse-pregnancy-outcome"]
            ),
        }
    ),
    max_size=8,
)


@given(CLAIMS, st.randoms(use_true_random=False))
def test_no_finding_is_lost_and_no_paper_has_two_rows(
    kg: Graph, many: list[dict[str, Any]], chance: random.Random
) -> None:
    claims = [said(kg, f"{number:02}", **options) for number, options in enumerate(many)]
    found = shown(kg, *claims)
    listed = [i.claim.id for b in found.blocks for row in b.rows for i in row.findings]
    assert sorted(listed) == [claim.id for claim in claims]
    for block in found.blocks:
        assert len({row.voice for row in block.rows}) == len(block.rows)
        assert sum(block.sides) + block.papers("together") == len(block.rows)
    shuffled = [*claims]
    chance.shuffle(shuffled)
    assert shown(kg, *shuffled).to_html() == found.to_html()


def test_csv_has_a_line_a_finding_and_starts_no_formula(kg: Graph) -> None:
    claims = [
        said(kg, "yes", evidence={"population": "=HYPERLINK(1)", "dose": "-5 mg"}, value="-0.4"),
        said(kg, "no", negated=True, note="+1"),
    ]
    rows = list(csv.DictReader(io.StringIO(shown(kg, *claims).to_csv())))
    assert tuple(rows[0]) == COLUMNS
    assert [row["side"] for row in rows] == ["support", "inconclusive"]
    assert (rows[0]["population"], rows[0]["dose"]) == ("'=HYPERLINK(1)", "'-5 mg")
    assert (rows[0]["effect_value"], rows[1]["note"]) == (
        "-0.4",
        "'+1" if guard("+1") != "+1" else "+1",
    )
    assert rows[0]["address"] == "https://doi.org/10.1000/yes"


def test_addresses_are_web_addresses_alone(kg: Graph) -> None:
    odd = paper("odd", doi=None, url="javascript:alert(1)")
    [row] = only(shown(kg, said(kg, "odd", source=odd))).rows
    assert links(row) == []
    [row] = only(shown(kg, said(kg, "x", source=paper("x", doi='10.1/"><b>', pmid="12")))).rows
    assert [url for _, url in links(row)] == [
        "https://doi.org/10.1/%22%3E%3Cb%3E",
        "https://pubmed.ncbi.nlm.nih.gov/12/",
    ]


# Real pairs


def test_selenium_and_recurrent_miscarriage_reads_fairly(kg: Graph) -> None:
    found = kg.contested("selenium", "recurrent miscarriage")
    nulls = [b for b in found.blocks if b.kind == "direct"]
    assert [block.sides for block in nulls] == [(0, 0, 1), (0, 0, 1)]
    text = str(found)
    assert "hair selenium" in text
    assert "women with unexplained recurrent pregnancy loss" in text
    assert "could not rule it out: no interval printed" in text
    assert "https://doi.org/10.1186/1472-6874-13-40" in text
    assert "selenium and miscarriage (broader than recurrent miscarriage)" in text
    up = kg.contested("selenium", "miscarriage")
    assert up.blocks[0].sides == (2, 0, 0)
    assert {block.kind for block in up.blocks[1:]} == {"narrower"}


def test_arrested_labour_never_disputes_prevention(kg: Graph) -> None:
    found = kg.contested("magnesium", "preterm birth")
    given_ = [b for b in found.blocks if b.kind == "direct" and b.subject[1] == "given"]
    prevents, treats = given_
    assert (prevents.treatment, prevents.sides[1:]) == (False, (0, 0))
    assert (treats.treatment, treats.sides) == (True, (0, 0, 1))
    [row] = treats.rows
    assert row.sources[0].doi == "10.1002/14651858.CD000940.pub2"
    text = str(found)
    assert "could not rule it out: interval 0.8 to 1.4" in text
    assert "says nothing of premature delivery alone" in text


def test_every_finding_on_a_pair_is_in_its_table(kg: Graph) -> None:
    for block in kg.standings():
        names = [kg.entities[node[0]].id for node in (block.subject, block.object)]
        claims = {
            claim.id
            for home in kg.documents
            for claim in home.claims
            if {claim.subject, claim.object} == {*names}
        }
        if names[0] == names[1]:
            continue
        table = kg.contested(names[0], names[1])
        listed = {i.claim.id for b in table.blocks for row in b.rows for i in row.findings}
        assert claims <= listed
        assert any(shown_.sides == block.sides for shown_ in table.blocks)


def test_nothing_is_pooled_anywhere(kg: Graph) -> None:
    found = kg.contested("magnesium", "pre-eclampsia")
    assert "Nothing is pooled" in str(found)
    assert "Nothing is pooled" in found.to_html()
    assert found.record()["pooled"] is None


# The command


def test_the_command_prints_each_form(kg: Graph, store: Path, tmp_path: Path) -> None:
    words = ["contested", "magnesium", "pre-eclampsia", "--store", str(store)]
    found = kg.contested("magnesium", "pre-eclampsia")
    assert run(*words).stdout.strip() == str(found).strip()
    assert json.loads(run(*words, "--json").stdout) == json.loads(json.dumps(found.record()))
    assert run(*words, "--csv").stdout == found.to_csv()
    page = tmp_path / "page.html"
    assert kg.vocabulary.caution in run(*words, "--html", str(page)).stdout
    assert page.read_text(encoding="utf-8") == found.to_html()


def test_the_command_lists_pairs(kg: Graph, store: Path) -> None:
    words = ["contested", "--store", str(store)]
    few, all_ = (json.loads(run(*words, *more, "--json").stdout) for more in ([], ["--all"]))
    assert len(few) == len(kg.standings()) > 10
    assert len(all_) > len(few)
    for row in few:
        assert row["for"] >= 1
        assert row["against"] + row["inconclusive"] >= 1
    lines = run(*words, "--csv").stdout.splitlines()
    assert lines[0] == ",".join(OVERVIEW)
    assert len(lines) == len(few) + 1
    text = run(*words).stdout
    assert "magnesium → pre-eclampsia" in text
    assert text.rstrip().endswith(kg.vocabulary.caution)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["selenium"], "name both X and Y, or neither"),
        (["selenium", "selenium"], "name two things"),
        (["selenium", "miscarriage", "--all"], "leave out X and Y, or --all"),
        (["--html", "x.html"], "name X and Y"),
        (["selenium", "miscarriage", "--csv", "--json"], "leave one out"),
        (["selenium", "miscarriage", "--html", "x.html", "--csv"], "leave out --json and --csv"),
        (["selenium", "misscarriage"], "miscarriage"),
    ],
)
def test_bad_usage_is_one_line(words: list[str], message: str, store: Path) -> None:
    result = run("contested", *words, "--store", str(store))
    assert result.exit_code == 2
    assert re.fullmatch(rf"nutrigraph: .*{re.escape(message)}.*\n", result.stderr)


def test_two_names_of_one_thing_are_refused(kg: Graph) -> None:
    with pytest.raises(UsageError, match="name two things"):
        kg.contested("preterm birth", "premature delivery")


def test_no_claim_is_said_to_be_none(kg: Graph) -> None:
    found = kg.contested("biotin", "metformin")
    assert found.blocks == ()
    assert "no claim here is on the two of them" in str(found)
    assert "No claim here is on the two of them" in found.to_html()
