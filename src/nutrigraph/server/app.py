"""The application: the endpoint, the pages, and what holds for every answer."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from nutrigraph.errors import NutrigraphError
from nutrigraph.server import site
from nutrigraph.server.description import dataset, service, write
from nutrigraph.server.endpoint import LIMITS, METHODS, TRUNCATED, Endpoint
from nutrigraph.server.forms import GRAPHS, content_type
from nutrigraph.server.negotiation import negotiate
from nutrigraph.server.pool import Pool
from nutrigraph.server.workers import Died

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from nutrigraph.server.limits import Limits
    from nutrigraph.server.opened import Opened

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d*)?", re.ASCII | re.IGNORECASE)
_LOOK: Final = 1.0
"""Seconds between looks for a newer build."""


class Hosts:
    """Answers only for the names that the server goes by.

    A page elsewhere can make a browser take its own name for this machine (DNS rebinding), and
    would then read what is served here as its own.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        """Answer for ``names``; none means any."""
        self.app, self.names = app, frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http":
            told = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            name = _name(told)
            if not name or (self.names and name not in self.names):
                message = "this server does not go by that name: it is named by --host-name\n"
                await PlainTextResponse(message, 421)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _name(host: str) -> str:
    """Return the name in a ``Host`` header, without its port; empty where it is none."""
    found = _HOST.fullmatch(host)
    return found[1].strip("[]").rstrip(".").lower() if found else ""


def make(
    opened: Opened, limits: Limits, *, names: Sequence[str] = (), origins: Sequence[str] = ("*",)
) -> Starlette:
    """Return the application that serves a store.

    ``names`` are what the server may be called by, besides this machine's own names; none means
    any. ``origins`` are the sites whose pages may ask it.
    """
    pool = Pool(limits)

    def describe(request: Request) -> Response:
        accept = request.headers.get("accept")
        if negotiate(accept, ["text/turtle", "text/html"]) == "text/html":
            return RedirectResponse("/query", 303)
        return _written(request, service(_sparql(request), opened.graphs()))

    async def void(request: Request) -> Response:
        return _written(request, dataset(opened.graph, _sparql(request)))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await pool.open(opened.place)
        looking = asyncio.create_task(_follow(opened, pool))
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
            await pool.close()

    endpoint = Endpoint(pool, describe)
    cors = Middleware(
        CORSMiddleware, allow_origins=origins, allow_methods=METHODS.split(", "),
        allow_headers=["*"], expose_headers=[LIMITS, TRUNCATED, "Retry-After"], max_age=86_400,
    )  # fmt: skip
    return Starlette(
        routes=[
            Route("/sparql", endpoint),
            Route("/sparql/", endpoint),
            Route("/.well-known/void", void),
            *site.routes(opened),
        ],
        middleware=[Middleware(Hosts, names=[*_LOOPBACK, *names] if names else ()), cors],
        exception_handlers={HTTPException: _refuse},
        lifespan=lifespan,
    )


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    headers = dict(error.headers or {})
    if error.status_code in (408, 413, 415):
        headers["Connection"] = "close"  # What is left of the body is not read.
    return PlainTextResponse(f"{error.detail}\n", error.status_code, headers)


def _sparql(request: Request) -> str:
    return str(request.url.replace(path="/sparql", query="", fragment=""))


def _written(request: Request, triples: Any) -> Response:  # noqa: ANN401
    media = negotiate(request.headers.get("accept"), list(GRAPHS))
    if media is None:
        raise HTTPException(406, f"this is written as {', '.join(GRAPHS)}")
    return Response(
        write(triples, media), headers={"Content-Type": content_type(media), "Vary": "Accept"}
    )


async def _follow(opened: Opened, pool: Pool) -> None:
    """Answer from a newer build as soon as there is one."""
    while True:
        await asyncio.sleep(_LOOK)
        # A build may be gone again before it is opened, as when two follow at once: the next look
        # finds the one after it.
        with contextlib.suppress(NutrigraphError, Died, OSError):
            await asyncio.to_thread(opened.renew)
            if pool.build != opened.build:
                await pool.open(opened.place)
