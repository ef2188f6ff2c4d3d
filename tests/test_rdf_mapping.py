"""RDF through a mapping: another vocabulary without code, and what is refused."""

import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ontologies import ONTOLOGY, fault, run

import nutrigraph
from nutrigraph import check
from nutrigraph.errors import CheckFailed, InputError, NutrigraphError, QueryError, UsageError
from nutrigraph.exchange import nquads
from nutrigraph.exchange.mapping import Mapped, read_rdf
from nutrigraph.imports import import_rdf
from nutrigraph.rdf import parse_file
from nutrigraph.store import open_store

# A small vocabulary of nobody's: links between foods and what they do, with a hedge and a null.
FOODS = """
@prefix food: <http://example.org/food#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
food:spinach a food:Food ; rdfs:label "spinach" ; food:shelf "3" .
food:tea a food:Food ; rdfs:label "Black tea" ; food:shelf "4" .
food:zink a food:Element ; rdfs:label "Magnesium" .
[] a food:Link ; food:from food:spinach ; food:to "magnesium" ; food:how "raises" .
[] a food:Link ; food:from food:tea ; food:to "magnesium" ; food:how "lowers" ; food:sure false .
[] a food:Link ; food:from food:tea ; food:to "zinc" ; food:how "nothing" .
[] a food:Rumour ; food:from food:tea ; food:to "zinc" .
"""
RIGHTS = (
    '<> a :Document ; dcterms:title "Foods" ; dcterms:language "en" ; dcterms:rights "nobody\'s" .'
)
FOOD_MAPPING = """
PREFIX food: <http://example.org/food#>
CONSTRUCT {
  %s
  <#enriches> a :Predicate ; rdfs:label "enriches" ; :phrase "enriches" ; :force :causal ; :sign 1 ;
    :wordingHoldsDirection true ; skos:definition "Adds to the body's amount." .
  ?thing a ?kind ; rdfs:label ?label ; skos:definition "A thing of the list of foods." .
  ?link a :Claim ; :subject ?food ; :predicate ?says ; :object ?ours ; :modality ?modality ;
    :negated ?null .
} WHERE {
  { VALUES (?class ?kind) { (food:Food :Exposure) (food:Element :Nutrient) }
    ?thing a ?class ; rdfs:label ?label }
  UNION {
    VALUES (?how ?says ?null) {
      ("raises" <#enriches> false) ("lowers" :decreases false) ("nothing" :affects true) }
    ?link a food:Link ; food:from ?food ; food:to ?name ; food:how ?how .
    OPTIONAL { ?link food:sure ?sure }
    BIND(IF(COALESCE(?sure, true), :stated, :suggested) AS ?modality)
    BIND(IRI(CONCAT("https://w3id.org/nutrigraph/", ?name)) AS ?ours)
  }
}
"""
MARKS = ("turtle", "sparql")
KNOWN = [*parse_file(ONTOLOGY / "vocabulary.ttl"), *parse_file(ONTOLOGY / "entities.ttl")]


def made(tmp_path: Path, data: str = FOODS, query: str = FOOD_MAPPING % RIGHTS) -> Mapped:
    file = tmp_path / "foods.ttl"
    file.write_text(data, encoding="utf-8")
    return read_rdf(file, query, "foods.rq", KNOWN, slug="foods")


#### Another vocabulary, by a file alone


def test_another_vocabulary_needs_no_code(tmp_path: Path) -> None:
    (tmp_path / "foods.ttl").write_text(FOODS, encoding="utf-8")
    (tmp_path / "foods.rq").write_text(FOOD_MAPPING % RIGHTS, encoding="utf-8")
    words = ("import", "rdf", tmp_path / "foods.ttl", "--mapping", tmp_path / "foods.rq")
    place = tmp_path / "store"
    result = run(*words, "--store", place, "--json")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert record["declared"] == {"Exposure": 2, "Nutrient": 1, "Predicate": 1}
    assert record["signs"] == {"+": 1, "-": 1, "null": 1, "unknown": 0}
    assert record["renamed"] == [["Magnesium", "Magnesium (foods)"]]
    assert record["left_out"] == {
        "things": {"http://example.org/food#Rumour": [1, 1]},
        "properties": {"http://example.org/food#shelf": 2},
    }
    kg = nutrigraph.open(place)
    found = kg.paths("spinach", "insulin resistance", top=50)
    joined = [path for path in found.paths if path.hops[0].predicate.endswith("#enriches")]
    assert joined
    assert joined[0].hops[0].object[0] == f"{nutrigraph.terms.BASE}magnesium"
    said = {claim.statement for claim in kg.claims(document="foods")}
    end = "(species not stated; said by Foods, without a sentence)"
    assert said == {
        f"Spinach enriches magnesium {end}",
        f"It is suggested that Black tea lowers magnesium {end}",
        f"Tested and not found: Black tea changes zinc {end}",
    }
    number, broken = check.shapes(open_store(place).raw, ONTOLOGY / "shapes.ttl")
    assert number > 30
    assert broken == []
    text = run(*words, "--store", place).stdout
    assert "left out: 2 triples of <http://example.org/food#shelf>" in text


