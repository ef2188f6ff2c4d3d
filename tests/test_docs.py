"""What the pages under docs/ say of numbers is what the vocabulary holds."""

import re
from pathlib import Path

from tests.snippets import blocks

from nutrigraph import KnowledgeGraph
from nutrigraph.paths import discover, robust

DOCS = Path(__file__).resolve().parent.parent / "docs"
ONTOLOGY = DOCS.parent / "ontology"


def test_the_table_of_weights_is_that_of_the_vocabulary(kg: KnowledgeGraph) -> None:
    text = (DOCS / "evidence.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\w -]+?) \| ([\d.]+) \| ([\d.]+) \| ([\w ]+) \|$", text, re.MULTILINE)
    told = {name: (float(one), float(other), ceiling) for name, one, other, ceiling in rows}
    assert told == {
        study.label: (study.weight_causal, study.weight_association, study.ceiling)
        for study in kg.vocabulary.study_types.values()
    }


def test_the_other_numbers_are_those_of_the_vocabulary(kg: KnowledgeGraph) -> None:
    text = (DOCS / "evidence.md").read_text(encoding="utf-8")
    low, high = kg.vocabulary.negligible
    assert f"{low:g} to {high:g}" in text
    assert f"`{kg.vocabulary.hub_damping:g} × Σ log(degree)`" in text
    for pair in kg.vocabulary.ceilings.values():
        assert all(f"{number:g}" in text for number in pair)


def test_the_numbers_of_draws_and_shuffles_are_those_of_the_code() -> None:
    text = (DOCS / "evidence.md").read_text(encoding="utf-8")
    assert f"a standard deviation of {robust._SPREAD:g}" in text
    assert discover._SWAPS_PER_EDGE == 10
    assert "ten tries a hop" in text


def test_the_turtle_of_the_model_stands_in_the_ontology() -> None:
    ontology = "".join(path.read_text("utf-8") for path in sorted(ONTOLOGY.rglob("*.ttl")))
    page = blocks((DOCS / "model.md").read_text("utf-8"))
    turtle = [block.text for block in page if block.language == "turtle"]
    # One is what a query gives.
    shown = [text for text in turtle if not text.startswith(":claim")]
    assert len(shown) == 5
    assert [text for text in shown if text not in ontology] == []
