"""What a store at an address says when what answers there is no good engine."""

import gzip
import json

import pytest
from tests.misbehaving import JSON, NO_ROWS, TRUE, Reply, endless, reply, serve

from nutrigraph.errors import QueryError, StoreError
from nutrigraph.remote import open_remote
from nutrigraph.remote import wire as wires
from nutrigraph.store import Dataset

ANY = Dataset(("http://example.org/g",))
TRIPLES = b"<http://e/a> <http://e/b> <http://e/c> .\n"


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "PASSWORD", "TOKEN", "TIMEOUT"):
        monkeypatch.delenv(f"NUTRIGRAPH_{name}", raising=False)


def ask(url: str, text: str = "SELECT ?s { ?s ?p ?o }") -> object:
    return open_remote(url).query(text, dataset=ANY)


def failure(*replies: Reply, text: str = "SELECT ?s { ?s ?p ?o }") -> str:
    """What is said when a server answers so."""
    with serve(*replies) as server:
        with pytest.raises(StoreError) as caught:
            ask(server.url, text)
        assert server.url in str(caught.value)
        return str(caught.value)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "wants to be told NUTRIGRAPH_USER and NUTRIGRAPH_PASSWORD, or NUTRIGRAPH_TOKEN"),
        (403, "does not allow that to you"),
        (404, "is not there: check the address; that of an endpoint often ends in /sparql"),
        (405, "does not do that"),
        (413, "takes no request that large"),
        (500, "failed (status 500: it burns)"),
        (507, "has no room left"),
    ],
)
def test_a_status_is_told(status: int, said: str) -> None:
    told = failure(reply(status, b"\nit burns\nat line 7 of the server", "text/plain"))
    assert said in told
    assert told.endswith(f"(status {status}: it burns)")


def test_what_the_engine_says_of_a_query_is_passed_on() -> None:
    words = b"Virtuoso 37000 Error SP030: syntax error\n\nSPARQL query:\nSELECT"
    with serve(reply(400, words, "text/plain")) as server, pytest.raises(QueryError) as caught:
        ask(server.url)
    assert str(caught.value).endswith("refuses the query: Virtuoso 37000 Error SP030: syntax error")


def test_what_a_server_says_moves_no_cursor() -> None:
    told = failure(reply(500, b"\x1b[2J\x1b]0;mine\x07gone", "text/plain"))
    assert told.isprintable()


def test_a_page_of_html_is_not_taken_for_results() -> None:
    told = failure(reply(200, b"<html>Welcome</html>", "text/html; charset=utf-8"))
    assert "answered a page of HTML" in told
    assert "Often it ends in /sparql" in told
    # A failure told in HTML is read without its tags and style.
    body = b"<html><style>p{}</style><h1>No</h1><p>such graph</p></html>"
    assert failure(reply(500, body, "text/html")).endswith("(status 500: No such graph)")


@pytest.mark.parametrize("media", ["application/xml", "text/csv", ""])
def test_another_type_is_refused(media: str) -> None:
    assert f"answered {media or 'nothing named'}, not {JSON}" in failure(reply(200, NO_ROWS, media))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nothing",
        b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"http://e/a"}}',
        b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"http://e/a"}},'
        b'{"s":{"typ":"uri","value":"http://e/b"}}]}}',
        b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"a b"}}]}}',
    ],
)
def test_broken_json_is_an_error_before_any_row_is_given(body: bytes) -> None:
    assert "cannot be read" in failure(reply(200, body))


def test_broken_triples() -> None:
    body = TRIPLES + b"<http://e/a> <http://e/b"
    media = "application/n-triples"
    told = failure(reply(200, body, media), text="CONSTRUCT WHERE { ?s ?p ?o }")
    assert "cannot be read" in told


def test_an_answer_that_breaks_off() -> None:
    assert "broke off" in failure(reply(200, NO_ROWS, length=10_000))


@pytest.mark.parametrize("name", ["Nutrigraph_Truncated", "X_SPARQL_MaxRows", "X_SQL_State"])
def test_an_answer_that_says_it_is_cut(name: str) -> None:
    told = failure(reply(200, NO_ROWS, JSON, None, **{name: "100"}))
    assert "cut its answer" in told
    assert ": 100)" in told


