"""Made-up findings on real entities, for tests of the evidence table."""

from dataclasses import replace
from typing import Any

import nutrigraph
from nutrigraph.content import Content
from nutrigraph.evidence import Contested, contested
from nutrigraph.model import Block, Claim, Document, Effect, Evidence, Source, claim_sign
from nutrigraph.terms import BASE
from nutrigraph.wording import statement

Graph = nutrigraph.KnowledgeGraph


def paper(name: str, **options: Any) -> Source:
    told: dict[str, Any] = {"year": 2000, "doi": f"10.1000/{name}", **options}
    return Source(f"{BASE}paper/{name}", name, told.pop("year"), "is_source_of", True, **told)


def said(kg: Graph, name: str, **options: Any) -> Claim:
    """A finding of its own paper, that low selenium goes with miscarriage if nothing else is told.

    ``ci`` gives the interval of a ratio, ``evidence`` other fields.
    """
    low, high = options.pop("ci", (None, None))
    effect = Effect(options.pop("measure", "RR"), options.pop("value", None), None, low, high)
    evidence = Evidence(
        **{"study_type": "cohort", "species": "human", **options.pop("evidence", {})}, effect=effect
    )
    source = options.pop("source", None) or paper(options.pop("voice", name))
    told = {
        "subject": "selenium",
        "predicate": "lowLevelAssociatedWith",
        "object": "miscarriage",
        "subject_aspect": "level",
        "subject_direction": "low",
        "object_aspect": "occurrence",
        "object_direction": "increased",
        **options,
    }
    if told.get("negated"):
        told["object_direction"] = None
    for end in ("subject", "predicate", "object", "object_measure"):
        if told.get(end):
            told[end] = BASE + told[end]
    claim = Claim(
        **{"basis": "finding", "modality": "stated", **told},
        document="made-up",
        quote=None,
        evidence=evidence,
        sources=(source,),
        id=f"{BASE}claim/{name}",
        force=kg.vocabulary.predicates[told["predicate"]].force,
    )
    claim = replace(claim, sign=claim_sign(claim, kg.vocabulary))
    return replace(claim, statement=statement(claim, kg.entities, kg.vocabulary))


GIVEN = {
    "predicate": "supplementationPrevents",
    "subject_aspect": "supplementation",
    "subject_direction": "given",
    "object_direction": "decreased",
}
TREATED = GIVEN | {"predicate": "treatmentReduces", "subject_aspect": "treatment"}


def shown(
    kg: Graph, *claims: Claim, pair: tuple[str, str] = ("selenium", "miscarriage")
) -> Contested:
    return contested(BASE + pair[0], BASE + pair[1], content_of(kg, *claims))


def content_of(kg: Graph, *claims: Claim) -> Content:
    home = Document("made-up", "Made up", "", "", claims, (), (), ())
    return replace(kg.content, documents=(home,))


def only(found: Contested) -> Block:
    [block] = found.blocks
    return block
