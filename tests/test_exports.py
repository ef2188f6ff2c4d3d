"""Exports, each read again with the library its users read it with."""

import csv
import io
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx
import pandas
import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import nutrigraph
from nutrigraph import KnowledgeGraph
from nutrigraph.cli import main
from nutrigraph.cli.base import write_file
from nutrigraph.errors import NutrigraphError, UnknownName, UsageError
from nutrigraph.exchange import network, nquads, unguard
from nutrigraph.exchange.networks import graphml
from nutrigraph.exchange.rows import claims_csv, flatten
from nutrigraph.exports import BY_DOCUMENT, FORMATS
from nutrigraph.terms import BASE, PREFIXES

SLUG = "magnesium-and-miscarriage"
CAUTION_BESIDE = {"sheet", "ris", "csl-json"}
ELSEWHERE = """
import sys, nutrigraph
kg = nutrigraph.open(sys.argv[1])
for form in sys.argv[2:]:
    sys.stdout.buffer.write("".join(kg.export(form)).encode())
"""
SYNTAXES = {"nquads": ("nquads", ox.RdfFormat.N_QUADS), "trig": ("trig", ox.RdfFormat.TRIG),
            "jsonld": ("json-ld", ox.RdfFormat.JSON_LD)}  # fmt: skip


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def exported(graph: KnowledgeGraph, form: str, document: str | None = None) -> str:
    return "".join(graph.export(form, document=document))


