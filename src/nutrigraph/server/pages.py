"""The pages for people, as HTML: the editor, an entity, a claim, the vocabulary."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from nutrigraph import records, report, view
from nutrigraph.errors import UnknownName
from nutrigraph.grade import interval, precise_null, weigh
from nutrigraph.notebook.cards import environment
from nutrigraph.queries import named_queries
from nutrigraph.server import declared
from nutrigraph.server.resources import address, find_claim, find_entity, find_paper
from nutrigraph.terms import BASE, NG, PREFIXES, SKOS, curie

if TYPE_CHECKING:
    from nutrigraph.graph import KnowledgeGraph
    from nutrigraph.model import Claim, Document, Entity, Mapping

TEMPLATES: Final = Path(__file__).resolve().parents[1] / "templates"


def _page(name: str, graph: KnowledgeGraph, **told: Any) -> str:
    template = environment().get_template(f"site_{name}.html")
    return template.render(here=name, caution=graph.vocabulary.caution, address=address, **told)


def explorer_page(graph: KnowledgeGraph) -> str:
    """Return the explorer, which leads to the editor."""
    return view.render(records.page(graph.content, graph.build), query="/query")


def query_page(graph: KnowledgeGraph) -> str:
    """Return the editor, with the named questions as examples."""
    return _page(
        "query",
        graph,
        title="Ask with SPARQL",
        queries=named_queries(),
        prefixes=PREFIXES,
        base=BASE,
    )


def refusal_page(graph: KnowledgeGraph, title: str, message: str) -> str:
    """Return a page that says why there is no other."""
    return _page("refusal", graph, title=title, message=message)


def _line(claim: Claim, graph: KnowledgeGraph) -> dict[str, Any]:
    """Return a claim as one row of a list."""
    weight, _ = weigh(claim, graph.vocabulary)
    return {
        "path": address(claim.id),
        "statement": claim.statement,
        "sign": report.SIGNS[claim.sign],
        "sign_words": declared.SIGNS[claim.sign],
        "basis": claim.basis,
        "study": claim.study_type or "not stated",
        "species": claim.species or "not stated",
        "weight": f"{weight:g}",
        "null": _null(claim, graph),
    }


def _null(claim: Claim, graph: KnowledgeGraph) -> str:
    """Return what a null is worth, empty where a claim is none."""
    if not claim.negated:
        return ""
    kind = "a precise null" if precise_null(claim, graph.vocabulary) else "inconclusive"
    return f"tested and not found; {kind}: {interval(claim)}"


def entity_page(graph: KnowledgeGraph, name: str) -> str:
    """Return what is said of an entity.

    Raises:
        UnknownName: there is none of that name.
    """
    entity = find_entity(graph, name)
    claims = graph.content.claims
    sides = {
        "What is said of it": [c for c in claims if c.subject == entity.id],
        "What is said to bear on it": [
            c for c in claims if c.object == entity.id and c.subject != entity.id
        ],
        "Given or lacking together with others": [
            c
            for c in claims
            if entity.id in c.co_exposures and entity.id not in (c.subject, c.object)
        ],
    }
    return _page(
        "entity",
        graph,
        title=entity.label,
        entity=entity,
        replaced=graph.entities.get(entity.replaced_by or ""),
        synonyms=_synonyms(graph, entity),
        mappings=[_mapping(item) for item in entity.mappings],
        terms=[
            {
                "term": term,
                "state": " ".join(filter(None, (term.aspect, term.direction))),
                "mappings": [_mapping(item) for item in term.mappings],
            }
            for term in graph.content.terms
            if term.entity == entity.id
        ],
        links=[_link(graph, item.subject, item.type, item.object) for item in graph.content.links
               if entity.id in (item.subject, item.object)],
        sides={title: [_line(c, graph) for c in some] for title, some in sides.items() if some},
    )  # fmt: skip


_RELATIONS: Final = {
    "exactMatch": "the same",
    "closeMatch": "close",
    "broadMatch": "wider there",
    "narrowMatch": "narrower there",
    "relatedMatch": "related",
    "quantityOf": "an amount of this substance",
}


_SCOPES: Final = {
    SKOS.altLabel: "",
    NG.narrowSynonym: "narrower",
    NG.broadSynonym: "wider",
    NG.relatedSynonym: "related",
}


def _synonyms(graph: KnowledgeGraph, entity: Entity) -> list[tuple[str, str]]:
    """Return the other names of an entity, each with its scope; none for one that is exact."""
    node, store = ox.NamedNode(entity.id), graph.store.local
    return [
        (name, scope)
        for predicate, scope in _SCOPES.items()
        for name in sorted(
            quad.object.value
            for quad in store.quads_for_pattern(node, ox.NamedNode(predicate), None, None)
            if isinstance(quad.object, ox.Literal)
        )
    ]


def _mapping(item: Mapping) -> dict[str, str | None]:
    return {
        "curie": curie(item.iri),
        "label": item.label,
        "relation": _RELATIONS.get(item.relation, item.relation),
        "url": item.iri if item.iri.startswith(("http://", "https://")) else None,
    }


def _link(graph: KnowledgeGraph, subject: str, kind: str, target: str) -> dict[str, str]:
    return {
        "subject": graph.entities[subject].label,
        "subject_path": address(subject),
        "phrase": graph.vocabulary.link_types[kind].phrase,
        "object": graph.entities[target].label,
        "object_path": address(target),
    }


def claim_page(graph: KnowledgeGraph, name: str) -> str:
    """Return a claim with its sentence in its paragraph, or its figures, and its evidence.

    Raises:
        UnknownName: there is none of that name.
    """
    claim = find_claim(graph, name)
    home = next(home for home in graph.documents if home.slug == claim.document)
    record = records.claim(claim, graph.entities, graph.vocabulary)
    return _page(
        "claim",
        graph,
        title=claim.statement,
        claim=claim,
        record=record,
        document=home.title,
        passage=_passage(claim, home),
        null=_null(claim, graph),
        sign=report.SIGNS[claim.sign],
        sign_words=declared.SIGNS[claim.sign],
        facts=_facts(record),
        figures=report.figures(claim),
        sources=[(source, report.role(source), address(source.id)) for source in claim.sources],
        anchor=declared.anchor(claim.predicate),
    )


def paper_page(graph: KnowledgeGraph, name: str) -> str:
    """Return a paper and what the graph has from it.

    Raises:
        UnknownName: there is none of that name.
    """
    paper = find_paper(graph, name)
    if paper is None:
        raise UnknownName("paper", name, [])
    # By what it is to each: whoever reads it must see where it contradicts.
    sides: dict[str, list[Claim]] = {}
    for claim in graph.content.claims:
        for source in claim.sources:
            if source.id == paper.id:
                sides.setdefault(report.role(source).capitalize(), []).append(claim)
    return _page(
        "paper",
        graph,
        title=paper.label,
        paper=paper,
        later=paper.superseded_by and address(paper.superseded_by),
        sides={title: [_line(c, graph) for c in some] for title, some in sides.items()},
    )


def _passage(claim: Claim, home: Document) -> dict[str, Any] | None:
    """Return the paragraph of a claim's quote in three parts: before it, the quote, after it."""
    if claim.quote is None:
        return None
    start, end = claim.quote.start, claim.quote.end
    within = [s for s in home.segments if s.start <= start and end <= s.end]
    paragraph = within[0].paragraph if within else None
    around = [s for s in home.segments if paragraph and s.paragraph == paragraph] or within
    first = min([s.start for s in around] or [start])
    last = max([s.end for s in around] or [end])
    return {
        "before": home.text[first:start],
        "quote": home.text[start:end],
        "after": home.text[end:last],
        "start": start,
        "end": end,
    }


def _facts(record: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is known of a claim's evidence, as names and values."""
    told = {name: value for name, value in record["evidence"].items() if isinstance(value, str)}
    effect = record["evidence"]["effect"]
    told |= {f"effect {name}": value for name, value in effect.items() if isinstance(value, str)}
    parsed = record["evidence"]["parsed"]
    told |= {name: value for name, value in parsed.items() if isinstance(value, str)}
    return [(name.replace("_", " "), value) for name, value in told.items() if name != "p_operator"]


def ontology_page(graph: KnowledgeGraph) -> str:
    """Return what the vocabulary declares, each term with an anchor of its name."""
    return _page(
        "ontology",
        graph,
        title="The vocabulary",
        short=declared.short,
        **declared.contents(graph),
    )
