"""What must hold of a graph: quotes, coverage, the checks under ``ontology/checks``, shapes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from nutrigraph.errors import InputError
from nutrigraph.rdf import parse_file
from nutrigraph.terms import BASE, PREFIXES, RDF, local

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import rdflib

    from nutrigraph.model import Claim, Document, Quote


_FIGURES = ("sample_size", "n_cases", "n_controls", "dose", "duration", "p_value")
_EFFECT_FIGURES = ("value", "baseline", "ci_low", "ci_high")
_SECOND_SENTENCE = re.compile(r"[.!?]\s+(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: which check, of what, and what to do."""

    check: str
    thing: str
    message: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"[{self.check}] {self.thing}: {self.message}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a document is covered: counts of characters, segments, claims and no-claims."""

    document: str
    characters: int
    covered: int
    segments: int
    claims: int
    no_claims: int
    quotes: int


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _around(text: str, other: str) -> str:
    """Return a text, cut around where it first differs from another one."""
    pairs = zip(text, other, strict=False)
    at = next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(text), len(other)))
    if len(text) <= 60:
        return repr(text)
    start = max(0, at - 25)
    cut = text[start : start + 55]
    return repr(f"{'...' if start else ''}{cut}{'...' if start + 55 < len(text) else ''}")


def _figures(document: Document, claim: Claim) -> Iterator[Finding]:
    """Yield the figures of a claim that do not stand in its paragraph as they are printed."""
    evidence = claim.evidence
    if evidence is None or claim.basis not in ("text", "headline"):
        return
    home = [s for s in document.segments if s.paragraph == claim.paragraph]
    text = " ".join(document.text[s.start : s.end] for s in home).casefold()
    figures = {name: getattr(evidence, name) for name in _FIGURES}
    figures |= {name: getattr(evidence.effect, name) for name in _EFFECT_FIGURES}
    for name, printed in figures.items():
        if printed and name not in evidence.not_in_page and printed.casefold() not in text:
            yield Finding(
                "figure",
                claim.name,
                f"{name.replace('_', ' ')} {printed!r} does not stand in its paragraph: write it "
                "as it is printed, or mark it :notInPage",
            )


def _anchor(document: Document, thing: str, quote: Quote) -> Iterator[Finding]:
    """Yield what is wrong with one quote."""
    text = document.text
    found = text[quote.start : quote.end]
    if found != quote.exact:
        at = text.find(quote.exact)
        fix = (
            f"the quote stands at {at}-{at + len(quote.exact)}: mend :start and :end"
            if at >= 0
            else "the document does not hold the quote: mend it"
        )
        yield Finding(
            "quote",
            thing,
            f"characters {quote.start}-{quote.end} are {_around(found, quote.exact)}, "
            f"not {_around(quote.exact, found)}; {fix}",
        )
        return
    before, after = text[: quote.start], text[quote.end :]
    if not before.endswith(quote.prefix or "") or not after.startswith(quote.suffix or ""):
        yield Finding("quote", thing, "the words around the quote are not its oa:prefix/oa:suffix")
    whole = f"{quote.prefix or ''}{quote.exact}{quote.suffix or ''}"
    if text.count(whole) > 1:
        yield Finding(
            "quote",
            thing,
            f"the quote {_shown(whole)} occurs {text.count(whole)} times: "
            "add oa:prefix or oa:suffix, so that it can be found again without its offsets",
        )
    if not any(s.start <= quote.start and quote.end <= s.end for s in document.segments):
        yield Finding(
            "quote", thing, "the quote crosses segments: quote one sentence, headline or link line"
        )


def _without_text(document: Document) -> bool:
    """Whether a document is a sheet or a graph, whose claims stand in no sentence."""
    return not document.text and all(
        claim.basis in ("finding", "source") for claim in document.claims
    )


