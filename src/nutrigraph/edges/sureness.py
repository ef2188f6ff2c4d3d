"""How RDF tells the confidence of an edge: by the name of its predicate.

An edge is written twice: with its predicate, and in a graph of confidences under a sub-property of
it whose name ends in the confidence and the predicate. One pattern then gives both, on any engine.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from nutrigraph.terms import confidences


def sure_predicate(slug: str, predicate: str, confidence: float) -> str:
    """Return the predicate of the edges of a source that are so sure."""
    return f"{confidences(slug)}/{confidence!r}/{quote(predicate, safe='-._~')}"


def read_predicate(slug: str, iri: str) -> tuple[str, float]:
    """Return the predicate and the confidence that `sure_predicate` wrote into an IRI.

    Raises:
        ValueError: it is no such IRI.
    """
    value, slash, name = iri.removeprefix(f"{confidences(slug)}/").partition("/")
    if not slash or not name:
        raise ValueError(f"{iri} tells no confidence")
    return unquote(name), float(value)
