"""The site: it builds, what is in it leads somewhere, and nothing public is left out of it."""

import inspect
import re
import shutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import click
import pyoxigraph as ox
import pytest
from bs4 import Tag
from playwright.sync_api import Browser, ViewportSize, expect
from sphinx.util.inventory import InventoryFile
from tests.built import DOCS, ROOT, Site, run, text_of

import nutrigraph
from nutrigraph.cli import main
from nutrigraph.errors import NutrigraphError
from nutrigraph.server.declared import anchor
from nutrigraph.terms import BASE, NG, VERSION, ontology_folder

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
CLI, PYTHON, ONTOLOGY = (f"reference/{name}.html" for name in ("cli", "python", "ontology"))
HOSTS = {
    # What the vocabulary is mapped to.
    "purl.obolibrary.org",
    "w3id.org",
    "www.w3.org",
    # Papers.
    "doi.org",
    "pubmed.ncbi.nlm.nih.gov",
    # Licences, formats, models and engines that pages speak of.
    "biolink.github.io",
    "creativecommons.org",
    "github.com",
    "keepachangelog.com",
    "mapping-commons.github.io",
    "semver.org",
    "twine.readthedocs.io",
}
HELD = {
    "nutrigraph": ["KnowledgeGraph"],
    "nutrigraph.exports": ["FORMATS"],
    "nutrigraph.notebook": ["Candidates", "Claims", "Page"],
    "nutrigraph.results": ["QueryResult"],
    "nutrigraph.model": [
        *("Answer", "Path", "Hop", "Bins", "Claim", "Quote", "Evidence", "Effect", "Source"),
        *("Entity", "Document", "Vocabulary", "Block", "Row", "Finding"),
    ],
    "nutrigraph.evidence": ["Contested"],
    "nutrigraph.paths.discover": ["Candidate"],
    "nutrigraph.paths.moves": ["Move"],
    "nutrigraph.paths.loops": ["Loop"],
    "nutrigraph.changes.found": ["Changes"],
}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("documentation") / "site"
    return Site(folder, run(DOCS, folder))


@pytest.fixture(scope="session")
def inventory(site: Site) -> dict[str, set[str]]:
    """What can be referred to from elsewhere: the names, by kind."""
    told = InventoryFile.loads((site.folder / "objects.inv").read_bytes(), uri="")
    return {kind: set(names) for kind, names in told.data.items()}


def test_the_site_is_built_without_a_warning(site: Site) -> None:
    assert site.said == ""


