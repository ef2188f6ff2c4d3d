"""Every notebook runs from top to bottom in a fresh kernel, without a network, and is true.

A kernel starts with a guard that lets nothing connect but to this machine; the commands that a
notebook runs have it too. After the last cell one more is run: it asserts what the text between the
cells says of their output.
"""

import io
import os
import re
from base64 import b64decode
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import matplotlib.image
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from nutrigraph import KnowledgeGraph

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
FIGURES = {
    "01-first-look": 0,
    "02-pathways": 2,
    "03-contested-evidence": 6,
    "04-discovery": 2,
    "05-your-own-document": 0,
}
GUARD = """
import sys

def _here_alone(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        address = args[0], None
    else:
        return
    host = address[0] if isinstance(address, tuple) else "localhost"
    if host not in ("localhost", "127.0.0.1", "::1", "", None):
        raise PermissionError(f"a notebook must not reach {host!r}")

sys.addaudithook(_here_alone)
"""
TRUE = {
    "01-first-look": """
held = set(kg.query("SELECT ?x { :magnesium :deficiencyAssociatedWith ?x }"))
assert {("insulin resistance",), ("insulin sensitivity",)} <= {
    (kg.entity(name).label,) for (name,) in held
}
assert not list(kg.query("SELECT ?x { :magnesium :deficiencyAssociatedWith ?x }", asserted=True))
assert len(suggested) and len(nulls)
assert path.verdict == "hypothesis" and path.sign_basis == "if-causal" and path.crosses_population
assert len(path.hops) == 2 and path.hops[1].force == "association"
assert kg.entities[path.hops[0].object[0]].label == "insulin resistance"
""",
    "02-pathways": """
counts = table.verdict.value_counts()
assert counts["stated"] == 1 and "inferred" not in counts and counts["hypothesis"] > 5
assert shares.idxmax() == "continuity" and answer.paths[0].cost_parts["continuity"] == 0
moved = [nodes(path) for path in stricter.paths]
assert moved != ours and set(moved) != set(ours)
assert many > 20 and five.robustness.min() < 1
assert list(steady) == names[:2]
assert ranks.iloc[4].max() >= ranks.iloc[5].min()
assert less.verdict == answer.verdict and len(less.paths) == 10
changed = falls[falls["verdict without it"] != answer.verdict]
assert (changed["how many"] == 1).any()
assert kg.paths("magnesium", "neonatal mortality", species=["human"]).verdict == "no-path"
assert any(path.crosses_species for path in mixed.paths)
assert kg.effect("magnesium", "down", "oxidative stress").answer == "up"
assert kg.effect("magnesium", "up", "oxidative stress").answer == "abstain"
""",
    "03-contested-evidence": """
assert len(state) > 40 and len(given) > 40 and len(both)
for found in (state, given):
    told = found.support > 0
    assert (found[told].sign.isin([1, -1]) | found[told].disagree).all()
assert (low, high) == (0.75, 1.25)
flat = preeclampsia[(preeclampsia.sign == 0) & (preeclampsia.side == "dispute")]
assert len(flat) > 1 and flat.ci_low.ge(low).all() and flat.ci_high.le(high).all()
open_ = preeclampsia[(preeclampsia.side == "inconclusive") & preeclampsia.ci_low.notna()]
ratios = open_[open_.effect_measure.isin(RATIOS)]
assert (ratios.ci_low.lt(low) | ratios.ci_high.gt(high)).all()
turned = preeclampsia[preeclampsia.otherwise & (preeclampsia.sign != 0)]
assert list(turned.nutrient) == ["calcium"] and "higher calcium" in turned.comparison.iloc[0]
several = miscarriage[miscarriage.nutrient == "multivitamins"].dropna(subset="effect_value")
assert several.effect_value.min() < 1 < several.effect_value.max()
assert (several.design == "cohort").all()
across = miscarriage[(miscarriage.side == "support") & (miscarriage.effect_measure.isin(RATIOS))]
across = across[(across.ci_low < 1) & (across.ci_high > 1)]
assert len(across) == 1 and "trend" in across.note.iloc[0]
signs = inflammation[inflammation.nutrient == "vitamin D"]
signs = signs[signs.analysis == "main"].groupby("measured_by").sign.first()
assert {1, -1} <= set(signs)
bare = nulls[nulls.ci_low.isna()]
assert len(bare) and (bare.side == "inconclusive").all()
""",
    "04-discovery": """
assert len(new) > 20 and table.stated.any()
assert table.strength.is_monotonic_decreasing
strong = [item for item in shown if item.null_rank / item.null_of > 0.05]
assert max(item.strength for item in strong) > 0.4
assert len(between) == 1 and between[0].target == best.target
assert set(compared.columns[1:3]) == {"strength, any species", "rank, any species"}
both = compared.dropna()
assert ((both.iloc[:, 1] - both.iloc[:, 3]).abs() < 0.05).mean() > 0.9
assert ((both.iloc[:, 2] - both.iloc[:, 4]).abs() > 5).mean() > 0.3
assert len(first[(first > 0) & (first < 3)])
assert tested
""",
    "05-your-own-document": """
assert not home.exists()
assert list(findings.side) == ["support", "dispute", "inconclusive"]
assert set(own[own.weight == 0].basis) == {"cross-reference", "headline", "text"}
assert own[own.negated].weight.tolist() == [0]
assert answer.direct.support and answer.direct.dispute and answer.direct.inconclusive
assert where[0] == {"choline-page"} and "pregnancy-findings" in where[1]
""",
}
TOLD = {
    "01-first-look": [
        "verdict: hypothesis; sign −, if-causal",
        "nobody here tested the whole route",
    ],
    "02-pathways": ["The question as a whole: signs-disagree.", "papers give evidence on the ten"],
    "03-contested-evidence": ["Negligible for ratios: 0.75 to 1.25.", "cannot be on these axes"],
    "04-discovery": ["rank in the first twentieth", "Tested and not found"],
    "05-your-own-document": [
        "no-path before, hypothesis now",
        "[coverage] segment-00: holds neither a claim nor a no-claim",
        "choline-page: 6 quotes, 6 of them placed anew",
        "Everything holds.",
        "not 'Low choline intake raises oxidative stress'",
        "value 'low cholin': is no entity (nearest: low choline",
        "3 rows, 0 bad, 3 claims",
    ],
}
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    return notebook


