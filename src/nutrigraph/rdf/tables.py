"""Which field of a record is which property: read and written through the same tables."""

from __future__ import annotations

from typing import Final

from nutrigraph.terms import NG, SKOS

SEGMENT_KINDS: Final = {
    NG.Title: "title",
    NG.Headline: "headline",
    NG.Sentence: "sentence",
    NG.LinkLine: "link-line",
    NG.FooterHeading: "footer-heading",
    NG.FooterItem: "footer-item",
}
QUALIFIER_CLASSES: Final = {
    NG.subjectAspect: "Aspect",
    NG.objectAspect: "Aspect",
    NG.subjectDirection: "Direction",
    NG.objectDirection: "Direction",
    NG.basis: "Basis",
    NG.modality: "Modality",
    NG.studyType: "StudyType",
    NG.species: "Species",
    NG.differsIn: "DifferenceKind",
    NG.noClaimReason: "NoClaimReason",
    NG.relation: "SourceRelation",
}
"""The class that the value of a property must be of."""
EVIDENCE: Final = {
    "population": NG.population,
    "life_stage": NG.lifeStage,
    "baseline_status": NG.baselineStatus,
    "comparison": NG.comparison,
    "comparator": NG.comparator,
    "exposure_timing": NG.exposureTiming,
    "adjusted_for": NG.adjustedFor,
    "sample_size": NG.sampleSize,
    "n_cases": NG.nCases,
    "n_controls": NG.nControls,
    "dose": NG.dose,
    "route": NG.route,
    "duration": NG.duration,
    "timing": NG.timing,
    "assay": NG.assay,
    "p_value": NG.pValue,
    "analysis": NG.analysis,
    "outcome_role": NG.outcomeRole,
    "outcome_detail": NG.outcomeDetail,
    "significance": NG.significance,
    "second_reader": NG.secondReader,
    "doubt": NG.doubt,
}
EFFECT: Final = {
    "measure": NG.effectMeasure,
    "value": NG.effectValue,
    "baseline": NG.effectBaseline,
    "ci_low": NG.ciLow,
    "ci_high": NG.ciHigh,
}
FIELD_OF: Final = {iri: name for name, iri in EVIDENCE.items()} | {
    NG.studyType: "study_type",
    NG.species: "species",
}
IRI_OF: Final = {name: iri for iri, name in FIELD_OF.items()}
MAPPINGS: Final = {
    "exactMatch": SKOS.exactMatch,
    "closeMatch": SKOS.closeMatch,
    "broadMatch": SKOS.broadMatch,
    "narrowMatch": SKOS.narrowMatch,
    "relatedMatch": SKOS.relatedMatch,
    "quantityOf": NG.quantityOf,
}
"""How an entity can stand to a term of another vocabulary."""
