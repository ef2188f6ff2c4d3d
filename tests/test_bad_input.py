"""Bad input: one line on standard error that names the thing and the fix, and nothing left behind.

What a build does with it is in `test_builds.py`.
"""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.ontologies import (
    CLAIMS,
    ENTITIES,
    SHAPES,
    SLUG,
    SOURCE,
    VOCABULARY,
    Draft,
    copy_ontology,
    fault,
    run,
)

PATHS = ("paths", "magnesium", "miscarriage")


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    return copy_ontology(tmp_path / "ontology")


# Questions that make no sense: the words of the command, and what the one line must hold.
QUESTIONS: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "unknown source": (
        ("paths", "magnesum", "miscarriage"),
        ["unknown entity 'magnesum'", "nearest: magnesium"],
    ),
    "unknown target": (
        ("paths", "magnesium", "miscariage"),
        ["unknown entity 'miscariage'", "nearest: miscarriage"],
    ),
    "nothing near": (
        ("paths", "xyzzyx", "miscarriage"),
        ["'xyzzyx' (nothing is near: give a label, a synonym, a CURIE or an IRI)"],
    ),
    "unknown subject": (("claims", "--subject", "seleniun"), ["nearest: selenium"]),
    "unknown object": (("claims", "--object", "eclampsa"), ["nearest: eclampsia"]),
    "unknown entity of a page": (("view", "magnesum", "miscarriage"), ["nearest: magnesium"]),
    "source equals target": (
        ("paths", "Mg", "magnesium"),
        ["source and target are both magnesium: name two things"],
    ),
    "no hops": ((*PATHS, "--max-hops", "0"), ["max_hops is 0: give 1 to 8"]),
    "too many hops": ((*PATHS, "--max-hops", "99"), ["max_hops is 99: give 1 to 8"]),
    "no paths": ((*PATHS, "--top", "0"), ["top is 0: give at least 1"]),
    "unknown document": (
        (*PATHS, "--document", "magnesium"),
        ["unknown document 'magnesium'", SLUG],
    ),
    "unknown document of claims": (("claims", "--document", "x"), ["unknown document 'x'", SLUG]),
    "unknown species": (
        (*PATHS, "--species", "rats"),
        ["unknown species 'rats'", "nearest: rat"],
    ),
    "unknown study type": (
        (*PATHS, "--study-type", "case control"),
        ["unknown study type 'case control'", "nearest: case-control"],
    ),
    "unknown paper": ((*PATHS, "--without", "10.1/none"), ["unknown source '10.1/none'"]),
    "half a page": (("view", "magnesium"), ["name both a source and a target, or neither"]),
    "unknown query": (("query", "no-such-question"), ["unknown query 'no-such-question'"]),
    "missing query file": (
        ("query", "missing.rq"),
        ["query file missing.rq cannot be read (No such file or directory)"],
    ),
    "a folder for a query": (("query", "./"), ["query file . cannot be read (Is a directory)"]),
    "a query that cannot be read": (("query", "/proc/self/mem"), ["/proc/self/mem cannot be read"]),
    "a name too long": (("query", "x" * 300), ["unknown query 'xxx"]),
    "empty query": (("query", ""), ["the query is empty: write SPARQL"]),
    "query cut short": (
        ("query", "SELECT * {\n  ?s ?p "),
        ["no valid SPARQL: line 2, column 9, where it ends too early"],
    ),
    "query with a wrong word": (
        ("query", "SELECT * {\n  ?s ?p ?o\n  OPTIONALLY { ?s ?p 1 } }"),
        ["line 3, column "],
    ),
    "query with an unknown prefix": (
        ("query", "SELECT * { ?s foo:bar ?o }"),
        ["line 1, column 2", "(Prefix not found)"],
    ),
    "update": (
        ("query", "DELETE WHERE { ?s ?p ?o }"),
        ["DELETE is refused: the graph is for reading only"],
    ),
    "unknown format of rows": (
        ("query", "SELECT * { ?s ?p ?o } LIMIT 1", "--format", "nonsense"),
        ["rows cannot be written as nonsense: use table, csv, tsv, json, xml"],
    ),
    "format of rows for triples": (
        ("query", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1", "--format", "csv"),
        ["triples cannot be written as csv: use turtle"],
    ),
}


@pytest.mark.parametrize("case", QUESTIONS)
def test_a_question_that_makes_no_sense(store: Path, case: str) -> None:
    words, expected = QUESTIONS[case]
    fault(run(*words, "--store", store), 2, *expected)


# Ways to hide the keyword from a simple search. Each is valid SPARQL that pyoxigraph would send.
CALL = "SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }"
CALLS = [
    "SELECT * { CALL }",
    "SELECT * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * { SERVICE:endpoint { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o.CALL }",
    "SELECT * { ?s rdfs:label '#' . CALL }",
    r"SELECT * { OPTIONAL { ?s :a\# ?o } CALL }",
    r"SELECT * { OPTIONAL { ?s :a\' ?o } SERVICE <http://127.0.0.1:9/> { ?s :b\' 'x' } }",
    r"SELECT * { FILTER('''a\'''' != '') CALL FILTER('' = '') }",
    r"SELECT * { OPTIONAL { ?s <http://a/\u0041#> ?o } CALL }",
]


