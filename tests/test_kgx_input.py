"""KGX that says something wrong: every row is named, and nothing enters."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.tables import change, put

import nutrigraph
from nutrigraph.errors import InputError
from nutrigraph.exchange import read_kgx, write_kgx
from nutrigraph.exchange.kgx_columns import NODES

Words = tuple[str, ...]

BAD: dict[str, tuple[Callable[[Path], None], Words]] = {
    "unknown subject": (
        change("edges", 3, "subject", "nutrigraph:nil"),
        (
            "edges.tsv:4",
            "subject",
        ),
    ),
    "unknown predicate": (
        change("edges", 3, "nutrigraph:predicate", "biolink:treats"),
        (
            "edges.tsv:4",
            "nutrigraph:predicate",
            "biolink",
        ),
    ),
    "a null made positive": (
        change("edges", 1, "negated", "false"),
        (
            "edges.tsv:2",
            "changed",
        ),
    ),
    "negated": (
        change("edges", 3, "negated", "maybe"),
        (
            "edges.tsv:4",
            "negated",
            "'maybe'",
        ),
    ),
    "hedge": (
        change("edges", 2, "nutrigraph:modality", "sure"),
        (
            "edges.tsv:3",
            "Modality",
        ),
    ),
    "species": (
        change("edges", 1, "species_context_qualifier", "nutrigraph:yeti"),
        (
            "edges.tsv:2",
            "species_context_qualifier",
            "nutrigraph:yeti",
        ),
    ),
    "offset": (
        change("edges", 1, "nutrigraph:quote_start", "-1"),
        (
            "edges.tsv:2",
            "whole number",
        ),
    ),
    "endless offset": (
        change("edges", 1, "nutrigraph:quote_start", "9" * 5000),
        ("edges.tsv:2", "whole number"),
    ),
    "sentence": (
        change("edges", 1, "supporting_text", "Other words"),
        (
            "edges.tsv:2",
            "changed",
        ),
    ),
    "no basis": (
        change("edges", 1, "nutrigraph:basis", ""),
        (
            "edges.tsv:2",
            "import edges",
        ),
    ),
    "escape": (
        change("edges", 1, "nutrigraph:note", "a\\q"),
        (
            "edges.tsv:2",
            "nutrigraph:note",
        ),
    ),
    "half a character": (
        change("edges", 1, "nutrigraph:note", "\\ud800"),
        ("edges.tsv:2", "nutrigraph:note", "no escape"),
    ),
    "address": (
        put("nodes", b"https://suppr.wilddata", b"https://suppr wilddata"),
        ("nodes.tsv:", "nutrigraph:url", "no identifier"),
    ),
    "another's name": (
        change("nodes", 4, "name", "zinc"),
        ("nodes.tsv:5", "column name", "'albumin', a Biomarker"),
    ),
    "a paper of no paragraph": (
        put("nodes", b"#paragraph-7\tnutrigraph:paper", b"#paragraph-x\tnutrigraph:paper"),
        ("nodes.tsv:", "nutrigraph:paragraph", "no paragraph"),
    ),
    "a paragraph of no document": (
        put(
            "nodes",
            b"paragraph\t\t\t\t\tnutrigraph:document/",
            b"paragraph\t\t\t\t\tnutrigraph:documents/",
        ),
        ("nodes.tsv:", "primary_knowledge_source", "no document"),
    ),
    "several": (
        change("edges", 1, "nutrigraph:note", "a|b"),
        (
            "edges.tsv:2",
            "several",
        ),
    ),
    "document": (
        change("edges", 1, "primary_knowledge_source", "nutrigraph:document/x"),
        (
            "edges.tsv:2",
            "primary_knowledge_source",
        ),
    ),
    "kind": (
        change("nodes", 2, "nutrigraph:kind", "Planet"),
        (
            "nodes.tsv:3",
            "'Planet'",
        ),
    ),
    "label": (
        change("nodes", 2, "name", ""),
        (
            "nodes.tsv:3",
            "column name",
            "fill it in",
        ),
    ),
    "mapping": (
        change("nodes", 2, "nutrigraph:mappings", "like X:1"),
        (
            "nodes.tsv:3",
            "nutrigraph:mappings",
            "exactMatch",
        ),
    ),
    "twice": (
        change("nodes", 5, "id", "nutrigraph:albumin"),
        (
            "nodes.tsv:6",
            "nodes.tsv:5",
            "delete one",
        ),
    ),
    "not UTF-8": (
        put("nodes", b"Albumin", b"Alb\xffmin"),
        (
            "nodes.tsv:5",
            "UTF-8",
        ),
    ),
    "a cell less": (
        put("nodes", b"Albumin in blood.\t", b""),
        (
            "nodes.tsv:5",
            f"{len(NODES) - 1} cells for {len(NODES)}",
        ),
    ),
    "no column": (
        put("edges", b"nutrigraph:basis", b"basis"),
        (
            "edges.tsv:1",
            "import edges",
        ),
    ),
    "column twice": (
        put("edges", b"\tobject\t", b"\tsubject\t"),
        (
            "edges.tsv:1",
            "twice",
        ),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_is_named_and_nothing_enters(
    name: str, kg: nutrigraph.KnowledgeGraph, tmp_path: Path
) -> None:
    spoil, words = BAD[name]
    write_kgx(kg.content, tmp_path)
    spoil(tmp_path)
    with pytest.raises(InputError) as raised:
        read_kgx(tmp_path / "nodes.tsv", tmp_path / "edges.tsv", kg.vocabulary, there=kg.entities)
    for word in words:
        assert word in str(raised.value)


def test_a_file_saved_by_a_spreadsheet_is_read(
    kg: nutrigraph.KnowledgeGraph, tmp_path: Path
) -> None:
    """With a byte order mark and line ends of another system."""
    write_kgx(kg.content, tmp_path)
    before = read_kgx(tmp_path / "nodes.tsv", tmp_path / "edges.tsv", kg.vocabulary)
    for file in tmp_path.glob("*.tsv"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert read_kgx(tmp_path / "nodes.tsv", tmp_path / "edges.tsv", kg.vocabulary) == before


def test_every_bad_row_is_named(kg: nutrigraph.KnowledgeGraph, tmp_path: Path) -> None:
    write_kgx(kg.content, tmp_path)
    change("edges", 5, "negated", "maybe")(tmp_path)
    change("edges", 9, "nutrigraph:basis", "rumour")(tmp_path)
    change("nodes", 4, "name", "")(tmp_path)
    with pytest.raises(InputError) as raised:
        read_kgx(tmp_path / "nodes.tsv", tmp_path / "edges.tsv", kg.vocabulary)
    assert [place in str(raised.value) for place in ("nodes.tsv:5", "edges.tsv:6")] == [True, True]
    assert "edges.tsv:10" in str(raised.value)
    assert str(raised.value).count("column ") == 3
