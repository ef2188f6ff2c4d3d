"""All that a store holds, read into the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nutrigraph.errors import StoreError
from nutrigraph.rdf import (
    Index,
    Statements,
    index_quads,
    merge,
    read_documents,
    read_entities,
    read_links,
    read_qualified_terms,
    read_vocabulary,
)
from nutrigraph.terms import DECLARED, NG

if TYPE_CHECKING:
    from nutrigraph.model import Claim, Document, Entity, Link, QualifiedTerm, Vocabulary
    from nutrigraph.store import Store


@dataclass(frozen=True, slots=True)
class Content:
    """All that a store holds, read."""

    vocabulary: Vocabulary
    entities: dict[str, Entity]
    terms: tuple[QualifiedTerm, ...]
    links: tuple[Link, ...]
    documents: tuple[Document, ...]

    @property
    def claims(self) -> list[Claim]:
        """The claims of all documents, in reading order."""
        return [claim for home in self.documents for claim in home.claims]


def read_content(store: Store) -> Content:
    """Read a store.

    Raises:
        StoreError: it holds no Nutrigraph data.
        InputError: something in it is missing or said twice.
    """
    graphs: dict[str, Index] = store.index() or index_quads(store.claim_quads())
    declared = (index for name, index in graphs.items() if name.startswith(DECLARED))
    default = Statements(merge(graphs.get("", {}), *declared), store.place)
    if not default.of_type(NG.Predicate):
        raise StoreError(
            f"{store.place} holds no Nutrigraph data: name a folder made by `nutrigraph build`, "
            "or N-Quads made by `nutrigraph export nquads`"
        )
    vocabulary, entities = read_vocabulary(default), read_entities(default)
    named = {name: Statements(index, store.place) for name, index in graphs.items() if name}
    return Content(
        vocabulary,
        entities,
        read_qualified_terms(default),
        read_links(default, entities, vocabulary),
        tuple(read_documents(named, vocabulary, entities)),
    )
