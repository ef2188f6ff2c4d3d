"""Questions that are meant to do harm, put to the real server: after each it is as before."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from tests.attacking import BOMB, CUT, JSON, Canary, ask, assert_well, canary, raw, resident, status
from tests.serving import Served, serve

WORKERS = 5


@pytest.fixture(scope="module")
def target(store: Path) -> Iterator[Served]:
    """A server whose questions may take two seconds and 300 MB."""
    with serve(
        store, "--timeout", "2", "--memory", "300", "--arrival", "2", "--rows", "20000"
    ) as it:
        ask(it, "ASK {}")
        yield it


@pytest.fixture(scope="module")
def trap() -> Iterator[Canary]:
    with canary() as server:
        yield server
        assert server.hits == []


@pytest.fixture(autouse=True)
def _as_before(target: Served, trap: Canary) -> Iterator[None]:
    assert_well(target, WORKERS)
    before = resident(target.process.pid)
    yield
    assert_well(target, WORKERS)
    assert resident(target.process.pid) < before + (60 << 20)
    assert trap.hits == []


SERVICES = [
    "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ service <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SeRvIcE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE#x\n<{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE\n\n\t<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE<{0}>{{ ?s ?p ?o }} }}",
    "SELECT * {{ \\u0053ERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ \\U00000053ERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ S\\u0045RVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?e {{ <{0}> }} SERVICE ?e {{ ?s ?p ?o }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }} }}",
    "SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ OPTIONAL {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ BIND('\\'' AS ?q) SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND('''a'b''' AS ?q) SERVICE <{0}> {{ ?s ?p ?o }} }}",
    'SELECT * {{ BIND("""#""" AS ?q) SERVICE <{0}> {{ ?s ?p ?o }} }}',
    "SELECT * {{ ?s <http://x/#> ?o . SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s :a\\# ?o . SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s :a\\' ?o . SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p ?o FILTER(?o <?s) SERVICE <{0}> {{ ?s ?p ?o }} FILTER(?s> ?o) }}",
    "PREFIX e: <{0}/> SELECT * {{ SERVICE e:x {{ ?s ?p ?o }} }}",
    "ASK {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "DESCRIBE ?s {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICESILENT<{0}> {{ ?s ?p ?o }} }}",
    "PREFIX e: <{0}> SELECT * {{ SERVICEe: {{ ?s ?p ?o }} }}",
    "PREFIX e: <{0}/> SELECT * {{ SERVICEe:x{{ ?s ?p ?o }} }}",
    "PREFIX e: <{0}/> SELECT * {{ SERVICE SILENTe:x{{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p 1SERVICE<{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p trueSERVICE SILENT<{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p 1e0SERVICE<{0}> {{ ?s ?p ?o }} }}",
]


@pytest.mark.parametrize("query", SERVICES)
def test_no_query_calls_another_service(query: str, target: Served, trap: Canary) -> None:
    code, told = ask(target, query.format(trap.address))
    assert code == 400, told


@pytest.mark.parametrize("place", ["{0}/x.ttl", "file:///etc/passwd", "file:///proc/self/environ"])
def test_naming_a_graph_reads_no_file_and_no_address(
    place: str, target: Served, trap: Canary
) -> None:
    iri = place.format(trap.address)
    for query in (
        "SELECT * FROM <X> { ?s ?p ?o }",
        "SELECT * FROM NAMED <X> { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * { GRAPH <X> { ?s ?p ?o } }",
    ):
        code, told = ask(target, query.replace("X", iri))
        assert code == 200
        assert json.loads(told)["results"]["bindings"] == []
    path = f"/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D&default-graph-uri={iri}"
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    response = raw(target, head.encode())
    assert status(response) == 200
    assert b'"bindings":[]' in response


UPDATES = [
    "INSERT DATA { <x:a> <x:b> <x:c> }",
    "insert data { <x:a> <x:b> <x:c> }",
    "# a comment\nPREFIX x: <x:> DELETE WHERE { ?s ?p ?o }",
    "LOAD <{0}/data.ttl>",
    "LOAD SILENT <{0}/data.ttl> INTO GRAPH <x:g>",
    "CLEAR ALL",
    "DROP ALL",
    "CREATE GRAPH <x:g>",
    "COPY DEFAULT TO <x:g>",
    "WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "SELECT * { ?s ?p ?o } ; DROP ALL",
    "ASK {} ; LOAD <{0}/data.ttl>",
    "\\u0049NSERT DATA { <x:a> <x:b> <x:c> }",
]


