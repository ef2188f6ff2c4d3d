"""Filling an engine: what is sent and in which order, and what is said when it goes wrong."""

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from tests.misbehaving import TRUE, Reply, Server, hang_up, reply, serve

from nutrigraph.cli import main
from nutrigraph.errors import StoreError, UnknownName
from nutrigraph.remote import push, pushing
from nutrigraph.remote import wire as wires
from nutrigraph.store import Embedded, open_store
from nutrigraph.terms import ASSERTED, BASE, INFERRED

LINE = "<http://e/a> <http://e/b> <http://e/c>"
TAKEN = reply(201)
WANTS = reply(401, WWW_Authenticate='Digest realm="r", nonce="n", qop="auth", algorithm="MD5"')


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "PASSWORD", "TOKEN", "TIMEOUT"):
        monkeypatch.delenv(f"NUTRIGRAPH_{name}", raising=False)
    monkeypatch.setattr(wires, "time", SimpleNamespace(sleep=lambda _: None))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A file of four graphs; the text in the first has a line end in it."""
    file = tmp_path / "small.nq"
    file.write_text(
        f'<http://e/a> <http://e/b> "two\\nlines"@en .\n{LINE} .\n'
        + "".join(
            f"{LINE} <{BASE}{name}> .\n"
            for name in ("inferred", "document/one", "declared/two", "source/three")
        )
    )
    return file


def named(server: Server) -> list[tuple[str, str]]:
    """The graphs that requests were about, each with the method."""
    return [
        (asked.method, parse_qs(urlsplit(asked.target).query)["graph"][0]) for asked in server.asked
    ]


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["push", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_each_graph_is_put_whole_and_the_asserted_one_last(small: Path) -> None:
    with serve(TAKEN) as server:
        code, out, err = run(server.url, "--store", str(small))
        order = [f"{BASE}{n}" for n in ("declared/two", "document/one", "source/three", "inferred")]
        assert named(server) == [("PUT", name) for name in [*order, ASSERTED]]
        last = server.asked[-1]
    assert (code, err) == (0, "")
    assert last.headers["content-type"] == "text/turtle"
    assert int(last.headers["content-length"]) == len(last.body)
    assert {str(quad.triple) for quad in ox.parse(last.body, format=ox.RdfFormat.TURTLE)} == {
        '<http://e/a> <http://e/b> "two\\nlines"@en',
        LINE,
    }
    assert out.splitlines()[-1] == f"{ASSERTED}: 2 triples (not counted there: name --sparql)"


def test_some_graphs_alone(small: Path) -> None:
    with serve(TAKEN) as server:
        code, out, _ = run(
            server.url, "--store", str(small), "--json",
            "--graph", "asserted", "--graph", f"{BASE}document/one",
        )  # fmt: skip
        assert named(server) == [("PUT", f"{BASE}document/one"), ("PUT", ASSERTED)]
        assert code == 0
        assert [record["name"] for record in json.loads(out)] == [f"{BASE}document/one", ASSERTED]
        server.asked.clear()
        with pytest.raises(UnknownName, match="nearest: document/one"):
            list(push(open_store(small), server.url, graphs=["document/on"]))
        assert server.asked == []


def _holding(graphs: dict[str, int]) -> Reply:
    """Take graphs, and say that these are there, with so many triples."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.command != "POST":
            return TAKEN(handler)
        text = handler.server.asked[-1].form["query"][0]  # type: ignore[attr-defined]
        if "COUNT" in text:
            number = next(n for name, n in graphs.items() if f"<{name}>" in text)
            kind = "http://www.w3.org/2001/XMLSchema#integer"
            rows = [{"n": {"type": "literal", "datatype": kind, "value": str(number)}}]
            found = {"head": {"vars": ["n"]}, "results": {"bindings": rows}}
        else:
            rows = [{"g": {"type": "uri", "value": name}} for name in graphs]
            found = {"head": {"vars": ["g"]}, "results": {"bindings": rows}}
        return reply(200, json.dumps(found).encode())(handler)

    return answer


SMALL = {
    **{f"{BASE}{name}": 1 for name in ("declared/two", "document/one", "source/three", "inferred")},
    ASSERTED: 2,
}


def test_what_is_out_of_date_is_deleted_after_the_rest(small: Path) -> None:
    stray, foreign = f"{BASE}document/gone", "http://example.org/of-others"
    with serve(_holding({**SMALL, stray: 5, foreign: 7})) as server:
        code, out, _ = run(server.url, "--sparql", server.url, "--store", str(small))
        deleted = [name for method, name in named_puts(server) if method == "DELETE"]
        assert named_puts(server)[-1][0] == "DELETE"
    assert code == 0
    # What others keep there stays.
    assert deleted == [stray]
    assert out.splitlines()[-1] == f"{stray}: deleted"
    assert "not counted" not in out


def test_nothing_is_deleted_when_some_graphs_are_named(small: Path) -> None:
    with serve(_holding({**SMALL, f"{BASE}document/gone": 5})) as server:
        list(push(open_store(small), server.url, sparql=server.url, graphs=["asserted"]))
        assert named_puts(server) == [("PUT", ASSERTED)]


def named_puts(server: Server) -> list[tuple[str, str]]:
    kept = [asked for asked in server.asked if asked.method != "POST"]
    return named(Server(server.url, [], kept))


def test_a_graph_of_which_a_part_is_lost_is_put_again(small: Path) -> None:
    there = {**SMALL, f"{BASE}declared/two": 0}
    take = _holding(there)

    def loses(handler: BaseHTTPRequestHandler) -> None:
        take(handler)
        if len(server.asked) == 2:
            there[f"{BASE}declared/two"] = 1

    with serve(loses) as server:
        pushed = list(push(open_store(small), server.url, sparql=server.url))
        twice = [name for _, name in named_puts(server)][:2]
    assert twice == [f"{BASE}declared/two"] * 2
    assert all(graph.verified for graph in pushed)


