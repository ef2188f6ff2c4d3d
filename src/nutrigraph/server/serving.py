"""Listening: uvicorn, with what it does not do itself against clients that never finish."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, Final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from nutrigraph.errors import UsageError

if TYPE_CHECKING:
    import asyncio

    from starlette.applications import Starlette

    from nutrigraph.server.limits import Limits

_BACKLOG: Final = 512
_GRACE: Final = 3
"""Seconds that what is being answered has when the server is told to end."""


class _Sparing(h11.Connection):
    """The reading of a connection, which takes a request in so many pieces and no more."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(h11.SERVER, limits.head)
        self.most, self.pieces = limits.chunks, 0

    def next_event(self) -> Any:  # noqa: ANN401 - as h11 has it
        event = super().next_event()
        if isinstance(event, h11.Request):
            self.pieces = 0
        elif isinstance(event, h11.Data):
            self.pieces += 1
        if self.pieces > self.most:
            raise h11.RemoteProtocolError("the body comes in too many pieces")
        return event


class _Watched(H11Protocol):
    """A connection that is closed when a head does not arrive, or an answer is not read.

    uvicorn waits without end for a head that has begun, and for a client to read its answer.
    """

    limits: Limits
    known: object = None
    arriving = True
    late: asyncio.TimerHandle | None = None
    since = 0.0

    def __init__(self, *told: Any, **named: Any) -> None:
        """Read no more pieces of a request than there may be."""
        super().__init__(*told, **named)
        self.conn = _Sparing(self.limits)

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401
        """Wait for the head of a request; where there are too many, the idlest goes."""
        super().connection_made(transport)
        self._watch(self.limits.arrival)
        if len(self.connections) > self.limits.connections:
            others = [
                one for one in self.connections if isinstance(one, _Watched) and one is not self
            ]
            idle = [one for one in others if one.idle]
            # Those that ask nothing go before those that read slowly.
            idlest = min(idle, key=lambda one: (not one.arriving, one.since), default=self)
            self.connections.discard(idlest)
            idlest.transport.abort()

    def handle_events(self) -> None:
        """Take what has arrived; a request has its time, and so has the next head."""
        super().handle_events()
        if self.cycle is not self.known:
            self.known, self.arriving = self.cycle, False
            self._watch(self.limits.longest)
        elif self.idle and not self.arriving and not self.transport.get_write_buffer_size():
            self.arriving = True
            self._watch(self.limits.arrival)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; where an answer has begun already, break off."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        if self.late is not None:
            self.late.cancel()
        super().connection_lost(exc)

    @property
    def idle(self) -> bool:
        """Whether nobody is at work for it: it asks nothing, or does not read the answer."""
        # uvicorn has no request yet until the first head is whole, whatever its types say.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete or self.flow.write_paused

    def _watch(self, seconds: float) -> None:
        if self.late is not None:
            self.late.cancel()
        self.since = self.loop.time()
        self.late = self.loop.call_later(seconds, self.transport.abort)


def protocol(limits: Limits) -> type[H11Protocol]:
    """Return the protocol of a connection, which neither listens nor sends for ever."""

    class Limited(_Watched):
        """A connection with these limits."""

    Limited.limits = limits
    return Limited


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address; port 0 takes a free one.

    Raises:
        UsageError: the address cannot be had.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"{host}:{port} cannot be listened at ({error}): name another --host or --port"
        ) from error
    # Connections take this over. asyncio sets it only where a socket names its protocol, which this
    # one does not; without it the body of an answer waits until the client has acknowledged the
    # head, some 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def run(app: Starlette, listening: socket.socket, limits: Limits) -> None:
    """Serve until told to end; what is being answered then has three seconds left."""
    config = uvicorn.Config(
        app,
        http=protocol(limits),
        ws="none",
        lifespan="on",
        loop="asyncio",
        h11_max_incomplete_event_size=limits.head,
        timeout_keep_alive=int(limits.arrival),
        timeout_graceful_shutdown=_GRACE,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=True,
    )
    uvicorn.Server(config).run([listening])
