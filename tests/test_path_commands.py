"""The commands about routes: what they print, their exit codes, papers and queries."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.letters import ask, said
from tests.ontologies import fault, run
from tests.page_payload import CAUTION

import nutrigraph
from nutrigraph.exchange import cite
from nutrigraph.exchange.citations import CITATION_FORMATS
from nutrigraph.model import Source
from nutrigraph.terms import BASE

THING = ["id", "label", "kind"]
SIDE = [*THING, "side"]
QUESTION = ("paths", "magnesium", "miscarriage")
Record = dict[str, Any]
FED = ("paths", "oral contraceptive use", "dyslipidaemia")


def printed(store: Path, *words: str) -> str:
    """What a command prints; the caution stands there, or beside what machines read."""
    result = run(*words, "--store", store)
    beside = "" if CAUTION in result.stdout else f"{CAUTION}\n"
    assert (result.exit_code, result.stderr) == (0, beside)
    return result.stdout


def parsed(store: Path, *words: str) -> Record:
    found: Record = json.loads(printed(store, *words, "--json"))
    return found


def listed(store: Path, *words: str) -> list[Record]:
    found: list[Record] = json.loads(printed(store, *words, "--json"))
    return found


# What the commands print


@pytest.mark.parametrize(
    "words",
    [
        ("discover", "magnesium", "--shuffles", "5"),
        ("discover", "zinc", "eclampsia", "--shuffles", "5"),
        ("loops",),
        ("effect", "magnesium", "down", "insulin resistance"),
        ("effect", "magnesium", "up", "insulin resistance"),
        ("effect", "insulin resistance", "up", "insulin sensitivity"),
        (*FED, "--without", "18939396"),
    ],
)
def test_the_caution_stands_at_the_end(
    store: Path, kg: nutrigraph.KnowledgeGraph, words: tuple[str, ...]
) -> None:
    text = printed(store, *words)
    assert text.rstrip().endswith(kg.vocabulary.caution)
    assert text == printed(store, *words)


def test_discover_gives_candidates_with_their_bridges(store: Path) -> None:
    found = listed(store, "discover", "magnesium", "--shuffles", "10")
    assert found
    for item in found:
        names = ["target", "stated", "strength", "degree_null_rank", "degree_null_of", "bridges"]
        assert list(item) == names
        assert list(item["target"]) == THING
        assert 1 <= item["degree_null_rank"] <= item["degree_null_of"] == 11
        for bridge in item["bridges"]:
            assert list(bridge) == ["entity", "score", "crosses_species", "hops"]
            assert list(bridge["entity"]) == THING
            assert sum(bool(hop["claims"]) for hop in bridge["hops"]) == 2
            assert list(bridge["hops"][0]["subject"]) == SIDE
    assert listed(store, "discover", "magnesium", "--shuffles", "10", "--top", "1") == found[:1]
    every = listed(store, "discover", "magnesium", "--shuffles", "10", "--top", "1000")
    assert every[: len(found)] == found
    (one,) = listed(store, "discover", "magnesium", "edema in newborn", "--shuffles", "10")
    assert one in every
    assert listed(store, "discover", "magnesium", "vitamins") == []
    assert listed(store, "discover", "magnesium", "--species", "rat") == []


def test_discover_sells_no_chance(store: Path) -> None:
    text = printed(store, "discover", "magnesium", "--shuffles", "5")
    assert text.startswith("Would be new:")
    assert "\nStated already:" in text
    assert "not the chance that a link is true" in text
    assert "Hypotheses, not findings" in text
    assert not re.search(r"probab|likel|p-value", text)
    nothing = printed(store, "discover", "magnesium", "vitamins")
    assert nothing.startswith("Nothing is joined over one thing between.")


def test_effect_gives_answer_reason_and_routes(store: Path) -> None:
    found = parsed(store, "effect", "magnesium", "down", "insulin resistance")
    assert list(found) == ["answer", "reason", "routes"]
    assert found["answer"] == "up"
    ((step,),) = found["routes"]
    assert list(step) == ["subject", "object", "sign", "claims"]
    assert list(step["subject"]) == list(step["object"]) == SIDE
    claims = [json.loads(line) for line in printed(store, "claims", "--json").splitlines()]
    assert set(step["claims"]) <= {claim["id"] for claim in claims}
    none = parsed(store, "effect", "zinc", "up", "miscarriage")
    assert (none["answer"], none["routes"]) == ("abstain", [])
    text = printed(store, "effect", "magnesium", "up", "insulin resistance")
    assert text.startswith("No answer: magnesium goes up, insulin resistance is not determined.\n")
    filtered = ("effect", "magnesium", "down", "insulin resistance", "--species", "rat")
    assert parsed(store, *filtered)["answer"] == "abstain"


def test_loops_says_that_there_are_none(store: Path) -> None:
    assert listed(store, "loops") == []
    assert printed(store, "loops").startswith("No feedback loop over causal hops.\n")


def test_what_hangs_on_a_paper_falls_with_it(store: Path) -> None:
    assert parsed(store, *FED)["verdict"] == "stated"
    for name in ("18939396", "paper-olatunji-2008"):
        found = parsed(store, *FED, "--without", name)
        assert (found["verdict"], found["paths"]) == ("no-path", [])
    text = printed(store, *FED, "--without", "18939396")
    assert "No path of at most 4 hops; nothing can be reached from it." in text
    nearest = printed(store, "paths", "biotin", "miscarriage", "--max-hops", "1")
    assert "the nearest reachable are: " in nearest


def test_paths_take_weights_of_ones_own(
    store: Path, kg: nutrigraph.KnowledgeGraph, tmp_path: Path
) -> None:
    file = tmp_path / "weights.tsv"
    rows = [f"{name}\t0.5\t0.5" for name in kg.vocabulary.study_types]
    file.write_text("\n".join(["study_type\tcausal\tassociation", *rows]), encoding="utf-8")
    ours = parsed(store, *FED)["paths"][0]["score"]
    assert parsed(store, *FED, "--weights", str(file))["paths"][0]["score"] > ours
    file.write_text("\n".join(["study_type\tcausal\tassociation", *rows[1:]]), encoding="utf-8")
    lacking = f"weights.tsv: no weight for {next(iter(kg.vocabulary.study_types))}"
    fault(run(*FED, "--weights", file, "--store", store), 1, lacking, "add a line for each")
    missing = run(*FED, "--weights", tmp_path / "none.tsv", "--store", store)
    fault(missing, 2, "none.tsv cannot be read")


# What makes no sense

FAULTS: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "unknown start": (("discover", "magnesum"), ["unknown entity 'magnesum'", "magnesium"]),
    "unknown end": (("discover", "zinc", "miscariage"), ["unknown entity", "miscarriage"]),
    "one thing": (("discover", "Mg", "magnesium"), ["both magnesium: name two things"]),
    "no candidates": (("discover", "zinc", "--top", "0"), ["top is 0: give at least 1"]),
    "below none": (("discover", "zinc", "--top", "-1"), ["top is -1: give at least 1"]),
    "fewer than no shuffles": (
        ("discover", "zinc", "--shuffles", "-1"),
        ["shuffles is -1: give at least 0"],
    ),
    "no hops": (("loops", "--max-hops", "0"), ["max_hops is 0: give 1 to 8"]),
    "too many hops": (("loops", "--max-hops", "99"), ["max_hops is 99: give 1 to 8"]),
    "unknown predicate of loops": (
        ("loops", "--predicate", "cause"),
        ["unknown predicate 'cause'", "nearest: causes"],
    ),
    "unknown species of discover": (
        ("discover", "zinc", "--species", "rats"),
        ["unknown species 'rats'", "nearest: rat"],
    ),
    "unknown moved": (("effect", "magnesum", "up", "zinc"), ["unknown entity 'magnesum'"]),
    "moved against itself": (("effect", "Mg", "up", "magnesium"), ["both magnesium"]),
    "unknown source of effect": (
        ("effect", "zinc", "up", "magnesium", "--without", "10.1/none"),
        ["unknown source '10.1/none'"],
    ),
    "unknown kind": ((*QUESTION, "--through", "Food"), ["unknown kind of entity 'Food'"]),
    "unknown thing avoided": (
        (*QUESTION, "--avoid", "insulin resistence"),
        ["unknown kind or entity 'insulin resistence'", "nearest: insulin resistance"],
    ),
    "unknown basis": ((*QUESTION, "--basis", "txt"), ["unknown basis 'txt' (nearest: text"]),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_question_that_makes_no_sense_is_answered_in_one_line(store: Path, case: str) -> None:
    words, expected = FAULTS[case]
    fault(run(*words, "--store", store), 2, *expected)


@pytest.mark.parametrize(
    "words", [("effect", "zinc", "sideways", "miscarriage"), (*QUESTION, "--cite", "mla")]
)
def test_a_word_that_is_no_choice_is_refused_with_the_choices(
    store: Path, words: tuple[str, ...]
) -> None:
    result = run(*words, "--store", store)
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.search(r"is not one of '(up|csl-json)'", result.stderr)


# Citations

AWKWARD = Source(
    f"{BASE}paper-awkward",
    "Zinc & 50% of {cases}: #1_b \\ ~x^2\nin two lines",
    2001,
    "is_source_of",
    True,
    doi="10.1/a_b",
    pmid="12",
    label="Awkward 2001",
    url="https://example.org/a",
    authors="Smith AB, van der Berg J, Some Group & Friends",
    citation="J Odd 2001;1(1):1-2",
)
BARE = Source(f"{BASE}paper-bare", None, None, "related", False, label="Bare")


def test_csl_json_holds_what_is_known() -> None:
    awkward, bare = json.loads(cite([BARE, AWKWARD], "csl-json"))
    assert awkward["author"] == [
        {"family": "Smith", "given": "AB"},
        {"family": "van der Berg", "given": "J"},
        {"literal": "Some Group & Friends"},
    ]
    assert awkward["title"] == AWKWARD.title
    assert awkward["issued"] == {"date-parts": [[2001]]}
    assert (awkward["DOI"], awkward["PMID"], awkward["URL"]) == ("10.1/a_b", "12", AWKWARD.url)
    kind = "article-journal"
    assert bare == {"id": "bare", "type": kind, "title": "Bare", "note": "related"}


def test_bibtex_escapes_what_it_would_read() -> None:
    text = cite([AWKWARD], "bibtex")
    title = re.search(r"title = \{(.*?)\},$", text, re.MULTILINE | re.DOTALL)
    assert title is not None
    assert title[1].startswith(r"Zinc \& 50\% of \{cases\}: \#1\_b \textbackslash{} ")
    assert r"\textasciitilde{}x\textasciicircum{}2" in title[1]
    assert r"author = {Smith, AB and van der Berg, J and {Some Group \& Friends}}," in text
    assert text.count("{") == text.count("}")
    assert text.startswith("@article{awkward,\n")
    assert cite([BARE], "bibtex") == "@article{bare,\n  title = {Bare},\n  note = {related},\n}\n"


def test_ris_has_one_field_a_line() -> None:
    text = cite([AWKWARD, BARE], "ris")
    records = text.strip().split("\n\n")
    assert len(records) == 2
    for record in records:
        lines = record.split("\n")
        assert (lines[0], lines[-1].rstrip()) == ("TY  - JOUR", "ER  -")
        assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .+", line) for line in lines[:-1])
    assert "AU  - Smith, AB\nAU  - van der Berg, J\nAU  - Some Group & Friends\n" in text
    assert "TI  - Zinc & 50% of {cases}: #1_b \\ ~x^2 in two lines\n" in text


@pytest.mark.parametrize("form", CITATION_FORMATS)
def test_each_paper_is_cited_once_in_a_fixed_order(form: str) -> None:
    again = replace(AWKWARD, relation="related")
    text = cite([BARE, again, AWKWARD, BARE], form)
    assert text == cite([AWKWARD, BARE, again], form)
    assert len(re.findall(r"@article\{|\"id\": |^ID  - ", text, re.MULTILINE)) == 2
    assert text.index("wkward") < text.index("are")
    assert re.search(r"is.{1,2}source.{1,2}of; related", text)
    assert cite([], form).strip() in ("", "[]")
    with pytest.raises(KeyError):
        cite([AWKWARD], "mla")


def test_paths_cite_the_papers_of_their_claims(store: Path, kg: nutrigraph.KnowledgeGraph) -> None:
    known = {source.doi for claim in kg.claims() for source in claim.sources} - {None}
    records = json.loads(printed(store, *QUESTION, "--cite", "csl-json"))
    assert {record["DOI"] for record in records if "DOI" in record} <= known
    assert {record["id"] for record in records} >= {"miodovnik-1988", "olatunji-2008"}
    assert len({record["id"] for record in records}) == len(records)
    for form, head in (("bibtex", "@article{"), ("ris", "TY  - JOUR")):
        assert printed(store, *QUESTION, "--cite", form).count(head) == len(records)
    nothing = printed(store, *FED, "--without", "18939396", "--cite", "csl-json")
    assert json.loads(nothing) == []


# The query of a path


def test_the_query_of_a_path_returns_the_claims_of_its_hops(
    kg: nutrigraph.KnowledgeGraph,
) -> None:
    for target in ("miscarriage", "insulin resistance", "live birth"):
        for path in kg.paths("magnesium", target).paths:
            rows = sorted((int(row[0]), row[1], row[2]) for row in kg.query(path.sparql))
            assert rows == sorted(
                (number, claim.statement, claim.quote.exact if claim.quote else "")
                for number, hop in enumerate(path.hops, start=1)
                for claim in hop.claims
            )


def test_explain_prints_query_timing_and_robustness(store: Path) -> None:
    text = printed(store, *QUESTION, "--explain")
    assert "SPARQL: SELECT ?hop ?statement ?quote" in text
    assert "reverse causation possible on hop 1: measured with the outcome" in text
    assert re.search(r"robustness: among the best in \d+% of draws of the weights", text)
    best = parsed(store, *QUESTION)["paths"][0]
    assert best["sign_reason"].endswith("on hop 1: measured with the outcome")


def test_a_path_over_a_link_alone_has_a_query_without_rows(
    kg: nutrigraph.KnowledgeGraph,
) -> None:
    (path, *_) = kg.paths("insulin resistance", "insulin sensitivity", max_hops=1).paths
    assert [hop.claims for hop in path.hops] == [()]
    assert list(kg.query(path.sparql)) == []
    assert ask([said("a", "z")]).paths[0].sparql.count("<") == 1
