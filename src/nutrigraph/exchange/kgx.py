"""Claims as KGX, in the terms of Biolink: two tables, and what they cannot say.

A reader may drop every qualifier and keep subject, predicate and object; `core_predicate` says what
is left then. What Biolink has no column for stands in columns of our own, which KGX allows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from nutrigraph.errors import UsageError
from nutrigraph.exchange import kgx_columns as kgx
from nutrigraph.exchange.tsv import write_table
from nutrigraph.model import APPRAISAL, Effect, Evidence, parse_number
from nutrigraph.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from nutrigraph.content import Content
    from nutrigraph.exchange.tsv import Value
    from nutrigraph.model import (
        Claim,
        Document,
        Entity,
        Quote,
        Source,
        Vocabulary,
    )

RELATED: Final = "biolink:related_to"
"""The top of Biolink's predicates: two things were named or studied together."""

_EXACT_P: Final = re.compile(r"\s*[pP]?\s*=?\s*(0?\.[0-9]+|[01])\s*")


@dataclass(frozen=True, slots=True)
class Kgx:
    """The two tables, and what they do not say, each with how many things that concerns."""

    nodes: str
    edges: str
    unsaid: tuple[str, ...]


def _is_hedged(claim: Claim, vocabulary: Vocabulary) -> bool:
    return claim.modality in vocabulary.modality_phrases


def _has_fallen(claim: Claim) -> bool:
    """Whether every paper that the claim rests on was retracted or gave way to another."""
    return bool(claim.papers) and all(paper.fallen for paper in claim.papers)


def _is_main_result(claim: Claim) -> bool:
    """Whether it is what its paper found on the object itself, in its main analysis.

    A subgroup is not the whole study, a marker is not the disorder that it stands for, and what a
    paper calls not significant is no association that it found.
    """
    told = claim.evidence
    return told is None or not (told.analysis or told.outcome_role or told.significance == "no")


def core_predicate(claim: Claim, vocabulary: Vocabulary) -> str:
    """Return the Biolink predicate that stays true when every other column is dropped.

    No claim gets a stronger one than an association. Nulls, hedges, headlines, bare links, edges
    of curated graphs, subgroups, markers in the place of the object, studies without a comparison
    group and what rests on retracted or superseded papers get none: only that the two are related.
    """
    study = vocabulary.study_types.get(claim.study_type or "")
    shows_association = (
        not claim.negated
        and not _is_hedged(claim, vocabulary)
        and claim.basis in vocabulary.evidence_bases - {"source"}
        and _is_main_result(claim)
        and not (study and study.has_controls is False)
        and not _has_fallen(claim)
    )
    core = vocabulary.biolink.predicates.get(claim.predicate) if shows_association else None
    return kgx.shorten(core) if core else RELATED


def _qualified(claim: Claim, vocabulary: Vocabulary) -> str:
    """Return the stronger predicate that reads right between the qualified sides, if any."""
    return kgx.shorten(vocabulary.biolink.qualified.get(claim.predicate, ""))


def _knowledge_level(claim: Claim, vocabulary: Vocabulary) -> str:
    if _is_hedged(claim, vocabulary) or claim.basis not in vocabulary.evidence_bases - {"source"}:
        return "not_provided"
    return "statistical_association" if claim.basis == "finding" else "knowledge_assertion"


def _numeric_p(claim: Claim) -> str:
    """Return p where it is printed as one number: a bound is no value."""
    printed = claim.evidence.p_value if claim.evidence else None
    return str(parse_number(printed)) if printed and _EXACT_P.fullmatch(printed) else ""


def _identifiers(source: Source) -> tuple[str, ...]:
    names = {"PMID": source.pmid, "DOI": source.doi}
    return tuple(f"{prefix}:{name}" for prefix, name in names.items() if name)


def _publications(claim: Claim) -> tuple[str, ...]:
    """Return the papers that the claim rests on: reading links and retracted papers do not."""
    return tuple(
        (_identifiers(source) or (kgx.shorten(source.id),))[0]
        for source in claim.papers
        if not source.retracted
    )


def _value(field: str, value: object) -> Value:
    """Return what a field holds as a cell."""
    if isinstance(value, tuple):
        return tuple(map(kgx.shorten, value)) if field in kgx.IRIS else value
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return ""
    return kgx.shorten(str(value)) if field in kgx.IRIS else str(value)


