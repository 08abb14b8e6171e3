"""Saying no: a status, a key that the page has a sentence for, and that sentence."""

from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

__all__ = ["Refusal", "Sentence"]

Sentence = Callable[[str, HTTPConnection], str]  # the words for a key, in the language that is asked for


class Refusal(Exception):
    """A request that is not served.

    Attributes:
        status: the HTTP status.
        key: a key of ``assets/translations``.
        retry_after_s: when it may be tried again, where that helps.
        reason: one word for the metrics.
    """

    def __init__(self, status: int, key: str, reason: str, retry_after_s: int | None = None) -> None:
        super().__init__(reason)
        self.status, self.key, self.reason, self.retry_after_s = status, key, reason, retry_after_s

    async def send(self, scope: Scope, receive: Receive, send: Send, sentence: Sentence) -> None:
        """Answer the request with it."""
        headers = {"Retry-After": str(self.retry_after_s)} if self.retry_after_s else {}
        body = {"error": sentence(self.key, HTTPConnection(scope)), "key": self.key}
        await JSONResponse(body, self.status, headers)(scope, receive, send)
