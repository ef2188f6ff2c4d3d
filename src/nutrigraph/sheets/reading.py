"""From the rows of a sheet to claims: each row is a claim, or stands in the report."""

from __future__ import annotations

import difflib
import hashlib
import re
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from nutrigraph import naming
from nutrigraph.cells import unguard
from nutrigraph.errors import InputError
from nutrigraph.model import Claim, Document, Effect, Evidence, Paragraph, claim_sign, content_id
from nutrigraph.sheets.appraisal import (
    Problem,
    bare_doi,
    cell_faults,
    figure_faults,
    paper_faults,
    several,
    word_faults,
)
from nutrigraph.sheets.mapping import EFFECT_FIELDS, EVIDENCE_FIELDS, SheetMapping
from nutrigraph.sheets.papers import Papers
from nutrigraph.sheets.table import Row, Table, open_table, shown
from nutrigraph.terms import BASE, DCTERMS, local
from nutrigraph.wording import statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from nutrigraph.model import Entity, QualifiedTerm, Source, Vocabulary
    from nutrigraph.sheets.appraisal import Fault

MOST_TOLD: Final = 200
"""Problems that a report lists; the others are counted."""
_QUALIFIERS: Final = {
    "subject_aspect": "Aspect",
    "object_aspect": "Aspect",
    "subject_direction": "Direction",
    "object_direction": "Direction",
    "modality": "Modality",
    "study_type": "StudyType",
    "species": "Species",
}
_REQUIRED: Final = ("finding", "subject", "predicate", "object", "modality", "study_type")
_TRUTH: Final = {"": False, "false": False, "true": True}
_SAME: Final = (
    *("subject", "subject_aspect", "subject_direction", "subject_measure", "predicate", "negated"),
    *("object", "object_aspect", "object_direction", "object_measure", "outcome_detail"),
    *("population", "species", "dose", "timing", "comparison", "analysis", "adjusted_for"),
    *("effect_measure", "effect_value", "ci_low", "ci_high", "p_value"),
)
"""Two rows of one paper that agree in all of these say the same twice."""


class _Words:
    """What the words of a row may be, and what they stand for."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        entities: Mapping[str, Entity],
        terms: Sequence[QualifiedTerm],
        mapping: SheetMapping,
    ) -> None:
        self.vocabulary, self.mapping, self.all = vocabulary, mapping, entities
        self.entities = naming.index(entities, terms)
        # What is near to a name that the mapping knows was meant to be that one.
        self.names = [*mapping.entities, *(entity.label for entity in entities.values())]
        self.predicates = {local(iri): iri for iri in vocabulary.predicates}
        self.known: dict[str, Mapping[str, str]] = {
            name: {label: iri for (of, label), iri in vocabulary.iris.items() if of == cls}
            for name, cls in _QUALIFIERS.items()
        }
        self.known["predicate"] = self.predicates
        self.known["negated"] = {word: word for word in ("", "true", "false")}

    def entity(self, name: str) -> Entity | None:
        """Return the entity that a name in the sheet stands for."""
        return self.entities.get(naming.fold(self.mapping.entities.get(name, name)))

    def kinds(self, cells: Mapping[str, str]) -> dict[str, str]:
        """Return the kinds of a row's subject and object, for rules to test."""
        found = {}
        for side in ("subject", "object"):
            entity = self.entity(cells.get(self.mapping.column(side), "").strip())
            found[f"{side}_kind"] = entity.kind if entity else ""
        return found

    def near(self, value: str, words: Iterable[str]) -> str:
        """Return the words that come nearest, in one text."""
        return ", ".join(difflib.get_close_matches(value, list(words), n=3)) or "none"

    def faults(self, values: Mapping[str, str]) -> Iterator[Fault]:
        """Yield the names and words of a row that nothing here answers to."""
        for name in _REQUIRED:
            if not values[name]:
                yield name, "is missing: give it, or set it by a rule of the mapping"
        yield from word_faults(values, self.known, self.near)
        for name in ("subject", "object", "subject_measure", "object_measure"):
            yield from self._entity_faults(name, values[name])
        for name in several(values["co_exposures"]):
            yield from self._entity_faults("co_exposures", name)

    def _entity_faults(self, field_name: str, name: str) -> Iterator[Fault]:
        if not name:
            return
        entity = self.entity(name)
        if entity is None:
            near = ", ".join(naming.nearest(name, self.names)) or "none"
            yield field_name, f"is no entity (nearest: {near}): mend it, map it, or add the entity"
        elif field_name.endswith("_measure") and entity.kind != "Biomarker":
            yield field_name, f"is a {entity.kind.lower()}: a measure must be a biomarker"


