"""Virtuoso 7, as Debian has it, in a folder of its own: a real engine to test against."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

BINARY = "virtuoso-t"
MISSING = "no Virtuoso here: install the package 'virtuoso-opensource-7' to run these tests"
_INI = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
FileExtend = 200
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxQueryMem = 1G
CheckpointInterval = 0
AllowOSCalls = 0
DirsAllowed = {folder}
ThreadsPerQuery = 2
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 10
MaxClientConnections = 10
Charset = UTF-8
[SPARQL]
MaxQueryExecutionTime = 600
{extra}
"""


@dataclass(frozen=True)
class Virtuoso:
    """A running engine: where it is asked and where graphs are put, and as whom."""

    address: str
    process: int
    sql: int
    """The port of its own command line."""
    user: str = "dba"
    password: str = "nutrigraph"  # noqa: S105 - of an engine that ends with the tests

    @property
    def sparql(self) -> str:
        return f"{self.address}/sparql"

    @property
    def graphs(self) -> str:
        return f"{self.address}/sparql-graph-crud-auth"


def need() -> None:
    """Skip the test where there is no engine; with CI set, fail."""
    if shutil.which(BINARY) is None:
        if "CI" in os.environ:
            pytest.fail(MISSING)
        pytest.skip(MISSING)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@contextlib.contextmanager
def virtuoso(
    folder: Path, *, megabytes: int = 200, most_rows: int | None = None
) -> Iterator[Virtuoso]:
    """Run an engine whose files lie in ``folder``; ``most_rows`` is where it cuts its answers."""
    found = shutil.which(BINARY)
    assert found is not None, MISSING
    http, sql = _free_port(), _free_port()
    buffers = megabytes * 1024 // 8
    rows = "" if most_rows is None else f"ResultSetMaxRows = {most_rows}"
    (folder / "virtuoso.ini").write_text(
        _INI.format(
            folder=folder, sql=sql, http=http, buffers=buffers, dirty=buffers * 3 // 4,
            extra=rows,
        )
    )  # fmt: skip
    engine = Virtuoso(f"http://127.0.0.1:{http}", 0, sql)
    command = [found, "+foreground", "+configfile", str(folder / "virtuoso.ini")]
    with (folder / "output.txt").open("wb") as log:
        # Run once to change the password that everybody knows; it ends by itself.
        subprocess.run(
            [*command, "+pwdold", "dba", "+pwddba", engine.password],
            cwd=folder, stdout=log, stderr=log, check=True,
        )  # fmt: skip
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _await(engine, process, folder / "output.txt")
        yield Virtuoso(engine.address, process.pid, sql)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(engine: Virtuoso, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until an engine answers."""
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(httpx2.TransportError):
            if httpx2.get(engine.sparql, params={"query": "ASK {}"}).is_success:
                return
        time.sleep(0.1)  # Between tries: nothing tells when it listens.
    raise AssertionError(f"Virtuoso did not start:\n{log.read_text(errors='replace')[-2000:]}")
