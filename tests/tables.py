"""Spoiling written tables, one cell at a time."""

from collections.abc import Callable
from pathlib import Path


def change(name: str, row: int, column: str, value: str) -> Callable[[Path], None]:
    """Write another value into a cell; rows count from 1, the first under the names."""

    def spoil(folder: Path) -> None:
        file = folder / f"{name}.tsv"
        lines = [line.split("\t") for line in file.read_text(encoding="utf-8").split("\n")]
        lines[row][lines[0].index(column)] = value
        file.write_bytes("\n".join("\t".join(line) for line in lines).encode())

    return spoil


def put(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        data = (folder / f"{name}.tsv").read_bytes()
        assert old in data
        (folder / f"{name}.tsv").write_bytes(data.replace(old, new, 1))

    return spoil
