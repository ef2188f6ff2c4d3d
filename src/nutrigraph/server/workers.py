"""A worker seen from the server: its process and the frames that come out of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from typing import TYPE_CHECKING, Any

from nutrigraph.server.frames import PREFIX, READY, RECORDS

if TYPE_CHECKING:
    from nutrigraph.server.frames import Question
    from nutrigraph.server.limits import Limits

_BUFFER = 1 << 20


class Died(Exception):
    """A worker has ended while it was needed; says of what, as people understand it."""

    def __init__(self, code: int, limits: Limits) -> None:
        """Read the exit code of its process."""
        self.code = code
        size = f"{limits.memory >> 20:,} MB"
        # The engine ends its process when it is refused memory.
        reasons = {
            -signal.SIGABRT: f"it needed more than {size} of memory",
            -signal.SIGKILL: f"it was stopped, perhaps over its memory ({size})",
            -signal.SIGXCPU: f"it took more than {limits.seconds:g} s of processor time",
        }
        super().__init__(reasons.get(code, "it broke the engine"))


class Worker:
    """A process that answers one question at a time."""

    def __init__(self, process: asyncio.subprocess.Process, limits: Limits) -> None:
        """Hold a process; ``build`` is what it has opened, once it has said so."""
        self.process, self.limits, self.build = process, limits, ""
        assert process.stdin is not None  # noqa: S101 - both are pipes, see `start`
        assert process.stdout is not None  # noqa: S101
        self._questions, self._answers = process.stdin, process.stdout
        self._begun: tuple[bytes, int] | None = None

    @classmethod
    async def start(cls, place: str, limits: Limits) -> Worker:
        """Start a process on a store and wait until it is open.

        Raises:
            Died: it cannot be opened; what is wrong stands on standard error.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "nutrigraph.server.worker",
            place, json.dumps(limits.record()),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=_BUFFER, start_new_session=True,
        )  # fmt: skip
        worker = cls(process, limits)
        try:
            kind, told = await worker.frame()
            worker.build = told["build"]
        except BaseException:
            await worker.stop()
            raise
        assert kind == READY  # noqa: S101 - a worker says nothing before
        return worker

    async def ask(self, question: Question) -> None:
        """Put a question; its answer comes as frames."""
        with contextlib.suppress(ConnectionError):  # a dead worker shows in its frames
            self._questions.write(question.encode())
            await self._questions.drain()

    async def frame(self) -> tuple[bytes, Any]:
        """Return kind and payload of the next frame, a record or bytes.

        Waiting for it can be given up and taken up again: nothing is lost.

        Raises:
            Died: the process has ended.
        """
        try:
            if self._begun is None:
                self._begun = PREFIX.unpack(await self._answers.readexactly(PREFIX.size))
            kind, size = self._begun
            payload = await self._answers.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Died(await self.process.wait(), self.limits) from error
        self._begun = None
        return kind, json.loads(payload) if kind in RECORDS else payload

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process.returncode is None

    async def stop(self) -> None:
        """End its process, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        # What is left in the pipe is read: asyncio counts no process as gone while there is some.
        with contextlib.suppress(ConnectionError):
            while await self._answers.read(_BUFFER):
                pass
        await self.process.wait()
