"""Changes as text for people: what matters most comes first, and long lists are cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nutrigraph.report import SIGNS, chain, count, hedge
from nutrigraph.terms import BASE, local

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nutrigraph.changes.found import (
        Changes,
        ClaimChange,
        Direct,
        FieldChange,
        PaperChange,
        PropositionChange,
        QuestionChange,
        RouteChange,
        ThingChange,
        Value,
        VerdictChange,
    )
    from nutrigraph.model import Answer, Entity, Path, Vocabulary

MOST: Final = 10
"""How much of each list is told unless all is wanted."""
_SHORT: Final = 160
_FALLEN: Final = ("retracted", "weighs half", "reinstated", "weighs whole")


def text(
    changes: Changes,
    entities: Mapping[str, Entity],
    vocabulary: Vocabulary,
    *,
    everything: bool = False,
) -> str:
    """Return changes in words, with the caution at the end; ``entities`` are those of both.

    Each list is cut to the ten that matter most, with how many more there are, unless
    ``everything`` is wanted. A question that was asked is told even where nothing changed.
    """
    most = None if everything else MOST
    fallen = [item for item in changes.papers if item.change in _FALLEN]
    papers = [item for item in changes.papers if item.change not in _FALLEN]
    blocks = [
        _summary(changes),
        _block("Retractions", [_paper(item) for item in fallen], most),
        *("\n".join(_question(item, entities, most)) for item in changes.questions),
        _block("Direct answers", [_verdict(item, entities) for item in changes.verdicts], most),
        _block("Papers", [_paper(item) for item in papers], most),
        _block(
            "Propositions", [_proposition(item, entities) for item in changes.propositions], most
        ),
        _block("Claims", [_claim(item) for item in changes.claims], most),
        _block("Documents", [_thing(item) for item in changes.documents], most),
        _block("Weights and conventions", [_thing(item) for item in changes.conventions], most),
        _block("Entities and predicates", [_thing(item) for item in changes.terms], most),
        vocabulary.caution,
    ]
    return "\n\n".join(block for block in blocks if block)


def _summary(changes: Changes) -> str:
    if not changes:
        return "Nothing changed."
    retracted = sum(item.change == "retracted" for item in changes.papers)
    turned = sum(item.changed for item in changes.questions)
    told = [
        (retracted, "retraction"),
        (turned, "question"),
        (len(changes.verdicts), "direct answer"),
        (len({item.id for item in changes.papers}), "paper"),
        (len(changes.propositions), "proposition"),
        (len(changes.claims), "claim"),
        (len(changes.documents), "document"),
        (len(changes.conventions), "convention"),
        (len(changes.terms), "term"),
    ]
    return f"Changed: {', '.join(count(number, word) for number, word in told if number)}."


def _block(title: str, items: Sequence[str], most: int | None) -> str:
    """Return a list under its title, cut after the first ``most``."""
    if not items:
        return ""
    return "\n".join((f"{title}:", *_cut(items, most)))


def _cut(items: Sequence[str], most: int | None) -> Iterator[str]:
    yield from (f"  {item}" for item in items[:most])
    if most is not None and len(items) > most:
        yield f"  and {len(items) - most:,} more: --all"


def _paper(item: PaperChange) -> str:
    where = f"doi:{item.doi}" if item.doi else f"PMID {item.pmid}" if item.pmid else ""
    name = f"{item.label} ({where})" if where else item.label
    others = ", ".join(item.others)
    after = count(item.claims_after, "claim")
    before = count(item.claims_before, "claim")
    match item.change:
        case "added":
            fate = f"added, with {after}" + (", retracted already" if item.retracted else "")
        case "removed":
            fate = f"removed, with the {before} it carried"
        case "retracted":
            fate = f"retracted: the {before} it carried weigh nothing from now on"
        case "reinstated":
            fate = f"reinstated: its {after} count again"
        case "superseded":
            fate = f"superseded by {others}: the {before} it carried weigh nothing from now on"
        case "no longer superseded":
            still = ", though retracted" if item.retracted else ""
            fate = f"no longer superseded by {others}{still}; carries {after}"
        case "weighs half":
            fate = f"weighs half from now on: may pool {others}, retracted; carries {after}"
        case "weighs whole":
            fate = f"weighs whole again: pools nothing retracted any more ({others})"
        case _:
            fate = "corrected"
    return "\n".join((f"{name}: {fate}", *_fields(item.fields)))


def _fields(fields: Sequence[FieldChange]) -> Iterator[str]:
    for field in fields:
        name = field.field.removeprefix("evidence.").replace(".", " ").replace("_", " ")
        old, new = _value(field.old), _value(field.new)
        if name == "sha256":
            old, new = old[:12], new[:12]
        yield f"      {name}: {old} → {new}"


def _value(value: Value) -> str:
    """Return a value in few words; unknown is said to be so."""
    if value is None:
        return "not told"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return _short("; ".join(map(_value, value)) or "none")
    return f"{value:g}" if isinstance(value, int | float) else _short(value.removeprefix(BASE))


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _SHORT else f"{words[: _SHORT - 1]}…"


def _arrow(old: str, new: str) -> str:
    return old if old == new else f"{old} → {new}"


def _answered(answer: Answer | Direct | None, missing: str) -> str:
    if answer is None:
        return missing
    sign = f", sign {SIGNS[answer.sign]} ({answer.sign_basis})" if answer.sign else ""
    modality = getattr(answer, "modality", None)
    hedged = f" as {modality}" if modality not in (None, "stated") else ""
    return f"{answer.verdict}{hedged}{sign}"


def _verdict(item: VerdictChange, entities: Mapping[str, Entity]) -> str:
    old, new = (_answered(answer, "nothing claimed") for answer in (item.old, item.new))
    pair = f"{entities[item.source].label} to {entities[item.target].label}"
    words = f"{pair}: {_arrow(old, new)}"
    if item.old and item.new:
        words += f"; {_figures(item.old, item.new)}"
    known = item.new or item.old
    return words + _seen(known.species if known else ())


def _seen(species: Sequence[str]) -> str:
    """Return whom the evidence is about, unless it is people throughout."""
    if not species or tuple(species) == ("human",):
        return ""
    named = [name for name in species if name != "unknown"]
    unknown = ["species not stated"] if "unknown" in species else []
    return f" ({'; '.join([*([', '.join(named)] if named else []), *unknown])})"


def _figures(old: Direct, new: Direct) -> str:
    support = _arrow(f"{old.support:.3g}", f"{new.support:.3g}")
    dispute = _arrow(f"{old.dispute:.3g}", f"{new.dispute:.3g}")
    nulls = _arrow(f"{old.inconclusive}", f"{new.inconclusive}")
    return f"support {support}, dispute {dispute}, inconclusive {nulls}"


def _question(
    item: QuestionChange, entities: Mapping[str, Entity], most: int | None
) -> Iterator[str]:
    """Yield a question with its answer before and after, its best paths, and what befell them."""
    old, new = (_answered(answer, "not known there") for answer in (item.old, item.new))
    pair = f"{entities[item.source].label} to {entities[item.target].label}"
    known = item.new or item.old
    hops = f", at most {count(known.max_hops, 'hop')}" if known else ""
    yield f"{pair}{hops}: {'' if item.changed else 'as before, '}{_arrow(old, new)}"
    for when, answer in (("before", item.old), ("after", item.new)):
        if item.changed and answer and answer.paths:
            path = answer.paths[0]
            yield f"  best {when}: {_path(path, entities)}"
            yield f"      {' '.join(filter(None, (path.sentence, path.caution)))}"
    yield from _cut([_route(route, entities) for route in item.routes], most)


def _path(path: Path, entities: Mapping[str, Entity]) -> str:
    return f"{chain(path.hops, entities)} ({_state(path)}){_along(path)}"


def _along(path: Path) -> str:
    """Return whom the evidence of a path is about, over all its hops."""
    claims = [claim for hop in path.hops if hop.claims for claim in hop.for_it]
    return _seen(sorted({claim.species or "unknown" for claim in claims}))


def _route(item: RouteChange, entities: Mapping[str, Entity]) -> str:
    if item.old and item.new:
        was, became = (_state(path) for path in (item.old, item.new))
        words = f"{chain(item.path.hops, entities)} ({_arrow(was, became)}){_along(item.path)}"
    else:
        words = _path(item.path, entities)
    then = {"fell": "", "rose": "before, "}.get(item.change, "")
    reasons = (
        f"      hop {reason.hop}: {then}{f'{reason.paper}: ' if reason.paper else ''}{reason.why}"
        for reason in item.reasons
    )
    return "\n".join((f"{_CHANGED[item.change]}: {words}", *reasons))


def _state(path: Path) -> str:
    sign = f", sign {SIGNS[path.sign]}" if path.sign else ""
    return f"{path.verdict}{hedge(path)}{sign}, score {path.score:.3g}"


_CHANGED: Final = {
    "fell": "fell",
    "rose": "came to stand",
    "changed": "changed",
    "outranked": "no longer among the best",
    "entered": "now among the best",
}


def _proposition(item: PropositionChange, entities: Mapping[str, Entity]) -> str:
    subject, target = entities[item.subject].label, entities[item.object].label
    name = f"{subject} —{local(item.predicate)}→ {target}"
    known = item.new or item.old
    if item.old and item.new:
        old, new = item.old, item.new
        parts = [
            f"{word} {_arrow(f'{one:.3g}', f'{other:.3g}')}"
            for word, one, other in (
                ("support", old.support, new.support),
                ("dispute", old.dispute, new.dispute),
                ("score", old.score, new.score),
                ("inconclusive", old.inconclusive, new.inconclusive),
            )
            if one != other or word == "score"
        ]
        if item.sign_changed:
            parts.insert(0, f"sign {SIGNS[old.sign]} → {SIGNS[new.sign]}")
    elif known:
        parts = [item.change, f"sign {SIGNS[known.sign]}", f"score {known.score:.3g}"]
    if item.newly_contested:
        parts.insert(0, "newly contested")
    return f"{name}: {', '.join(parts)}{_seen(known.species if known else ())}"


def _claim(item: ClaimChange) -> str:
    claim = item.claim
    name = f"{claim.document}, {claim.finding or claim.name or local(claim.id)}"
    return "\n".join((f"{item.change}: {claim.statement} [{name}]", *_fields(item.fields)))


def _thing(item: ThingChange) -> str:
    return "\n".join((f"{item.kind} {item.label}: {item.change}", *_fields(item.fields)))
