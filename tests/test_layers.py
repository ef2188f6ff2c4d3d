"""The shape of the source: which module may import which, and how long things may get.

Reads the files with ``ast``; nothing is imported. The table is the one in CONTRIBUTING.md.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "nutrigraph"

# Lowest row first. A module imports from the rows before its own, and in its own row from what
# stands before it; `terms` also holds the lookup of the ontology folder.
ROWS = (
    ("errors", "terms"),
    ("model",),
    ("wording", "naming", "cells"),
    ("gate", "store", "remote", "rdf", "builds", "content"),
    ("grade",),
    ("paths", "check", "exchange", "sheets", "view"),
    (
        *("weights", "choices", "records", "report", "notebook", "results", "evidence", "changes"),
        *("queries", "build", "outline", "imports", "exports", "edges"),
    ),
    ("graph", "opening"),
    ("__init__",),
    ("server", "cli"),
    ("__main__",),
)
# In this row none imports another.
STRANGERS = frozenset(ROWS[5])
ORDER = tuple(name for row in ROWS for name in row)

MAX_FILE_LINES = 400
# Without the docstring: a long one is welcome.
MAX_FUNCTION_LINES = 45
VAGUE_NAMES = frozenset({"helper", "helpers", "manager", "managers", "util", "utils"})
# Each costs 0.2 to 1.2 s to import: inside functions only.
HEAVY = frozenset(
    {
        "httpx2",
        "matplotlib",
        "networkx",
        "numpy",
        "openpyxl",
        "pandas",
        "pyshacl",
        "pyvis",
        "rdflib",
        "rich",
    }
)
# The search over arrays is numpy through and through: these import it at the top, and are as heavy
# themselves, so that nothing else may import them there.
ARRAYS = frozenset(
    {
        "edges/arrays.py",
        "edges/growth.py",
        "edges/patch.py",
        "edges/strings.py",
        "paths/arcs.py",
        "paths/bounds.py",
        "paths/engine.py",
    }
)
ARRAY_MODULES = frozenset(
    f"nutrigraph.{name.removesuffix('.py').replace('/', '.')}" for name in ARRAYS
)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def sources(package: Path) -> list[Path]:
    return sorted(package.rglob("*.py"))


def module_of(path: Path, package: Path) -> str:
    """The module of the table that a file belongs to: `paths/cost.py` is `paths`."""
    return path.relative_to(package).with_suffix("").parts[0]


def dotted_of(node: ast.ImportFrom, path: Path, package: Path) -> str:
    """The absolute name that a `from … import` takes from."""
    if node.level == 0:
        return node.module or ""
    folder = path.parent
    for _ in range(node.level - 1):
        folder = folder.parent
    parents = (package.name, *folder.relative_to(package).parts)
    return ".".join((*parents, node.module) if node.module else parents)


def imported_names(path: Path, package: Path) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of every import, wherever in the file it stands."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = dotted_of(node, path, package)
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"
        elif isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func).rpartition(".")[2]
            first = node.args[0]
            if (
                called in {"__import__", "import_module"}
                and isinstance(first, ast.Constant)
                and isinstance(first.value, str)
            ):
                relative = first.value.startswith(".")
                yield node.lineno, f"{package.name if relative else ''}{first.value}"


def own_imports(path: Path, package: Path) -> Iterator[tuple[int, str]]:
    """Line and module of the table for every import from the package itself.

    A name taken from the package that is no module of it (`from nutrigraph import open`) comes
    from `__init__`.
    """
    for line, dotted in imported_names(path, package):
        top, *rest = dotted.split(".")
        if top != package.name:
            continue
        name = rest[0] if rest else "__init__"
        is_module = (
            name in ORDER
            or len(rest) > 1
            or (package / f"{name}.py").exists()
            or (package / name).is_dir()
        )
        yield line, name if is_module else "__init__"


def layer_findings(package: Path) -> Iterator[str]:
    for path in sources(package):
        name, where = module_of(path, package), path.relative_to(package)
        if name not in ORDER:
            yield f"{where}: module {name} is not in the table"
            continue
        for line, taken in own_imports(path, package):
            if taken == name:
                continue
            if taken not in ORDER:
                yield f"{where}:{line}: imports {taken}, which is not in the table"
            elif {name, taken} <= STRANGERS:
                yield f"{where}:{line}: {name} imports {taken}, which stands beside it"
            elif ORDER.index(taken) > ORDER.index(name):
                yield f"{where}:{line}: {name} imports {taken}, which stands above it"


def is_for_typing(node: ast.If) -> bool:
    return ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the module is imported: no function's body, nothing for typing."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and is_for_typing(child):
            for other in child.orelse:
                yield other
                yield from run_at_import(other)
            continue
        yield child
        yield from run_at_import(child)


def heavy_findings(package: Path) -> Iterator[str]:
    for path in sources(package):
        among_arrays = path.relative_to(package).as_posix() in ARRAYS
        for node in run_at_import(parse(path)):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in names:
                heavy = name.partition(".")[0] in HEAVY or name in ARRAY_MODULES
                if heavy and not (among_arrays and name in {"numpy", *ARRAY_MODULES}):
                    where = f"{path.relative_to(package)}:{getattr(node, 'lineno', 0)}"
                    yield f"{where}: imports {name} at the top level"


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is not None:
        docstring = function.body[0]
        length -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return length


def size_findings(folder: Path) -> Iterator[str]:
    for path in sources(folder):
        where = path.relative_to(folder)
        length = len(path.read_text(encoding="utf-8").splitlines())
        if length > MAX_FILE_LINES:
            yield f"{where}: {length} lines, {MAX_FILE_LINES} at most"
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = code_lines(node)
                if length > MAX_FUNCTION_LINES:
                    most = f"{MAX_FUNCTION_LINES} at most"
                    yield f"{where}:{node.lineno}: {node.name} has {length} lines, {most}"


def name_findings(folder: Path) -> Iterator[str]:
    for path in sources(folder):
        where = path.relative_to(folder)
        for part in where.with_suffix("").parts:
            if VAGUE_NAMES & set(part.lower().split("_")):
                yield f"{where}: {part} says nothing of what it does"


def plant(package: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return package


def test_there_is_a_package_to_read() -> None:
    assert {module_of(path, PACKAGE) for path in sources(PACKAGE)} >= {"__init__", "cli", "graph"}


def test_imports_go_down() -> None:
    assert list(layer_findings(PACKAGE)) == []


def test_heavy_packages_are_imported_late() -> None:
    assert list(heavy_findings(PACKAGE)) == []


@pytest.mark.parametrize("folder", [PACKAGE, ROOT / "tests"], ids=["src", "tests"])
def test_files_and_functions_stay_short(folder: Path) -> None:
    assert list(size_findings(folder)) == []


def test_names_say_something() -> None:
    assert list(name_findings(PACKAGE)) == []


@pytest.mark.parametrize(
    ("file", "text", "finding"),
    [
        ("model.py", "from nutrigraph.graph import X", "model imports graph, which stands above"),
        ("model.py", "import nutrigraph.cli", "model imports cli, which stands above"),
        ("model.py", "from . import store", "model imports store, which stands above"),
        ("model.py", "from .store import X", "model imports store, which stands above"),
        ("model.py", "import nutrigraph", "model imports __init__, which stands above"),
        ("model.py", "from nutrigraph import KG", "model imports __init__, which stands above"),
        ("model.py", "def f():\n    from .rdf import X", "model.py:2: model imports rdf"),
        ("model.py", "if TYPE_CHECKING:\n    from .rdf import X", "model imports rdf"),
        ("model.py", "import_module('nutrigraph.rdf')", "model imports rdf"),
        ("model.py", "importlib.import_module('.rdf', 'nutrigraph')", "model imports rdf"),
        ("errors.py", "from .terms import X", "errors imports terms, which stands above"),
        ("store.py", "from .rdf import X", "store imports rdf, which stands above"),
        ("view.py", "from .paths import X", "view imports paths, which stands beside"),
        ("grade.py", "from .view import X", "grade imports view, which stands above"),
        ("paths/cost.py", "from ..view import X", "paths imports view, which stands beside"),
        ("paths/cost.py", "from ..graph import X", "paths imports graph, which stands above"),
        ("server.py", "from .cli import X", "server imports cli, which stands above"),
        ("__init__.py", "from .cli import main", "__init__ imports cli, which stands above"),
        ("extra.py", "", "module extra is not in the table"),
        ("cli.py", "from .extra.more import X", "imports extra, which is not in the table"),
    ],
)
def test_a_planted_import_is_found(file: str, text: str, finding: str, tmp_path: Path) -> None:
    package = plant(tmp_path / "nutrigraph", {file: text})
    found = list(layer_findings(package))
    assert len(found) == 1
    assert finding in found[0]


def test_imports_that_go_down_pass(tmp_path: Path) -> None:
    files = {
        "terms.py": "from .errors import X",
        "rdf.py": "from .store import X\nfrom .model import Y\nimport rdflib.graph",
        "paths/__init__.py": "from .cost import X\nfrom nutrigraph.paths import cost",
        "paths/cost.py": "from . import walk\nfrom .. import model, terms\nfrom ..rdf import Z",
        "paths/walk.py": "from nutrigraph.paths.cost import X",
        "graph.py": "from nutrigraph import paths, view\nfrom .grade import X",
        "__init__.py": "from .graph import X\nfrom nutrigraph.errors import Y",
        "cli.py": "from . import server\nfrom nutrigraph import KG, graph",
        "__main__.py": "from nutrigraph.cli import main",
    }
    assert list(layer_findings(plant(tmp_path / "nutrigraph", files))) == []


def test_a_module_outside_the_table_is_found_where_it_is_imported(tmp_path: Path) -> None:
    package = plant(tmp_path / "nutrigraph", {"cli.py": "from .extra import X", "extra.py": ""})
    assert list(layer_findings(package)) == [
        "cli.py:1: imports extra, which is not in the table",
        "extra.py: module extra is not in the table",
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("import numpy as np", 1),
        ("from rdflib.graph import Graph", 1),
        ("try:\n    import pandas\nexcept ImportError:\n    pass", 1),
        ("class A:\n    import rich", 1),
        ("if TYPE_CHECKING:\n    import numpy\nelse:\n    import networkx", 1),
        ("import numpydoc, richer", 0),
        ("def f():\n    import numpy", 0),
        ("class A:\n    def f(self):\n        import numpy", 0),
        ("import typing\nif typing.TYPE_CHECKING:\n    import numpy", 0),
    ],
)
def test_a_heavy_import_is_found(text: str, count: int, tmp_path: Path) -> None:
    package = plant(tmp_path / "nutrigraph", {"view.py": text})
    assert len(list(heavy_findings(package))) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("x = 1\n" * MAX_FILE_LINES, 0),
        ("x = 1\n" * (MAX_FILE_LINES + 1), 1),
        ("def f():\n" + "    x = 1\n" * (MAX_FUNCTION_LINES - 1), 0),
        ("def f():\n" + "    x = 1\n" * MAX_FUNCTION_LINES, 1),
        ("def f():\n    '''A\n" + "    b\n" * 60 + "    '''\n    return 1\n", 0),
        ("class A:\n    async def f(self):\n" + "        x = 1\n" * MAX_FUNCTION_LINES, 1),
    ],
)
def test_a_long_file_or_function_is_found(text: str, count: int, tmp_path: Path) -> None:
    assert len(list(size_findings(plant(tmp_path, {"view.py": text})))) == count


@pytest.mark.parametrize(
    ("file", "count"),
    [("utils.py", 1), ("view/helpers.py", 1), ("store_manager.py", 1), ("view/layout.py", 0)],
)
def test_a_vague_name_is_found(file: str, count: int, tmp_path: Path) -> None:
    assert len(list(name_findings(plant(tmp_path, {file: ""})))) == count
