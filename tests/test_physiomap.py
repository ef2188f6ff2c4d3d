"""PhysioMap through its mapping: it comes in whole, says whence it is, and can be asked."""

import os
import re
import runpy
from collections import Counter
from pathlib import Path
from time import process_time
from types import SimpleNamespace

import pyoxigraph as ox
import pytest
from tests.ontologies import ONTOLOGY

from nutrigraph.content import read_content
from nutrigraph.exchange.mapping import Mapped
from nutrigraph.graph import KnowledgeGraph
from nutrigraph.imports import import_rdf
from nutrigraph.paths.moves import Causes
from nutrigraph.store import open_store
from nutrigraph.terms import BASE

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
DATA = Path(os.environ.get("NUTRIGRAPH_DATA", "../shared/data"))
PHYSIOMAP = DATA / "physiomap" / "physiomap.ttl"
MAPPING = ONTOLOGY / "mappings" / "physiomap.rq"
PMO = "https://w3id.org/physiomap/ontology#"
NODE = "https://w3id.org/physiomap/node/"


@pytest.fixture(scope="module")
def file() -> Path:
    if not PHYSIOMAP.is_file():
        message = "no PhysioMap here: set NUTRIGRAPH_DATA to the folder of the data sets"
        if "CI" in os.environ:
            pytest.fail(message)
        pytest.skip(message)
    return PHYSIOMAP


@pytest.fixture(scope="module")
def imported(file: Path, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """PhysioMap in a store: what became of it, how long it took, and the graph."""
    place = tmp_path_factory.mktemp("physiomap") / "store"
    start = process_time()
    mapped = import_rdf(file, MAPPING, place)
    seconds = process_time() - start
    return SimpleNamespace(
        mapped=mapped, seconds=seconds, place=place, kg=KnowledgeGraph(open_store(place))
    )


@pytest.fixture(scope="module")
def raw(file: Path) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE)
    return store


def signs_of(raw: ox.Store, layer: str) -> Counter[str]:
    rows = raw.query(f"PREFIX : <{PMO}> SELECT ?sign {{ ?x a :{layer} ; :sign ?sign }}")
    assert isinstance(rows, ox.QuerySolutions)
    return Counter(str(row["sign"].value) for row in rows)


def test_physiomap_comes_in_whole(imported: SimpleNamespace, raw: ox.Store) -> None:
    mapped: Mapped = imported.mapped
    variables = raw.query(f"PREFIX : <{PMO}> SELECT ?x {{ ?x a :Variable }}")
    assert isinstance(variables, ox.QuerySolutions)
    theirs = {row["x"].value for row in variables}
    assert {iri for iri in imported.kg.entities if iri.startswith(NODE)} == theirs
    assert len(theirs) == mapped.kinds["Biomarker"] + mapped.kinds["Mechanism"] == 1699
    counts = mapped.predicates
    causal = {"+": counts["increases"], "-": counts["decreases"], "?": counts["affects"]}
    assert causal == signs_of(raw, "CausalRelation") == {"+": 1263, "-": 982, "?": 21}
    assert {"+": counts["produces"], "-": counts["consumes"]} == signs_of(raw, "ProductionRelation")
    # 6 constitutive relations and the 15 arguments of the authored definitions.
    assert counts["raisesByDefinition"] + counts["lowersByDefinition"] == 6 + 15
    assert signs_of(raw, "ConstitutiveRelation").total() == 6
    assert len(mapped.document.claims) == 2266 + 85 + 6 + 15


def test_what_is_left_out_of_physiomap_is_counted(imported: SimpleNamespace, raw: ox.Store) -> None:
    mapped: Mapped = imported.mapped
    ours = {name.removeprefix(PMO): n for name, n in mapped.things.items() if PMO in name}
    assert ours == {"QuantitativeDefinition": (9, 9), "QuantitativeArgument": (4, 19)}
    short = mapped.properties["http://purl.obolibrary.org/obo/RO_0002304"]
    assert short == signs_of(raw, "CausalRelation")["+"]
    head = MAPPING.read_text(encoding="utf-8").split("PREFIX")[0]
    for name in (*mapped.things, *mapped.properties):
        if name.startswith((PMO, "http://purl.obolibrary.org")):
            last = re.split("[#/]", name)[-1]
            told = (last, last.replace("AggregatIon", ""), "constitutesBy...")
            assert any(word in head for word in told), f"the head does not tell of {name}"


