"""Tables and mappings that say something wrong: each is named, and nothing enters."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.desks import EDGES, NODES, Desk
from tests.ontologies import fault, run

import nutrigraph
from nutrigraph.edges import import_edges
from nutrigraph.errors import InputError, UnknownName, UsageError


@pytest.fixture
def desk(store: Path, tmp_path: Path) -> Desk:
    return Desk(tmp_path, store)


Plant = Callable[[Desk], None]


def edit(name: str, old: str, new: str) -> Plant:
    return lambda desk: desk.change(name, old, new)


def put(name: str, data: bytes) -> Plant:
    return lambda desk: desk.write(name, data)


BAD: dict[str, tuple[Plant, list[str]]] = {
    "an unknown column": (
        edit("edges.tsv", "\tobject", "\tobjekt"),
        ["edges.tsv:1: has no column 'object'", "objekt", "mend"],
    ),
    "an edge to nowhere": (
        edit("edges.tsv", "X:3", "X:9"),
        ["edges.tsv:3: column 'object': 'X:9' is none of the nodes: add the node or mend"],
    ),
    "too few cells": (
        edit("edges.tsv", "\t0.25", ""),
        ["edges.tsv:3: has 3 cells where the header has 4"],
    ),
    "no number": (
        edit("edges.tsv", "0.25", "high"),
        ["edges.tsv:3: column 'confidence': 'high' is no confidence: give a number above 0"],
    ),
    "a number that is none": (edit("edges.tsv", "0.25", "nan"), ["edges.tsv:3", "'nan' is no"]),
    "more than sure": (edit("edges.tsv", "0.25", "1.25"), ["edges.tsv:3", "'1.25' is no"]),
    "an empty predicate": (
        edit("edges.tsv", "X:1\tbiolink:affects", "X:1\t"),
        ["edges.tsv:2: column 'predicate' is empty"],
    ),
    "not UTF-8": (
        put("edges.tsv", EDGES.encode() + b"X:1\tb\xe9\tX:2\t1\n"),
        ["edges.tsv:4: byte 0xe9 is not UTF-8: save the table as UTF-8"],
    ),
    "a gzip cut short": (
        put("edges.tsv", gzip.compress(EDGES.encode())[:-12]),
        ["edges.tsv:", "the gzip ends too early or is broken", "get it anew"],
    ),
    "a gzip spoiled": (
        put("edges.tsv", gzip.compress(EDGES.encode())[:20] + b"\0\0\0\0"),
        ["edges.tsv:", "the gzip ends too early or is broken"],
    ),
    "an endless line": (put("edges.tsv", b"x" * (1 << 21)), ["edges.tsv:1: line of over"]),
    "an empty table": (put("edges.tsv", b""), ["edges.tsv: is empty"]),
    "a table without rows": (
        put("edges.tsv", EDGES.split("\n")[0].encode()),
        ["edges.tsv: holds no edge"],
    ),
    "a node twice": (edit("nodes.tsv", "X:2", "X:1"), ["nodes.tsv:3: column 'id': 'X:1' is there"]),
    "a column twice": (edit("nodes.tsv", "category", "id"), ["nodes.tsv:1", "mapping"]),
    "no TOML": (edit("small.toml", "[nodes]", "[nodes"), ["no valid TOML: ", "(at line 1"]),
    "a key that nothing reads": (
        edit("small.toml", "licence", "license"),
        ["small.toml: nothing reads 'license': mend its name"],
    ),
    "a key that is missing": (edit("small.toml", 'title = "Small"', ""), ["title is missing: add"]),
    "an unknown force": (
        edit("small.toml", '"association"', '"strong"'),
        ["force 'strong' is unknown: give one of association, "],
    ),
    "a cause walked backward": (
        edit("small.toml", "backward = true", 'backward = true\nforce = "causal"'),
        ["predicate.'joins': force 'causal' is walked forward only, and backward says otherwise"],
    ),
    "a sign of what has none": (
        edit("small.toml", "sign = 1", 'sign = 1\nforce = "unsigned"'),
        ["predicate.'raises': force 'unsigned' and sign 1 contradict each other"],
    ),
    "a sign of two": (edit("small.toml", "sign = 1", "sign = 2"), ["sign is 2: give 1 or -1"]),
    "one column for both ends": (
        edit("small.toml", 'subject = "subject"', 'subject = "object"'),
        ["edges: subject and object are both column 'object': name two"],
    ),
    "nodes named twice over": (
        edit("small.toml", "confidence =", 'subject_label = "name"\nconfidence ='),
        ["edges: subject_label and [nodes] both name the nodes: keep one of the two"],
    ),
    "a weight over one": (edit("small.toml", "weight = 0.5", "weight = 5"), ["weight is 5: give"]),
    "a truth for a weight": (
        edit("small.toml", "weight = 0.5", "weight = true"),
        ["weight is True: give a float"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", [why for why in BAD if BAD[why][1]])
def test_a_mistake_is_named_and_nothing_enters(desk: Desk, why: str) -> None:
    kg = desk.enter()
    current, size = (desk.store / "current").resolve(), len(kg.store.local)
    here = sorted(desk.store.iterdir())
    plant, words = BAD[why]
    plant(desk)
    files = (desk.folder / "nodes.tsv", desk.folder / "edges.tsv")
    mapping = ("--mapping", desk.folder / "small.toml", "--store", desk.store)
    fault(run("import", "edges", *files, *mapping), 1, *words)
    assert (desk.store / "current").resolve() == current
    assert sorted(desk.store.iterdir()) == here
    assert len(nutrigraph.open(desk.store).store.local) == size


def test_two_ids_of_one_iri_are_refused(desk: Desk) -> None:
    desk.change(
        "small.toml", '"biolink:" =', '"X:" = "http://x/"\n"Y:" = "http://x/"\n"biolink:" ='
    )
    desk.write("nodes.tsv", NODES + "Y:1\tbiolink:Gene\tdelta\n")
    with pytest.raises(InputError, match="prefixes give 'X:1' and 'Y:1' the one IRI http://x/1"):
        desk.enter()


def test_a_broken_line_near_the_end_leaves_nothing_behind(desk: Desk) -> None:
    here = sorted(item.name for item in desk.store.iterdir())
    rows = "".join(f"X:{n % 3 + 1}\tp{n}\tX:{(n + 1) % 3 + 1}\t1\n" for n in range(20_000))
    desk.write("edges.tsv", EDGES + rows + "X:1\tbiolink:affects\tX:2\n")
    with pytest.raises(InputError, match=r"edges\.tsv:20004: has 3 cells"):
        desk.enter()
    assert sorted(item.name for item in desk.store.iterdir()) == here


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nodes.tsv"], "no file for edges (edges.tsv*): name it as well"),
        (["nodes.tsv", "edges.tsv", "small.toml"], "is by its name no table of the mapping"),
        (["nodes.tsv", "edges.tsv", "edges.tsv"], "are both edges: name one"),
        (["nodes.tsv", "lost.tsv"], "lost.tsv: name the tables to import"),
    ],
)
def test_files_that_are_not_those_of_the_mapping(desk: Desk, words: list[str], told: str) -> None:
    files = [desk.folder / word for word in words]
    with pytest.raises(UsageError) as raised:
        import_edges(files, desk.store, mapping=str(desk.folder / "small.toml"))
    assert told in str(raised.value)


def test_a_slug_that_is_taken_or_none(desk: Desk) -> None:
    files = [desk.folder / "nodes.tsv", desk.folder / "edges.tsv"]
    for slug, told in (("My Slug", "is no slug"), ("magnesium-and-miscarriage", "is a document")):
        with pytest.raises(UsageError, match=told):
            import_edges(files, desk.store, mapping=str(desk.folder / "small.toml"), slug=slug)
    with pytest.raises(UnknownName, match="nearest: drugmechdb, kgx, scale"):
        import_edges(files, desk.store, mapping="hetionet")
