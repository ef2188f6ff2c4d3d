"""The one object that people hold: open it, ask it, walk it, look at it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from nutrigraph.errors import UsageError
from nutrigraph.graph.walking import MAX_HOPS, Walking, within
from nutrigraph.notebook import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import networkx as nx
    import pandas as pd
    import rdflib

    from nutrigraph.changes import Changes
    from nutrigraph.evidence import Contested
    from nutrigraph.model import Answer, Block

__all__ = ["MAX_HOPS", "KnowledgeGraph"]


class KnowledgeGraph(Walking):
    """A graph of claims, read-only.

    >>> import nutrigraph
    >>> kg = nutrigraph.open()
    >>> kg.paths("magnesium", "miscarriage", top=1).paths[0].verdict
    'stated'
    """

    def contested(self, x: str, y: str) -> Contested:
        """Return the evidence on two things, one row a paper; nothing is pooled.

        Raises:
            UnknownName: an entity is unknown.
            UsageError: both names stand for the same.
        """
        from nutrigraph.evidence import contested

        first, second = self._ends(x, y)
        return contested(first.id, second.id, self.content)

    def standings(self, *, everything: bool = False) -> tuple[Block, ...]:
        """Return the propositions on which papers disagree, most contested first, or all."""
        from nutrigraph.evidence import standings

        return standings(self.content, everything=everything)

    def diff(
        self,
        newer: KnowledgeGraph,
        questions: Iterable[tuple[str, str]] = (),
        *,
        max_hops: int = 4,
        top: int = 10,
    ) -> Changes:
        """Return what changed from this graph to a newer one; false where nothing did.

        ``questions`` are pairs of names, each asked of both graphs as `paths` would.

        Raises:
            UnknownName: neither graph knows an entity.
            UsageError: the two things of a question are the same, or a bound makes no sense.
        """
        from nutrigraph.changes import compare

        within("max_hops", max_hops, 1, MAX_HOPS)
        within("top", top, 1)
        edges = self.store.imports, newer.store.imports
        return compare(
            self.content, newer.content, questions, edges=edges, max_hops=max_hops, top=top
        )

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

    def view(self, source: str | None = None, target: str | None = None, **options: Any) -> Page:
        """Return the page as one HTML file that makes no request; in Jupyter it shows itself.

        With a source and a target, it shows what lies on the best routes between them; ``options``
        are those of `paths`.

        Raises:
            UsageError: only one of the two is given.
        """
        if (source is None) != (target is None):
            raise UsageError("name both a source and a target, or neither")
        if source is None or target is None:
            return self._page
        answer = self.paths(source, target, **options)
        if answer.entities:
            raise UsageError(
                f"{source!r} and {target!r} are nodes of an imported source: the page shows claims "
                "alone; ask `nutrigraph paths`"
            )
        return self._drawn(answer)

    @cached_property
    def _page(self) -> Page:
        """The page of everything, which takes seconds to draw."""
        return self._drawn(None)

    def _drawn(self, answer: Answer | None) -> Page:
        from nutrigraph import records, view

        page = records.page(self.content, self.build, answer)
        drawing = view.draw(page)
        return Page(
            view.render(page, drawing=drawing),
            picture=view.picture(drawing),
            title=page["title"],
            caution=page["caution"],
        )

    def to_pandas(self) -> pd.DataFrame:
        """Return the claims as a table of pandas, one row a claim: `Claims.to_pandas`.

        Raises:
            UsageError: pandas is not installed.
        """
        return self.claims().to_pandas()

    def to_networkx(self, *, links: bool = False) -> nx.MultiDiGraph[str]:
        """Return the claims as a networkx graph: entities by IRI, one edge a claim.

        Nodes carry all that is told of an entity; an edge has its claim's IRI as its key, and
        carries what ``claims --json`` gives, but for subject and object, which are its ends.
        ``links`` adds what is no claim: opposites, kinds, measures, parts. Such an edge has the
        IRI of its type as its key, and carries ``link``, the type's name, and ``weight``.
        """
        from nutrigraph.exchange import network

        return network(self.entities.values(), self.records(), self.content.links if links else ())

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
            f", {_edges(record)} of {record['slug']} without sentences"
            for record in self.store.edge_imports
        )
        return (
            f"<KnowledgeGraph {self.store.place}: {len(self.entities)} entities, {claims} claims, "
            f"{len(self.documents)} documents{beside}>"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show itself in Jupyter: the page in a sandboxed frame, its picture, and plain text."""
        return {**self.view()._repr_mimebundle_(), "text/plain": repr(self)}


def _edges(record: dict[str, Any]) -> str:
    """Return how many edges a source has, where that is known without counting them."""
    return f"{record['counts']['edges']:,} edges" if "counts" in record else "edges"