@pytest.mark.parametrize("text", UPDATES)
def test_no_update_comes_through(text: str, target: Served, trap: Canary) -> None:
    text = text.replace("{0}", trap.address)
    assert ask(target, text)[0] == 400
    for kind, body in (
        ("application/sparql-update", text),
        ("application/sparql-query", text),
        ("application/x-www-form-urlencoded", f"update={text}"),
        ("application/x-www-form-urlencoded", f"query=ASK%7B%7D&update={text}"),
    ):
        head = (
            f"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            f"X-HTTP-Method-Override: PATCH\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body.encode())}\r\n\r\n"
        )
        assert 400 <= status(raw(target, (head + body).encode())) < 500
    for method in ("PUT", "DELETE", "PATCH", "POST"):
        head = (
            f"{method} /sparql?graph=x:g HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        )
        assert 400 <= status(raw(target, head.encode())) < 500


NAMELESS = (
    f"ASK {{ {' . '.join(f'[] (!:x{n})* []' for n in range(4))} FILTER(REGEX('a', '{'b' * 50}')) }}"
)


def growing(times: int) -> str:
    doubled = "".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1}) " for n in range(times))
    return f"SELECT (STRLEN(?x{times}) AS ?n) {{ BIND('abcdefgh' AS ?x0) {doubled} }}"


