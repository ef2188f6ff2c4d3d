"""Requests to an engine elsewhere: who asks, how long is waited, what is tried again."""

from __future__ import annotations

import os
import random
import re
import socket
import ssl
import time
import weakref
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
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
CONNECT: Final = 10.0
"""Seconds in which a connection must be there."""
_TRIES: Final = 4
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_MOST_BYTES: Final = 1 << 30
_LOOPBACK: Final = re.compile(r"localhost|127(\.\d+){3}|::1")
_CUT: Final = ("nutrigraph-truncated", "x-sparql-maxrows", "x-sql-state")
"""Headers by which an engine says that an answer is not the whole: ours, Virtuoso's two."""
_DEADLOCK: Final = re.compile(r"\b40001\b")
"""What SQL calls a transaction that was given up in favour of another."""
_MARK: Final = re.compile(rb'(?:,"truncated":"|\n# )truncated: ([^"\n]*)["\n}]*\Z')
"""What our own endpoint writes behind an answer that it cut after its first bytes had left."""


class Deadlock(StoreError):
    """An engine got in its own way while it wrote: the same may succeed when it is sent again."""


@dataclass(frozen=True)
class Wire:
    """A way to one address; ``pause`` waits some seconds before a request is tried again."""

    url: str
    pause: Callable[[float], None] = lambda seconds: time.sleep(seconds)
    counts: dict[str, int] = field(default_factory=lambda: {"round trips": 0})

    def __post_init__(self) -> None:
        """Refuse an address that is none, or that would give a password away."""
        try:
            parts = urlsplit(self.url)
            known = parts.scheme in ("http", "https") and parts.port != 0
        except ValueError:
            known = False
        if not known or not parts.hostname:
            # Not repeated: what cannot be read may hold a password.
            raise UsageError("the URL is no address: give one such as https://host/sparql")
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

        timeout = httpx2.Timeout(seconds(), connect=CONNECT)
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

    def introduce(self, **request: Any) -> None:
        """Ask for little, so that a server which wants to know who asks has asked.

        Otherwise it would turn a large body away, and have it sent once more.
        """
        if isinstance(_credentials(), tuple) and self.client.auth is None:
            self._first("HEAD", request).close()

    def _first(self, method: str, request: dict[str, Any]) -> httpx2.Response:
        """Return the response of the first try that is none to be tried again."""
        import httpx2

        for left in reversed(range(_TRIES)):
            asked = 0.0
            try:
                response = self._send(method, request)
            except httpx2.TransportError as error:
                passing = isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError)
                if not left or not passing or _lasting(error):
                    raise self._unreachable(error) from error
            else:
                asked = _asked_pause(response)
                busy = response.status_code in (429, 503)
                if not busy or not left or asked > _LONGEST_PAUSE:
                    return response
                response.close()
            # Spread, so that clients turned away together do not come back together.
            spread = random.uniform(1, 1.5)  # noqa: S311 - no secret
            self.pause(max(_FIRST_PAUSE * 2.0 ** (_TRIES - 1 - left), asked) * spread)
        raise AssertionError("the last try returns or raises")

    def _send(self, method: str, request: dict[str, Any]) -> httpx2.Response:
        import httpx2

        self.counts["round trips"] += 1
        try:
            made = self.client.build_request(method, self.url, **request)
        except httpx2.InvalidURL as error:
            raise UsageError(f"{self.url} is no address ({error}): correct it") from error
        response = self.client.send(made, stream=True)
        if response.status_code == 401 and self._authenticate(response):
            response.close()
            return self._send(method, request)
        return response

    def _authenticate(self, response: httpx2.Response) -> bool:
        """Take up the way in which a server wants to be told who asks; return whether it is new."""
        import httpx2

        found = _credentials()
        if not isinstance(found, tuple) or self.client.auth is not None:
            return False
        ways = response.headers.get_list("www-authenticate")
        digest = any(way.lower().startswith("digest") for way in ways)
        self.client.auth = httpx2.DigestAuth(*found) if digest else httpx2.BasicAuth(*found)
        return True

    def _unreachable(self, error: Exception) -> StoreError:
        import httpx2

        if isinstance(error, httpx2.TimeoutException):
            return StoreError(
                f"{self.url} does not answer: is it the right address? {TIMEOUT} sets how many "
                "seconds are waited"
            )
        if _caused(error, ssl.SSLCertVerificationError):
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
            # Not followed: it may lead to another host, which is not to learn who asks.
            there = _printable(response.headers.get("location", "elsewhere"))
            raise StoreError(f"{self.url} has moved to {there}: name that address")
        said = _said(response)
        kind = response.request.headers.get("content-type", "")
        if status == 400 and kind == "application/x-www-form-urlencoded":
            raise QueryError(f"{self.url} refuses the query: {said or 'it does not say why'}")
        if _DEADLOCK.search(said):
            raise Deadlock(f"{self.url} failed (status {status}: {said})")
        known = self.client.auth is not None or "authorization" in self.client.headers
        who = f"{USER} and {PASSWORD}, or {TOKEN}"
        reason = {
            400: "refuses what was sent",
            401: f"does not take that: check {who}" if known else f"wants to be told {who}",
            403: "does not allow that to you",
            404: "is not there: check the address; that of an endpoint often ends in /sparql",
            405: "does not do that: is this the right one of its addresses?",
            413: "takes no request that large",
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
        if found := _MARK.search(body[-400:]):
            raise self._cut(found[1].decode("utf-8", "replace"))
        return bytes(body)

    def _cut(self, told: str) -> StoreError:
        return StoreError(
            f"{self.url} cut its answer ({_printable(told)}): ask for less, or have its limit "
            "raised (Virtuoso: ResultSetMaxRows, MaxQueryExecutionTime)"
        )

    def expect(self, response: httpx2.Response, *media: str) -> str:
        """Return the media type of a response, which must be one of some; it must not be cut.

        Raises:
            StoreError: it is something else, or is cut.
        """
        for name in _CUT:
            if told := response.headers.get(name):
                raise self._cut(f"{name}: {told}")
        if response.status_code == 206:
            raise self._cut("status 206")
        found = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
        if found not in media:
            html = found in ("text/html", "application/xhtml+xml")
            told = "a page of HTML" if html else _printable(found) or "nothing named"
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


def seconds() -> float:
    """Return how many seconds an engine may be silent.

    Raises:
        UsageError: the environment names no such number.
    """
    told = os.environ.get(TIMEOUT, "60")
    try:
        number = float(told)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise UsageError(f"{TIMEOUT} is {told!r}: give a number of seconds")
    return number


def _asked_pause(response: httpx2.Response) -> float:
    """Return how many seconds a server asks to be left alone."""
    told = response.headers.get("retry-after", "").strip()
    if told.isdecimal():
        return float(told)
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _printable(text: str) -> str:
    """Return what a server says without what would move the cursor of a terminal, in short."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]


def _told(error: BaseException) -> str:
    return _printable(str(error)) or type(error).__name__


def _caused(error: BaseException | None, kind: type[Exception]) -> bool:
    """Whether an error is one of a kind, or comes of one."""
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def _lasting(error: Exception) -> bool:
    """Whether a connection would fail again: nobody there, or a certificate not to be trusted."""
    lasting = (socket.gaierror, ConnectionRefusedError, ssl.SSLCertVerificationError)
    return any(_caused(error, kind) for kind in lasting)


def _said(response: httpx2.Response) -> str:
    """Return the first words of what a server says of a failure."""
    body = b""
    for part in response.iter_bytes():
        body += part
        if len(body) > 4096:
            break
    text = body.decode("utf-8", "replace")
    if "html" in response.headers.get("content-type", ""):
        text = re.sub(r"(?is)<(head|style|script)\b.*?</\1>|<[a-z/!][^>]*>", " ", text)
        return _printable(text)
    return next((_printable(line) for line in text.splitlines() if line.strip()), "")
