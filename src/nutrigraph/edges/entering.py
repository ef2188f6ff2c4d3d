"""Bringing the edges of a source into a store: its graph of plain triples, and its arrays."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from nutrigraph.build import amend
from nutrigraph.edges.gathering import gather
from nutrigraph.edges.mapping import STUDY_TYPE, mapping_file, read_mapping
from nutrigraph.edges.tables import place_files, sha256
from nutrigraph.errors import StoreError, UsageError
from nutrigraph.naming import fold
from nutrigraph.rdf import Statements, index_quads, read_vocabulary
from nutrigraph.terms import DCTERMS, NG, RDF, RDFS, SKOS, SOURCES, curie, ontology_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from nutrigraph.builds import Draft
    from nutrigraph.edges.arrays import Edges
    from nutrigraph.edges.gathering import Gathered
    from nutrigraph.edges.tables import Watch
    from nutrigraph.model import Vocabulary

RECORD: Final = "source.json"
_LINES: Final = 4096
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]*")


def import_edges(
    files: Sequence[Path],
    target: Path,
    *,
    mapping: str,
    slug: str | None = None,
    watch: Watch | None = None,
) -> dict[str, Any]:
    """Bring the edges of a source into a store; return what its manifest says of them.

    ``mapping`` names one of ``ontology/imports`` or a file; ``slug`` is what the source is called
    in the store, else as its mapping. A source of that name is replaced. ``watch`` is called with
    the bytes read since it was last called.

    Raises:
        UnknownName: there is no such mapping.
        UsageError: the files are not those of the mapping, or the slug is no name or taken.
        InputError: mapping or tables say something wrong. Nothing of them enters.
        StoreError: the store is locked or cannot be written. The last build stays current.
    """
    path = mapping_file(mapping)
    name = path.stem if slug is None else slug
    if not _SLUG.fullmatch(name):
        raise UsageError(f"{name!r} is no slug: use lower-case letters, digits and hyphens")
    records: list[dict[str, Any]] = []

    def change(draft: Draft) -> None:
        if name in draft.manifest["documents"] or draft.imports.get(name, {}).get("kind") == (
            "claims"
        ):
            raise UsageError(f"{name!r} is a document of this store: give another --slug")
        vocabulary = _vocabulary(draft, target)
        rules = read_mapping(path, vocabulary)
        tables = {"nodes": rules.nodes, "predicates": rules.predicates, "edges": rules.edges}
        placed = place_files(files, {key: table["file"] for key, table in tables.items() if table})
        found = gather(rules, name, placed, watch)
        if name in draft.imports:
            draft.drop(name)
        records.append(_enter(draft, found, placed, vocabulary))

    amend(ontology_folder(), target, change)
    return records[0]


def _vocabulary(draft: Draft, target: Path) -> Vocabulary:
    quads = draft.store.quads_for_pattern(None, None, None, ox.DefaultGraph())
    vocabulary = read_vocabulary(Statements(index_quads(quads).get("", {}), str(target)))
    if STUDY_TYPE not in vocabulary.study_types:
        raise StoreError(f"{target} is of an older ontology: run `nutrigraph build` first")
    return vocabulary


def _enter(
    draft: Draft, found: Gathered, files: dict[str, Path], vocabulary: Vocabulary
) -> dict[str, Any]:
    """Write all of a source into a draft; return its entry in the manifest."""
    from nutrigraph.edges.arrays import Edges

    edges, twice = Edges.of(found)
    folder, mapping = draft.side(found.slug), found.mapping
    folder.mkdir(parents=True)
    edges.save(folder)
    draft.load(io.BufferedReader(_Stream(_quads(found, edges, vocabulary)), 1 << 18))
    _save(folder, found, edges, vocabulary)
    counts = {
        "nodes": len(found.nodes.ids),
        "edges": len(edges.objects),
        "predicates": len(found.predicates),
        "duplicate edges": twice,
        "rows left out": found.left_out,
    }
    record = {
        "slug": found.slug,
        "kind": "edges",
        "title": mapping.title,
        "origin": mapping.origin,
        "licence": mapping.licence,
        "weight": mapping.weight,
        "files": {file.name: sha256(file) for file in files.values()},
        "mapping": mapping.sha256,
        "counts": counts,
    }
    draft.enter(record)
    return record


class _Stream(io.RawIOBase):
    """Lines that are read as they are made."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts, self._rest = iter(parts), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - whatever has a buffer
        if not self._rest:
            self._rest = next(self._parts, b"")
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def _quads(found: Gathered, edges: Edges, vocabulary: Vocabulary) -> Iterator[bytes]:
    """Yield the N-Quads of a source: what it is, its predicates, its nodes, its edges."""
    graph = f"<{SOURCES}{found.slug}> .\n".encode()

    def line(subject: str, predicate: str, value: str) -> bytes:
        return f"<{subject}> <{predicate}> {value} ".encode() + graph

    yield b"".join(line(*triple) for triple in _about(found, vocabulary))
    nodes = [found.iri(name) for name in found.nodes.ids]
    for iri, labels, kinds in zip(nodes, found.nodes.labels, found.nodes.kinds, strict=True):
        first, *others = (str(ox.Literal(label)) for label in labels)
        yield line(iri, RDFS.label, first) + b"".join(
            [
                *(line(iri, SKOS.altLabel, other) for other in others),
                *(line(iri, RDF.type, f"<{found.iri(kind, 'kind')}>") for kind in kinds),
            ]
        )
    ends = [f"<{iri}> ".encode() for iri in nodes]
    verbs = [f"<{found.iri(name, 'predicate')}> ".encode() for name in found.predicates]
    subjects = edges.subjects
    for begin in range(0, len(subjects), _LINES):
        part = slice(begin, begin + _LINES)
        columns = (subjects[part], edges.predicates[part], edges.objects[part])
        yield b"".join(
            ends[subject] + verbs[verb] + ends[target] + graph
            for subject, verb, target in zip(*(column.tolist() for column in columns), strict=True)
        )


