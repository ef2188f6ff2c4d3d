"""A real Jupyter server as a process of its own, and its notebooks as somebody opens them.

It reads and writes nothing of the user's and reaches no other machine.
"""

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Frame, Request, expect
from tests.serving import children, is_running

FACES = {"jupyterlab": "lab/tree", "notebook": "notebooks"}
"""The programs that show notebooks, and where each has one."""

# Python reads this first, in the server and in each kernel: who calls another machine is refused
# and written down.
_GUARD = """
import sys

def _stay(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
        if host not in ("127.0.0.1", "::1", "localhost"):
            with open({log!r}, "a") as log:
                print(arguments[1], file=log)
            raise ConnectionRefusedError(f"{{host}} is not this machine")

sys.addaudithook(_stay)
"""
_OPTIONS = [
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.allow_root=True",  # as CI is
    "--ServerApp.open_browser=False",
    "--ServerApp.port_retries=100",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    "--LabApp.news_url=None",
]
VIEW = "iframe[srcdoc]"

_LISTEN = """
window.heard = [];
for (const name of ["error", "unhandledrejection"])
  addEventListener(name, (event) => heard.push(`${name}: ${event.message ?? event.reason}`));
document.addEventListener("securitypolicyviolation",
  (event) => heard.push(event.violatedDirective + event.blockedURI));
"""
# JupyterLab moves to the last cell a while after it has run: in sight is what stays in sight.
_IN_SIGHT = """(one) => { const before = one.before;
  one.scrollIntoView({ block: "center" });
  one.before = one.getBoundingClientRect().top;
  return one.before === before; }"""
_ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/")


def need() -> None:
    """Skip, or fail in CI, where the programs that show notebooks are not installed."""
    if missing := [name for name in (*FACES, "nbconvert") if find_spec(name) is None]:
        message = f"no {' and no '.join(missing)} here: pip install -e '.[dev]'"
        if "CI" in os.environ:
            pytest.fail(message)
        pytest.skip(message)


@dataclass(frozen=True)
class Lab:
    """A running server: its address and token, the folder of its notebooks, its theme."""

    face: str
    address: str
    token: str
    folder: Path
    dark: bool
    log: list[str] = field(repr=False)

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook; returns the address that opens it."""
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        book.metadata.kernelspec = {
            "name": "python3",
            "language": "python",
            "display_name": "Python 3",
        }
        nbformat.write(book, self.folder / name)
        return self.open(name)

    def open(self, name: str) -> str:
        return f"{self.address}/{FACES[self.face]}/{name}?token={self.token}"


class Book:
    """A tab on one notebook: its views, and whatever they ask for or complain about."""

    def __init__(self, browser: Browser, lab: Lab, name: str) -> None:
        # A frame is light or dark as the program around it is: the browser is not to be told.
        self.context = browser.new_context(
            viewport={"width": 1400, "height": 900},
            color_scheme="null",
            permissions=["clipboard-read", "clipboard-write"],
        )
        self.lab = lab
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.context.on("request", self._request)
        self.context.on("console", self._console)
        self.context.add_init_script(_LISTEN)
        self.tab = self.context.new_page()
        with self.tab.expect_websocket(lambda one: "/channels" in one.url):
            self.tab.goto(lab.open(name))
        expect(self.tab.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
            "data-status", "idle"
        )

    def _request(self, request: Request) -> None:
        here = (self.lab.address, "data:", "blob:", "about:")
        if not request.url.startswith(here):
            self.requests.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        # What Jupyter says of itself is none of ours.
        if message.location["url"].startswith("about:srcdoc"):
            self.complaints.append(message.text)

    def choose(self, menu: str, item: str) -> None:
        """Press an entry of the menu bar."""
        self.tab.get_by_role("menuitem", name=menu, exact=True).click()
        self.tab.get_by_role("menuitem", name=item, exact=True).click()

    def run(self, views: int) -> None:
        """Run every cell, until so many views stand there and are drawn."""
        self.choose("Run", "Run All Cells")
        frames = self.tab.locator(VIEW)
        expect(frames).to_have_count(views, timeout=60_000)
        for at in range(views):
            expect(frames.nth(at).content_frame.locator("#counts")).not_to_be_empty(timeout=20_000)

    def save(self) -> None:
        """Save the notebook, as its menu does."""
        with self.tab.expect_response(
            lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url
        ):
            self.tab.locator(".jp-Notebook").press("Control+s")

    def view(self, cell: int) -> Frame:
        """The view that a cell shows, as it was at first."""
        found = self.tab.locator(".jp-Cell").nth(cell).locator(VIEW)
        handle = found.element_handle()
        self.tab.wait_for_function(_IN_SIGHT, arg=handle)
        frame = handle.content_frame()
        assert frame is not None
        return frame

    def close(self) -> None:
        """Close the tab; fails if a view asked for anything, complained or broke its policy."""
        heard = [line for frame in self.tab.frames[1:] for line in frame.evaluate("window.heard")]
        self.context.close()
        assert (self.requests, self.complaints, heard) == ([], [], [])


@contextlib.contextmanager
def serve(face: str, scratch: Path, store: Path, *, dark: bool = False) -> Iterator[Lab]:
    """Serve the notebooks of a folder; at the end the server is told to go, and must, all of it."""
    home = scratch / "home"
    folder, called = scratch / "notebooks", scratch / "called"
    for one in (home, folder):
        one.mkdir(parents=True)
    (home / "sitecustomize.py").write_text(_GUARD.format(log=str(called)))
    _settle(home / "settings", dark=dark)
    token = secrets.token_hex(16)
    process = subprocess.Popen(
        [sys.executable, "-m", face, *_OPTIONS, f"--ServerApp.port={_free()}", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder,
        env=environment(home) | {"JUPYTER_TOKEN": token, "NUTRIGRAPH_STORE": str(store)},
    )  # fmt: skip
    log: list[str] = []
    try:
        lab = Lab(face, _address(process, log), token, folder, dark, log)
        yield lab
        kernels = children(process.pid)
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        assert not [kernel for kernel in kernels if is_running(kernel)]
        assert not called.exists(), called.read_text()
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _address(process: subprocess.Popen[str], log: list[str]) -> str:
    """The address that the server names; what it says then goes on being read."""
    named = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                log.append(line)
                if _ADDRESS.search(line):
                    named.set()
        named.set()

    threading.Thread(target=read, daemon=True).start()
    named.wait(60)
    found = next(filter(None, map(_ADDRESS.search, log)), None)
    assert found is not None, "".join(log)
    return found[1]


def _free() -> int:
    """A port that is free now; should it be taken until then, the server takes one nearby."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def environment(home: Path) -> dict[str, str]:
    """An environment in which nothing of the user's is read or written."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "PYTHONPATH": str(home),
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(home),
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }


def _settle(folder: Path, *, dark: bool) -> None:
    """What a user would choose by hand: no news, and the theme."""
    chosen = {
        "notification": {"fetchNews": "false", "checkForUpdates": False},
        "themes": {"theme": f"JupyterLab {'Dark' if dark else 'Light'}"},
    }
    place = folder / "@jupyterlab" / "apputils-extension"
    place.mkdir(parents=True)
    for name, values in chosen.items():
        (place / f"{name}.jupyterlab-settings").write_text(json.dumps(values))
