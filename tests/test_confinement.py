"""A worker has no network, whatever it is asked."""

import subprocess
import sys

import pytest

TRY = """
import os, socket, subprocess, sys
from nutrigraph.server.confinement import take_network_away
before = socket.socket()
assert take_network_away()
refused = []
for attempt in (
    lambda: socket.socket(),
    lambda: socket.socket(socket.AF_UNIX),
    lambda: socket.socketpair(),
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: os.execv(sys.executable, [sys.executable, "-c", ""]),
):
    try:
        attempt()
    except PermissionError:
        refused.append(True)
print(len(refused), open(os.devnull).read() == "")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
def test_sockets_and_programs_are_refused_and_files_are_not() -> None:
    done = subprocess.run([sys.executable, "-c", TRY], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["5", "True"]