def test_a_graph_that_did_not_come_whole(small: Path) -> None:
    with serve(_holding({**SMALL, f"{BASE}document/one": 0})) as server:
        code, out, err = run(server.url, "--sparql", server.url, "--store", str(small))
    assert code == 2
    assert f"holds 0 triples in {BASE}document/one, not the 1 that were sent" in err
    assert ASSERTED not in out


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "refuses what was sent"),
        (401, "wants to be told NUTRIGRAPH_USER"),
        (403, "does not allow that"),
        (404, "is not there"),
        (405, "is this the right one of its addresses?"),
        (413, "takes no request that large"),
        (507, "has no room left"),
    ],
)
def test_an_engine_that_takes_nothing(status: int, said: str, small: Path) -> None:
    with serve(reply(status, b"so it is", "text/plain")) as server:
        code, out, err = run(server.url, "--store", str(small))
        assert len(server.asked) == 1
    assert (code, out) == (2, "")
    assert err.startswith(f"nutrigraph: {BASE}declared/two was not put whole: {server.url} ")
    assert said in err
    assert err.count("\n") == 1


def test_a_deadlock_of_the_engines_own_is_tried_again(small: Path) -> None:
    words = b"<html><h3>Error 40001</h3><xmp>SR172: Transaction deadlocked</xmp></html>"
    locked = reply(500, words, "text/html")
    with serve(locked, locked, TAKEN) as server:
        (first, *_) = push(open_store(small), server.url)
        assert [name for _, name in named(server)][:3] == [first.name] * 3
    with serve(locked) as server:
        with pytest.raises(StoreError, match=r"was not put whole: .*Transaction deadlocked"):
            list(push(open_store(small), server.url))
        assert len(server.asked) == 4


def test_a_large_graph_is_sent_once_to_a_server_that_asks_who_asks(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUTRIGRAPH_USER", "anna")
    monkeypatch.setenv("NUTRIGRAPH_PASSWORD", "secret")
    monkeypatch.setattr(pushing, "_SMALL", 0)
    with serve(WANTS, WANTS, TAKEN) as server:
        list(push(open_store(small), server.url, graphs=["asserted"]))
        methods = [asked.method for asked in server.asked]
    assert methods == ["HEAD", "HEAD", "HEAD", "PUT"]


def test_what_is_too_much_for_one_request_is_sent_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "five.nt"
    file.write_text("".join(f"<http://e/{n}> <http://e/b> <http://e/c> .\n" for n in range(5)))
    monkeypatch.setattr(pushing, "_LINES", 2)
    locked = reply(500, b"Error 40001", "text/plain")
    with serve(TAKEN, locked, TAKEN) as server:
        (graph,) = push(open_store(file), server.url)
        sent = [(asked.method, asked.body.count(b"<http://e/b>")) for asked in server.asked]
        whole = b"".join(asked.body for asked in server.asked[:1] + server.asked[2:])
    assert graph.triples == 5
    # The second part met a deadlock, and was sent again.
    assert sent == [("PUT", 2), ("POST", 2), ("POST", 2), ("POST", 1)]
    assert set(ox.parse(whole, format=ox.RdfFormat.TURTLE)) == set(ox.parse(path=file))
    refused = pytest.raises(StoreError, match=r"was not put whole: .* refuses what was sent")
    with serve(TAKEN, reply(400, b"no", "text/plain")) as server, refused:
        list(push(open_store(file), server.url))


def test_an_empty_graph_is_put_as_well(small: Path) -> None:
    raw = open_store(small).raw
    store = Embedded("here", raw=ox.Store())
    store.raw.extend(quad for quad in raw if quad.graph_name != ox.DefaultGraph())
    with serve(TAKEN) as server:
        (graph,) = push(store, server.url, graphs=["asserted"])
        (asked,) = server.asked
        assert asked.method == "PUT"
        assert list(ox.parse(asked.body, format=ox.RdfFormat.TURTLE)) == []
    assert graph.triples == 0


def test_a_body_is_sent_whole_again_after_a_connection_that_failed(small: Path) -> None:
    with serve(hang_up, reply(503), TAKEN) as server:
        list(push(open_store(small), server.url, graphs=["asserted"]))
        bodies = {asked.body for asked in server.asked}
        assert len(server.asked) == 3
    assert len(bodies) == 1
    assert bodies.pop().count(b"<http://e/b>") == 2


def test_a_graph_without_an_iri_is_refused_before_anything_is_sent() -> None:
    raw = ox.Store()
    raw.load(f"{LINE} _:graph .".encode(), format=ox.RdfFormat.N_QUADS)
    with serve(TAKEN) as server:
        with pytest.raises(Exception, match="is named by a blank node"):
            list(push(Embedded("here", raw=raw), server.url))
        assert server.asked == []


def test_what_is_pushed_lies_here(small: Path) -> None:
    with serve(reply(200, TRUE)) as server:
        code, _, err = run(server.url, "--store", server.url)
        assert code == 2
        assert "is an address: here a build folder or an RDF file is needed" in err
        assert server.asked == []
    assert run("ftp://example.org/", "--store", str(small))[0] == 2


def test_inferred_is_not_deleted_where_a_store_has_none(tmp_path: Path) -> None:
    file = tmp_path / "plain.nt"
    file.write_text(f"{LINE} .\n")
    with serve(_holding({ASSERTED: 1, INFERRED: 3})) as server:
        names = [graph.name for graph in push(open_store(file), server.url, sparql=server.url)]
    assert names == [ASSERTED]
