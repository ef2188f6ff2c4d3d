"""KGX out of one store and into another: what is there stays, what is new enters."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.ontologies import CLAIMS, SLUG, copy_ontology, fault, run
from tests.tables import change

import nutrigraph
from nutrigraph.content import Content
from nutrigraph.errors import CheckFailed
from nutrigraph.exchange import write_kgx
from nutrigraph.imports import Arrival, add_documents
from nutrigraph.model import Document, Entity, Mapping, Paragraph, content_id
from nutrigraph.wording import statement


@pytest.fixture
def content(kg: nutrigraph.KnowledgeGraph) -> Content:
    return kg.content


@pytest.fixture(scope="module")
def folder(kg: nutrigraph.KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real graph as KGX."""
    made = tmp_path_factory.mktemp("kgx")
    write_kgx(kg.content, made)
    return made


@pytest.fixture
def target(store: Path, tmp_path: Path) -> Path:
    """A store of its own: a copy of the real one."""
    return Path(shutil.copytree(store, tmp_path / "store", symlinks=True))


def test_what_is_there_stays_and_nothing_is_written(
    kg: nutrigraph.KnowledgeGraph, target: Path, tmp_path: Path
) -> None:
    folder, current = tmp_path / "kgx", (target / "current").resolve()
    told = run("export", "kgx", "--store", target, "--output", folder)
    assert told.exit_code == 0
    assert "not in KGX: 1 whole texts of documents" in told.stderr
    assert "not in KGX: 62 segments of documents" in told.stderr
    assert f"{sum(claim.negated for claim in kg.claims())} nulls" in told.stderr
    taken = run("import", "kgx", folder, "--store", target)
    assert taken.exit_code == 0, taken.output
    assert taken.stdout.startswith("Nothing is new: ")
    change("edges", 3, "negated", "maybe")(folder)
    result = run("import", "kgx", folder / "nodes.tsv", folder / "edges.tsv", "--store", target)
    fault(result, 1, "edges.tsv:4", "negated", "'maybe'")
    assert (target / "current").resolve() == current


def test_a_document_of_the_ontology_that_says_otherwise_is_refused(
    content: Content, target: Path, tmp_path: Path
) -> None:
    fewer = (replace(home, claims=home.claims[1:]) for home in content.documents)
    write_kgx(replace(content, documents=tuple(fewer)), tmp_path / "kgx")
    current = (target / "current").resolve()
    result = run("import", "kgx", tmp_path / "kgx", "--store", target)
    fault(result, 2, SLUG, "says otherwise", "export it anew")
    assert (target / "current").resolve() == current


def test_the_whole_graph_enters_where_its_documents_are_not(
    kg: nutrigraph.KnowledgeGraph, folder: Path, tmp_path: Path
) -> None:
    other = copy_ontology(tmp_path / "ontology")
    (other.folder / "documents" / SLUG).rename(other.folder / "documents" / "another")
    name = CLAIMS.replace(SLUG, "another")
    other.write(name, other.read(name).replace(f"document/{SLUG}", "document/another"))
    shutil.rmtree(other.folder / "findings")
    words = ("import", "kgx", folder, "--store", tmp_path / "store")
    taken = run(*words, ontology=other.folder)
    assert taken.exit_code == 0, taken.output
    assert f"Took in {len(kg.claims())} claims of 2 documents" in taken.stdout
    graph = nutrigraph.open(tmp_path / "store")
    assert [record["slug"] for record in graph.store.imports] == [h.slug for h in kg.documents]
    found = [home for home in graph.documents if home.slug != "another"]
    assert found == [replace(it, text="", segments=(), no_claims=()) for it in kg.documents]
    assert "Nothing is new" in run(*words, ontology=other.folder).stdout


def new_document(content: Content, thing: Entity) -> Document:
    """A document with one claim, from a paragraph of the real one, about a thing of its own."""
    old = next(
        claim
        for claim in content.documents[0].claims
        if claim.basis == "text" and len(claim.sources) > 1
    )
    home = "https://w3id.org/nutrigraph/document/made-up"
    paragraph = Paragraph(f"{home}#paragraph-1", "A paragraph", old.sources)
    claim = replace(old, subject=thing.id, document="made-up", paragraph=paragraph.id)
    claim = replace(claim, id=content_id(claim), document_title="Made up")
    return Document("made-up", "Made up", "", "0" * 64, (claim,), (), (), (paragraph,))


