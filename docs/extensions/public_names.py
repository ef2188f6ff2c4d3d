"""The reference of the Python interface: names in signatures lead to what they stand for.

Annotations are read as they stand, and what they name is often imported for type checkers alone.
So a short name is looked up in the imports of the module that it stands in.
"""

from __future__ import annotations

import ast
import inspect
import sys
from dataclasses import is_dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from sphinx.addnodes import pending_xref
from sphinx.util.nodes import make_refnode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

PACKAGE = "nutrigraph"


@cache
def imports(module: str) -> dict[str, str]:
    """Return what the names are that a module imports, those for type checkers among them."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(inspect.getsource(sys.modules[module]))):
        if isinstance(node, ast.Import):
            found |= {name.asname or name.name: name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
    return found


def homes(module: str, owner: str | None) -> Iterator[str]:
    """Yield the modules that hold the code of a class and its bases, or of a module's functions."""
    home = import_module(module)
    if owner is None:
        things = [getattr(home, name) for name in getattr(home, "__all__", ())]
        yield from (thing.__module__ for thing in things if inspect.isfunction(thing))
    else:
        bases = inspect.getmro(getattr(home, owner.partition(".")[0]))
        yield from (base.__module__ for base in bases if base.__module__.startswith(PACKAGE))


def spelt_out(node: pending_xref) -> str:
    """Return the whole name of what a reference is to, as far as imports tell it."""
    head, dot, rest = node["reftarget"].partition(".")
    if module := node.get("py:module"):
        for home in homes(module, node.get("py:class")):
            if head in imports(home):
                return f"{imports(home)[head]}{dot}{rest}"
    return str(node["reftarget"])


def spell_out(_app: Sphinx, document: nodes.document) -> None:
    """Give every reference to a class its whole name, before Sphinx takes the next of that end."""
    for node in document.findall(pending_xref):
        if node.get("refdomain") == "py" and (whole := spelt_out(node)) != node["reftarget"]:
            node["reftarget"] = whole
            node.attributes.pop("refspecific", None)


def find(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.TextElement
) -> nodes.Element | None:
    """Return a link to what is documented here; plain text for what belongs to others."""
    if node.get("refdomain") != "py":
        return None
    package, _, name = node["reftarget"].rpartition(".")
    if package and package.partition(".")[0] != PACKAGE:
        return shown
    objects = env.domains.python_domain.objects
    kinds = ("class", "exception", "data", "type")
    found = [
        one for one, entry in objects.items()
        if one.rpartition(".")[2] == name and entry.objtype in kinds and not entry.aliased
    ]  # fmt: skip
    if len(found) != 1:
        return None
    entry = objects[found[0]]
    return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, shown, found[0])


def without_fields(
    _app: Sphinx, kind: str, _name: str, thing: object, _options: object, shown: str, returns: str
) -> tuple[str, str] | None:
    """Drop the signature of a record: nobody makes one by hand, and its fields follow."""
    return ("", returns) if kind == "class" and is_dataclass(thing) and shown else None


def whole_sentences(
    _app: Sphinx, kind: str, _name: str, _thing: object, _options: object, lines: list[str]
) -> None:
    """Keep napoleon from taking what stands before a colon, of an attribute, for its type.

    It looks at the first line alone, which an empty comment becomes.
    """
    if kind in ("attribute", "property", "data"):
        lines[:0] = ["..", ""]


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen for names that are not found, and for signatures."""
    app.connect("doctree-read", spell_out)
    app.connect("missing-reference", find)
    app.connect("autodoc-process-signature", without_fields)
    # Before napoleon, which reads the lines by the usual priority, 500.
    app.connect("autodoc-process-docstring", whole_sentences, priority=400)
    return {"parallel_read_safe": True}
