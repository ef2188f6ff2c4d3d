"""`/sparql`: a question in, its answer out, or a status that says why not."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from nutrigraph import gate
from nutrigraph.errors import QueryError
from nutrigraph.server.forms import content_type, mark
from nutrigraph.server.places import Ticket
from nutrigraph.server.pool import Busy, Cut, Refused, Stopped
from nutrigraph.server.request import read_request

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.types import Receive, Scope, Send

    from nutrigraph.server.frames import Question
    from nutrigraph.server.pool import Pool, Reply

TRUNCATED: Final = "Nutrigraph-Truncated"
"""The header of an answer of which it is known from the start that it was cut, and where."""
LIMITS: Final = "Nutrigraph-Limits"
"""The header of every answer: where it is cut if it grows so far."""
METHODS: Final = "GET, HEAD, POST, OPTIONS"
_LARGE: Final = 5
"""From so many things left open on, all questions are alike: who came first goes first."""
_AGAIN: Final = {"Retry-After": "1"}
_FAILURES: Final = {"refused": 400, "unacceptable": 406, "memory": 504, "store": 503}


class Endpoint:
    """Answers the questions of clients from the workers of a pool."""

    def __init__(self, pool: Pool, describe: Callable[[Request], Response]) -> None:
        """Ask ``pool``; ``describe`` answers those who ask nothing: what the service is."""
        self.pool, self.describe = pool, describe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        if request.method == "OPTIONS":
            response: Response | None = Response(status_code=204, headers={"Allow": METHODS})
        elif request.method not in METHODS.split(", "):
            raise HTTPException(405, "questions are asked by GET or POST", {"Allow": METHODS})
        elif (question := await read_request(request, self.pool.limits)) is None:
            response = self.describe(request)
        else:
            # A client that leaves before the answer begins gives its question up.
            response = await first(self._answer(request, question), _left(receive))
        if isinstance(response, Answer) and response.unfinished and scope["http_version"] == "1.0":
            # There the end of an answer is the end of the connection: a cut would not be seen.
            response.reply.close()
            response = PlainTextResponse("an answer that is so long needs HTTP/1.1\n", 505)
        if response is not None:
            await response(scope, receive, send)

    async def _answer(self, request: Request, question: Question) -> Response:
        try:
            gate.refuse(question.text)
            client = request.client.host if request.client else ""
            ticket = Ticket(min(gate.size(question.text), _LARGE), client=client)
            reply = await self.pool.ask(question, ticket)
        except QueryError as error:
            return PlainTextResponse(f"{error}\n", 400)
        except Refused as error:
            message = {
                "unacceptable": f"the answer is {error}, and in no form of that is it accepted",
                "memory": "it needed more memory than a question may take",
            }.get(error.kind, str(error))
            return PlainTextResponse(f"{message}\n", _FAILURES[error.kind])
        except Stopped as error:
            return PlainTextResponse(f"the question was stopped: {error}. Ask for less.\n", 504)
        except Busy as error:
            return PlainTextResponse(f"{error}\n", 429 if error.greedy else 503, _AGAIN)
        response = Answer(reply, self._headers(reply))
        if question.head_only:
            del response.headers["content-length"]  # The answer was not made: nobody knows.
        return response

    def _headers(self, reply: Reply) -> dict[str, str]:
        limits = self.pool.limits
        found = {
            "Content-Type": content_type(reply.media),
            "Vary": "Accept",
            LIMITS: f"rows={limits.rows}, bytes={limits.bytes}, seconds={limits.seconds:g}",
        }
        if reply.truncated is not None:
            found[TRUNCATED] = reply.truncated
        return found


async def _left(receive: Receive) -> None:
    """Return when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Answer(Response):
    """An answer that is sent while it is made.

    One that was cut says so at its end, and is left unfinished: the connection closes before the
    last chunk, so that no client takes it for the whole.
    """

    def __init__(self, reply: Reply, headers: dict[str, str]) -> None:
        """Send a reply with some headers."""
        super().__init__(reply.whole, headers=headers)
        self.reply = reply
        self.unfinished = reply.whole is None or reply.truncated is not None
        if self.unfinished:
            del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, unless the client leaves first."""
        if not self.unfinished:
            await super().__call__(scope, receive, send)
            return
        try:
            await first(self._send(send), _left(receive))
        finally:
            self.reply.close()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        # A client that reads too slowly holds its worker no longer than the deadline.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(self.reply.deadline):
                await self._send_parts(send)

    async def _send_parts(self, send: Send) -> None:
        def part(data: bytes, *, more: bool = True) -> dict[str, Any]:
            return {"type": "http.response.body", "body": data, "more_body": more}

        try:
            async for data in self.reply.parts():
                await send(part(data))
        except Cut as error:
            if error.args[0]:
                await send(part(mark(self.reply.media, str(error))))
            return
        if self.reply.truncated is None:
            await send(part(b"", more=False))


async def first(*waiting: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - what the first returns
    """Return what the first of some coroutines returns that is done; the others are cancelled."""
    tasks = [asyncio.create_task(one) for one in waiting]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(task for task in tasks if task in done).result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
