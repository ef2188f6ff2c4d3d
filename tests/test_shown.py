"""What a graph hands out shows itself: as text, as HTML, as a picture, as a table."""

import html
import io
import re
import sys
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from IPython.core.formatters import DisplayFormatter

import nutrigraph
from nutrigraph import KnowledgeGraph
from nutrigraph.cli import main
from nutrigraph.errors import UsageError
from nutrigraph.exchange.rows import flatten
from nutrigraph.model import Entity
from nutrigraph.notebook import Look
from nutrigraph.terms import local
from nutrigraph.view import Page, draw, picture

PLAIN, HTML, SVG = "text/plain", "text/html", "image/svg+xml"
FRAMED = ("graph", "page", "contested")
DRAWN = (*FRAMED, "claim", "finding", "answer", "path")
WITHOUT_EVIDENCE = ("rows", "truth", "triples")


@pytest.fixture(scope="module")
def things(kg: KnowledgeGraph) -> dict[str, Any]:
    """One of each thing that shows itself."""
    answer = kg.paths("magnesium", "miscarriage")
    return {
        "graph": kg,
        "page": kg.view("magnesium", "miscarriage"),
        "claim": next(claim for claim in kg.claims() if claim.basis == "text"),
        "finding": next(claim for claim in kg.claims() if claim.basis == "finding"),
        "claims": kg.claims(subject="zinc"),
        "answer": answer,
        "path": answer.paths[1],
        "no path": kg.paths("oral contraceptive use", "dyslipidaemia", without=["18939396"]),
        "contested": kg.contested("magnesium", "premature delivery"),
        "candidates": kg.discover("magnesium", shuffles=5),
        "effect": kg.effect("magnesium", "down", "insulin resistance"),
        "rows": kg.query("SELECT ?s ?o { ?s :deficiencyAssociatedWith ?o }"),
        "truth": kg.query("ASK { :magnesium a :Nutrient }"),
        "triples": kg.query("CONSTRUCT { ?s a ?t } { ?s a ?t ; a :Nutrient }"),
    }


@pytest.fixture(scope="module")
def bundles(things: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {name: thing._repr_mimebundle_() for name, thing in things.items()}


def outside(bundle: dict[str, str]) -> str:
    """The HTML around the frames, where the host's own rules hold."""
    return re.sub(r"<iframe .*?</iframe>", "", bundle[HTML], flags=re.DOTALL)


def images(text: str) -> list[str]:
    return [b64decode(data).decode() for data in re.findall(r"svg\+xml;base64,([\w+/=]+)", text)]


def test_each_thing_has_plain_text_and_html(bundles: dict[str, dict[str, str]]) -> None:
    for name, bundle in bundles.items():
        assert bundle[PLAIN].strip(), name
        assert (HTML in bundle) == (name != "truth"), name
        assert (SVG in bundle) == (name in DRAWN), name


def test_jupyter_shows_just_that(
    things: dict[str, Any], bundles: dict[str, dict[str, str]]
) -> None:
    """It has ways of its own to print strings and lists, which must not come in between."""
    formatter = DisplayFormatter()
    for name, thing in things.items():
        shown, _ = formatter.format(thing, include={PLAIN, HTML, SVG})
        assert shown == bundles[name], name


def test_what_runs_a_script_is_in_a_sandboxed_frame(bundles: dict[str, dict[str, str]]) -> None:
    for name, bundle in bundles.items():
        frames = re.findall(r'<iframe [^>]*sandbox="([^"]*)"', bundle.get(HTML, ""))
        assert len(frames) == (name in FRAMED), name
        assert all("allow-same-origin" not in frame for frame in frames)
        if HTML in bundle:
            assert not re.search(r"<script|\son\w+=|javascript:", outside(bundle)), name


def test_where_frames_are_stripped_the_picture_stands(bundles: dict[str, dict[str, str]]) -> None:
    for name in FRAMED:
        assert images(outside(bundles[name])) == [bundles[name][SVG]]
        assert "iframe + .nutrigraph-instead { display: none }" in bundles[name][HTML]


def test_pictures_are_svg_without_scripts_styles_or_links(
    kg: KnowledgeGraph, bundles: dict[str, dict[str, str]]
) -> None:
    for name in DRAWN:
        root = ElementTree.fromstring(bundles[name][SVG])  # noqa: S314 - we made it
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"svg", "title", "desc", "rect", "g", "path", "text"}, name
        names = {key for element in root.iter() for key in element.attrib}
        assert not {key for key in names if "href" in key or key.startswith("on")}, name
        # Written out, for those who see it, and as its description, for those who hear it.
        written = " ".join(
            mark.text or "" for mark in root.iter("{http://www.w3.org/2000/svg}text")
        )
        assert kg.vocabulary.caution in written, name
        assert "url(" not in bundles[name][SVG]


