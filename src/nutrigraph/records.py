"""Claims, paths and the page as plain records: the JSON that leaves the program.

Unknown is ``None``; nothing is left out because it is empty.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from nutrigraph.grade import weigh, weigh_proposition
from nutrigraph.model import APPRAISAL, Evidence
from nutrigraph.terms import curie, local

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nutrigraph import view
    from nutrigraph.content import Content
    from nutrigraph.model import (
        Answer,
        Claim,
        Document,
        Entity,
        Hop,
        Link,
        Node,
        Path,
        Source,
        Vocabulary,
    )
    from nutrigraph.paths.discover import Candidate
    from nutrigraph.paths.loops import Loop
    from nutrigraph.paths.moves import Move

_EVIDENCE_FIELDS = tuple(
    item.name
    for item in fields(Evidence)
    if item.name not in ("effect", "p_value", "not_in_page", *APPRAISAL)
)


def thing(entity: Entity) -> dict[str, str]:
    """Return an entity as ``{id, label, kind}``."""
    return {"id": entity.id, "label": entity.label, "kind": entity.kind}


def _evidence(claim: Claim) -> dict[str, Any]:
    evidence = claim.evidence
    record: dict[str, Any] = {name: getattr(evidence, name, None) for name in _EVIDENCE_FIELDS}
    record["effect"] = (
        asdict(evidence.effect)
        if evidence
        else dict.fromkeys(("measure", "value", "baseline", "ci_low", "ci_high"))
    )
    record["p_value"] = evidence.p_value if evidence else None
    record["parsed"] = evidence.parsed if evidence else {}
    return record


def _source(source: Source) -> dict[str, Any]:
    return {
        "doi": source.doi,
        "pmid": source.pmid,
        "title": source.title,
        "year": source.year,
        "relation": source.relation,
        "retracted": source.retracted,
    }


def claim(claim: Claim, entities: Mapping[str, Entity], vocabulary: Vocabulary) -> dict[str, Any]:
    """Return a claim as ``nutrigraph claims --json`` gives it."""
    weight, reason = weigh(claim, vocabulary)
    measures = {
        side: entities[iri].label if (iri := getattr(claim, f"{side}_measure")) else None
        for side in ("subject", "object")
    }
    # Who made an edge of somebody's graph, and how, is not told.
    untold = claim.basis == "source"
    level = "statistical_association" if claim.basis == "finding" else "knowledge_assertion"
    return {
        "id": claim.id,
        "statement": claim.statement,
        "document": claim.document,
        "basis": claim.basis,
        "subject": thing(entities[claim.subject]),
        "subject_aspect": claim.subject_aspect,
        "subject_direction": claim.subject_direction,
        "subject_measure": measures["subject"],
        "predicate": local(claim.predicate),
        "object": thing(entities[claim.object]),
        "object_aspect": claim.object_aspect,
        "object_direction": claim.object_direction,
        "object_measure": measures["object"],
        "sign": claim.sign,
        "force": claim.force,
        "modality": claim.modality,
        "negated": claim.negated,
        "co_exposures": [thing(entities[iri]) for iri in claim.co_exposures],
        "quote": {
            "exact": claim.quote.exact,
            "prefix": claim.quote.prefix,
            "suffix": claim.quote.suffix,
            "start": claim.quote.start,
            "end": claim.quote.end,
        }
        if claim.quote
        else None,
        "evidence": _evidence(claim),
        "sources": [_source(source) for source in claim.sources],
        "weight": weight,
        "weight_reason": reason,
        "headline_differs": [str(item) for item in claim.headline_differs],
        "knowledge_level": "not_provided" if untold else level,
        "agent_type": "not_provided" if untold else "manual_agent",
    }


def _node(node: Node, entities: Mapping[str, Entity]) -> dict[str, str]:
    return {**thing(entities[node[0]]), "side": node[1]}


def _hop(hop: Hop, entities: Mapping[str, Entity]) -> dict[str, Any]:
    return {
        "subject": _node(hop.subject, entities),
        "predicate": unquote(local(hop.predicate)),
        "object": _node(hop.object, entities),
        "sign": hop.sign,
        "force": hop.force,
        "walked": hop.walked,
        "basis": hop.basis,
        "score": round(hop.score, 6),
        "support": round(hop.support, 6),
        "dispute": round(hop.dispute, 6),
        "inconclusive": list(hop.inconclusive),
        "species": list(hop.species),
        "study_types": list(hop.study_types),
        "claims": [claim.id for claim in hop.claims],
    }


def path(path: Path, entities: Mapping[str, Entity]) -> dict[str, Any]:
    """Return a path as ``nutrigraph paths --json`` gives it; ``weakest_hop`` counts from 1."""
    return {
        "rank": path.rank,
        "cost": path.cost,
        "cost_parts": path.cost_parts,
        "score": path.score,
        "sign": path.sign,
        "sign_basis": path.sign_basis,
        "sign_reason": "; ".join((path.sign_reason, *path.timing)),
        "verdict": path.verdict,
        "hops": [_hop(hop, entities) for hop in path.hops],
        "weakest_hop": {"hop": path.weakest + 1, "reason": path.weakest_reason},
        "crosses_species": path.crosses_species,
        "crosses_population": path.crosses_population,
        "stitched": path.stitched,
        "degree_rank": path.degree_rank,
        "robustness": path.robustness,
        "sentence": path.sentence if path.caution is None else f"{path.sentence} {path.caution}",
    }


def answer(answer: Answer, entities: Mapping[str, Entity]) -> dict[str, Any]:
    """Return an answer as ``nutrigraph paths --json`` gives it."""
    direct = answer.direct
    entities = {**entities, **answer.entities} if answer.entities else entities
    return {
        "source": thing(entities[answer.source]),
        "target": thing(entities[answer.target]),
        "max_hops": answer.max_hops,
        "direct": {
            "support": round(direct.support, 6),
            "dispute": round(direct.dispute, 6),
            "inconclusive": list(direct.inconclusive),
            "claims": [
                *direct.supporting,
                *direct.disputing,
                *direct.inconclusive,
                *direct.named,
            ],
        },
        "verdict": answer.verdict,
        "sign": answer.sign,
        "sign_basis": answer.sign_basis,
        "paths": [path(item, entities) for item in answer.paths],
    }


def candidate(item: Candidate, entities: Mapping[str, Entity]) -> dict[str, Any]:
    """Return a candidate of discovery as ``nutrigraph discover --json`` gives it."""
    return {
        "target": thing(entities[item.target]),
        "stated": item.stated,
        "strength": round(item.strength, 6),
        "degree_null_rank": item.null_rank,
        "degree_null_of": item.null_of,
        "bridges": [
            {
                "entity": thing(entities[bridge.entity]),
                "score": round(bridge.score, 6),
                "crosses_species": bridge.crosses_species,
                "hops": [_hop(hop, entities) for hop in bridge.hops],
            }
            for bridge in item.bridges
        ],
    }


def loop(item: Loop, entities: Mapping[str, Entity]) -> dict[str, Any]:
    """Return a feedback loop as ``nutrigraph loops --json`` gives it."""
    return {
        "sign": item.sign,
        "stated": item.stated,
        "hops": [_hop(hop, entities) for hop in item.hops],
    }


def move(item: Move, entities: Mapping[str, Entity]) -> dict[str, Any]:
    """Return an answer of ``effect`` as ``nutrigraph effect --json`` gives it."""
    return {
        "answer": item.answer,
        "reason": item.reason,
        "routes": [
            [
                {
                    "subject": _node(step.subject, entities),
                    "object": _node(step.object, entities),
                    "sign": step.sign,
                    "claims": [claim.id for claim in step.claims],
                }
                for step in route
            ]
            for route in item.routes
        ],
    }


def _propositions(claims: Iterable[Claim], vocabulary: Vocabulary) -> list[view.Proposition]:
    """Group claims by subject, predicate and object, with their three bins."""
    groups: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    for item in claims:
        groups[item.subject, item.predicate, item.object].append(item)
    found: list[view.Proposition] = []
    for (subject, predicate, target), group in sorted(groups.items()):
        known = [item for item in group if not item.negated]
        sign, weighed, contrary = weigh_proposition(group, vocabulary)
        bases = vocabulary.evidence_bases
        # Of whom it is not known, it may be people: that is not animals alone.
        seen = [item.species for item in group if item.basis in bases]
        found.append(
            {
                "id": f"{local(subject)}/{local(predicate)}/{local(target)}",
                "subject": subject,
                "object": target,
                "predicate": local(predicate),
                "label": vocabulary.predicates[predicate].label,
                "definition": vocabulary.predicates[predicate].definition,
                "sign": cast("Any", sign),
                "force": cast("Any", vocabulary.predicates[predicate].force),
                "support": round(weighed.support, 6),
                "dispute": round(weighed.dispute, 6),
                "signs_disagree": contrary,
                "inconclusive": len(weighed.inconclusive),
                "animal_only": bool(seen) and not {None, "human"} & {*seen},
                "unsupported": all(item.basis not in bases for item in group),
                "hedged": bool(known) and all(item.modality != "stated" for item in known),
                "claims": [item.id for item in group],
            }
        )
    return found


def _url(iri: str) -> str | None:
    return iri if iri.startswith(("http://", "https://")) else None


def _entity(entity: Entity) -> view.Entity:
    return {
        "id": entity.id,
        "label": entity.label,
        "kind": cast("Any", entity.kind),
        "definition": entity.definition,
        "synonyms": list(entity.synonyms),
        "mappings": [
            {
                "curie": curie(item.iri),
                "label": item.label,
                "relation": cast("Any", item.relation),
                "url": _url(item.iri),
            }
            for item in entity.mappings
        ],
    }


def _document(home: Document) -> view.Document:
    return {
        "id": home.slug,
        "title": home.title,
        "text": home.text,
        "segments": [
            {
                "start": segment.start,
                "end": segment.end,
                "kind": cast("Any", segment.kind),
                "paragraph": segment.paragraph or segment.id,
            }
            for segment in home.segments
        ],
    }


def _link(link: Link, vocabulary: Vocabulary) -> view.Link:
    kind = vocabulary.link_types[link.type]
    return {
        "subject": link.subject,
        "object": link.object,
        "predicate": local(link.type),
        "label": kind.phrase,
        "sign": cast("Any", kind.sign),
    }


def _papers(claims: Iterable[Claim]) -> list[view.Paper]:
    """What is known of the papers beyond what stands with each claim."""
    found = {source.id: source for item in claims for source in item.sources}
    return [
        {
            "doi": source.doi,
            "pmid": source.pmid,
            "title": source.title,
            "authors": source.authors,
            "citation": source.citation,
            "superseded_by": local(source.superseded_by) if source.superseded_by else None,
            "pools_retracted": [local(iri) for iri in source.pools_retracted],
            "registration": source.registration,
        }
        for _, source in sorted(found.items())
    ]


def page(content: Content, build: str, shown: Answer | None = None) -> view.Page:
    """Return what the page shows: everything, or what lies on the paths of an answer."""
    entities = content.entities
    claims, links = content.claims, list(content.links)
    if shown is None:
        title = ", ".join(home.title for home in content.documents)
        return _page(content, build, title, claims, links)
    hops = [hop for route in shown.paths for hop in route.hops]
    along = {item.id: item for hop in hops for item in hop.claims}
    # In reading order; those of imported edges stand in no document.
    claims = [item for item in claims if item.id in along] or list(along.values())
    walked = {hop.link for hop in hops if hop.link}
    links = [link for link in links if link in walked]
    title = f"{entities[shown.source].label} to {entities[shown.target].label}"
    found = _page(content, build, title, claims, links, (shown.source, shown.target))
    found["paths"] = [path(item, entities) for item in shown.paths]
    found["answer"] = {**answer(shown, entities), "paths": []}
    return found


def claim_page(content: Content, shown: Claim) -> view.Page:
    """Return a page that shows one claim, as a path of one step."""
    found = _page(content, "", shown.statement, [shown], [])
    ends = {"subject": {"id": shown.subject}, "object": {"id": shown.object}}
    return {**found, "paths": [{"hops": [{**ends, "claims": [shown.id]}]}]}


def _page(
    content: Content,
    build: str,
    title: str,
    claims: list[Claim],
    links: list[Link],
    asked: tuple[str, ...] = (),
) -> view.Page:
    """Return a page of claims and links, and of the two things that were ``asked`` about."""
    from nutrigraph.view.walk import walk

    entities, vocabulary = content.entities, content.vocabulary
    on_it = {*asked, *(iri for item in claims for iri in (item.subject, item.object))}
    on_it |= {iri for link in links for iri in (link.subject, link.object)}
    return {
        "title": title,
        "build": build,
        "caution": vocabulary.caution,
        "entities": [_entity(entities[iri]) for iri in entities if iri in on_it],
        "propositions": _propositions(claims, vocabulary),
        "links": [_link(link, vocabulary) for link in links],
        "claims": [claim(item, entities, vocabulary) for item in claims],
        "documents": [_document(home) for home in content.documents],
        "papers": _papers(claims),
        "paths": [],
        "walk": walk(claims, links, entities, vocabulary, complete=not asked),
    }
