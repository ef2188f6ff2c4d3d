"""What a question costs over raw pyoxigraph, in Python and over HTTP, beside rdflib-endpoint; load.

python benchmarks/endpoint.py           measure, print, write the section of RESULTS.md
python benchmarks/endpoint.py --quick   a few rounds, five seconds of load, and write nothing
"""

from __future__ import annotations

import argparse
import http.client
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Final
from urllib.parse import urlencode

import pyoxigraph as ox
from results import machine, table, write_section

import nutrigraph
from nutrigraph.build import build
from nutrigraph.queries import named_queries
from nutrigraph.terms import INFERRED, PREFIXES, ontology_folder

JSON: Final = "application/sparql-results+json"
PROLOGUE: Final = f"PREFIX : <{PREFIXES['']}> "
TEN: Final = PROLOGUE + (
    "SELECT ?claim ?says ?other ?population { GRAPH ?d { ?claim :statement ?says ; :evidence ?e . "
    "?e :population ?population . ?f :population ?population . ?other :evidence ?f } } LIMIT 700"
)
ROWS: Final = PROLOGUE + "SELECT ?a ?b ?c ?d { ?a ?b ?c . ?d a :Predicate } LIMIT 100000"
BOMB: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CLIENTS: Final = 32
PEER: Final = """
import sys
import rdflib, uvicorn
from rdflib_endpoint import SparqlEndpoint
data = rdflib.Dataset(default_union=True)
data.parse(sys.argv[1], format="nquads")
uvicorn.run(SparqlEndpoint(graph=data), host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
"""
TEXT: Final = """## The endpoint

`python benchmarks/endpoint.py`. {machine}

The same questions of the same graph: of pyoxigraph itself, of the Python object, over HTTP (one
connection kept open), and of rdflib-endpoint, which runs rdflib's own engine. Medians of {rounds}
rounds, by the clock; the peer's of {peer_rounds}.

{costs}

100,000 rows of four columns, from the question to the last byte; the engine's own time is that of
writing them to nowhere.

{streams}

{clients} clients for {seconds} s, each asking at random one of the {questions} named questions,
`ASK {{}}` or 4,000 rows: {load}

`ASK {{}}`, once after the other, while 50 clients ask a product of three patterns that never ends:
{bombs}

- Through the Python object at most 1.3 times raw: **{object_met}** ({object_ratio:.2f}).
- Over HTTP at most 25 ms more: **{http_met}** ({http_more:.1f} ms).
- Rows at no less than half the engine's rate: **{rows_met}** ({rows_rate:.0%}).
- No error under load: **{load_met}**.
- `ASK {{}}` under a second whatever else is asked: **{ask_met}** ({ask_worst:.2f} s at worst).
"""


class Sink:
    """Takes bytes and keeps none."""

    def write(self, data: bytes) -> int:
        """Take some."""
        return len(data)

    def flush(self) -> None:
        """Do nothing."""


def timed(ask: Callable[[], object], rounds: int) -> float:
    """Return the median seconds of some calls, after one that is not counted."""
    ask()
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        ask()
        found.append(time.perf_counter() - begun)
    return median(found)


