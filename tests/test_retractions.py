"""Notices of retraction: the claims stay, marked, and weigh nothing; what leant on them says so."""

from pathlib import Path

import pytest
from tests.ontologies import copy_ontology, fault, run

import nutrigraph
from nutrigraph.errors import InputError
from nutrigraph.sheets import read_retractions

SUN = "10.3389/fendo.2020.592495"
REVIEWS = ["review of observational studies"]
HEADER = "Record ID,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\n"


def notices(path: Path, *rows: str) -> Path:
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return path


def test_only_a_retraction_retracts(tmp_path: Path) -> None:
    path = notices(
        tmp_path / "retractions.csv",
        "1,10.1000/A,0,Retraction,x",
        "2,10.1000/b,11,Correction,x",
        "3,10.1000/c,12,Expression of Concern,x",
        "4,unavailable,13,Retraction,x",
        "5,https://doi.org/10.1000/d,,Retraction,x",
        "6,10.1000/d,,Reinstatement,x",
    )
    assert read_retractions(path) == {"doi:10.1000/a", "pmid:13"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n", "no column OriginalPaperDOI"),
        (f"{HEADER}1,10.1000/a,,Withdrawn,x\n", "withdrawn"),
        (f"{HEADER}1,not-a-doi,,Retraction,x\n", "is no DOI"),
        (f"{HEADER}1,,,Retraction,x\n", "name the paper"),
    ],
)
def test_a_notice_that_says_nothing_is_refused(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "retractions.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        read_retractions(path)


@pytest.fixture(scope="module")
def retracted(tmp_path_factory: pytest.TempPathFactory) -> nutrigraph.KnowledgeGraph:
    """The real ontology, in which the review of insulin resistance and miscarriage fell."""
    home = tmp_path_factory.mktemp("retracted")
    draft = copy_ontology(home / "ontology")
    notices(draft.folder / "retractions.csv", f"1,{SUN.upper()},0,Retraction,x")
    result = run("build", "--store", home / "store", ontology=draft.folder)
    assert result.exit_code == 0, result.output
    return nutrigraph.open(home / "store")


def test_its_claims_stay_visible_marked_and_weigh_nothing(
    retracted: nutrigraph.KnowledgeGraph,
) -> None:
    fallen = [c for c in retracted.claims() if any(s.doi == SUN for s in c.sources)]
    assert len(fallen) == 3
    for record in retracted.records(document="pregnancy-findings"):
        mine = any(source["doi"] == SUN for source in record["sources"])
        assert mine is any(source["retracted"] for source in record["sources"])
        if mine:
            assert (record["weight"], record["weight_reason"]) == (0, "its source was retracted")


def test_a_path_that_leant_on_it_says_so(
    kg: nutrigraph.KnowledgeGraph, retracted: nutrigraph.KnowledgeGraph
) -> None:
    def direct(graph: nutrigraph.KnowledgeGraph) -> float:
        answer = graph.paths("insulin resistance", "miscarriage", max_hops=1, study_types=REVIEWS)
        return answer.direct.support

    assert direct(kg) > 0
    assert direct(retracted) == 0
    text = run("paths", "obesity", "miscarriage", "--store", retracted.store.place, "--explain")
    assert "source, retracted: Sun YF 2020" in text.stdout
    assert "its source was retracted" in text.stdout


def test_a_step_on_it_alone_is_unsupported_and_names_why(tmp_path: Path) -> None:
    draft = copy_ontology(tmp_path / "ontology")
    notices(draft.folder / "retractions.csv", "1,10.1080/14767058.2019.1623872,0,Retraction,x")
    assert run("build", "--store", tmp_path / "s", ontology=draft.folder).exit_code == 0
    kg = nutrigraph.open(tmp_path / "s")
    [path] = kg.paths("magnesium", "recurrent miscarriage", max_hops=1).paths
    assert path.verdict == "unsupported"
    assert path.weakest_reason == "weighs nothing: its source was retracted"


def test_a_review_that_may_pool_a_retracted_trial_weighs_half(
    kg: nutrigraph.KnowledgeGraph,
) -> None:
    [tan] = [c for c in kg.records() if any(s["doi"] == "10.1080/09513590.2021.1988558"
                                            for s in c["sources"])]  # fmt: skip
    assert tan["weight"] == kg.vocabulary.study_types["review of RCTs"].weight_causal / 2
    assert "may pool" in tan["weight_reason"]
    assert "retracted" in tan["weight_reason"]


def test_a_bad_notice_stops_the_build(tmp_path: Path) -> None:
    draft = copy_ontology(tmp_path / "ontology")
    notices(draft.folder / "retractions.csv", "1,,,Retraction,x")
    fault(run("build", "--store", tmp_path / "s", ontology=draft.folder), 1, "retractions.csv:2")
