"""Papers for a reference manager: CSL-JSON, BibTeX and RIS.

The writers are our own because those of the libraries were found wanting: bibtexparser 2.1 either
escapes nothing or also the underscores of a DOI, after which it resolves no more, and turns `"`
into two apostrophes; rispy 0.10 lets a line break in a title through, which no longer is RIS, and
numbers the records. The tests read what is written here with both.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nutrigraph.model import Document, Source

_BIBTEX_SPECIAL: Final = str.maketrans(
    {mark: f"\\{mark}" for mark in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)
_INITIALS: Final = re.compile(r"(.+) ([A-Z]{1,4})")


def _keyed(sources: list[Source]) -> Iterator[tuple[str, Source]]:
    """Yield papers with the key that each is cited by: the last part of its IRI, made unlike."""
    taken: Counter[str] = Counter()
    for source in sources:
        key = re.sub(r"[^A-Za-z0-9.-]", "", source.id.rsplit("/", 1)[-1]).removeprefix("paper-")
        taken[key] += 1
        yield f"{key}-{taken[key]}" if taken[key] > 1 else key, source


def _title(source: Source) -> str:
    return source.title or source.label


def _authors(source: Source) -> list[tuple[str, str]]:
    """Return family names with initials, which are empty where a name has not got that form."""
    names = (" ".join(name.split()) for name in (source.authors or "").split(","))
    parted = ((name, _INITIALS.fullmatch(name)) for name in names if name)
    return [(found[1], found[2]) if found else (name, "") for name, found in parted]


def _csl_name(name: tuple[str, str]) -> dict[str, str]:
    family, initials = name
    return {"family": family, "given": initials} if initials else {"literal": family}


def _bibtex_name(name: tuple[str, str]) -> str:
    family, initials = (part.translate(_BIBTEX_SPECIAL) for part in name)
    return f"{family}, {initials}" if initials else f"{{{family}}}"


def _csl(sources: list[Source]) -> str:
    records = [
        {
            "id": key,
            "type": "article-journal",
            "title": _title(source),
            **({"author": authors} if (authors := [*map(_csl_name, _authors(source))]) else {}),
            **({"container-title": source.citation} if source.citation else {}),
            **({"issued": {"date-parts": [[source.year]]}} if source.year else {}),
            **({"DOI": source.doi} if source.doi else {}),
            **({"PMID": source.pmid} if source.pmid else {}),
            **({"URL": source.url} if source.url else {}),
            "note": source.relation,
        }
        for key, source in _keyed(sources)
    ]
    return json.dumps(records, ensure_ascii=False, indent=2) + "\n"


def _bibtex(sources: list[Source]) -> str:
    def entry(key: str, source: Source) -> str:
        fields = {
            "title": _title(source).translate(_BIBTEX_SPECIAL),
            "author": " and ".join(map(_bibtex_name, _authors(source))),
            "journal": (source.citation or "").translate(_BIBTEX_SPECIAL),
            "year": source.year,
            "doi": source.doi,
            "pmid": source.pmid,
            "url": source.url,
            "note": source.relation.translate(_BIBTEX_SPECIAL),
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@article{{{key},", *lines, "}\n"])

    return "\n".join(entry(*item) for item in _keyed(sources))


def _ris(sources: list[Source]) -> str:
    def entry(key: str, source: Source) -> str:
        pubmed = f"PMID:{source.pmid}" if source.pmid else None
        fields = (
            ("TY", "JOUR"),
            ("ID", key),
            ("TI", _title(source)),
            *(("AU", ", ".join(filter(None, name))) for name in _authors(source)),
            ("PY", source.year),
            ("T2", source.citation),
            ("DO", source.doi),
            ("AN", pubmed),
            ("UR", source.url),
            ("N1", source.relation),
        )
        lines = [f"{name}  - {' '.join(str(value).split())}" for name, value in fields if value]
        return "\n".join([*lines, "ER  - \n"])

    return "\n".join(entry(*item) for item in _keyed(sources))


CITATION_FORMATS: Final[dict[str, Callable[[list[Source]], str]]] = {
    "csl-json": _csl,
    "bibtex": _bibtex,
    "ris": _ris,
}


def papers(documents: Iterable[Document]) -> Iterator[Source]:
    """Yield every paper of documents, whether a claim rests on it or a paragraph only names it."""
    for home in documents:
        for paragraph in home.paragraphs:
            yield from paragraph.sources
        for claim in home.claims:
            yield from claim.sources


def cite(sources: Iterable[Source], format: str) -> str:
    """Return papers in a format of `CITATION_FORMATS`, each once, in a fixed order.

    The note of each says how it stands to what was claimed, in one place or several: only
    ``is_source_of`` is evidence. It also says where one was retracted.

    Raises:
        KeyError: there is no such format.
    """
    cited: dict[str, Source] = {}
    relations: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        before = cited.get(source.id)
        cited[source.id] = before.joined(source) if before else source
        relations[source.id].add(source.relation)
    marked = []
    for iri, source in sorted(cited.items()):
        notes = [*sorted(relations[iri]), *(["retracted"] if source.retracted else [])]
        marked.append(replace(source, relation="; ".join(notes)))
    return CITATION_FORMATS[format](marked)