@pytest.fixture(scope="module")
def two(kg: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """The real graph with one document more: the first once more, under other names."""
    lines = list(nquads(kg.store.quads()))
    home = f"<{BASE}document/{SLUG}> .\n"
    again = [line for line in lines if line.endswith(home)]
    for old, new in ((SLUG, "second"), ("/claim/", "/claim/2-"), ("/paper-", "/paper-2-")):
        again = [line.replace(old, new) for line in again]
    file = tmp_path_factory.mktemp("two") / "two.nq"
    file.write_text("".join([*lines, *again]), encoding="utf-8")
    return nutrigraph.open(file)


# What holds of every format.


@pytest.fixture(scope="module")
def again(kg: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """The real graph, written as N-Quads and read from there."""
    file = tmp_path_factory.mktemp("again") / "graph.nq"
    file.write_text(exported(kg, "nquads"), encoding="utf-8")
    return nutrigraph.open(file)


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_graph_gives_the_same_bytes_with_the_caution(
    form: str, store: Path, tmp_path: Path, kg: KnowledgeGraph, again: KnowledgeGraph
) -> None:
    printed = run("export", form, "--store", store)
    assert printed.exit_code == 0
    assert exported(again, form).encode() == printed.stdout_bytes == exported(kg, form).encode()
    caution = kg.vocabulary.caution
    assert (caution in printed.stdout) == (form not in CAUTION_BESIDE)
    assert (caution in printed.stderr) == (form in CAUTION_BESIDE)
    out = tmp_path / "new" / "out"
    assert run("export", form, "-o", out, "--store", store).stdout == ""
    assert out.read_bytes() == printed.stdout_bytes
    assert [item.name for item in out.parent.iterdir()] == ["out"]


def test_another_process_gives_the_same_bytes(store: Path, kg: KnowledgeGraph) -> None:
    """There, what has no order of its own comes in another one."""
    forms, seed = ("graphml", "jsonld", "sssom"), {"PYTHONHASHSEED": "7"}
    words = [sys.executable, "-c", ELSEWHERE, str(store), *forms]
    result = subprocess.run(words, capture_output=True, check=True, env=os.environ | seed)
    assert result.stdout == "".join(exported(kg, form) for form in forms).encode()


def test_an_unknown_format_is_refused_with_the_formats(store: Path, kg: KnowledgeGraph) -> None:
    result = run("export", "gexf", "--store", store)
    assert (result.exit_code, result.stdout) == (2, "")
    assert all(repr(form) in result.stderr for form in FORMATS)
    with pytest.raises(UsageError, match="no format 'gexf': use nquads, trig, "):
        kg.export("gexf")


@pytest.mark.parametrize("form", sorted(set(FORMATS) - BY_DOCUMENT))
def test_what_holds_the_whole_graph_is_not_cut_to_a_document(
    form: str, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text("kept", encoding="utf-8")
    words = ("export", form, "--document", SLUG, "-o", tmp_path / "kept", "--store", store)
    result = run(*words)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert f"{form} holds the whole graph" in result.stderr
    assert (tmp_path / "kept").read_text(encoding="utf-8") == "kept"


def test_an_unknown_document_is_named_with_its_nearest(kg: KnowledgeGraph) -> None:
    with pytest.raises(UnknownName, match=f"unknown document 'magnesium' .nearest: {SLUG}"):
        kg.export("csv", document="magnesium")


def test_an_export_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    def parts() -> Iterator[str]:
        yield "new"
        raise NutrigraphError("the store broke")

    (tmp_path / "out").write_text("old", encoding="utf-8")
    with pytest.raises(NutrigraphError, match="the store broke"):
        write_file(tmp_path / "out", parts())
    assert [item.read_text(encoding="utf-8") for item in tmp_path.iterdir()] == ["old"]


def test_the_command_line_lists_the_formats_without_what_writes_them() -> None:
    told = "import sys, nutrigraph.cli; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "nutrigraph.exports" in loaded
    heavy = ("pyoxigraph", "rdflib", "numpy", "nutrigraph.exchange", "nutrigraph.model")
    assert loaded.isdisjoint(heavy)


def test_a_reader_that_closes_the_pipe_is_no_fault(store: Path) -> None:
    words = [sys.executable, "-m", "nutrigraph", "export", "nquads", "--store", str(store)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"<http")
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)


# RDF


@pytest.fixture(scope="module")
def in_rdflib(kg: KnowledgeGraph) -> set[Any]:
    """The quads as rdflib holds them."""
    return set(kg.to_rdflib().quads())


@pytest.mark.parametrize("form", SYNTAXES)
def test_rdf_is_read_again_whole(
    form: str, kg: KnowledgeGraph, in_rdflib: set[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    text, (name, syntax) = exported(kg, form), SYNTAXES[form]
    quads = set(kg.store.quads())
    assert not any(isinstance(q.subject, ox.BlankNode) for q in quads)
    assert set(ox.parse(text, format=syntax)) == quads
    dataset = rdflib.Dataset()
    dataset.parse(data=text, format=name)
    read = list(dataset.quads())
    assert set(read) == in_rdflib
    assert len(read) == len(quads)


def test_trig_uses_the_usual_prefixes(kg: KnowledgeGraph) -> None:
    text = exported(kg, "trig")
    for prefix, iri in PREFIXES.items():
        assert f"@prefix {prefix}: <{iri}> .\n" in text
    assert "\n:magnesium a :Nutrient ;\n" in text


def test_jsonld_brings_its_context_and_shortens_by_it(kg: KnowledgeGraph) -> None:
    document = json.loads(exported(kg, "jsonld"))
    assert document["@context"] == {prefix or "nutrigraph": iri for prefix, iri in PREFIXES.items()}
    (magnesium,) = [node for node in document["@graph"] if node["@id"] == "nutrigraph:magnesium"]
    assert magnesium["@type"] == ["nutrigraph:Nutrient"]
    assert magnesium["rdfs:label"] == [{"@value": "magnesium"}]


@pytest.mark.parametrize("form", SYNTAXES)
def test_awkward_terms_come_back(form: str) -> None:
    iri, awkward = ox.NamedNode, 'a "b" \\ \n\r\t <c> é–β\u2028 %&_{}'
    quads = {
        # Schemes that are called like a prefix, and what is no shortened IRI.
        ox.Quad(iri("mesh:D1"), iri("umls:x"), iri(f"{BASE}//odd"), iri("biolink:graph")),
        ox.Quad(iri(BASE), iri(f"{BASE}a#b"), ox.Literal(awkward), iri("http://x/?q=1&r=é")),
        ox.Quad(iri(f"{BASE}a"), iri(f"{BASE}p"), ox.Literal("x", language="en")),
        ox.Quad(iri(f"{BASE}a"), iri(f"{BASE}p"), ox.Literal("1.0", datatype=iri("http://d/t"))),
        ox.Quad(iri(f"{BASE}a"), iri(f"{BASE}p"), ox.Literal(7)),
    }
    from nutrigraph.exchange.quads import jsonld, nquads, trig

    write = {"nquads": nquads, "trig": trig, "jsonld": jsonld}[form]
    assert set(ox.parse("".join(write(quads)), format=SYNTAXES[form][1])) == quads


@pytest.mark.parametrize("chunk", [1, 7, 1_000, 5_502, 10_000])
def test_nquads_sorted_in_pieces_are_the_same_lines(chunk: int, kg: KnowledgeGraph) -> None:
    lines = list(nquads(kg.store.quads(), chunk=max(chunk, 100)))
    assert lines == sorted(f"{quad} .\n" for quad in kg.store.quads())


# Claims as rows


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for key in value[0]:
            yield f"{path}.{key}", [member[key] for member in value]
    else:
        yield path, value


def cell_of(value: object) -> str:
    if isinstance(value, list):
        return "|".join(re.sub(r"([\\|])", r"\\\1", cell_of(item)) for item in value)
    return {True: "true", False: "false", None: ""}.get(value, str(value)) if (
        value is None or isinstance(value, bool)
    ) else str(value)  # fmt: skip


def test_every_leaf_of_every_claim_is_in_the_csv(kg: KnowledgeGraph) -> None:
    frame = pandas.read_csv(io.StringIO(exported(kg, "csv")), dtype=str, keep_default_na=False)
    records = list(kg.records())
    assert len(frame) == len(records) == len(kg.claims())
    known = {"quote", "co_exposures", "sources", "headline_differs", "evidence.parsed"}
    for record, (_, row) in zip(records, frame.iterrows(), strict=True):
        told = dict(leaves(record))
        for path, value in told.items():
            if path in row.index:
                assert unguard(row[path]) == cell_of(value)
            else:
                assert path in known
                assert not value
        assert row.pop("caution") == kg.vocabulary.caution
        assert all(not row[name] for name in row.index if name not in told)


def test_a_spreadsheet_can_count_with_the_figures(kg: KnowledgeGraph, tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_bytes(exported(kg, "csv").encode())
    frame = pandas.read_csv(tmp_path / "claims.csv")
    assert frame.columns[0] == "id"
    assert set(frame["sign"].dropna()) == {-1, 0, 1}
    assert frame["negated"].sum() == sum(claim.negated for claim in kg.claims())
    assert frame["evidence.parsed.effect_value"].dtype == float
    printed = frame[frame["document"] == SLUG]["quote.start"]
    assert list(printed) == sorted(printed)
    found = [c for c in kg.claims() if c.evidence and "effect_value" in c.evidence.parsed]
    assert frame["evidence.parsed.effect_value"].notna().sum() == len(found) > 100


def test_the_csv_is_rfc_4180_for_excel(kg: KnowledgeGraph) -> None:
    data = exported(kg, "csv").encode()
    assert data.startswith(b"\xef\xbb\xbfid,statement,")
    assert data.count(b"\r\n") == data.count(b"\n") == len(kg.claims()) + 1
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}


TEXTS = st.text() | st.text(alphabet="=+-@|\\'\"\r\n\t,;1")


@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS)
def test_awkward_texts_come_back_from_the_csv(many: list[str], one: str) -> None:
    record: dict[str, Any] = {
        "id": "x", "statement": one, "quote": None, "headline_differs": many,
        "sources": [{"doi": None, "title": title, "retracted": False} for title in many],
    }  # fmt: skip
    text = "".join(claims_csv([record])).removeprefix("\ufeff")
    header, row = csv.reader(io.StringIO(text, newline=""), strict=True)
    read = dict(zip(header, map(unguard, row), strict=True))
    assert read["statement"] == one
    for name in ("headline_differs", "sources.title"):
        found = re.findall(r"((?:[^|\\]|\\.)*)(?:\||$)", read[name] + "|", re.DOTALL)
        assert [re.sub(r"\\(.)", r"\1", item, flags=re.DOTALL) for item in found[:-1]] == many
    assert read["sources.doi"] == "|" * (len(many) - 1)
    assert read["quote.exact"] == ""
    assert all(cell[:1] not in {*"=@\t\r"} for cell in row)


def test_a_graph_without_claims_has_a_header_still() -> None:
    assert "".join(claims_csv([])) == "\ufeffid\r\n"


@pytest.mark.parametrize("form", sorted(BY_DOCUMENT))
def test_one_document_can_be_exported_alone(
    form: str, kg: KnowledgeGraph, two: KnowledgeGraph
) -> None:
    for home in kg.documents:
        assert exported(two, form, home.slug) == exported(kg, form, home.slug)
    other = exported(two, form, "second")
    assert not any(home.slug in other for home in kg.documents)
    number = len(kg.claims(document=SLUG))
    # What is there once more is the page, which holds no finding.
    mark = "claim/2-" if form in ("csv", "graphml") else "2-araujo-2020"
    number = {"csv": number, "graphml": number, "sheet": 0}.get(form, 1)
    assert exported(two, form).count(mark) == other.count(mark) == number


def test_every_document_has_the_same_columns(kg: KnowledgeGraph) -> None:
    whole, *parts = [
        exported(kg, "csv", slug).split("\r\n", 1)[0]
        for slug in (None, *(home.slug for home in kg.documents))
    ]
    assert len(parts) == 2
    assert set(parts) == {whole}


# GraphML and networkx


def test_the_networkx_graph_holds_every_claim(kg: KnowledgeGraph) -> None:
    graph = kg.to_networkx()
    assert {(iri, node["label"], node["kind"]) for iri, node in graph.nodes(data=True)} == {
        (item.id, item.label, item.kind) for item in kg.entities.values()
    }
    records = list(kg.records())
    assert graph.number_of_edges() == len(records)
    for record in records:
        ends = record.pop("subject")["id"], record.pop("object")["id"]
        assert graph.edges[*ends, record["id"]] == record


def test_graphml_is_read_again_by_networkx(kg: KnowledgeGraph) -> None:
    text = exported(kg, "graphml")
    read = networkx.parse_graphml(text, force_multigraph=True)
    assert isinstance(read, networkx.MultiDiGraph)
    assert read.graph["caution"] == kg.vocabulary.caution
    assert {data["iri"]: (data["label"], data["kind"]) for _, data in read.nodes(data=True)} == {
        item.id: (item.label, item.kind) for item in kg.entities.values()
    }
    assert sorted(read, key=lambda node: int(node[1:])) == [f"n{n}" for n in range(len(read))]
    records = {record["id"]: record for record in kg.records()}
    assert read.number_of_edges() == len(records)
    for number, (subject, target, key, edge) in enumerate(
        sorted(read.edges(keys=True, data=True), key=lambda edge: int(edge[2][1:]))
    ):
        assert key == f"e{number}"
        record = records[edge.pop("iri")]
        assert read.nodes[subject]["iri"] == record["subject"]["id"]
        assert read.nodes[target]["iri"] == record["object"]["id"]
        told = {name: value for name, value in flatten(record).items()
                if name not in ("id", "subject.id", "subject.label", "subject.kind",
                                "object.id", "object.label", "object.kind")
                and value not in (None, "")}  # fmt: skip
        assert edge == told


def test_graphml_has_one_key_of_one_type_for_each_attribute(kg: KnowledgeGraph) -> None:
    keys = re.findall(r'<key id="(.+?)" for="(.+?)" attr.name="(.+?)"', exported(kg, "graphml"))
    assert len({key for key, _, _ in keys}) == len({key[1:] for key in keys}) == len(keys)


@given(st.text())
def test_texts_come_back_from_graphml_but_for_what_xml_cannot_hold(text: str) -> None:
    record = {"id": "c", "subject": {"id": "urn:a"}, "object": {"id": "urn:b"}, "statement": text}
    parts = "".join(graphml(network([], [record]), text))
    read = networkx.parse_graphml(parts, force_multigraph=True)
    ((_, _, edge),) = read.edges(data=True)
    clean = "".join(
        char if char in "\t\n" or (char >= " " and char not in "\ufffe\uffff") else "\ufffd"
        for char in text
    )
    assert edge.get("statement", "") == read.graph.get("caution", "") == clean
