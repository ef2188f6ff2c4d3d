"""The ontology as it is published: its metadata, its terms, and what becomes of retired ones."""

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import rdflib
from pyshacl import validate
from rdflib.namespace import DCTERMS, FOAF, OWL, RDF, RDFS, SH, SKOS, VANN, VOID
from tests.ontologies import CLAIMS, ENTITIES, ONTOLOGY, VOCABULARY, Draft, copy_ontology, run
from tests.serving import Served

import nutrigraph
from nutrigraph import KnowledgeGraph
from nutrigraph.build import build
from nutrigraph.errors import RetiredName
from nutrigraph.naming import in_use
from nutrigraph.terms import BASE, NG, PREFIXES, VERSION

OURS = rdflib.Namespace(BASE)
STATUS = rdflib.URIRef("http://www.w3.org/2003/06/sw-vocab-status/ns#term_status")
RELEASED = "released.ttl"
LEDGER = ONTOLOGY / RELEASED
# What Garijo and Poveda-Villalón ask of every vocabulary (arXiv:2003.13084), as far as it is
# not bound to an older version; and of what they advise, what there is.
ASKED = (
    DCTERMS.license, DCTERMS.creator, DCTERMS.created, DCTERMS.title, DCTERMS.description,
    DCTERMS.bibliographicCitation, OWL.versionIRI, OWL.versionInfo,
    VANN.preferredNamespacePrefix, VANN.preferredNamespaceUri,
    DCTERMS.abstract, DCTERMS.issued, DCTERMS.modified, DCTERMS.publisher,
    DCTERMS.rights, FOAF.page,
)  # fmt: skip
NEW = (
    f'CONSTRUCT {{ ?term :since "{VERSION}" }} WHERE {{ ?term a ?kind '
    "FILTER (STRSTARTS(STR(?term), STR(:)) && ?kind != :StatePhrase "
    "&& NOT EXISTS { ?term :since ?first }) }"
)
"""What a release adds to the ledger: the command of CONTRIBUTING.md."""


@pytest.fixture(scope="module")
def published(kg: KnowledgeGraph) -> rdflib.Graph:
    return rdflib.Graph().parse(data="".join(kg.export("ontology")), format="turtle")


def test_the_ontology_says_what_it_is(published: rdflib.Graph) -> None:
    ontology = rdflib.URIRef(NG.ontology)
    assert (ontology, RDF.type, OWL.Ontology) in published
    for name in ASKED:
        assert published.value(ontology, name, any=False), name
    assert str(published.value(ontology, VANN.preferredNamespaceUri)) == BASE
    assert isinstance(published.value(ontology, DCTERMS.license), rdflib.URIRef)
    cited = str(published.value(ontology, DCTERMS.bibliographicCitation))
    assert str(published.value(ontology, OWL.versionIRI)) in cited
    assert f"version {VERSION}" in cited


def test_every_term_is_named_defined_and_placed(published: rdflib.Graph) -> None:
    terms = {
        term
        for term in published.subjects(SKOS.definition, None)
        if str(term).startswith(BASE) and isinstance(term, rdflib.URIRef)
    }
    assert len(terms) > 250
    for term in terms:
        assert published.value(term, RDFS.label, any=False), term
        assert published.value(term, SKOS.definition, any=False), term
        assert published.value(term, RDFS.isDefinedBy, any=False) == rdflib.URIRef(NG.ontology)
        assert str(published.value(term, STATUS, any=False)) in {"stable", "testing", "archaic"}


def test_the_ontology_declares_its_prefixes(published: rdflib.Graph) -> None:
    told = {
        str(published.value(node, SH.prefix)): str(published.value(node, SH.namespace))
        for node in published.objects(rdflib.URIRef(NG.ontology), SH.declare)
    }
    assert told.items() >= {name or "nutrigraph": iri for name, iri in PREFIXES.items()}.items()
    # Whoever reads them is a processor of SHACL: one that finds them can use them.
    shape = rdflib.Graph().parse(
        format="turtle",
        data=f"""
        @prefix sh: <{SH}> . @prefix : <{BASE}> .
        :here sh:targetNode :Claim ; a sh:NodeShape ; sh:sparql [ sh:prefixes :ontology ;
            sh:message "found" ;
            sh:select "SELECT $this {{ $this skos:definition ?x ; nutrigraph:since ?y }}" ] .""",
    )
    assert not validate(published, shacl_graph=shape + published)[0]


