"""The addresses of the pages: HTML for people, RDF for machines, by what they accept."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from nutrigraph.errors import UnknownName
from nutrigraph.server import pages, resources
from nutrigraph.server.declared import is_declared
from nutrigraph.server.forms import GRAPHS, content_type
from nutrigraph.server.negotiation import negotiate
from nutrigraph.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from nutrigraph.graph import KnowledgeGraph
    from nutrigraph.server.opened import Opened

_HTML: Final = "text/html"
_HEADERS: Final = {
    # Styles by attribute are what the picture of a graph and a field that grows need.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_STATIC: Final = {
    "site.css": "text/css",
    "site_colours.js": "text/javascript",
    "site_results.js": "text/javascript",
    "site_query.js": "text/javascript",
}
_QUADS: Final = frozenset({ox.RdfFormat.TRIG, ox.RdfFormat.N_QUADS, ox.RdfFormat.JSON_LD})


def routes(opened: Opened) -> list[Route]:
    """Return the routes of the pages of a store."""
    site = _Site(opened)
    return [
        Route("/", site.explorer),
        Route("/query", site.query),
        Route("/entity/{name:path}", site.entity),
        Route("/claim/{name:path}", site.claim),
        Route("/ontology", site.ontology),
        Route("/ontology/{version}", site.ontology),
        Route("/static/{name}", site.static),
    ]


class _Site:
    """The pages of the graph that is open; the explorer is made once for each build."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.explorers: dict[str, asyncio.Task[str]] = {}
        self.vocabularies: dict[tuple[str, str], Response] = {}
        self.turn = asyncio.Lock()

    @property
    def graph(self) -> KnowledgeGraph:
        return self.opened.graph

    async def explorer(self, _: Request) -> Response:
        build = self.opened.build
        kept = self.explorers.get(build)
        # One that could not be made is made again: what failed may be mended.
        if kept is None or (kept.done() and (kept.cancelled() or kept.exception())):
            make = asyncio.to_thread(pages.explorer_page, self.graph)
            self.explorers = {build: asyncio.create_task(make)}
        # Whoever leaves does not take the page from those who wait for it too.
        html = await asyncio.shield(self.explorers[build])
        headers = {name: text for name, text in _HEADERS.items() if "Policy" not in name}
        return HTMLResponse(html, headers={**headers, "Referrer-Policy": "no-referrer"})

    async def query(self, _: Request) -> Response:
        return HTMLResponse(pages.query_page(self.graph), headers=_HEADERS)

    async def entity(self, request: Request) -> Response:
        name = request.path_params["name"]
        if is_declared(self.graph, name):
            return RedirectResponse(f"/ontology#{quote(name)}", 303, _HEADERS)
        if resources.find_paper(self.graph, name):
            return await self._either(request, pages.paper_page, resources.paper_quads, name)
        return await self._either(request, pages.entity_page, resources.entity_quads, name)

    async def claim(self, request: Request) -> Response:
        name = request.path_params["name"]
        return await self._either(request, pages.claim_page, resources.claim_quads, name)

    async def ontology(self, request: Request) -> Response:
        media, here = self._media(request), self.graph.vocabulary.version
        if request.path_params.get("version", here) != here:
            message = f"this server has version {here} of the vocabulary: /ontology/{here}"
            raise HTTPException(404, message, _vary())
        async with self.turn:
            wanted = (self.opened.build, media)
            if wanted not in self.vocabularies:
                made = await asyncio.to_thread(_vocabulary, self.graph, media)
                kept = {k: v for k, v in self.vocabularies.items() if k[0] == wanted[0]}
                self.vocabularies = {**kept, wanted: made}
            return self.vocabularies[wanted]

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name == "vis-network.js":
            from nutrigraph.view.page import vis_network

            return Response(vis_network(), headers=_HEADERS, media_type="text/javascript")
        if name not in _STATIC:
            raise HTTPException(404, f"there is no file {name!r} here")
        text = (Path(pages.TEMPLATES) / name).read_text(encoding="utf-8")
        return Response(text, headers=_HEADERS, media_type=_STATIC[name])

    def _media(self, request: Request) -> str:
        media = negotiate(request.headers.get("accept"), [_HTML, *GRAPHS])
        if media is None:
            raise HTTPException(406, f"this is written as {', '.join([_HTML, *GRAPHS])}")
        return media

    async def _either(
        self,
        request: Request,
        page: Callable[[KnowledgeGraph, str], str],
        quads: Callable[[KnowledgeGraph, str], list[ox.Quad]],
        name: str,
    ) -> Response:
        """Return a page, or what is behind it, made beside the loop and one at a time.

        However many are asked for, what answers questions gets every other turn.
        """
        media, graph = self._media(request), self.graph
        async with self.turn:
            return await asyncio.to_thread(_made, graph, media, page, quads, name)


def _made(
    graph: KnowledgeGraph,
    media: str,
    page: Callable[[KnowledgeGraph, str], str],
    quads: Callable[[KnowledgeGraph, str], list[ox.Quad]],
    name: str,
) -> Response:
    try:
        if media == _HTML:
            return HTMLResponse(page(graph, name), headers=_vary())
        return _written(quads(graph, name), media)
    except UnknownName as error:
        if media != _HTML:
            raise HTTPException(404, str(error), _vary()) from error
        text = pages.refusal_page(graph, "Not here", f"{error}.")
        return HTMLResponse(text, 404, headers=_vary())


def _vocabulary(graph: KnowledgeGraph, media: str) -> Response:
    if media == _HTML:
        return HTMLResponse(pages.ontology_page(graph), headers=_vary())
    return _written(resources.ontology_quads(graph), media)


def _vary() -> dict[str, str]:
    return {**_HEADERS, "Vary": "Accept"}


def _written(quads: list[ox.Quad], media: str) -> Response:
    """Return quads in a form; one that knows no graphs gets the triples."""
    form = GRAPHS[media]
    write = partial(ox.serialize, format=form, prefixes=PREFIXES)
    told = quads if form in _QUADS else list(dict.fromkeys(quad.triple for quad in quads))
    return Response(write(told), headers={**_vary(), "Content-Type": content_type(media)})
