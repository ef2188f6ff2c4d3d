"""What the vocabulary declares, term by term, as the store has it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from nutrigraph.server.resources import node_of, ontology_quads
from nutrigraph.terms import BASE, DCTERMS, NG, OWL, PREFIXES, RDF, RDFS, SKOS, curie, local

if TYPE_CHECKING:
    from nutrigraph.graph import KnowledgeGraph

_CLASS: Final = PREFIXES["owl"] + "Class"
_PROPERTY: Final = PREFIXES["rdf"] + "Property"
_APART: Final = (NG.Predicate, NG.LinkType, NG.StudyType, _CLASS, _PROPERTY)
"""Classes whose terms have a section of their own on the page."""
SIGNS: Final = {
    1: "more goes with more",
    -1: "more goes with less",
    0: "no difference found",
    None: "no sign",
}
_MAPPINGS: Final = (
    SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch,
    NG.biolinkCategory, NG.biolinkPredicate, NG.biolinkQualifiedPredicate,
)  # fmt: skip

_HEADER: Final = {
    OWL.versionInfo: "Version",
    OWL.versionIRI: "Address of this version",
    DCTERMS.issued: "Issued",
    DCTERMS.creator: "By",
    DCTERMS.license: "Licence",
    DCTERMS.rights: "Rights",
    DCTERMS.bibliographicCitation: "How to cite it",
}


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the vocabulary: its words, what it is a case of, and its like elsewhere.

    ``kinds`` and ``parents`` hold IRIs; ``mappings`` pairs of a short name and an address;
    ``speaks_of`` the aspects and directions of the subject that a predicate can speak of.
    ``since`` is the first release that held it, empty before that; one that is ``retired`` may name
    the IRI that replaces it.
    """

    iri: str
    label: str
    definition: str
    reason: str
    kinds: tuple[str, ...]
    parents: tuple[str, ...]
    mappings: tuple[tuple[str, str], ...]
    speaks_of: tuple[str, ...]
    since: str
    retired: bool
    replaced_by: str

    @property
    def anchor(self) -> str:
        """What it is called within the page."""
        return anchor(self.iri)


def anchor(iri: str) -> str:
    """Return what a term is called within the page: all that tells it from the other terms."""
    return iri.removeprefix(BASE) if iri.startswith(BASE) else local(iri)


def short(iri: str) -> str:
    """Return an IRI by its prefix, where it has one."""
    for prefix in ("biolink", "owl", "prov", "rdf", "rdfs", "skos"):
        if iri.startswith(PREFIXES[prefix]):
            return f"{prefix}:{iri.removeprefix(PREFIXES[prefix])}"
    return curie(iri)


def is_declared(graph: KnowledgeGraph, name: str) -> bool:
    """Whether a name, the end of an IRI of ours, is a term of the vocabulary."""
    iri = BASE + name
    vocabulary = graph.vocabulary
    if iri in vocabulary.predicates or name in map(anchor, vocabulary.link_types):
        return True
    node = node_of(iri)
    if node is None or iri in graph.entities:
        return False
    types = graph.store.local.quads_for_pattern(
        node, ox.NamedNode(RDF.type), None, ox.DefaultGraph()
    )
    return any(quad.object != ox.NamedNode(NG.QualifiedTerm) for quad in types)


def terms(graph: KnowledgeGraph) -> dict[str, Term]:
    """Return the terms of the vocabulary by IRI, sorted."""
    facts: dict[str, dict[str, list[str]]] = {}
    for quad in ontology_quads(graph):
        if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode):
            told = facts.setdefault(quad.subject.value, {})
            told.setdefault(quad.predicate.value, []).append(_value(quad.object))
    return {iri: _term(iri, facts[iri]) for iri in sorted(facts)}


def _value(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _term(iri: str, told: dict[str, list[str]]) -> Term:
    def first(*predicates: str) -> str:
        return next((told[name][0] for name in predicates if name in told), "")

    def every(*predicates: str) -> list[str]:
        return list(dict.fromkeys(value for name in predicates for value in told.get(name, ())))

    return Term(
        iri=iri,
        label=first(RDFS.label, NG.phrase) or anchor(iri),
        definition=first(SKOS.definition, NG.caution),
        reason=first(NG.reason),
        kinds=tuple(every(RDF.type)),
        parents=tuple(every(RDFS.subPropertyOf, RDFS.subClassOf)),
        mappings=tuple((short(value), value) for value in every(*_MAPPINGS)),
        speaks_of=tuple(local(value) for value in every(NG.subjectAspect, NG.subjectDirection)),
        since=first(NG.since),
        retired=first(OWL.deprecated) == "true",
        replaced_by=first(DCTERMS.isReplacedBy),
    )


def header(graph: KnowledgeGraph) -> list[tuple[str, str]]:
    """Return what the ontology says of itself, each value under its label, in reading order."""
    told = graph.store.local.quads_for_pattern(
        ox.NamedNode(NG.ontology), None, None, ox.DefaultGraph()
    )
    facts = {quad.predicate.value: _value(quad.object) for quad in told}
    return [(label, facts[name]) for name, label in _HEADER.items() if name in facts]


def sections(known: dict[str, Term]) -> list[tuple[str, list[Term]]]:
    """Return the terms that qualify claims, under the labels of their classes, each once."""
    found: dict[str, list[Term]] = {}
    for term in known.values():
        own = [kind for kind in term.kinds if kind not in _APART]
        if own and len(own) == len(term.kinds):
            label = known[own[0]].label if own[0] in known else short(own[0])
            found.setdefault(label, []).append(term)
    return sorted(found.items())


def of_kind(known: dict[str, Term], *kinds: str) -> list[Term]:
    """Return the terms of one of some classes, by name."""
    return [term for term in known.values() if set(kinds) & set(term.kinds)]


def classes(known: dict[str, Term]) -> list[Term]:
    """Return the classes."""
    return of_kind(known, _CLASS)


def properties(known: dict[str, Term]) -> list[Term]:
    """Return the properties that are no predicates of claims."""
    return of_kind(known, _PROPERTY)


def contents(graph: KnowledgeGraph) -> dict[str, Any]:
    """Return all that a page on the vocabulary shows, section by section."""
    vocabulary, known = graph.vocabulary, terms(graph)
    used = Counter(claim.predicate for claim in graph.content.claims)
    kinds = Counter(entity.kind for entity in graph.entities.values())
    return {
        "header": header(graph),
        "predicates": [
            {"item": item, "term": known.get(item.id), "anchor": anchor(item.id),
             "sign": SIGNS[item.sign], "used": used[item.id]}
            for item in sorted(vocabulary.predicates.values(), key=lambda item: item.id)
        ],
        "links": [
            {"item": item, "term": known.get(item.id), "anchor": anchor(item.id),
             "sign": SIGNS[item.sign]}
            for item in sorted(vocabulary.link_types.values(), key=lambda item: item.id)
        ],
        "studies": [
            {"item": item, "term": known.get(iri), "anchor": anchor(iri)}
            for item in sorted(
                vocabulary.study_types.values(), key=lambda item: -item.weight_association
            )
            for iri in [vocabulary.iris["StudyType", item.label]]
        ],
        "ceilings": vocabulary.ceilings,
        "sections": sections(known),
        "classes": classes(known),
        "properties": properties(known),
        "counts": {BASE + kind: number for kind, number in kinds.items()},
        "known": known,
    }  # fmt: skip
