"""Only so many events at once; the others wait in turn, and only so many of them."""

import anyio
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.limits import MAX_RUNNING, MAX_WAITING
from serving.metrics import Metrics
from serving.paths import kind_of
from serving.refusal import Refusal, Sentence

__all__ = ["Gate"]

WORK = {"event", "blob", "upload", "mcp", "login"}  # kinds that take memory or a core
RETRY_AFTER_S = 2


class Gate:
    """Lets MAX_RUNNING requests through at a time, has MAX_WAITING wait, and refuses the rest with 429."""

    def __init__(self, app: ASGIApp, metrics: Metrics, sentence: Sentence) -> None:
        self.app, self.metrics, self.sentence = app, metrics, sentence
        self.limiter: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it is its turn."""
        if scope["type"] != "http" or scope["method"] != "POST" or kind_of(scope) not in WORK:
            await self.app(scope, receive, send)
            return
        limiter = self.limiter = self.limiter or anyio.CapacityLimiter(MAX_RUNNING)
        if limiter.statistics().tasks_waiting >= MAX_WAITING:
            self.metrics.refusals.labels("queue").inc()
            await Refusal(429, "error.busy", "queue", RETRY_AFTER_S).send(scope, receive, send, self.sentence)
            return
        async with limiter:
            await self.app(scope, receive, send)
