"""The vocabulary as it is published: its terms alone, with what a reader elsewhere looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nutrigraph.terms import BASE, NG, OWL, PREFIXES, RDF, RDFS, SKOS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import pyoxigraph as ox

_STATUS: Final = "http://www.w3.org/2003/06/sw-vocab-status/ns#"
_XSD_URI: Final = PREFIXES["xsd"] + "anyURI"
# RDF elsewhere has no empty prefix of ours.
_PREFIXES: Final = {
    **{prefix or "nutrigraph": iri for prefix, iri in PREFIXES.items()},
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vann": "http://purl.org/vocab/vann/",
    "vs": _STATUS,
}


def ontology_quads(store: ox.Store, entities: Collection[str]) -> list[ox.Quad]:
    """Return what the vocabulary declares: all of the default graph but the entities, sorted.

    Each term also says that the ontology defines it (``rdfs:isDefinedBy``) and how far it can be
    relied on (``vs:term_status``): ``stable`` once it is released, ``testing`` before, ``archaic``
    when it is deprecated. The ontology declares the usual prefixes (``sh:declare``).
    """
    return sorted({*_stated(store, entities), *_added(store, entities), *_declared()}, key=str)


def turtle(store: ox.Store, entities: Collection[str]) -> Iterator[str]:
    """Yield `ontology_quads` as Turtle."""
    import pyoxigraph as ox

    triples = [quad.triple for quad in ontology_quads(store, entities)]
    yield (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=_PREFIXES) or b"").decode()


def _named(store: ox.Store, predicate: str, value: ox.NamedNode | None = None) -> set[object]:
    """Return what bears a property in the default graph."""
    import pyoxigraph as ox

    found = store.quads_for_pattern(None, ox.NamedNode(predicate), value, ox.DefaultGraph())
    return {quad.subject for quad in found}


def _stated(store: ox.Store, entities: Collection[str]) -> Iterator[ox.Quad]:
    import pyoxigraph as ox

    apart = _named(store, RDF.type, ox.NamedNode(NG.QualifiedTerm))
    defined = _named(store, SKOS.definition)
    for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph()):
        subject = quad.subject
        if (
            isinstance(subject, ox.NamedNode)
            and subject.value not in entities
            and subject not in apart
            and (subject in defined or subject.value.startswith(BASE))
        ):
            yield quad


def _added(store: ox.Store, entities: Collection[str]) -> Iterator[ox.Quad]:
    """Yield, for each term with a definition, where it is defined, and its status."""
    import pyoxigraph as ox

    retired, released = _named(store, OWL.deprecated), _named(store, NG.since)
    ontology, defined = ox.NamedNode(NG.ontology), _named(store, SKOS.definition)
    for term in {quad.subject for quad in _stated(store, entities)} & defined:
        if isinstance(term, ox.NamedNode) and term.value.startswith(BASE):
            status = "archaic" if term in retired else "stable" if term in released else "testing"
            yield ox.Quad(term, ox.NamedNode(RDFS.isDefinedBy), ontology)
            yield ox.Quad(term, ox.NamedNode(_STATUS + "term_status"), ox.Literal(status))


def _declared() -> Iterator[ox.Quad]:
    """Yield the prefixes; their nodes bear the same names each time."""
    import pyoxigraph as ox

    sh, uri = PREFIXES["sh"], ox.NamedNode(_XSD_URI)
    for prefix, iri in _PREFIXES.items():
        node = ox.BlankNode(f"prefix-{prefix}")
        yield ox.Quad(ox.NamedNode(NG.ontology), ox.NamedNode(sh + "declare"), node)
        yield ox.Quad(node, ox.NamedNode(RDF.type), ox.NamedNode(sh + "PrefixDeclaration"))
        yield ox.Quad(node, ox.NamedNode(sh + "prefix"), ox.Literal(prefix))
        yield ox.Quad(node, ox.NamedNode(sh + "namespace"), ox.Literal(iri, datatype=uri))
