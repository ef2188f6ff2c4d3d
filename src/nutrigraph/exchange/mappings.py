"""The mappings to other vocabularies as SSSOM, a Simple Standard for Sharing Ontological Mappings.

The format is the TSV of https://mapping-commons.github.io/sssom/spec-formats-tsv, canonical but
for the apostrophe before what would start a formula.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from nutrigraph.cells import line
from nutrigraph.terms import BASE, DCTERMS, NG, OWL, PREFIXES, RDFS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyoxigraph as ox

_COLUMNS: Final = (
    *("subject_id", "subject_label", "predicate_id"),
    *("object_id", "object_label", "mapping_justification"),
)
_JUSTIFICATION: Final = "semapv:ManualMappingCuration"
_DESCRIPTION: Final = (
    "What the entities, qualified terms and vocabulary of Nutrigraph are called elsewhere, as its "
    "curators mapped them. A quantity is the amount of a substance (nutrigraph:quantityOf), never "
    "the same as it."
)
_UNKNOWN_LICENCE: Final = "https://w3id.org/sssom/license/unspecified"
_KNOWN: Final = {
    "nutrigraph": BASE,
    "skos": PREFIXES["skos"],
    "biolink": PREFIXES["biolink"],
    "MESH": PREFIXES["mesh"],
    "UMLS": PREFIXES["umls"],
}
_BUILT_IN: Final = frozenset({"skos", "semapv"})
_OBO: Final = re.compile(re.escape(PREFIXES["obo"]) + r"([A-Za-z]+)_(?=[A-Za-z]*[0-9]+$)")
_PLAIN: Final = re.compile(r"(?!.*(?:: | #|:$))[A-Za-z][^\x00-\x1f]*[^\x00-\x20]")


class _Curies:
    """Shortens IRIs, and keeps which prefixes were used."""

    def __init__(self) -> None:
        self.used: dict[str, str] = {}

    def short(self, iri: str) -> str:
        prefix, base = self._parted(iri)
        if prefix not in _BUILT_IN:
            self.used[prefix] = base
        return f"{prefix}:{iri.removeprefix(base)}"

    def _parted(self, iri: str) -> tuple[str, str]:
        if found := _OBO.match(iri):
            return found[1], found[0]
        for prefix, base in _KNOWN.items():
            if iri.startswith(base):
                return prefix, base
        # Any other vocabulary gets a prefix by number, since SSSOM takes no full IRI.
        base = iri[: max(map(iri.rfind, "/#:")) + 1]
        taken = {known: prefix for prefix, known in self.used.items()}
        number = sum(prefix.startswith("ns") for prefix in self.used) + 1
        return taken.get(base, f"ns{number}"), base


def sssom(store: ox.Store, relations: tuple[str, ...], caution: str) -> Iterator[str]:
    """Yield the lines of the mappings of entities, qualified terms and the vocabulary.

    ``relations`` are the properties that map: ``skos:exactMatch`` and its like, and
    ``nutrigraph:quantityOf``, by which a quantity is the amount of a substance. Labels are those
    that the graph holds; where it holds none of an object, the cell is empty.
    """
    curies = _Curies()
    found = sorted(
        (subject, predicate, target)
        for predicate in relations
        for subject, target in _stated(store, None, predicate)
    )
    rows = [
        (
            curies.short(subject),
            _label(store, subject),
            curies.short(predicate),
            curies.short(target),
            _label(store, target),
            _JUSTIFICATION,
        )
        for subject, predicate, target in found
    ]
    source = curies.short(NG.ontology)
    yield from _metadata(store, curies.used, source, caution)
    yield line(_COLUMNS, delimiter="\t", end="\n")
    for row in rows:
        yield line(row, delimiter="\t", end="\n")


def _metadata(
    store: ox.Store, prefixes: dict[str, str], source: str, caution: str
) -> Iterator[str]:
    yield "#curie_map:\n"
    for prefix, base in sorted(prefixes.items()):
        yield f"#  {prefix}: {_scalar(base)}\n"
    version = _one(store, NG.ontology, OWL.versionInfo)
    creators = sorted(value for _, value in _stated(store, NG.ontology, DCTERMS.creator))
    slots: dict[str, str | list[str]] = {
        "mapping_set_id": f"{BASE}mappings",
        "mapping_set_version": version,
        "mapping_set_title": "Mappings of Nutrigraph",
        "mapping_set_description": _DESCRIPTION,
        "creator_label": creators,
        "license": _one(store, NG.ontology, DCTERMS.license) or _UNKNOWN_LICENCE,
        "subject_source": source,
        "subject_source_version": version,
        "publication_date": _one(store, NG.ontology, DCTERMS.issued),
        "comment": caution,
    }
    for name, value in slots.items():
        if isinstance(value, str) and value:
            yield f"#{name}: {_scalar(value)}\n"
        elif value:
            yield f"#{name}:\n"
            yield from (f"#  - {_scalar(item)}\n" for item in value)


def _scalar(text: str) -> str:
    """Return a text as YAML: plain where that is safe, else in quotation marks."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _stated(store: ox.Store, subject: str | None, predicate: str) -> Iterator[tuple[str, str]]:
    """Yield subject and object of what the default graph states by a property."""
    import pyoxigraph as ox

    node = ox.NamedNode(subject) if subject else None
    for quad in store.quads_for_pattern(node, ox.NamedNode(predicate), None, ox.DefaultGraph()):
        if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.Triple):
            yield quad.subject.value, quad.object.value


def _one(store: ox.Store, subject: str, predicate: str) -> str:
    """Return the one value of a property, the first of several, or nothing."""
    return min((value for _, value in _stated(store, subject, predicate)), default="")


def _label(store: ox.Store, iri: str) -> str:
    return _one(store, iri, RDFS.label)