def test_physiomap_s_signs_are_those_of_the_benchmark(
    imported: SimpleNamespace, file: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        signs = SimpleNamespace(**runpy.run_path(str(BENCHMARKS / "signs.py")))
    data = signs.physiomap(file.parent)
    theirs = {arc for name in signs.LAYERS for arc in data.layers[name]}
    ours = {
        (claim.subject.removeprefix(NODE), claim.object.removeprefix(NODE), claim.sign)
        for claim in imported.mapped.document.claims
    }
    assert ours == theirs
    assert len(ours) == len(imported.mapped.document.claims)


def test_every_claim_says_whence_it_is_and_weighs_least(imported: SimpleNamespace) -> None:
    kg: KnowledgeGraph = imported.kg
    claims = kg.claims(document="physiomap")
    assert len(claims) == 2372
    for claim in claims:
        assert claim.statement.endswith("; said by PhysioMap, without a sentence)")
        assert "species not stated" in claim.statement
        assert (claim.basis, claim.study_type, claim.species) == ("source", "curated-source", None)
        assert claim.quote is None
        assert claim.note
        assert re.fullmatch("[a-z0-9][a-z0-9-]*", claim.name)
    assert {claim.voice for claim in claims} == {f"{BASE}document/physiomap"}


def test_a_context_stands_in_the_sentence(imported: SimpleNamespace) -> None:
    found = [
        claim
        for claim in imported.mapped.document.claims
        if (claim.subject, claim.object) == (f"{NODE}plasma_insulin", f"{NODE}vldl_secretion")
    ]
    assert {claim.sign for claim in found} == {1, -1}
    for claim in found:
        context = "fed-state hepatic lipogenesis" if claim.sign == 1 else "direct hepatic insulin"
        assert f"context: {context}" in claim.statement


def test_a_gain_is_told_and_is_no_claim(imported: SimpleNamespace, raw: ox.Store) -> None:
    gains = list(raw.quads_for_pattern(None, ox.NamedNode(PMO + "gainModulatedBy"), None))
    noted = [c for c in imported.mapped.document.claims if "its strength changes with" in c.note]
    assert len(noted) == len({quad.subject for quad in gains}) == 15
    assert sum("its sign can turn over" in claim.note for claim in noted) == 1


def test_attribution_is_kept_in_the_store(imported: SimpleNamespace) -> None:
    [(title, rights)] = imported.kg.query(
        "SELECT ?title ?rights { GRAPH ?g { ?g a :Document ; dcterms:title ?title ;"
        ' dcterms:rights ?rights } FILTER(STRENDS(STR(?g), "/physiomap")) }'
    )
    assert title == "PhysioMap"
    for words in ("Hoehndorf", "Schofield", "Gkoutos", "KAUST", "CC BY 4.0", "github.com"):
        assert words in rights


def test_names_are_distinct_and_none_becomes_ours(imported: SimpleNamespace) -> None:
    kg: KnowledgeGraph = imported.kg
    labels = Counter(entity.label.casefold().replace("-", " ") for entity in kg.entities.values())
    assert [label for label, number in labels.items() if number > 1] == []
    assert len(imported.mapped.renamed) == 27
    found = kg.paths("plasma 11-deoxycorticosterone (DOC) concentration (plasma_doc)", "magnesium")
    assert found.source == f"{NODE}plasma_doc"


def test_physiomap_is_asked_and_imported_fast(imported: SimpleNamespace) -> None:
    kg: KnowledgeGraph = imported.kg
    start = process_time()
    found = kg.paths(f"{NODE}plasma_insulin", f"{NODE}body_weight", max_hops=4, top=10)
    seconds = process_time() - start
    assert len(found.paths) == 10
    assert all(hop.basis in ("source", "definition") for p in found.paths for hop in p.hops)
    assert {path.stitched for path in found.paths} == {1}
    assert seconds < 3
    assert imported.seconds < 20


def test_effect_answers_on_physiomap(imported: SimpleNamespace) -> None:
    kg: KnowledgeGraph = imported.kg
    move = kg.effect(f"{NODE}g_cell_gastrin_secretion", "down", f"{NODE}gastrin")
    assert (move.answer, len(move.routes)) == ("down", 1)
    assert "in species not stated" in move.reason
    contrary = kg.effect(f"{NODE}plasma_insulin", "up", f"{NODE}vldl_secretion")
    assert contrary.answer == "abstain"
    # Every pair is an arc but the two variables that move themselves.
    causes = Causes(kg.claims(document="physiomap"), (), kg.vocabulary)
    pairs = {(claim.subject, claim.object) for claim in imported.mapped.document.claims}
    assert len(causes.arcs) == len({pair for pair in pairs if pair[0] != pair[1]})
    assert len(pairs) - len(causes.arcs) == 2


def test_what_is_written_is_what_was_mapped(imported: SimpleNamespace) -> None:
    content = read_content(open_store(imported.place))
    [read] = [document for document in content.documents if document.slug == "physiomap"]
    assert {claim.id: claim for claim in read.claims} == {
        claim.id: claim for claim in imported.mapped.document.claims
    }
    assert (read.title, read.about, read.sha256) == (
        imported.mapped.document.title,
        imported.mapped.document.about,
        imported.mapped.document.sha256,
    )