def _about(found: Gathered, vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """Yield the triples on a source and its predicates."""
    mapping, source = found.mapping, SOURCES + found.slug
    yield source, RDF.type, f"<{NG.EdgeSource}>"
    for predicate, text in (
        (RDFS.label, mapping.title),
        (DCTERMS.title, mapping.title),
        (DCTERMS.source, mapping.origin),
        (DCTERMS.rights, mapping.licence),
        (NG.reason, mapping.reason),
        (RDFS.comment, "Edges without sentences: what the source says, and not why."),
        (NG.sourceWeight, mapping.weight),
    ):
        yield source, predicate, str(ox.Literal(text))
    yield source, NG.basis, f"<{vocabulary.iris['Basis', 'source']}>"
    for name in found.predicates:
        iri, rule = found.iri(name, "predicate"), mapping.rule(name)
        yield iri, RDF.type, f"<{NG.EdgePredicate}>"
        yield iri, RDFS.label, str(ox.Literal(name))
        yield iri, NG.force, f"<{vocabulary.iris['Force', rule.force]}>"
        yield iri, NG.forwardOnly, str(ox.Literal(not rule.backward))
        if rule.sign is not None:
            yield iri, NG.sign, str(ox.Literal(rule.sign))


def _save(folder: Path, found: Gathered, edges: Edges, vocabulary: Vocabulary) -> None:
    """Write what `source.EdgeSource` opens, beside the edges themselves."""
    import numpy as np

    from nutrigraph.edges.arrays import walk
    from nutrigraph.edges.strings import Strings

    mapping, nodes = found.mapping, found.nodes
    rules = [mapping.rule(name) for name in found.predicates]
    signs = np.array([rule.sign or 0 for rule in rules], np.int8)
    back = np.array([rule.backward for rule in rules], bool)
    walk(edges, signs, back, mapping.weight, vocabulary.hub_damping).save(folder / "arcs")
    kinds = sorted({kind for some in nodes.kinds for kind in some[:1]})
    place = {kind: number for number, kind in enumerate(kinds, start=1)}
    first = [place[some[0]] if some else 0 for some in nodes.kinds]
    np.save(folder / "node_kinds.npy", np.array(first, np.int32), allow_pickle=False)
    iris = [found.iri(name) for name in nodes.ids]
    Strings.of(labels[0] for labels in nodes.labels).save(folder, "labels")
    Strings.of(iris).save(folder, "iris")
    names, owners, loose = _names(found, iris)
    Strings.of(names).save(folder, "names")
    np.save(folder / "name_nodes.npy", np.array(owners, np.int32), allow_pickle=False)
    np.save(folder / "name_loose.npy", np.array(loose, bool), allow_pickle=False)
    record = {
        "slug": found.slug,
        "title": mapping.title,
        "weight": mapping.weight,
        "damping": vocabulary.hub_damping,
        "kinds": ["unstated", *kinds],
        "predicates": [
            {
                "id": found.iri(name, "predicate"),
                "label": name,
                "phrase": rule.phrase or f"“{name}”",
                "force": rule.force,
                "sign": rule.sign,
                "backward": rule.backward,
            }
            for name, rule in zip(found.predicates, rules, strict=True)
        ],
    }
    text = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def _names(found: Gathered, iris: list[str]) -> tuple[list[str], list[int], list[bool]]:
    """Return all names of nodes, sorted, whose each is, and whether it is not its main one."""
    known: dict[tuple[str, int], bool] = {}
    for number, (name, labels) in enumerate(zip(found.nodes.ids, found.nodes.labels, strict=True)):
        for main in (name, iris[number], curie(iris[number]), labels[0]):
            known[fold(main), number] = False
        for other in labels[1:]:
            known.setdefault((fold(other), number), True)
    ordered = sorted(known, key=lambda item: (item[0].encode(), item[1]))
    return (
        [name for name, _ in ordered],
        [number for _, number in ordered],
        [known[item] for item in ordered],
    )