def _cells(record: Source | Claim | Quote | Evidence | Effect) -> dict[str, Value]:
    """Return the cells of a record's fields."""
    columns = kgx.COLUMNS[type(record)]
    return {column: _value(field, getattr(record, field)) for field, column in columns.items()}


def _derived(claim: Claim, vocabulary: Vocabulary) -> dict[str, Value]:
    """Return what is written for readers of Biolink and follows from the other columns."""
    words, core = vocabulary.biolink.directions, core_predicate(claim, vocabulary)
    code = vocabulary.biolink.evidence.get(claim.study_type or "")
    return {
        "predicate": core,
        "category": "biolink:Association",
        "qualified_predicate": "" if core == RELATED else _qualified(claim, vocabulary),
        "subject_direction_qualifier": words.get(claim.subject_direction or "", ""),
        "object_direction_qualifier": words.get(claim.object_direction or "", ""),
        "knowledge_level": _knowledge_level(claim, vocabulary),
        "agent_type": "not_provided" if claim.basis == "source" else "manual_agent",
        "publications": _publications(claim),
        "has_evidence": kgx.shorten(code) if code else "",
        "p_value": _numeric_p(claim),
        "description": claim.statement,
        f"{kgx.OURS}sign": _value("sign", claim.sign),
        f"{kgx.OURS}force": claim.force,
    }


def _edge(claim: Claim, vocabulary: Vocabulary) -> dict[str, Value]:
    row = _cells(claim) | _derived(claim, vocabulary)
    row[kgx.DOCUMENT] = kgx.shorten(f"{BASE}document/{claim.document}")
    row[kgx.DIFFERENCES] = tuple(map(str, claim.headline_differs))
    if claim.quote:
        row |= _cells(claim.quote)
    if claim.evidence:
        row |= _cells(claim.evidence) | _cells(claim.evidence.effect)
        row[kgx.EVIDENCE] = "true"
    if claim.species:
        row[kgx.SPECIES] = kgx.shorten(vocabulary.iris["Species", claim.species])
    return row


def _entity(entity: Entity, vocabulary: Vocabulary) -> dict[str, Value]:
    same = [item.iri for item in entity.mappings if item.relation == "exactMatch"]
    near = [item.iri for item in entity.mappings if item.relation != "exactMatch"]
    return {
        "id": kgx.shorten(entity.id),
        "category": kgx.shorten(vocabulary.biolink.categories[entity.kind]),
        "name": entity.label,
        "description": entity.definition,
        "xref": tuple(map(kgx.shorten, near)),
        "same_as": tuple(map(kgx.shorten, same)),
        "synonym": entity.synonyms,
        kgx.KIND: entity.kind,
        kgx.MAPPINGS: tuple(
            " ".join(filter(None, (item.relation, kgx.shorten(item.iri), item.label)))
            for item in entity.mappings
        ),
        kgx.ROUTES_PASS: _value("routes_pass", entity.routes_pass),
    }


def _paper(iri: str, kind: str, source: Source) -> dict[str, Value]:
    return {
        **_cells(source),
        "id": kgx.shorten(iri),
        "category": "biolink:Publication",
        "name": source.title or source.label,
        "xref": _identifiers(source),
        kgx.KIND: kind,
        kgx.PAPER: kgx.shorten(source.id),
    }


def _document(document: Document) -> Iterator[dict[str, Value]]:
    """Yield a document, its paragraphs, what they cite, and the papers that those name."""
    home = kgx.shorten(document.id)
    yield {
        "id": kgx.shorten(document.id),
        "category": "biolink:InformationContentEntity",
        "name": document.title,
        kgx.KIND: "document",
        kgx.SHA256: document.sha256,
        kgx.ABOUT: tuple(f"{key} {value}" for key, value in document.about),
    }
    for paragraph in sorted(document.paragraphs, key=lambda item: item.id):
        yield {
            "id": kgx.shorten(paragraph.id),
            "category": "biolink:InformationContentEntity",
            "name": paragraph.label,
            kgx.KIND: "paragraph",
            kgx.DOCUMENT: home,
        }
        for number, source in enumerate(paragraph.sources, start=1):
            row = _paper(f"{paragraph.id}-citation-{number}", "citation", source)
            yield row | {kgx.PARAGRAPH: kgx.shorten(paragraph.id)}
    for number, source in enumerate(document.mentioned, start=1):
        row = _paper(f"{document.id}#mentioned-{number}", "mentioned", source)
        yield row | {kgx.DOCUMENT: home}


