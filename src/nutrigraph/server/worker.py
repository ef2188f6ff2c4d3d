"""One question at a time, in a process of its own that can be stopped: no query can be otherwise.

The process gives up what it could do harm with: before it opens the store, sockets and other
programs; then any growth beyond its limit. It is told its questions and tells its
answers over its standard streams. Whatever breaks the engine ends this process and no other.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from typing import IO, TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from nutrigraph.errors import NutrigraphError, QueryError
from nutrigraph.opening import is_url, open_any
from nutrigraph.server.confinement import take_network_away
from nutrigraph.server.forms import GRAPHS, ROWS, Rows, mark
from nutrigraph.server.frames import (
    DATA,
    END,
    FAILED,
    HEAD,
    READY,
    Question,
    frame,
    read_question,
)
from nutrigraph.server.limits import Limits
from nutrigraph.store import Dataset
from nutrigraph.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nutrigraph.store import Store

_PART: Final = 64 << 10
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


class _Full(Exception):
    """The answer has reached a limit; says which."""


class _Unacceptable(Exception):
    """The client takes no form in which this kind of answer is written."""


class _Outlet:
    """What the engine writes its answer to: passes it on in parts, and stops it at a limit."""

    def __init__(self, pipe: IO[bytes], limits: Limits, rows: Rows | None = None) -> None:
        self.pipe, self.limits, self.rows = pipe, limits, rows
        self.pending = bytearray()
        self.sent = 0

    def write(self, data: bytes) -> int:
        self.pending += data
        if self.rows is not None:
            self.rows.count(bytes(data))
            if self.rows.number > self.limits.rows:
                raise _Full(f"more than {self.limits.rows:,} rows")
        if self.sent + len(self.pending) > self.limits.bytes:
            raise _Full(f"more than {self.limits.bytes:,} bytes")
        if len(self.pending) >= _PART:
            self.flush()
        return len(data)

    def flush(self) -> None:
        self.sent += len(self.pending)
        # One text alone may be as large as the whole: the server holds no more than it passes on.
        for start in range(0, len(self.pending), _PART):
            self.pipe.write(frame(DATA, bytes(self.pending[start : start + _PART])))
        self.pipe.flush()
        self.pending.clear()

    def end_early(self, mark: bytes) -> None:
        """Send what is whole of what is pending, and the mark that the answer was cut."""
        if self.rows is not None:
            self.pending = bytearray(self.rows.cut(bytes(self.pending), self.limits.rows))
        self.pending += mark
        self.flush()


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _pages() -> tuple[int, int]:
    """Return how much this process has mapped and how much of that is in memory, in bytes."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - before all is shut
        size, resident = file.read().split()[:2]
    return int(size) * resource.getpagesize(), int(resident) * resource.getpagesize()


def shut_in(limits: Limits) -> None:
    """Bound what a query may take beyond the open store; no file can grow any more."""
    _limit(resource.RLIMIT_AS, _pages()[0] + limits.memory)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)


def _die_with_parent() -> None:
    """Have this process killed when the server is, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(0)


def _counted(triples: Iterable[ox.Triple], most: int) -> Iterator[ox.Triple]:
    for number, triple in enumerate(triples):
        if number == most:
            raise _Full(f"more than {most:,} triples")
        yield triple


def _write_rows(
    answer: ox.QuerySolutions | ox.QueryBoolean, media: str, pipe: IO[bytes], limits: Limits
) -> str | None:
    rows = Rows(ROWS[media])
    out = _Outlet(pipe, limits, rows)
    try:
        answer.serialize(out, format=ROWS[media])  # type: ignore[arg-type]
        out.flush()
    except _Full as full:
        out.end_early(rows.mark(str(full)))
        return str(full)
    return None


def _write_graph(
    answer: Iterable[ox.Triple], media: str, pipe: IO[bytes], limits: Limits
) -> str | None:
    out = _Outlet(pipe, limits)
    form = GRAPHS[media]
    prefixes = PREFIXES if form in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG) else None
    try:
        triples = _counted(answer, limits.rows)
        ox.serialize(triples, out, format=form, prefixes=prefixes)  # type: ignore[arg-type]
        out.flush()
    except _Full as full:
        out.end_early(mark(media, str(full)))
        return str(full)
    return None


def answer(question: Question, store: Store, pipe: IO[bytes], limits: Limits) -> str | None:
    """Write the frames of an answer, all but its last; return at which limit it was cut, or None.

    Raises:
        QueryError: the query is no valid SPARQL, or is refused.
        StoreError: the store cannot be read.
    """
    dataset = None
    if question.default is not None or question.named is not None:
        dataset = Dataset(question.default or (), question.named or ())
    found = store.query(question.text, dataset=dataset, base=question.base)
    rows = isinstance(found, ox.QuerySolutions | ox.QueryBoolean)
    media = question.rows_as if rows else question.graph_as
    if media is None:
        raise _Unacceptable("rows or a truth" if rows else "a graph")
    pipe.write(frame(HEAD, {"media": media}))
    if question.head_only:
        return None
    if isinstance(found, ox.QuerySolutions | ox.QueryBoolean):
        return _write_rows(found, media, pipe, limits)
    return _write_graph(found, media, pipe, limits)


def _reply(question: Question, store: Store, pipe: IO[bytes], limits: Limits, size: int) -> bytes:
    """Answer a question; return the last frame."""
    try:
        cut = answer(question, store, pipe, limits)
    except QueryError as error:
        return frame(FAILED, {"kind": "refused", "message": str(error)})
    except _Unacceptable as error:
        return frame(FAILED, {"kind": "unacceptable", "message": str(error)})
    except MemoryError:
        return frame(FAILED, {"kind": "memory", "message": ""})
    except NutrigraphError as error:
        # It names places that are nobody's business but that of whoever runs the server.
        print(error, file=sys.stderr)
        message = "the store cannot be read: whoever runs this server finds the reason in its log"
        return frame(FAILED, {"kind": "store", "message": message})
    except (OSError, ValueError, RuntimeError) as error:
        # What the engine says while it evaluates.
        return frame(FAILED, {"kind": "refused", "message": f"the query failed: {error}"})
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return frame(END, {"truncated": cut, "grown": max(0, usage - size)})


def serve(store: Store, pipes: tuple[IO[bytes], IO[bytes]], limits: Limits) -> None:
    """Answer questions until there are no more."""
    questions, answers = pipes
    size = _pages()[1]
    shut_in(limits)
    answers.write(frame(READY, {"build": str(store.folder or "")}))
    answers.flush()
    while (question := read_question(questions)) is not None:
        spent = resource.getrusage(resource.RUSAGE_SELF)
        used = spent.ru_utime + spent.ru_stime
        # The server stops it at its deadline; this holds if the server itself is held up.
        _limit(resource.RLIMIT_CPU, int(used + 2 * limits.seconds) + 2)
        answers.write(_reply(question, store, answers, limits, size))
        answers.flush()


def main(arguments: list[str]) -> None:
    """Open the store that is named first, with the limits that follow as JSON."""
    _die_with_parent()
    place, told = arguments
    limits: dict[str, Any] = json.loads(told)
    if not is_url(place):
        take_network_away()
    # Nobody else is to write where the answers go.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        store = open_any(place)
    except NutrigraphError as error:
        sys.exit(f"a worker cannot open the store: {error}")
    serve(store, (sys.stdin.buffer, answers), Limits(**limits))


if __name__ == "__main__":
    main(sys.argv[1:])
