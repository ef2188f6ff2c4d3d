"""Reading a request of the SPARQL 1.1 protocol: what is asked, and in which forms it is wanted."""

from __future__ import annotations

import asyncio
from email.message import Message
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException

from nutrigraph.server.forms import GRAPHS, NAMES, ROWS
from nutrigraph.server.frames import Question
from nutrigraph.server.negotiation import negotiate

if TYPE_CHECKING:
    from starlette.requests import Request

    from nutrigraph.server.limits import Limits

_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_UPDATES: Final = frozenset({"update", "using-graph-uri", "using-named-graph-uri"})
_READ_ONLY: Final = "updates are refused: the graph is for reading only"
_MOST_FIELDS: Final = 1000

Fields = list[tuple[str, str]]


def _fields(data: bytes | str) -> Fields:
    """Return the pairs of a form.

    Raises:
        HTTPException: 400, it is not UTF-8 or has too many pairs.
    """
    try:
        text = data if isinstance(data, str) else data.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeError as error:
        raise HTTPException(400, "the request is not UTF-8, percent-encoded") from error
    except ValueError as error:
        raise HTTPException(400, f"the request has more than {_MOST_FIELDS} fields") from error


async def _body(request: Request, limits: Limits) -> bytes:
    """Return the body of a request.

    Raises:
        HTTPException: 413, it is too long; 408, it does not arrive; 415, it is packed.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(415, "packed bodies are not read: send it as it is")
    too_long = HTTPException(413, f"at most {limits.body:,} bytes are read")
    told = request.headers.get("content-length", "0")
    if not told.isdecimal() or int(told) > limits.body:
        raise too_long
    body = bytearray()
    try:
        async with asyncio.timeout(limits.arrival):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limits.body:
                    raise too_long
    except TimeoutError as error:
        raise HTTPException(408, "the body did not arrive in time") from error
    return bytes(body)


def _media_type(request: Request) -> str:
    """Return the media type of a body, which must be UTF-8.

    Raises:
        HTTPException: 415, it has another charset.
    """
    told = Message()
    told["content-type"] = request.headers.get("content-type", "")
    charset = told.get_content_charset("utf-8")
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise HTTPException(415, f"charset {charset!r} is not read: send UTF-8")
    return told.get_content_type() if told["content-type"] else ""


async def _posted(request: Request, limits: Limits) -> tuple[Fields, list[str]]:
    """Return the fields of a POST, and the query where it is the body itself."""
    media = _media_type(request)
    if media == _UPDATE:
        raise HTTPException(403, _READ_ONLY)
    if media not in (_FORM, _QUERY):
        raise HTTPException(
            415,
            f"a body of the type {media or 'that is not told'} is not read: {_FORM} or {_QUERY}",
        )
    body = await _body(request, limits)
    if media == _FORM:
        return _fields(body), []
    try:
        return [], [body.decode()]
    except UnicodeDecodeError as error:
        raise HTTPException(400, "the query is not UTF-8") from error


async def read_request(request: Request, limits: Limits) -> Question | None:
    """Return what a request asks, or None where it asks nothing: a GET without a query.

    Raises:
        HTTPException: 400, it is no request of the protocol; 403, an update; 406, no form of
            answer is wanted that there is; 408, 413 or 415, its body is not read.
    """
    fields = _fields(request.scope["query_string"])
    posted, texts = await _posted(request, limits) if request.method == "POST" else ([], [])
    fields += posted
    if _UPDATES & {name for name, _ in fields}:
        raise HTTPException(403, _READ_ONLY)
    texts += [value for name, value in fields if name == "query"]
    if not texts and request.method != "POST":
        return None
    if len(texts) != 1:
        raise HTTPException(400, f"{len(texts)} queries: send one, in the field 'query'")
    if "\0" in texts[0]:
        raise HTTPException(400, "the query holds the character NUL: leave it out")
    default = tuple(value for name, value in fields if name == "default-graph-uri")
    named = tuple(value for name, value in fields if name == "named-graph-uri")
    rows_as, graph_as = wanted(request, fields)
    return Question(
        texts[0],
        default=default if default or named else None,
        named=named if default or named else None,
        rows_as=rows_as,
        graph_as=graph_as,
        head_only=request.method == "HEAD",
        base=str(request.url.replace(query="", fragment="")),
    )


def wanted(request: Request, fields: Fields) -> tuple[str | None, str | None]:
    """Return the media types in which rows and graphs are wanted, None where in none.

    ``format=csv`` in the address goes before ``Accept``.

    Raises:
        HTTPException: 406, neither is wanted in a form that there is.
    """
    name = next((value for key, value in fields if key == "format"), None)
    accept = request.headers.get("accept") if name is None else NAMES.get(name)
    if name is not None and accept is None:
        raise HTTPException(406, f"no format {name!r}: use {', '.join(NAMES)}")
    found = negotiate(accept, list(ROWS)), negotiate(accept, list(GRAPHS))
    if found == (None, None):
        raise HTTPException(406, f"answers are written as {', '.join({**ROWS, **GRAPHS})}")
    return found
