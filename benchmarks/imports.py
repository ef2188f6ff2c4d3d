"""How fast two million edges enter a store, what it takes, whether a kill harms, and paths after.

    python benchmarks/imports.py           measure, print, write the section `imports` of RESULTS.md
    python benchmarks/imports.py --quick   one round and two kills, and write nothing

The data is found through ``NUTRIGRAPH_DATA``.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np
from results import data_folder, machine, table, write_section

import nutrigraph
from nutrigraph.build import build
from nutrigraph.edges import EdgeSource
from nutrigraph.edges.search import search
from nutrigraph.paths import Filters
from nutrigraph.store import open_store
from nutrigraph.terms import SOURCES, ontology_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED, BEST, SHARE = 20, 10, 10
PEER: Final = """
import sys
import pyoxigraph
store = pyoxigraph.Store(sys.argv[2])
with open(sys.argv[1], "rb") as lines:
    store.bulk_load(lines, pyoxigraph.RdfFormat.N_QUADS)
store.flush()
"""
RDFLIB: Final = """
import sys
import rdflib
rdflib.Dataset().parse(sys.argv[1], format="nquads")
"""
TEXT: Final = """## Import of edges

`python benchmarks/imports.py`. {machine}

`nutrigraph import edges` of `scale/` ({nodes:,} nodes, {edges:,} edges, gzipped tables) into a
store that holds the ontology: read, checked, written as {quads:,} quads, sorted into arrays, made
current. Beside it, in turns, peers load the same quads from N-Quads that lie ready: they check no
table and make no arrays. Medians of {rounds}; each run is a process of its own, and all its threads
count.

{loads}

Killed with SIGKILL at {kills} random moments of a run (seed {seed}), then asked for what the former
store held: **intact and answering {intact} of {kills} times**. A table whose last line but one is
broken: {broken}

Paths between a compound and a disease of it: {pairs} random pairs and the {pairs} most connected of
both, rank by rank, the ten best. CPU ms, medians of three runs, then over pairs. *Search* is what
finds the routes; *answer* is the whole of `kg.paths`, with every edge of every hop, its judgement
and its words. An edge of this source weighs 0.03 at most, which lets short routes win soon; the
section on speed asks without that.

{paths}

Opening the arrays of the source and the names of its nodes, and looking up one: {opened:.1f} ms by
the clock.

