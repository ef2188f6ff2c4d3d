"""The comparison of two stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nutrigraph import naming
from nutrigraph.changes.evidence import (
    compare_claims,
    compare_papers,
    compare_propositions,
    compare_verdicts,
)
from nutrigraph.changes.found import Changes
from nutrigraph.changes.questions import compare_questions
from nutrigraph.changes.things import (
    compare_conventions,
    compare_documents,
    compare_edges,
    compare_terms,
)
from nutrigraph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nutrigraph.content import Content


def compare(
    old: Content,
    new: Content,
    questions: Iterable[tuple[str, str]] = (),
    *,
    edges: tuple[Iterable[Mapping[str, Any]], Iterable[Mapping[str, Any]]] = ((), ()),
    max_hops: int = 4,
    top: int = 10,
) -> Changes:
    """Return all that differs between two stores; false where nothing does.

    ``questions`` are pairs of entities by any of their names, asked of both with ``max_hops`` and
    ``top``; ``edges`` are the records of what each store has imported. A comparison with itself is
    empty, and one the other way round is its mirror: what was added was removed, old stands for
    new.

    Raises:
        UnknownName: neither store knows an entity.
        UsageError: the two things of a question are the same.
    """
    asked = [_ends(pair, old, new) for pair in questions]
    return Changes(
        papers=compare_papers(old, new),
        questions=compare_questions(old, new, asked, max_hops=max_hops, top=top),
        verdicts=compare_verdicts(old, new),
        propositions=compare_propositions(old, new),
        claims=compare_claims(old, new),
        documents=(*compare_documents(old.documents, new.documents), *compare_edges(*edges)),
        conventions=compare_conventions(old.vocabulary, new.vocabulary),
        terms=compare_terms(old, new),
    )


def _ends(pair: tuple[str, str], old: Content, new: Content) -> tuple[str, str]:
    """Return the two things of a question by IRI; one of the stores may know them alone."""
    known, terms = {**old.entities, **new.entities}, (*new.terms, *old.terms)
    start, end = (naming.resolve(name, known, terms) for name in pair)
    if start.id == end.id:
        raise UsageError(f"source and target are both {start.label}: name two things")
    return start.id, end.id