def test_the_example_of_the_docs_does_what_they_say(tmp_path: Path) -> None:
    text = (ONTOLOGY.parent / "docs" / "mapping.md").read_text(encoding="utf-8")
    data, query = (re.findall(rf"```{name}\n(.*?)```", text, re.DOTALL) for name in MARKS)
    mapped = made(tmp_path, *data, *query)
    assert {claim.statement for claim in mapped.document.claims} == {
        f"{words} magnesium (species not stated; said by List of foods, without a sentence)"
        for words in ("Spinach increases", "It is suggested that black tea lowers")
    }
    assert mapped.kinds == {"Exposure": 2}
    assert mapped.things == {}
    assert mapped.properties == {"http://example.org/food#shelf": 2}


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        (tmp_path / "foods.ttl").write_text(FOODS, encoding="utf-8")
        (tmp_path / "foods.rq").write_text(FOOD_MAPPING % RIGHTS, encoding="utf-8")
        import_rdf(tmp_path / "foods.ttl", tmp_path / "foods.rq", tmp_path / name)
        texts.append("".join(nquads(open_store(tmp_path / name).quads())))
    assert texts[0] == texts[1]


@pytest.mark.parametrize("syntax", ["nt", "nq", "trig", "rdf", "jsonld"])
def test_every_syntax_gives_the_same_claims(tmp_path: Path, syntax: str) -> None:
    formats = {
        "nt": ox.RdfFormat.N_TRIPLES,
        "nq": ox.RdfFormat.N_QUADS,
        "trig": ox.RdfFormat.TRIG,
        "rdf": ox.RdfFormat.RDF_XML,
        "jsonld": ox.RdfFormat.JSON_LD,
    }
    quads = ox.parse(FOODS, format=ox.RdfFormat.TURTLE)
    named = ox.NamedNode("http://example.org/graph")
    if syntax in ("nq", "trig"):
        # What stands in a named graph is read as well.
        quads = (ox.Quad(q.subject, q.predicate, q.object, named) for q in quads)  # type: ignore[assignment]
    file = tmp_path / f"foods.{syntax}"
    items = list(quads) if syntax in ("nq", "trig", "jsonld") else [q.triple for q in quads]
    file.write_bytes(ox.serialize(items, format=formats[syntax]) or b"")
    mapped = read_rdf(file, FOOD_MAPPING % RIGHTS, "foods.rq", KNOWN, slug="foods")
    expected = made(tmp_path).document.claims
    assert {claim.id for claim in mapped.document.claims} == {claim.id for claim in expected}
    assert len(expected) == 3


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 5), st.integers(0, 5)), st.sampled_from("+-?"), min_size=1
    )
)
def test_edges_become_the_claims_they_are(edges: dict[tuple[int, int], str]) -> None:
    import tempfile

    data = "@prefix e: <http://example.org/> .\n" + "".join(
        f'e:edge-{a}-{b} a e:Edge ; e:a e:n{a} ; e:b e:n{b} ; e:s "{sign}" .\n'
        for (a, b), sign in edges.items()
    )
    query = f"""PREFIX e: <http://example.org/>
        CONSTRUCT {{ {RIGHTS}
          ?n a :Mechanism ; rdfs:label ?l ; skos:definition "A node." .
          ?x a :Claim ; :subject ?a ; :predicate ?p ; :object ?b ; :modality :stated }}
        WHERE {{ {{ ?y e:a|e:b ?n BIND(STR(?n) AS ?l) }} UNION {{
          VALUES (?s ?p) {{ ("+" :increases) ("-" :decreases) ("?" :affects) }}
          ?x e:a ?a ; e:b ?b ; e:s ?s }} }}"""
    with tempfile.TemporaryDirectory() as folder:
        mapped = made(Path(folder), data, query)
    signs = {"+": 1, "-": -1, "?": None}
    found = {(c.subject[-1], c.object[-1], c.sign) for c in mapped.document.claims}
    assert found == {(str(a), str(b), signs[sign]) for (a, b), sign in edges.items()}
    assert len(mapped.document.claims) == len(edges)
    assert mapped.things == {}
    assert mapped.properties == {}


