"""The strongly connected parts of a signed graph, and what the loops in one can do to a sign.

The reasoning, with its sources, stands in ``nutrigraph.paths.effect``.
"""

from __future__ import annotations

from collections import deque
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Signs = tuple[int | None, ...]
"""The signs of the arcs from one node to another: 1, -1, None where unknown."""
Arcs = dict[int, dict[int, Signs]]

BOTH: Final = frozenset({1, -1})
LARGEST_PART: Final = 16
"""Nodes, at most, of a part whose paths are enumerated."""


def times(sign: int | None, own: int | None) -> int | None:
    """Return the product of two signs; None where one is unknown."""
    return None if sign is None or own is None else sign * own


def carried(signs: Iterable[int], own: Signs) -> frozenset[int]:
    """Return the signs that are left after the arcs from one node to another."""
    return frozenset(sign * now for sign in signs for way in own for now in _known(way))


def _known(sign: int | None) -> tuple[int, ...]:
    """Return the signs that it may stand for."""
    return (1, -1) if sign is None else (sign,)


def strong_parts(arcs: Arcs, starts: Iterable[int]) -> Iterator[set[int]]:
    """Yield the strongly connected parts that ``starts`` lead to, causes first (Sharir 1981)."""
    done: list[int] = []
    seen = set(starts)
    for start in starts:
        stack = [(start, iter(arcs[start]))]
        while stack:
            after = next((node for node in stack[-1][1] if node not in seen), None)
            if after is None:
                done.append(stack.pop()[0])
            else:
                seen.add(after)
                stack.append((after, iter(arcs[after])))
    back: dict[int, list[int]] = {node: [] for node in arcs}
    for node, ahead in arcs.items():
        for after in ahead:
            back[after].append(node)
    placed: set[int] = set()
    for root in reversed(done):
        if root not in placed:
            part, front = {root}, [root]
            while front:
                for before in back[front.pop()]:
                    if before not in placed and before not in part:
                        part.add(before)
                        front.append(before)
            placed |= part
            yield part


def through(
    part: set[int], arcs: Arcs, entries: Mapping[int, frozenset[int]]
) -> dict[int, frozenset[int]]:
    """Return the signs that each node of a part may have, from those with which it is entered."""
    flips = _balance(part, arcs)
    if flips is None and len(part) > LARGEST_PART:
        return dict.fromkeys(part, BOTH)
    if flips is not None:
        base = {sign * flips[node] for node, signs in entries.items() for sign in signs}
        return {node: frozenset(flips[node] * sign for sign in base) for node in part}
    inner = {node: {b: own for b, own in arcs[node].items() if b in part} for node in part}
    harmless = _harmless(inner)
    met: dict[int, frozenset[int]] = dict.fromkeys(part, frozenset())
    for entry, signs in entries.items():
        for node, found in _within(inner, entry, harmless).items():
            met[node] |= {sign * own for sign in signs for own in found}
    return met


def _balance(part: set[int], arcs: Arcs) -> dict[int, int] | None:
    """Return which nodes to flip (-1) so that every arc of a part is positive, or None."""
    root = min(part)
    flips, stack = {root: 1}, [root]
    while stack:
        node = stack.pop()
        for after, signs in arcs[node].items():
            if after not in part:
                continue
            if signs not in ((1,), (-1,)):
                return None
            flip = flips[node] * (signs[0] or 0)
            if after not in flips:
                flips[after] = flip
                stack.append(after)
            elif flips[after] != flip:
                return None
    return flips


def _harmless(inner: Arcs) -> Callable[[frozenset[int]], bool]:
    """Return the test whether no loop among some nodes of a part can be positive."""

    def positive_through(first: int, rest: frozenset[int]) -> bool:
        todo: list[tuple[int, int, frozenset[int]]] = [(first, 1, rest)]
        seen = set(todo)
        while todo:
            node, sign, free = todo.pop()
            for after, signs in inner[node].items():
                for own in signs:
                    if after == first and times(sign, own) != -1:
                        return True
                    for now in carried((sign,), (own,)):
                        state = after, now, free - {after}
                        if after in free and state not in seen:
                            seen.add(state)
                            todo.append(state)
        return False

    @cache
    def harmless(nodes: frozenset[int]) -> bool:
        if not nodes:
            return True
        first = min(nodes)
        rest = nodes - {first}
        return harmless(rest) and not positive_through(first, rest)

    return harmless


def _within(
    inner: Arcs, entry: int, harmless: Callable[[frozenset[int]], bool]
) -> dict[int, frozenset[int]]:
    """Return the signs that the effect of one node of a part on each of its nodes may have."""
    found: dict[int, frozenset[int]] = dict.fromkeys(inner, frozenset())
    queue = deque([(entry, 1, frozenset(inner) - {entry})])
    seen = set(queue)
    while queue and any(signs != BOTH for signs in found.values()):
        node, sign, free = queue.popleft()
        found[node] |= {sign} if harmless(free) else BOTH
        for after, signs in inner[node].items():
            if after not in free:
                continue
            for own in signs:
                for now in carried((sign,), (own,)):
                    state = after, now, free - {after}
                    if state not in seen:
                        seen.add(state)
                        queue.append(state)
    return found
