"""Listening: uvicorn, with what it does not do itself against clients that never finish."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, Final

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


def protocol(limits: Limits) -> type[H11Protocol]:
    """Return the protocol of a connection, which must send the head of a request in time.

    uvicorn waits for ever for one that has begun.
    """

    class Watched(H11Protocol):
        """A connection that is closed when the head of a request does not arrive in time."""

        late: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as uvicorn has it
            """Close it at once where there are too many; else wait for the head of a request."""
            super().connection_made(transport)
            if len(self.connections) > limits.connections:
                transport.abort()
                return
            self._watch()

        def data_received(self, data: bytes) -> None:
            """Wait no longer once there is a request to be answered."""
            super().data_received(data)
            # uvicorn has no request yet until the first head is whole, whatever its types say.
            cycle: RequestResponseCycle | None = self.cycle
            if cycle is None or cycle.response_complete:
                if self.late is None:
                    self._watch()
            else:
                self._rest()

        def connection_lost(self, exc: Exception | None) -> None:
            """Wait no longer."""
            self._rest()
            super().connection_lost(exc)

        def _watch(self) -> None:
            self._rest()
            self.late = self.loop.call_later(limits.arrival, self.transport.abort)

        def _rest(self) -> None:
            if self.late is not None:
                self.late.cancel()
                self.late = None

    return Watched


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