{verdicts}"""


@dataclass(frozen=True)
class Run:
    """What a process took: CPU seconds, seconds by the clock, most memory in MB."""

    cpu: float
    clock: float
    peak: float


def told(*what: object) -> None:
    """Say how far it is, on a terminal."""
    if sys.stderr.isatty():
        print("\r\x1b[K", *what, end="", file=sys.stderr, flush=True)


def run(*words: str | Path) -> Run:
    """Run Python to its end."""
    begin = time.monotonic()
    process = subprocess.Popen([sys.executable, *map(str, words)], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{words[:4]} ended with {process.returncode}")
    peak = used.ru_maxrss * 1024 / 1e6
    return Run(used.ru_utime + used.ru_stime, time.monotonic() - begin, peak)


def command(folder: Path, store: Path) -> list[str]:
    """Return the words that import the data into a store."""
    files = [str(folder / name) for name in ("nodes.tsv.gz", "predicates.tsv", "edges.tsv.gz")]
    words = ["-m", "nutrigraph", "import", "edges", *files]
    return [*words, "--mapping", "scale", "--store", str(store)]


def compare(folder: Path, room: Path, rounds: int) -> tuple[dict[str, list[Run]], int]:
    """Return the runs of ours and of the peers, in turns, and how many quads they load."""
    build(ontology_folder(), room / "store")
    found: dict[str, list[Run]] = {"ours": [], "pyoxigraph": [], "rdflib": []}
    lines, sample, quads = room / "all.nq", room / "sample.nq", 0
    for number in range(rounds):
        told("import", number)
        build(ontology_folder(), room / "store", fresh=True)
        found["ours"].append(run(*command(folder, room / "store")))
        if not quads:
            quads = dump(room / "store", lines, sample)
        told("pyoxigraph", number)
        found["pyoxigraph"].append(run("-c", PEER, lines, room / "peer"))
        shutil.rmtree(room / "peer")
        told("rdflib", number)
        found["rdflib"].append(run("-c", RDFLIB, sample))
    return found, quads


def dump(store: Path, lines: Path, sample: Path) -> int:
    """Write the quads of the source, and one in so many of them; return how many there are."""
    raw, number = open_store(store).raw, 0
    names = [item for item in raw.named_graphs() if item.value.startswith(SOURCES)]
    quads = chain.from_iterable(raw.quads_for_pattern(None, None, None, name) for name in names)
    with lines.open("w", encoding="utf-8") as whole, sample.open("w", encoding="utf-8") as part:
        for number, quad in enumerate(quads, start=1):
            line = f"{quad} .\n"
            whole.write(line)
            if number % SHARE == 0:
                part.write(line)
    return number


def state(store: Path) -> tuple[str, int, int, str]:
    """Return what a store answers: its build, its quads, its claims, its best path."""
    kg = nutrigraph.open(store)
    best = kg.paths("magnesium", "miscarriage").paths[0].sentence
    return kg.build, len(kg.store.raw), len(kg.claims()), best


def kill(folder: Path, store: Path, whole: float, times: int) -> int:
    """Kill imports at random moments; return how often the store was as before."""
    build(ontology_folder(), store, fresh=True)
    before, draw, intact = state(store), np.random.default_rng(SEED), 0
    for number in range(times):
        told("kill", number)
        process = subprocess.Popen(
            [sys.executable, *command(folder, store)],
            stdout=subprocess.DEVNULL,
        )
        time.sleep(draw.uniform(0.02, 0.98) * whole)
        process.send_signal(signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            raise RuntimeError("the import had ended before it was killed: run it again")
        intact += state(store) == before
    return intact


def spoil(folder: Path, room: Path, store: Path) -> str:
    """Import a table that is broken near its end; return what is said and what is left."""
    told("broken line")
    before = state(store), sorted(item.name for item in store.iterdir() if item.name[0] != ".")
    bad = room / "edges.tsv"
    with gzip.open(folder / "edges.tsv.gz", "rb") as lines, bad.open("wb") as copy:
        shutil.copyfileobj(lines, copy)
        copy.write(b"1\t2\n0\t0\t17497\t0.5\n")
    words = [str(bad) if word.endswith("edges.tsv.gz") else word for word in command(folder, store)]
    ended = subprocess.run([sys.executable, *words], capture_output=True, encoding="utf-8")
    after = state(store), sorted(item.name for item in store.iterdir())
    kept = "nothing is left behind" if after == before else "**something is left behind**"
    return f"“{ended.stderr.strip().replace(str(room) + '/', '')}”, and {kept}."


def questions(source: EdgeSource, number: int) -> dict[str, list[tuple[int, int]]]:
    """Return pairs of a compound and a disease: drawn at random, and the most connected."""
    degrees, draw = np.diff(source.arcs.starts), np.random.default_rng(SEED)
    ends = [
        np.flatnonzero((source.node_kinds == source.kinds.index(kind)) & (degrees > 0))
        for kind in ("Compound", "Disease")
    ]
    drawn = [draw.choice(some, number, replace=False).tolist() for some in ends]
    hubs = [some[np.argsort(-degrees[some], kind="stable")][:number].tolist() for some in ends]
    return {"random": list(zip(*drawn, strict=True)), "hub": list(zip(*hubs, strict=True))}


def timed(work: Callable[..., object], *given: object) -> float:
    """Return the CPU ms of one thread's work, the median of three runs."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        work(*given)
        times.append((time.process_time() - begin) * 1000)
    return median(times)


def ask(store: Path, number: int) -> Iterator[tuple[str, int, list[float]]]:
    """Yield what is asked, the hops, and the medians of random and hub pairs, search and answer."""
    kg = nutrigraph.open(store)
    (source,) = kg.sources
    groups = questions(source, number)
    for hops in (3, 4, 5):
        found = []
        for pairs in groups.values():
            told("paths", hops)
            search_ms, answer_ms = [], []
            for ends in pairs:
                names = [source.entity(end).id for end in ends]
                search_ms.append(timed(search, source, ends, Filters(), hops, BEST))
                answer_ms.append(timed(partial(kg.paths, max_hops=hops), *names))
            found += [median(search_ms), median(answer_ms)]
        yield f"ten best ≤ {hops}", hops, found


