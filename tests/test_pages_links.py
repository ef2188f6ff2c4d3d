"""Every address that a page or an answer names leads somewhere, and nobody waits for a page."""

import asyncio
import re
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx2
import pytest
from starlette.applications import Starlette
from tests.looping import run_apart
from tests.serving import Served, serve
from tests.test_rdf_mapping import FOOD_MAPPING, FOODS, RIGHTS

import nutrigraph
from nutrigraph.errors import UnknownName
from nutrigraph.imports import import_rdf
from nutrigraph.server import declared, pages, resources, site
from nutrigraph.server.opened import Opened
from nutrigraph.terms import BASE

HTML = {"Accept": "text/html"}
OURS = """
SELECT DISTINCT ?thing {
  { ?thing ?p ?o } UNION { ?s ?thing ?o } UNION { ?s ?p ?thing }
  UNION { GRAPH ?g { { ?thing ?p ?o } UNION { ?s ?thing ?o } UNION { ?s ?p ?thing } } }
  FILTER (ISIRI(?thing) && STRSTARTS(STR(?thing), STR(:)))
}
"""


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served.address, headers=HTML, timeout=30) as client:
        yield client


def inner_links(page: str) -> set[str]:
    return {unescape(link) for link in re.findall(r'href="(/[^"/][^"]*|#[^"]+)"', page)}


def every_page(kg: nutrigraph.KnowledgeGraph) -> Iterator[str]:
    yield pages.ontology_page(kg)
    for iri in kg.entities:
        yield pages.entity_page(kg, unquote(resources.address(iri)).removeprefix("/entity/"))
    for claim in kg.content.claims:
        yield pages.claim_page(kg, claim.id)
        for source in claim.sources:
            yield pages.paper_page(kg, source.id.removeprefix(BASE))


def check_links(kg: nutrigraph.KnowledgeGraph, client: httpx2.Client) -> int:
    vocabulary = pages.ontology_page(kg)
    anchors = {unescape(name) for name in re.findall(r' id="([^"]+)"', vocabulary)}
    links = set().union(*map(inner_links, every_page(kg))) - {"#main"}
    for link in sorted(links):
        response = client.get(link) if link.startswith("/") else None
        landed = response.headers.get("location", link) if response else link
        assert response is None or response.status_code in (200, 303), link
        name = unquote(urlsplit(landed).fragment)
        assert not name or name in anchors, link
    return len(links)


def test_every_link_leads_somewhere(kg: nutrigraph.KnowledgeGraph, client: httpx2.Client) -> None:
    assert check_links(kg, client) > len(kg.entities)


def test_links_to_what_was_imported_under_other_names(tmp_path: Path) -> None:
    (tmp_path / "foods.ttl").write_text(FOODS, encoding="utf-8")
    (tmp_path / "foods.rq").write_text(FOOD_MAPPING % RIGHTS, encoding="utf-8")
    import_rdf(tmp_path / "foods.ttl", tmp_path / "foods.rq", tmp_path / "store")
    kg = nutrigraph.open(tmp_path / "store")
    spinach = "http://example.org/food#spinach"
    assert spinach in kg.entities
    said = next(claim for claim in kg.claims(document="foods") if claim.subject == spinach)
    with (
        serve(tmp_path / "store") as served,
        httpx2.Client(base_url=served.address, headers=HTML, timeout=30) as client,
    ):
        found = client.get(resources.address(spinach))
        assert "<h1>spinach</h1>" in found.text
        assert resources.address(said.id) in found.text
        page = client.get(resources.address(said.id)).text
        assert resources.address(spinach) in inner_links(page)
        predicate = declared.anchor(said.predicate)
        assert predicate.endswith("#enriches")
        assert f'id="{predicate}"' in client.get("/ontology").text
        assert [link for link in inner_links(page) if link.endswith("%23enriches")]


