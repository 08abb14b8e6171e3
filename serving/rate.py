"""How often one client may ask for work.

The client is the address that uvicorn reports: behind a proxy, the one in X-Forwarded-For, and only where
FORWARDED_ALLOW_IPS names that proxy (127.0.0.1 by default).
"""

import ipaddress
from collections import Counter

from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.limits import MAX_STREAMS, MAX_STREAMS_A_CLIENT, rate_a_client
from serving.metrics import Metrics
from serving.paths import is_stream
from serving.refusal import Refusal, Sentence

__all__ = ["RateLimit", "client_of"]

IPV6_NETWORK = 64  # bits that name a household; the rest it may change at will
TRY_AGAIN_CODE = 1013  # a WebSocket's way to say so
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def client_of(scope: Scope) -> str:
    """Return the client's address; of an IPv6 one, its network."""
    host = (scope.get("client") or ("unknown", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:64]
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))


class RateLimit:
    """Refuses with 429 what is too often, and a stream or a WebSocket that is one too many."""

    def __init__(self, app: ASGIApp, metrics: Metrics, sentence: Sentence) -> None:
        self.app, self.metrics, self.sentence = app, metrics, sentence
        self.rate = rate_a_client()
        self.limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self.streams: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "websocket" or (scope["type"] == "http" and is_stream(scope)):
            await self._stream(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            if await self.limiter.hit(self.rate, client_of(scope)):
                await self.app(scope, receive, send)
            else:
                wait_s = max(1, self.rate.get_expiry() // 10)
                await self._refuse(scope, receive, send, "rate", wait_s)
        else:
            await self.app(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = client_of(scope)
        if self.streams[client] >= MAX_STREAMS_A_CLIENT or self.streams.total() >= MAX_STREAMS:
            await self._refuse(scope, receive, send, "streams", 10)
            return
        self.streams[client] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.streams[client] -= 1
            if not self.streams[client]:
                del self.streams[client]

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, reason: str, wait_s: int) -> None:
        self.metrics.refusals.labels(reason).inc()
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": TRY_AGAIN_CODE})
            return
        await Refusal(429, "error.busy", reason, wait_s).send(scope, receive, send, self.sentence)