@dataclass(slots=True)
class Sheet:
    """A sheet that has been gone through: what is wrong in it, and its claims.

    ``problems`` holds the first of them; ``wrong`` the numbers of all rows that have any.
    """

    slug: str
    table: Table
    words: _Words
    papers: Papers
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    wrong: set[int] = field(default_factory=set)
    mentioned: list[Source] = field(default_factory=list)

    @property
    def mapping(self) -> SheetMapping:
        """How its columns become fields."""
        return self.words.mapping

    def record(self) -> dict[str, Any]:
        """Return the report for machines: rows, bad rows, and the first problems."""
        return {
            "rows": self.rows,
            "bad_rows": len(self.wrong),
            "problems": [asdict(problem) for problem in self.problems],
        }

    @property
    def id(self) -> str:
        """The IRI of the document that the sheet is."""
        return f"{BASE}document/{self.slug}"

    def claims(self) -> Iterator[Claim]:
        """Yield a claim for each good row, in the order of the sheet; reads the file again."""
        for row in self.table:
            if row.number not in self.wrong:
                yield self._claim(_values(row, self.table, self.words))

    def document(self, claims: Iterable[Claim] = ()) -> Document:
        """Return the sheet as a document that holds some claims."""
        about = self.mapping.about
        return Document(
            slug=self.slug,
            title=about.get("title", self.table.path.stem),
            text="",
            sha256=_sha256(self.table.path),
            claims=tuple(sorted(claims, key=lambda claim: claim.name)),
            no_claims=(),
            segments=(),
            paragraphs=tuple(
                Paragraph(self._paragraph(source), source.label, (source,))
                for source in self.papers.all()
            ),
            about=tuple(
                (iri, about.get(name, default))
                for iri, name, default in (
                    (DCTERMS.description, "description", "A data-extraction sheet."),
                    (DCTERMS.language, "language", "en"),
                    (DCTERMS.rights, "rights", "Not stated."),
                )
            ),
            mentioned=tuple(self.mentioned),
        )

    def _paragraph(self, source: Source) -> str:
        """Return the IRI of what one paper says in the sheet: its rows are one voice."""
        return f"{self.id}#{local(source.id)}"

    def _claim(self, values: Mapping[str, str]) -> Claim:
        words, source = self.words, self.papers.of(values)
        predicate = words.vocabulary.predicates[words.predicates[values["predicate"]]]
        claim = Claim(
            subject=self._entity(values["subject"]),
            predicate=predicate.id,
            object=self._entity(values["object"]),
            basis="finding",
            modality=values["modality"],
            document=self.slug,
            quote=None,
            evidence=_evidence(values),
            subject_aspect=values["subject_aspect"] or None,
            subject_direction=values["subject_direction"] or None,
            subject_measure=self._measure(values["subject_measure"]),
            object_aspect=values["object_aspect"] or None,
            object_direction=values["object_direction"] or None,
            object_measure=self._measure(values["object_measure"]),
            negated=_TRUTH[values["negated"]],
            co_exposures=tuple(sorted(map(self._entity, several(values["co_exposures"])))),
            note=values["note"] or None,
            finding=values["finding"],
            name=_name(values["finding"]),
            paragraph=self._paragraph(source),
            sources=(source,),
            force=predicate.force,
        )
        return replace(
            claim,
            id=content_id(claim),
            sign=claim_sign(claim, words.vocabulary),
            statement=statement(claim, words.all, words.vocabulary),
        )

    def _measure(self, name: str) -> str | None:
        return self._entity(name) if name else None

    def _entity(self, name: str) -> str:
        entity = self.words.entity(name)
        if entity is None:
            raise InputError(str(self.table.path), f"{name!r} is no entity: the file was changed")
        return entity.id


def _evidence(values: Mapping[str, str]) -> Evidence:
    told: dict[str, Any] = {name: values[name] or None for name in EVIDENCE_FIELDS}
    # A paper's main analysis needs no word, and what a sheet calls unknown is not known.
    for name, word in (("analysis", "main"), ("significance", "unknown")):
        if told[name] == word:
            told[name] = None
    effect = Effect(**{part: values[name] or None for name, part in EFFECT_FIELDS.items()})
    return Evidence(effect=effect, **told)


def _name(finding: str) -> str:
    """Return a row's name as a claim's: lower-case letters, digits and hyphens."""
    return re.sub("[^a-z0-9]+", "-", finding.lower()).strip("-") or "row"


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _values(row: Row, table: Table, words: _Words) -> dict[str, str]:
    # What `export sheet` guards against spreadsheets is a text, as it was before.
    cells = dict(zip(table.columns, map(unguard, row.cells), strict=False))
    return words.mapping.values(cells, words.kinds(cells))