@dataclass(frozen=True)
class Kernel:
    """A fresh kernel that asks a store, from a folder of the tests, and reaches no network."""

    desk: Path
    store: Path

    def run(self, notebook: nbformat.NotebookNode) -> None:
        """Run a notebook as if by hand; its cells hold their output afterwards."""
        guard = self.desk / "guard"
        guard.mkdir(exist_ok=True)
        (guard / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
        own = {
            "NUTRIGRAPH_STORE": str(self.store),
            "PYTHONPATH": str(guard),
            "PYTHONWARNINGS": "error::DeprecationWarning:nutrigraph",
            "IPYTHONDIR": str(self.desk / "ipython"),
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        }
        kept = {name: value for name, value in os.environ.items() if name not in _OURS}
        client = NotebookClient(notebook, timeout=120, kernel_name="python3")
        client.execute(cwd=str(self.desk), env=kept | own)


_OURS = ("NUTRIGRAPH_ONTOLOGY", "NUTRIGRAPH_STORE")


@dataclass(frozen=True)
class Executed:
    """A notebook that has run, and what it put out."""

    name: str
    notebook: nbformat.NotebookNode

    @cached_property
    def outputs(self) -> list[nbformat.NotebookNode]:
        return [output for cell in self.notebook.cells for output in cell.get("outputs", [])]

    @cached_property
    def data(self) -> list[dict[str, str]]:
        return [output["data"] for output in self.outputs if "data" in output]

    @cached_property
    def text(self) -> str:
        printed = [output.get("text", "") for output in self.outputs]
        return "\n".join([*printed, *(data.get("text/plain", "") for data in self.data)])


@pytest.fixture(scope="module")
def kernel(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Kernel:
    return Kernel(tmp_path_factory.mktemp("desk"), store)


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request: pytest.FixtureRequest, kernel: Kernel) -> Executed:
    path: Path = request.param
    notebook = read(path)
    notebook.cells.append(nbformat.v4.new_code_cell(TRUE[path.stem]))
    kernel.run(notebook)
    return Executed(path.stem, notebook)


def test_there_is_a_story_for_each_use() -> None:
    names = [path.stem for path in NOTEBOOKS]
    assert names == list(FIGURES) == list(TRUE) == list(TOLD)


@each
def test_a_notebook_is_committed_without_output_or_traces(path: Path) -> None:
    notebook = read(path)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        assert cell.id == f"cell-{number:02}"
        assert not cell.metadata
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@each
def test_a_notebook_uses_what_a_reader_has(path: Path) -> None:
    """It imports the package itself, and no module or name of its inside."""
    code = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    assert re.search(r"^import nutrigraph$", code, re.MULTILINE)
    assert not re.search(r"nutrigraph\.[a-z_]+ import|import nutrigraph\.|\._[a-z]", code)


def test_a_kernel_of_the_tests_reaches_no_network(kernel: Kernel) -> None:
    for code in (
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "import urllib.request; urllib.request.urlopen('https://example.org')",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import socket; "
        'socket.create_connection(("192.0.2.1", 80), timeout=1)\'], check=True)',
    ):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        with pytest.raises(CellExecutionError, match=r"must not reach|CalledProcessError"):
            kernel.run(notebook)


def test_a_notebook_runs_and_what_it_says_is_true(executed: Executed, kg: KnowledgeGraph) -> None:
    assert not [output for output in executed.outputs if output.get("name") == "stderr"]
    assert kg.vocabulary.caution in executed.text
    for words in TOLD[executed.name]:
        assert words in executed.text, words
    # A slip in how rich or a terminal is dealt with would leave its codes here.
    assert "\x1b" not in executed.text


def test_no_table_is_empty(executed: Executed) -> None:
    tables = [data["text/html"] for data in executed.data if "<table" in data.get("text/html", "")]
    assert len(tables) >= 4
    assert all(table.count("<tr") > 1 for table in tables)


def test_its_figures_show_something(executed: Executed) -> None:
    drawn = [b64decode(data["image/png"]) for data in executed.data if "image/png" in data]
    assert len(drawn) == FIGURES[executed.name]
    for png in drawn:
        pixels = matplotlib.image.imread(io.BytesIO(png))
        height, width = pixels.shape[:2]
        assert width > 500
        assert height > 250
        ink = np.asarray((pixels[..., :3] < 0.95).any(axis=-1))
        assert 0.01 < ink.mean() < 0.6
        # Nothing is cut off at an edge: matplotlib leaves a white margin around what it drew.
        assert not any(edge.any() for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))


def test_what_shows_itself_does(executed: Executed, kg: KnowledgeGraph) -> None:
    framed = [data for data in executed.data if "<iframe" in data.get("text/html", "")]
    assert len(framed) == {"01-first-look": 2, "03-contested-evidence": 1}.get(executed.name, 0)
    # Where scripts are stripped, the picture stands there.
    assert all("image/svg+xml" in data for data in framed)
    pages = [
        data for data in framed if "<page" in data["text/plain"] or "<Know" in data["text/plain"]
    ]
    assert all(len(data["text/plain"]) < 200 for data in pages)
    if executed.name == "01-first-look":
        assert len(pages) == 2
        assert f"{len(kg.claims())} claims" in executed.text
