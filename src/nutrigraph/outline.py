"""Beginning to encode: an ontology folder of one's own, and a document still to be read.

An outline is a ``claims.ttl`` that holds every sentence of a text and no claim. Whoever encodes it
writes claims with their words; where these stand in the text, and which sentence holds them, is
found out by `anchor`, so that nobody counts characters.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from nutrigraph.check import read_text, sentences
from nutrigraph.errors import CheckFailed, InputError, UsageError
from nutrigraph.model import Quote
from nutrigraph.rdf import SEGMENT_KINDS, Statements, parse_file
from nutrigraph.terms import BASE, NG, OA, PREFIXES, local, ontology_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MARK: Final = "#### Segments"
"""The line of ``claims.ttl`` below which the segments stand."""
_FINISHED: Final = re.compile(r"[.!?][\"'”’)\]]*$")
_STRING: Final = r'"(?:[^"\\\n]|\\.)*"'
_QUOTE: Final = re.compile(
    rf"\[\s*oa:exact\s+(?P<exact>{_STRING})"
    rf"(?P<around>(?:\s*;\s*oa:(?:prefix|suffix)\s+{_STRING})*)"
    r"(?:\s*;\s*:(?:start|end)\s+\d+)*\s*\]"
)
_SEGMENT: Final = re.compile(
    r"^(?P<told>(?P<name>\S+) a :\w+ ; :start (?P<start>\d+) ; :end (?P<end>\d+)"
    r"(?: ; :inParagraph \S+)?)"
    r"(?: ;\s+:holds [^.]*?)? \.$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text: its kind, as the vocabulary calls it, and which paragraph it is in."""

    kind: str
    start: int
    end: int
    paragraph: int | None = None


def begin(folder: Path) -> Path:
    """Copy the ontology into a folder, to add to it; return the copy, ``folder/ontology``.

    Raises:
        UsageError: it is there already, or cannot be written.
    """
    target = folder / "ontology"
    try:
        shutil.copytree(ontology_folder(), target)
    except FileExistsError as error:
        raise UsageError(f"{target} is there already: name another folder") from error
    except (OSError, shutil.Error) as error:
        raise UsageError(f"{target} cannot be written: name another folder") from error
    return target


def own_folder() -> Path:
    """Return the ontology folder, to write in.

    Raises:
        UsageError: it is that of the installed package, which the next installation overwrites.
    """
    folder = ontology_folder()
    if "NUTRIGRAPH_ONTOLOGY" not in os.environ and folder.parent == Path(__file__).parent:
        raise UsageError(
            "the ontology is that of the installed package: make a copy with `nutrigraph begin "
            "FOLDER`, and name it in NUTRIGRAPH_ONTOLOGY"
        )
    return folder


def parts(text: str) -> list[Part]:
    """Return the stretches of a text, line by line: title, headlines, sentences, link lines.

    A line that does not end as a sentence does is the headline of the sentences under it; where
    none follow, it is a link line. Offsets count characters of the text as it is.
    """
    lines = [
        (found.start() + len(found[0]) - len(found[0].lstrip()), found[0].strip())
        for found in re.finditer(r"[^\r\n]+", text)
        if found[0].strip()
    ]
    told = [bool(_FINISHED.search(words)) for _, words in lines]
    found, paragraph, within = [], 0, False
    for number, (start, words) in enumerate(lines):
        if number == 0:
            found.append(Part("Title", start, start + len(words)))
        elif told[number]:
            paragraph += not within
            within = True
            spans = sentences(words)
            found += [Part("Sentence", start + a, start + b, paragraph) for a, b in spans]
        elif within := number + 1 < len(lines) and told[number + 1]:
            paragraph += 1
            found.append(Part("Headline", start, start + len(words), paragraph))
        else:
            found.append(Part("LinkLine", start, start + len(words)))
    return found


