"""What a graph hands out shows itself: as on the command line, as HTML, as a picture, as a table."""

import re
import sys
from base64 import b64decode
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from tests.walks import graph_of

import nutrigraph
from nutrigraph import KnowledgeGraph
from nutrigraph.cli import main
from nutrigraph.content import Content
from nutrigraph.errors import UsageError
from nutrigraph.exchange.rows import flatten
from nutrigraph.notebook import Look

PLAIN, HTML, SVG = "text/plain", "text/html", "image/svg+xml"
Bundle = dict[str, str]


def shown(kg: KnowledgeGraph) -> dict[str, Any]:
    """One of each thing that shows itself."""
    answer = kg.paths("magnesium", "miscarriage")
    quoted = next(claim for claim in kg.claims() if claim.quote and claim.basis == "text")
    return {
        "graph": kg,
        "page": kg.view("magnesium", "miscarriage"),
        "claim": quoted,
        "finding": next(claim for claim in kg.claims() if claim.basis == "finding"),
        "claims": kg.claims(subject="zinc"),
        "answer": answer,
        "path": answer.paths[1],
        "no path": kg.paths("magnesium", "miscarriage", document=["nothing"])
        if False
        else kg.paths("oral contraceptive use", "dyslipidaemia", without=["18939396"]),
        "contested": kg.contested("magnesium", "premature delivery"),
        "candidates": kg.discover("magnesium", shuffles=5),
        "effect": kg.effect("magnesium", "down", "insulin resistance"),
        "rows": kg.query("SELECT ?s ?o { ?s :deficiencyAssociatedWith ?o }"),
        "truth": kg.query("ASK { :magnesium a :Nutrient }"),
        "triples": kg.query("CONSTRUCT { ?s a ?t } { ?s a ?t ; a :Nutrient }"),
    }
