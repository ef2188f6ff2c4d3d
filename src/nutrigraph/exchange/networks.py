"""Claims as a networkx graph, and that graph as GraphML."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from nutrigraph.exchange.rows import flatten
from nutrigraph.terms import local

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import networkx as nx

    from nutrigraph.exchange.rows import Row
    from nutrigraph.model import Entity, Link

_NOT_IN_XML: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def network(
    entities: Iterable[Entity], records: Iterable[dict[str, Any]], links: Iterable[Link] = ()
) -> nx.MultiDiGraph[str]:
    """Return entities and the records of claims as a graph: nodes by IRI, one edge a claim.

    Nodes carry what is told of an entity, by the names of its fields; edges carry the record but
    for its subject and object, under the claim's IRI as their key. Links have the IRI of their type
    as their key, and carry ``link`` (its name) and ``weight``.
    """
    import networkx

    graph: nx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for entity in entities:
        told = asdict(entity)
        graph.add_node(told.pop("id"), **told)
    for record in records:
        edge = {name: value for name, value in record.items() if name not in ("subject", "object")}
        graph.add_edge(record["subject"]["id"], record["object"]["id"], key=record["id"], **edge)
    for item in links:
        told = {"link": local(item.type), "weight": item.weight}
        graph.add_edge(item.subject, item.object, key=item.type, **told)
    return graph


def graphml(graph: nx.MultiDiGraph[str], caution: str) -> Iterator[str]:
    """Yield the lines of a graph of `network` as GraphML.

    Nodes and edges get ids of their own (``n0``, ``e0``) and carry their IRI as ``iri``: not every
    reader takes an IRI for an id. Edges carry the flat row of their claim; what is unknown is left
    out. What XML cannot hold (control characters) becomes U+FFFD. The caution is a property of the
    graph.
    """
    import networkx

    nodes = {iri: f"n{number}" for number, iri in enumerate(sorted(graph))}
    flat: nx.MultiDiGraph[str] = networkx.MultiDiGraph(caution=_xml_text(caution))
    for iri, node in nodes.items():
        told = {name: graph.nodes[iri].get(name) for name in ("label", "kind")}
        flat.add_node(node, **_attributes({"iri": iri, **told}))
    edges = sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3])
    rows = [flatten(data) for *_, data in edges]
    # One type a column: figures that are whole in one claim and broken in another are all floats.
    broken = {name for row in rows for name, value in row.items() if isinstance(value, float)}
    for number, ((subject, target, iri, _), row) in enumerate(zip(edges, rows, strict=True)):
        figures = {name: float(row[name] or 0) for name in broken if row.get(name) is not None}
        attributes = _attributes({"iri": iri, **row, **figures})
        flat.add_edge(nodes[subject], nodes[target], f"e{number}", **attributes)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    for line in networkx.generate_graphml(flat):
        yield f"{line}\n"


def _attributes(row: Row) -> dict[str, str | int | float]:
    """Return what is known of a row, but for ``id``, which GraphML has a place of its own for."""
    return {
        name: _xml_text(value) if isinstance(value, str) else value
        for name, value in row.items()
        if name != "id" and value is not None and value != ""
    }


def _xml_text(text: str) -> str:
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
