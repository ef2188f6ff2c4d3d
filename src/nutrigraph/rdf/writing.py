"""Writing documents and their claims as quads."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pyoxigraph as ox

from nutrigraph.model import Effect
from nutrigraph.rdf.tables import EFFECT, EVIDENCE, IRI_OF, MAPPINGS, SEGMENT_KINDS
from nutrigraph.terms import BASE, DCTERMS, NG, OA, RDF, RDFS, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nutrigraph.model import (
        Claim,
        Document,
        Entity,
        Evidence,
        Paragraph,
        Quote,
        Source,
        Vocabulary,
    )


class _Writer:
    """Collects the quads of one document."""

    def __init__(self, document: Document, vocabulary: Vocabulary) -> None:
        self.graph = ox.NamedNode(document.id)
        self.iris = vocabulary.iris
        self.quads: list[ox.Quad] = []

    def put(self, subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        self.quads.append(
            ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value, self.graph)
        )

    def iri(self, subject: str, predicate: str, value: str | None) -> None:
        if value is not None:
            self.put(subject, predicate, ox.NamedNode(value))

    def literal(self, subject: str, predicate: str, value: str | float | bool | None) -> None:
        if value is not None and value != "":
            self.put(subject, predicate, ox.Literal(value))

    def term(self, subject: str, predicate: str, cls: str, label: str | None) -> None:
        if label is not None:
            self.iri(subject, predicate, self.iris[cls, label])

    def quote(self, subject: str, quote: Quote | None) -> None:
        if quote is None:
            return
        node = f"{subject}{'-' if '#' in subject else '#'}quote"
        self.iri(subject, NG.quote, node)
        self.iri(node, RDF.type, NG.Quote)
        for predicate, value in (
            (OA.exact, quote.exact),
            (OA.prefix, quote.prefix),
            (OA.suffix, quote.suffix),
            (NG.start, quote.start),
            (NG.end, quote.end),
        ):
            self.literal(node, predicate, value)

    def evidence(self, subject: str, evidence: Evidence | None) -> None:
        if evidence is None:
            return
        node = f"{subject}#evidence"
        self.iri(subject, NG.evidence, node)
        self.iri(node, RDF.type, NG.Evidence)
        self.term(node, NG.studyType, "StudyType", evidence.study_type)
        self.term(node, NG.species, "Species", evidence.species)
        for name, predicate in EVIDENCE.items():
            self.literal(node, predicate, getattr(evidence, name))
        for item in fields(Effect):
            self.literal(node, EFFECT[item.name], getattr(evidence.effect, item.name))
        for name in evidence.not_in_page:
            self.iri(node, NG.notInPage, IRI_OF[name])

    def claim(self, claim: Claim, document: Document) -> None:
        self.iri(claim.id, RDF.type, NG.Claim)
        for side in ("subject", "object"):
            self.iri(claim.id, getattr(NG, side), getattr(claim, side))
            self.term(
                claim.id, getattr(NG, f"{side}Aspect"), "Aspect", getattr(claim, f"{side}_aspect")
            )
            way = getattr(claim, f"{side}_direction")
            self.term(claim.id, getattr(NG, f"{side}Direction"), "Direction", way)
            self.iri(claim.id, getattr(NG, f"{side}Measure"), getattr(claim, f"{side}_measure"))
        self.iri(claim.id, NG.predicate, claim.predicate)
        self.term(claim.id, NG.basis, "Basis", claim.basis)
        self.term(claim.id, NG.modality, "Modality", claim.modality)
        self.term(claim.id, NG.force, "Force", claim.force)
        self.literal(claim.id, NG.sign, claim.sign)
        self.literal(claim.id, NG.negated, claim.negated)
        self.literal(claim.id, NG.statement, claim.statement)
        self.literal(claim.id, NG.claimName, claim.name)
        self.literal(claim.id, SKOS.note, claim.note)
        self.literal(claim.id, NG.finding, claim.finding)
        self.iri(claim.id, NG.inDocument, document.id)
        self.iri(claim.id, NG.inParagraph, claim.paragraph)
        for iri in claim.co_exposures:
            self.iri(claim.id, NG.coExposure, iri)
        self.quote(claim.id, claim.quote)
        self.evidence(claim.id, claim.evidence)
        for number, difference in enumerate(claim.headline_differs, start=1):
            node = f"{claim.id}#difference-{number}"
            self.iri(claim.id, NG.headlineDifference, node)
            self.iri(node, RDF.type, NG.HeadlineDifference)
            self.term(node, NG.differsIn, "DifferenceKind", difference.kind)
            self.literal(node, RDFS.comment, difference.note)

    def paragraph(self, paragraph: Paragraph) -> None:
        self.iri(paragraph.id, RDF.type, NG.Paragraph)
        self.literal(paragraph.id, RDFS.label, paragraph.label)
        for number, source in enumerate(paragraph.sources, start=1):
            node = f"{paragraph.id}-citation-{number}"
            self.iri(paragraph.id, NG.cites, node)
            self.iri(node, RDF.type, NG.Citation)
            self.iri(node, NG.paper, source.id)
            self.term(node, NG.relation, "SourceRelation", source.relation)
            self.paper(source)

    def paper(self, source: Source) -> None:
        self.iri(source.id, RDF.type, NG.Paper)
        for predicate, value in (
            (RDFS.label, source.label),
            (DCTERMS.title, source.title),
            (NG.year, source.year),
            (NG.doi, source.doi),
            (NG.pmid, source.pmid),
            (SKOS.note, source.note),
            (DCTERMS.creator, source.authors),
            (DCTERMS.bibliographicCitation, source.citation),
        ):
            self.literal(source.id, predicate, value)
        self.literal(source.id, NG.retracted, source.retracted or None)
        self.iri(source.id, RDFS.seeAlso, source.url)
        self.literal(source.id, NG.registration, source.registration)
        self.iri(source.id, NG.supersededBy, source.superseded_by)
        for pooled in source.may_pool:
            self.iri(source.id, NG.mayPool, pooled)


def document_quads(document: Document, vocabulary: Vocabulary) -> list[ox.Quad]:
    """Return the quads of a document, in the graph that bears its IRI."""
    writer = _Writer(document, vocabulary)
    writer.iri(document.id, RDF.type, NG.Document)
    writer.literal(document.id, DCTERMS.title, document.title)
    writer.literal(document.id, NG.text, document.text)
    writer.literal(document.id, NG.sha256, document.sha256)
    for key, value in document.about:
        writer.literal(document.id, key, value)
    for paragraph in document.paragraphs:
        writer.paragraph(paragraph)
    for source in document.mentioned:
        writer.paper(source)
    kinds = {kind: cls for cls, kind in SEGMENT_KINDS.items()}
    for segment in document.segments:
        writer.iri(segment.id, RDF.type, kinds[segment.kind])
        writer.literal(segment.id, NG.start, segment.start)
        writer.literal(segment.id, NG.end, segment.end)
        writer.iri(segment.id, NG.inDocument, document.id)
        writer.iri(segment.id, NG.inParagraph, segment.paragraph)
        for held in segment.holds:
            writer.iri(segment.id, NG.holds, held)
    for item in document.no_claims:
        writer.iri(item.id, RDF.type, NG.NoClaim)
        writer.term(item.id, NG.noClaimReason, "NoClaimReason", item.kind)
        writer.literal(item.id, NG.reason, item.reason)
        writer.quote(item.id, item.quote)
    return [*writer.quads, *quads_of_claims(document.claims, document, vocabulary)]


def quads_of_claims(
    claims: Iterable[Claim], document: Document, vocabulary: Vocabulary
) -> Iterator[ox.Quad]:
    """Yield the quads of claims of a document, one claim at a time."""
    for claim in claims:
        writer = _Writer(document, vocabulary)
        writer.claim(claim, document)
        yield from writer.quads


def entity_quads(entities: Iterable[Entity]) -> list[ox.Quad]:
    """Return the quads that declare entities, in the default graph.

    An entity as it is read does not tell the scopes of its synonyms apart: they are written as
    related ones, the scope that promises least.
    """
    quads: list[ox.Quad] = []

    def put(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        quads.append(ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value))

    for entity in entities:
        put(entity.id, RDF.type, ox.NamedNode(BASE + entity.kind))
        put(entity.id, RDFS.label, ox.Literal(entity.label))
        put(entity.id, SKOS.definition, ox.Literal(entity.definition))
        for synonym in entity.synonyms:
            put(entity.id, NG.relatedSynonym, ox.Literal(synonym))
        for mapping in entity.mappings:
            put(entity.id, MAPPINGS[mapping.relation], ox.NamedNode(mapping.iri))
            if mapping.label:
                put(mapping.iri, RDFS.label, ox.Literal(mapping.label))
        if not entity.routes_pass:
            put(entity.id, NG.routesPass, ox.Literal(False))
    return quads