def test_all_that_shows_evidence_shows_the_caution(
    kg: KnowledgeGraph, bundles: dict[str, dict[str, str]]
) -> None:
    caution = kg.vocabulary.caution
    for name, bundle in bundles.items():
        if name in WITHOUT_EVIDENCE:
            continue
        assert caution in html.unescape(outside(bundle)), name
        assert caution in bundle[PLAIN] or name in ("graph", "page"), name


def test_a_picture_shows_every_stop_of_the_paths(
    kg: KnowledgeGraph, things: dict[str, Any], bundles: dict[str, dict[str, str]]
) -> None:
    drawn = ElementTree.fromstring(bundles["answer"][SVG])  # noqa: S314
    words = " ".join("".join(drawn.itertext()).split())
    stops = {
        node[0]
        for p in things["answer"].paths
        for hop in p.hops
        for node in (hop.subject, hop.object)
    }
    assert len(stops) > 4
    for stop in stops:
        for word in kg.entities[stop].label.split():
            assert word in words


def test_text_is_what_the_command_line_prints(store: Path, things: dict[str, Any]) -> None:
    def printed(*words: str) -> str:
        return CliRunner().invoke(main, [*words, "--store", str(store)]).stdout

    assert f"{things['answer']}\n" == printed("paths", "magnesium", "miscarriage")
    assert f"{things['effect']}\n" == printed("effect", "magnesium", "down", "insulin resistance")
    assert str(things["path"]).partition("\n\n")[0] in str(things["answer"])
    assert f"{things['contested']}\n" == printed("contested", "magnesium", "premature delivery")
    assert str(things["rows"]) == printed(
        "query", "SELECT ?s ?o { ?s :deficiencyAssociatedWith ?o }"
    )
    assert things["claim"].statement in str(things["claim"]).splitlines()[0]


def test_what_came_from_no_graph_shows_itself_as_python_does(things: dict[str, Any]) -> None:
    copy = replace(things["claim"])
    assert copy == things["claim"]
    assert str(copy) == repr(copy)
    assert copy._repr_mimebundle_() == {PLAIN: repr(copy)}
    with pytest.raises(UsageError, match="came from no graph"):
        replace(things["answer"]).to_pandas()


def test_a_hostile_text_stays_text(kg: KnowledgeGraph, things: dict[str, Any]) -> None:
    hostile = '<img src=x onerror=alert(1)>"\'</script> https://x.org/"onclick="y'
    bad = {iri: replace(item, label=hostile) for iri, item in kg.entities.items()}
    look = Look(replace(kg.content, entities=bad))
    claim = replace(things["claim"], statement=hostile, document_title=hostile, note=hostile)
    for bundle in (look.bundle(claim), look.bundle(things["answer"])):
        assert not re.search(r"<img(?! src=\"data:)|<script|</script", bundle[HTML])
        assert 'onclick="' not in bundle[HTML]
        root = ElementTree.fromstring(bundle[SVG])  # noqa: S314
        assert {e.tag.rpartition("}")[2] for e in root.iter()}.isdisjoint({"img", "script"})


def test_the_same_thing_gives_the_same_picture(kg: KnowledgeGraph, things: dict[str, Any]) -> None:
    again = kg.paths("magnesium", "miscarriage")
    assert again == things["answer"]
    assert again._repr_mimebundle_() == things["answer"]._repr_mimebundle_()


def test_an_empty_page_has_a_picture() -> None:
    page = Page(
        title="",
        build="",
        caution="Beware.",
        claims=[],
        documents=[],
        entities=[],
        propositions=[],
        links=[],
    )
    assert "Beware." in picture(draw(page))


def test_an_unknown_record_is_refused(kg: KnowledgeGraph) -> None:
    with pytest.raises(TypeError, match="Entity has no words"):
        Look(kg.content).text(Entity("x", "x", "Nutrient", ""))  # type: ignore[arg-type]


def test_long_answers_say_how_much_they_leave_out(kg: KnowledgeGraph) -> None:
    rows = kg.query("SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 100")._repr_mimebundle_()
    assert rows[HTML].count("<tr>") == 61
    assert "the first 60 of 100 rows" in rows[HTML]
    assert "the first 60 of 100 rows" in rows[PLAIN]
    claims = kg.claims()._repr_mimebundle_()
    assert f"the first 20 of {len(kg.claims())} rows" in claims[HTML]


# -- tables and graphs: nothing is lost on the way --


def members(text: str) -> list[str]:
    """The members of a list that `flatten` joined."""
    found = re.findall(r"((?:\\.|[^|\\])*)(?:\||$)", text)[:-1] or [""]
    return [re.sub(r"\\(.)", r"\1", member) for member in found]


def test_claims_come_back_from_pandas(kg: KnowledgeGraph) -> None:
    table = kg.to_pandas()
    records = list(kg.records())
    assert len(table) == len(records) == len(kg.claims())
    assert str(table["evidence.parsed.effect_value"].dtype) == "Float64"
    told = table.astype(object).where(table.notna(), None).to_dict("records")
    for row, record in zip(told, records, strict=True):
        flat = flatten(record)
        assert {name: row[name] for name in flat} == flat
        assert all(value is None for name, value in row.items() if name not in flat)
        dois = [source["doi"] or "" for source in record["sources"]]
        assert dois == (members(row["sources.doi"]) if row["sources.doi"] is not None else [])


