"""How fast paths over two million edges are found on an engine elsewhere, and if they are right.

    python benchmarks/engines.py           measure, print, write the section `engines` of RESULTS.md
    python benchmarks/engines.py --quick   three pairs of each group, and write nothing

Starts Virtuoso 7 (Debian's `virtuoso-opensource-7`) and `nutrigraph serve` by itself. The data is
found through ``NUTRIGRAPH_DATA``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from imports import command, judged, questions, run, told
from results import data_folder, machine, table, write_section

sys.path.append(str(Path(__file__).resolve().parent.parent))

from tests.engines import Virtuoso, virtuoso
from tests.serving import serve

import nutrigraph
from nutrigraph.build import build
from nutrigraph.edges import RemoteSource, open_sources, paths_in
from nutrigraph.store import open_store
from nutrigraph.terms import ASSERTED, ontology_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nutrigraph.graph import KnowledgeGraph

    Ends = tuple[int, int]

BEST, MEGABYTES, SECONDS = 10, 1500, 10
TEXT: Final = """## Paths on an engine elsewhere

`python benchmarks/engines.py`. {machine}

A store with the {edges:,} edges of `scale/` lies on two engines, each on the same
machine as the client: Virtuoso 7 with {megabytes:,} MB of buffers, filled by its bulk loader in
{loaded:.0f} s, and `nutrigraph serve`. They are asked for the ten best paths of {pairs} random
pairs of a compound and a disease, and of the {pairs} most connected of both, by SPARQL alone.
*Equal* counts the answers that are the same, field by field, as those from the arrays beside the
store. Each figure is the median over pairs, then the worst. Names are known by IRI, and what claims
are made of has been read before.

{paths}

Opening the source, with all that it declares: {opened}.

{verdicts}"""


@dataclass(frozen=True)
class Asked:
    """What one question took: seconds by the clock, requests, edges; and whether it is right."""

    seconds: float
    trips: int
    edges: int
    equal: bool


def fill(store: Path, engine: Virtuoso, room: Path) -> float:
    """Load a store into an engine with its own loader; return the seconds that takes."""
    raw, statements = open_store(store).raw, []
    for number, graph in enumerate((ox.DefaultGraph(), *raw.named_graphs())):
        name = ASSERTED if isinstance(graph, ox.DefaultGraph) else graph.value
        with (room / f"{number}.nt").open("w", encoding="utf-8") as lines:
            for quad in raw.quads_for_pattern(None, None, None, graph):
                lines.write(f"{quad.triple} .\n")
        statements.append(f"ld_dir ('{room}', '{number}.nt', '{name}');")
    begin = time.monotonic()
    subprocess.run(
        ["isql-vt", str(engine.sql), engine.user, engine.password],
        input="\n".join([*statements, "rdf_loader_run ();", "checkpoint;"]),
        stdout=subprocess.DEVNULL, encoding="utf-8", check=True,
    )  # fmt: skip
    return time.monotonic() - begin


def ask(kg: KnowledgeGraph, there: RemoteSource, pairs: Sequence[Ends], hops: int) -> list[Asked]:
    """Ask some questions of the arrays and of an engine."""
    (here,) = kg.sources
    found, came = [], [0]
    there.watch = lambda edges: came.append(edges)
    for ends in pairs:
        told(there.store.place, hops, len(found))
        names = [here.iri(end) for end in ends]
        wanted = paths_in(here, ends, kg.vocabulary, max_hops=hops, top=BEST, filters={})
        trips, begin = there.store.round_trips, time.perf_counter()
        got = paths_in(
            there, (names[0], names[1]), kg.vocabulary, max_hops=hops, top=BEST, filters={}
        )
        seconds = time.perf_counter() - begin
        found.append(Asked(seconds, there.store.round_trips - trips, came[-1], got == wanted))
    return found


def opened(place: str) -> tuple[RemoteSource, str]:
    """Return the source at an address, and what opening it took."""
    store = nutrigraph.open(place).store
    begin = time.perf_counter()
    (source,) = open_sources(store)
    if not isinstance(source, RemoteSource) or not source.record["predicates"]:
        raise RuntimeError(f"{place} holds no source")
    seconds = time.perf_counter() - begin
    return source, f"{seconds:.1f} s in {store.round_trips} requests"


def row(label: str, some: Sequence[Asked]) -> tuple[object, ...]:
    """Return a line of the table: medians, then the worst."""
    seconds, trips, edges = (
        [getattr(one, part) for one in some] for part in ("seconds", "trips", "edges")
    )
    return (
        label,
        f"{median(seconds):.2f} / {max(seconds):.2f}",
        f"{median(trips):.0f} / {max(trips)}",
        f"{median(edges):,.0f} / {max(edges):,}",
        f"{sum(one.equal for one in some)} of {len(some)}",
    )


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a small run that writes nothing")
    quick = parser.parse_args().quick
    pairs = 3 if quick else 20
    rows, opening, worst = [], [], {}
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        (engine_room := room / "virtuoso").mkdir()
        told("import")
        build(ontology_folder(), room / "store")
        run(*command(data_folder() / "scale", room / "store"))
        kg = nutrigraph.open(room / "store")
        (source,) = kg.sources
        groups = questions(source, pairs)
        with virtuoso(engine_room, megabytes=MEGABYTES) as engine, serve(room / "store") as server:
            told("fill")
            loaded = fill(room / "store", engine, engine_room)
            for label, place in (("Virtuoso", engine.sparql), ("our own", server.sparql)):
                there, took = opened(place)
                opening.append(f"{label} {took}")
                for hops in (3, 4):
                    for group, some in groups.items():
                        found = ask(kg, there, some, hops)
                        rows.append(row(f"{label}, ≤ {hops} hops, {group}", found))
                        worst[label, hops, group] = found
    found = [one for some in worst.values() for one in some]
    slowest = max(
        one.seconds for (label, *_), some in worst.items() if label == "Virtuoso" for one in some
    )
    verdicts = [
        judged(f"≤ 4 hops on Virtuoso within {SECONDS} s", slowest <= SECONDS, f"{slowest:.1f} s"),
        judged(
            "The same answers on all three stores", all(one.equal for one in found),
            f"{sum(one.equal for one in found)} of {len(found)}",
        ),
    ]  # fmt: skip
    text = TEXT.format(
        machine=machine("numpy", "pyoxigraph", "httpx2"),
        edges=kg.store.imports[0]["counts"]["edges"],
        megabytes=MEGABYTES,
        loaded=loaded,
        pairs=pairs,
        paths=table(("", "seconds", "requests", "edges", "equal"), rows),
        opened="; ".join(opening),
        verdicts="\n".join(verdicts),
    )
    told("")
    print(text)
    if not quick:
        write_section("engines", text)


if __name__ == "__main__":
    main()
