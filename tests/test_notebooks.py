"""Every notebook runs from top to bottom in a fresh kernel, and is committed without output."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from nutrigraph import KnowledgeGraph

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))


def read(path: Path) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_output(path: Path) -> None:
    assert all(not cell.get("outputs") for cell in read(path).cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(
    path: Path, store: Path, kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUTRIGRAPH_STORE", str(store))
    monkeypatch.setitem(os.environ, "PYTHONWARNINGS", "error::DeprecationWarning:nutrigraph")
    notebook = read(path)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3")
    client.execute(cwd=str(path.parent))
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = "".join(output.get("text", "") for output in outputs)
    # One row a claim: a join that multiplies rows would show here.
    assert f"{len(kg.claims())} claims" in printed
    shown = [output["data"] for output in outputs if "data" in output]
    assert any("<iframe" in data.get("text/html", "") for data in shown)
    assert sum("<table" in data.get("text/html", "") for data in shown) >= 3
