"""The comparison of two stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nutrigraph.changes.evidence import (
    compare_claims,
    compare_papers,
    compare_propositions,
    compare_verdicts,
)
from nutrigraph.changes.found import Changes
from nutrigraph.changes.questions import compare_questions
from nutrigraph.changes.things import compare_conventions, compare_documents, compare_terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nutrigraph.content import Content


def compare(
    old: Content,
    new: Content,
    questions: Iterable[tuple[str, str]] = (),
    *,
    max_hops: int = 4,
    top: int = 10,
) -> Changes:
    """Return all that differs between two stores; false where nothing does.

    ``questions`` are pairs of entities by IRI, asked of both with ``max_hops`` and ``top``. A
    comparison with itself is empty, and one the other way round is its mirror: what was added was
    removed, old stands for new.
    """
    return Changes(
        papers=compare_papers(old, new),
        questions=compare_questions(old, new, questions, max_hops=max_hops, top=top),
        verdicts=compare_verdicts(old, new),
        propositions=compare_propositions(old, new),
        claims=compare_claims(old, new),
        documents=compare_documents(old.documents, new.documents),
        conventions=compare_conventions(old.vocabulary, new.vocabulary),
        terms=compare_terms(old, new),
    )