#### What is refused

CLAIM = "?x a :Claim ; :subject :magnesium ; :predicate :decreases ; :object :miscarriage"
WHERE = "WHERE { ?x a <http://example.org/food#Food> }"


def construct(words: str) -> str:
    return f"CONSTRUCT {{ {RIGHTS} {words} }} {WHERE}"


WRONG: dict[str, tuple[str, type[NutrigraphError], str]] = {
    "a SELECT": (f"SELECT * {WHERE}", InputError, "a mapping must be a CONSTRUCT"),
    "an ASK": (f"ASK {WHERE}", InputError, "a mapping must be a CONSTRUCT"),
    "no SPARQL": (f"CONSTRUCT {{ ?x }} {WHERE}", InputError, "no valid SPARQL: line 1, column"),
    "empty": ("  ", QueryError, "the query is empty"),
    "an update": ("INSERT DATA { :a :b :c }", QueryError, "INSERT is refused"),
    "a service": (
        construct(f"{CLAIM} ; :modality :stated").replace("{ ?x a <", "{ SERVICE <x:y> { } ?x a <"),
        QueryError,
        "foods.rq: SERVICE is refused",
    ),
    "a dataset": (
        construct(f"{CLAIM} ; :modality :stated").replace("WHERE", "FROM <x:y> WHERE"),
        QueryError,
        "foods.rq: FROM is refused",
    ),
    "no claim": (construct(""), InputError, "it makes no claim of"),
    "no match": (
        construct(f"{CLAIM} ; :modality :stated").replace("#Food", "#Drink"),
        InputError,
        "see that its WHERE fits the file",
    ),
    "no rights": (
        construct(f"{CLAIM} ; :modality :stated").replace(' ; dcterms:rights "nobody\'s"', ""),
        InputError,
        "it does not say the dcterms:rights of the document",
    ),
    "no title": (
        construct(f"{CLAIM} ; :modality :stated").replace(' ; dcterms:title "Foods"', ""),
        InputError,
        "it does not say the dcterms:title of the document",
    ),
    "no language": (
        construct(f"{CLAIM} ; :modality :stated").replace(' ; dcterms:language "en"', ""),
        InputError,
        "it does not say the dcterms:language of the document",
    ),
    **{
        f"no {part}": (
            construct(re.sub(rf" ; :{part} \S+", "", f"{CLAIM} ; :modality :stated")),
            InputError,
            f"has no :{part}: add one",
        )
        for part in ("subject", "predicate", "object", "modality")
    },
    "an undeclared predicate": (
        construct(f"{CLAIM} ; :modality :stated").replace(":decreases", ":decrease"),
        InputError,
        ":decrease is not declared",
    ),
    "a foreign predicate": (
        construct(f"{CLAIM} ; :modality :stated").replace(":decreases", "<x:decreases>"),
        InputError,
        "is not declared (nearest:",
    ),
    "a foreign entity": (
        construct(f"{CLAIM} ; :modality :stated").replace(":object :miscarriage", ":object ?x"),
        InputError,
        ":object :spinach is not declared",
    ),
    "a misspelled property": (
        construct(f"{CLAIM} ; :modality :stated ; skos:comment 'x'").replace(
            "WHERE { ", "WHERE { FILTER(STRENDS(STR(?x), 'tea')) "
        ),
        InputError,
        "nothing reads <http://www.w3.org/2004/02/skos/core#comment> there",
    ),
    "an undeclared kind": (
        construct(f"{CLAIM} ; :modality :stated . ?x a :Nutriment"),
        InputError,
        ":Nutriment is not declared",
    ),
    "a claim and a thing": (
        construct(f"{CLAIM} ; :modality :stated . ?x a :Nutrient ; rdfs:label 'x'"),
        InputError,
        "both a claim and a thing",
    ),
    "one of ours": (
        construct(f"{CLAIM} ; :modality :stated . :decreases a :Predicate ; :sign 1"),
        InputError,
        "it declares :decreases, which the ontology declares",
    ),
    "a thing without an IRI": (
        construct(f"{CLAIM} ; :modality :stated . [] a :Nutrient ; rdfs:label 'x'"),
        InputError,
        "stands at a blank node",
    ),
    "a thing without a label": (
        construct(f"{CLAIM} ; :modality :stated . <x:y> a :Nutrient ; skos:definition 'x'"),
        InputError,
        "has no :label: add one",
    ),
    "twins": (
        construct(f"{CLAIM} ; :modality :stated"),
        InputError,
        "say the same in the same words",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_mapping_is_refused(name: str, tmp_path: Path) -> None:
    query, error, words = WRONG[name]
    with pytest.raises(error) as raised:
        made(tmp_path, query=query)
    assert words in str(raised.value)
    assert "foods.rq" in str(raised.value)


def cut(folder: Path) -> str:
    """Break the file near its end, and say where."""
    file = folder / "foods.ttl"
    text = FOODS.rstrip().removesuffix(".")
    file.write_text(text + "; food:to .\n", encoding="utf-8")
    return f"{file}:{text.count(chr(10)) + 1}:"


def test_a_failed_import_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    data, query, place = (tmp_path / name for name in ("foods.ttl", "foods.rq", "store"))
    query.write_text(FOOD_MAPPING % RIGHTS, encoding="utf-8")
    data.write_text(FOODS, encoding="utf-8")
    words = ("import", "rdf", data, "--mapping", query, "--store", place)
    assert run(*words).exit_code == 0
    before = sorted(path.name for path in place.iterdir()), (place / "current").resolve()

    line = cut(tmp_path)
    fault(run(*words), 1, line)
    data.write_text(FOODS, encoding="utf-8")
    query.write_text(f"SELECT * {WHERE}", encoding="utf-8")
    fault(run(*words), 1, "foods.rq", "must be a CONSTRUCT")
    query.write_text(WRONG["a service"][0], encoding="utf-8")
    fault(run(*words), 2, "foods.rq", "SERVICE is refused")
    query.unlink()
    fault(run(*words), 1, "foods.rq", "cannot be read")
    assert before == (sorted(p.name for p in place.iterdir()), (place / "current").resolve())


def test_a_shipped_mapping_is_named_alone(tmp_path: Path) -> None:
    (tmp_path / "foods.ttl").write_text(FOODS, encoding="utf-8")
    words = ("import", "rdf", tmp_path / "foods.ttl", "--store", tmp_path / "store", "--mapping")
    fault(run(*words, "physiomap"), 1, "physiomap.rq: it makes no claim of")
    fault(run(*words, "physiomapp"), 1, "physiomapp: cannot be read")


def test_a_file_of_no_syntax_is_refused(tmp_path: Path) -> None:
    query = tmp_path / "foods.rq"
    query.write_text(FOOD_MAPPING % RIGHTS, encoding="utf-8")
    for name, text, words in (
        ("foods.csv", "a,b", "its name tells no syntax of RDF: let it end in .ttl"),
        ("foods", "", "its name tells no syntax of RDF"),
        ("foods.rdf", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "DOCTYPE is refused"),
        ("foods.nt", "<x:a> <x:b> .\n", "foods.nt:1:"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        fault(
            run("import", "rdf", tmp_path / name, "--mapping", query, "--store", tmp_path / "s"),
            1,
            words,
        )
    gone = ("import", "rdf", tmp_path / "gone.ttl", "--mapping", query, "--store", tmp_path / "s")
    fault(run(*gone), 1, "gone.ttl: cannot be read (No such file or directory)")
    assert not (tmp_path / "s").exists()


def test_a_document_of_that_name_stays(tmp_path: Path) -> None:
    (tmp_path / "foods.ttl").write_text(FOODS, encoding="utf-8")
    (tmp_path / "foods.rq").write_text(FOOD_MAPPING % RIGHTS, encoding="utf-8")
    words = (tmp_path / "foods.ttl", tmp_path / "foods.rq", tmp_path / "store")
    with pytest.raises(UsageError, match="is there already: give another name with --slug"):
        import_rdf(*words, slug="magnesium-and-miscarriage")
    with pytest.raises(UsageError, match="'Foods' cannot name a document"):
        import_rdf(*words, slug="Foods")
    assert not (tmp_path / "store").exists()


def test_a_claim_of_a_text_needs_its_text(tmp_path: Path) -> None:
    query = FOOD_MAPPING.replace(":negated ?null", ":negated ?null ; :basis :textBasis")
    (tmp_path / "foods.ttl").write_text(FOODS, encoding="utf-8")
    (tmp_path / "foods.rq").write_text(query % RIGHTS, encoding="utf-8")
    with pytest.raises(CheckFailed) as raised:
        import_rdf(tmp_path / "foods.ttl", tmp_path / "foods.rq", tmp_path / "store")
    assert any("has no :quote: add its exact words" in item for item in raised.value.findings)
    assert not (tmp_path / "store").exists()
