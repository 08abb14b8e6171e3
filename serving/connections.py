"""How long a connection may be silent, and how much it may leave unread.

Below what an ASGI app sees: uvicorn waits for a request's headers for ever, and answers pings without end to
who reads no answer.
"""

import asyncio
import sys

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from serving.limits import (
    HEADERS_TIMEOUT_S,
    MAX_OPEN_FILES,
    MAX_SOCKET_MESSAGE_BYTES,
    MAX_UNREAD_BYTES,
)

if sys.platform != "win32":
    import resource

__all__ = ["HttpConnection", "SocketConnection", "bound_connections"]


class HttpConnection(H11Protocol):
    """Closes where no request has come within HEADERS_TIMEOUT_S of the connection or of the last answer."""

    headers_s = HEADERS_TIMEOUT_S
    timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self._wait()
        super().on_response_complete()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Wait no more: a WebSocket may be silent."""
        self._stop_waiting()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._stop_waiting()
        self.timer = self.loop.call_later(self.headers_s, self._give_up)

    def _stop_waiting(self) -> None:
        if self.timer:
            self.timer.cancel()

    def _give_up(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()


class SocketConnection(WebSocketsSansIOProtocol):
    """Closes where more than MAX_UNREAD_BYTES of answers and pongs are left unread."""

    def data_received(self, data: bytes) -> None:
        """Answer, unless nobody reads the answers."""
        if self.transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            self.transport.abort()
            return
        super().data_received(data)


def bound_connections(config: Config) -> None:
    """Have a server's connections bounded, and let it have more of them than the 1,024 that are usual."""
    config.http_protocol_class = HttpConnection
    config.ws_protocol_class = SocketConnection
    config.ws_max_size = MAX_SOCKET_MESSAGE_BYTES
    if sys.platform != "win32":
        fewest, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if fewest != resource.RLIM_INFINITY:
            wanted = MAX_OPEN_FILES if most == resource.RLIM_INFINITY else min(most, MAX_OPEN_FILES)
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(fewest, wanted), most))
