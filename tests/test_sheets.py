"""Data-extraction sheets: every row is a claim or stands in the report, whatever the table is."""

import json
import re
from pathlib import Path

import pytest
from tests.ontologies import copy_ontology, fault, run
from tests.sheets import GOOD, read, row, table, workbook

import nutrigraph
from nutrigraph import KnowledgeGraph
from nutrigraph.sheets import FIELDS, read_mapping


@pytest.mark.parametrize("kind", ["tsv", "csv", "xlsx"])
def test_a_row_becomes_the_claim_that_it_says(
    kind: str, tmp_path: Path, kg: KnowledgeGraph
) -> None:
    path = tmp_path / f"sheet.{kind}"
    if kind == "xlsx":
        workbook(path, [GOOD])
    else:
        table(path, [GOOD], separator="," if kind == "csv" else "\t")
    sheet = read(path, kg)
    assert (sheet.rows, sheet.problems) == (1, [])
    [claim] = sheet.claims()
    assert claim.statement == (
        "It is suggested that low zinc goes with more miscarriage (in women, Doeland)"
    )
    assert (claim.sign, claim.basis, claim.quote, claim.finding) == (
        -1,
        "finding",
        None,
        GOOD["finding"],
    )
    assert claim.evidence is not None
    assert claim.evidence.effect.value == "1.50"
    assert claim.evidence.parsed["p_operator"] == "<"
    [source] = claim.sources
    assert (source.doi, source.label, source.title) == ("10.1000/xyz1", "Doe J 2001", GOOD["title"])


