"""The real server as a process of its own, and who its workers are."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
    """Serve a store at a free port; at the end the server is told to go, and must, all of it."""
    command = [sys.executable, "-m", "nutrigraph", "serve", "--store", str(store), "--port", "0"]
    process = subprocess.Popen(
        [*command, *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = None
        for line in process.stdout:
            if address := _ADDRESS.match(line):
                break
        assert address is not None, process.communicate()
        yield Served(address[1], process)
        workers = children(process.pid)
        process.send_signal(signal.SIGTERM)
        process.wait(5)
        assert not [worker for worker in workers if is_running(worker)]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
