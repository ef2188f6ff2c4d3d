"""Links from a page to files beside `docs/`, which a code host follows, lead to their pages here.

Pages are written for both: `../CONTRIBUTING.md` is right on a code host, and is the page
`contributing` of the site. A file that has no page here can be downloaded. Notebooks are copied, as
Sphinx reads nothing beside its own folder.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docutils import nodes
from sphinx.addnodes import pending_xref

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PAGES: Final = {
    "README": "index",
    "CHANGELOG": "changelog",
    "CONTRIBUTING": "contributing",
    "benchmarks/RESULTS": "performance",
}


def copy_notebooks(app: Sphinx) -> None:
    """Bring `docs/notebooks/`, which git ignores, to what lies beside `docs/`."""
    notebooks, copies = app.srcdir.parent / "notebooks", app.srcdir / "notebooks"
    if not notebooks.is_dir():
        return
    copies.mkdir(exist_ok=True)
    for old in copies.glob("*.ipynb"):
        if not (notebooks / old.name).exists():
            old.unlink()
    for new in notebooks.glob("*.ipynb"):
        shutil.copyfile(new, copies / new.name)


def page_of(target: str, docs: Path) -> str:
    """Return the page that shows a file; ``target`` is its path, with no ending, seen from docs."""
    whole = (docs / target).resolve()
    root = docs.resolve().parent
    if not whole.is_relative_to(root):
        return target
    name = whole.relative_to(root).as_posix()
    return PAGES.get(name, name.removeprefix("docs/"))


def lead(app: Sphinx, document: nodes.document) -> None:
    """Lead the links of a page that go out of `docs/` to the pages that show the same."""
    for link in document.findall(pending_xref):
        if link.get("reftype") != "myst":
            continue
        path, _, anchor = link["reftarget"].partition("#")
        if link["refdomain"] == "doc" and path not in app.env.found_docs:
            link["reftarget"] = page_of(path, app.srcdir)
        # A notebook lies beside docs, not in it: from there, what it links to was not found.
        elif not link["refdomain"] and (app.srcdir.parent / "notebooks" / path).is_file():
            page = page_of(f"../notebooks/{path.rpartition('.')[0]}", app.srcdir)
            link.attributes |= {"refdomain": "doc", "reftarget": page, "reftargetid": anchor}


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen for the beginning, and for pages that have been read."""
    app.connect("builder-inited", copy_notebooks)
    app.connect("doctree-read", lead)
    return {"parallel_read_safe": True}
