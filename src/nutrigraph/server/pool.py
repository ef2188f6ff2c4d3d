"""Answers to questions, by workers that are ready, watched, and replaced.

A question first gets a *quick* place for a fraction of a second, and what it answers is held back.
Most are done by then. One that is not goes on in a *slow* place if one is free; if none is, its
worker is stopped, and it begins anew when its turn comes: nothing of its answer has left yet. So
small questions never wait for large ones, and never are more processes at work than there are
places.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nutrigraph.server.frames import DATA, END, FAILED, HEAD
from nutrigraph.server.places import Places, Turned
from nutrigraph.server.workers import Died, Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from nutrigraph.server.frames import Question
    from nutrigraph.server.limits import Limits
    from nutrigraph.server.places import Ticket

__all__ = ["Busy", "Cut", "Pool", "Refused", "Reply", "Stopped"]


class Refused(Exception):
    """A question that gets no answer; ``kind`` says why, as in `frames.FAILED`."""

    def __init__(self, kind: str, message: str) -> None:
        """Hold what the worker said."""
        super().__init__(message)
        self.kind = kind


class Stopped(Exception):
    """A question that was stopped at a limit before any of its answer had left."""


class Busy(Exception):
    """A question that did not get its turn; ``greedy`` if the client's own stood before it."""

    def __init__(self, *, greedy: bool = False) -> None:
        """Say whether it is the client's own questions that were in the way."""
        super().__init__("too many questions are waiting: ask again in a moment")
        self.greedy = greedy


class Cut(Exception):
    """An answer that was cut off when part of it had left; says why."""


@dataclass(slots=True)
class _Held:
    """What a worker has answered so far."""

    media: str = ""
    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    done: bool = False
    truncated: str | None = None
    grown: int = 0

    def take(self, kind: bytes, payload: object) -> None:
        """Take in a frame.

        Raises:
            Refused: it says that there is no answer.
        """
        if kind == DATA:
            assert isinstance(payload, bytes)  # noqa: S101 - the frames' own contract
            self.parts.append(payload)
            self.size += len(payload)
            return
        assert isinstance(payload, dict)  # noqa: S101
        if kind == FAILED:
            raise Refused(payload["kind"], payload["message"])
        if kind == HEAD:
            self.media = payload["media"]
        elif kind == END:
            self.done, self.truncated = True, payload["truncated"]
            self.grown = payload["grown"]


@dataclass(slots=True)
class Reply:
    """An answer: its media type, whether and where it was cut, and its parts.

    ``whole`` holds all of it, or is None while it is still being made.
    """

    media: str
    whole: bytes | None
    truncated: str | None
    parts: Callable[[], AsyncIterator[bytes]]
    close: Callable[[], None]
    deadline: float = math.inf


