"""Differences between records of one kind, field by field; documents, terms and conventions."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from nutrigraph.changes.found import FieldChange, ThingChange
from nutrigraph.model import Difference, Mapping, NoClaim, Source
from nutrigraph.terms import curie, local

if TYPE_CHECKING:
    import collections.abc as abc

    from _typeshed import DataclassInstance

    from nutrigraph.changes.found import Value
    from nutrigraph.content import Content
    from nutrigraph.model import Document, Vocabulary

_OF_THE_DOCUMENT: Final = ("text", "claims", "segments", "paragraphs", "mentioned")
"""What is compared by itself, or is told by the hash of the text."""
_TABLES: Final = ("predicates", "study_types", "link_types", "labels", "iris")
"""Fields of the vocabulary that are compared row by row, or say again what others say."""


def differences(
    old: DataclassInstance, new: DataclassInstance, *, aside: abc.Collection[str] = ()
) -> tuple[FieldChange, ...]:
    """Return in what two records differ; inner records by dotted names, ``aside`` left out."""
    before, after = dict(_flat(old, aside)), dict(_flat(new, aside))
    return tuple(
        FieldChange(name, before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )


def _flat(item: DataclassInstance, aside: abc.Collection[str]) -> abc.Iterator[tuple[str, Value]]:
    for field in fields(item):
        value = getattr(item, field.name)
        if field.name in aside:
            continue
        if is_dataclass(value) and not isinstance(value, type):
            for name, inner in _flat(value, aside):
                yield f"{field.name}.{name}", inner
        elif value not in (None, ()):
            yield field.name, _plain(value)


def _plain(value: object) -> Value:
    if isinstance(value, frozenset):
        return tuple(sorted(value))
    if isinstance(value, tuple):
        return tuple(item if isinstance(item, int | float) else _word(item) for item in value)
    return value if isinstance(value, str | int | float | bool) else str(value)


def _word(item: object) -> str:
    """Return one of several in a word: a paper, a mapping, a remark."""
    match item:
        case Source():
            return f"{local(item.id)} ({item.relation.replace('_', ' ')})"
        case Mapping():
            return f"{item.relation} {curie(item.iri)}"
        case Difference():
            return str(item)
        case NoClaim():
            return f"{local(item.id)} ({item.kind}: {item.reason})"
        case tuple():
            return ": ".join(map(str, item))
        case _:
            return str(getattr(item, "id", item))


def compare_things(
    kind: str,
    old: abc.Mapping[str, Any],
    new: abc.Mapping[str, Any],
    *,
    aside: abc.Collection[str] = (),
) -> abc.Iterator[ThingChange]:
    """Yield the changes of records of one kind by their ids, in the order of the ids."""
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        label = _label(after or before, name)
        if before is None or after is None:
            yield ThingChange(kind, name, label, "added" if before is None else "removed")
        elif found := differences(before, after, aside=aside):
            yield ThingChange(kind, name, label, _retired(before, after), found)


def _retired(old: object, new: object) -> Literal["changed", "deprecated", "restored"]:
    before, after = (getattr(item, "deprecated", False) for item in (old, new))
    if before == after:
        return "changed"
    return "deprecated" if after else "restored"


def _label(item: object, name: str) -> str:
    return str(getattr(item, "label", None) or getattr(item, "title", None) or local(name))


def compare_documents(
    old: abc.Iterable[Document], new: abc.Iterable[Document]
) -> tuple[ThingChange, ...]:
    """Return the documents that came, went or changed: title, text (its hash), no-claims."""
    before, after = ({home.slug: home for home in homes} for homes in (old, new))
    return tuple(compare_things("document", before, after, aside=_OF_THE_DOCUMENT))


def compare_edges(
    old: abc.Iterable[abc.Mapping[str, Any]], new: abc.Iterable[abc.Mapping[str, Any]]
) -> tuple[ThingChange, ...]:
    """Return the imports of edges without sentences that came, went or changed.

    They are told by the records of their stores: files by hash, weight, licence and counts.
    """
    before, after = (
        {record["slug"]: record for record in records if record["kind"] == "edges"}
        for records in (old, new)
    )
    found = []
    for slug in sorted({*before, *after}):
        one, other = before.get(slug), after.get(slug)
        label = str((other or one or {}).get("title", slug))
        if one is None or other is None:
            found.append(ThingChange("edges", slug, label, "added" if one is None else "removed"))
        elif fields := tuple(_entries(_leaves(one), _leaves(other))):
            found.append(ThingChange("edges", slug, label, "changed", fields))
    return tuple(found)


def _leaves(record: abc.Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with what lies inside it under dotted names."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        inner = value if isinstance(value, dict) else {"": value}
        found |= {f"{key}.{name}".rstrip("."): item for name, item in inner.items()}
    return found


def compare_conventions(old: Vocabulary, new: Vocabulary) -> tuple[ThingChange, ...]:
    """Return the study types, link types and other numbers and words that changed."""
    found = [
        *compare_things("study type", old.study_types, new.study_types),
        *compare_things("link type", old.link_types, new.link_types),
    ]
    for field in fields(old):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name in _TABLES or before == after:
            continue
        if isinstance(before, dict):
            changed = tuple(_entries(before, after))
        else:
            changed = (FieldChange(field.name, _plain(before), _plain(after)),)
        label = field.name.replace("_", " ")
        found.append(ThingChange("convention", field.name, label, "changed", changed))
    return (*found, *_qualifiers(old, new))


def _entries(old: dict[Any, Any], new: dict[Any, Any]) -> abc.Iterator[FieldChange]:
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if before != after:
            name = " ".join(key) if isinstance(key, tuple) else str(key)
            values = (None if item is None else _plain(item) for item in (before, after))
            yield FieldChange(name, *values)


def _qualifiers(old: Vocabulary, new: Vocabulary) -> abc.Iterator[ThingChange]:
    """Yield the aspects, species, relations and other qualifiers that came or went."""
    for cls, label in sorted({*old.iris} ^ {*new.iris}):
        if cls != "StudyType":
            there = (cls, label) in new.iris
            iri = (new if there else old).iris[cls, label]
            yield ThingChange("qualifier", iri, label, "added" if there else "removed")


def compare_terms(old: Content, new: Content) -> tuple[ThingChange, ...]:
    """Return the entities, names, links and predicates that came, went or changed."""
    terms, links = (
        [{term.label: term for term in content.terms} for content in (old, new)],
        [
            {" ".join(map(local, (n.subject, n.type, n.object))): n for n in content.links}
            for content in (old, new)
        ],
    )
    predicates = [content.vocabulary.predicates for content in (old, new)]
    return (
        *compare_things("entity", old.entities, new.entities),
        *compare_things("name", *terms),
        *compare_things("link", *links),
        *compare_things("predicate", *predicates),
    )