def opening(store: Path) -> float:
    """Return the ms by the clock to open the source and look up a node."""
    times = []
    for _ in range(5):
        folder = nutrigraph.open(store).sources[0].folder
        begin = time.perf_counter()
        source = EdgeSource.open(folder)
        touched = (source.find("goserelin"), source.arcs, source.edges)
        if None in touched:
            raise RuntimeError("goserelin must be there")
        times.append((time.perf_counter() - begin) * 1000)
    return median(times)


def judged(what: str, met: bool, figure: str) -> str:
    """Return a line that says whether what must hold holds."""
    return f"- {what}: **{'met' if met else 'missed'}** ({figure})."


def loads(runs: dict[str, list[Run]]) -> tuple[str, Run]:
    """Return the table of what loading takes, and the medians of ours."""
    middle = {
        name: Run(
            *(median(getattr(one, part) for one in some) for part in ("cpu", "clock", "peak"))
        )
        for name, some in runs.items()
    }
    ours = middle["ours"]
    rows = []
    for name, label, times in (
        ("ours", "**nutrigraph import edges**", 1),
        ("pyoxigraph", "pyoxigraph `bulk_load`, quads alone", 1),
        ("rdflib", f"rdflib in memory, 1 quad in {SHARE}, times {SHARE}", SHARE),
    ):
        one = middle[name]
        cpu = one.cpu * times
        rows.append(
            (
                label,
                f"{cpu:.0f}",
                f"{ours.cpu / cpu:.2f}",
                f"{one.clock * times:.0f}",
                f"{one.peak:,.0f}",
            )
        )
    head = ("", "CPU s", "ours / this", "clock s", "peak RSS MB")
    return table(head, rows), ours


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a small run that writes nothing")
    quick = parser.parse_args().quick
    rounds, kills, pairs = (1, 2, 3) if quick else (3, 10, 20)
    folder = data_folder() / "scale"
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        runs, quads = compare(folder, room, rounds)
        counts = nutrigraph.open(room / "store").store.imports[0]["counts"]
        rows, opened = list(ask(room / "store", pairs)), opening(room / "store")
        told_loads, ours = loads(runs)
        intact = kill(folder, room / "killed", ours.clock, kills)
        broken = spoil(folder, room, room / "killed")
    by_hops = {hops: figures for _, hops, figures in rows}
    verdicts = [
        judged("Import within 90 s CPU", ours.cpu <= 90, f"{ours.cpu:.0f} s"),
        judged("Import within 2 GB", ours.peak <= 2000, f"{ours.peak:,.0f} MB"),
        judged("Ten best ≤ 4 found in 2.0 ms CPU", max(by_hops[4][::2]) <= 2.0,
               f"{by_hops[4][0]:.2f} random, {by_hops[4][2]:.2f} hub"),
        judged("Ten best ≤ 5 found in 22 ms CPU", max(by_hops[5][::2]) <= 22,
               f"{by_hops[5][0]:.2f} random, {by_hops[5][2]:.2f} hub"),
        judged("Opening within 50 ms", opened <= 50, f"{opened:.1f} ms"),
        judged("No kill harms", intact == kills, f"{intact} of {kills}"),
    ]  # fmt: skip
    head = ("CPU ms", "search, random", "answer, random", "search, hub", "answer, hub")
    text = TEXT.format(
        machine=machine("numpy", "pyoxigraph", "rdflib"),
        nodes=counts["nodes"],
        edges=counts["edges"],
        quads=quads,
        rounds=rounds,
        loads=told_loads,
        kills=kills,
        seed=SEED,
        intact=intact,
        broken=broken,
        pairs=pairs,
        paths=table(head, [(label, *(f"{ms:.2f}" for ms in ms_all)) for label, _, ms_all in rows]),
        opened=opened,
        verdicts="\n".join(verdicts),
    )
    told("")
    print(text)
    if not quick:
        write_section("imports", text)


if __name__ == "__main__":
    main()
