"""The checks under ``ontology/checks``: questions that must have no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from nutrigraph.check.findings import Finding, read_text
from nutrigraph.errors import InputError
from nutrigraph.store import declared_graphs
from nutrigraph.terms import BASE, PREFIXES, RDF, local

if TYPE_CHECKING:
    from pathlib import Path


def queries(store: ox.Store, folder: Path) -> list[Finding]:
    """Run the checks under ``ontology/checks``: each must return nothing.

    Raises:
        InputError: there are none, or one is no valid SPARQL.
    """
    files = sorted(folder.glob("*.rq"))
    if not files:
        raise InputError(str(folder), "holds no check: restore the files *.rq")
    findings = []
    graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
        ox.DefaultGraph(),
        *declared_graphs(store),
    ]
    for file in files:
        text = read_text(file)
        advice = " ".join(
            line.lstrip("# ").removeprefix("fix:").strip()
            for line in text.splitlines()
            if line.startswith("# fix:")
        )
        try:
            rows = store.query(text, prefixes=PREFIXES, default_graph=graphs)
        except SyntaxError as error:
            raise InputError(str(file), f"no valid SPARQL: {error.msg}") from error
        if not isinstance(rows, ox.QuerySolutions):
            raise InputError(str(file), "a check must be a SELECT of ?entity ?property ?value")
        for row in rows:
            entity, prop, value = (_word(row, name) for name in ("entity", "property", "value"))
            findings.append(Finding(file.stem, entity, f"{prop} {value}: {advice}"))
    return sorted(findings, key=str)


def _word(row: ox.QuerySolution, name: str) -> str:
    term = row[name]
    if term is None or isinstance(term, ox.Triple):
        return "-"
    return local(term.value) if term.value.startswith(BASE) else term.value


def kinds(store: ox.Store) -> dict[str, int]:
    """Return how many instances each of our classes has."""
    counts: dict[str, int] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(RDF.type), None):
        if isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(BASE):
            name = local(quad.object.value)
            counts[name] = counts.get(name, 0) + 1
    return counts
