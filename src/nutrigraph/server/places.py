"""Places at which questions are worked on, and the line before them: the smallest goes first."""

from __future__ import annotations

import asyncio
import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import Final

_TICKET: Final = count()


@dataclass(slots=True, order=True)
class Ticket:
    """A question in line: the smaller ``size`` goes first, among equals who came first."""

    size: int
    number: int = field(default_factory=lambda: next(_TICKET))
    client: str = field(default="", compare=False)


class Turned(Exception):
    """There is no room in the line; ``greedy`` where the client holds half of it itself."""

    def __init__(self, *, greedy: bool = False) -> None:
        """Say whether it is the client's own questions that fill it."""
        super().__init__("too many questions are waiting")
        self.greedy = greedy


class Places:
    """Some places; whoever waits for one waits in the order of the tickets.

    At most ``room`` wait. When one more comes, the largest of all is turned away, so that a small
    question always gets in.
    """

    def __init__(self, number: int, room: int) -> None:
        """Open ``number`` places."""
        self.free, self.room = number, room
        self._line: list[tuple[Ticket, asyncio.Future[None]]] = []

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._line)

    def take_now(self) -> bool:
        """Take a place if one is free and nobody waits for it."""
        if self.free and not self._line:
            self.free -= 1
            return True
        return False

    async def take(self, ticket: Ticket) -> None:
        """Take a place, after waiting for it if need be.

        Raises:
            Turned: there is no room in the line, or a smaller question needed it.
        """
        if self.take_now():
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._line, (ticket, place))
        if len(self._line) > self.room:
            self._turn_away()
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self.give_back()
            else:
                self._line = [item for item in self._line if item[1] is not place]
                heapq.heapify(self._line)
            raise

    def give_back(self) -> None:
        """Give a place back: the first in line gets it."""
        while self._line:
            _, place = heapq.heappop(self._line)
            if not place.done():
                place.set_result(None)
                return
        self.free += 1

    def _turn_away(self) -> None:
        largest = max(self._line, key=lambda item: item[0])
        client = largest[0].client
        mine = sum(ticket.client == client for ticket, _ in self._line)
        self._line.remove(largest)
        heapq.heapify(self._line)
        if not largest[1].done():
            largest[1].set_exception(Turned(greedy=2 * mine > self.room))
