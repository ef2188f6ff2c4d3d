"""The papers of a sheet: rows that share a DOI or a PubMed identifier are of one paper."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from nutrigraph.model import Source
from nutrigraph.sheets.appraisal import bare_doi, is_doi, several
from nutrigraph.sheets.mapping import PAPER_FIELDS, PAPER_LINKS
from nutrigraph.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EVIDENCE = "is_source_of"
MENTIONED = "related"


def _keys(values: Mapping[str, Any]) -> list[str]:
    """Return the names by which a paper is known, the surest first."""
    doi, pmid = bare_doi(str(values.get("doi") or "")).lower(), values.get("pmid")
    found = [f"doi:{doi}" if doi else "", f"pmid:{pmid}" if pmid else ""]
    return [key for key in found if key] or [f"url:{values.get('url')}"]


def paper_iri(key: str) -> str:
    """Return the IRI of a paper that is known by a key such as ``doi:10.1055/s-2007-999724``."""
    return f"{BASE}paper/{re.sub('[^a-z0-9.]+', '-', key.lower()).strip('-')}"


@dataclass(slots=True)
class Papers:
    """Papers by the names that rows give them.

    ``known`` are those of other documents, ``retracted`` the names of those that were retracted.
    """

    known: Mapping[str, Source] = field(default_factory=dict)
    retracted: frozenset[str] = frozenset()
    _heads: dict[str, str] = field(default_factory=dict)
    _told: dict[str, dict[str, str]] = field(default_factory=dict)
    _linked: dict[str, Source] = field(default_factory=dict)

    def add(self, values: Mapping[str, str]) -> None:
        """Note the paper of a row: what one row leaves out, another may tell."""
        keys = _keys(values)
        heads = [self._head(key) for key in keys]
        head = min(heads, key=lambda item: (not item.startswith("doi:"), item))
        told = self._told.setdefault(head, {})
        for other in {*heads} - {head}:
            self._heads[other] = head
            for name, value in self._told.pop(other, {}).items():
                told.setdefault(name, value)
        for name in (*PAPER_FIELDS, *PAPER_LINKS):
            if values.get(name):
                told.setdefault(name, values[name])

    def contradicted(self, values: Mapping[str, str]) -> tuple[str, str] | None:
        """Return what a row says of its paper otherwise than a row before: the field and that."""
        heads = {self._head(key) for key in _keys(values)}
        rows = [values, *(self._told[head] for head in sorted(heads & self._told.keys()))]
        for name in PAPER_LINKS:
            said = list(dict.fromkeys(row[name] for row in rows if row.get(name)))
            if len(said) > 1:
                return name, said[1]
        return None

    def _head(self, key: str) -> str:
        while (above := self._heads.setdefault(key, key)) != key:
            key = above
        return key

    def of(self, values: Mapping[str, Any]) -> Source:
        """Return the paper of a row, once all rows have been added."""
        head = self._head(_keys(values)[0])
        if head not in self._linked:
            source = self._source(head)
            fallen = source.retracted or bool(source.keys & self.retracted)
            self._linked[head] = replace(source, retracted=fallen)
        return self._linked[head]

    def all(self) -> list[Source]:
        """Return the papers of the rows, by IRI."""
        found = {source.id: source for source in map(self.of, self._told.values())}
        return [found[iri] for iri in sorted(found)]

    def _source(self, head: str) -> Source:
        kind, _, name = head.partition(":")
        told = self._told.get(head, {kind: name})
        doi = bare_doi(told.get("doi", "")) or None
        found = Source(
            id=paper_iri(head),
            title=told.get("title"),
            year=int(told["year"]) if told.get("year") else None,
            relation=EVIDENCE,
            gives_evidence=True,
            doi=doi,
            pmid=told.get("pmid"),
            label=_label(told, head),
            url=told.get("url"),
            authors=told.get("authors"),
            citation=_place(told),
        )
        known = next(filter(None, map(self.known.get, _keys(told))), None)
        if known is None:
            return found
        return replace(known.joined(found), relation=EVIDENCE, gives_evidence=True, disagrees=False)

    def link(self, said: Iterable[Mapping[str, Any]]) -> list[Source]:
        """Take in what rows and a mapping say of papers; return those that no row is of."""
        mentioned: dict[str, Source] = {}
        rows = [told for _, told in sorted(self._told.items()) if told.keys() & {*PAPER_LINKS}]
        for item in (*rows, *said):
            paper = self.of(item)
            named = [str(item["superseded_by"])] if "superseded_by" in item else []
            pooled = several(item.get("may_pool", ""))
            others = {name: self._named(name) for name in (*named, *pooled)}
            for other in others.values():
                if self._head(_keys_of(other)) not in self._told:
                    mentioned[other.id] = replace(other, relation=MENTIONED, gives_evidence=False)
            self._linked[self._head(_keys(item)[0])] = replace(
                paper,
                superseded_by=others[named[0]].id if named else paper.superseded_by,
                may_pool=tuple(sorted(others[name].id for name in pooled)) or paper.may_pool,
                pools_retracted=tuple(
                    sorted(others[name].id for name in pooled if others[name].retracted)
                ),
                registration=item.get("registration", paper.registration),
                note=item.get("paper_note", paper.note),
            )
        return [mentioned[iri] for iri in sorted(mentioned)]

    def _named(self, name: str) -> Source:
        """Return the paper of a DOI, a PubMed identifier or an address."""
        if name.isdigit():
            return self.of({"pmid": name})
        return self.of({"doi": name} if is_doi(name) else {"url": name})


def _keys_of(source: Source) -> str:
    return _keys({"doi": source.doi, "pmid": source.pmid, "url": source.url})[0]


def _place(told: Mapping[str, str]) -> str | None:
    """Return where a paper stands: its journal, and its year where the journal's cell lacks it."""
    journal, year = told.get("journal", ""), told.get("year", "")
    return " ".join(filter(None, (journal, year * (year not in journal)))) or None


def _label(told: Mapping[str, str], head: str) -> str:
    """Return what a paper is called for short: its first author, else its title, and its year."""
    name = told.get("authors") or told.get("title") or head
    return f"{name} {told['year']}" if told.get("year") else name