def test_every_page_under_docs_is_in_the_site(site: Site) -> None:
    written = {
        path.relative_to(DOCS).with_suffix(".html").as_posix() for path in DOCS.rglob("*.md")
    }
    told = {f"notebooks/{path.stem}.html" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert (written | told) - set(site.pages) == set()


def test_every_link_leads_somewhere(site: Site) -> None:
    broken = []
    for page, address in site.links():
        if urlsplit(address).scheme:
            continue
        target, fragment = site.within(page, address)
        there = (site.folder / target).is_file()
        # The address of a page by itself, or with its top.
        if not there or (fragment and fragment not in site.anchors.get(target, {fragment})):
            broken.append((page, address))
    assert broken == []


def test_no_anchor_is_there_twice(site: Site) -> None:
    for name, page in site.pages.items():
        ids = [str(tag["id"]) for tag in page.select("[id]")]
        assert sorted(ids) == sorted(set(ids)), name


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_link_of_a_file_beside_docs_leads_somewhere(name: str) -> None:
    for address in relative_links(ROOT / name):
        path, _, fragment = address.partition("#")
        target = ROOT / path if path else ROOT / name
        assert target.exists(), address
        assert not fragment or fragment in headings(target), address


def test_every_link_of_a_page_leads_somewhere_on_a_code_host_too() -> None:
    broken = [
        (path.name, address)
        for path in DOCS.rglob("*.md")
        for address in relative_links(path)
        if not (path.parent / address.partition("#")[0]).exists()
    ]
    assert broken == []


def relative_links(path: Path) -> Iterator[str]:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for address in re.findall(r"\]\(([^)\s]+)\)", text):
        if not urlsplit(address).scheme:
            yield address


def headings(path: Path) -> set[str]:
    """The anchors that a code host gives to the headings of a file."""
    lines = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_no_page_asks_another_host_for_anything(site: Site) -> None:
    asked = [(page, address) for page, address in site.loaded() if "//" in address[:8]]
    assert asked == []
    for style in site.folder.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""", text), style.name


def test_links_go_to_known_hosts_alone(site: Site) -> None:
    hosts = {urlsplit(address).netloc for _, address in site.links()} - {""}
    assert hosts - HOSTS == set()


def test_the_caution_stands_on_every_page(site: Site, kg: nutrigraph.KnowledgeGraph) -> None:
    for name, page in site.pages.items():
        assert [text_of(tag) for tag in page.select("footer .caution")] == [
            kg.vocabulary.caution
        ], name
    source = "".join(path.read_text(encoding="utf-8") for path in DOCS.rglob("*.html"))
    assert kg.vocabulary.caution[:40] not in source


def commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for each, sub in command.commands.items():
            yield from commands(f"{name} {each}", sub)


COMMANDS = dict(commands("nutrigraph", main))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_told_with_all_its_options(name: str, site: Site) -> None:
    command, section = COMMANDS[name], site.pages[CLI].find(id=name.replace(" ", "-"))
    assert isinstance(section, Tag)
    told = text_of(section)
    context = click.Context(command, info_name=name, **main.context_settings)
    assert " ".join(inspect.cleandoc(command.help or "").replace("`", "").split()) in told
    for option in command.get_params(context):
        if isinstance(option, click.Option):
            shown = {text_of(tag) for tag in section.select("dt .sig-name")}
            assert set(option.opts) <= shown
            assert " ".join((option.help or "").replace("`", "").split()) in told
        else:
            assert option.make_metavar(context) in told


def kinds_of(error: type[NutrigraphError]) -> Iterator[type[NutrigraphError]]:
    yield error
    for kind in error.__subclasses__():
        yield from kinds_of(kind)


def members(thing: type) -> Iterator[set[str]]:
    """What a class of ours gives to whoever holds one, each by the names it may be told under."""
    for base in inspect.getmro(thing):
        if base.__module__.startswith("nutrigraph."):
            own = {*vars(base)} | (
                {field.name for field in fields(base)} if is_dataclass(base) else set()
            )
            for name in own:
                if not name.startswith("_"):
                    yield {f"{thing.__name__}.{name}", f"{base.__name__}.{name}"}


def test_every_public_name_is_in_the_reference(inventory: dict[str, set[str]]) -> None:
    told = set().union(*(names for kind, names in inventory.items() if kind.startswith("py:")))
    named = [getattr(import_module(module), name) for module in HELD for name in HELD[module]]
    things = [thing for thing in named if inspect.isclass(thing)]
    wanted = {f"{module}.{name}" for module in HELD for name in HELD[module]}
    wanted |= {f"nutrigraph.{name}" for name in nutrigraph.__all__ if name != "NutrigraphError"}
    kinds = [kind for kind in kinds_of(NutrigraphError) if kind.__module__ == "nutrigraph.errors"]
    wanted |= {f"nutrigraph.errors.{kind.__name__}" for kind in kinds}
    assert wanted - told == set()
    short = {".".join(name.split(".")[-2:]) for name in told}
    assert [either for thing in things for either in members(thing) if not either & short] == []


def test_names_in_signatures_lead_to_what_they_stand_for(site: Site) -> None:
    """`Path` is a file where a file is taken, and a route where routes are given."""
    page = site.pages[PYTHON]
    taken = page.find(id="nutrigraph.KnowledgeGraph.paths")
    given = page.find(id="nutrigraph.model.Answer.paths")
    assert isinstance(taken, Tag)
    assert isinstance(given, Tag)
    links = {str(a["href"]) for a in taken.select("a.internal")}
    assert links == {"#nutrigraph.model.Answer"}
    assert {str(a["href"]) for a in given.select("a.internal")} == {"#nutrigraph.model.Path"}


def test_every_term_of_the_vocabulary_is_told(
    site: Site, inventory: dict[str, set[str]], kg: nutrigraph.KnowledgeGraph
) -> None:
    page = site.pages[ONTOLOGY]
    quads = list(ox.parse((ontology_folder() / "vocabulary.ttl").read_bytes(), ox.RdfFormat.TURTLE))
    known = {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)} - {NG.ontology}
    assert len(known) > 300
    for iri in known:
        said = [q.object.value for q in quads if q.subject == ox.NamedNode(iri)
                and q.predicate.value.endswith(("#label", "#definition"))]  # fmt: skip
        term = page.find(id=anchor(iri))
        assert isinstance(term, Tag), iri
        assert isinstance(term.parent, Tag)
        assert all(" ".join(words.split()) in text_of(term.parent) for words in said), iri
    assert {f":{anchor(iri)}" for iri in known if iri.startswith(BASE)} <= inventory["std:declared"]
    for iri, predicate in kg.vocabulary.predicates.items():
        term = page.find(id=anchor(iri))
        assert isinstance(term, Tag)
        assert isinstance(term.parent, Tag)
        assert predicate.force in text_of(term.parent)
    for study in kg.vocabulary.study_types.values():
        term = page.find(id=anchor(kg.vocabulary.iris["StudyType", study.label]))
        assert isinstance(term, Tag)
        assert isinstance(term.parent, Tag)
        told = f"weighs {study.weight_causal:g} for a cause and {study.weight_association:g} for"
        assert told in text_of(term.parent)
        assert study.reason in text_of(term.parent)


def test_the_ontology_is_published_as_files(site: Site, kg: nutrigraph.KnowledgeGraph) -> None:
    folder = site.folder / "ontology"
    forms = {"ttl": "TURTLE", "nt": "N_TRIPLES", "rdf": "RDF_XML", "jsonld": "JSON_LD"}
    read: dict[str, ox.Dataset] = {}
    for end, form in forms.items():
        text = (folder / f"nutrigraph.{end}").read_bytes()
        read[end] = ox.Dataset(ox.parse(text, getattr(ox.RdfFormat, form)))
        read[end].canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert len(read["ttl"]) > 1_000
    assert all(quads == read["ttl"] for quads in read.values())
    of_itself = {q.predicate.value: str(q.object) for q in read["ttl"]
                 if q.subject == ox.NamedNode(NG.ontology)}  # fmt: skip
    version = f"{NG.ontology}/{VERSION}"
    assert of_itself["http://www.w3.org/2002/07/owl#versionIRI"] == f"<{version}>"
    told = "".join(kg.export("ontology"))
    assert (folder / "nutrigraph.ttl").read_text(encoding="utf-8") == told
    assert (folder / "mappings.sssom.tsv").read_text(encoding="utf-8") == "".join(
        kg.export("sssom")
    )
    for path in folder.glob("*.*"):
        if path.is_file():
            assert (folder / VERSION / path.name).read_bytes() == path.read_bytes()
    page = site.pages[ONTOLOGY]
    assert version in text_of(page)
    offered = {str(tag["type"]): str(tag["href"]) for tag in page.select("link[rel=alternate]")}
    assert offered["text/turtle"] == "../ontology/nutrigraph.ttl"


def test_a_term_that_is_added_or_retired_shows_without_a_change_of_code(tmp_path: Path) -> None:
    ontology = tmp_path / "ontology"
    shutil.copytree(ontology_folder(), ontology)
    with (ontology / "vocabulary.ttl").open("a", encoding="utf-8") as file:
        file.write(
            ':spoken a :Modality ; rdfs:label "spoken" ; skos:definition "Only said aloud." ;\n'
            "    owl:deprecated true ; dcterms:isReplacedBy :stated .\n"
        )
    source = tmp_path / "source"
    source.mkdir()
    text = "# Words\n\n```{vocabulary}\n```\n"
    (source / "index.md").write_text(text, encoding="utf-8")
    assert run(source, tmp_path / "site", NUTRIGRAPH_ONTOLOGY=str(ontology)) == ""
    term = Site(tmp_path / "site").pages["index.html"].find(id="spoken")
    assert isinstance(term, Tag)
    assert isinstance(term.parent, Tag)
    assert "Only said aloud. no longer used; see :stated" in text_of(term.parent)
    assert term.parent.select_one('a[href="#stated"]')


def test_performance_shows_what_was_measured_and_repeats_no_figure(site: Site) -> None:
    measured = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    page = site.pages["performance.html"]
    shown = {text_of(tag) for tag in page.select("h2")}
    assert set(re.findall(r"^## (.+)$", measured, re.MULTILINE)) <= shown
    rows = len(re.findall(r"^\|", measured, re.MULTILINE)) - len(
        re.findall(r"^\| ?-", measured, re.MULTILINE)
    )
    assert len(page.select("article tr")) == rows
    assert not re.search(r"\d", (DOCS / "performance.md").read_text(encoding="utf-8"))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("scheme", "names"),
    [
        ("light", ["index.html", "evidence.html", CLI, PYTHON, ONTOLOGY]),
        ("dark", ["evidence.html", CLI]),
    ],
    ids=["light", "dark"],
)
def test_nobody_is_shut_out(
    scheme: Literal["light", "dark"], names: list[str], browser: Browser, site: Site
) -> None:
    narrow: ViewportSize = {"width": 400, "height": 800}
    page = browser.new_page(color_scheme=scheme, viewport=narrow, reduced_motion="reduce")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    found = []
    for name in names:
        page.goto((site.folder / name).as_uri())
        page.evaluate(AXE)
        # Of two long pages the contrast is not measured: shorter ones show the same styles.
        contrast = "false" if name in (PYTHON, ONTOLOGY) else "true"
        rules = f"{{ 'color-contrast': {{ enabled: {contrast} }} }}"
        result = page.evaluate(f"axe.run({{ resultTypes: ['violations'], rules: {rules} }})")
        found += [
            (name, row["id"], [node["html"][:120] for node in row["nodes"]][:3])
            for row in result["violations"]
            if row["impact"] in ("serious", "critical")
        ]
        assert page.evaluate("document.documentElement.scrollWidth") <= 400, name
    page.close()
    assert found == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@pytest.mark.browser
def test_a_term_is_found_by_search(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    page.goto((site.folder / "index.html").as_uri())
    page.get_by_placeholder("Search").fill("lowActivityAssociatedWith")
    page.get_by_placeholder("Search").press("Enter")
    page.locator("#search-results a").first.click()
    expect(page.locator("#lowActivityAssociatedWith")).to_be_visible()
    page.close()
