"""The evidence table: one row a paper, no side hidden, nothing pooled."""

import csv
import io
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.findings import GIVEN, TREATED, Graph, content_of, only, paper, said, shown

from nutrigraph.evidence import standings
from nutrigraph.evidence.flat import COLUMNS, links
from nutrigraph.terms import BASE


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
    assert only(found).standing == "mixed"
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
    assert "1 paper found it, in rats, not outright but as a suggestion" in text


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
    assert tuple(rows[0]) == (*COLUMNS, "caution")
    assert [row["side"] for row in rows] == ["support", "inconclusive"]
    assert (rows[0]["population"], rows[0]["dose"]) == ("'=HYPERLINK(1)", "'-5 mg")
    assert (rows[0]["effect_value"], rows[1]["note"]) == (
        "-0.4",
        "+1",
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
