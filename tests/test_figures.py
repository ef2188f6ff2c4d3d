"""What `check` says of figures that are not those of the document, and of merged sentences."""

import re
from pathlib import Path

import pytest
from tests.ontologies import CLAIMS, copy_ontology

from nutrigraph.build import compile_ontology, findings


def found(folder: Path) -> list[str]:
    return [str(item) for item in findings(compile_ontology(folder), folder)]


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        (':sampleSize "six"', ':sampleSize "seven"', "sample size 'seven'"),
        (':pValue "P < 0.0001"', ':pValue "P < 0.001"', "p value 'P < 0.001'"),
        (':dose "600 mg/day magnesium"', ':dose "6000 mg/day magnesium"', "dose '6000"),
        (':effectBaseline "8.2"', ':effectBaseline "9.2"', "baseline '9.2'"),
        (':nCases "26"', ':nCases "62"', "n cases '62'"),
        (':duration "12 weeks"', ':duration "21 weeks"', "duration '21 weeks'"),
    ],
)
def test_a_figure_that_is_not_printed_is_found(
    tmp_path: Path, old: str, new: str, name: str
) -> None:
    draft = copy_ontology(tmp_path / "ontology")
    draft.change(CLAIMS, old, new)
    assert [line for line in found(draft.folder) if name in line and "[figure]" in line]


def test_two_sentences_in_one_segment_are_found(tmp_path: Path) -> None:
    draft = copy_ontology(tmp_path / "ontology")
    first, second = draft.block("c:segment-04"), draft.block("c:segment-05")
    end = re.search(r":end (\d+)", second)
    held = re.search(r":holds (.*) \.\n", second, re.DOTALL)
    assert end is not None
    assert held is not None
    merged = re.sub(r":end \d+", end[0], first).replace(" .\n", f" ,\n        {held[1]} .\n")
    draft.change(CLAIMS, second, "")
    draft.change(CLAIMS, first, merged)
    assert found(draft.folder) == ["[coverage] segment-04: holds more than one sentence: split it"]
