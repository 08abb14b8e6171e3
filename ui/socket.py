"""Answers over a WebSocket: one connection a page, one message a question, one a reply.

A question is a byte of flags and the drawing as a picture file, transparent where nothing is drawn; the
reply is JSON, see :mod:`ui.reply`. A page whose network lets no WebSocket through asks the event ``answer``.
"""

import io
import json
import logging
import os
from typing import Any
from urllib.parse import urlsplit

import anyio
from anyio.to_thread import run_sync
from PIL import Image
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from model import Recogniser
from preprocessing import DrawingError, PictureTooLarge, UnreadablePicture
from ui.reply import reply_to

__all__ = ["SOCKET_PATH", "socket_route"]

log = logging.getLogger(__name__)

SOCKET_PATH = "/live"
EXPLAIN, SETTLED = 1, 2  # flags: tell also why; the pen is up
MAX_MESSAGE_BYTES = 200_000  # the page sends 2,000
MAX_SIDE_PX = 1024  # the page sends 280
MAX_SOCKETS = 500
IDLE_S = 600  # a page that says nothing for so long opens another connection when it has to
MAX_WAITING = 1  # where as many questions wait for a core, those of a moving pen are not answered
NOT_LOGGED_IN, TOO_MANY = 4401, 4429  # closing codes


def socket_route(recogniser: Recogniser) -> WebSocketRoute:
    """Return the route, for ``launch(app_kwargs={"routes": [...]})``."""
    cores = anyio.CapacityLimiter(os.cpu_count() or 1)
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


async def _reply(message: bytes, recogniser: Recogniser, cores: anyio.CapacityLimiter) -> dict[str, Any]:
    if len(message) > MAX_MESSAGE_BYTES:
        return {"error": PictureTooLarge.key}
    flags, picture = int.from_bytes(message[:1]), message[1:]
    if not flags & SETTLED and cores.statistics().tasks_waiting >= MAX_WAITING:
        return {"busy": True}

    def answer() -> dict[str, Any]:
        try:
            return reply_to(_layer(picture), recogniser, bool(flags & EXPLAIN))
        except DrawingError as exc:
            log.info("not recognised: %s", exc)
            return {"error": exc.key}

    return await run_sync(answer, limiter=cores)


def _layer(picture: bytes) -> Image.Image:
    try:
        layer = Image.open(io.BytesIO(picture), formats=("PNG", "WEBP"))
    except (OSError, ValueError, Image.DecompressionBombError) as exc:
        raise UnreadablePicture(
            f"Received {len(picture)} bytes: {exc}. Expected a PNG or WebP file."
        ) from exc
    if max(layer.size) > MAX_SIDE_PX:
        raise PictureTooLarge(
            f"Received a layer of {layer.size} pixels; expected {MAX_SIDE_PX} a side or less."
        )
    return layer


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
