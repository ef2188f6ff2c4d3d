"""What a graph holds, and the questions whose answer is what it holds."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from nutrigraph import naming
from nutrigraph.content import Content, read_content
from nutrigraph.errors import UnknownName, UsageError
from nutrigraph.notebook import Claims, Look

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nutrigraph.edges import AnySource
    from nutrigraph.model import Document, Entity, QualifiedTerm, Vocabulary
    from nutrigraph.results import QueryResult
    from nutrigraph.store import Store


class Asking:
    """A store, open, and what can be read from it; `KnowledgeGraph` builds on it."""

    def __init__(self, store: Store) -> None:
        """Hold a store; nothing is read from it yet."""
        self.store = store

    @cached_property
    def content(self) -> Content:
        """What the store holds, read once."""
        content = read_content(self.store)
        look = Look(content)
        for claim in content.claims:
            claim.wear(look)
        return content

    @property
    def build(self) -> str:
        """The id of the build, empty for a store that is no build."""
        return str(self.store.manifest.get("build", ""))

    @cached_property
    def sources(self) -> tuple[AnySource[Any], ...]:
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
    ) -> Claims:
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
        found = (
            claim
            for home in self.documents
            if document in (None, home.slug)
            for claim in home.claims
            if wanted[0] in (None, claim.subject)
            and wanted[1] in (None, claim.object)
            and (wanted[2] is None or wanted[2] in (claim.subject, claim.object))
        )
        return Claims(found, self.content)

    def _known_documents(self, slugs: Iterable[str]) -> None:
        known = [home.slug for home in self.documents]
        for slug in slugs:
            if slug not in known:
                raise UnknownName("document", slug, naming.nearest(slug, known) or known)