def anchors(document: Document) -> list[Finding]:
    """Re-read every quote, and the hash of the document itself.

    A document without a text, such as a graph, has nothing that could be re-read.
    """
    findings = []
    digest = hashlib.sha256(document.text.encode()).hexdigest()
    if digest != document.sha256 and not _without_text(document):
        findings.append(
            Finding(
                "document",
                document.slug,
                f"its text is not the one that was encoded (SHA-256 {digest[:12]}..., "
                f"encoded {document.sha256[:12]}...): restore it, or encode it anew",
            )
        )
    for claim in document.claims:
        if claim.quote is not None:
            findings += _anchor(document, claim.name, claim.quote)
        elif claim.basis in ("text", "headline", "cross-reference"):
            findings.append(Finding("quote", claim.name, "has no :quote: add its exact words"))
        findings += _figures(document, claim)
        if claim.basis in ("text", "finding", "source") and (
            claim.evidence is None or claim.evidence.study_type is None
        ):
            findings.append(
                Finding(
                    "evidence",
                    claim.name,
                    "a claim with no evidence: add :evidence [ :studyType ... ] "
                    "(:unspecified where the source does not say)",
                )
            )
    for item in document.no_claims:
        findings += _anchor(document, local(item.id), item.quote)
    return findings


def coverage(document: Document) -> tuple[Coverage, list[Finding]]:
    """Check the segment list both ways; return its counts and what does not hold."""
    findings: list[Finding] = []
    text, covered, end = document.text, 0, 0
    for segment in document.segments:
        name = local(segment.id)
        if segment.start < end:
            findings.append(Finding("coverage", name, "overlaps the segment before it"))
        gap = text[end : segment.start].strip()
        if gap:
            findings.append(
                Finding("coverage", name, f"the words before it lie in no segment: {_shown(gap)}")
            )
        covered += sum(not c.isspace() for c in text[max(end, segment.start) : segment.end])
        end = max(end, segment.end)
        words = text[segment.start : segment.end]
        if segment.kind == "sentence" and _SECOND_SENTENCE.search(words):
            findings.append(Finding("coverage", name, "holds more than one sentence: split it"))
        if not segment.holds:
            findings.append(Finding("coverage", name, "holds neither a claim nor a no-claim"))
    if text[end:].strip():
        findings.append(
            Finding("coverage", document.slug, f"lies in no segment: {_shown(text[end:].strip())}")
        )
    if not _without_text(document):
        findings += _holdings(document)
    characters = sum(not c.isspace() for c in text)
    counts = Coverage(
        document.slug,
        characters,
        covered,
        len(document.segments),
        len(document.claims),
        len(document.no_claims),
        sum(claim.quote is not None for claim in document.claims) + len(document.no_claims),
    )
    return counts, findings


def _holdings(document: Document) -> Iterator[Finding]:
    """Yield where segments and claims do not name each other."""
    things = {claim.id: (claim.name, claim.quote) for claim in document.claims}
    things |= {item.id: (local(item.id), item.quote) for item in document.no_claims}
    homes: dict[str, list[str]] = {}
    for segment in document.segments:
        for held in segment.holds:
            homes.setdefault(held, []).append(local(segment.id))
            if held not in things:
                yield Finding(
                    "coverage", local(segment.id), f"holds {local(held)}, which does not exist"
                )
                continue
            name, quote = things[held]
            if quote and not (segment.start <= quote.start and quote.end <= segment.end):
                yield Finding(
                    "coverage", name, f"its quote lies outside {local(segment.id)}, which holds it"
                )
    for thing, (name, _) in things.items():
        if len(homes.get(thing, ())) != 1:
            where = " and ".join(homes.get(thing, ())) or "no segment"
            yield Finding("coverage", name, f"stands in {where}: it must stand in exactly one")


