"""Quotes, figures and coverage: every word of a document is accounted for."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nutrigraph.check.findings import Finding, shown
from nutrigraph.terms import local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nutrigraph.model import Claim, Document, Quote


_FIGURES = ("sample_size", "n_cases", "n_controls", "dose", "duration", "p_value")
_EFFECT_FIGURES = ("value", "baseline", "ci_low", "ci_high")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a document is covered: counts of characters, segments, claims and no-claims.

    Of a sheet, which has no characters, rows and papers are counted.
    """

    document: str
    characters: int
    covered: int
    segments: int
    claims: int
    no_claims: int
    quotes: int
    rows: int = 0
    papers: int = 0

    def __str__(self) -> str:
        """Return it as one line."""
        if not self.characters:
            return f"{self.document}: {self.rows} rows, {self.claims} claims, {self.papers} papers"
        return (
            f"{self.document}: {self.quotes} quotes re-read, {self.covered:,} of "
            f"{self.characters:,} characters in {self.segments} segments, "
            f"{self.claims} claims, {self.no_claims} reasoned no-claims"
        )


def sentences(text: str) -> list[tuple[int, int]]:
    """Return where each sentence of a line starts and ends.

    >>> sentences("Low in both. It may matter.")
    [(0, 12), (13, 27)]
    """
    breaks = [match.span() for match in _BETWEEN_SENTENCES.finditer(text)]
    starts = [0, *(after for _, after in breaks)]
    return list(zip(starts, [*(before for before, _ in breaks), len(text)], strict=True))


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
            f"the quote {shown(whole)} occurs {text.count(whole)} times: "
            "add oa:prefix or oa:suffix, so that it can be found again without its offsets",
        )
    if not any(s.start <= quote.start and quote.end <= s.end for s in document.segments):
        yield Finding(
            "quote", thing, "the quote crosses segments: quote one sentence, headline or link line"
        )


def anchors(document: Document) -> list[Finding]:
    """Re-read every quote, and the hash of the document itself.

    A document without a text, such as a graph, has nothing that could be re-read.
    """
    findings = []
    digest = hashlib.sha256(document.text.encode()).hexdigest()
    if document.has_text and digest != document.sha256:
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
    if not document.has_text:
        return _sheet_coverage(document), []
    findings: list[Finding] = []
    text, covered, end = document.text, 0, 0
    for segment in document.segments:
        name = local(segment.id)
        if segment.start < end:
            findings.append(Finding("coverage", name, "overlaps the segment before it"))
        gap = text[end : segment.start].strip()
        if gap:
            findings.append(
                Finding("coverage", name, f"the words before it lie in no segment: {shown(gap)}")
            )
        covered += sum(not c.isspace() for c in text[max(end, segment.start) : segment.end])
        end = max(end, segment.end)
        words = text[segment.start : segment.end]
        if segment.kind == "sentence" and len(sentences(words)) > 1:
            findings.append(Finding("coverage", name, "holds more than one sentence: split it"))
        if not segment.holds:
            findings.append(Finding("coverage", name, "holds neither a claim nor a no-claim"))
    if text[end:].strip():
        findings.append(
            Finding("coverage", document.slug, f"lies in no segment: {shown(text[end:].strip())}")
        )
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


def _sheet_coverage(document: Document) -> Coverage:
    rows = sum(claim.finding is not None for claim in document.claims)
    return Coverage(
        document.slug, 0, 0, 0, len(document.claims), 0, 0, rows, len(document.paragraphs)
    )


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
