"""Reading documents and their claims, from a curated file or from a store.

A curated file and a store hold the same shape; in a file a claim has a name of the curator's, in a
store the hash of its content, and all that follows from the claim stands beside it.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from nutrigraph.errors import InputError
from nutrigraph.model import (
    Claim,
    Difference,
    Document,
    Effect,
    Entity,
    Evidence,
    NoClaim,
    Paragraph,
    Quote,
    Segment,
    Source,
    Vocabulary,
    claim_sign,
    content_id,
)
from nutrigraph.rdf.tables import EFFECT, EVIDENCE, FIELD_OF, QUALIFIER_CLASSES, SEGMENT_KINDS
from nutrigraph.terms import BASE, DCTERMS, NG, OA, RDFS, SKOS, local
from nutrigraph.wording import statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nutrigraph.rdf.statements import Statements


class _Reader:
    """Reads one document; holds what every part of it needs."""

    def __init__(
        self, statements: Statements, vocabulary: Vocabulary, entities: Mapping[str, Entity]
    ) -> None:
        self.statements, self.vocabulary, self.entities = statements, vocabulary, entities
        self._qualifiers: dict[str, dict[str, str]] = defaultdict(dict)
        for (cls, label), iri in vocabulary.iris.items():
            self._qualifiers[cls][iri] = label

    def _declared(self, subject: str, predicate: str, known: Mapping[str, object]) -> str | None:
        value = self.statements.get(subject, predicate)
        if value is not None:
            self._refuse_unknown(subject, predicate, value, known)
        return value

    def _refuse_unknown(
        self, subject: str, predicate: str, value: str, known: Mapping[str, object]
    ) -> None:
        if value not in known:
            near = difflib.get_close_matches(local(value), map(local, known), n=3)
            raise InputError(
                self.statements.place,
                f"{self.statements.name(subject)}: :{local(predicate)} :{local(value)} is not "
                f"declared (nearest: {', '.join(near) or 'none'}): "
                "mend it, or declare it in vocabulary.ttl or entities.ttl",
            )

    def several(self, subject: str, predicate: str, known: Mapping[str, object]) -> tuple[str, ...]:
        """Return all values, each of which must be known."""
        values = self.statements.all(subject, predicate)
        for value in values:
            self._refuse_unknown(subject, predicate, value, known)
        return tuple(values)

    def label(self, subject: str, predicate: str) -> str | None:
        """Return the label of a qualifier."""
        known = self._qualifiers[QUALIFIER_CLASSES[predicate]]
        value = self._declared(subject, predicate, known)
        return known[value] if value else None

    def must(self, subject: str, predicate: str, value: str | None) -> str:
        """Return the value, or raise that it is missing."""
        return value if value is not None else self.statements.one(subject, predicate)

    def entity(self, subject: str, predicate: str) -> str | None:
        """Return an entity's IRI."""
        return self._declared(subject, predicate, self.entities)

    def quote(self, subject: str) -> Quote | None:
        """Return the anchor of a claim or a no-claim."""
        node = self.statements.get(subject, NG.quote)
        if node is None:
            return None
        st = self.statements
        return Quote(
            exact=st.one(node, OA.exact),
            start=st.whole(node, NG.start),
            end=st.whole(node, NG.end),
            prefix=st.get(node, OA.prefix),
            suffix=st.get(node, OA.suffix),
        )

    def evidence(self, subject: str) -> Evidence | None:
        """Return what a claim rests on."""
        node = self.statements.get(subject, NG.evidence)
        if node is None:
            return None
        st = self.statements
        return Evidence(
            study_type=self.label(node, NG.studyType),
            species=self.label(node, NG.species),
            effect=Effect(**{name: st.get(node, iri) for name, iri in EFFECT.items()}),
            not_in_page=tuple(FIELD_OF[iri] for iri in self.several(node, NG.notInPage, FIELD_OF)),
            **{name: st.get(node, iri) for name, iri in EVIDENCE.items()},
        )

    def differences(self, subject: str) -> tuple[Difference, ...]:
        """Return what a headline adds, drops or changes."""
        nodes = self.statements.all(subject, NG.headlineDifference)
        found = (
            Difference(
                self.must(node, NG.differsIn, self.label(node, NG.differsIn)),
                self.statements.one(node, RDFS.comment),
            )
            for node in nodes
        )
        return tuple(sorted(found, key=str))

    def claim(self, subject: str, slug: str) -> Claim:
        """Return a claim, without what its segment tells."""
        st = self.statements
        claim = Claim(
            subject=self.must(subject, NG.subject, self.entity(subject, NG.subject)),
            predicate=self.must(
                subject,
                NG.predicate,
                self._declared(subject, NG.predicate, self.vocabulary.predicates),
            ),
            object=self.must(subject, NG.object, self.entity(subject, NG.object)),
            basis=self.must(subject, NG.basis, self.label(subject, NG.basis)),
            modality=self.must(subject, NG.modality, self.label(subject, NG.modality)),
            document=slug,
            quote=self.quote(subject),
            evidence=self.evidence(subject),
            subject_aspect=self.label(subject, NG.subjectAspect),
            subject_direction=self.label(subject, NG.subjectDirection),
            subject_measure=self.entity(subject, NG.subjectMeasure),
            object_aspect=self.label(subject, NG.objectAspect),
            object_direction=self.label(subject, NG.objectDirection),
            object_measure=self.entity(subject, NG.objectMeasure),
            negated=st.truth(subject, NG.negated),
            co_exposures=self.several(subject, NG.coExposure, self.entities),
            headline_differs=self.differences(subject),
            note=st.get(subject, SKOS.note),
            finding=st.get(subject, NG.finding),
            name=st.get(subject, NG.claimName) or local(subject),
            paragraph=st.get(subject, NG.inParagraph),
            force=self.vocabulary.predicates[st.one(subject, NG.predicate)].force,
            document_title=st.get(f"{BASE}document/{slug}", DCTERMS.title) or "",
        )
        claim = replace(claim, sign=claim_sign(claim, self.vocabulary))
        if (stored := st.get(subject, NG.statement)) is not None:
            return replace(claim, id=subject, statement=stored)
        return replace(
            claim,
            id=content_id(claim),
            statement=statement(claim, self.entities, self.vocabulary),
        )

    def source(self, citation: str) -> Source:
        """Return a paper, as a paragraph cites it."""
        relation = self.must(citation, NG.relation, self.label(citation, NG.relation))
        return self.paper(self.statements.one(citation, NG.paper), relation)

    def paper(self, paper: str, relation: str) -> Source:
        """Return a paper of some relation to what cites it."""
        st = self.statements
        pooled = tuple(st.all(paper, NG.mayPool))
        return Source(
            id=paper,
            title=st.get(paper, DCTERMS.title),
            year=st.whole(paper, NG.year) if st.get(paper, NG.year) else None,
            relation=relation,
            gives_evidence=relation in self.vocabulary.evidence_relations,
            doi=st.get(paper, NG.doi),
            pmid=st.get(paper, NG.pmid),
            retracted=st.truth(paper, NG.retracted),
            label=st.one(paper, RDFS.label),
            url=st.get(paper, RDFS.seeAlso),
            authors=st.get(paper, DCTERMS.creator),
            citation=st.get(paper, DCTERMS.bibliographicCitation),
            note=st.get(paper, SKOS.note),
            disagrees=relation in self.vocabulary.contrary_relations,
            superseded_by=st.get(paper, NG.supersededBy),
            registration=st.get(paper, NG.registration),
            may_pool=pooled,
            pools_retracted=tuple(iri for iri in pooled if st.truth(iri, NG.retracted)),
        )

    def paragraphs(self) -> dict[str, Paragraph]:
        """Return the paragraphs by IRI."""
        st = self.statements
        return {
            iri: Paragraph(
                iri,
                st.one(iri, RDFS.label),
                tuple(
                    sorted(
                        (self.source(node) for node in st.all(iri, NG.cites)),
                        key=lambda source: (not source.gives_evidence, source.id),
                    )
                ),
            )
            for iri in st.of_type(NG.Paragraph)
        }

    def mentioned(self, paragraphs: Iterable[Paragraph]) -> tuple[Source, ...]:
        """Return the papers that no paragraph cites, and that one that is cited may hold."""
        cited = {source.id: source for item in paragraphs for source in item.sources}
        named = {
            iri for source in cited.values() for iri in (source.superseded_by, *source.may_pool)
        }
        return tuple(self.paper(iri, "related") for iri in sorted(filter(None, named - {*cited})))

    def segments(self, ids: Mapping[str, str]) -> list[Segment]:
        """Return the segments in reading order; ``ids`` gives the ids of names."""
        st = self.statements
        found = (
            Segment(
                id=iri,
                kind=kind,
                start=st.whole(iri, NG.start),
                end=st.whole(iri, NG.end),
                paragraph=st.get(iri, NG.inParagraph),
                holds=tuple(sorted(ids.get(held, held) for held in st.all(iri, NG.holds))),
            )
            for cls, kind in SEGMENT_KINDS.items()
            for iri in st.of_type(cls)
        )
        return sorted(found, key=lambda segment: (segment.start, segment.end, segment.id))

    def no_claims(self) -> list[NoClaim]:
        """Return the reasoned no-claims in reading order."""
        st = self.statements
        found = (
            NoClaim(
                id=iri,
                kind=self.must(iri, NG.noClaimReason, self.label(iri, NG.noClaimReason)),
                reason=st.one(iri, NG.reason),
                quote=self._anchor(iri),
            )
            for iri in st.of_type(NG.NoClaim)
        )
        return sorted(found, key=lambda item: (item.quote.start, item.quote.end, item.id))

    def _anchor(self, subject: str) -> Quote:
        quote = self.quote(subject)
        if quote is None:
            st = self.statements
            raise InputError(st.place, f"{st.name(subject)} has no :quote: add its words")
        return quote


