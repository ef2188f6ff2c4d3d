"""How the server and a worker talk over pipes: frames of a kind, a length and that many bytes."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from typing import IO, Any, Final

READY: Final = b"R"
"""The worker has opened its store: the folder of the ``build``, empty where it is none."""
HEAD: Final = b"H"
"""The answer begins: its media type."""
DATA: Final = b"D"
"""A part of the answer."""
END: Final = b"Z"
"""The answer is whole, or was cut (``truncated`` says at what); how large the worker has grown."""
FAILED: Final = b"E"
"""There is no answer: ``kind`` is ``refused``, ``unacceptable``, ``memory`` or ``store``."""

RECORDS: Final = frozenset({READY, HEAD, END, FAILED})
"""The frames whose payload is a record, as JSON."""
PREFIX: Final = struct.Struct("!cI")
"""What stands before a payload: the kind and the length."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a worker is asked: SPARQL, the graphs that it is asked of, and how to answer.

    ``rows_as`` and ``graph_as`` are media types for either kind of answer; None where the client
    takes none. ``default`` and ``named`` are IRIs of graphs, both None where none are named;
    ``base`` is what relative IRIs are read against.
    """

    text: str
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None
    rows_as: str | None = None
    graph_as: str | None = None
    head_only: bool = False
    base: str | None = None

    def encode(self) -> bytes:
        """Return it as bytes that `read_question` reads."""
        data = json.dumps(asdict(self)).encode("utf-8", "surrogatepass")
        return struct.pack("!I", len(data)) + data


def read_question(pipe: IO[bytes]) -> Question | None:
    """Return the next question of a pipe, or None at its end."""
    size = pipe.read(4)
    if len(size) < 4:
        return None
    found = json.loads(pipe.read(struct.unpack("!I", size)[0]))
    for name in ("default", "named"):
        found[name] = None if found[name] is None else tuple(found[name])
    return Question(**found)


def frame(kind: bytes, payload: bytes | dict[str, Any] = b"") -> bytes:
    """Return a frame."""
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return PREFIX.pack(kind, len(data)) + data