def test_an_answer_that_is_cut_after_its_head() -> None:
    mark = NO_ROWS[:-1] + b',"truncated":"truncated: more than 5 rows"}'
    assert "cut its answer (more than 5 rows)" in failure(reply(200, mark))
    triples = TRIPLES + b"\n# truncated: more than 5 triples\n"
    told = failure(
        reply(200, triples, "application/n-triples"), text="CONSTRUCT WHERE { ?s ?p ?o }"
    )
    assert "cut its answer (more than 5 triples)" in told
    assert "cut its answer (status 206)" in failure(reply(206, NO_ROWS))


def test_triples_of_virtuoso_that_it_does_not_say_are_cut() -> None:
    text = "CONSTRUCT { ?s :a '{' } WHERE { ?s ?p ?o } LIMIT 7 # CONSTRUCT {"
    made = reply(200, TRIPLES, "application/n-triples", Server="Virtuoso/07.20")
    with serve(made, reply(200, NO_ROWS, X_SPARQL_MaxRows="1")) as server:
        with pytest.raises(StoreError, match="cut its answer"):
            ask(server.url, text)
        (rows,) = server.asked[1].form["query"]
        assert rows.endswith("SELECT * WHERE { ?s ?p ?o } LIMIT 7 # CONSTRUCT {")
    rows_whole = reply(200, NO_ROWS)
    with serve(made, rows_whole, made, rows_whole) as server:
        assert ask(server.url, text)
        assert ask(server.url, "DESCRIBE ?s { ?s ?p ?o }")
        assert server.asked[-1].form["query"][0].endswith("SELECT *{ ?s ?p ?o }")


@pytest.mark.parametrize("text", ["CONSTRUCT { :a :b :c } WHERE {}", "DESCRIBE :a"])
def test_triples_that_no_rows_make_are_asked_once(text: str) -> None:
    with serve(reply(200, TRIPLES, "application/n-triples", Server="Virtuoso")) as server:
        assert ask(server.url, text)
        assert len(server.asked) == 1


def test_an_answer_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wires, "_MOST_BYTES", 1 << 20)
    assert "is larger than" in failure(endless)


def test_a_small_answer_that_unpacks_to_a_large_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wires, "_MOST_BYTES", 1 << 20)
    bomb = gzip.compress(b" " * (64 << 20))
    assert len(bomb) < 1 << 17
    assert "is larger than" in failure(reply(200, bomb, Content_Encoding="gzip"))
    broken = gzip.compress(NO_ROWS)[:10] + b"?" * 50
    assert "broke off" in failure(reply(200, broken, Content_Encoding="gzip"))


def test_a_packed_answer_is_read() -> None:
    with serve(reply(200, gzip.compress(TRUE), Content_Encoding="gzip")) as server:
        assert ask(server.url, "ASK { ?s ?p ?o }")


def test_truths_of_virtuoso_are_as_xml_schema_has_them() -> None:
    kind = "http://www.w3.org/2001/XMLSchema#boolean"
    values = [
        {"s": {"type": "typed-literal", "datatype": kind, "value": value}} for value in ("1", "0")
    ]
    body = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": values}})
    with serve(reply(200, body.encode())) as server:
        rows = [row[0].value for row in open_remote(server.url).select("SELECT ?s {}", dataset=ANY)]
    assert rows == ["true", "false"]


def test_what_is_refused_leaves_no_request() -> None:
    with serve(reply(200, NO_ROWS)) as server:
        for text in ("SELECT * { SERVICE <http://e/> { ?s ?p ?o } }", "DELETE WHERE { ?s ?p ?o }"):
            with pytest.raises(QueryError, match="refused"):
                ask(server.url, text)
        assert server.asked == []


def test_a_long_query_is_a_form_with_its_prefixes_on_its_first_line() -> None:
    text = "PREFIX xsd: <http://e/>\nASK { ?s ?p '" + "x" * 50_000 + "' }"
    with serve(reply(200, TRUE)) as server:
        ask(server.url, text)
        (asked,) = server.asked
    assert asked.method == "POST"
    assert asked.target == "/sparql"
    (sent,) = asked.form["query"]
    assert sent.endswith(text)
    assert sent.count("\n") == 1
    assert sent.count("PREFIX xsd:") == 1
    assert "PREFIX : <https://w3id.org/nutrigraph/>" in sent
    assert asked.form["default-graph-uri"] == ["http://example.org/g"]
