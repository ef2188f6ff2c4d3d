"""What stands in the graph on one thing: the quads behind a page, for machines."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox

from nutrigraph import exchange
from nutrigraph.errors import UnknownName
from nutrigraph.naming import nearest
from nutrigraph.terms import BASE, INFERRED, NG, local

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nutrigraph.graph import KnowledgeGraph
    from nutrigraph.model import Claim, Entity, Source

CLAIMS = BASE + "claim/"


def address(iri: str) -> str:
    """Return where the page of a claim, an entity, a paper or a term is on this server.

    What lies under another name than ours, as imported entities may, is found by its whole IRI.
    """
    if iri.startswith(CLAIMS):
        return f"/claim/{quote(iri.removeprefix(CLAIMS))}"
    return (
        f"/entity/{quote(iri.removeprefix(BASE))}"
        if iri.startswith(BASE)
        else (f"/entity/{quote(iri, safe='')}")
    )


def node_of(iri: str) -> ox.NamedNode | None:
    """Return the node of an IRI, or None where it cannot be one."""
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


def find_entity(graph: KnowledgeGraph, name: str) -> Entity:
    """Return the entity of the last part of an IRI, of a label, a synonym, a CURIE or an IRI.

    Raises:
        UnknownName: there is none.
    """
    return graph.entities.get(BASE + name) or graph.entities.get(name) or graph.entity(name)


def find_claim(graph: KnowledgeGraph, name: str) -> Claim:
    """Return the claim of an id, or of its last part.

    Raises:
        UnknownName: there is none.
    """
    wanted = name if name.startswith(CLAIMS) else CLAIMS + name
    for claim in graph.content.claims:
        if claim.id == wanted:
            return claim
    raise UnknownName("claim", name, nearest(name, [local(c.id) for c in graph.content.claims]))


def find_paper(graph: KnowledgeGraph, name: str) -> Source | None:
    """Return the paper of the last part of an IRI, as what cites it has it, or None."""
    wanted = BASE + name
    for home in graph.documents:
        cited = (source for paragraph in home.paragraphs for source in paragraph.sources)
        given = (source for claim in home.claims for source in claim.sources)
        for source in chain(cited, given, home.mentioned):
            if source.id == wanted:
                return source
    return None


def _of(store: ox.Store, subject: str) -> Iterator[ox.Quad]:
    return store.quads_for_pattern(ox.NamedNode(subject), None, None, None)


def _ordered(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    return sorted(dict.fromkeys(quads), key=str)


def entity_quads(graph: KnowledgeGraph, name: str) -> list[ox.Quad]:
    """Return what is said of an entity in plain triples, as their subject or object.

    Raises:
        UnknownName: there is none of that name.
    """
    node, store = ox.NamedNode(find_entity(graph, name).id), graph.store.local
    told = [*_of(store, node.value)]
    for home in (ox.DefaultGraph(), ox.NamedNode(INFERRED)):
        told += store.quads_for_pattern(None, None, node, home)
    return _ordered(q for q in told if not _is_claim(q))


def _is_claim(quad: ox.Quad) -> bool:
    subject = quad.subject
    return isinstance(subject, ox.NamedNode) and subject.value.startswith(CLAIMS)


def claim_quads(graph: KnowledgeGraph, name: str) -> list[ox.Quad]:
    """Return a claim with its quote, its evidence, its paragraph and the papers of that.

    Raises:
        UnknownName: there is none of that name.
    """
    claim, store = find_claim(graph, name), graph.store.local
    told, open_ends = list[ox.Quad](), [claim.id, *filter(None, [claim.paragraph])]
    seen: set[str] = set()
    while open_ends:
        subject = open_ends.pop()
        if subject in seen:
            continue
        seen.add(subject)
        for quad in _of(store, subject):
            told.append(quad)
            value = quad.object
            if isinstance(value, ox.NamedNode) and (
                value.value.startswith(f"{claim.id}#")
                or quad.predicate.value in (NG.cites, NG.paper, NG.headlineDifference)
            ):
                open_ends.append(value.value)
    return _ordered(told)


def paper_quads(graph: KnowledgeGraph, name: str) -> list[ox.Quad]:
    """Return what documents say of a paper; nothing where there is none of that name."""
    node = node_of(BASE + name)
    return [] if node is None else _ordered(_of(graph.store.local, node.value))


def ontology_quads(graph: KnowledgeGraph) -> list[ox.Quad]:
    """Return what the vocabulary declares, as it is published."""
    return exchange.ontology_quads(graph.store.local, graph.entities)
