"""The evidence table of real pairs, and the command that prints it."""

import json
import re
from pathlib import Path

import pytest
from tests.findings import Graph
from tests.ontologies import run

from nutrigraph.errors import UsageError
from nutrigraph.evidence.flat import OVERVIEW


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
    assert lines[0] == ",".join([*OVERVIEW, "caution"])
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