@pytest.mark.parametrize("query", CALLS)
def test_a_query_reaches_no_network(store: Path, query: str) -> None:
    result = run("query", query.replace("CALL", CALL), "--store", store)
    fault(result, 2, "SERVICE is refused", "ask that endpoint")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s rdfs:label 'SERVICE' } # SERVICE",
        "SELECT * { ?s <http://a/SERVICE> ?service }",
        "SELECT * { ?s rdfs:label '''it\\'s \"SERVICE\" ''' }",
    ],
)
def test_a_query_may_speak_of_a_service(store: Path, query: str) -> None:
    assert run("query", query, "--store", store).exit_code == 0


@pytest.mark.parametrize("words", [b"\xff\xfe", b"SELECT * { ?s ?p '\xe9' }"])
def test_a_query_file_that_is_not_utf8(store: Path, tmp_path: Path, words: bytes) -> None:
    file = tmp_path / "latin.rq"
    file.write_bytes(words)
    fault(run("query", file, "--store", store), 2, "latin.rq is not UTF-8: save it as UTF-8")


def test_an_empty_query_from_standard_input(store: Path) -> None:
    fault(run("query", "-", "--store", store, typed=" \n"), 2, "the query is empty")


# Files of the ontology.


@pytest.mark.parametrize("name", [ENTITIES, CLAIMS, SOURCE, SHAPES])
def test_a_missing_file_of_the_ontology(draft: Draft, name: str) -> None:
    (draft.folder / name).unlink()
    result = run("check", ontology=draft.folder)
    fault(result, 1, f"{name}: cannot be read (No such file or directory)")


@pytest.mark.parametrize("name", [ENTITIES, CLAIMS, SOURCE, SHAPES])
def test_a_folder_in_the_place_of_a_file(draft: Draft, name: str) -> None:
    (draft.folder / name).unlink()
    (draft.folder / name).mkdir()
    fault(run("check", ontology=draft.folder), 1, f"{name}: cannot be read (Is a directory)")


def test_no_ontology_at_all(tmp_path: Path) -> None:
    result = run("check", ontology=tmp_path)
    fault(result, 2, f"no ontology in {tmp_path}: set NUTRIGRAPH_ONTOLOGY to a folder")


@pytest.mark.parametrize("name", [VOCABULARY, ENTITIES, CLAIMS, SHAPES])
def test_turtle_with_a_syntax_error(draft: Draft, name: str) -> None:
    lines = draft.read(name).split("\n")
    spot = lines.index("", 30)
    draft.write(name, "\n".join([*lines[:spot], ":a :b ;;; [", *lines[spot:]]))
    line = fault(run("check", ontology=draft.folder), 1, "no valid Turtle")
    assert f"{name}:{spot + 1}: " in line or f"{name}:{spot + 3}: " in line


@pytest.mark.parametrize("name", [SOURCE, "checks/one-name-one-thing.rq", "rules/index.rq"])
def test_a_file_that_is_not_utf8(draft: Draft, name: str) -> None:
    file = draft.folder / name
    whole = file.read_bytes()
    file.write_bytes(whole + b"\xe9")
    result = run("check", ontology=draft.folder)
    fault(result, 1, f"{name}: is not UTF-8 (byte 0xe9 at {len(whole)}): save it as UTF-8")


def test_a_folder_without_rules(draft: Draft) -> None:
    for file in (draft.folder / "rules").glob("*.rq"):
        file.unlink()
    fault(run("check", ontology=draft.folder), 1, "rules: holds no rule: restore the files")


# Stores that are none.

RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
BOMB = '<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n' + RDF
WHOLE = RDF.replace("/>", '><rdf:Description rdf:about="a:a" rdf:type="a:b"/></rdf:RDF>')
FILES: dict[str, tuple[str, bytes, int, list[str]]] = {
    "text": ("notes.txt", b"hello", 2, ["notes.txt is no store: not a build folder, and not an"]),
    "no ending": ("notes", b"hello", 2, ["notes is no store"]),
    "binary rubbish": ("store.nq", bytes(range(256)), 1, ["store.nq"]),
    "a broken line": (
        "store.nq",
        b"<a:a> <a:b> <a:c> .\n<a:a> <a:b> <a c> .\n",
        1,
        ["store.nq:2: "],
    ),
    "broken Turtle": ("store.ttl", b"<a:a> <a:b> <a:c> .\n\n<a:a> ;", 1, ["store.ttl:3: "]),
    "RDF/XML with a DOCTYPE": (
        "store.rdf",
        BOMB.encode(),
        1,
        ["store.rdf: RDF/XML with a DOCTYPE is refused: write it without entities"],
    ),
    "RDF/XML in UTF-16": ("store.rdf", BOMB.encode("utf-16"), 1, ["store.rdf: "]),
    "RDF/XML that is cut off": (
        "store.rdf",
        WHOLE.removesuffix("</rdf:RDF>").encode(),
        1,
        ["store.rdf:1: broken XML (no element found): is the file cut off?"],
    ),
    "deep JSON-LD": (
        "store.jsonld",
        b'{"@id": "a:a", "a:b": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        1,
        ["store.jsonld: JSON-LD that nests deeper than 500: write it flatter"],
    ),
    "empty": ("store.nq", b"", 2, ["store.nq holds no Nutrigraph data: name a folder made by"]),
    "foreign": ("store.nt", b"<a:a> <a:b> <a:c> .\n", 2, ["store.nt holds no Nutrigraph data"]),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_store(tmp_path: Path, case: str) -> None:
    name, content, code, expected = FILES[case]
    (tmp_path / name).write_bytes(content)
    fault(run(*PATHS, "--store", tmp_path / name), code, *expected)
    assert [item.name for item in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == content


def test_a_folder_that_is_no_store(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    fault(run(*PATHS, "--store", folder), 2, "photos is no store: it holds no build; run")
    (folder / "cat.jpg").write_bytes(b"cat")
    (folder / "backup.1").mkdir()
    fault(run(*PATHS, "--store", folder), 2, "photos is no store: it holds no build; run")
    result = run("build", "--store", folder)
    fault(result, 2, "photos is not empty and no store: name another folder with --store")
    assert sorted(item.name for item in folder.iterdir()) == ["backup.1", "cat.jpg"]


def test_a_build_whose_store_is_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    assert run("build", "--store", folder).exit_code == 0
    for table in (folder / "current" / "store").glob("*.sst"):
        table.write_bytes(b"rubbish")
    fault(run(*PATHS, "--store", folder), 2, str(folder), "build it anew")


def test_a_store_that_is_an_address() -> None:
    result = run(*PATHS, "--store", "http://127.0.0.1:9/sparql")
    fault(result, 2, "http://127.0.0.1:9/sparql cannot be reached", "check the address")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    fault(run(*PATHS, "--store", tmp_path / "no.ttl"), 2, "no file", "name an RDF file")


def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    fault(run(*PATHS, "--store", tmp_path / "no"), 2, "no store at", "run `nutrigraph build")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("manifest.json", "{"), ("index.json", "{"), ("store/CURRENT", "MANIFEST-999999\n")],
)
def test_a_build_that_is_broken(tmp_path: Path, name: str, content: str) -> None:
    folder = tmp_path / "store"
    assert run("build", "--store", folder).exit_code == 0
    (folder / "current" / name).write_text(content, encoding="utf-8")
    fault(run(*PATHS, "--store", folder), 2, str(folder), "build")


# Places that cannot be written.


@pytest.mark.parametrize("words", [("view", "-o"), ("export", "nquads", "-o")])
@pytest.mark.parametrize("place", ["file/below/out", "/proc/out", "folder"])
def test_an_output_that_cannot_be_written(
    store: Path, tmp_path: Path, words: tuple[str, ...], place: str
) -> None:
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").touch()
    result = run(*words, tmp_path / place, "--store", store)
    fault(result, 2, f"{tmp_path / place} cannot be written (", "name another with --output")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"
    assert sorted(str(item.relative_to(tmp_path)) for item in tmp_path.rglob("*")) == [
        "file",
        "folder",
        "folder/kept",
    ]


@pytest.mark.parametrize("place", ["file/below", "/proc/nutrigraph", "file"])
def test_a_store_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    result = run("build", "--store", tmp_path / place)
    fault(result, 2, str(tmp_path / place), "name another folder with --store")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("command", [("export", "nquads"), ("claims",)])
def test_an_output_that_is_full(store: Path, command: tuple[str, ...]) -> None:
    words = [sys.executable, "-m", "nutrigraph", *command, "--store", str(store)]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        result = subprocess.run(
            words, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False
        )
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "the output cannot be written (No space left on device)" in result.stderr


def test_a_whole_process_prints_one_line_and_no_traceback(store: Path) -> None:
    words = [sys.executable, "-m", "nutrigraph", "paths", "magnesum", "miscarriage"]
    result = subprocess.run(
        [*words, "--store", str(store)], capture_output=True, encoding="utf-8", check=False
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("nutrigraph: unknown entity 'magnesum' (nearest: magnesium")
    assert result.stderr.count("\n") == 1


def test_an_exported_graph_gives_the_same_paths_as_its_store(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "graph.nq"
    assert run("export", "nquads", "-o", file, "--store", store).exit_code == 0
    from_file = run(*PATHS, "--json", "--store", file)
    from_store = run(*PATHS, "--json", "--store", store)
    assert from_file.stdout == from_store.stdout
    assert json.loads(from_file.stdout)["paths"]


def test_a_server_that_cannot_be(tmp_path: Path, store: Path) -> None:
    fault(run("serve", "--store", str(tmp_path / "none")), 2, "no store at", "nutrigraph build")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        taken_words = f"127.0.0.1:{port}", "another --host or --port"
        fault(run("serve", "--store", str(store), "--port", port), 2, *taken_words)
    for option in ("--timeout", "--memory", "--rows", "--arrival"):
        result = run("serve", option, "0")
        assert result.exit_code == 2
        assert f"Invalid value for '{option}'" in result.stderr
