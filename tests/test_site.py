"""The pages of the server: what they say, to whom, and that nothing in them is taken for markup."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pyoxigraph as ox
import pytest
from starlette.applications import Starlette
from tests.looping import run_apart
from tests.serving import Served

import nutrigraph
from nutrigraph.errors import UnknownName
from nutrigraph.server import pages, resources
from nutrigraph.server.site import routes
from nutrigraph.terms import BASE, NG, local

FORMS = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/trig")


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx2.Client]:
    html = {"Accept": "text/html"}
    with httpx2.Client(base_url=served.address, headers=html, timeout=30) as client:
        yield client


def test_every_entity_and_every_claim_has_a_page(kg: nutrigraph.KnowledgeGraph) -> None:
    for iri in kg.entities:
        assert kg.entities[iri].label in unescape(pages.entity_page(kg, local(iri)))
    for claim in kg.claims():
        page = unescape(pages.claim_page(kg, local(claim.id)))
        assert claim.statement in page
        marked = re.search(r"<mark>(.*?)</mark>", page, re.DOTALL)
        if claim.quote is None:
            assert marked is None
        else:
            assert marked is not None
            assert marked[1] == claim.quote.exact
        if claim.negated:
            assert "Not found is not the same as not there" in page
        for item in claim.headline_differs:
            assert str(item) in page


def test_every_predicate_stands_in_the_vocabulary(kg: nutrigraph.KnowledgeGraph) -> None:
    page = unescape(pages.ontology_page(kg))
    for predicate in kg.vocabulary.predicates.values():
        assert f'id="{local(predicate.id)}"' in page
        assert predicate.definition in page
    for study in kg.vocabulary.study_types.values():
        assert study.reason in page
    quads = resources.ontology_quads(kg)
    told = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    assert told >= set(kg.vocabulary.predicates)
    assert not told & set(kg.entities)


def test_the_pages_name_no_other_host_but_in_links(kg: nutrigraph.KnowledgeGraph) -> None:
    for page in (
        pages.query_page(kg),
        pages.ontology_page(kg),
        pages.entity_page(kg, "magnesium"),
        pages.claim_page(kg, local(kg.claims()[3].id)),
    ):
        assert not re.search(r'(?:src|href)="(?:https?:)?//', re.sub(r"<a [^>]*>", "", page))
        assert "<script>" not in page
        assert " style=" not in page
        assert kg.vocabulary.caution in unescape(page)


@pytest.mark.parametrize(
    "name", ["magnesium", "recurrent-miscarriage", "Mg", "recurrent miscarriage"]
)
def test_an_entity_by_its_names(name: str, client: httpx2.Client) -> None:
    assert client.get(f"/entity/{name}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/entity/magnesum", "/claim/0000000000000000", "/claim/", "/entity/"]
)
def test_what_is_not_there(path: str, client: httpx2.Client, kg: nutrigraph.KnowledgeGraph) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert kg.vocabulary.caution in unescape(response.text)
    assert client.get(path, headers={"Accept": "text/turtle"}).status_code == 404
    if path.endswith("magnesum"):
        assert "nearest: magnesium" in response.text


def test_a_name_that_is_markup_stays_text(client: httpx2.Client) -> None:
    response = client.get("/entity/<script>alert(1)</script>")
    assert response.status_code == 404
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;" in response.text


def test_a_label_that_is_markup_stays_text(kg: nutrigraph.KnowledgeGraph, tmp_path: Path) -> None:
    hostile = '<img src=x onerror="alert(1)">&{{ 7 * 7 }}'
    lines = "".join(kg.export("nquads"))
    for old in ('"magnesium"', '"The magnesium of a body, or given to it."'):
        assert old in lines
        lines = lines.replace(old, ox.Literal(hostile).__str__())
    file = tmp_path / "hostile.nq"
    file.write_text(lines)
    graph = nutrigraph.open(file)
    claim = next(c for c in graph.claims() if c.subject == BASE + "magnesium")
    for page in (pages.entity_page(graph, "magnesium"), pages.claim_page(graph, local(claim.id))):
        assert "<img" not in page
        assert "49" not in page.partition("</h1>")[0].partition("<h1>")[2]
        assert "&lt;img src=x" in page


@pytest.mark.parametrize("form", FORMS)
def test_machines_get_triples(form: str, client: httpx2.Client) -> None:
    for path in ("/entity/magnesium", "/ontology", "/claim/7b6702b19367e90a"):
        response = client.get(path, headers={"Accept": f"{form}, text/html;q=0.5"})
        assert response.status_code == 200
        assert response.headers["content-type"].startswith(form)
        assert "Accept" in response.headers["vary"]
        read = {"text/turtle": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES}
        if form in read:
            assert list(ox.parse(response.content, format=read[form]))
    assert client.get("/ontology", headers={"Accept": "image/png"}).status_code == 406


def test_a_claim_comes_with_its_quote_and_its_papers(kg: nutrigraph.KnowledgeGraph) -> None:
    claim = next(c for c in kg.claims() if c.quote and c.sources and c.evidence)
    told = resources.claim_quads(kg, local(claim.id))
    predicates = {quad.predicate.value for quad in told}
    assert {NG.statement, NG.quote, NG.start, NG.evidence, NG.studyType, NG.cites} <= predicates
    with pytest.raises(UnknownName, match="unknown claim"):
        resources.claim_quads(kg, "x")


def test_a_predicate_leads_to_the_vocabulary(client: httpx2.Client) -> None:
    response = client.get("/entity/lowLevelAssociatedWith")
    assert response.status_code == 303
    assert response.headers["location"] == "/ontology#lowLevelAssociatedWith"


def test_strict_headers(client: httpx2.Client) -> None:
    for path in ("/query", "/entity/magnesium", "/ontology", "/static/site.css"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert (
            "unsafe-inline" not in headers["content-security-policy"].partition("style-src-attr")[0]
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert "Content-Security-Policy" in client.get("/").text


def test_the_dataset_describes_itself(client: httpx2.Client) -> None:
    response = client.get("/.well-known/void", headers={"Accept": "application/n-triples"})
    text = response.text
    assert "http://rdfs.org/ns/void#Dataset" in text
    assert "/sparql>" in text
    assert "https://creativecommons.org/licenses/by/4.0/" in text


def test_browsers_that_come_to_the_endpoint_are_shown_the_editor(client: httpx2.Client) -> None:
    response = client.get("/sparql")
    assert response.status_code == 303
    assert response.headers["location"] == "/query"


def test_pages_of_other_sites_may_ask(client: httpx2.Client) -> None:
    origin = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    asked = client.options("/sparql", headers=origin)
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == "*"
    found = client.get("/sparql", params={"query": "ASK {}"}, headers={**origin, "Accept": "*/*"})
    assert found.headers["access-control-allow-origin"] == "*"
    assert "Nutrigraph-Truncated" in found.headers["access-control-expose-headers"]
    plain = client.options("/sparql")
    assert plain.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_the_head_of_an_answer(client: httpx2.Client) -> None:
    found = client.head("/sparql", params={"query": "ASK {}"}, headers={"Accept": "*/*"})
    assert found.status_code == 200
    assert found.headers["content-type"] == "application/sparql-results+json"
    assert "content-length" not in found.headers  # It would have to be that of the answer.
    assert found.content == b""


def test_an_explorer_that_could_not_be_made_is_made_again(
    kg: nutrigraph.KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: Iterator[MemoryError | str] = iter([MemoryError(), "<!doctype html>made"])

    def make(_: object) -> str:
        found = next(made)
        if isinstance(found, MemoryError):
            raise found
        return found

    monkeypatch.setattr(pages, "explorer_page", make)
    opened: Any = SimpleNamespace(graph=kg, build="one")
    app = Starlette(routes=routes(opened))

    async def visit() -> list[str]:
        server = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=server, base_url="http://served") as client:
            return [(await client.get("/")).text for _ in range(3)]

    failed, *rest = run_apart(visit())
    assert "made" not in failed
    assert rest == ["<!doctype html>made"] * 2
