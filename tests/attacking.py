"""What the attacks share: a canary that nobody may reach, raw requests, and how a server is."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.serving import Served

BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
CUT = "cut off"
JSON = "application/sparql-results+json"
QUESTION = "SELECT ?x { :magnesium :deficiencyImpairs ?x } ORDER BY ?x"


class Canary(ThreadingHTTPServer):
    """A server on this machine that counts who comes by."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        hits = self.hits

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hits.append(self.path)
                self.send_error(404)

            do_POST = do_PUT = do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def canary() -> Iterator[Canary]:
    with Canary() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(
    served: Served,
    text: str,
    *,
    accept: str = JSON,
    timeout: float = 30,
) -> tuple[int, str]:
    """Ask a question; status and answer, or `CUT` where the answer breaks off."""
    place = urlsplit(served.address)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=timeout)
    try:
        body = urlencode({"query": text}, errors="surrogatepass")
        kind = "application/x-www-form-urlencoded"
        connection.request("POST", "/sparql", body, {"Content-Type": kind, "Accept": accept})
        response = connection.getresponse()
        try:
            return response.status, response.read().decode()
        except http.client.IncompleteRead as error:
            return response.status, f"{CUT}: {error.partial[-200:].decode(errors='replace')}"
    finally:
        connection.close()


def raw(served: Served, data: bytes, *, timeout: float = 20) -> bytes:
    """Send bytes; all that comes back until the server closes or has nothing more to say."""
    place = urlsplit(served.address)
    with socket.create_connection((str(place.hostname), place.port or 80), timeout) as connection:
        found = b""
        try:
            connection.sendall(data)
            while part := connection.recv(65536):
                found += part
        except (ConnectionError, TimeoutError):
            pass
        return found


def status(response: bytes) -> int:
    """The status of a raw response, 0 where the connection was closed without one."""
    return int(response.split(b" ", 2)[1]) if response.startswith(b"HTTP/1.1 ") else 0


def resident(process: int) -> int:
    """How much memory a process holds, in bytes."""
    told = Path(f"/proc/{process}/status").read_text()
    return int(told.partition("VmRSS:")[2].split()[0]) * 1024


def assert_well(served: Served, workers: int) -> None:
    """The server lives, answers right, and has as many workers as it had."""
    assert served.process.poll() is None
    assert ask(served, "ASK {}") == (200, '{"head":{},"boolean":true}')
    found = ask(served, QUESTION, accept="text/csv")
    assert found[0] == 200
    assert found[1].split()[1].endswith("insulin-secretion")
    end = time.monotonic() + 20
    while len(served.workers()) != workers and time.monotonic() < end:
        time.sleep(0.1)  # Replacements are on their way.
    assert len(served.workers()) == workers
