"""What leaves the program: the JSON of claims and paths, names, sentences, the caution."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.ontologies import FINDINGS, SLUG, sheet_rows

import nutrigraph
from nutrigraph import records
from nutrigraph.cli import main
from nutrigraph.cli.reading import DRAWS
from nutrigraph.errors import UnknownName
from nutrigraph.model import parse_number
from nutrigraph.terms import BASE, curie

ROOT = Path(__file__).resolve().parent.parent


def names(text: str) -> list[str]:
    return text.split()


# DESIGN §7, in its order.
CLAIM = names("""id statement document basis
    subject subject_aspect subject_direction subject_measure predicate
    object object_aspect object_direction object_measure sign force modality negated
    co_exposures quote evidence sources weight weight_reason headline_differs
    knowledge_level agent_type""")
EVIDENCE = names("""study_type species population life_stage baseline_status comparison comparator
    exposure_timing adjusted_for sample_size n_cases n_controls dose route duration timing assay
    effect p_value parsed""")
EFFECT = ["measure", "value", "baseline", "ci_low", "ci_high"]
QUOTE = ["exact", "prefix", "suffix", "start", "end"]
SOURCE = ["doi", "pmid", "title", "year", "relation", "retracted"]
THING = ["id", "label", "kind"]
ANSWER = ["source", "target", "max_hops", "direct", "verdict", "sign", "sign_basis", "paths"]
DIRECT = ["support", "dispute", "inconclusive", "claims"]
PATH = names("""rank cost cost_parts score sign sign_basis sign_reason verdict hops weakest_hop
    crosses_species crosses_population stitched degree_rank robustness sentence""")
HOP = names("""subject predicate object sign force walked basis score support dispute inconclusive
    species study_types claims""")

Run = Callable[..., str]
Record = dict[str, Any]


@pytest.fixture(scope="session")
def run(store: Path) -> Run:
    """The command line on the real ontology; returns what it prints."""

    def invoke(*words: str) -> str:
        result = CliRunner().invoke(main, [*words, "--store", str(store)])
        assert result.exit_code == 0, result.output
        return result.stdout

    return invoke


@pytest.fixture(scope="session")
def claims(run: Run) -> list[Record]:
    return [json.loads(line) for line in run("claims", "--json").splitlines()]


@pytest.fixture(scope="session")
def answer(run: Run) -> Record:
    found: Record = json.loads(run("paths", "magnesium", "miscarriage", "--json"))
    return found


def test_every_claim_has_exactly_the_fields_of_the_contract(
    claims: list[Record], kg: nutrigraph.KnowledgeGraph
) -> None:
    assert len(claims) == len(kg.claims()) > 0
    for claim in claims:
        assert list(claim) == CLAIM
        assert list(claim["evidence"]) == EVIDENCE
        assert list(claim["evidence"]["effect"]) == EFFECT
        for thing in (claim["subject"], claim["object"], *claim["co_exposures"]):
            assert list(thing) == THING
        # A finding stands in a row of a sheet and has no words of its own to quote.
        assert (claim["quote"] is None) == (claim["basis"] == "finding")
        if claim["quote"] is not None:
            assert list(claim["quote"]) == QUOTE
        for source in claim["sources"]:
            assert list(source) == SOURCE
    assert any(claim["sources"] for claim in claims)
    assert any(claim["co_exposures"] for claim in claims)
    assert Counter(claim["basis"] for claim in claims) == {
        "finding": 330, "text": 56, "cross-reference": 23, "headline": 14,
    }  # fmt: skip


def test_a_finding_rests_on_one_paper_and_a_row(
    claims: list[Record], kg: nutrigraph.KnowledgeGraph
) -> None:
    rows = {claim.id: claim.finding for claim in kg.claims()}
    for claim in claims:
        finding = claim["basis"] == "finding"
        assert finding == (claim["document"] == FINDINGS)
        assert finding == bool(rows[claim["id"]])
        level = "statistical_association" if finding else "knowledge_assertion"
        assert claim["knowledge_level"] == level
        if finding:
            (source,) = claim["sources"]
            assert source["relation"] == "is_source_of"
            assert claim["evidence"]["study_type"]
    named = [row for row in rows.values() if row]
    assert len(set(named)) == len(named) == 330


def test_the_values_of_a_claim_are_of_the_contract(claims: list[Record]) -> None:
    for claim in claims:
        assert claim["sign"] in (1, -1, 0, None)
        assert (claim["sign"] == 0) == claim["negated"]
        assert claim["basis"] in ("text", "headline", "cross-reference", "finding", "definition")
        assert claim["modality"] in ("stated", "suggested", "hypothesised")
        assert claim["force"] in ("association", "causal", "interventional", "unsigned")
        assert claim["agent_type"] == "manual_agent"
        assert claim["knowledge_level"] in ("knowledge_assertion", "statistical_association")
        for side in ("subject", "object"):
            assert claim[side]["id"].startswith(BASE)
            kinds = ("Nutrient", "Condition", "Mechanism", "Biomarker", "Exposure")
            assert claim[side]["kind"] in kinds
        assert isinstance(claim["headline_differs"], list)
        assert bool(claim["headline_differs"]) == (claim["basis"] == "headline")
        assert 0 <= claim["weight"] <= 0.8
        assert claim["weight_reason"]


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def test_unknown_is_null(claims: list[Record]) -> None:
    for claim in claims:
        assert not {"", "None", "unknown", "n/a", "null"} & set(strings(claim))
        bare = {k: v for k, v in claim["evidence"].items() if k not in ("effect", "parsed")}
        if claim["basis"] == "cross-reference":
            assert not any(bare.values())
    unknown = [claim for claim in claims if claim["evidence"]["species"] is None]
    assert len([claim for claim in unknown if claim["basis"] == "text"]) > 5
    assert not any("people" in claim["statement"] for claim in unknown)


def test_figures_are_strings_as_printed_with_their_numbers_in_parsed(
    claims: list[Record], kg: nutrigraph.KnowledgeGraph
) -> None:
    texts = {home.slug: home.text for home in kg.documents if home.has_text}
    cells = {
        # Where a cell leaves out the bound, the note says how it is printed.
        # What a figure is compared with stands there too: "28.6% vs 48.6%".
        row["finding_id"]: {
            *row.values(),
            *re.findall(r"printed as ([<>=.\d]+\d)", row["note"]),
            *re.findall(r"% vs (\d+\.\d)%", row["note"]),
        }
        for row in sheet_rows()
    }
    rows = {claim.id: claim.finding for claim in kg.claims()}
    seen: dict[str, set[str]] = {SLUG: set(), FINDINGS: set()}
    for claim in claims:
        evidence, parsed = claim["evidence"], claim["evidence"]["parsed"]
        figures = {name: evidence[name] for name in ("sample_size", "n_cases", "n_controls")}
        figures |= {f"effect_{name}": evidence["effect"][name] for name in EFFECT[1:]}
        figures["p_value"] = evidence["p_value"]
        for name, printed in figures.items():
            if printed is None:
                assert name not in parsed
                continue
            seen[claim["document"]].add(name)
            assert isinstance(printed, str)
            # In the words of the text, or as a whole cell of the row.
            row = rows[claim["id"]]
            where = cells[row] if row else texts[claim["document"]]
            assert printed in where, (claim["statement"], name)
            assert parsed[name] == parse_number(printed)
            assert isinstance(parsed[name], int | float)
        assert isinstance(evidence["dose"], str | None)
    everywhere = {"sample_size", "n_cases", "n_controls", "p_value"}
    assert everywhere | {"effect_baseline"} <= seen[SLUG]
    assert everywhere | {"effect_value", "effect_ci_low", "effect_ci_high"} <= seen[FINDINGS]
    small = {claim["evidence"]["p_value"]: claim["evidence"]["parsed"] for claim in claims}
    assert small["P < 0.0001"]["p_value"] == 0.0001
    assert small["P < 0.0001"]["p_operator"] == "<"


def test_a_quote_is_the_document_at_its_offsets(
    claims: list[Record], kg: nutrigraph.KnowledgeGraph
) -> None:
    texts = {home.slug: home.text for home in kg.documents}
    quoted = [claim for claim in claims if claim["basis"] != "finding"]
    assert len(quoted) == 93
    for claim in quoted:
        quote, text = claim["quote"], texts[claim["document"]]
        assert text[quote["start"] : quote["end"]] == quote["exact"], claim["statement"]
        if quote["prefix"] or quote["suffix"]:
            found = f"{quote['prefix'] or ''}{quote['exact']}{quote['suffix'] or ''}"
            assert found in text
        else:
            assert text.count(quote["exact"]) == 1, quote["exact"]


def test_a_statement_never_drops_a_hedge_a_null_or_a_species(claims: list[Record]) -> None:
    hedged = nulls = rats = 0
    for claim in claims:
        statement, species = claim["statement"], claim["evidence"]["species"]
        if claim["modality"] != "stated":
            hedged += 1
            told = "and {} not to hold" if claim["negated"] else "is {} that"
            assert told.format(claim["modality"]) in statement
        if claim["negated"]:
            nulls += 1
            assert statement.startswith(("Tested and not found: ", "Tested, and "))
        if species == "rat":
            rats += 1
            assert re.search(r"\(in (.* )?rats|in rats: ", statement), statement
        if species == "animal":
            assert "in animals" in statement
        if species is None and claim["basis"] != "cross-reference":
            assert "species not stated" in statement
        if claim["basis"] == "headline":
            assert "said by a headline alone" in statement
        if claim["basis"] == "cross-reference":
            assert "a bare mention, no evidence" in statement
        if claim["force"] in ("association", "unsigned"):
            assert not re.search(r"\b(cause|causes|brings about|prevents)\b", statement)
        assert all(thing["label"] in statement for thing in claim["co_exposures"])
    assert min(hedged, nulls, rats) > 0


def check_answer(found: Record) -> None:
    assert list(found) == ANSWER
    assert list(found["source"]) == list(found["target"]) == THING
    assert list(found["direct"]) == DIRECT
    for path in found["paths"]:
        assert list(path) == PATH
        assert path["sign_basis"] in ("direction", "if-causal", None)
        assert {"evidence", "continuity", "hubs"} == set(path["cost_parts"])
        assert 1 <= path["weakest_hop"]["hop"] <= len(path["hops"])
        assert path["weakest_hop"]["reason"]
        for hop in path["hops"]:
            assert list(hop) == HOP
            assert hop["walked"] in ("forward", "backward")
            for side in ("subject", "object"):
                # `side` is ours: a node of a path is an entity's state, or what is given of it.
                assert list(hop[side]) == [*THING, "side"]


def test_paths_have_exactly_the_fields_of_the_contract(
    run: Run, answer: Record, claims: list[Record]
) -> None:
    check_answer(answer)
    check_answer(json.loads(run("paths", "zinc", "premenstrual tension", "--json")))
    assert answer["source"]["label"] == "magnesium"
    assert [path["rank"] for path in answer["paths"]] == list(range(1, len(answer["paths"]) + 1))
    ids = {claim["id"] for claim in claims}
    assert all(set(hop["claims"]) <= ids for path in answer["paths"] for hop in path["hops"])


def test_a_hypothesis_carries_its_line_in_json_and_text(
    run: Run, kg: nutrigraph.KnowledgeGraph
) -> None:
    words = ("paths", "diabetes", "miscarriage", "--top", "100")
    line, text = kg.vocabulary.hypothesis_line, run(*words)
    paths = json.loads(run(*words, "--json"))["paths"]
    verdicts = [path["verdict"] for path in paths]
    assert "hypothesis" in verdicts
    for path in paths:
        assert path["sentence"].endswith(line) == (path["verdict"] == "hypothesis")
        if path["sign_basis"] != "direction":
            assert not re.search(r"\bmakes (more|less)\b", path["sentence"])
    assert text.count(line) == verdicts.count("hypothesis")


def test_the_caution_stands_at_the_end(run: Run, kg: nutrigraph.KnowledgeGraph) -> None:
    for words in (
        ("claims",),
        ("claims", "--object", "miscarriage"),
        ("paths", "magnesium", "miscarriage"),
        ("paths", "magnesium", "miscarriage", "--explain"),
        ("paths", "zinc", "premenstrual tension"),
    ):
        assert run(*words).rstrip().endswith(kg.vocabulary.caution), words


def test_the_caution_stands_at_the_end_of_view(
    run: Run, kg: nutrigraph.KnowledgeGraph, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    assert run("view", "--output", str(page)).rstrip().endswith(kg.vocabulary.caution)
    assert kg.vocabulary.caution in page.read_text(encoding="utf-8")


def test_explain_shows_the_sentence_and_the_weight_behind_each_hop(run: Run) -> None:
    text = run("paths", "magnesium", "miscarriage", "--explain")
    for words in (
        "“Insulin Resistance and Miscarriage”",
        "a cross-reference alone is no evidence",
        "case-control, for an association: OCEBM level 4",
        "drops that the miscarriages are those of diabetic women",
    ):
        assert words in text


# Names


@pytest.mark.parametrize(
    ("name", "local"),
    [
        ("magnesium", "magnesium"),
        ("Magnesium", "magnesium"),
        ("  MAGNESIUM ", "magnesium"),
        ("Mg2+", "magnesium"),
        ("spontaneous abortion", "miscarriage"),
        ("Pms", "premenstrual-tension"),
        ("rbc-mg", "red-cell-magnesium"),
        ("MESH:D008274", "magnesium"),
        ("CHEBI:18420", "magnesium"),
        ("mesh:d000022", "miscarriage"),
        (":insulin-resistance", "insulin-resistance"),
        ("insulin-resistance", "insulin-resistance"),
        (f"{BASE}miscarriage", "miscarriage"),
        ("magnesium deficiency", "magnesium"),
        ("Hypomagnesaemia", "serum-magnesium"),
        ("MONDO:0006844", "magnesium"),
        ("dietary magnesium", "magnesium"),
    ],
)
def test_a_thing_is_found_by_its_names(
    kg: nutrigraph.KnowledgeGraph, name: str, local: str
) -> None:
    assert kg.entity(name).id == BASE + local


def test_every_label_and_synonym_finds_its_thing(kg: nutrigraph.KnowledgeGraph) -> None:
    for entity in kg.entities.values():
        for name in (entity.label, entity.label.upper(), *entity.synonyms, curie(entity.id)):
            assert kg.entity(name) == entity, name


def test_an_unknown_name_is_answered_with_the_nearest(kg: nutrigraph.KnowledgeGraph) -> None:
    with pytest.raises(UnknownName, match=r"magnesum.*magnesium"):
        kg.entity("magnesum")


# The names of the package, and of its commands


def test_the_public_names() -> None:
    assert set(nutrigraph.__all__) == {"KnowledgeGraph", "NutrigraphError", "__version__", "open"}
    for name in nutrigraph.__all__:
        assert getattr(nutrigraph, name) is not None
    assert re.fullmatch(r"\d+\.\d+\.\d+", nutrigraph.__version__)
    with pytest.raises(AttributeError, match="no attribute 'closed'"):
        _ = nutrigraph.closed


def test_help_and_readme_name_every_command() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"build", "check", "query", "claims", "paths", "view"} <= set(main.commands)
    for name, command in main.commands.items():
        assert re.search(rf"^  {name} +\w", shown, re.MULTILINE), name
        assert f"nutrigraph {name}" in readme
        assert command.help


def test_python_gives_what_the_command_line_gives(
    kg: nutrigraph.KnowledgeGraph, claims: list[Record], answer: Record
) -> None:
    found = [records.claim(claim, kg.entities, kg.vocabulary) for claim in kg.claims()]
    assert json.loads(json.dumps(found)) == claims
    record = records.answer(kg.paths("magnesium", "miscarriage", draws=DRAWS), kg.entities)
    assert json.loads(json.dumps(record)) == answer
