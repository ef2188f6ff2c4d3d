"""Changing a build: what is kept is kept, and whatever fails leaves the former build."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from tests.ontologies import ENTITIES, Draft, copy_ontology, run

import nutrigraph
from nutrigraph import builds
from nutrigraph.build import amend, renew_consequences
from nutrigraph.store import open_store
from nutrigraph.terms import BASE, DECLARED, INFERRED, NG, RDF, RDFS, SKOS, SOURCES, ontology_folder

LICHEN = BASE + "lichen"

PAGE = "magnesium-and-miscarriage"


def quad(subject: str, predicate: str, value: str | ox.Literal, graph: str) -> ox.Quad:
    term = ox.NamedNode(value) if isinstance(value, str) else value
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), term, ox.NamedNode(graph))


def declare(draft: builds.Draft, slug: str = "sheet") -> None:
    """What an import of claims does, as far as the store sees it."""
    graph = DECLARED + slug
    draft.add(
        [
            quad(LICHEN, RDF.type, NG.Exposure, graph),
            quad(LICHEN, RDFS.label, ox.Literal("lichen"), graph),
            quad(LICHEN, SKOS.definition, ox.Literal("A growth on stone."), graph),
        ]
    )
    draft.side(slug).mkdir(parents=True)
    (draft.side(slug) / "kept.txt").write_text("kept", encoding="utf-8")
    draft.enter({"slug": slug, "kind": "claims", "title": "A sheet", "counts": {"claims": 0}})


@pytest.fixture
def folder(store: Path, tmp_path: Path) -> Path:
    """A store of its own: a copy of the real one."""
    return Path(shutil.copytree(store, tmp_path / "store", symlinks=True))


def counted(folder: Path) -> int:
    return len(open_store(folder).raw)


def test_an_amended_build_holds_both_and_the_former_one_stays(folder: Path) -> None:
    former, before = (folder / "current").resolve(), counted(folder)
    kept = nutrigraph.open(former)
    home = amend(ontology_folder(), folder, declare)
    assert home == (folder / "current").resolve() != former
    assert counted(folder) == before + 3
    assert len(kept.store.local) == before
    assert (builds.side_folder(home, "sheet") / "kept.txt").read_text() == "kept"


def test_what_an_import_declares_is_asked_and_read_by_default(folder: Path) -> None:
    amend(ontology_folder(), folder, declare)
    kg = nutrigraph.open(folder)
    assert kg.entity("Lichen").definition == "A growth on stone."
    query = 'SELECT ?x { ?x rdfs:label "lichen" }'
    assert list(kg.query(query)) == list(kg.query(query, asserted=True)) == [(":lichen",)]
    index = json.loads((folder / "current" / "index.json").read_bytes())
    assert DECLARED + "sheet" in index
    assert kg.build != nutrigraph.open(next(p for p in folder.glob("*.1"))).build


def test_without_a_build_the_ontology_comes_first(store: Path, tmp_path: Path) -> None:
    amend(ontology_folder(), tmp_path / "new", declare)
    assert counted(tmp_path / "new") == counted(store) + 3
    assert len(nutrigraph.open(tmp_path / "new").claims(document=PAGE)) == 93


def test_a_build_carries_imports_over_and_fresh_drops_them(folder: Path, tmp_path: Path) -> None:
    draft: Draft = copy_ontology(tmp_path / "ontology")
    amend(draft.folder, folder, declare)
    draft.change(ENTITIES, 'rdfs:label "zinc"', 'rdfs:label "zinc, the metal"')
    result = run("build", "--store", folder, ontology=draft.folder)
    assert result.exit_code == 0, result.output
    assert "carried over: sheet, A sheet" in result.output
    kg = nutrigraph.open(folder)
    assert (kg.entity("lichen").kind, kg.entity("zinc, the metal").kind) == ("Exposure", "Nutrient")
    assert not list(kg.query('SELECT ?x { ?x rdfs:label "zinc" }'))
    assert builds.side_folder((folder / "current").resolve(), "sheet").is_dir()

    result = run("build", "--fresh", "--json", "--store", folder, ontology=draft.folder)
    assert json.loads(result.stdout)["imports"] == []
    assert not list(nutrigraph.open(folder).query('SELECT ?x { ?x rdfs:label "lichen" }'))


def test_a_build_of_the_first_version_can_be_amended(folder: Path) -> None:
    manifest = folder / "current" / "manifest.json"
    record = json.loads(manifest.read_bytes())
    del record["ontology"]
    manifest.write_text(json.dumps(record), encoding="utf-8")
    amend(ontology_folder(), folder, declare)
    assert nutrigraph.open(folder).entity("lichen").kind == "Exposure"


def test_dropping_an_import_leaves_what_was_there_before(folder: Path) -> None:
    before = {str(q) for q in open_store(folder).quads()}
    build = nutrigraph.open(folder).build
    amend(ontology_folder(), folder, declare)
    amend(ontology_folder(), folder, lambda draft: draft.drop("sheet"))
    assert {str(q) for q in open_store(folder).quads()} == before
    assert nutrigraph.open(folder).build == build
    assert not builds.side_folder((folder / "current").resolve(), "sheet").exists()


def test_a_large_source_is_dropped_by_writing_the_rest_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {str(q) for q in open_store(folder).quads()}

    def load(draft: builds.Draft) -> None:
        draft.add(
            [
                quad(f"{SOURCES}big/{n}", RDFS.label, ox.Literal("n"), SOURCES + "big")
                for n in range(9)
            ]
        )
        draft.enter({"slug": "big", "kind": "edges", "title": "Big", "counts": {"edges": 9}})

    amend(ontology_folder(), folder, load)
    assert counted(folder) == len(before) + 9
    monkeypatch.setattr(builds, "_FEW", 8)
    amend(ontology_folder(), folder, lambda draft: draft.drop("big"))
    assert {str(q) for q in open_store(folder).quads()} == before
    assert sorted(item.name for item in (folder / "current").iterdir()) == [
        "index.json", "manifest.json", "sources", "store",
    ] or not (folder / "current" / "sources").exists()  # fmt: skip


def test_consequences_inferred_anew_are_the_same(folder: Path) -> None:
    before = {str(q) for q in open_store(folder).quads()}
    ahead = [
        ox.Quad(
            ox.NamedNode(LICHEN),
            ox.NamedNode(NG.oppositeOf),
            ox.NamedNode(LICHEN),
            ox.NamedNode(INFERRED),
        )
    ]

    def change(draft: builds.Draft) -> None:
        draft.add(ahead)
        renew_consequences(draft.store, ontology_folder())

    amend(ontology_folder(), folder, change)
    assert {str(q) for q in open_store(folder).quads()} == before


def test_a_change_that_fails_leaves_the_former_build(folder: Path) -> None:
    before, here = counted(folder), sorted(item.name for item in folder.iterdir())

    def change(draft: builds.Draft) -> None:
        declare(draft)
        raise RuntimeError("half of it")

    with pytest.raises(RuntimeError, match="half of it"):
        amend(ontology_folder(), folder, change)
    assert (counted(folder), sorted(item.name for item in folder.iterdir())) == (before, here)


IMPORT = [sys.executable, "-m", "nutrigraph", "import", "edges"]


def table(folder: Path, edges: int) -> list[str | Path]:
    """A graph of some edges, and the words that import it."""
    folder.mkdir()
    size = 2_000
    lines = [f"N:{n}\tthing\tnode {n}\n" for n in range(size)]
    (folder / "nodes.tsv").write_text("id\tcategory\tname\n" + "".join(lines), encoding="utf-8")
    lines = [f"N:{n % size}\tjoins\tN:{(7 * n + n // size + 1) % size}\n" for n in range(edges)]
    (folder / "edges.tsv").write_text(
        "subject\tpredicate\tobject\n" + "".join(lines), encoding="utf-8"
    )
    return [folder / "nodes.tsv", folder / "edges.tsv", "--mapping", "kgx", "--slug", "made"]


def test_an_import_that_is_killed_leaves_the_former_build(folder: Path, tmp_path: Path) -> None:
    words = table(tmp_path / "tables", 30_000)
    command = [*map(str, [*IMPORT, *words, "--store", folder])]
    trial = [*command[:-1], str(shutil.copytree(folder, tmp_path / "trial", symlinks=True))]
    begin = time.monotonic()
    subprocess.run(trial, check=True, capture_output=True)
    whole = time.monotonic() - begin
    before, current = counted(folder), (folder / "current").readlink()
    killed = 0
    for share in (0.15, 0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.75, 0.8, 0.9):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(whole * share)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
        if (folder / "current").readlink() != current:
            break  # it had ended before: the others would only be later
        assert counted(folder) == before
        assert len(nutrigraph.open(folder).claims(document=PAGE)) == 93
        assert nutrigraph.open(folder).paths("magnesium", "miscarriage").paths
    assert killed >= 3
    subprocess.run(command, check=True, capture_output=True)
    assert counted(folder) > before + 30_000
    assert not [item.name for item in folder.iterdir() if item.name.startswith(".")]