def _lost(content: Content) -> Iterator[tuple[int, str]]:
    """Yield what does not come back, with how many things that concerns."""
    documents = content.documents
    yield (
        sum(item.has_text for item in documents),
        "whole texts of documents: quotes keep their offsets, unchecked",
    )
    yield sum(len(item.segments) for item in documents), "segments of documents"
    yield sum(len(item.no_claims) for item in documents), "reasoned no-claims"
    yield len(content.links), "links between entities that are no claims"
    yield len(content.terms), "names of an entity with an aspect and a direction"
    scoped = sum(bool(entity.synonyms) for entity in content.entities.values())
    yield scoped, "entities with the scopes of their synonyms"


def _has_figures(claim: Claim) -> bool:
    plain = ("species", "population", "study_type", "not_in_page", "effect", *APPRAISAL)
    names = (item.name for item in fields(Evidence) if item.name not in plain)
    evidence = claim.evidence
    return evidence is not None and (
        evidence.effect != Effect() or any(getattr(evidence, name) for name in names)
    )


def _only_ours(claims: list[Claim], vocabulary: Vocabulary) -> Iterator[tuple[int, str]]:
    """Yield what readers of Biolink's own columns miss, with how many claims that concerns."""
    words = vocabulary.biolink.directions

    def unworded(claim: Claim) -> bool:
        return bool({claim.subject_direction, claim.object_direction} - {None} - words.keys())

    def unqualified(claim: Claim) -> bool:
        associated = core_predicate(claim, vocabulary) != RELATED
        return associated and not _qualified(claim, vocabulary)

    misses: dict[str, Callable[[Claim], object]] = {
        "nulls: whether one refutes or decides nothing": lambda claim: claim.negated,
        "hedged claims: their hedge": lambda claim: _is_hedged(claim, vocabulary),
        "claims of headlines, bare links and definitions: their basis": lambda claim: (
            claim.basis not in vocabulary.evidence_bases
        ),
        "headlines: what they add to their paragraph": lambda claim: claim.headline_differs,
        "associations: the predicate in its own words": unqualified,
        "claims: that a side is given, or present": unworded,
        "claims: what else was given": lambda claim: claim.co_exposures,
        "claims: figures, doses, times and comparisons, as printed": _has_figures,
        "claims: the kind of study": lambda claim: claim.study_type,
        "claims: that another than the main analysis or outcome speaks": lambda claim: (
            claim.evidence and (claim.evidence.analysis or claim.evidence.outcome_role)
        ),
        "claims: what readers doubt of their figures": lambda claim: (
            claim.evidence and claim.evidence.doubt
        ),
        "claims: that every paper behind them was retracted or superseded": _has_fallen,
    }
    for what, concerns in misses.items():
        yield sum(bool(concerns(claim)) for claim in claims), what


def kgx_tables(content: Content) -> Kgx:
    """Return the claims of a graph as KGX; the same graph gives the same bytes."""
    vocabulary = content.vocabulary
    claims = sorted(content.claims, key=lambda claim: (claim.document, claim.id))
    entities = sorted(content.entities.values(), key=lambda entity: entity.id)
    documents = sorted(content.documents, key=lambda document: document.slug)
    nodes = [_entity(entity, vocabulary) for entity in entities]
    nodes += [row for document in documents for row in _document(document)]
    lost = [f"not in KGX: {number} {what}" for number, what in _lost(content) if number]
    ours = [
        f"in columns {kgx.OURS}... alone: {number} {what}"
        for number, what in _only_ours(claims, vocabulary)
        if number
    ]
    return Kgx(
        write_table(kgx.NODES, nodes),
        write_table(kgx.EDGES, (_edge(claim, vocabulary) for claim in claims)),
        (*lost, *ours),
    )


def write_kgx(content: Content, folder: Path) -> tuple[str, ...]:
    """Write ``nodes.tsv`` and ``edges.tsv``, and return what they do not say.

    Raises:
        UsageError: the folder cannot be written.
    """
    tables = kgx_tables(content)
    texts = {folder / "nodes.tsv": tables.nodes, folder / "edges.tsv": tables.edges}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = {file: file.with_name(f".{file.name}.writing") for file in texts}
        for file, temporary in written.items():
            # As bytes: no system may turn the line ends into others.
            temporary.write_bytes(texts[file].encode())
        for file, temporary in written.items():
            temporary.replace(file)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written ({error.strerror}): name another with --output"
        ) from error
    return tables.unsaid
