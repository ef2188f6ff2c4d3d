"""What a reader chooses to walk over: the filters of a question, checked against what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nutrigraph import naming
from nutrigraph.errors import UnknownName
from nutrigraph.paths import Filters
from nutrigraph.terms import local

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nutrigraph.content import Content

_FILTER_NAMES = {
    "documents": "document",
    "study_types": "study type",
    "bases": "basis",
    "predicates": "predicate",
    "without": "source",
    "through": "kind of entity",
}
"""What an error calls a value of a filter."""


def choose(given: Mapping[str, Sequence[str]], content: Content) -> Filters:
    """Return the filters of a question, by the names that `KnowledgeGraph.paths` gives them.

    Raises:
        UnknownName: a filter, or a value of one, is unknown.
    """
    voc, kinds = content.vocabulary, {entity.kind for entity in content.entities.values()}
    return chosen(
        given,
        {
            "documents": {home.slug for home in content.documents},
            "species": {*voc.species_plurals, "unknown"},
            "study_types": {*voc.study_types, "unknown"},
            "bases": {label for cls, label in voc.iris if cls == "Basis"},
            "predicates": {local(iri) for iri in voc.predicates},
            "without": naming.source_names(content.documents),
            "through": kinds,
        },
        lambda value: _avoided(value, kinds, content),
    )


def chosen(
    given: Mapping[str, Sequence[str]],
    known: Mapping[str, set[str]],
    avoided: Callable[[str], str],
) -> Filters:
    """Return filters of which each value is known; ``avoided`` turns what to avoid into an id.

    Raises:
        UnknownName: a filter, or a value of one, is unknown.
    """
    checked: dict[str, frozenset[str]] = {}
    for name, several in given.items():
        values = [several] if isinstance(several, str) else several
        if name == "avoid":
            checked[name] = frozenset(avoided(value) for value in values)
            continue
        if name not in known:
            raise UnknownName("filter", name, [*known, "avoid"])
        for value in values:
            if value not in known[name]:
                near = naming.nearest(value, known[name]) or sorted(known[name])[:8]
                raise UnknownName(_FILTER_NAMES.get(name, name), value, near)
        checked[name] = frozenset(values)
    return Filters(**checked)


def _avoided(value: str, kinds: set[str], content: Content) -> str:
    """Return a kind of entity as it is, and an entity by its IRI."""
    if value in kinds:
        return value
    try:
        return naming.resolve(value, content.entities, content.terms).id
    except UnknownName as error:
        near = [*naming.nearest(value, kinds), *error.nearest]
        raise UnknownName("kind or entity", value, near) from None