# What was released stays


def declared() -> set[str]:
    found: set[str] = set()
    for name in (VOCABULARY, ENTITIES):
        graph = rdflib.Graph().parse(ONTOLOGY / name)
        found |= {
            str(term)
            for term, kind in graph.subject_objects(RDF.type)
            if str(term).startswith(BASE) and kind != OURS.StatePhrase
        }
    return found


def test_the_ledger_holds_one_line_a_term() -> None:
    lines = [line for line in LEDGER.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert lines == sorted(set(lines))
    form = re.compile(rf'<({re.escape(BASE)}\S+)> <{re.escape(NG.since)}> "\d+\.\d+\.\d+" \.')
    found = [form.fullmatch(line) for line in lines]
    terms = [match[1] for match in found if match]
    assert len(terms) == len(lines) == len(set(terms))
    assert set(terms) <= declared()


def test_a_release_has_all_its_terms_in_the_ledger(kg: KnowledgeGraph) -> None:
    """A term may wait for its release only while the changelog has changes that wait for theirs."""
    waiting = {str(triple.subject) for triple in kg.query(NEW, asserted=True).triples or ()}
    if "## [Unreleased]" not in (ONTOLOGY.parent / "CHANGELOG.md").read_text("utf-8"):
        assert waiting == set(), "new terms: add them to ontology/released.ttl (CONTRIBUTING.md)"
    assert NEW.replace(VERSION, "0.2.0") in (ONTOLOGY.parent / "CONTRIBUTING.md").read_text("utf-8")


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    return copy_ontology(tmp_path / "ontology")


def retire(draft: Draft, term: str, name: str, more: str) -> None:
    if "@prefix owl:" not in draft.read(name):
        draft.write(
            name, f"@prefix owl: <{OWL}> .\n@prefix dcterms: <{DCTERMS}> .\n{draft.read(name)}"
        )
    draft.change(name, f":{term} a ", f":{term} owl:deprecated true ; {more}a ")


def test_a_released_term_that_is_gone_is_found(draft: Draft) -> None:
    draft.append(RELEASED, f'<{BASE}unobtainium> <{NG.since}> "0.1.0" .')
    result = run("check", ontology=draft.folder)
    assert result.exit_code == 1
    assert "[released-terms-stay] unobtainium: since 0.1.0: restore it" in result.stdout


RETIRED = {
    "nowhere": ("", "isReplacedBy nothing"),
    "to nothing that there is": ("dcterms:isReplacedBy <http://a.example/x> ; ", "a.example/x"),
    "to a term in use": ("dcterms:isReplacedBy :selenium ; ", ""),
    "to a reason": ('skos:note "Nobody gives it any more." ; ', ""),
}


@pytest.mark.parametrize(("more", "said"), RETIRED.values(), ids=RETIRED)
def test_a_retired_term_leads_on_or_says_why_not(draft: Draft, more: str, said: str) -> None:
    retire(draft, "selenomethionine", ENTITIES, more)
    result = run("check", ontology=draft.folder)
    assert ("[retired-terms-lead-on] selenomethionine" in result.stdout) == bool(said)
    assert said in result.stdout
    assert result.exit_code == bool(said), result.stdout


def test_a_claim_that_uses_a_retired_term_is_found(draft: Draft) -> None:
    assert ":predicate :deficiencyImpairs" in draft.read(CLAIMS)
    retire(draft, "deficiencyImpairs", VOCABULARY, "dcterms:isReplacedBy :deficiencyCauses ; ")
    result = run("check", ontology=draft.folder)
    assert result.exit_code == 1
    assert "predicate deficiencyImpairs: use the term that replaces it" in result.stdout


# A name of what is retired


@pytest.fixture(scope="module")
def retired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which one entity leads to another, and one leads nowhere."""
    home = tmp_path_factory.mktemp("retired")
    draft = copy_ontology(home / "ontology")
    retire(draft, "selenomethionine", ENTITIES, "dcterms:isReplacedBy :selenium ; ")
    old = ':old-zinc a :Nutrient ; rdfs:label "old zinc" ; skos:definition "Made up for a test." ; '
    draft.append(ENTITIES, old + 'owl:deprecated true ; skos:note "A test." .')
    build(draft.folder, home / "store")
    return home / "store"


@pytest.mark.parametrize(
    "name", ["selenomethionine", ":selenomethionine", f"{BASE}selenomethionine"]
)
def test_a_retired_name_leads_to_its_replacement_with_a_word(retired: Path, name: str) -> None:
    graph = nutrigraph.open(retired)
    with pytest.warns(RetiredName, match=f"{name}' is no longer used: read as 'selenium'"):
        assert graph.entity(name).label == "selenium"
    with pytest.warns(RetiredName, match="no longer used: nothing replaces it"):
        assert graph.entity("old zinc").label == "old zinc"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert graph.entity("selenium").label == "selenium"


def test_the_command_line_says_it_in_one_line(retired: Path) -> None:
    old = run("claims", "--about", "selenomethionine", "--store", retired)
    assert old.stderr == "nutrigraph: 'selenomethionine' is no longer used: read as 'selenium'\n"
    assert old.stdout == run("claims", "--about", "selenium", "--store", retired).stdout


def test_replacements_in_a_circle_end(kg: KnowledgeGraph) -> None:
    from dataclasses import replace

    one, other = (kg.entity(name) for name in ("zinc", "selenium"))
    circle = {
        one.id: replace(one, deprecated=True, replaced_by=other.id),
        other.id: replace(other, deprecated=True, replaced_by=one.id),
    }
    assert in_use(circle[one.id], circle) == circle[other.id]


# Over HTTP


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served.address, timeout=30) as client:
        yield client


def test_the_version_iri_leads_to_this_version_and_no_other(
    client: httpx2.Client, published: rdflib.Graph
) -> None:
    path = str(published.value(rdflib.URIRef(NG.ontology), OWL.versionIRI)).removeprefix(BASE)
    for media, form in (("text/turtle", "turtle"), ("application/ld+json", "json-ld")):
        here, there = (
            client.get(address, headers={"Accept": media}) for address in ("/ontology", f"/{path}")
        )
        assert here.status_code == there.status_code == 200
        assert here.content == there.content
        assert rdflib.Graph().parse(data=there.text, format=form).isomorphic(published)
    other = client.get("/ontology/0.0.1", headers={"Accept": "text/turtle"})
    assert other.status_code == 404
    assert f"/ontology/{VERSION}" in other.text


def test_the_page_has_what_the_rdf_has(client: httpx2.Client) -> None:
    page = client.get("/ontology", headers={"Accept": "text/html"}).text
    for words in (VERSION, "creativecommons.org/licenses/by/4.0", "How to cite it", "since 0.1.0"):
        assert words in page


def test_the_dataset_says_by_whom_and_of_when_it_is(client: httpx2.Client) -> None:
    answer = client.get("/.well-known/void", headers={"Accept": "text/turtle"})
    told = rdflib.Graph().parse(data=answer.text, format="turtle")
    ours = OURS.dataset
    assert (ours, RDF.type, VOID.Dataset) in told
    for name in (
        *(DCTERMS.title, DCTERMS.description, DCTERMS.license, DCTERMS.creator, DCTERMS.publisher),
        *(DCTERMS.issued, DCTERMS.modified, DCTERMS.conformsTo, DCTERMS.identifier),
        *(OWL.versionInfo, VOID.sparqlEndpoint, VOID.triples),
    ):
        assert told.value(ours, name, any=False), name
    assert str(told.value(ours, OWL.versionInfo)) == VERSION