class Pool:
    """The workers of an endpoint."""

    def __init__(self, limits: Limits) -> None:
        """Start none yet; see `open`."""
        self.limits = limits
        self.place, self.build = "", ""
        self.quick = Places(limits.quick, limits.queue)
        self.slow = Places(limits.slow, limits.queue)
        self._ready: deque[Worker] = deque()
        self._starting: set[asyncio.Task[None]] = set()
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._busy: set[Worker] = set()
        self._stopping: set[asyncio.Task[None]] = set()
        self._wanted = limits.quick + limits.slow + 1
        self._closed = False

    @property
    def workers(self) -> list[Worker]:
        """Those that are open, at work or ready."""
        return [*self._busy, *self._ready]

    async def open(self, place: str) -> None:
        """Answer from a store, or from the newer build that lies there, from now on.

        What is being answered from the one before is answered to its end.

        Raises:
            Died: the store cannot be opened.
        """
        self.place = place
        self._welcome(await Worker.start(place, self.limits))
        self._fill()

    def _welcome(self, worker: Worker) -> None:
        """Take in a worker that has just opened the store; those of an older build go."""
        if _serial(worker.build) > _serial(self.build):
            self.build = worker.build
            retired, self._ready = self._ready, deque()
            for one in retired:
                self._discard(one)
        self._hand_out(worker)

    def _fill(self) -> None:
        """Start as many workers as there are places, one more to be ready, less those there."""
        there = len(self._ready) + len(self._starting)
        there += sum(worker.build == self.build for worker in self._busy)
        for _ in range(self._wanted - there if not self._closed else 0):
            task = asyncio.create_task(self._start())
            self._starting.add(task)

    async def _start(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - see `_fill`
        try:
            worker = await Worker.start(self.place, self.limits)
        except (Died, OSError) as error:
            # No longer counted when they hear of it: whoever asks again must find one starting.
            self._starting.discard(task)
            # A store that cannot be opened any more, or a system that has no room for a process:
            # whoever waits is told, the next one tries.
            while self._waiting:
                waiting = self._waiting.popleft()
                if not waiting.done():
                    waiting.set_exception(error if isinstance(error, Died) else Busy())
            return
        self._starting.discard(task)
        self._welcome(worker)

    def _hand_out(self, worker: Worker) -> None:
        """Give a worker that is ready to whoever waits for one."""
        if self._closed or worker.build != self.build or not worker.alive:
            self._discard(worker)
            return
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                self._busy.add(worker)
                waiting.set_result(worker)
                return
        if len(self.workers) < self._wanted:
            self._ready.append(worker)
        else:
            self._discard(worker)

    async def _take(self) -> Worker:
        while self._ready:
            worker = self._ready.popleft()
            if worker.alive:
                self._busy.add(worker)
                return worker
        waiting: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        self._fill()
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled() and waiting.exception() is None:
                self._release(waiting.result(), 0)
            raise

    def _release(self, worker: Worker, grown: int) -> None:
        """Take back a worker that has answered; one that has grown too large is replaced."""
        self._busy.discard(worker)
        if grown > self.limits.recycle:
            self._discard(worker)
        else:
            self._hand_out(worker)
        self._fill()

    def _discard(self, worker: Worker) -> None:
        self._busy.discard(worker)
        task = asyncio.create_task(worker.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)
        self._fill()

    async def ask(self, question: Question, ticket: Ticket) -> Reply:
        """Return an answer, or its beginning.

        Raises:
            Refused: the question gets no answer.
            Stopped: it was stopped at a limit.
            Busy: too many others are waiting.
        """
        deadline = asyncio.get_running_loop().time() + self.limits.patience
        try:
            async with asyncio.timeout_at(deadline):
                await self.quick.take(ticket)
            reply = await self._quickly(question)
            if reply is not None:
                return reply
            async with asyncio.timeout_at(deadline):
                await self.slow.take(ticket)
        except Turned as error:
            raise Busy(greedy=error.greedy) from error
        except TimeoutError as error:
            raise Busy from error
        return await self._slowly(question)

    async def _quickly(self, question: Question) -> Reply | None:
        """Answer within a slice, or go on in a slow place; None if there is none."""
        place: Places | None = self.quick
        worker = None
        try:
            worker = await self._take()
            held = _Held()
            await worker.ask(question)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.limits.slice):
                    await self._hold(worker, held)
            if held.done:
                self._release(worker, held.grown)
                return _whole(held)
            if not self.slow.take_now():
                self._discard(worker)
                return None
            place = None
            self.quick.give_back()
        except Died as error:
            self._lost(worker)
            raise Stopped(str(error)) from error
        except Refused:
            if worker is not None:
                self._release(worker, 0)
            raise
        except BaseException:
            self._lost(worker)
            raise
        finally:
            if place is not None:
                place.give_back()
        return await self._go_on(worker, held)

    def _lost(self, worker: Worker | None) -> None:
        if worker is not None:
            self._discard(worker)

    async def _hold(self, worker: Worker, held: _Held) -> None:
        while not held.done and held.size < self.limits.held:
            held.take(*await worker.frame())

    async def _slowly(self, question: Question) -> Reply:
        """Answer in a slow place that was taken."""
        worker = None
        try:
            worker = await self._take()
            await worker.ask(question)
        except BaseException as error:
            self._lost(worker)
            self.slow.give_back()
            if isinstance(error, Died):
                raise Stopped(str(error)) from error
            raise
        return await self._go_on(worker, _Held())

    async def _go_on(self, worker: Worker, held: _Held) -> Reply:
        """Return the answer of a worker in a slow place, once it has begun or is whole."""
        deadline = asyncio.get_running_loop().time() + self.limits.seconds
        try:
            async with asyncio.timeout_at(deadline):
                await self._hold(worker, held)
        except (TimeoutError, Died) as error:
            self._discard(worker)
            self.slow.give_back()
            late = f"it took more than {self.limits.seconds:g} s"
            raise Stopped(late if isinstance(error, TimeoutError) else str(error)) from error
        except Refused:
            self._release(worker, 0)
            self.slow.give_back()
            raise
        except BaseException:
            self._discard(worker)
            self.slow.give_back()
            raise
        if held.done:
            self._release(worker, held.grown)
            self.slow.give_back()
            return _whole(held)
        return self._streamed(worker, held, deadline)

    def _streamed(self, worker: Worker, held: _Held, deadline: float) -> Reply:
        closed = False

        def close() -> None:
            nonlocal closed
            if not closed:
                closed = True
                if held.done:
                    self._release(worker, held.grown)
                else:
                    self._discard(worker)
                self.slow.give_back()

        async def parts() -> AsyncIterator[bytes]:
            for part in held.parts:
                yield part
            held.parts.clear()
            try:
                while not held.done:
                    async with asyncio.timeout_at(deadline):
                        held.take(*await worker.frame())
                    for part in held.parts:
                        yield part
                    held.parts.clear()
            except (TimeoutError, Died, Refused) as error:
                late = isinstance(error, TimeoutError)
                raise Cut(f"more than {self.limits.seconds:g} s" if late else str(error)) from error
            if held.truncated is not None:
                raise Cut("")  # The worker has said so at the end of the answer already.

        return Reply(held.media, None, None, parts, close, deadline)

    async def close(self) -> None:
        """Stop every worker, and wait until they are gone."""
        self._closed = True
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        for worker in self.workers:
            self._discard(worker)
        self._ready.clear()
        await asyncio.gather(*self._stopping)


def _serial(build: str) -> int:
    """Return the number of a build, which grows from one to the next; -1 before the first."""
    number = build.rpartition(".")[2]
    return int(number) if number.isdecimal() else -1


def _whole(held: _Held) -> Reply:
    whole = b"".join(held.parts)

    async def parts() -> AsyncIterator[bytes]:
        yield whole

    return Reply(held.media, whole, held.truncated, parts, lambda: None)
