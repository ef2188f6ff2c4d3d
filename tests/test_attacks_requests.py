"""Requests that are meant to do harm: slow, giant, broken, under false names, given up half-way."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from tests.attacking import BOMB, ask, assert_well, raw, resident, status
from tests.serving import Served, serve

WORKERS = 5
FORM = "Content-Type: application/x-www-form-urlencoded"
QUERY = "Content-Type: application/sparql-query"
CLOSE = "Connection: close"
ASK = "query=ASK+%7B%7D"


@pytest.fixture(scope="module")
def target(store: Path) -> Iterator[Served]:
    """A server whose requests must arrive in two seconds, and whose questions may take three."""
    with serve(store, "--timeout", "3", "--arrival", "2") as served:
        ask(served, "ASK {}")
        yield served


@pytest.fixture(autouse=True)
def _as_before(target: Served) -> Iterator[None]:
    assert_well(target, WORKERS)
    before = resident(target.process.pid)
    yield
    assert_well(target, WORKERS)
    assert resident(target.process.pid) < before + (60 << 20)


def connect(served: Served) -> socket.socket:
    place = urlsplit(served.address)
    return socket.create_connection((str(place.hostname), place.port or 80), 20)


def post(body: bytes, *heads: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in heads)
    return f"POST /sparql HTTP/1.1\r\nHost: localhost\r\n{head}\r\n".encode() + body


def get(path: str, *heads: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in (CLOSE, *heads))
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n".encode()


SLOW = (
    b"",
    b"GET /spar",
    b"GET /sparql HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    post(b"query=", FORM, "Content-Length: 100"),
    post(b"50\r\nquery=", FORM, "Transfer-Encoding: chunked"),
)


def test_clients_that_never_finish_are_let_go(target: Served) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(target)) for _ in range(300)]
        for number, client in enumerate(clients):
            client.sendall(SLOW[number % len(SLOW)])
        assert ask(target, "ASK {}")[0] == 200
        for client in clients:
            rest = b""
            while part := client.recv(4096):  # Ends, or times out and fails.
                rest += part
            assert status(rest) in (0, 408), rest


def test_a_head_that_drips_is_cut_off(target: Served) -> None:
    with connect(target) as client:
        client.sendall(b"GET /sparql HTTP/1.1\r\nHost: localhost\r\n")
        with pytest.raises(ConnectionError):
            drip(client)


def drip(client: socket.socket) -> None:
    for number in range(1000):
        client.sendall(f"X-Drip-{number}: x\r\n".encode())
        time.sleep(0.05)  # The attack itself: a little at a time.


def test_a_client_that_does_not_read_holds_its_worker_no_longer_than_it_may(target: Served) -> None:
    everything = urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f }"})
    request = post(everything.encode(), FORM, f"Content-Length: {len(everything)}")
    with ExitStack() as stack:
        for _ in range(4):
            client = stack.enter_context(connect(target))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(request)
        assert ask(target, "ASK {}")[0] == 200
        # Two at a time, three seconds each: then a question that needs such a place gets one.
        assert ask(target, "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 50000", timeout=60)[0] == 200


def test_more_connections_than_there_may_be(target: Served) -> None:
    unread = b"GET /query HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100
    with ExitStack() as stack:
        for number in range(700):
            client = stack.enter_context(connect(target))
            if number < 100:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.sendall(unread)
        # Those that have been idle for longest make room.
        for _ in range(20):
            assert ask(target, "ASK {}", timeout=30)[0] == 200


PACKED = gzip.compress(b"query=" + b"x" * 50_000_000)
GIANTS = {
    "a body that is told to be giant": (
        post(b"", FORM, "Content-Length: 99999999999"),
        413,
    ),
    "a length that is no number": (post(b"", FORM, "Content-Length: -5"), 400),
    "a body that is longer than told": (
        post(
            b"query=ASK%20%7B%7D" + b"x" * 5000,
            FORM,
            "Content-Length: 17",
            CLOSE,
        ),
        400,
    ),
    "two lengths": (post(b"xx", FORM, "Content-Length: 2", "Content-Length: 30"), 400),
    "a length and chunks": (
        post(
            b"0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
            FORM,
            "Content-Length: 5",
            "Transfer-Encoding: chunked",
        ),
        400,
    ),
    "a giant line": (get(f"/sparql?{'x' * 200_000}"), 400),
    "a giant head": (get("/sparql", f"X-Giant: {'x' * 200_000}"), 400),
    "a packed bomb": (
        post(
            gzip.compress(b"query=" + b"x" * 50_000_000),
            FORM,
            "Content-Encoding: gzip",
            "Content-Length: 48609",
        ),
        415,
    ),
    "ten thousand fields": (get(f"/sparql?{'a=b&' * 5_000}{ASK}"), 400),
}


@pytest.mark.parametrize("name", GIANTS)
def test_giants(name: str, target: Served) -> None:
    request, expected = GIANTS[name]
    assert status(raw(target, request)) in (expected, 0)


def test_a_body_without_end(target: Served) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with connect(target) as client:
        client.sendall(post(b"", FORM, "Transfer-Encoding: chunked"))
        sent = 0
        try:
            while sent < 64 << 20:
                client.sendall(chunk)
                sent += len(chunk)
        except ConnectionError:
            pass
    assert sent < 64 << 20


def test_a_body_in_too_many_pieces(target: Served) -> None:
    request = post(b"1\r\nx\r\n" * 200_000, FORM, "Transfer-Encoding: chunked")
    threads = [threading.Thread(target=raw, args=(target, request)) for _ in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert ask(target, "ASK {}", timeout=5)[0] == 200
    assert status(raw(target, request)) in (400, 0)
    few = post(
        b"1\r\nq\r\nf\r\nuery=ASK+%7B%7D\r\n0\r\n\r\n", FORM, "Transfer-Encoding: chunked", CLOSE
    )
    assert status(raw(target, few)) == 200


def test_what_follows_an_answer_that_has_begun(target: Served) -> None:
    for head in (
        "POST /sparql HTTP/1.1\r\nContent-Type: text/x",
        "GET /sparql?query=ASK%7B%7D HTTP/1.1",
        "GET /sparql?query=SELECT+*%7B%3Fa+%3Fb+%3Fc.%3Fd+%3Fe+%3Ff%7D HTTP/1.1",
    ):
        with connect(target) as client:
            client.sendall(
                f"{head}\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
            )
            assert status(client.recv(4096))
            with suppress(ConnectionError):
                client.sendall(b"no chunk\r\n" * 10)
                while client.recv(1 << 20):
                    pass


def test_where_a_cut_could_not_be_seen_there_is_no_long_answer(target: Served) -> None:
    for query, code in (("ASK+%7B%7D", 200), ("SELECT+*%7B%3Fa+%3Fb+%3Fc.%3Fd+%3Fe+%3Ff%7D", 505)):
        request = f"GET /sparql?query={query} HTTP/1.0\r\nHost: localhost\r\n\r\n"
        assert status(raw(target, request.encode())) == code


def test_an_answer_that_is_read_byte_by_byte(target: Served) -> None:
    everything = urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f }"}).encode()
    with connect(target) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(post(everything, FORM, f"Content-Length: {len(everything)}"))
        for _ in range(2000):
            client.recv(1)
        assert ask(target, "ASK {}")[0] == 200


def test_requests_without_end_behind_one_that_is_answered(target: Served) -> None:
    body = urlencode({"query": BOMB}).encode()
    with connect(target) as client:
        client.sendall(post(body, FORM, f"Content-Length: {len(body)}"))
        client.settimeout(1)
        with suppress(TimeoutError):
            for _ in range(1000):
                client.sendall(get(f"/sparql?{ASK}") * 1000)
            raise AssertionError("it took all of it")


BROKEN = [
    get("/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%22%ff%22%20%7D"),
    get("/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%22%ED%A0%80%22%20%7D"),
    get("/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%22%C0%AF%22%20%7D"),
    get("/sparql?query=ASK%20%7B%7D%00"),
    get("/sparql?query=ASK%20%7B%7D&default-graph-uri=not%20an%20iri"),
    get("/sparql?query=ASK%20%7B%7D&default-graph-uri=%ff"),
    get("/sparql?query=ASK%7B%7D&query=ASK%7B%7D"),
    post(
        b"ASK { ?s ?p '\xff' }",
        QUERY,
        "Content-Length: 18",
        CLOSE,
    ),
    post(
        b"ASK {}\0",
        QUERY,
        "Content-Length: 7",
        CLOSE,
    ),
    post(
        b"ASK {}",
        f"{QUERY}; charset=utf-7",
        "Content-Length: 6",
        CLOSE,
    ),
    post(b"{}", "Content-Type: application/json", "Content-Length: 2", CLOSE),
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    b"GET /sparql\r\n\r\n",
    b"NONSENSE\r\n\r\n",
    b"GET /sparql HTTP/1.1\r\nHost: localhost\r\nX : y\r\n\r\n",
    b"GET /sparql\xff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
]


@pytest.mark.parametrize("request_", BROKEN)
def test_broken_requests_are_refused(request_: bytes, target: Served) -> None:
    response = raw(target, request_)
    assert response == b"" or 400 <= status(response) < 500, response


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "",
        "[::1",
        "a@b",
        "169.254.169.254",
        "evil@localhost",
        "localhost/<x>",
        "localhost:x",
        "localhost#.evil.example",
        "localhost evil.example",
        "localhost\r\nHost: evil.example",
    ],
)
def test_under_a_false_name_it_does_not_answer(host: str, target: Served) -> None:
    for path in ("/sparql?" + ASK, "/.well-known/void"):
        request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        assert status(raw(target, request)) in (400, 421)


def test_without_a_name_it_does_not_answer(target: Served) -> None:
    for request in (
        f"GET /sparql?{ASK} HTTP/1.0",
        f"GET http://evil.example/sparql?{ASK} HTTP/1.1",
    ):
        assert 400 <= status(raw(target, f"{request}\r\n{CLOSE}\r\n\r\n".encode())) < 500
    absolute = (
        f"GET http://evil.example/sparql?{ASK} HTTP/1.1\r\nHost: localhost\r\n{CLOSE}\r\n\r\n"
    )
    assert status(raw(target, absolute.encode())) == 404


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.1:99", "LOCALHOST", "[::1]"])
def test_under_its_own_names_it_does(host: str, target: Served) -> None:
    request = f"GET /sparql?{ASK} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    assert status(raw(target, request)) == 200


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/../../../etc/passwd",
            "/%2e%2e/%2e%2e/etc/passwd",
            "//etc/passwd",
            "/static/../../etc/passwd",
        ),
        *("/static/%2e%2e%2f%2e%2e%2fetc/passwd", "/static//etc/passwd", "/sparql/../etc/passwd"),
        *("/.well-known/../../etc/passwd", "/static/..\\..\\etc\\passwd", "/static/page.css%00.js"),
        *(
            "/entity/../../../../etc/passwd",
            "/claim/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "/.git/config",
        ),
    ],
)
def test_no_path_leads_to_a_file(path: str, target: Served) -> None:
    response = raw(target, get(path))
    assert status(response) in (400, 404)
    assert b"root:" not in response


def test_clients_that_leave_take_their_questions_with_them(target: Served) -> None:
    body = urlencode({"query": BOMB}).encode()
    request = post(body, FORM, f"Content-Length: {len(body)}")
    for _ in range(3):
        with ExitStack() as stack:
            for _ in range(20):
                stack.enter_context(connect(target)).sendall(request)
        assert ask(target, "ASK {}", timeout=5)[0] == 200


def test_clients_that_leave_while_they_are_answered(target: Served) -> None:
    body = urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f }"}).encode()
    request = post(body, FORM, f"Content-Length: {len(body)}")

    def leave() -> None:
        with connect(target) as client:
            client.sendall(request)
            client.recv(1000)

    threads = [threading.Thread(target=leave) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_requests_one_after_the_other_on_one_connection(target: Served) -> None:
    one = f"GET /sparql?{ASK} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    last = get(f"/sparql?{ASK}")
    response = raw(target, one * 20 + last)
    assert response.count(b'{"head":{},"boolean":true}') == 21
