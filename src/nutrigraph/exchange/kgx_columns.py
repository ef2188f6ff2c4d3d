"""Which field of a record is which column of KGX: written and read through the same tables.

A field goes into the column that Biolink has for it, else into one of ours, so that a field that
the model gains is exported and imported without a line here. Columns of Biolink that only repeat
what stands in another are written and never read.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any, Final, get_type_hints

from nutrigraph.model import Claim, Effect, Evidence, Quote, Source
from nutrigraph.terms import BASE, PREFIXES

OURS: Final = "nutrigraph:"
"""The prefix of our identifiers and of our columns."""

_PREFIXES: Final = {
    "nutrigraph": BASE,
    "biolink": PREFIXES["biolink"],
    "MESH": PREFIXES["mesh"],
    "UMLS": PREFIXES["umls"],
}
_OBO: Final = re.compile(r"([A-Z][A-Za-z]*):([0-9]+)")


IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
"""What can stand as an identifier."""


def expand(curie: str) -> str:
    """Return the IRI of a CURIE; what is none stays as it is."""
    prefix, colon, name = curie.partition(":")
    if colon and prefix in _PREFIXES:
        return _PREFIXES[prefix] + name
    if found := _OBO.fullmatch(curie):
        return f"{PREFIXES['obo']}{found[1]}_{found[2]}"
    return curie


def shorten(iri: str) -> str:
    """Return an IRI as a CURIE (``nutrigraph:zinc``, ``MONDO:0005015``), or as it is.

    >>> shorten("https://w3id.org/nutrigraph/zinc"), expand("MONDO:0005015")
    ('nutrigraph:zinc', 'http://purl.obolibrary.org/obo/MONDO_0005015')
    """
    for prefix, base in _PREFIXES.items():
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    curie = iri.removeprefix(PREFIXES["obo"]).replace("_", ":", 1)
    return curie if curie != iri and expand(curie) == iri else iri


_BIOLINK: Final = {
    "id": "id",
    "subject": "subject",
    "object": "object",
    "negated": "negated",
    "document": "primary_knowledge_source",
    "subject_aspect": "subject_aspect_qualifier",
    "object_aspect": "object_aspect_qualifier",
    "species": "species_context_qualifier",
    "population": "population_context_qualifier",
    "exact": "supporting_text",
}
"""The fields that Biolink has a column for that holds just that."""

LABELS: Final = {
    "basis": "Basis",
    "modality": "Modality",
    "subject_aspect": "Aspect",
    "object_aspect": "Aspect",
    "subject_direction": "Direction",
    "object_direction": "Direction",
    "study_type": "StudyType",
    "species": "Species",
    "relation": "SourceRelation",
}
"""The fields that hold a label of the vocabulary, with its class."""

IRIS: Final = frozenset(
    {
        *("id", "subject", "object", "predicate", "paragraph"),
        *("subject_measure", "object_measure", "co_exposures"),
        *("superseded_by", "may_pool", "pools_retracted", "url"),
    }
)
"""The fields that hold identifiers, which are written as CURIEs."""

_ELSEWHERE: Final = {
    Claim: {
        "quote",
        "evidence",
        "sources",
        "headline_differs",
        "document",
        "sign",
        "force",
        "statement",
        "document_title",
        "weight",
    },
    Evidence: {"effect", "species"},
    Source: {"gives_evidence", "disagrees"},
    Effect: set(),
    Quote: set(),
}
"""The fields that have a column of their own making, or that follow from others.

No claim of a document declares its own weight: edges without sentences do, and are none.
"""

_BEFORE: Final = {Effect: "effect_", Quote: "quote_"}


def _columns(record: type[Any]) -> dict[str, str]:
    before = _BEFORE.get(record, "")
    return {
        item.name: _BIOLINK.get(item.name, f"{OURS}{before}{item.name}")
        for item in fields(record)
        if item.name not in _ELSEWHERE[record]
    }


COLUMNS: Final[dict[type[Any], dict[str, str]]] = {
    record: _columns(record) for record in _ELSEWHERE
}
"""The column of each field of a record that is written as it is."""

HINTS: Final[dict[type[Any], dict[str, Any]]] = {
    record: get_type_hints(record) for record in _ELSEWHERE
}
"""The types of the fields, by which they are read."""

DOCUMENT: Final = _BIOLINK["document"]
SPECIES: Final = _BIOLINK["species"]
QUOTE: Final = _BIOLINK["exact"]
EVIDENCE: Final = f"{OURS}evidence"
DIFFERENCES: Final = f"{OURS}headline_differs"
KIND: Final = f"{OURS}kind"
MAPPINGS: Final = f"{OURS}mappings"
ROUTES_PASS: Final = f"{OURS}routes_pass"
SHA256: Final = f"{OURS}sha256"
ABOUT: Final = f"{OURS}about"
PARAGRAPH: Final = f"{OURS}paragraph"
PAPER: Final = f"{OURS}paper"

SOURCE: Final = COLUMNS[Source] | {"id": PAPER}

NODES: Final = (
    *("id", "category", "name", "description", "xref", "same_as", "synonym"),
    *(KIND, MAPPINGS, ROUTES_PASS, SHA256, ABOUT, DOCUMENT, PARAGRAPH),
    *SOURCE.values(),
)
EDGES: Final = (
    *("id", "subject", "predicate", "object", "category", "qualified_predicate", "negated"),
    *("subject_aspect_qualifier", "subject_direction_qualifier"),
    *("object_aspect_qualifier", "object_direction_qualifier"),
    *(SPECIES, "population_context_qualifier", "knowledge_level", "agent_type"),
    *(DOCUMENT, "publications", "has_evidence", "p_value", QUOTE, "description"),
    *(
        column
        for record in (Claim, Quote, Evidence, Effect)
        for column in COLUMNS[record].values()
        if column.startswith(OURS)
    ),
    *(DIFFERENCES, EVIDENCE, f"{OURS}sign", f"{OURS}force"),
)
