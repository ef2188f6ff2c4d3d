"""Changes as plain records: the JSON that leaves the program."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nutrigraph import records
from nutrigraph.terms import local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nutrigraph.changes.found import (
        Changes,
        ClaimChange,
        Direct,
        PropositionChange,
        QuestionChange,
        RouteChange,
        VerdictChange,
        Weighed,
    )
    from nutrigraph.model import Entity


def record(changes: Changes, entities: Mapping[str, Entity]) -> dict[str, Any]:
    """Return changes as ``nutrigraph diff --json`` gives them; ``entities`` are those of both.

    ``{changed, papers, questions, verdicts, propositions, claims, documents, conventions, terms}``:
    ``changed`` is true or false, the others are lists, each with what matters most first. ``{id,
    label, kind}`` stands for an entity, and ``old`` and ``new`` are null where a side has nothing.

    - ``papers``: ``{id, label, doi, pmid, change, claims_before, claims_after, retracted, others,
      fields}``; ``change`` is added, removed, retracted, reinstated, superseded, no longer
      superseded, weighs half, weighs whole or corrected; ``others`` holds the labels of the papers
      that replace it, or of the retracted ones that it may pool.
    - ``questions``: ``{source, target, changed, old, new, routes}``; ``old`` and ``new`` are
      answers as ``paths --json`` gives them; ``routes``: ``{change, old, new, reasons}``, where
      ``change`` is fell, rose, changed, outranked or entered, ``old`` and ``new`` are the ranks
      among the paths of the answers, and a reason is ``{hop, paper, why}``, hops counted from 1.
    - ``verdicts``: ``{source, target, old, new}``, each side ``{verdict, sign, sign_basis, support,
      dispute, inconclusive, modality, species}``.
    - ``propositions``: ``{subject, predicate, object, change, sign_changed, newly_contested, old,
      new}``, each side ``{sign, support, dispute, score, inconclusive, named, signs_disagree,
      species}``.
    - ``claims``: ``{change, document, name, old, new, statement, fields}``; ``old`` and ``new`` are
      the claims' ids, ``name`` the finding or the curator's name.
    - ``documents``, ``conventions``, ``terms``: ``{kind, id, label, change, fields}``.
    - ``fields`` are ``{field, old, new}``, with dotted names for what lies inside, as in
      ``evidence.study_type``.
    """
    return {
        "changed": bool(changes),
        "papers": [asdict(item) for item in changes.papers],
        "questions": [_question(item, entities) for item in changes.questions],
        "verdicts": [_verdict(item, entities) for item in changes.verdicts],
        "propositions": [_proposition(item, entities) for item in changes.propositions],
        "claims": [_claim(item) for item in changes.claims],
        "documents": [asdict(item) for item in changes.documents],
        "conventions": [asdict(item) for item in changes.conventions],
        "terms": [asdict(item) for item in changes.terms],
    }


def _side(item: Direct | Weighed | None) -> dict[str, Any] | None:
    return None if item is None else asdict(item)


def _question(item: QuestionChange, entities: Mapping[str, Entity]) -> dict[str, Any]:
    return {
        "source": records.thing(entities[item.source]),
        "target": records.thing(entities[item.target]),
        "changed": item.changed,
        "old": item.old and records.answer(item.old, entities),
        "new": item.new and records.answer(item.new, entities),
        "routes": [_route(route) for route in item.routes],
    }


def _route(item: RouteChange) -> dict[str, Any]:
    return {
        "change": item.change,
        "old": item.old and item.old.rank,
        "new": item.new and item.new.rank,
        "reasons": [asdict(reason) for reason in item.reasons],
    }


def _verdict(item: VerdictChange, entities: Mapping[str, Entity]) -> dict[str, Any]:
    return {
        "source": records.thing(entities[item.source]),
        "target": records.thing(entities[item.target]),
        "old": _side(item.old),
        "new": _side(item.new),
    }


def _proposition(item: PropositionChange, entities: Mapping[str, Entity]) -> dict[str, Any]:
    return {
        "subject": records.thing(entities[item.subject]),
        "predicate": local(item.predicate),
        "object": records.thing(entities[item.object]),
        "change": item.change,
        "sign_changed": item.sign_changed,
        "newly_contested": item.newly_contested,
        "old": _side(item.old),
        "new": _side(item.new),
    }


def _claim(item: ClaimChange) -> dict[str, Any]:
    claim = item.claim
    return {
        "change": item.change,
        "document": claim.document,
        "name": claim.finding or claim.name or None,
        "old": item.old and item.old.id,
        "new": item.new and item.new.id,
        "statement": claim.statement,
        "fields": [asdict(field) for field in item.fields],
    }