def _digest(values: Mapping[str, str], paper: str, words: _Words) -> bytes:
    """Return a hash of what a row says, in whichever words it names its things."""
    found = dict(values)
    for name in ("subject", "object", "subject_measure", "object_measure"):
        entity = words.entity(values[name])
        found[name] = entity.id if entity else ""
    found["analysis"] = values["analysis"].removeprefix("main")
    found["negated"] = str(_TRUTH[values["negated"]])
    said = "\0".join((paper, *(found[name] for name in _SAME)))
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _faults(row: Row, sheet: Sheet, values: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield (column, value, what is wrong) of a row; its columns first, without which all is."""
    table, words = sheet.table, sheet.words
    if len(row.cells) != len(table.columns):
        yield (
            table.columns[0],
            row.cells[0] if row.cells else "",
            f"the row has {len(row.cells)} cells, the header {len(table.columns)}: give each "
            "column one",
        )
        return
    cells = dict(zip(table.columns, row.cells, strict=True))
    untrusted = dict(cell_faults(cells))
    yield from ((column, cells[column], fault) for column, fault in untrusted.items())
    for name, fault in (
        *words.faults(values),
        *paper_faults(values),
        *figure_faults(values, words.vocabulary),
    ):
        column = words.mapping.column(name)
        if column not in untrusted:
            yield column, cells.get(column, "").strip() or values[name], fault


def _twin(
    sheet: Sheet, values: Mapping[str, str], paper: str, met: dict[bytes, int], number: int
) -> tuple[str, str, str] | None:
    """Return that a row repeats another: its name, or all that it says."""
    column = sheet.mapping.column("finding")
    name = hashlib.blake2b(_name(values["finding"]).encode(), digest_size=15).digest()
    if (first := met.setdefault(name, number)) != number:
        return column, values["finding"], f"is the name of row {first}: give each row its own"
    if (first := met.setdefault(_digest(values, paper, sheet.words), number)) != number:
        return column, values["finding"], f"says the same as row {first}: delete one"
    return None


def _contradiction(
    sheet: Sheet, values: Mapping[str, str], name: str, other: str
) -> tuple[str, str, str]:
    """Return that a row says of its paper what another row says otherwise."""
    fault = f"a row before says {shown(other)} of this paper: let all rows of one paper agree"
    return sheet.mapping.column(name), values[name], fault


def read_sheet(
    path: Path,
    mapping: SheetMapping,
    slug: str,
    vocabulary: Vocabulary,
    entities: Mapping[str, Entity],
    terms: Sequence[QualifiedTerm] = (),
    known: Mapping[str, Source] | None = None,
    retracted: frozenset[str] = frozenset(),
) -> Sheet:
    """Return a sheet, gone through row by row; nothing of it is held but its papers.

    ``known`` are the papers of other documents, by ``doi:...`` and ``pmid:...``; ``retracted`` are
    the names of those that were retracted.

    Raises:
        UsageError: the file cannot be read, or is no table by its name.
        InputError: it has no header, lacks a column that the mapping names, or a row cannot be
            told from the next; names the line.
    """
    table = open_table(path, quoting=mapping.quoting)
    for name, column in mapping.columns.items():
        if column not in table.columns:
            near = ", ".join(naming.nearest(column, table.columns)) or "none"
            raise InputError(
                f"{path}:1",
                f"has no column {column!r}, from which {mapping.place} takes {name} "
                f"(nearest: {near}): mend the one or the other",
            )
    sheet = Sheet(
        slug, table, _Words(vocabulary, entities, terms, mapping), Papers(known or {}, retracted)
    )
    met: dict[bytes, int] = {}
    for row in table:
        sheet.rows += 1
        values = _values(row, table, sheet.words)
        found = list(_faults(row, sheet, values))
        paper = bare_doi(values["doi"]).lower() or values["pmid"] or values["url"]
        if not found and (other := sheet.papers.contradicted(values)):
            found = [_contradiction(sheet, values, *other)]
        if not found and (twin := _twin(sheet, values, paper, met, row.number)):
            found = [twin]
        if found:
            sheet.wrong.add(row.number)
            room = MOST_TOLD - len(sheet.problems)
            sheet.problems += [Problem(row.number, *fault) for fault in found[:room]]
        else:
            sheet.papers.add(values)
    sheet.mentioned = sheet.papers.link(mapping.papers)
    return sheet
