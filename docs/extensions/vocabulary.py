"""The page of the vocabulary, the ontology as files, and the caution: all from the built graph."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox
from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

import nutrigraph
from nutrigraph.build import build
from nutrigraph.server import declared
from nutrigraph.server.resources import ontology_quads
from nutrigraph.terms import BASE, NG, PREFIXES, ontology_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx

    from nutrigraph.server.declared import Term

PAGE: Final = "reference/ontology"
FOLDER: Final = "ontology"
MAPPINGS: Final = "mappings.sssom.tsv"
STORE: Final = "store"
FORMS: Final = {
    "Turtle": ox.RdfFormat.TURTLE,
    "N-Triples": ox.RdfFormat.N_TRIPLES,
    "RDF/XML": ox.RdfFormat.RDF_XML,
    "JSON-LD": ox.RdfFormat.JSON_LD,
}


def file_of(form: ox.RdfFormat) -> str:
    """Return what the ontology is called in a form of RDF."""
    return f"nutrigraph.{form.file_extension}"


class Vocabulary(SphinxDirective):
    """`vocabulary`: what the ontology says of itself, and each of its terms under its own name."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each kind of term."""
        told = declared.contents(graph_in(self.env.doctreedir))
        self.known: dict[str, Term] = told["known"]
        self.ceilings = told["ceilings"]
        counts = told["counts"]
        return [
            *self._header(told["header"]),
            self._section("Predicates", map(self._predicate, told["predicates"])),
            self._section("Links that are not claims", map(self._link, told["links"])),
            self._section("Kinds of study", map(self._study, told["studies"])),
            self._section(
                "Qualifiers",
                [
                    self._section(name.capitalize(), map(self._told, found), f"each-{name}")
                    for name, found in told["sections"]
                ],
            ),
            self._section(
                "Classes",
                [
                    self._told(term, f"{counts[term.iri]} of them" if term.iri in counts else "")
                    for term in told["classes"]
                ],
            ),
            self._section("Properties", map(self._told, told["properties"])),
        ]

    def _section(
        self, title: str, held: Iterable[nodes.Node], name: str | None = None
    ) -> nodes.section:
        """Return a section under a name of its own, so that none takes the anchor of a term."""
        section = nodes.section(ids=[nodes.make_id(name or title)])
        section += nodes.title(title, title)
        section += list(held)
        return section

    def _header(self, told: list[tuple[str, str]]) -> Iterator[nodes.Node]:
        """Yield what the ontology says of itself, where its files are, and the prefixes."""
        files = {
            "Files": FOLDER,
            "Files of this version": f"{FOLDER}/{graph_in(self.env.doctreedir).vocabulary.version}",
        }
        names = {**{name: file_of(form) for name, form in FORMS.items()}, "mappings": MAPPINGS}
        facts: list[tuple[str, list[nodes.Node]]] = [
            ("Address", [nodes.literal("", NG.ontology)]),
            *((name, [_value(value)]) for name, value in told),
        ]
        for name, folder in files.items():
            links = (_link(form, f"../{folder}/{file}") for form, file in names.items())
            facts.append((name, list(_joined(links))))
        fields = nodes.field_list(classes=["told"])
        for name, held in facts:
            body = nodes.field_body("", nodes.paragraph("", "", *held))
            fields += nodes.field("", nodes.field_name(name, name), body)
        yield fields
        lines = "\n".join(f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items())
        known = (
            "They need no declaration in a question to Nutrigraph. Elsewhere ours is nutrigraph."
        )
        block = nodes.literal_block(lines, lines, language="sparql")
        yield self._section("Prefixes", [nodes.paragraph("", known), block])

    def _predicate(self, row: dict[str, Any]) -> addnodes.desc:
        item, used = row["item"], row["used"]
        return self._told(
            row["term"],
            item.force,
            row["sign"],
            "walked forward only" if item.forward_only else "",
            f"used by {used} claim{'' if used == 1 else 's'}",
        )

    def _link(self, row: dict[str, Any]) -> addnodes.desc:
        item = row["item"]
        walked = f"walked, weight {item.weight:g}" if item.walked else "never walked"
        return self._told(row["term"], f"“{item.phrase}”", item.basis, row["sign"], walked)

    def _study(self, row: dict[str, Any]) -> addnodes.desc:
        item = row["item"]
        causal, association = self.ceilings[item.ceiling]
        return self._told(
            row["term"],
            f"weighs {item.weight_causal:g} for a cause and {item.weight_association:g} for an "
            "association",
            f"any number together at most {causal:g} and {association:g} ({item.ceiling})",
        )

    def _told(self, term: Term, *facts: str) -> addnodes.desc:
        """Return a term: its name as a heading, its label, its definition, and facts."""
        name = term.anchor
        signature = addnodes.desc_signature(ids=[name], classes=["sig-object"])
        shown = declared.short(term.iri)
        prefix, _, rest = shown.partition(":")
        signature += addnodes.desc_addname("", f"{prefix}:")
        signature += addnodes.desc_name(rest, rest)
        self._note(name, shown)
        lead = nodes.paragraph("", "", nodes.strong("", term.label), nodes.Text(". "))
        lead += nodes.Text(" ".join(filter(None, (term.definition, term.reason))))
        body = addnodes.desc_content("", lead)
        more: list[list[nodes.Node]] = [[nodes.Text(fact)] for fact in facts if fact]
        if term.speaks_of:
            more.append([nodes.Text(f"of its subject: {', '.join(term.speaks_of)}")])
        if term.parents:
            more.append([nodes.Text("a kind of "), *_joined(map(self._term, term.parents))])
        if term.mappings:
            elsewhere = (_link(name, address) for name, address in term.mappings)
            more.append([nodes.Text("elsewhere: "), *_joined(elsewhere)])
        if term.since:
            more.append([nodes.Text(f"since {term.since}")])
        if term.retired:
            later = [nodes.Text("; see "), self._term(term.replaced_by)] if term.replaced_by else []
            more.append([nodes.strong("", "no longer used"), *later])
        if more:
            body += nodes.paragraph("", "", *_joined(more, "; "), classes=["quiet"])
        return addnodes.desc("", signature, body, domain="std", objtype="term", classes=["term"])

    def _note(self, anchor: str, shown: str) -> None:
        """Make a term findable: by links from other pages, by search, and in the inventory."""
        domain, document = self.env.domains.standard_domain, self.env.docname
        domain.anonlabels[f"{document}#{anchor}"] = document, anchor
        domain.note_object("declared", shown, anchor)

    def _term(self, iri: str) -> nodes.Node:
        known = self.known.get(iri)
        shown = declared.short(iri)
        if known is None:
            return nodes.literal("", shown)
        return nodes.reference("", "", nodes.literal("", shown), refid=known.anchor, internal=True)