def test_all_of_ours_that_an_answer_can_name_has_its_page(
    kg: nutrigraph.KnowledgeGraph, client: httpx2.Client
) -> None:
    anchors = set(re.findall(r' id="([^"]+)"', pages.ontology_page(kg)))
    names = {row[0].value.removeprefix(BASE) for row in kg.store.select(OURS)}
    # As the page of answers has it: what lies deeper is a claim, a paper, or no link.
    names = {name for name in names if "/" not in name or name.startswith("paper/")}
    assert names > {"Nutrient", "textBasis", "paper-araujo-2020", "magnesium-deficiency", "cohort"}
    for name in sorted(names - {"", "inferred", "asserted"}):
        response = client.get(f"/entity/{name}")
        assert response.status_code in (200, 303), name
        if response.status_code == 303:
            assert response.headers["location"] == f"/ontology#{name}"
            assert name in anchors


def test_the_vocabulary_names_nothing_twice(kg: nutrigraph.KnowledgeGraph) -> None:
    anchors = re.findall(r' id="([^"]+)"', pages.ontology_page(kg))
    assert len(anchors) == len(set(anchors))


def test_a_predicate_tells_what_it_is_a_kind_of(kg: nutrigraph.KnowledgeGraph) -> None:
    page = pages.ontology_page(kg)
    told = page.partition('<article id="lowLevelAssociatedWith">')[2].partition("</article>")[0]
    assert '<a href="#lowStatusAssociatedWith">' in told
    assert "biolink:associated_with</a>" in told
    assert "of its subject: level, low" in told


#### Papers


def test_a_paper_that_contradicts_says_so(kg: nutrigraph.KnowledgeGraph) -> None:
    page = pages.paper_page(kg, "paper-araujo-2020")
    assert "Further reading, contradicts" in page
    assert "BRAzil magnesium (BRAMAG) trial" in page
    with pytest.raises(UnknownName, match="unknown paper"):
        pages.paper_page(kg, "paper-nobody-1900")


def test_a_paper_that_was_replaced_names_the_other(kg: nutrigraph.KnowledgeGraph) -> None:
    sources = [source for claim in kg.content.claims for source in claim.sources]
    old = next(source for source in sources if source.superseded_by)
    page = pages.paper_page(kg, old.id.removeprefix(BASE))
    assert 'class="fate">superseded<' in page
    assert old.superseded_by is not None
    assert resources.address(old.superseded_by) in inner_links(page)
    resting = next(claim for claim in kg.content.claims if old in claim.sources)
    assert 'class="fate">superseded<' in pages.claim_page(kg, resting.id)


def test_machines_get_a_paper(client: httpx2.Client) -> None:
    response = client.get("/entity/paper-araujo-2020", headers={"Accept": "text/turtle"})
    assert response.headers["content-type"].startswith("text/turtle")
    assert "BRAMAG" in response.text


def test_names_are_told_with_their_scopes(kg: nutrigraph.KnowledgeGraph) -> None:
    page = pages.entity_page(kg, "serum-magnesium")
    assert 'blood magnesium <span class="quiet">(wider)</span>' in page
    assert 'hypomagnesemia <span class="quiet">(level low)</span>' in page


#### Beside the loop


def test_a_page_that_takes_long_holds_nobody_up(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(graph: nutrigraph.KnowledgeGraph, name: str) -> str:
        begun.set()
        go_on.wait(10)
        return f"{name} of {len(graph.entities)}"

    monkeypatch.setattr(pages, "entity_page", slow)
    app = Starlette(routes=site.routes(Opened(str(store))))

    async def ask() -> None:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            waiting = asyncio.create_task(client.get("/entity/magnesium", headers=HTML))
            assert await asyncio.to_thread(begun.wait, 10)
            assert (await client.get("/static/site.css")).status_code == 200
            assert not waiting.done()
            go_on.set()
            assert (await waiting).text.startswith("magnesium of")

    run_apart(ask())


def test_the_vocabulary_is_made_once_a_build(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    real = resources.ontology_quads

    def counted(graph: nutrigraph.KnowledgeGraph) -> list[object]:
        made.append(str(graph.store.folder))
        return list(real(graph))

    monkeypatch.setattr(resources, "ontology_quads", counted)
    app = Starlette(routes=site.routes(Opened(str(store))))

    async def ask() -> None:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            turtle = {"Accept": "text/turtle"}
            all_of = [client.get("/ontology", headers=turtle) for _ in range(5)]
            found = await asyncio.gather(*all_of)
        assert len({response.content for response in found}) == 1
        assert found[0].headers["vary"] == "Accept"

    run_apart(ask())
    assert len(made) == 1