def outline(text: str, slug: str, *, language: str, rights: str) -> str:
    """Return the ``claims.ttl`` of a text of which nothing is encoded yet.

    Raises:
        UsageError: the text is empty.
    """
    found = parts(text)
    if not found:
        raise UsageError("the text is empty: name a file that holds words")
    place = f"{BASE}document/{slug}"
    head = [
        f"# The document {slug!r}. Encode what each segment below states, as claims with their",
        "# words or as no-claims with a reason, then run `nutrigraph anchor`.",
        "",
        *(f"@prefix {name}: <{PREFIXES[name]}> ." for name in _USED),
        f"@prefix c: <{place}#> .",
        "",
        f"<{place}> a :Document ;",
        f"    dcterms:title {_literal(text[found[0].start : found[0].end])} ;",
        f"    dcterms:language {_literal(language)} ;",
        f"    dcterms:rights {_literal(rights)} ;",
        f"    :sha256 {_literal(hashlib.sha256(text.encode()).hexdigest())} .",
    ]
    return "\n".join([*head, *_paragraphs(text, found), "", _MARK, *_segments(text, found), ""])


_USED: Final = ("", "dcterms", "rdfs", "skos", "oa")


def _paragraphs(text: str, found: list[Part]) -> Iterator[str]:
    labels: dict[int, str] = {}
    for part in found:
        if part.paragraph is not None:
            words = text[part.start : part.end]
            labels.setdefault(
                part.paragraph,
                words if part.kind == "Headline" else f"Paragraph {part.paragraph}",
            )
    yield from ("", "#### Paragraphs") if labels else ()
    for number, label in labels.items():
        yield from (
            "",
            f"c:paragraph-{number} a :Paragraph ;",
            f"    rdfs:label {_literal(label)} .",
        )


def _segments(text: str, found: list[Part]) -> Iterator[str]:
    width = len(str(len(found) - 1))
    for number, part in enumerate(found):
        home = f" ; :inParagraph c:paragraph-{part.paragraph}" if part.paragraph else ""
        yield ""
        yield f"# {' '.join(text[part.start : part.end].split())}"
        name = f"c:segment-{number:0{max(2, width)}}"
        yield f"{name} a :{part.kind} ; :start {part.start} ; :end {part.end}{home} ."


