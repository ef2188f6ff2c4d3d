"""The shapes of ``ontology/shapes.ttl``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from nutrigraph.check.findings import Finding, shown
from nutrigraph.errors import InputError
from nutrigraph.rdf import parse_file
from nutrigraph.terms import BASE, PREFIXES, local

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import rdflib


def shapes(store: ox.Store, file: Path) -> tuple[int, list[Finding]]:
    """Validate the graph against ``shapes.ttl``; return how many shapes ran and what fails.

    A shape with no instance to check or no constraint, and a class with instances and no shape,
    are findings as well, so that the shapes cannot pass by saying nothing.

    Raises:
        InputError: ``shapes.ttl`` cannot be read, or is no SHACL.
    """
    import logging

    import pyshacl
    from pyshacl.errors import ReportableRuntimeError

    data, rules = _graph({quad.triple for quad in store}), _graph(set(parse_file(file)))
    silent = list(_silent(data, rules, file.name))
    logging.getLogger("pyshacl-validate").disabled = True  # It prints what it raises.
    try:
        report = pyshacl.validate(data, shacl_graph=rules, inference="none")[1]
    except ReportableRuntimeError as error:
        raise InputError(str(file), f"no valid SHACL: {error}") from error
    number = sum(1 for _ in rules.triples((None, _sh("targetClass"), None)))
    return number, sorted([*silent, *_broken(data, report)], key=str)


def _graph(triples: set[ox.Triple]) -> rdflib.Graph:
    import rdflib

    lines = sorted(f"{triple} .\n" for triple in triples)
    return rdflib.Graph().parse(data="".join(lines), format="nt")


def _sh(name: str) -> rdflib.URIRef:
    import rdflib

    return rdflib.URIRef(PREFIXES["sh"] + name)


def _silent(data: rdflib.Graph, rules: rdflib.Graph, file: str) -> Iterator[Finding]:
    """Yield where shapes and data pass each other by."""
    import rdflib

    found = {str(cls) for cls in data.objects(None, rdflib.RDF.type)}
    targets: set[str] = set()
    for shape, cls in rules.subject_objects(_sh("targetClass")):
        targets.add(str(cls))
        thing = f"{file} {local(str(shape))}"
        if str(cls) not in found:
            yield Finding(
                "shapes", thing, f"no instance of :{local(str(cls))} to check: mend sh:targetClass"
            )
        if (shape, _sh("property"), None) not in rules or (
            shape,
            _sh("deactivated"),
            None,
        ) in rules:
            yield Finding("shapes", thing, "constrains nothing: add sh:property")
    for name in sorted(item for item in found - targets if item.startswith(BASE)):
        yield Finding("shapes", file, f"holds no shape for class :{local(name)}: add one")


def _broken(data: rdflib.Graph, report: object) -> Iterator[Finding]:
    """Yield what a validation report says, each with the property and the value it is about."""
    import rdflib

    if not isinstance(report, rdflib.Graph):
        return
    for result in report.subjects(rdflib.RDF.type, _sh("ValidationResult")):
        focus, message, path, value = (
            report.value(result, _sh(name))
            for name in ("focusNode", "resultMessage", "resultPath", "value")
        )
        about = [local(path)] if isinstance(path, rdflib.URIRef) else []
        about += [shown(local(value) if isinstance(value, rdflib.URIRef) else str(value))] * (
            value is not None and value != focus
        )
        yield Finding("shapes", _name(data, str(focus)), f"{message} ({' '.join(about)})")


def _name(data: rdflib.Graph, focus: str) -> str:
    """Return the curator's name of a claim, or the last part of an IRI."""
    import rdflib

    name = data.value(rdflib.URIRef(focus.split("#")[0]), rdflib.URIRef(BASE + "claimName"))
    if name is not None:
        return f"{name} ({local(focus)})" if "#" in focus else str(name)
    return local(focus)
