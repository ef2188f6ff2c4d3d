"""What became of a question: its answers before and after, the routes that fell, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from nutrigraph.changes.evidence import name_of
from nutrigraph.changes.found import QuestionChange, Reason, RouteChange
from nutrigraph.grade import weigh
from nutrigraph.paths import build_network, find
from nutrigraph.paths.network import of_those_affected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nutrigraph.content import Content
    from nutrigraph.model import Answer, Claim, Hop, Node, Path
    from nutrigraph.paths import Network

_Step = tuple["Node", "Node", bool]
_Key = tuple[_Step, ...]
_ORDER: Final = ("fell", "changed", "rose", "entered", "outranked")


class _Side:
    """One of the two stores, with what can be walked in it."""

    def __init__(self, content: Content) -> None:
        claims = content.claims
        self.content = content
        self.network: Network = build_network(
            claims, content.links, content.entities, content.vocabulary
        )
        self.claims = {claim.id: claim for claim in claims}
        self.names = {name_of(claim) for claim in self.claims.values()}
        self.papers = {s.id for claim in self.claims.values() for s in claim.sources}

    def ask(self, source: str, target: str, max_hops: int, top: int) -> Answer | None:
        known, words = self.content.entities, self.content.vocabulary
        if source not in known or target not in known:
            return None
        return find(self.network, source, target, known, words, max_hops=max_hops, top=top)

    def step(self, hop: Hop) -> _Step:
        """Return what makes a hop the same in another store: treating is not preventing."""
        leading = hop.claims[0] if hop.claims else None
        affected = leading is not None and of_those_affected(leading, self.content.vocabulary)
        return hop.subject, hop.object, affected

    def routes(self, answer: Answer | None) -> dict[_Key, Path]:
        """Return the best paths by their steps; the first where several share them."""
        found: dict[_Key, Path] = {}
        for path in answer.paths if answer else ():
            found.setdefault(tuple(self.step(hop) for hop in path.hops), path)
        return found

    def hops(self, key: _Key) -> list[Hop | None]:
        """Return, for each step of a route, the hop that carries it best here, if any does."""
        return [
            max(
                (hop for hop in self.network.hops.get(step[0], ()) if self.step(hop) == step),
                key=lambda hop: hop.score,
                default=None,
            )
            for step in key
        ]

    def firmness(self, key: _Key) -> int:
        """Return 2 for a route that evidence carries here, 1 for one in name only, 0 for none."""
        hops = self.hops(key)
        if any(hop is None for hop in hops):
            return 0
        return 1 if any(hop is not None and hop.unsupported for hop in hops) else 2


def compare_questions(
    old: Content,
    new: Content,
    questions: Iterable[tuple[str, str]],
    *,
    max_hops: int,
    top: int,
) -> tuple[QuestionChange, ...]:
    """Return, for each question, its answers in both stores and the routes that differ."""
    asked = list(dict.fromkeys(questions))
    if not asked:
        return ()
    before, after = _Side(old), _Side(new)
    found = []
    for source, target in asked:
        was = before.ask(source, target, max_hops, top)
        became = after.ask(source, target, max_hops, top)
        routes = _compare_routes(before, after, was, became)
        found.append(QuestionChange(source, target, was, became, routes))
    return tuple(found)


def _compare_routes(
    before: _Side, after: _Side, old: Answer | None, new: Answer | None
) -> tuple[RouteChange, ...]:
    one, other = before.routes(old), after.routes(new)
    found: list[RouteChange] = []
    for key in dict.fromkeys((*one, *other)):
        was, became = one.get(key), other.get(key)
        firm = before.firmness(key), after.firmness(key)
        reasons: tuple[Reason, ...] = ()
        if firm[0] != firm[1]:
            fell = firm[0] > firm[1]
            held, lost = (before, after) if fell else (after, before)
            reasons = tuple(_reasons(key, held, lost))
        if change := _change(was, became, firm):
            found.append(RouteChange(change, was, became, reasons))
    return tuple(
        sorted(found, key=lambda item: (_ORDER.index(item.change), item.path.rank, _names(item)))
    )


def _change(
    old: Path | None, new: Path | None, firm: tuple[int, int]
) -> Literal["fell", "rose", "changed", "outranked", "entered"] | None:
    if firm[0] != firm[1]:
        return "fell" if firm[0] > firm[1] else "rose"
    if old is None or new is None:
        return "entered" if old is None else "outranked"
    return None if _told(old) == _told(new) else "changed"


def _told(path: Path) -> tuple[object, ...]:
    return path.verdict, path.sign, path.sign_basis, path.score


def _names(route: RouteChange) -> tuple[Node, ...]:
    hops = route.path.hops
    return (hops[0].subject, *(hop.object for hop in hops))


def _reasons(key: _Key, held: _Side, lost: _Side) -> Iterator[Reason]:
    """Yield why each hop that carries a route on one side carries it no longer on the other."""
    for number, (hop, there) in enumerate(
        zip(held.hops(key), lost.hops(key), strict=True), start=1
    ):
        if hop is None or (there is not None and there.unsupported == hop.unsupported):
            continue
        if not hop.claims:
            yield Reason(number, None, "the link is not there")
        told = {_reason(number, claim, lost) for claim in hop.for_it}
        yield from sorted(told, key=lambda reason: (reason.paper or "", reason.why))


def _reason(hop: int, claim: Claim, lost: _Side) -> Reason:
    """Return the fate of a claim on the side that a route lacks it on."""
    papers = claim.papers
    label = "; ".join(sorted(source.label for source in papers)) or claim.document
    there = lost.claims.get(claim.id)
    if there is not None:
        weight, why = weigh(there, lost.content.vocabulary)
        return Reason(hop, label, "stands elsewhere" if weight else why)
    if papers and not {source.id for source in papers} & lost.papers:
        return Reason(hop, label, "the paper is not there")
    if name_of(claim) in lost.names:
        return Reason(hop, label, "its claim says something else")
    return Reason(hop, label, "its claim is not there")
