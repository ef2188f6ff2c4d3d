"""Finding things by the names that people give them."""

from __future__ import annotations

import difflib
import warnings
from typing import TYPE_CHECKING

from nutrigraph.errors import RetiredName, UnknownName
from nutrigraph.terms import BASE, curie

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nutrigraph.model import Document, Entity, QualifiedTerm


def nearest(name: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the names that come nearest, best first."""
    by_fold = {item.casefold(): item for item in sorted(known, reverse=True)}
    found = difflib.get_close_matches(name.casefold(), list(by_fold), n=most, cutoff=0.6)
    return [by_fold[item] for item in found]


def _names(
    entities: Mapping[str, Entity], terms: Sequence[QualifiedTerm]
) -> Iterable[tuple[str, str]]:
    """Yield (name, IRI), those that bind most first."""
    for entity in entities.values():
        yield entity.label, entity.id
    for entity in entities.values():
        yield entity.id, entity.id
        yield curie(entity.id), entity.id
        yield entity.id.removeprefix(BASE), entity.id
    for entity in entities.values():
        yield from ((synonym, entity.id) for synonym in entity.synonyms)
    for term in terms:
        yield from ((name, term.entity) for name in (term.label, *term.synonyms))
    owners = [(item.id, item.mappings) for item in entities.values()]
    owners += [(term.entity, term.mappings) for term in terms]
    for target, mappings in owners:
        for mapping in mappings:
            if mapping.relation in ("exactMatch", "quantityOf"):
                yield curie(mapping.iri), target


def fold(name: str) -> str:
    """Return a name as it is compared: without case, hyphens and spaces around it."""
    return name.strip().casefold().replace("-", " ")


def index(entities: Mapping[str, Entity], terms: Sequence[QualifiedTerm] = ()) -> dict[str, Entity]:
    """Return the entities by their names as `fold` gives them; what binds most bears a name."""
    found: dict[str, Entity] = {}
    for known, iri in _names(entities, terms):
        found.setdefault(fold(known), in_use(entities[iri], entities))
    return found


def in_use(entity: Entity, entities: Mapping[str, Entity]) -> Entity:
    """Return what replaces an entity that is no longer used, or the entity itself."""
    seen = {entity.id}
    while entity.deprecated and entity.replaced_by in entities.keys() - seen:
        entity = entities[entity.replaced_by]
        seen.add(entity.id)
    return entity


def resolve(name: str, entities: Mapping[str, Entity], terms: Sequence[QualifiedTerm]) -> Entity:
    """Return the entity that a label, synonym, CURIE or IRI names.

    Neither case nor hyphens matter. A name of one that is no longer used leads to what replaces it,
    with a warning, `RetiredName`.

    Raises:
        UnknownName: there is none; offers the nearest names.
    """
    wanted = fold(name)
    names: dict[str, str] = {}
    for known, iri in _names(entities, terms):
        if fold(known) == wanted:
            return _told(name, entities[iri], in_use(entities[iri], entities))
        names.setdefault(known, iri)
    readable = [known for known in names if "://" not in known and not known.startswith(":")]
    raise UnknownName("entity", name, nearest(name, readable))


def _told(name: str, named: Entity, used: Entity) -> Entity:
    """Return the entity that is used; warn where the name is that of a retired one."""
    if named.deprecated:
        instead = f"read as {used.label!r}" if used is not named else "nothing replaces it"
        warnings.warn(RetiredName(f"{name!r} is no longer used: {instead}"), stacklevel=4)
    return used


def qualified(
    name: str, entities: Mapping[str, Entity], terms: Sequence[QualifiedTerm]
) -> QualifiedTerm | None:
    """Return the qualified term that a name stands for, such as magnesium deficiency, or None.

    A name that an entity bears itself stands for the entity.
    """
    wanted = fold(name)
    own = (known for item in entities.values() for known in (item.label, *item.synonyms))
    if wanted in map(fold, own):
        return None
    return next((term for term in terms if wanted in map(fold, (term.label, *term.synonyms))), None)


def source_names(documents: Iterable[Document]) -> set[str]:
    """Return the names by which papers and paragraphs can be left out."""
    found: set[str] = set()
    for document in documents:
        for paragraph in document.paragraphs:
            found.add(paragraph.id)
            for source in paragraph.sources:
                found |= source.names
    return found
