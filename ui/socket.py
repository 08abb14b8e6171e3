"""Answers over a WebSocket: one connection a page, one message a question, one a reply.

A question is a byte of flags and the drawing as a picture file, transparent where nothing is drawn; the
reply is JSON, see :mod:`ui.reply`. A page whose network lets no WebSocket through asks the event ``answer``.
"""

import json
import logging
import os
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import anyio
from anyio.to_thread import run_sync
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from model import Recogniser
from preprocessing import DrawingError, PictureTooLarge
from ui.answer import picture_from_bytes
from ui.reply import reply_to

__all__ = ["SOCKET_PATH", "socket_route"]

log = logging.getLogger(__name__)

Reply = dict[str, Any]

SOCKET_PATH = "/live"
EXPLAIN, SETTLED = 1, 2  # flags: tell also why; the pen is up
MAX_MESSAGE_BYTES = 200_000  # the page sends 2,000
FORMATS = ("PNG", "WEBP")  # that a browser writes
MAX_SOCKETS = 500
IDLE_S = 600  # a page that says nothing for so long opens another connection when it has to
MAX_WAITING = 1  # where as many questions wait for a core, those of a moving pen are not answered
LATE_S = 0.1  # where a lifted pen's question waited longer, neither, for PAUSE_S
PAUSE_S = 1.0
NOT_LOGGED_IN, TOO_MANY = 4401, 4429  # closing codes


def socket_route(recogniser: Recogniser) -> WebSocketRoute:
    """Return the route, for ``launch(app_kwargs={"routes": [...]})``."""
    cores = Cores()
    open_sockets: set[WebSocket] = set()

    async def live(socket: WebSocket) -> None:
        refusal = NOT_LOGGED_IN if not _may_ask(socket) else 0
        if len(open_sockets) >= MAX_SOCKETS:
            refusal = TOO_MANY
        await socket.accept()
        if refusal:
            await socket.close(refusal)
            return
        open_sockets.add(socket)
        try:
            while True:
                with anyio.fail_after(IDLE_S):
                    message = await socket.receive_bytes()
                reply = await _reply(message, recogniser, cores)
                await socket.send_text(json.dumps(reply, separators=(",", ":")))
        except (WebSocketDisconnect, TimeoutError, KeyError) as exc:  # KeyError: text where bytes belong
            log.debug("a page is gone: %r", exc)
            if not isinstance(exc, WebSocketDisconnect):
                await socket.close()
        finally:
            open_sockets.discard(socket)

    return WebSocketRoute(SOCKET_PATH, live)


class Cores:
    """Lets as many questions be answered at a time as there are cores; a moving pen's, where none is late."""

    def __init__(self) -> None:
        self.limiter = anyio.CapacityLimiter(os.cpu_count() or 1)
        self.are_busy_until = 0.0

    def are_busy(self) -> bool:
        """Return whether questions of a lifted pen wait, or have waited too long a moment ago."""
        waiting = self.limiter.statistics().tasks_waiting
        return waiting >= MAX_WAITING or time.monotonic() < self.are_busy_until

    async def run(self, work: Callable[[], Reply], is_settled: bool) -> Reply:
        """Do the work in a thread when it is its turn."""
        asked_at = time.monotonic()
        async with self.limiter:
            now = time.monotonic()
            if is_settled and now - asked_at > LATE_S:
                self.are_busy_until = now + PAUSE_S
            return await run_sync(work)


async def _reply(message: bytes, recogniser: Recogniser, cores: Cores) -> Reply:
    if len(message) > MAX_MESSAGE_BYTES:
        return {"error": PictureTooLarge.key}
    flags, picture = int.from_bytes(message[:1]), message[1:]
    is_settled = bool(flags & SETTLED)
    if not is_settled and cores.are_busy():
        return {"busy": True}

    def answer() -> Reply:
        try:
            return reply_to(picture_from_bytes(picture, FORMATS), recogniser, bool(flags & EXPLAIN))
        except DrawingError as exc:
            log.info("not recognised: %s", exc)
            return {"error": exc.key}

    return await cores.run(answer, is_settled)


def _may_ask(socket: WebSocket) -> bool:
    """Return whether the page's visitor has logged in, where that is asked, and comes from our own page."""
    app = socket.app
    if app.auth is None and app.auth_dependency is None:
        return True
    origin = urlsplit(socket.headers.get("origin", "")).netloc
    host = socket.headers.get("x-forwarded-host") or socket.headers.get("host")
    names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
    token = next((socket.cookies[name] for name in names if name in socket.cookies), None)
    return origin == host and app.tokens.get(token) is not None
