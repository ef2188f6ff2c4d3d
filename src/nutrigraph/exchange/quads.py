"""The whole graph as RDF: N-Quads, TriG and JSON-LD."""

from __future__ import annotations

import json
from contextlib import ExitStack
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from nutrigraph.terms import PREFIXES, RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyoxigraph as ox

_Json = dict[str, "_Json"] | list["_Json"] | str | int | float | bool | None

_CHUNK: Final = 500_000
"""Lines that are sorted in memory, some 150 MB of them."""
# JSON-LD has no empty prefix.
_CONTEXT: Final = {prefix or "nutrigraph": iri for prefix, iri in PREFIXES.items()}


def nquads(quads: Iterable[ox.Quad], *, chunk: int = _CHUNK) -> Iterator[str]:
    """Yield the lines of sorted N-Quads: the same graph gives the same bytes.

    More than ``chunk`` lines are sorted piece by piece in temporary files and merged, so that a
    graph larger than the memory can be written.
    """
    import tempfile

    lines = (f"{quad} .\n" for quad in quads)
    piece = sorted(islice(lines, chunk))
    if len(piece) < chunk:
        yield from piece
        return
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        pieces: list[TextIO] = []
        while piece:
            file = Path(folder) / str(len(pieces))
            with file.open("w", encoding="utf-8", newline="\n") as out:
                out.writelines(piece)
            pieces.append(stack.enter_context(file.open(encoding="utf-8", newline="\n")))
            piece = sorted(islice(lines, chunk))
        yield from merge(*pieces)


def trig(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """Yield TriG with the usual prefixes, sorted by graph, subject, predicate and object."""
    import pyoxigraph as ox

    yield _text(quads, ox.RdfFormat.TRIG)


def jsonld(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """Yield JSON-LD whose context stands in the document: reading it needs no network."""
    import pyoxigraph as ox

    text = _text(quads, ox.RdfFormat.JSON_LD)
    # An IRI whose scheme is called like a prefix would be read as shortened.
    context = {prefix: iri for prefix, iri in _CONTEXT.items() if f'"{prefix}:' not in text}
    document = {"@context": context, "@graph": _shortened(json.loads(text), context)}
    yield json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _text(quads: Iterable[ox.Quad], syntax: ox.RdfFormat) -> str:
    import pyoxigraph as ox

    ordered = sorted(
        quads,
        key=lambda quad: (
            str(quad.graph_name),
            str(quad.subject),
            str(quad.predicate),
            str(quad.object),
        ),
    )
    return (ox.serialize(ordered, format=syntax, prefixes=PREFIXES) or b"").decode()


def _shortened(node: _Json, context: dict[str, str]) -> _Json:
    """Return expanded JSON-LD with its IRIs shortened by the prefixes of a context."""
    if isinstance(node, list):
        return [_shortened(item, context) for item in node]
    if not isinstance(node, dict):
        return node
    short: dict[str, _Json] = {}
    for key, value in node.items():
        types = _only_names(value) if key == RDF.type else None
        if types is not None:
            short["@type"] = _names(types, context)
        elif key in ("@id", "@type"):
            short[key] = _names(value, context)
        else:
            short[_short(key, context)] = _shortened(value, context)
    return short


def _only_names(value: _Json) -> _Json:
    """Return the IRIs of a list of nodes that are no more than their IRI, or None."""
    items = value if isinstance(value, list) else [value]
    names = [item["@id"] for item in items if isinstance(item, dict) and set(item) == {"@id"}]
    return names if len(names) == len(items) else None


def _names(value: _Json, context: dict[str, str]) -> _Json:
    if isinstance(value, list):
        return [_names(item, context) for item in value]
    return _short(str(value), context)


def _short(iri: str, context: dict[str, str]) -> str:
    for prefix, base in context.items():
        rest = iri.removeprefix(base)
        # What begins with // after its colon is an IRI, not a shortened one.
        if rest != iri and not rest.startswith("//"):
            return f"{prefix}:{rest}"
    return iri