@contextmanager
def ours(store: Path, *options: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Serve a store; give the port and the process."""
    command = [sys.executable, "-m", "nutrigraph", "serve", "--store", str(store), "--port", "0"]
    process = subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        line = next(line for line in process.stdout if line.startswith("SPARQL:"))
        yield int(line.rsplit(":", 1)[1].partition("/")[0]), process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def peer(file: Path) -> Iterator[int]:
    """Serve the same quads with rdflib-endpoint; give the port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", PEER, str(file), str(port)])
    try:
        while True:
            try:
                Client(port, "/").ask("ASK {}")
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait()


class Client:
    """One connection that is kept open."""

    def __init__(self, port: int, path: str = "/sparql") -> None:
        """Connect when first asked."""
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.path = path

    def ask(self, text: str, accept: str = JSON) -> bytes:
        """Return an answer."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        self.connection.request("POST", self.path, urlencode({"query": text}), kind)
        response = self.connection.getresponse()
        data = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {data[:200]!r}")
        return data


def costs(kg: nutrigraph.KnowledgeGraph, file: Path, port: int, rounds: int) -> dict[str, float]:
    """Return the seconds of the question that takes about ten milliseconds, in four ways."""
    raw = kg.store.local
    graphs = [ox.DefaultGraph(), ox.NamedNode(INFERRED)]
    client = Client(port)
    found = {
        "pyoxigraph": timed(lambda: len(list(raw.query(TEN, default_graph=graphs))), rounds),
        "the Python object": timed(lambda: len(kg.query(TEN)), rounds),
        "over HTTP": timed(lambda: client.ask(TEN), rounds),
    }
    with peer(file) as other:
        slow = Client(other, "/")
        found["rdflib-endpoint"] = timed(lambda: slow.ask(TEN), 3)
        found["rdflib-endpoint, rows"] = timed(lambda: slow.ask(ROWS), 1)
    return found


def streams(
    kg: nutrigraph.KnowledgeGraph, port: int, rounds: int
) -> dict[str, tuple[float, float]]:
    """Return, by form, the engine's own seconds for 100,000 rows and those over HTTP."""
    raw, client = kg.store.local, Client(port)
    graphs = [ox.DefaultGraph(), ox.NamedNode(INFERRED)]
    forms = {
        JSON: ox.QueryResultsFormat.JSON,
        "text/csv": ox.QueryResultsFormat.CSV,
        "text/tab-separated-values": ox.QueryResultsFormat.TSV,
    }
    found = {}
    for media, form in forms.items():

        def own(form: ox.QueryResultsFormat = form) -> None:
            answer = raw.query(ROWS, default_graph=graphs)
            assert isinstance(answer, ox.QuerySolutions)
            answer.serialize(Sink(), form)  # type: ignore[arg-type]

        asked = timed(lambda media=media: client.ask(ROWS, media), rounds)  # type: ignore[misc]
        found[media] = timed(own, rounds), asked
    return found


def resident(process: int) -> int:
    """Return the memory of a process and its children, in MB."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if process in (parent, int(entry.name)):
                    told = (entry / "status").read_text().partition("VmRSS:")[2]
                    total += int(told.split()[0]) if told else 0
            except OSError:
                continue
    return total >> 10


def load(port: int, process: int, seconds: float) -> tuple[list[float], list[str], list[int]]:
    """Ask with many clients; return the seconds of each answer, the errors, memory over time."""
    questions = [PROLOGUE + query.text for query in named_queries()]
    questions += ["ASK {}", "SELECT * { GRAPH ?g { ?a ?b ?c } } LIMIT 4000"]
    taken: list[float] = []
    wrong: list[str] = []
    end = time.perf_counter() + seconds

    def ask(number: int) -> None:
        client, chance = Client(port), random.Random(number)  # noqa: S311
        while time.perf_counter() < end:
            begun = time.perf_counter()
            try:
                client.ask(chance.choice(questions))
            except (OSError, RuntimeError, http.client.HTTPException) as error:
                wrong.append(str(error))
            taken.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    memory = []
    while any(thread.is_alive() for thread in threads):
        memory.append(resident(process))
        time.sleep(min(1.0, seconds / 10))
    for thread in threads:
        thread.join()
    return taken, wrong, memory


def bombs(port: int) -> list[float]:
    """Return how long ``ASK {}`` took, each time, while fifty clients ask what never ends."""

    def throw() -> None:
        try:
            Client(port).ask(BOMB)
        except (OSError, RuntimeError, http.client.HTTPException):
            return

    threads = [threading.Thread(target=throw) for _ in range(50)]
    for thread in threads:
        thread.start()
    client, found = Client(port), []
    while any(thread.is_alive() for thread in threads):
        begun = time.perf_counter()
        client.ask("ASK {}")
        found.append(time.perf_counter() - begun)
        time.sleep(0.02)
    return found


def main() -> None:
    """Measure, print, and write down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    rounds, seconds = (5, 5.0) if quick else (41, 60.0)
    with tempfile.TemporaryDirectory() as folder:
        store, file = Path(folder) / "store", Path(folder) / "all.nq"
        build(ontology_folder(), store)
        kg = nutrigraph.open(store)
        file.write_text("".join(kg.export("nquads")), encoding="utf-8")
        with ours(store) as (port, process):
            Client(port).ask("ASK {}")
            cost = costs(kg, file, port, rounds)
            stream = streams(kg, port, max(3, rounds // 4))
            before = resident(process.pid)
            taken, wrong, memory = load(port, process.pid, seconds)
        with ours(store, "--timeout", "5") as (port, _):
            asked = bombs(port)
    raw = cost["pyoxigraph"]
    rate = min(own / http_ for own, http_ in stream.values())
    cuts = quantiles(taken, n=100)
    told = (
        f"{len(taken):,} answers ({len(taken) / seconds:,.0f} a second), {len(wrong)} errors; "
        f"median {median(taken) * 1000:.0f} ms, 99 % within {cuts[98] * 1000:.0f} ms, the slowest "
        f"{max(taken) * 1000:.0f} ms. Memory of all its processes: {before} MB before, "
        f"{max(memory)} MB at most, {memory[-1]} MB at the end."
    )
    text = TEXT.format(
        machine=machine("pyoxigraph", "rdflib", "rdflib-endpoint", "starlette", "uvicorn"),
        rounds=rounds,
        peer_rounds=3,
        costs=table(
            ("question of about 10 ms", "ms", "times raw"),
            [
                (name, f"{took * 1000:.1f}", f"{took / raw:.2f}")
                for name, took in cost.items()
                if "rows" not in name
            ],
        ),
        streams=table(
            ("100,000 rows", "engine, ms", "over HTTP, ms", "share of the engine's rate"),
            [
                (media, f"{own * 1000:.0f}", f"{took * 1000:.0f}", f"{own / took:.0%}")
                for media, (own, took) in stream.items()
            ]
            + [("rdflib-endpoint, JSON", "", f"{cost['rdflib-endpoint, rows'] * 1000:,.0f}", "")],
        ),
        clients=CLIENTS,
        seconds=f"{seconds:g}",
        questions=len(named_queries()),
        load=told,
        bombs=f"{len(asked)} times, median {median(asked) * 1000:.0f} ms, the slowest "
        f"{max(asked) * 1000:.0f} ms.",
        object_met=met(cost["the Python object"] <= 1.3 * raw),
        object_ratio=cost["the Python object"] / raw,
        http_met=met(cost["over HTTP"] <= raw + 0.025),
        http_more=(cost["over HTTP"] - raw) * 1000,
        rows_met=met(rate >= 0.5),
        rows_rate=rate,
        load_met=met(not wrong),
        ask_met=met(max(asked) < 1),
        ask_worst=max(asked),
    )
    print(text)
    for line in sorted(set(wrong))[:5]:
        print(line)
    if not quick:
        write_section("endpoint", text)


def met(fact: bool) -> str:
    """Return whether a bound was kept, in a word."""
    return "met" if fact else "not met"


if __name__ == "__main__":
    main()
