"""Entities, links and what the vocabulary declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Group = Literal["state", "given"]
Node = tuple[str, Group]
"""A node of a path: an entity's IRI and whether its state or what is given of it is meant."""


def sides(entity: str) -> tuple[Node, Node]:
    """Return the two nodes of an entity: its state, and what is given of it."""
    return (entity, "state"), (entity, "given")


@dataclass(frozen=True, slots=True)
class Mapping:
    """The identifier of an entity in another vocabulary."""

    iri: str
    label: str
    relation: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A base quantity: something that can be more or less.

    One that is ``deprecated`` stays, and ``replaced_by`` names what stands in its place.
    """

    id: str
    label: str
    kind: str
    definition: str
    synonyms: tuple[str, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    routes_pass: bool = True
    deprecated: bool = False
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class QualifiedTerm:
    """A name for an entity with an aspect and a direction, such as magnesium deficiency."""

    label: str
    entity: str
    aspect: str | None
    direction: str | None
    synonyms: tuple[str, ...] = ()
    mappings: tuple[Mapping, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link between two entities that is no claim."""

    subject: str
    type: str
    object: str
    weight: float


@dataclass(frozen=True, slots=True)
class LinkType:
    """A kind of link, as the vocabulary declares it."""

    id: str
    phrase: str
    sign: int | None
    walked: bool
    basis: str
    weight: float


@dataclass(frozen=True, slots=True)
class Predicate:
    """A relation that a claim can state, as the vocabulary declares it."""

    id: str
    label: str
    force: str
    sign: int | None
    phrase: str
    wording_holds_direction: bool
    definition: str
    speaks_of_lack: bool = False
    forward_only: bool = False
    states_use: bool = False
    of_those_affected: bool = False
    deprecated: bool = False
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class StudyType:
    """A kind of study, with its weights for causal claims and for associations.

    ``has_controls`` is None where it is not known.
    """

    label: str
    weight_causal: float
    weight_association: float
    ceiling: str
    is_review: bool
    has_controls: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class Biolink:
    """What the vocabulary says in the terms of Biolink: IRIs, and words for directions.

    ``predicates`` holds what stays true of a predicate when every qualifier is dropped,
    ``qualified`` what reads right between sides with their aspects and directions, ``evidence``
    the codes of the Evidence and Conclusion Ontology by study type.
    """

    categories: dict[str, str]
    predicates: dict[str, str]
    qualified: dict[str, str]
    directions: dict[str, str]
    evidence: dict[str, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What ``vocabulary.ttl`` declares, by label or IRI."""

    predicates: dict[str, Predicate]
    link_types: dict[str, LinkType]
    study_types: dict[str, StudyType]
    ceilings: dict[str, tuple[float, float]]
    aspect_groups: dict[str, Group]
    direction_values: dict[str, int]
    modality_phrases: dict[str, str]
    species_plurals: dict[str, str]
    state_phrases: dict[tuple[str, str], str]
    evidence_relations: frozenset[str]
    contrary_relations: frozenset[str]
    evidence_bases: frozenset[str]
    causes: frozenset[str]
    walked_back: frozenset[str]
    labels: dict[str, str]
    iris: dict[tuple[str, str], str]
    signs_disagree_share: float
    negligible: tuple[float, float]
    ratio_measures: frozenset[str]
    difference_measures: frozenset[str]
    hub_damping: float
    version: str
    caution: str
    hypothesis_line: str
    one_source_line: str
    biolink: Biolink
