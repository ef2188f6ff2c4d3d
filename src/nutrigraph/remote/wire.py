"""Requests to an engine elsewhere: who asks, how long is waited, what is tried again."""

from __future__ import annotations

import os
import random
import re
import ssl
import time
import weakref
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from nutrigraph.errors import QueryError, StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx2

    Failure = type[Exception]

USER, PASSWORD, TOKEN, TIMEOUT = (
    f"NUTRIGRAPH_{name}" for name in ("USER", "PASSWORD", "TOKEN", "TIMEOUT")
)
_TRIES: Final = 4
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_MOST_BYTES: Final = 1 << 30
_LOOPBACK: Final = re.compile(r"localhost|127(\.\d+){3}|::1")
_CUT: Final = ("nutrigraph-truncated", "x-sparql-maxrows")
"""Headers by which an engine says that an answer is not the whole."""


@dataclass(frozen=True)
class Wire:
    """A way to one address; ``pause`` waits some seconds before a request is tried again."""

    url: str
    pause: Callable[[float], None] = time.sleep
    counts: dict[str, int] = field(default_factory=lambda: {"round trips": 0})

    def __post_init__(self) -> None:
        """Refuse an address that would give a password away."""
        parts = urlsplit(self.url)
        if not parts.hostname:
            raise UsageError(
                f"{self.url} names no host: give an address such as https://host/sparql"
            )
        if parts.username is not None or parts.password is not None:
            raise UsageError(
                f"the address of {parts.hostname} holds a user or a password, which lists of "
                f"processes show: set {USER} and {PASSWORD} in the environment instead"
            )
        if _credentials() and parts.scheme == "http" and not _LOOPBACK.fullmatch(parts.hostname):
            raise UsageError(
                f"{self.url} is not encrypted, and would show your password or token to others: "
                f"use https, or unset {USER} and {TOKEN}"
            )

    @cached_property
    def client(self) -> httpx2.Client:
        """The connections, kept open from one request to the next."""
        import httpx2

        timeout = httpx2.Timeout(_seconds(), connect=10.0)
        headers = {"User-Agent": "nutrigraph"}
        found = _credentials()
        if isinstance(found, str):
            headers["Authorization"] = f"Bearer {found}"
        client = httpx2.Client(timeout=timeout, headers=headers, follow_redirects=False)
        # Whoever opens a graph need not close it.
        weakref.finalize(self, client.close)
        return client

    @contextmanager
    def open(self, method: str, **request: Any) -> Iterator[httpx2.Response]:
        """Give the response to a request, its body not yet read.

        Busy engines and connections that fail before anything has come are tried again, up to four
        times, after pauses that double. A server that asks who asks is told, Basic or Digest.

        Raises:
            QueryError: the engine refuses the query (400).
            StoreError: nothing useful comes from there.
        """
        import httpx2

        response = self._first(method, request)
        try:
            self._judge(response)
            yield response
        except httpx2.TimeoutException as error:
            raise StoreError(
                f"{self.url} stopped answering: ask for less, or set {TIMEOUT} to more seconds"
            ) from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise StoreError(
                f"the answer of {self.url} broke off ({_told(error)}): nothing of it is used"
            ) from error
        finally:
            response.close()

    def _first(self, method: str, request: dict[str, Any]) -> httpx2.Response:
        """Return the response of the first try that is none to be tried again."""
        import httpx2

        for left in reversed(range(_TRIES)):
            pause = _FIRST_PAUSE * 2.0 ** (_TRIES - 1 - left)
            self.counts["round trips"] += 1
            try:
                content = request.get("content")
                body = {**request, "content": content()} if callable(content) else request
                response = self.client.send(
                    self.client.build_request(method, self.url, **body), stream=True
                )
            except httpx2.TransportError as error:
                again = isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError)
                if not again or not left or _certificate(error):
                    raise self._unreachable(error) from error
            else:
                if response.status_code == 401 and self._authenticate(response):
                    response.close()
                    continue
                if response.status_code not in (429, 503) or not left:
                    return response
                response.close()
                told = response.headers.get("retry-after", "")
                pause = max(pause, float(told)) if told.isdecimal() else pause
            # Spread, so that clients turned away together do not come back together.
            self.pause(min(pause, _LONGEST_PAUSE) * random.uniform(0.75, 1.25))  # noqa: S311
        raise AssertionError("the last try returns or raises")

    def _authenticate(self, response: httpx2.Response) -> bool:
        """Take up the way in which a server wants to be told who asks; return whether it is new."""
        import httpx2

        found = _credentials()
        if not isinstance(found, tuple) or self.client.auth is not None:
            return False
        asked = response.headers.get("www-authenticate", "").lower()
        digest = asked.startswith("digest")
        self.client.auth = httpx2.DigestAuth(*found) if digest else httpx2.BasicAuth(*found)
        return True

    def _unreachable(self, error: Exception) -> StoreError:
        import httpx2

        if isinstance(error, httpx2.TimeoutException):
            return StoreError(
                f"{self.url} does not answer: is it the right address? {TIMEOUT} sets how many "
                "seconds are waited"
            )
        if _certificate(error):
            return StoreError(
                f"{self.url}: its certificate is not trusted ({_told(error)}): have it mended, or "
                "name its authority's file in SSL_CERT_FILE"
            )
        return StoreError(f"{self.url} cannot be reached ({_told(error)}): check the address")

    def _judge(self, response: httpx2.Response) -> None:
        """Raise unless a response is a success."""
        status = response.status_code
        if status < 300:
            return
        if status in (301, 302, 303, 307, 308):
            there = response.headers.get("location", "elsewhere")
            raise StoreError(f"{self.url} has moved to {there}: name that address")
        said = _said(response)
        if status == 400:
            raise QueryError(f"{self.url} refuses the query: {said or 'it does not say why'}")
        reason = {
            401: f"wants to know who asks: set {USER} and {PASSWORD}, or {TOKEN}",
            403: "does not allow that to you",
            404: "is not there: check the address of the endpoint, which often ends in /sparql",
            405: "does not do that: is this the right one of its addresses?",
            413: "takes no request that long",
            429: "has too much to do: try again later",
            503: "has too much to do: try again later",
            507: "has no room left",
        }.get(status, "failed")
        raise StoreError(f"{self.url} {reason} (status {status}{f': {said}' if said else ''})")

    def read(self, response: httpx2.Response, *media: str) -> bytes:
        """Return the body of a response that must be whole, and of one of some media types.

        Raises:
            StoreError: it is something else, is cut, or does not end.
        """
        self.expect(response, *media)
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > _MOST_BYTES:
                raise StoreError(f"the answer of {self.url} is larger than 1 GB: ask for less")
        return bytes(body)

    def expect(self, response: httpx2.Response, *media: str) -> str:
        """Return the media type of a response, which must be one of some; it must not be cut.

        Raises:
            StoreError: it is something else, or is cut.
        """
        for name in _CUT:
            if told := response.headers.get(name):
                raise StoreError(
                    f"{self.url} cut its answer ({name}: {told}): ask for less, or have its limit "
                    "raised (Virtuoso: ResultSetMaxRows)"
                )
        found = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
        if found not in media:
            html = found in ("text/html", "application/xhtml+xml")
            told = "a page of HTML" if html else found or "nothing named"
            raise StoreError(
                f"{self.url} answered {told}, not {media[0]}: is this the address of a SPARQL "
                "endpoint? Often it ends in /sparql"
            )
        return found


def _credentials() -> tuple[str, str] | str | None:
    """Return user and password, or a token, of the environment.

    Raises:
        UsageError: only one of user and password is set, or a token beside them.
    """
    user, password, token = (os.environ.get(name) for name in (USER, PASSWORD, TOKEN))
    if (user is None) != (password is None) or (user is not None and token is not None):
        raise UsageError(f"set both {USER} and {PASSWORD}, or {TOKEN} alone")
    if user is not None and password is not None:
        return user, password
    return token


def _seconds() -> float:
    told = os.environ.get(TIMEOUT, "60")
    try:
        seconds = float(told)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise UsageError(f"{TIMEOUT} is {told!r}: give a number of seconds")
    return seconds


def _told(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _said(response: httpx2.Response) -> str:
    """Return the first words of what a server says of a failure, if they are for people."""
    if "html" in response.headers.get("content-type", ""):
        return ""
    text = b""
    for part in response.iter_bytes():
        text += part
        if len(text) > 4096:
            break
    lines = (line.strip() for line in text.decode("utf-8", "replace").splitlines())
    return next((line[:300] for line in lines if line), "")
