"""Where benchmarks write down what they measured: their sections of ``RESULTS.md``."""

from __future__ import annotations

import fcntl
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
_TITLE = (
    "# What was measured\n\n"
    "Each section is written by one command, which stands in it; nothing here is edited by hand.\n"
)


def data_folder() -> Path:
    """Return the folder of the data sets: ``NUTRIGRAPH_DATA``, else one beside the checkout."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("NUTRIGRAPH_DATA") or beside)


def machine(*packages: str) -> str:
    """Return a line with the date, the processors and the versions that matter."""
    versions = ", ".join(f"{package} {version(package)}" for package in sorted(packages))
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} processors "
        f"({platform.machine()}, {platform.system()}), Python {platform.python_version()}"
        f"{', ' if versions else ''}{versions}."
    )


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """Return a Markdown table, all columns but the first to the right."""
    lines = [head, ("---", *("---:" for _ in head[1:])), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def write_section(name: str, text: str, *, path: Path = RESULTS) -> None:
    """Replace the section ``name`` of a results file, or put it at the end.

    Markers ``<!-- name -->`` and ``<!-- /name -->`` stand around it. Other sections stay as they
    are; runs at the same time wait for each other, and a half-written file is never seen.
    """
    opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    section = f"{opening}{text.strip()}\n{closing}"
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        before = path.read_text(encoding="utf-8") if path.exists() else _TITLE
        start, end = before.find(opening), before.find(closing)
        if (start < 0) != (end < 0) or end < start:
            raise ValueError(f"{path.name}: the markers of section {name!r} are broken")
        if start < 0:
            after = f"{before.rstrip()}\n\n{section}"
        else:
            after = before[:start] + section + before[end + len(closing) :]
        draft = path.with_suffix(".part")
        draft.write_text(after, encoding="utf-8")
        draft.replace(path)
    finally:
        os.close(folder)
