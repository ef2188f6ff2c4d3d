"""The one object that people hold: open it, ask it, walk it, look at it."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nutrigraph import naming
from nutrigraph.content import Content, read_content
from nutrigraph.errors import UnknownName, UsageError
from nutrigraph.paths import Filters, build_network, find
from nutrigraph.store import Store, open_store
from nutrigraph.terms import ontology_folder, ontology_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import networkx as nx
    import rdflib

    from nutrigraph.model import (
        Answer,
        Claim,
        Document,
        Entity,
        Vocabulary,
    )
    from nutrigraph.paths import Network
    from nutrigraph.results import QueryResult

MAX_HOPS = 8


class KnowledgeGraph:
    """A graph of claims, read-only.

    >>> import nutrigraph
    >>> kg = nutrigraph.open()
    >>> kg.paths("magnesium", "miscarriage", top=1).paths[0].verdict
    'stated'
    """

    def __init__(self, store: Store) -> None:
        """Hold a store; nothing is read from it yet."""
        self.store = store

    @cached_property
    def content(self) -> Content:
        """What the store holds, read once."""
        return read_content(self.store)

    @property
    def build(self) -> str:
        """The id of the build, empty for a store that is no build."""
        return str(self.store.manifest.get("build", ""))

    @property
    def vocabulary(self) -> Vocabulary:
        """What the vocabulary declares."""
        return self.content.vocabulary

    @property
    def entities(self) -> dict[str, Entity]:
        """The entities by IRI."""
        return self.content.entities

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents, each with its text, segments and claims."""
        return self.content.documents

    def query(self, text: str, *, asserted: bool = False) -> QueryResult:
        """Return the answer to a SPARQL query.

        The usual prefixes need no declaration; ``:`` is Nutrigraph's own. ``asserted`` leaves the
        consequences out. Each document's claims lie in a graph of their own: ask for them with
        ``GRAPH ?document { ... }``.

        Raises:
            QueryError: the query is no valid SPARQL (line and column), or is refused.
        """
        from nutrigraph.results import result_of

        return result_of(self.store.query(text, asserted=asserted))

    def entity(self, name: str) -> Entity:
        """Return the entity of a label, synonym, CURIE or IRI.

        Raises:
            UnknownName: there is none; offers the nearest names.
        """
        return naming.resolve(name, self.content.entities, self.content.terms)

    def claims(
        self,
        *,
        subject: str | None = None,
        object: str | None = None,
        about: str | None = None,
        document: str | None = None,
    ) -> list[Claim]:
        """Return the claims in reading order, all or those of a subject, an object, a document.

        ``about`` takes either side.

        Raises:
            UnknownName: an entity or a document is unknown.
        """
        wanted = [
            self.entity(name).id if name is not None else None for name in (subject, object, about)
        ]
        if document is not None:
            self._known_documents([document])
        return [
            claim
            for home in self.documents
            if document in (None, home.slug)
            for claim in home.claims
            if wanted[0] in (None, claim.subject)
            and wanted[1] in (None, claim.object)
            and (wanted[2] is None or wanted[2] in (claim.subject, claim.object))
        ]

    def _known_documents(self, slugs: Iterable[str]) -> None:
        known = [home.slug for home in self.documents]
        for slug in slugs:
            if slug not in known:
                raise UnknownName("document", slug, naming.nearest(slug, known) or known)

    def paths(
        self,
        source: str,
        target: str,
        *,
        max_hops: int = 4,
        top: int = 10,
        documents: Sequence[str] = (),
        species: Sequence[str] = (),
        study_types: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> Answer:
        """Return the best routes by which one thing could lead to another.

        Filters act before the search. ``species`` and ``study_types`` take ``unknown`` as well;
        ``without`` takes DOIs, PubMed identifiers or names of papers.

        Raises:
            UnknownName: an entity, document, species, study type or source is unknown.
            UsageError: source and target are the same, or a bound makes no sense.
        """
        start, end = self.entity(source), self.entity(target)
        if start.id == end.id:
            raise UsageError(f"source and target are both {start.label}: name two things")
        if not 1 <= max_hops <= MAX_HOPS:
            raise UsageError(f"max_hops is {max_hops}: give 1 to {MAX_HOPS}")
        if top < 1:
            raise UsageError(f"top is {top}: give at least 1")
        filters = self._filters(documents, species, study_types, without)
        return find(
            self._network(filters),
            start.id,
            end.id,
            self.entities,
            self.vocabulary,
            max_hops=max_hops,
            top=top,
        )

    def _filters(
        self,
        documents: Sequence[str],
        species: Sequence[str],
        study_types: Sequence[str],
        without: Sequence[str],
    ) -> Filters:
        self._known_documents(documents)
        voc = self.vocabulary
        for kind, given, known in (
            ("species", species, {*voc.species_plurals, "unknown"}),
            ("study type", study_types, {*voc.study_types, "unknown"}),
            ("source", without, naming.source_names(self.documents)),
        ):
            for name in given:
                if name not in known:
                    raise UnknownName(kind, name, naming.nearest(name, known) or sorted(known)[:8])
        return Filters(
            frozenset(documents), frozenset(species), frozenset(study_types), frozenset(without)
        )

    def _network(self, filters: Filters | None = None) -> Network:
        claims = (claim for home in self.documents for claim in home.claims)
        return build_network(claims, self.content.links, self.entities, self.vocabulary, filters)

    def view(self, source: str | None = None, target: str | None = None, **options: Any) -> str:
        """Return the page as one HTML file that makes no request.

        With a source and a target, it shows what lies on the best routes between them; ``options``
        are those of `paths`.

        Raises:
            UsageError: only one of the two is given.
        """
        from nutrigraph import records, view

        if (source is None) != (target is None):
            raise UsageError("name both a source and a target, or neither")
        if source is None or target is None:
            return view.render(records.page(self.content, self.build))
        answer = self.paths(source, target, **options)
        return view.render(records.page(self.content, self.build, answer))

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the claims as a networkx graph: entities by IRI, one edge a claim.

        Nodes carry label and kind; edges carry what ``claims --json`` gives.
        """
        import networkx

        from nutrigraph import records

        graph: nx.MultiDiGraph[str] = networkx.MultiDiGraph()
        for entity in self.entities.values():
            graph.add_node(entity.id, label=entity.label, kind=entity.kind)
        for home in self.documents:
            for claim in home.claims:
                record = records.claim(claim, self.entities, self.vocabulary)
                edge = {k: v for k, v in record.items() if k not in ("subject", "object")}
                graph.add_edge(claim.subject, claim.object, key=claim.id, **edge)
        return graph

    def to_rdflib(self) -> rdflib.Dataset:
        """Return a copy of the whole graph as an rdflib dataset."""
        import rdflib

        from nutrigraph.exchange import nquads

        dataset = rdflib.Dataset()
        dataset.parse(data="".join(nquads(self.store.quads())), format="nquads")
        return dataset

    def __repr__(self) -> str:
        """Say what is in it."""
        claims = sum(len(home.claims) for home in self.documents)
        return (
            f"<KnowledgeGraph {self.store.place}: {len(self.entities)} entities, {claims} claims, "
            f"{len(self.documents)} documents>"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show itself in Jupyter: the page in a sandboxed frame, and plain text."""
        from nutrigraph.view import frame

        return {"text/plain": repr(self), "text/html": frame(self.view())}


def default_store() -> Path:
    """Return where the store lies unless one is named: the checkout's build folder, or a cache.

    ``NUTRIGRAPH_STORE`` names another.
    """
    if named := os.environ.get("NUTRIGRAPH_STORE"):
        return Path(named)
    checkout = ontology_folder().parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "build" / "store"
    import platformdirs

    return Path(platformdirs.user_cache_dir("nutrigraph")) / "store"


def stale(store: Store) -> bool:
    """Whether the ontology has changed since the store was built."""
    return bool(store.manifest) and store.manifest.get("build") != ontology_id(ontology_folder())


def open_graph(place: str | Path | None = None) -> KnowledgeGraph:
    """Open a build folder or an RDF file; with none named, the default, which is built if need be.

    Raises:
        StoreError: it is missing, is no store, or cannot be read.
        InputError: it is an RDF file with a mistake.
    """
    if place is not None:
        return KnowledgeGraph(open_store(place))
    folder = default_store()
    if not (folder / "current").exists():
        from nutrigraph.build import build

        build(ontology_folder(), folder)
    return KnowledgeGraph(open_store(folder))