@pytest.fixture
def thing(content: Content) -> Entity:
    return replace(
        content.entities["https://w3id.org/nutrigraph/zinc"],
        id="https://w3id.org/nutrigraph/made-up-thing",
        label="made-up thing",
        synonyms=("a thing | made up",),
        mappings=(Mapping("https://example.org/thing", "thing", "closeMatch"),),
    )


def test_a_document_and_a_thing_that_are_new_enter(
    content: Content, thing: Entity, target: Path, tmp_path: Path
) -> None:
    home = new_document(content, thing)
    known = content.entities | {thing.id: thing}
    write_kgx(replace(content, documents=(home,), entities=known), tmp_path / "kgx")
    before = nutrigraph.open(target).claims()
    taken = run("import", "kgx", tmp_path / "kgx", "--store", target)
    assert taken.exit_code == 0, taken.output
    assert "entities new to it: 1" in taken.stdout
    graph = nutrigraph.open(target)
    assert graph.entity("made-up thing") == thing
    (found,) = graph.claims(document="made-up")
    (meant,) = home.claims
    said = statement(meant, known, content.vocabulary)
    assert found == replace(meant, statement=said)
    assert [claim for claim in graph.claims() if claim.document != "made-up"] == before
    assert "Nothing is new" in run("import", "kgx", tmp_path / "kgx", "--store", target).stdout


def test_a_thing_that_no_new_claim_names_is_refused(
    content: Content, thing: Entity, target: Path, tmp_path: Path
) -> None:
    known = content.entities | {thing.id: thing}
    write_kgx(replace(content, entities=known), tmp_path / "kgx")
    result = run("import", "kgx", tmp_path / "kgx", "--store", target)
    fault(result, 1, "nodes.tsv", "made-up-thing", "delete its row")


def test_a_text_stays_behind_but_its_quotes_do_not(
    content: Content, thing: Entity, target: Path, tmp_path: Path
) -> None:
    home = new_document(content, thing)
    (claim,) = home.claims
    bare = replace(claim, quote=None)
    home = replace(home, claims=(replace(bare, id=content_id(bare)),))
    known = content.entities | {thing.id: thing}
    write_kgx(replace(content, documents=(home,), entities=known), tmp_path / "kgx")
    result = run("import", "kgx", tmp_path / "kgx", "--store", target)
    fault(result, 1, "made-up", "basis text", "has no :quote: add its exact words")


def test_quotes_of_a_text_that_did_not_come_along_are_refused(
    content: Content, thing: Entity, tmp_path: Path
) -> None:
    """Only a format that leaves texts behind may bring them."""
    home = new_document(content, thing)
    with pytest.raises(CheckFailed) as raised:
        add_documents(tmp_path / "store", [Arrival(home)])
    (name,) = (claim.name for claim in home.claims)
    assert raised.value.findings == (
        f"{name}, a claim of the basis text, quotes a text that did not come along: "
        "give it the basis source",
    )
    found = replace(content.documents[1], slug="more", claims=(), paragraphs=(), mentioned=())
    with pytest.raises(CheckFailed, match="did not come along"):
        add_documents(tmp_path / "store", [Arrival(found, (), home.claims)])
    assert not (tmp_path / "store" / "current").exists()


def test_what_no_store_could_hold_is_refused(
    content: Content, thing: Entity, target: Path, tmp_path: Path
) -> None:
    """One paper told in two ways: the build that stands stays."""
    home = new_document(content, thing)
    (paragraph,) = home.paragraphs
    first, *others = paragraph.sources
    told = replace(first, title="Another title", relation="supports", gives_evidence=False)
    home = replace(home, paragraphs=(replace(paragraph, sources=(first, *others, told)),))
    known = content.entities | {thing.id: thing}
    write_kgx(replace(content, documents=(home,), entities=known), tmp_path / "kgx")
    current = (target / "current").resolve()
    taken = run("import", "kgx", tmp_path / "kgx", "--store", target)
    fault(taken, 1, "duplicate id", ":title")
    assert (target / "current").resolve() == current


def test_plain_kgx_is_sent_to_the_other_door(tmp_path: Path, store: Path) -> None:
    (tmp_path / "nodes.tsv").write_text("id\tcategory\nX:1\tbiolink:Gene\n")
    (tmp_path / "edges.tsv").write_text(
        "id\tsubject\tpredicate\tobject\n1\tX:1\tbiolink:treats\tX:1\n"
    )
    fault(run("import", "kgx", tmp_path, "--store", store), 1, "nodes.tsv:1", "import edges")
    fault(
        run("import", "kgx", tmp_path / "no", "--store", store), 1, "no/nodes.tsv", "cannot be read"
    )
    fault(run("export", "kgx", "--store", store), 2, "--output")