BAD: dict[str, tuple[dict[str, str], str, str]] = {
    "unknown entity": ({"subject": "zink"}, "subject", "no entity (nearest: zinc"),
    "unknown study type": ({"study_type": "cohrt"}, "study_type", "unknown (nearest: cohort"),
    "unknown predicate": ({"predicate": "cures"}, "predicate", "unknown"),
    "unknown direction": ({"subject_direction": "lowish"}, "subject_direction", "unknown"),
    "no modality": ({"modality": ""}, "modality", "missing"),
    "interval beside its value": ({"effect_value": "2.5"}, "effect_value", "outside its interval"),
    "interval turned round": ({"ci_low": "3"}, "ci_low", "above the upper end"),
    "half an interval": ({"ci_low": ""}, "ci_low", "one end"),
    "no number": ({"effect_value": "about 2"}, "effect_value", "no number"),
    "figure without measure": ({"effect_measure": ""}, "effect_measure", "without its measure"),
    "p above 1": ({"p_value": "1.2"}, "p_value", "from 0 to 1"),
    "p below 0": ({"p_value": "-0.1"}, "p_value", "from 0 to 1"),
    "significant within the null": ({"ci_low": "0.90"}, "significance", "holds 1"),
    "not significant beyond the null": ({"significance": "no"}, "significance", "contradicts"),
    "not significant by its p": (
        {"significance": "no", "ci_low": "0.90", "p_value": "0.01"},
        "significance",
        "contradicts p",
    ),
    "no DOI": ({"doi": "zinc-and-loss"}, "doi", "no DOI"),
    "no PubMed identifier": ({"pmid": "PMC12"}, "pmid", "PubMed"),
    "no paper": ({"doi": ""}, "doi", "DOI, PubMed identifier or address"),
    "script as address": ({"url": "javascript:alert(1)"}, "url", "web address"),
    "no year": ({"year": "199x"}, "year", "four digits"),
    "people below none": ({"sample_size": "-3"}, "sample_size", "number of people"),
    "formula": ({"note": "=HYPERLINK(1)"}, "note", "begins like a formula"),
    "formula with plus": ({"note": "+cmd|x"}, "note", "begins like a formula"),
    "formula with at": ({"title": "@SUM(1)"}, "title", "begins like a formula"),
    "control character": ({"note": "a\x07b"}, "note", "control character"),
    "unknown appraisal": ({"significance": "maybe"}, "significance", "unknown"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_is_told_with_row_column_value_and_fix(
    name: str, tmp_path: Path, kg: KnowledgeGraph
) -> None:
    change, column, words = BAD[name]
    sheet = read(
        table(tmp_path / "sheet.tsv", [row(finding="a", doi="10.1000/a"), row(**change)]), kg
    )
    assert sheet.rows == 2
    assert sheet.wrong == {3}
    found = [problem for problem in sheet.problems if problem.column == column]
    assert found, sheet.problems
    assert words in found[0].message
    assert found[0].row == 3
    assert [claim.finding for claim in sheet.claims()] == ["a"]


@pytest.mark.parametrize(
    ("second", "words"),
    [({}, "name of row 2"), ({"finding": "other"}, "says the same as row 2")],
)
def test_a_finding_told_twice_counts_once(
    second: dict[str, str], words: str, tmp_path: Path, kg: KnowledgeGraph
) -> None:
    sheet = read(table(tmp_path / "sheet.tsv", [GOOD, row(**second)]), kg)
    [problem] = sheet.problems
    assert (problem.row, problem.column) == (3, "finding")
    assert words in problem.message


def test_the_same_of_another_paper_is_another_finding(tmp_path: Path, kg: KnowledgeGraph) -> None:
    other = row(finding="other", doi="10.1000/xyz2")
    sheet = read(table(tmp_path / "sheet.tsv", [GOOD, other]), kg)
    assert not sheet.problems
    assert len({claim.voice for claim in sheet.claims()}) == 2


def test_rows_that_share_an_identifier_are_one_voice(tmp_path: Path, kg: KnowledgeGraph) -> None:
    rows = [
        GOOD,
        row(finding="b", doi="10.1000/XYZ1", pmid="77", object="infertility"),
        row(finding="c", doi="", pmid="77", object="eclampsia"),
    ]
    sheet = read(table(tmp_path / "sheet.tsv", rows), kg)
    assert not sheet.problems
    assert len({claim.voice for claim in sheet.claims()}) == 1


def test_a_row_with_a_cell_less_is_told(tmp_path: Path, kg: KnowledgeGraph) -> None:
    path = table(tmp_path / "sheet.tsv", [GOOD])
    path.write_text(f"{path.read_text()}doe2002\t10.1000/2\n")
    sheet = read(path, kg)
    [problem] = sheet.problems
    assert f"2 cells, the header {len(GOOD)}" in problem.message


def test_mixed_encodings_are_told_where_they_are(tmp_path: Path, kg: KnowledgeGraph) -> None:
    path = table(tmp_path / "sheet.tsv", [GOOD, row(finding="b", object="eclampsia", note="caf@")])
    path.write_bytes(path.read_bytes().replace(b"caf@", b"caf\xe9"))
    sheet = read(path, kg)
    [problem] = sheet.problems
    assert (problem.row, problem.column) == (3, "note")
    assert "UTF-8" in problem.message
    str(problem).encode()  # it can be printed


def test_nothing_enters_but_with_partial_and_then_the_good_rows(tmp_path: Path) -> None:
    store = tmp_path / "store"
    path = table(tmp_path / "mine.tsv", [GOOD, row(finding="b", subject="zink"), row(finding="c")])
    refused = run("import", "sheet", path, "--store", store)
    assert refused.exit_code == 1
    assert "row 3, column 'subject', value 'zink'" in refused.stderr
    assert "row 4" in refused.stderr
    assert "0 claims" in refused.stdout
    assert "mine" not in {home.slug for home in nutrigraph.open(store).documents}
    taken = run("import", "sheet", path, "--store", store, "--partial", "--json")
    assert taken.exit_code == 0
    record = json.loads(taken.stdout)
    assert (record["rows"], record["bad_rows"], record["claims"]) == (3, 2, 1)
    assert [p["row"] for p in record["problems"]] == [3, 4]
    names = [claim.finding for claim in nutrigraph.open(store).claims(document="mine")]
    assert names == [GOOD["finding"]]


def test_a_second_import_takes_the_place_of_the_first(tmp_path: Path) -> None:
    store, path = tmp_path / "store", tmp_path / "mine.tsv"
    for object in ("miscarriage", "eclampsia"):
        assert (
            run("import", "sheet", table(path, [row(object=object)]), "--store", store).exit_code
            == 0
        )
    kg = nutrigraph.open(store)
    assert [kg.entities[claim.object].label for claim in kg.claims(document="mine")] == [
        "eclampsia"
    ]
    assert kg.paths("zinc", "eclampsia").paths
    built = run("build", "--store", store)
    assert "carried over: mine" in built.stdout
    assert len(nutrigraph.open(store).claims(document="mine")) == 1


def test_a_sheet_cannot_take_the_name_of_a_document_of_the_ontology(tmp_path: Path) -> None:
    path = table(tmp_path / "pregnancy-findings.tsv", [GOOD])
    fault(run("import", "sheet", path, "--store", tmp_path / "s"), 2, "--slug")


def test_another_sheet_needs_a_mapping_and_no_code(tmp_path: Path, kg: KnowledgeGraph) -> None:
    """The sheet and the mapping that the page of docs shows."""
    text = (Path(__file__).parents[1] / "docs" / "sheets.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^```(csv|toml)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    path, mapping = tmp_path / "theirs.csv", tmp_path / "theirs.toml"
    path.write_text(blocks["csv"])
    mapping.write_text(blocks["toml"])
    sheet = read(path, kg, read_mapping(mapping))
    assert not sheet.problems
    found = list(sheet.claims())
    assert [(claim.sign, claim.negated) for claim in found] == [(1, False), (0, True)]
    assert [claim.evidence.sample_size for claim in found if claim.evidence] == ["12", "34"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title = 3", "takes texts"),
        ("[columns]\nsubjekt = 'a'", "nearest: subject"),
        ("[columns]\nsubject = 'Nowhere'", "no column 'Nowhere'"),
        ("[[rules]]\nwhen = { a = 'b' }", "when = { ... } and set"),
        ("[[rules]]\nset = { subjekt = 'b' }", "nearest: subject"),
        ("[[papers]]\npaper_note = 'x'", "needs doi or pmid"),
        ("[sheet]\nquoting = 'no'", "quoting"),
        ("tittle = 'x'", "nearest: title"),
        ("a = ", "no valid TOML"),
    ],
)
def test_a_mapping_that_says_something_wrong_is_refused(
    text: str, words: str, tmp_path: Path
) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(text)
    path = table(tmp_path / "sheet.tsv", [GOOD])
    result = run("import", "sheet", path, "--mapping", mapping, "--store", tmp_path / "store")
    assert fault(result, 1, words)


def test_a_bad_row_of_the_ontology_stops_the_build(tmp_path: Path) -> None:
    draft = copy_ontology(tmp_path / "ontology")
    sheet = "findings/pregnancy-findings.tsv"
    draft.change(sheet, "\tzinc\t", "\tzink\t")
    result = run("build", "--store", tmp_path / "store", ontology=draft.folder)
    assert fault(result, 1, "column 'subject', value 'zink'")
    checked = run("check", ontology=draft.folder)
    assert checked.exit_code == 1
    assert "zink" in checked.output


def test_every_field_is_named_once() -> None:
    assert len(FIELDS) == len(set(FIELDS))
