"""Reaching an engine: who asks, what is tried again, and what is said when nothing answers."""

import base64
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.misbehaving import (
    TRUE,
    Reply,
    Server,
    certificate,
    closed_port,
    hang_up,
    reply,
    serve,
)

from nutrigraph.cli import main
from nutrigraph.errors import StoreError, UsageError
from nutrigraph.remote import Remote, open_remote
from nutrigraph.remote.wire import Wire
from nutrigraph.store import Dataset

BUSY, GOOD = reply(503, b"later", "text/plain"), reply(200, TRUE)
SECRET = "a-secret-of-ours"  # noqa: S105 - of nobody


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "PASSWORD", "TOKEN", "TIMEOUT"):
        monkeypatch.delenv(f"NUTRIGRAPH_{name}", raising=False)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUTRIGRAPH_USER", "anna")
    monkeypatch.setenv("NUTRIGRAPH_PASSWORD", SECRET)


def ask(place: Server | str) -> list[float]:
    """Ask, and return the pauses that were made."""
    url = place if isinstance(place, str) else place.url
    pauses: list[float] = []
    store = Remote(url, wire=Wire(url, pause=pauses.append))
    assert store.query("ASK { ?s ?p ?o }", dataset=Dataset(("http://example.org/g",)))
    return pauses


@pytest.mark.parametrize("failing", [BUSY, reply(429), hang_up])
def test_what_may_pass_is_tried_again(failing: Reply) -> None:
    with serve(failing, failing, failing, GOOD) as server:
        pauses = ask(server)
        assert len(server.asked) == 4
    assert len(pauses) == 3
    assert all(0.5 * 2**n <= pause <= 0.75 * 2**n for n, pause in enumerate(pauses))


def test_after_four_tries_it_is_told() -> None:
    with serve(BUSY) as server:
        with pytest.raises(StoreError, match=r"too much to do: try again later \(status 503"):
            ask(server)
        assert len(server.asked) == 4
    with serve(hang_up) as server:
        with pytest.raises(StoreError, match="cannot be reached"):
            ask(server)
        assert len(server.asked) == 4


def test_a_server_is_left_alone_for_as_long_as_it_asks() -> None:
    with serve(reply(429, Retry_After="7"), GOOD) as server:
        (pause,) = ask(server)
        assert 7 <= pause <= 10.5
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    with serve(reply(503, Retry_After=past), GOOD) as server:
        (pause,) = ask(server)
        assert pause < 1
    # An hour is for people to wait.
    with serve(reply(503, Retry_After="3600")) as server:
        with pytest.raises(StoreError, match="try again later"):
            ask(server)
        assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_what_would_fail_again_is_asked_once(status: int) -> None:
    with serve(reply(status)) as server:
        with pytest.raises((StoreError, UsageError)):
            ask(server)
        assert len(server.asked) == 1


def test_one_connection_serves_many_questions() -> None:
    ends = set()

    def noted(handler: BaseHTTPRequestHandler) -> None:
        ends.add(handler.client_address)
        GOOD(handler)

    with serve(noted) as server:
        store = open_remote(server.url)
        for _ in range(5):
            store.query("ASK {}", dataset=Dataset(("http://example.org/g",)))
        assert store.round_trips == 5
    assert len(ends) == 1


def test_no_such_host_is_asked_once_and_told() -> None:
    pauses: list[float] = []
    url = "http://no-such-host.invalid/sparql"
    with pytest.raises(StoreError, match="cannot be reached"):
        Remote(url, wire=Wire(url, pause=pauses.append)).query("ASK {}")
    assert pauses == []


def test_nobody_listens() -> None:
    pauses: list[float] = []
    url = f"http://127.0.0.1:{closed_port()}/sparql"
    with pytest.raises(StoreError, match=r"cannot be reached \(.*refused"):
        Remote(url, wire=Wire(url, pause=pauses.append)).query("ASK {}")
    assert pauses == []