def _refuse_twins(claims: Iterable[Claim], place: str) -> None:
    names: dict[str, str] = {}
    for claim in claims:
        if claim.id in names:
            raise InputError(
                place,
                f"duplicate id: claims {names[claim.id]} and {claim.name} say the same in the "
                "same words: delete one",
            )
        names[claim.id] = claim.name


def read_document(
    slug: str,
    text: str,
    statements: Statements,
    vocabulary: Vocabulary,
    entities: Mapping[str, Entity],
) -> Document:
    """Return a document from the triples of its file or its graph; ``text`` may be empty.

    Raises:
        InputError: something is missing, twice, or not declared; two claims say the same.
    """
    reader = _Reader(statements, vocabulary, entities)
    iri = f"{BASE}document/{slug}"
    by_name = {subject: reader.claim(subject, slug) for subject in statements.of_type(NG.Claim)}
    _refuse_twins(by_name.values(), statements.place)
    segments = reader.segments({subject: claim.id for subject, claim in by_name.items()})
    paragraphs = reader.paragraphs()
    home = {held: segment.paragraph for segment in segments for held in segment.holds}
    claims = [
        replace(
            claim,
            # A document without its text has no segments: its claims name their paragraph.
            paragraph=(paragraph := home.get(claim.id) or claim.paragraph),
            sources=paragraphs[paragraph].sources if paragraph in paragraphs else (),
        )
        for claim in by_name.values()
    ]
    claims.sort(key=lambda claim: (claim.quote.start if claim.quote else 0, claim.name))
    return Document(
        slug=slug,
        title=statements.one(iri, DCTERMS.title),
        text=text,
        sha256=statements.one(iri, NG.sha256),
        claims=tuple(claims),
        no_claims=tuple(reader.no_claims()),
        segments=tuple(segments),
        paragraphs=tuple(paragraphs.values()),
        about=tuple(
            (key, value)
            for key in (DCTERMS.description, DCTERMS.language, DCTERMS.rights)
            if (value := statements.get(iri, key))
        ),
        mentioned=reader.mentioned(paragraphs.values()),
    )


def read_documents(
    graphs: Mapping[str, Statements], vocabulary: Vocabulary, entities: Mapping[str, Entity]
) -> Iterator[Document]:
    """Yield the documents of a store, one for each named graph that holds one."""
    for name in sorted(graphs):
        if graphs[name].of_type(NG.Document):
            text = graphs[name].get(name, NG.text) or ""
            slug = name.removeprefix(f"{BASE}document/")
            yield read_document(slug, text, graphs[name], vocabulary, entities)
