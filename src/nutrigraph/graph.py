"""The one object that people hold: open it, ask it, walk it, look at it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nutrigraph import naming
from nutrigraph.choices import choose
from nutrigraph.content import Content, read_content
from nutrigraph.errors import UnknownName, UsageError
from nutrigraph.paths import build_network, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import networkx as nx
    import rdflib

    from nutrigraph.edges import EdgeSource
    from nutrigraph.model import Answer, Claim, Document, Entity, QualifiedTerm, Vocabulary
    from nutrigraph.paths import Network
    from nutrigraph.paths.discover import Candidate
    from nutrigraph.paths.loops import Loop
    from nutrigraph.paths.moves import Move
    from nutrigraph.results import QueryResult
    from nutrigraph.store import Store

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

    @cached_property
    def sources(self) -> tuple[EdgeSource, ...]:
        """The imported sources of edges without sentences; only `paths` looks at them."""
        if not self.store.edge_imports:
            return ()
        from nutrigraph.edges import open_sources

        return open_sources(self.store)

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

    def _ends(self, source: str, target: str) -> tuple[Entity, Entity]:
        """Return the two entities of a question, which must differ."""
        start, end = self.entity(source), self.entity(target)
        if start.id == end.id:
            raise UsageError(f"source and target are both {start.label}: name two things")
        return start, end

    def reading(self, name: str) -> QualifiedTerm | None:
        """Return the qualified term a name stands for ("magnesium deficiency"), or None.

        Questions are about entities: what the name says beyond that is left out.
        """
        return naming.qualified(name, self.content.entities, self.content.terms)

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

    def records(self, *, document: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield the claims, of one document or all, as ``claims --json`` gives them.

        Raises:
            UnknownName: there is no such document.
        """
        from nutrigraph import records

        for claim in self.claims(document=document):
            yield records.claim(claim, self.entities, self.vocabulary)

    def export(self, format: str, *, document: str | None = None) -> Iterable[str]:
        """Return the parts of the graph in a format of `nutrigraph.exports.FORMATS`.

        Joined, they are the file; the same graph gives the same parts. ``document`` leaves the
        claims and papers of every other document out.

        Raises:
            UsageError: there is no such format, or it holds the whole graph only.
            UnknownName: there is no such document.
        """
        from nutrigraph.exports import writer_of

        write = writer_of(format, by_document=document is not None)
        if document is not None:
            self._known_documents([document])
        return write(self, document)

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
        weights: str | Path | None = None,
        draws: int = 0,
        **filters: Sequence[str],
    ) -> Answer:
        """Return the best routes by which one thing could lead to another.

        ``filters`` act before the search: ``documents``, ``species`` and ``study_types`` (both take
        ``unknown`` as well), ``bases``, ``predicates``, ``without`` (DOIs, PubMed identifiers or
        names of papers), ``through`` (kinds of entities) and ``avoid`` (kinds, or entities).
        ``weights`` names a file with other weights for study types. ``draws`` of the weights tell
        how robust each path is: the share of them in which it stays among the ``top``.

        Where the two are no entities of claims but nodes of one imported source, its edges answer:
        every hop has the basis ``source``, and ``weights`` and ``draws`` say nothing of them.

        Raises:
            UnknownName: an entity or a value of a filter is unknown.
            UsageError: source and target are the same, or a bound makes no sense.
            InputError: the weights lack a study type, or are no weights.
        """
        _within("max_hops", max_hops, 1, MAX_HOPS)
        _within("top", top, 1)
        _within("draws", draws, 0)
        if self.sources:
            from nutrigraph import edges

            if found := edges.locate(self.sources, (source, target), self.entity):
                edges.refuse_weights(weights, found[0])
                return edges.paths_in(
                    *found, self.vocabulary, max_hops=max_hops, top=top, filters=filters
                )
        start, end = self._ends(source, target)
        vocabulary = self._weighted(weights)
        return find(
            self._network(filters, vocabulary),
            start.id,
            end.id,
            self.entities,
            vocabulary,
            max_hops=max_hops,
            top=top,
            draws=draws,
        )

    def _weighted(self, weights: str | Path | None) -> Vocabulary:
        """Return the vocabulary, with the weights of a file where one is named."""
        if weights is None:
            return self.vocabulary
        from nutrigraph.weights import read_weights

        return read_weights(Path(weights), self.vocabulary)

    def network(self, **filters: Sequence[str]) -> Network:
        """Return what can be walked, under the filters of `paths`.

        Raises:
            UnknownName: a value of a filter is unknown.
        """
        return self._network(filters, self.vocabulary)

    def _network(self, filters: Mapping[str, Sequence[str]], vocabulary: Vocabulary) -> Network:
        return build_network(
            (claim for home in self.documents for claim in home.claims),
            self.content.links,
            self.entities,
            vocabulary,
            choose(filters, self.content) if any(filters.values()) else None,
        )

    def effect(self, source: str, direction: str, target: str, **filters: Sequence[str]) -> Move:
        """Return which way ``target`` goes when ``source`` goes ``up`` or ``down``, or why not.

        Strict: over stated causes and interventions alone, in one species, with no contrary route,
        and only for the way of moving that the claims speak of. It says what this graph determines.

        >>> import nutrigraph
        >>> nutrigraph.open().effect("magnesium", "down", "insulin resistance").answer
        'up'

        Raises:
            UnknownName: an entity or a value of a filter is unknown.
            UsageError: source and target are the same, or the direction is neither up nor down.
        """
        from nutrigraph.paths.moves import move

        start, end = self._ends(source, target)
        if direction not in ("up", "down"):
            raise UsageError(f"direction is {direction!r}: give up or down")
        for name, entity in ((source, start), (target, end)):
            term = self.reading(name)
            if term is not None and term.direction is not None:
                raise UsageError(
                    f"{name!r} is {entity.label}, {term.aspect} {term.direction}: "
                    f"ask about {entity.label!r}, up or down"
                )
        way: Literal["up", "down"] = "up" if direction == "up" else "down"
        chosen = choose(filters, self.content)
        shut = {iri for iri, entity in self.entities.items() if chosen.shuts(entity)}
        shut -= {start.id, end.id}
        claims = [
            claim
            for home in self.documents
            for claim in home.claims
            if chosen.passes(claim) and not {claim.subject, claim.object} & shut
        ]
        return move(claims, self.content.links, self.vocabulary, start.id, way, end.id)

    def discover(
        self,
        source: str,
        target: str | None = None,
        *,
        shuffles: int = 200,
        seed: int = 0,
        **filters: Sequence[str],
    ) -> list[Candidate]:
        """Return what ``source`` could be linked to over one thing between, strongest first.

        With a ``target``, what lies between the two. ``filters`` are those of `paths`. The
        degree-null rank of each says how it stands among ``shuffles`` of the graph that keep every
        node's degree; it is not the chance that a link is true.

        Raises:
            UnknownName: an entity or a value of a filter is unknown.
            UsageError: source and target are the same, or the shuffles are fewer than none.
        """
        from nutrigraph.paths.discover import discover

        start = self.entity(source).id
        end = self._ends(source, target)[1].id if target is not None else None
        _within("shuffles", shuffles, 0)
        network = self.network(**filters)
        return discover(
            network, start, end, self.entities, self.vocabulary, shuffles=shuffles, seed=seed
        )

    def loops(self, *, max_hops: int = 6, **filters: Sequence[str]) -> list[Loop]:
        """Return the feedback loops over causal, forward hops, with their signs.

        Raises:
            UnknownName: a value of a filter is unknown.
            UsageError: the bound makes no sense.
        """
        from nutrigraph.paths.loops import find_loops

        _within("max_hops", max_hops, 1, MAX_HOPS)
        return find_loops(self.network(**filters), self.vocabulary, max_hops=max_hops)

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
        if answer.entities:
            raise UsageError(
                f"{source!r} and {target!r} are nodes of an imported source: the page shows claims "
                "alone; ask `nutrigraph paths`"
            )
        return view.render(records.page(self.content, self.build, answer))

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the claims as a networkx graph: entities by IRI, one edge a claim.

        Nodes carry label and kind; edges carry what ``claims --json`` gives.
        """
        from nutrigraph.exchange import network

        return network(self.entities.values(), self.records())

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
        beside = "".join(
            f", {record['counts']['edges']:,} edges of {record['slug']} without sentences"
            for record in self.store.edge_imports
        )
        return (
            f"<KnowledgeGraph {self.store.place}: {len(self.entities)} entities, {claims} claims, "
            f"{len(self.documents)} documents{beside}>"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show itself in Jupyter: the page in a sandboxed frame, and plain text."""
        from nutrigraph.view import frame

        return {"text/plain": repr(self), "text/html": frame(self.view())}


def _within(name: str, number: int, least: int, most: int | None = None) -> None:
    """Refuse a number that makes no sense."""
    if number < least or (most is not None and number > most):
        wanted = f"at least {least}" if most is None else f"{least} to {most}"
        raise UsageError(f"{name} is {number}: give {wanted}")
