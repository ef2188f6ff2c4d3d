"""The real server as a process of its own, and who its workers are."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_ADDRESS = re.compile(r"SPARQL:\s+(http://\S+)/sparql")


@dataclass(frozen=True)
class Served:
    """A running server: its address and its process."""

    address: str
    process: subprocess.Popen[str]

    @property
    def sparql(self) -> str:
        return f"{self.address}/sparql"

    def workers(self) -> list[int]:
        """The processes that answer, by number."""
        return children(self.process.pid)


def children(parent: int) -> list[int]:
    """The processes that a process has started and that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                status = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(status[1]) == parent and status[0] != "Z":
                    found.append(int(entry.name))
    return sorted(found)


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextlib.contextmanager
def serve(store: Path | str, *options: str) -> Iterator[Served]:
    """Serve a store at a free port; at the end the server is told to go, and must, all of it.

    No file of its own is left then, and nothing has gone wrong that it did not foresee.
    """
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryFile("w+") as log:
        yield from _serve(store, options, Path(scratch), log)


def _serve(
    store: Path | str, options: tuple[str, ...], scratch: Path, log: IO[str]
) -> Iterator[Served]:
    command = [sys.executable, "-m", "nutrigraph", "serve", "--store", str(store), "--port", "0"]
    process = subprocess.Popen(
        [*command, *options],
        stdout=subprocess.PIPE, stderr=log, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(scratch)},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = None
        for line in process.stdout:
            if address := _ADDRESS.match(line):
                break
        log.seek(0)
        assert address is not None, log.read()
        yield Served(address[1], process)
        workers = children(process.pid)
        process.send_signal(signal.SIGTERM)
        process.wait(5)
        assert not [worker for worker in workers if is_running(worker)]
        assert list(scratch.iterdir()) == []
        log.seek(0)
        told = log.read()
        assert "Traceback" not in told, told
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
