"""How the server ends, what it does when workers or build change, and its pool under fire."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import threading
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from tests.attacking import BOMB, CUT, ask, assert_well
from tests.looping import run_apart
from tests.serving import Served, is_running, serve

from nutrigraph.build import build
from nutrigraph.builds import Draft, amend
from nutrigraph.server.frames import Question
from nutrigraph.server.limits import Limits
from nutrigraph.server.places import Ticket
from nutrigraph.server.pool import Busy, Cut, Pool, Refused, Stopped
from nutrigraph.server.serving import listen
from nutrigraph.server.workers import Worker
from nutrigraph.terms import ontology_folder

MIXED = (
    "ASK {}",
    "SELECT ?x { :magnesium :deficiencyImpairs ?x }",
    "SELECT * { ?a ?b ?c } LIMIT 3000",
    "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 100000",
    BOMB,
)


def ask_on(served: Served, stop: threading.Event, found: list[tuple[int, str]]) -> None:
    turn = 0
    while not stop.is_set():
        try:
            found.append(ask(served, MIXED[turn % len(MIXED)]))
        except OSError as error:  # Refused or cut: the server is going.
            found.append((0, str(error)))
            if stop.is_set():
                return
        turn += 1


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_under_load(way: signal.Signals, store: Path) -> None:
    with serve(store, "--timeout", "20") as served:
        stop, found = threading.Event(), list[tuple[int, str]]()
        threads = [threading.Thread(target=ask_on, args=(served, stop, found)) for _ in range(50)]
        for thread in threads:
            thread.start()
        while sum(code == 200 for code, _ in found) < 20:
            time.sleep(0.05)  # Until the load is on.
        workers = served.workers()
        assert workers
        stop.set()
        served.process.send_signal(way)
        served.process.wait(5)
        for thread in threads:
            thread.join()
        assert not [worker for worker in workers if is_running(worker)]
        with pytest.raises(ConnectionError):
            ask(served, "ASK {}")
        # What was answered was answered whole, or was seen to be cut.
        assert {code for code, _ in found} <= {0, 200, 503, 504}
        for code, told in found:
            assert code != 200 or told.startswith(CUT) or told.endswith("}")


def test_workers_do_not_outlive_a_server_that_is_killed(store: Path) -> None:
    with contextlib.suppress(AssertionError), serve(store) as served:
        workers = served.workers()
        ask(served, "ASK {}")
        served.process.kill()
        served.process.wait()
        end = time.monotonic() + 5
        while any(map(is_running, workers)) and time.monotonic() < end:
            time.sleep(0.02)  # The system ends them.
        assert workers
        assert not [worker for worker in workers if is_running(worker)], "they live on"


def test_a_worker_that_is_killed_is_replaced(store: Path) -> None:
    with serve(store, "--timeout", "20") as served:
        ask(served, "ASK {}")
        found: list[tuple[int, str]] = []
        thread = threading.Thread(target=lambda: found.append(ask(served, BOMB)))
        thread.start()
        time.sleep(0.5)  # Until it works on it; whichever is killed, all are replaced.
        for worker in served.workers():
            os.kill(worker, signal.SIGKILL)
        thread.join()
        assert found[0][0] == 504
        assert_well(served, 5)


def test_a_new_build_takes_over_without_one_failed_request(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    build(ontology_folder(), folder)
    new = [ox.NamedNode(f"http://example.org/new{number}") for number in range(3)]

    with serve(folder) as served:
        stop, found = threading.Event(), list[tuple[int, str]]()

        def load() -> None:
            while not stop.is_set():
                found.append(ask(served, "ASK { :magnesium a :Nutrient }"))
                found.append(ask(served, "SELECT * { GRAPH ?g { ?a ?b ?c } } LIMIT 4000"))

        threads = [threading.Thread(target=load) for _ in range(8)]
        for thread in threads:
            thread.start()
        for node in new:

            def change(draft: Draft, node: ox.NamedNode = node) -> None:
                draft.store.add(ox.Quad(node, node, node, ox.DefaultGraph()))

            amend(folder, change)
            end = time.monotonic() + 20
            told = ""
            while "true" not in told and time.monotonic() < end:
                told = ask(served, f"ASK {{ {node} ?p ?o }}")[1]
                time.sleep(0.05)  # It looks once a second.
            assert "true" in told
        stop.set()
        for thread in threads:
            thread.join()
        assert len(found) > 50
        assert {code for code, _ in found} == {200}
        assert not [told for _, told in found if told.startswith(CUT) or "false" in told[:40]]
        assert_well(served, 5)


def test_a_build_that_cannot_be_opened_is_passed_over(tmp_path: Path) -> None:
    folder, node = tmp_path / "store", ox.NamedNode("http://example.org/after")
    build(ontology_folder(), folder)
    current = folder / "current"
    right = current.readlink()

    def point(target: Path) -> None:
        (folder / "next").symlink_to(target)
        (folder / "next").replace(current)

    with serve(folder) as served:
        ask(served, "ASK {}")
        (folder / "build.999999").mkdir()
        point(Path("build.999999"))
        time.sleep(2.5)  # It looks once a second, and tells nobody of what it passes over.
        assert ask(served, "ASK { :magnesium a :Nutrient }") == (200, '{"head":{},"boolean":true}')
        point(right)
        amend(folder, lambda draft: draft.store.add(ox.Quad(node, node, node, ox.DefaultGraph())))
        end = time.monotonic() + 20
        while "true" not in ask(served, f"ASK {{ {node} ?p ?o }}")[1] and time.monotonic() < end:
            time.sleep(0.05)  # Until it looks.
        assert "true" in ask(served, f"ASK {{ {node} ?p ?o }}")[1]


async def use(pool: Pool, text: str, patience: float) -> None:
    """Ask a question and read its answer, and perhaps give up."""
    question = Question(text, rows_as="text/csv", graph_as="text/turtle")
    with contextlib.suppress(Refused, Stopped, Busy, Cut, TimeoutError):
        async with asyncio.timeout(patience):
            reply = await pool.ask(question, Ticket(text.count("?")))
            try:
                async for _ in reply.parts():
                    await asyncio.sleep(0)
            finally:
                reply.close()


async def fire(store: Path) -> Pool:
    chance = random.Random(4)  # noqa: S311 - the same each time
    limits = Limits(seconds=0.5, slice=0.05, quick=2, slow=2, queue=8, patience=1, rows=50_000)
    pool = Pool(limits)
    await pool.open(str(store))

    async def killer() -> None:
        while True:
            await asyncio.sleep(0.03)
            for worker in list(pool.workers):
                if chance.random() < 0.05:
                    with contextlib.suppress(ProcessLookupError):
                        worker.process.kill()

    killing = asyncio.create_task(killer())
    for _ in range(12):
        some = [
            use(pool, chance.choice(MIXED), chance.choice([0.001, 0.02, 0.2, 5])) for _ in range(20)
        ]
        await asyncio.gather(*some)
    killing.cancel()
    await asyncio.gather(killing, return_exceptions=True)
    return pool


def test_every_place_comes_back(store: Path) -> None:
    async def run() -> None:
        pool = await fire(store)
        limits = pool.limits
        assert (pool.quick.free, pool.slow.free) == (limits.quick, limits.slow)
        assert (len(pool.quick), len(pool.slow)) == (0, 0)
        question = Question("ASK {}", rows_as="text/csv")
        replies = await asyncio.gather(*(pool.ask(question, Ticket(0)) for _ in range(6)))
        assert {reply.whole for reply in replies} == {b"true"}
        workers = [worker.process.pid for worker in pool.workers]
        assert len(workers) <= limits.quick + limits.slow + 1
        await pool.close()
        assert not [worker for worker in workers if is_running(worker)]

    run_apart(run())


def test_what_is_written_is_sent_at_once() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_no_room_for_another_process_is_told_and_gets_over(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> Worker:
        raise BlockingIOError

    async def run() -> None:
        pool = Pool(Limits(quick=1, slow=1))
        await pool.open(str(store))
        while len(pool.workers) < 3:
            await asyncio.sleep(0.01)
        question = Question("ASK {}", rows_as="text/csv")
        with monkeypatch.context() as patch:
            patch.setattr(Worker, "start", refuse)
            for worker in pool.workers:
                worker.process.kill()
                await worker.process.wait()
            with pytest.raises(Busy):
                await pool.ask(question, Ticket(0))
        assert (pool.quick.free, pool.slow.free) == (1, 1)
        assert (await pool.ask(question, Ticket(0))).whole == b"true"
        await pool.close()

    run_apart(run())


def test_a_place_comes_back_from_a_question_that_is_given_up_while_it_is_put(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its second time, in a slow place: the worker does not take it."""
    putting = Worker.ask
    put: list[Worker] = []

    async def stuck(worker: Worker, question: Question) -> None:
        put.append(worker)
        if len(put) == 1:
            await putting(worker, question)
        else:
            await asyncio.Event().wait()

    async def run() -> None:
        pool = Pool(Limits(quick=1, slow=1, slice=0.05))
        await pool.open(str(store))
        monkeypatch.setattr(Worker, "ask", stuck)
        assert pool.slow.take_now()
        asking = asyncio.create_task(pool.ask(Question(BOMB, rows_as="text/csv"), Ticket(9)))
        while len(pool.slow) == 0:
            await asyncio.sleep(0.01)
        pool.slow.give_back()
        while len(put) < 2:
            await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert (pool.quick.free, pool.slow.free) == (1, 1)
        assert put[1] not in pool.workers
        await pool.close()

    run_apart(run())
