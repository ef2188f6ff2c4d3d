"""Small tables with their mapping, for tests to spoil and to import."""

import shutil
from pathlib import Path

import nutrigraph
from nutrigraph.edges import import_edges

NODES = (
    "id\tcategory\tname\nX:1\tbiolink:Drug\talpha\n"
    "X:2\tbiolink:Gene|biolink:Protein\tbeta\nX:3\tbiolink:Disease\tgamma\n"
)
EDGES = (
    "subject\tpredicate\tobject\tconfidence\n"
    "X:1\tbiolink:affects\tX:2\t0.5\nX:2\tbiolink:affects\tX:3\t0.25\n"
)
MAPPING = """
title = "Small"
origin = "made for tests"
licence = "CC0"
weight = 0.5
reason = "made"
force = "association"
backward = false
[prefixes]
"biolink:" = "https://w3id.org/biolink/vocab/"
[nodes]
file = "nodes.tsv*"
id = "id"
label = "name"
category = "category"
several = "|"
[edges]
file = "edges.tsv*"
subject = "subject"
predicate = "predicate"
object = "object"
confidence = "confidence"
[edges.leave_out]
negated = ["true"]
[predicate."raises"]
sign = 1
[predicate."lowers"]
sign = -1
[predicate."joins"]
backward = true
"""


class Desk:
    """A folder with tables and a mapping, to be changed and imported into a copy of a store."""

    def __init__(self, folder: Path, store: Path) -> None:
        self.folder, self.store = folder, folder / "store"
        shutil.copytree(store, self.store, symlinks=True)
        self.write("nodes.tsv", NODES)
        self.write("edges.tsv", EDGES)
        self.write("small.toml", MAPPING)

    def write(self, name: str, text: str | bytes) -> None:
        (self.folder / name).write_bytes(text.encode() if isinstance(text, str) else text)

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def edges(self, *rows: tuple[str, str, str, float]) -> None:
        head = "subject\tpredicate\tobject\tconfidence\n"
        self.write("edges.tsv", head + "".join("\t".join(map(str, row)) + "\n" for row in rows))

    def enter(self) -> nutrigraph.KnowledgeGraph:
        files = [self.folder / "nodes.tsv", self.folder / "edges.tsv"]
        import_edges(files, self.store, mapping=str(self.folder / "small.toml"))
        return nutrigraph.open(self.store)