def read_text(file: Path) -> str:
    """Return a file of text as it is, with no character changed.

    Raises:
        InputError: it cannot be read, or is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(str(file), f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(
            str(file),
            f"is not UTF-8 (byte {error.object[error.start]:#04x} at {error.start}): "
            "save it as UTF-8",
        ) from error


def queries(store: ox.Store, folder: Path) -> list[Finding]:
    """Run the checks under ``ontology/checks``: each must return nothing.

    Raises:
        InputError: there are none, or one is no valid SPARQL.
    """
    files = sorted(folder.glob("*.rq"))
    if not files:
        raise InputError(str(folder), "holds no check: restore the files *.rq")
    findings = []
    for file in files:
        text = read_text(file)
        advice = " ".join(
            line.lstrip("# ").removeprefix("fix:").strip()
            for line in text.splitlines()
            if line.startswith("# fix:")
        )
        try:
            rows = store.query(text, prefixes=PREFIXES)
        except SyntaxError as error:
            raise InputError(str(file), f"no valid SPARQL: {error.msg}") from error
        if not isinstance(rows, ox.QuerySolutions):
            raise InputError(str(file), "a check must be a SELECT of ?entity ?property ?value")
        for row in rows:
            entity, prop, value = (_word(row, name) for name in ("entity", "property", "value"))
            findings.append(Finding(file.stem, entity, f"{prop} {value}: {advice}"))
    return sorted(findings, key=str)


def _word(row: ox.QuerySolution, name: str) -> str:
    term = row[name]
    if term is None or isinstance(term, ox.Triple):
        return "-"
    return local(term.value) if term.value.startswith(BASE) else term.value


def shapes(store: ox.Store, file: Path) -> tuple[int, list[Finding]]:
    """Validate the graph against ``shapes.ttl``; return how many shapes ran and what fails.

    A shape with no instance to check or no constraint, and a class with instances and no shape,
    are findings as well, so that the shapes cannot pass by saying nothing.

    Raises:
        InputError: ``shapes.ttl`` cannot be read, or is no SHACL.
    """
    import logging

    import pyshacl
    from pyshacl.errors import ReportableRuntimeError

    data, rules = _graph({quad.triple for quad in store}), _graph(set(parse_file(file)))
    silent = list(_silent(data, rules, file.name))
    logging.getLogger("pyshacl-validate").disabled = True  # It prints what it raises.
    try:
        report = pyshacl.validate(data, shacl_graph=rules, inference="none")[1]
    except ReportableRuntimeError as error:
        raise InputError(str(file), f"no valid SHACL: {error}") from error
    number = sum(1 for _ in rules.triples((None, _sh("targetClass"), None)))
    return number, sorted([*silent, *_broken(data, report)], key=str)


def _graph(triples: set[ox.Triple]) -> rdflib.Graph:
    import rdflib

    lines = sorted(f"{triple} .\n" for triple in triples)
    return rdflib.Graph().parse(data="".join(lines), format="nt")


def _sh(name: str) -> rdflib.URIRef:
    import rdflib

    return rdflib.URIRef(PREFIXES["sh"] + name)


def _silent(data: rdflib.Graph, rules: rdflib.Graph, file: str) -> Iterator[Finding]:
    """Yield where shapes and data pass each other by."""
    import rdflib

    found = {str(cls) for cls in data.objects(None, rdflib.RDF.type)}
    targets: set[str] = set()
    for shape, cls in rules.subject_objects(_sh("targetClass")):
        targets.add(str(cls))
        thing = f"{file} {local(str(shape))}"
        if str(cls) not in found:
            yield Finding(
                "shapes", thing, f"no instance of :{local(str(cls))} to check: mend sh:targetClass"
            )
        if (shape, _sh("property"), None) not in rules or (
            shape,
            _sh("deactivated"),
            None,
        ) in rules:
            yield Finding("shapes", thing, "constrains nothing: add sh:property")
    for name in sorted(item for item in found - targets if item.startswith(BASE)):
        yield Finding("shapes", file, f"holds no shape for class :{local(name)}: add one")


def _broken(data: rdflib.Graph, report: object) -> Iterator[Finding]:
    """Yield what a validation report says, each with the property and the value it is about."""
    import rdflib

    if not isinstance(report, rdflib.Graph):
        return
    for result in report.subjects(rdflib.RDF.type, _sh("ValidationResult")):
        focus, message, path, value = (
            report.value(result, _sh(name))
            for name in ("focusNode", "resultMessage", "resultPath", "value")
        )
        about = [local(path)] if isinstance(path, rdflib.URIRef) else []
        about += [_shown(local(value) if isinstance(value, rdflib.URIRef) else str(value))] * (
            value is not None and value != focus
        )
        yield Finding("shapes", _name(data, str(focus)), f"{message} ({' '.join(about)})")


def _name(data: rdflib.Graph, focus: str) -> str:
    """Return the curator's name of a claim, or the last part of an IRI."""
    import rdflib

    name = data.value(rdflib.URIRef(focus.split("#")[0]), rdflib.URIRef(BASE + "claimName"))
    if name is not None:
        return f"{name} ({local(focus)})" if "#" in focus else str(name)
    return local(focus)


def kinds(store: ox.Store) -> dict[str, int]:
    """Return how many instances each of our classes has."""
    counts: dict[str, int] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(RDF.type), None):
        if isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(BASE):
            name = local(quad.object.value)
            counts[name] = counts.get(name, 0) + 1
    return counts