BOMBS = {
    "a product": BOMB,
    "a product of rows": BOMB.replace("(COUNT(*) AS ?n)", "*"),
    "a product in order": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f ?a",
    "a product, distinct": "SELECT DISTINCT ?c ?f { ?a ?b ?c . ?d ?e ?f }",
    "a product in groups": "SELECT ?c ?f (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?c ?f",
    "a product for an ASK": "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = 'x' && ?f = ?i) }",
    "a product constructed": "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "a hundred braces": f"SELECT * {'{' * 3000}{'}' * 3000}",
    "nested brackets": f"SELECT * {{ FILTER({'(' * 5000}1{')' * 5000}) }}",
    "a long sum": f"SELECT ({'+'.join(['1'] * 9000)} AS ?x) {{}}",
    "a long minus": f"SELECT ({'-' * 9000}1 AS ?x) {{}}",
    "a long negation": f"ASK {{ FILTER({'!' * 9000}true) }}",
    "many unions": f"SELECT * {{ {' UNION '.join(['{}'] * 7000)} }}",
    "many optionals": f"SELECT * {{ {'OPTIONAL { ?s ?p ?o ' * 500}{'}' * 500} }}",
    "nested triples": f"SELECT * {{ {'<<( ' * 2000} :a :b :c {' )>>' * 2000} :p :o }}",
    "nested lists": f"SELECT * {{ :a :b {'(' * 3000}{')' * 3000} }}",
    "nested blank nodes": f"SELECT * {{ :a :b {'[ :p ' * 3000}{']' * 3000} }}",
    "a deep path": f"SELECT * {{ ?s {'(' * 2000}:p{')*' * 2000} ?o }}",
    "a wide path": f"SELECT * {{ ?s {'/'.join([':p'] * 3000)} ?o }}",
    "paths everywhere": "SELECT * { ?a (!:x)* ?b . ?b (!:y)* ?c . ?c (!:z)* ?d }",
    "a plan of 160 patterns": f"SELECT * {{ {'?s ?p ?o . ' * 160} }}",
    "a plan of a list": f"SELECT * {{ ?s ?p {', '.join('?o' + str(n) for n in range(160))} }}",
    "a plan without stops": "SELECT * { " + "{?s ?p ?o} " * 160 + "}",
    "a plan of optionals": "SELECT * { "
    + "".join(f"OPTIONAL {{?s{n} ?p ?o}} " for n in range(80))
    + "}",
    "texts that double": growing(40),
    "texts that double for long": growing(27),
    "texts that are replaced": "SELECT (STRLEN(REPLACE(REPLACE(REPLACE(REPLACE(?x, '.', ?x), '.', "
    f"?x), '.', ?x), '.', ?x)) AS ?n) {{ BIND('{'abcdefghij' * 6}' AS ?x) }}",
    "texts that are joined": "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d))) AS ?x) "
    "{ ?a ?b ?c . ?d ?e ?f }",
    "a pattern that goes back": "SELECT * { ?a ?b ?c . ?d ?e ?f "
    "FILTER REGEX(CONCAT(?c, ?f), '^(a+)+(b+)+(.*)*$') }",
    "a pattern that is huge": "SELECT * { ?a ?b ?c "
    "FILTER REGEX(?c, '(((((a{100}){100}){100}){100}){100})') }",
    "many values": f"SELECT * {{ VALUES ?x {{ {' '.join(str(n) for n in range(15000))} }} "
    f"VALUES ?y {{ {'1 ' * 1000} }} }}",
    "a huge limit": f"SELECT * {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {2**63 - 1} OFFSET {2**62}",
    "a list as long as a query": f"ASK {{ ?s ?p ({'1 ' * 20000}) }}",
    "a plan of a list of things": f"ASK {{ ?s ?p ({'?x ' * 200}) }}",
    "a plan of groups": f"ASK {{ {'{?s ?p ?o}' * 300} }}",
    "half a character": 'ASK { BIND("\\ud800" AS ?x) }',
    "a long text": f"ASK {{ BIND('{'x' * 200000}' AS ?x) }}",
    "a long name": f"ASK {{ ?{'x' * 90000} ?p ?o }}",
    "many prefixes": f"{'PREFIX a: <x:> ' * 5000} ASK {{}}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_question_breaks_the_server(name: str, target: Served) -> None:
    code, told = ask(target, BOMBS[name], accept=f"{JSON}, */*;q=0.5")
    if code == 200 and told.startswith(CUT):
        assert "truncated: " in told
    elif code == 200 and name != "a product constructed":
        assert json.loads(told)  # Whole, then.
    else:
        assert code in (400, 504), (code, told)
        assert told.strip()


def test_a_long_answer_is_never_short_in_silence(target: Served) -> None:
    everything = "SELECT * { GRAPH ?g { ?a ?b ?c } } "
    forms = {
        "application/sparql-results+json": '"truncated":"truncated: more than 20,000 rows"',
        "application/sparql-results+xml": "<!-- truncated: more than 20,000 rows -->",
        "text/csv": "# truncated: more than 20,000 rows",
        "text/tab-separated-values": "# truncated: more than 20,000 rows",
    }
    for accept, mark in forms.items():
        code, told = ask(target, "SELECT * { ?a ?b ?c . ?d ?e ?f }", accept=accept)
        assert code == 200
        assert told.startswith(CUT)
        assert mark in told
    for accept in (
        "text/turtle",
        "application/n-triples",
        "application/rdf+xml",
        "application/ld+json",
    ):
        construct = "CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }"
        code, told = ask(target, construct, accept=accept)
        assert code == 200
        assert told.startswith(CUT)
        assert "truncated: more than 20,000 triples" in told
    code, told = ask(target, everything + "LIMIT 15000", accept="text/csv")
    assert (code, len(told.splitlines())) == (200, 15001)


def test_a_short_answer_that_is_cut_says_so_in_its_head(store: Path) -> None:
    with serve(store, "--rows", "7") as served:
        line = "GET /sparql?format=csv&query=SELECT%20*%7B%3Fs%20%3Fp%20%3Fo%7D HTTP/1.1"
        response = raw(served, f"{line}\r\nHost: localhost\r\n\r\n".encode())
        head, _, body = response.partition(b"\r\n\r\n")
        assert b"nutrigraph-truncated: more than 7 rows" in head.lower()
        assert b"nutrigraph-limits: rows=7," in head.lower()
        assert not response.endswith(b"0\r\n\r\n")
        assert body.count(b"https://w3id.org/") >= 7
        assert ask(served, "SELECT * { ?s ?p ?o } LIMIT 7", accept="text/csv")[1].count("\n") == 8
        code, told = ask(served, "SELECT * { ?s ?p ?o } LIMIT 8", accept="text/csv")
        assert (code, told.startswith(CUT)) == (200, True)


def test_one_text_as_large_as_an_answer_is_not_held_by_the_server(target: Served) -> None:
    """Nobody reads it: what the server holds of it shows."""
    form = urlencode({"query": growing(22).replace("(STRLEN(?x22) AS ?n)", "?x22")})
    head = "POST /sparql HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\nContent-Length: "
    kind = "Content-Type: application/x-www-form-urlencoded"
    request = f"{head}{len(form)}\r\n{kind}\r\n\r\n{form}".encode()
    place = urlsplit(target.address)
    before, largest = resident(target.process.pid), 0
    with ExitStack() as stack:
        for _ in range(2):
            client = socket.create_connection((str(place.hostname), place.port or 80))
            stack.enter_context(client).sendall(request)
            assert client.recv(12) == b"HTTP/1.1 200"
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            largest = max(largest, resident(target.process.pid))
    assert largest < before + (30 << 20)


def test_fifty_bombs_at_once(target: Served) -> None:
    """Half of them name no variable; each client gives up after a while, if it is not told to."""
    found: list[tuple[int, str]] = []

    def throw(bomb: str) -> None:
        try:
            found.append(ask(target, bomb, timeout=8))
        except TimeoutError:
            found.append((0, "left"))

    threads = [threading.Thread(target=throw, args=(bomb,)) for bomb in [BOMB, NAMELESS] * 25]
    for thread in threads:
        thread.start()
    asked = 0
    while any(thread.is_alive() for thread in threads):
        assert ask(target, "ASK {}", timeout=5) == (200, '{"head":{},"boolean":true}')
        asked += 1
    for thread in threads:
        thread.join()
    assert asked > 5
    assert len(found) == 50
    assert {code for code, told in found if '"boolean"' not in told} <= {0, 503, 504, 429}