def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUTRIGRAPH_TIMEOUT", "0.2")

    def waits(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(1)  # Until the client gives up and closes the connection.

    with serve(waits) as server:
        with pytest.raises(StoreError, match=r"does not answer: .*NUTRIGRAPH_TIMEOUT sets"):
            ask(server)
        assert len(server.asked) == 1

    def stops(handler: BaseHTTPRequestHandler) -> None:
        reply(200, TRUE[:5], length=len(TRUE))(handler)
        handler.rfile.read(1)

    with serve(stops) as server, pytest.raises(StoreError, match="stopped answering"):
        ask(server)


@pytest.mark.parametrize("told", ["0", "-1", "soon", "inf", "nan"])
def test_a_timeout_that_is_none(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUTRIGRAPH_TIMEOUT", told)
    with pytest.raises(UsageError, match="give a number of seconds"):
        ask("http://127.0.0.1:1/sparql")


def test_a_certificate_that_nobody_has_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path)
    with serve(GOOD, tls=file) as server:
        with pytest.raises(StoreError, match=r"its certificate is not trusted .*SSL_CERT_FILE"):
            ask(server)
        assert server.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        ask(server)


def test_a_server_without_encryption_behind_https() -> None:
    with serve(GOOD) as server, pytest.raises(StoreError, match="cannot be reached"):
        ask(server.url.replace("http:", "https:"))


@pytest.mark.usefixtures("known")
def test_a_redirect_is_not_followed() -> None:
    with serve(GOOD) as other, serve(reply(302, Location=other.url)) as server:
        with pytest.raises(StoreError, match=f"has moved to {other.url}: name that address"):
            ask(server)
        assert other.asked == []
        server.replies = [reply(307, Location=server.url)]
        with pytest.raises(StoreError, match="has moved"):
            ask(server)
        assert len(server.asked) == 2


@pytest.mark.usefixtures("known")
def test_basic_authentication_is_given_when_it_is_asked_for() -> None:
    wants = reply(401, WWW_Authenticate='Basic realm="ours"')
    with serve(wants, GOOD) as server:
        ask(server)
        first, second = server.asked
    assert "authorization" not in first.headers
    told = base64.b64encode(f"anna:{SECRET}".encode()).decode()
    assert second.headers["authorization"] == f"Basic {told}"


@pytest.mark.usefixtures("known")
def test_digest_authentication_does_not_send_the_password() -> None:
    way = 'Digest realm="SPARQL", nonce="abc", opaque="def", qop="auth", algorithm="MD5"'
    wants = reply(401, WWW_Authenticate=way)
    with serve(wants, wants, GOOD) as server:
        ask(server)
        told = server.asked[-1].headers["authorization"]
    assert told.startswith('Digest username="anna"')
    assert SECRET not in told


@pytest.mark.usefixtures("known")
def test_a_wrong_password_is_told_without_it() -> None:
    with serve(reply(401, WWW_Authenticate='Basic realm="ours"')) as server:
        with pytest.raises(StoreError, match="does not take that: check") as caught:
            ask(server)
        assert len(server.asked) == 2
    assert SECRET not in str(caught.value)


def test_a_token_goes_with_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUTRIGRAPH_TOKEN", SECRET)
    with serve(GOOD) as server:
        ask(server)
        assert server.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    with serve(reply(401)) as server:
        with pytest.raises(StoreError, match="does not take that: check") as caught:
            ask(server)
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "settings",
    [{"USER": "anna"}, {"PASSWORD": SECRET}, {"USER": "a", "PASSWORD": "b", "TOKEN": "c"}],
)
def test_half_of_what_says_who_asks(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"NUTRIGRAPH_{name}", value)
    with pytest.raises(UsageError, match="set both NUTRIGRAPH_USER and NUTRIGRAPH_PASSWORD"):
        open_remote("http://127.0.0.1/sparql")


@pytest.mark.usefixtures("known")
def test_a_password_goes_over_no_open_line() -> None:
    with pytest.raises(UsageError, match="is not encrypted"):
        open_remote("http://example.org/sparql")
    for place in (
        "https://example.org/sparql",
        "http://localhost/sparql",
        "http://[::1]:80/sparql",
    ):
        assert open_remote(place).place == place
    for place in ("http://127.0.0.1.example.org/", "http://localhost.example.org/"):
        with pytest.raises(UsageError, match="is not encrypted"):
            open_remote(place)


@pytest.mark.parametrize(
    "place",
    [f"https://anna:{SECRET}@example.org/", f"http://{SECRET}@[::1]/", f"https://:{SECRET}@e.org/"],
)
def test_a_password_in_the_address_is_refused_and_not_repeated(place: str) -> None:
    result = CliRunner().invoke(main, ["query", "--store", place, "ASK {}"])
    assert result.exit_code == 2
    assert "set NUTRIGRAPH_USER and NUTRIGRAPH_PASSWORD" in result.output
    assert SECRET not in result.output


@pytest.mark.parametrize(
    "place",
    [
        *("http://", "http://[::1/", "http://host:port/", "http://host:99999/", "http:///sparql"),
        *("https://exa mple.org/sparql", "http://\u2603\u0000.org/"),
    ],
)
def test_an_address_that_is_none(place: str) -> None:
    result = CliRunner().invoke(main, ["query", "--store", place, "ASK {}"])
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert "address" in result.output


def test_every_failure_is_one_line_on_the_command_line() -> None:
    with serve(reply(200, b"<html>", "text/html")) as server:
        for command in (["query", "ASK {}"], ["claims"], ["paths", "magnesium", "miscarriage"]):
            result = CliRunner().invoke(main, [*command, "--store", server.url])
            assert result.exit_code == 2, result.output
            assert result.stdout == ""
            assert result.stderr.startswith(f"nutrigraph: {server.url} answered a page of HTML")
            assert result.stderr.count("\n") == 1