def write_outline(
    text_file: Path, folder: Path, slug: str, *, language: str, rights: str
) -> tuple[Path, int]:
    """Keep a text in an ontology, byte for byte, with its outline; return the file and its size.

    The file is ``claims.ttl``, its size the number of segments.

    Raises:
        UsageError: the document is there already, its name is none, or the text is empty.
        InputError: the text cannot be read, or is not UTF-8.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", slug):
        raise UsageError(f"{slug!r} is no name of a document: use lower-case letters, digits and -")
    text = read_text(text_file)
    turtle = outline(text, slug, language=language, rights=rights)
    home = folder / "documents" / slug
    try:
        home.mkdir(parents=True)
        (home / "source.txt").write_bytes(text.encode())
        (home / "claims.ttl").write_bytes(turtle.encode())
    except FileExistsError as error:
        raise UsageError(f"{home} is there already: give another name with --slug") from error
    except OSError as error:
        raise UsageError(f"{home} cannot be written ({error.strerror})") from error
    return home / "claims.ttl", len(parts(text))


def anchor(home: Path) -> tuple[int, int]:
    """Write into ``claims.ttl`` where its quotes stand, and which segment holds what.

    Returns how many quotes it holds, and how many of them were given another place. A quote whose
    words stand at its offsets is left as it is. Words that differ from the text in their white
    space alone become those of the text.

    Raises:
        InputError: a file cannot be read or is no Turtle, or its segments are not as an outline
            writes them.
        CheckFailed: the words of a quote are not in the text, or stand there several times; then
            the file is left as it was.
    """
    text, file = read_text(home / "source.txt"), home / "claims.ttl"
    statements = Statements.of(parse_file(file), str(file))
    head, mark, tail = read_text(file).partition(f"\n{_MARK}")
    written = {found["name"] for found in _SEGMENT.finditer(tail)}
    segments = {f"c:{local(iri)}" for cls in SEGMENT_KINDS for iri in statements.of_type(cls)}
    if written != segments:
        name = min(written ^ segments)
        raise InputError(
            str(file),
            f"{name} does not stand as an outline has it, on one line below {_MARK!r}",
        )
    problems: list[str] = []
    ends: dict[str, tuple[int, int]] = {}
    moved = 0

    def place(found: re.Match[str]) -> str:
        nonlocal moved
        name = _owner(head, found.start())
        if name is None:
            return found[0]
        quote, said = _quote(found), _place(_quote(found), text)
        if isinstance(said, str):
            problems.append(f"{name}: {said}")
            return found[0]
        moved += said != quote
        ends[name] = said.start, said.end
        return found[0] if said == quote else _written(said)

    placed = _QUOTE.sub(place, head)
    if problems:
        raise CheckFailed(str(file), problems)
    tail = _SEGMENT.sub(lambda found: _holding(found, ends), tail)
    _replace(file, f"{placed}{mark}{tail}")
    return len(ends), moved


def _owner(turtle: str, at: int) -> str | None:
    """Return the name of the claim or no-claim that a quote belongs to; None in a comment."""
    if turtle[turtle.rfind("\n", 0, at) + 1 : at].lstrip().startswith("#"):
        return None
    names = re.findall(r"^(\S+) a :(?:Claim|NoClaim)\b", turtle[:at], re.MULTILINE)
    return names[-1] if names else None


def _quote(found: re.Match[str]) -> Quote:
    """Return a quote as it is written; without offsets, it starts and ends at -1."""
    prefixes = f"@prefix oa: <{PREFIXES['oa']}> . @prefix : <{BASE}> ."
    parsed = ox.parse(f"{prefixes} <x:x> <x:x> {found[0]} .", format=ox.RdfFormat.TURTLE)
    told = {quad.predicate.value: quad.object.value for quad in parsed}
    return Quote(
        exact=told[OA.exact],
        start=int(told.get(NG.start, -1)),
        end=int(told.get(NG.end, -1)),
        prefix=told.get(OA.prefix),
        suffix=told.get(OA.suffix),
    )


def _place(quote: Quote, text: str) -> Quote | str:
    """Return a quote where its words stand, or what is wrong with it."""
    if quote.start >= 0 and text[quote.start : quote.end] == quote.exact:
        return quote
    before, words, after = map(_loosely, (quote.prefix or "", quote.exact, quote.suffix or ""))
    spots = list(re.finditer(f"({before})({words})({after})", text))
    if not spots:
        return f"the document does not hold {_shown(quote.exact)}: quote it word for word"
    if len(spots) > 1:
        return (
            f"{_shown(quote.exact)} stands in the document {len(spots)} times: "
            "add oa:prefix or oa:suffix, the words before or after it"
        )
    found = spots[0]
    return Quote(found[2], *found.span(2), found[1] or None, found[3] or None)


def _loosely(words: str) -> str:
    """Return a pattern for words in which any white space stands for any other."""
    return re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(words))


def _shown(words: str) -> str:
    return repr(words if len(words) <= 60 else f"{words[:57]}...")


def _written(quote: Quote) -> str:
    told = [f"oa:exact {_literal(quote.exact)}"]
    told += [f"oa:prefix {_literal(quote.prefix)}"] if quote.prefix else []
    told += [f"oa:suffix {_literal(quote.suffix)}"] if quote.suffix else []
    return f"[ {' ; '.join(told)} ; :start {quote.start} ; :end {quote.end} ]"


def _holding(found: re.Match[str], ends: Mapping[str, tuple[int, int]]) -> str:
    """Return a segment with the names of what is quoted from it, in the order of the file."""
    start, end = int(found["start"]), int(found["end"])
    held = " ,\n        ".join(name for name, (a, b) in ends.items() if start <= a and b <= end)
    return f"{found['told']} ;\n    :holds {held} ." if held else f"{found['told']} ."


def _literal(text: str) -> str:
    """Return a text as Turtle has it."""
    return str(ox.Literal(text))


def _replace(file: Path, text: str) -> None:
    """Write a file in one step, so that a failure leaves it as it was.

    Raises:
        UsageError: it cannot be written.
    """
    temporary = file.with_name(f".{file.name}.writing")
    try:
        temporary.write_bytes(text.encode())
        temporary.replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written ({error.strerror})") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
