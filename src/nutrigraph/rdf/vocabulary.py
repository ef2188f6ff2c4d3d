"""Reading ``vocabulary.ttl`` and ``entities.ttl``, from the files or from a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from nutrigraph.errors import InputError
from nutrigraph.model import (
    Biolink,
    Entity,
    Group,
    Link,
    LinkType,
    Mapping,
    Predicate,
    QualifiedTerm,
    StudyType,
    Vocabulary,
)
from nutrigraph.rdf.tables import MAPPINGS
from nutrigraph.terms import BASE, DCTERMS, NG, OWL, PREFIXES, RDFS, SKOS, local

if TYPE_CHECKING:
    from nutrigraph.rdf.statements import Statements

KINDS = ("Nutrient", "Condition", "Mechanism", "Biomarker", "Exposure")
_QUALIFIERS = (
    "Aspect",
    "Direction",
    "Modality",
    "Basis",
    "Force",
    "Species",
    "StudyType",
    "SourceRelation",
    "DifferenceKind",
    "NoClaimReason",
    "CeilingClass",
)
_EVIDENCE_CODE = PREFIXES["obo"] + "ECO_"
_SYNONYMS = (SKOS.altLabel, NG.narrowSynonym, NG.broadSynonym, NG.relatedSynonym)


def _sign(statements: Statements, subject: str) -> int | None:
    known = statements.get(subject, NG.sign) is not None
    return statements.whole(subject, NG.sign) if known else None


def _number(statements: Statements, subject: str, predicate: str, default: float) -> float:
    given = statements.get(subject, predicate) is not None
    return statements.number(subject, predicate) if given else default


def _one_of(statements: Statements, subject: str, predicate: str, labels: dict[str, str]) -> str:
    """Return the label of the one object, which must be declared."""
    value = statements.one(subject, predicate)
    if value not in labels:
        raise InputError(
            statements.place,
            f"{statements.name(subject)}: :{local(predicate)} :{local(value)} is not declared: "
            "mend it, or declare it",
        )
    return labels[value]


def _predicates(statements: Statements, labels: dict[str, str]) -> dict[str, Predicate]:
    return {
        iri: Predicate(
            id=iri,
            label=statements.one(iri, RDFS.label),
            force=_one_of(statements, iri, NG.force, labels),
            sign=_sign(statements, iri),
            phrase=statements.one(iri, NG.phrase),
            wording_holds_direction=statements.truth(iri, NG.wordingHoldsDirection),
            definition=statements.one(iri, SKOS.definition),
            forward_only=statements.truth(iri, NG.forwardOnly),
            states_use=statements.truth(iri, NG.statesUse),
            of_those_affected=statements.truth(iri, NG.ofThoseAffected),
            speaks_of_lack=statements.truth(iri, NG.speaksOfLack),
            deprecated=statements.truth(iri, OWL.deprecated),
            replaced_by=statements.get(iri, DCTERMS.isReplacedBy),
        )
        for iri in statements.of_type(NG.Predicate)
    }


def _link_types(statements: Statements, labels: dict[str, str]) -> dict[str, LinkType]:
    return {
        iri: LinkType(
            id=iri,
            phrase=statements.one(iri, NG.phrase),
            sign=_sign(statements, iri),
            walked=statements.truth(iri, NG.walked),
            basis=_one_of(statements, iri, NG.linkBasis, labels),
            weight=_number(statements, iri, NG.linkWeight, 0.0),
        )
        for iri in statements.of_type(NG.LinkType)
    }


def _study_types(statements: Statements, labels: dict[str, str]) -> dict[str, StudyType]:
    return {
        labels[iri]: StudyType(
            label=labels[iri],
            weight_causal=statements.number(iri, NG.weightCausal),
            weight_association=statements.number(iri, NG.weightAssociation),
            ceiling=_one_of(statements, iri, NG.ceiling, labels),
            is_review=statements.truth(iri, NG.isReview),
            has_controls=statements.truth(iri, NG.hasControls)
            if statements.get(iri, NG.hasControls)
            else None,
            reason=statements.one(iri, NG.reason),
        )
        for iri in statements.of_type(NG.StudyType)
    }


def _labelled(statements: Statements, name: str, predicate: str) -> dict[str, str]:
    """Return, by label, the value that each term of a class has; those without one are left out."""
    return {
        statements.one(iri, RDFS.label): value
        for iri in statements.of_type(BASE + name)
        if (value := statements.get(iri, predicate)) is not None
    }


def _marked(statements: Statements, name: str, predicate: str) -> frozenset[str]:
    """Return the labels of the terms of a class that are marked true."""
    return frozenset(
        statements.one(iri, RDFS.label)
        for iri in statements.of_type(BASE + name)
        if statements.truth(iri, predicate)
    )


def _ceilings(statements: Statements) -> dict[str, tuple[float, float]]:
    return {
        statements.one(iri, RDFS.label): (
            statements.number(iri, NG.weightCausal),
            statements.number(iri, NG.weightAssociation),
        )
        for iri in statements.of_type(NG.CeilingClass)
    }


def _state_phrases(statements: Statements) -> dict[tuple[str, str], str]:
    return {
        (
            local(statements.one(iri, NG.aspect)),
            local(statements.get(iri, NG.direction) or ""),
        ): statements.one(iri, NG.phrase)
        for iri in statements.of_type(NG.StatePhrase)
    }


def _biolink(statements: Statements, labels: dict[str, str]) -> Biolink:
    """Return what is said in the terms of Biolink; a term that says nothing is left out."""

    def given(cls: str, predicate: str) -> dict[str, str]:
        return {
            iri: value
            for iri in statements.of_type(BASE + cls)
            if (value := statements.get(iri, predicate))
        }

    codes = {
        labels[iri]: code
        for iri in statements.of_type(NG.StudyType)
        for code in statements.all(iri, SKOS.closeMatch)
        if code.startswith(_EVIDENCE_CODE)
    }
    return Biolink(
        categories={kind: statements.one(BASE + kind, NG.biolinkCategory) for kind in KINDS},
        predicates=given("Predicate", NG.biolinkPredicate),
        qualified=given("Predicate", NG.biolinkQualifiedPredicate),
        directions={
            labels[iri]: word for iri, word in given("Direction", NG.biolinkDirection).items()
        },
        evidence=codes,
    )


def read_vocabulary(statements: Statements) -> Vocabulary:
    """Return what the vocabulary declares.

    Raises:
        InputError: a term lacks something, or says it twice.
    """
    labels = {
        iri: statements.one(iri, RDFS.label)
        for name in _QUALIFIERS
        for iri in statements.of_type(BASE + name)
    }
    names = {
        (name, labels[iri]): iri for name in _QUALIFIERS for iri in statements.of_type(BASE + name)
    }
    our = NG.conventions
    low, high = (statements.number(our, end) for end in (NG.negligibleLow, NG.negligibleHigh))
    return Vocabulary(
        predicates=_predicates(statements, labels),
        link_types=_link_types(statements, labels),
        study_types=_study_types(statements, labels),
        ceilings=_ceilings(statements),
        aspect_groups={
            label: cast("Group", local(group))
            for label, group in _labelled(statements, "Aspect", NG.group).items()
        },
        direction_values={
            labels[iri]: statements.whole(iri, NG.value) for iri in statements.of_type(NG.Direction)
        },
        modality_phrases=_labelled(statements, "Modality", NG.phrase),
        species_plurals=_labelled(statements, "Species", NG.plural),
        state_phrases=_state_phrases(statements),
        evidence_relations=_marked(statements, "SourceRelation", NG.givesEvidence),
        contrary_relations=_marked(statements, "SourceRelation", NG.isContrary),
        evidence_bases=_marked(statements, "Basis", NG.isEvidence),
        causes=_marked(statements, "Force", NG.isCause),
        walked_back=_marked(statements, "Force", NG.walkedBack),
        labels=labels,
        iris=names,
        signs_disagree_share=statements.number(our, NG.signsDisagreeShare),
        negligible=(low, high),
        ratio_measures=frozenset(statements.all(our, NG.ratioMeasure)),
        difference_measures=frozenset(statements.all(our, NG.differenceMeasure)),
        hub_damping=statements.number(our, NG.hubDamping),
        version=statements.get(NG.ontology, OWL.versionInfo) or "",
        caution=statements.one(NG.ontology, NG.caution),
        hypothesis_line=statements.one(NG.ontology, NG.hypothesisLine),
        one_source_line=statements.one(NG.ontology, NG.oneSourceLine),
        biolink=_biolink(statements, labels),
    )


def _mappings(statements: Statements, subject: str) -> tuple[Mapping, ...]:
    return tuple(
        Mapping(iri, statements.get(iri, RDFS.label) or "", relation)
        for relation, predicate in MAPPINGS.items()
        for iri in statements.all(subject, predicate)
    )


def _synonyms(statements: Statements, subject: str) -> tuple[str, ...]:
    return tuple(name for scope in _SYNONYMS for name in statements.all(subject, scope))


def read_entities(statements: Statements) -> dict[str, Entity]:
    """Return the entities by IRI, in the order of their kinds and names.

    Raises:
        InputError: an entity lacks a label or a definition.
    """
    return {
        iri: Entity(
            id=iri,
            label=statements.one(iri, RDFS.label),
            kind=kind,
            definition=statements.one(iri, SKOS.definition),
            synonyms=_synonyms(statements, iri),
            mappings=_mappings(statements, iri),
            routes_pass=statements.truth(iri, NG.routesPass, default=True),
            deprecated=statements.truth(iri, OWL.deprecated),
            replaced_by=statements.get(iri, DCTERMS.isReplacedBy),
        )
        for kind in KINDS
        for iri in statements.of_type(BASE + kind)
    }


def read_qualified_terms(statements: Statements) -> tuple[QualifiedTerm, ...]:
    """Return the names of entities with an aspect and a direction.

    Raises:
        InputError: one lacks its label or its entity.
    """
    return tuple(
        QualifiedTerm(
            label=statements.one(iri, RDFS.label),
            entity=statements.one(iri, NG.ofEntity),
            aspect=local(aspect) if (aspect := statements.get(iri, NG.aspect)) else None,
            direction=local(way) if (way := statements.get(iri, NG.direction)) else None,
            synonyms=_synonyms(statements, iri),
            mappings=_mappings(statements, iri),
        )
        for iri in statements.of_type(NG.QualifiedTerm)
    )


def read_links(
    statements: Statements, entities: dict[str, Entity], vocabulary: Vocabulary
) -> tuple[Link, ...]:
    """Return the links between entities that are no claims, sorted."""
    return tuple(
        Link(
            subject=subject,
            type=kind.id,
            object=target,
            weight=_number(statements, subject, NG.validity, kind.weight)
            if kind.id == NG.measureOf
            else kind.weight,
        )
        for subject in sorted(entities)
        for kind in vocabulary.link_types.values()
        for target in statements.all(subject, kind.id)
        if target in entities
    )


def declared_terms(statements: Statements) -> set[str]:
    """Return every term of our namespace that a vocabulary or a list of entities declares."""
    return {iri for iri in statements.subjects() if iri.startswith(PREFIXES[""])}
