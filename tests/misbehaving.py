"""A server on loopback that says just what it is told to, however wrong."""

import contextlib
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyoxigraph as ox

JSON = "application/sparql-results+json"
NO_ROWS = b'{"head":{"vars":["s"]},"results":{"bindings":[]}}'
TRUE = b'{"head":{},"boolean":true}'


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        """What a form in its body says."""
        return parse_qs(self.body.decode())


Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """A running server; ``replies`` are given one after the other, the last one for ever."""

    url: str
    replies: list[Reply]
    asked: list[Asked] = field(default_factory=list)


def reply(
    status: int = 200, body: bytes = b"", media: str = JSON, length: int | None = None, **more: str
) -> Reply:
    """Answer so; ``length`` is how many bytes are promised; in ``more``, _ stands for -."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(status)
        if media:
            handler.send_header("Content-Type", media)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in more.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)
        if length is not None:
            handler.close_connection = True

    return answer


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """End the connection without a word."""
    handler.close_connection = True


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Answer and never come to an end."""
    handler.send_response_only(200)
    handler.send_header("Content-Type", JSON)
    handler.end_headers()
    handler.close_connection = True
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b" " * 65_536)


@contextlib.contextmanager
def serve(*replies: Reply, tls: Path | None = None) -> Iterator[Server]:
    """Answer with ``replies`` in turn; ``tls`` is a file of a key and a certificate."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            number = min(len(server.asked), len(server.replies) - 1)
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.asked.append(Asked(self.command, self.path, headers, body))
            server.replies[number](self)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _any  # noqa: N815 - as the library has it

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        asked: list[Asked]

        def handle_error(self, *_: Any) -> None:
            """Say nothing: clients that leave are what is tested."""

    with Quiet(("127.0.0.1", 0), Handler) as listening:
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            listening.socket = context.wrap_socket(listening.socket, server_side=True)
        scheme = "https" if tls else "http"
        server = Server(f"{scheme}://127.0.0.1:{listening.server_port}/sparql", list(replies))
        listening.asked = server.asked
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


def certificate(folder: Path) -> Path:
    """Make a certificate that nobody has signed but itself."""
    file = folder / "key-and-certificate.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 "
        f"-addext subjectAltName=IP:127.0.0.1 -keyout {file} -out {folder / 'certificate.pem'}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    with file.open("ab") as both:
        both.write((folder / "certificate.pem").read_bytes())
    return file


def engine(store: ox.Store, *, cut: int | None = None) -> Reply:
    """Answer from a store whose default graph has no name; ``cut`` silently after so many rows."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked: Asked = handler.server.asked[-1]  # type: ignore[attr-defined]
        default, named = (asked.form.get(f"{kind}-graph-uri") for kind in ("default", "named"))
        given = default is not None or named is not None
        found = store.query(
            asked.form["query"][0],
            default_graph=[ox.NamedNode(iri) for iri in default or ()] if given else None,
            named_graphs=[ox.NamedNode(iri) for iri in named or ()] if given else None,
        )
        assert isinstance(found, ox.QuerySolutions | ox.QueryBoolean)
        told = json.loads(found.serialize(format=ox.QueryResultsFormat.JSON) or b"")
        if cut is not None and "results" in told:
            del told["results"]["bindings"][cut:]
        reply(200, json.dumps(told).encode())(handler)

    return answer


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