def test_some_claims_make_a_smaller_table(kg: KnowledgeGraph) -> None:
    table = kg.claims(subject="zinc").to_pandas()
    assert set(table["subject.label"]) == {"zinc"}
    assert list(table["id"]) == [claim.id for claim in kg.claims(subject="zinc")]


def test_claims_come_back_from_networkx(kg: KnowledgeGraph) -> None:
    graph = kg.to_networkx()
    assert set(graph) == set(kg.entities)
    for iri, told in graph.nodes(data=True):
        entity = kg.entities[iri]
        assert (told["label"], told["kind"], told["synonyms"]) == (
            entity.label,
            entity.kind,
            entity.synonyms,
        )
        assert told["mappings"] == tuple(
            {"iri": item.iri, "label": item.label, "relation": item.relation}
            for item in entity.mappings
        )
    back = {
        key: {
            **told,
            "subject": {"id": start, **{k: graph.nodes[start][k] for k in ("label", "kind")}},
            "object": {"id": end, **{k: graph.nodes[end][k] for k in ("label", "kind")}},
        }
        for start, end, key, told in graph.edges(keys=True, data=True)
    }
    assert back == {record["id"]: record for record in kg.records()}


def test_links_come_along_when_asked_for(kg: KnowledgeGraph) -> None:
    claims, graph = kg.to_networkx(), kg.to_networkx(links=True)
    found = {
        (start, told["link"], end, told["weight"])
        for start, end, told in graph.edges(data=True)
        if "link" in told
    }
    assert found == {(i.subject, local(i.type), i.object, i.weight) for i in kg.content.links}
    assert graph.number_of_edges() == claims.number_of_edges() + len(kg.content.links)


def test_the_graph_comes_back_from_rdflib(kg: KnowledgeGraph, tmp_path: Path) -> None:
    path = tmp_path / "graph.nq"
    kg.to_rdflib().serialize(path, format="nquads", encoding="utf-8")
    again = nutrigraph.open(path)
    assert list(again.records()) == list(kg.records())
    assert again.entities == kg.entities
    assert again.paths("magnesium", "miscarriage") == kg.paths("magnesium", "miscarriage")


def test_an_answer_is_a_table(things: dict[str, Any]) -> None:
    answer = things["answer"]
    table = answer.to_pandas()
    assert list(table["rank"]) == [path.rank for path in answer.paths]
    assert list(table["verdict"]) == [path.verdict for path in answer.paths]
    costs = table[["evidence", "continuity", "hubs"]].sum(axis=1)
    assert ((costs - table["cost"]).abs() < 1e-5).all()
    assert things["no path"].to_pandas().empty


def test_candidates_are_a_table(kg: KnowledgeGraph, things: dict[str, Any]) -> None:
    table = things["candidates"].to_pandas()
    assert list(table["id"]) == [item.target for item in things["candidates"]]
    assert set(table["degree_null_of"]) == {6}
    assert table["target"][0] == kg.entities[things["candidates"][0].target].label


def test_the_evidence_is_a_table_with_numbers(things: dict[str, Any]) -> None:
    table = things["contested"].to_pandas()
    printed = things["contested"].to_csv().splitlines()[0].split(",")
    # What stays at home needs no caution in each row.
    assert set(printed) - {"caution"} <= set(table.columns)
    row = table[table["doi"] == "10.1002/14651858.CD000940.pub2"].iloc[0]
    assert (row["effect_value"], row["ci_low"], row["ci_high"]) == (1.05, 0.8, 1.4)
    assert row["side"] == "inconclusive"


def test_answers_to_sparql_are_tables(things: dict[str, Any]) -> None:
    assert list(things["rows"].to_pandas().columns) == ["s", "o"]
    assert list(things["truth"].to_pandas()["truth"]) == [True]
    triples = things["triples"].to_pandas()
    assert list(triples.columns) == ["subject", "predicate", "object"]
    assert len(triples) == len(things["triples"])


def test_an_empty_answer_keeps_its_columns(kg: KnowledgeGraph) -> None:
    table = kg.query("SELECT ?a ?b { ?a :noSuchThing ?b }").to_pandas()
    assert list(table.columns) == ["a", "b"]
    assert table.empty


def test_without_pandas_things_still_show_themselves(
    kg: KnowledgeGraph, things: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    for name in ("claims", "candidates", "rows", "triples", "answer", "contested"):
        assert things[name]._repr_mimebundle_()[PLAIN]
        with pytest.raises(UsageError, match=r"pip install 'nutrigraph\[notebook\]'"):
            things[name].to_pandas()


def test_the_page_is_a_text_that_can_be_saved(things: dict[str, Any], tmp_path: Path) -> None:
    page: nutrigraph.notebook.Page = things["page"]
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert io.StringIO(page).readline().startswith("<!doctype html>")
    assert page.picture.startswith("<svg")
