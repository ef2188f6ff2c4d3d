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
from nutrigraph.edges.sureness import sure_predicate
from nutrigraph.edges.tables import place_files, sha256
from nutrigraph.errors import StoreError, UsageError
from nutrigraph.naming import fold
from nutrigraph.rdf import Statements, index_quads, read_vocabulary
from nutrigraph.terms import (
    DCTERMS,
    NG,
    RDF,
    RDFS,
    SKOS,
    SOURCES,
    confidences,
    curie,
    ontology_folder,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from nutrigraph.builds import Draft
    from nutrigraph.edges.arrays import Edges
    from nutrigraph.edges.gathering import Gathered
    from nutrigraph.edges.mapping import Rule
    from nutrigraph.edges.tables import Watch
    from nutrigraph.model import Vocabulary
    from nutrigraph.paths.arcs import Bits

RECORD: Final = "source.json"
_LINES: Final = 4096
_LAYOUT: Final = 2
"""Raised when the same tables give other quads or arrays: part of the id of a build."""
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
    draft.load(_stream(_quads(found, edges, vocabulary)))
    if _unsure(edges):
        draft.load(_stream(_confidences(found, edges)))
    draft.settle(len(edges.objects))
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
        "layout": _LAYOUT,
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


def _stream(parts: Iterable[bytes]) -> io.BufferedReader:
    """Return lines as a file that is read as they are made."""
    return io.BufferedReader(_Stream(parts), 1 << 18)


def _unsure(edges: Edges) -> bool:
    """Whether a source is less than sure of some edge."""
    return bool((edges.confidences != 1.0).any())


def _quads(found: Gathered, edges: Edges, vocabulary: Vocabulary) -> Iterator[bytes]:
    """Yield the N-Quads of a source: what it is, its predicates, its nodes, its edges."""
    graph = f"<{SOURCES}{found.slug}> .\n".encode()

    def line(subject: str, predicate: str, value: str) -> bytes:
        return f"<{subject}> <{predicate}> {value} ".encode() + graph

    about = _about(found, vocabulary, unsure=_unsure(edges))
    yield b"".join(line(*triple) for triple in about)
    nodes = [found.iri(name) for name in found.nodes.ids]
    degrees = edges.degrees(_backward(found))
    for number, (iri, degree) in enumerate(zip(nodes, degrees.tolist(), strict=True)):
        yield b"".join(line(iri, *pair) for pair in _node(found, number, iri, degree))
    verbs = [f"<{found.iri(name, 'predicate')}> ".encode() for name in found.predicates]
    yield from _edges(edges, nodes, verbs, edges.predicates, graph)


def _backward(found: Gathered) -> Bits:
    """Return which predicates are walked against their wording too."""
    import numpy as np

    return np.array([found.mapping.rule(name).backward for name in found.predicates], bool)


def _confidences(found: Gathered, edges: Edges) -> Iterator[bytes]:
    """Yield each edge again, as N-Quads, under a predicate that tells its confidence.

    A graph of its own holds them: one triple an edge, in RDF that every engine takes.
    """
    import numpy as np

    nodes = [found.iri(name) for name in found.nodes.ids]
    graph = f"<{confidences(found.slug)}> .\n"
    values, places = np.unique(edges.confidences, return_inverse=True)
    many = len(found.predicates)
    numbers, verbs = np.unique(places * many + edges.predicates, return_inverse=True)
    names: list[bytes] = []
    for number in numbers.tolist():
        value, verb = float(values[number // many]), found.predicates[number % many]
        name = f"<{sure_predicate(found.slug, verb, value)}> "
        names.append(name.encode())
        broader = found.iri(verb, "predicate")
        yield f"{name}<{RDFS.subPropertyOf}> <{broader}> {graph}".encode()
        yield f"{name}<{NG.confidence}> {ox.Literal(value)} {graph}".encode()
    yield from _edges(edges, nodes, names, verbs, graph.encode())


def _node(found: Gathered, number: int, iri: str, degree: int) -> Iterator[tuple[str, str]]:
    """Yield the predicates and values of a node."""
    name, kinds = found.nodes.ids[number], found.nodes.kinds[number]
    first, *others = found.nodes.labels[number]
    yield RDFS.label, str(ox.Literal(first))
    yield from ((SKOS.altLabel, str(ox.Literal(other))) for other in others)
    yield SKOS.notation, str(ox.Literal(name))
    # What it is found by, as `fold` gives it: no query language folds as Python does.
    folded = dict.fromkeys(map(fold, (name, iri, curie(iri), first, *others)))
    yield from ((SKOS.hiddenLabel, str(ox.Literal(known))) for known in folded)
    yield from ((RDF.type, f"<{found.iri(kind, 'kind')}>") for kind in kinds)
    if kinds:
        yield NG.mainKind, f"<{found.iri(kinds[0], 'kind')}>"
    yield NG.degree, str(ox.Literal(degree))


def _edges(
    edges: Edges, nodes: list[str], verbs: list[bytes], which: NDArray[Any], graph: bytes
) -> Iterator[bytes]:
    """Yield the lines of all edges, some thousands at a time; ``which`` gives the verb of each."""
    ends, subjects = [f"<{iri}> ".encode() for iri in nodes], edges.subjects
    for begin in range(0, len(subjects), _LINES):
        part = slice(begin, begin + _LINES)
        columns = (subjects[part], which[part], edges.objects[part])
        yield b"".join(
            ends[subject] + verbs[verb] + ends[target] + graph
            for subject, verb, target in zip(*(column.tolist() for column in columns), strict=True)
        )


def _about(
    found: Gathered, vocabulary: Vocabulary, *, unsure: bool
) -> Iterator[tuple[str, str, str]]:
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
    yield source, NG.hubDamping, str(ox.Literal(vocabulary.hub_damping))
    if unsure:
        yield source, NG.confidencesIn, f"<{confidences(found.slug)}>"
    for kind in sorted({kind for kinds in found.nodes.kinds for kind in kinds}):
        yield found.iri(kind, "kind"), RDFS.label, str(ox.Literal(kind))
    for name in found.predicates:
        iri, rule = found.iri(name, "predicate"), mapping.rule(name)
        yield iri, RDF.type, f"<{NG.EdgePredicate}>"
        yield iri, RDFS.label, str(ox.Literal(name))
        yield iri, NG.force, f"<{vocabulary.iris['Force', rule.force]}>"
        yield iri, NG.phrase, str(ox.Literal(_phrase(name, rule)))
        yield iri, NG.forwardOnly, str(ox.Literal(not rule.backward))
        if rule.sign is not None:
            yield iri, NG.sign, str(ox.Literal(rule.sign))


def _phrase(name: str, rule: Rule) -> str:
    """Return the words of a predicate in a sentence; its own name where the mapping has none."""
    return rule.phrase or f"“{name}”"


def _save(folder: Path, found: Gathered, edges: Edges, vocabulary: Vocabulary) -> None:
    """Write what `source.EdgeSource` opens, beside the edges themselves."""
    import numpy as np

    from nutrigraph.edges.arrays import walk
    from nutrigraph.edges.strings import Strings

    mapping, nodes = found.mapping, found.nodes
    rules = [mapping.rule(name) for name in found.predicates]
    signs = np.array([rule.sign or 0 for rule in rules], np.int8)
    back = _backward(found)
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
                "phrase": _phrase(name, rule),
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