def _value(value: str) -> nodes.Node:
    """Return a value as text, an address of ours as it is, and another as a link."""
    if value.startswith(BASE):
        return nodes.literal("", value)
    return _link(value, value) if value.startswith("https://") else nodes.Text(value)


def _link(text: str, address: str) -> nodes.reference:
    return nodes.reference("", text, refuri=address)


def _joined(
    parts: Iterable[nodes.Node | list[nodes.Node]], between: str = ", "
) -> Iterator[nodes.Node]:
    for number, part in enumerate(parts):
        if number:
            yield nodes.Text(between)
        yield from part if isinstance(part, list) else [part]


@cache
def graph_in(folder: Path) -> nutrigraph.KnowledgeGraph:
    """Return the graph that was built for the site in the folder of its doctrees."""
    return nutrigraph.open(Path(folder) / STORE)


def build_graph(app: Sphinx) -> None:
    """Build the graph anew, beside what Sphinx keeps, for the pages and the caution on them."""
    folder = Path(app.doctreedir) / STORE
    build(ontology_folder(), folder, fresh=True)
    # Notebooks open this one too. They run where they lie, and may print where it is.
    os.environ["NUTRIGRAPH_STORE"] = os.path.relpath(folder, app.srcdir / "notebooks")
    graph_in.cache_clear()
    app.config.html_context["caution"] = graph_in(app.doctreedir).vocabulary.caution


def name_files(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _: object) -> None:
    """Tell machines that come to the page of the vocabulary where it is as RDF."""
    if page == PAGE:
        context["metatags"] += "".join(
            f'<link rel="alternate" type="{form.media_type}" href="../{FOLDER}/{file_of(form)}">\n'
            for form in FORMS.values()
        )


def publish(app: Sphinx, failure: Exception | None) -> None:
    """Write the ontology and its mappings as files, once as the newest and once by version."""
    if failure is not None or app.builder.name not in ("html", "dirhtml"):
        return
    graph = graph_in(app.doctreedir)
    triples = [quad.triple for quad in ontology_quads(graph)]
    files = {
        file_of(form): ox.serialize(triples, format=form, prefixes=PREFIXES)
        for form in FORMS.values()
        if form != ox.RdfFormat.TURTLE
    }
    files[file_of(ox.RdfFormat.TURTLE)] = "".join(graph.export("ontology")).encode()
    files[MAPPINGS] = "".join(graph.export("sssom")).encode()
    version = graph.vocabulary.version
    for folder in (Path(app.outdir) / FOLDER, Path(app.outdir) / FOLDER / version):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content or b"")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive, the caution and the files."""
    app.add_directive("vocabulary", Vocabulary)
    app.add_object_type("declared", "declared")
    app.connect("builder-inited", build_graph)
    app.connect("html-page-context", name_files)
    app.connect("build-finished", publish)
    return {"parallel_read_safe": True}
