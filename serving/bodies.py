"""What a request may carry: so many bytes, within so long; JSON that is JSON; and no address to fetch.

Gradio fetches a URL that stands where a file's path belongs. Here nobody has a use for that, so such a
request is refused before Gradio sees it.
"""

import json
import time
from typing import Any

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.limits import (
    BODY_TIMEOUT_S,
    JSON_DEPTH,
    MAX_FILE_BYTES,
    MAX_JSON_BYTES,
    UPLOADS_BYTES,
    upload_folder,
)
from serving.metrics import Metrics
from serving.paths import API, path_of
from serving.refusal import Refusal, Sentence

__all__ = ["BodyLimits", "check_json"]

FILES = (f"{API}/upload", f"{API}/component_server")
CHECKED_FOR_S = 1.0  # the folder of temporary files is measured no more often
TOO_LARGE = (413, "error.too_large", "size")
UNREADABLE = (400, "error.unreadable", "json")
MAX_INTEGER = 2**63


class BodyLimits:
    """Refuses what is too large (413), is no JSON (400), or finds no room on the disk (429)."""

    def __init__(self, app: ASGIApp, metrics: Metrics, sentence: Sentence) -> None:
        self.app, self.metrics, self.sentence = app, metrics, sentence
        self.measured_at, self.stored_bytes = 0.0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its body counted."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_file = path_of(scope).startswith(FILES) and not _is_json(headers)
        body = Body(receive, MAX_FILE_BYTES if is_file else MAX_JSON_BYTES)
        has_started = False

        async def watched(message: Message) -> None:
            nonlocal has_started
            if body.refusal and not has_started:
                return  # whatever the app says of the body that was cut short
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        try:
            body.check_length(headers.get("content-length", "0"))
            if is_file:
                await self._check_disk(path_of(scope))
            elif path_of(scope).startswith(API) and _is_json(headers):
                await body.check_json()
            await self.app(scope, body.receive, watched)
        except Refusal as refusal:
            body.refusal = refusal
        if body.refusal:
            self.metrics.refusals.labels(body.refusal.reason).inc()
            if not has_started:
                await body.refusal.send(scope, receive, send, self.sentence)

    async def _check_disk(self, path: str) -> None:
        if not path.startswith(f"{API}/upload"):
            return  # a blob stays in memory
        now = time.monotonic()
        if now - self.measured_at > CHECKED_FOR_S:
            self.measured_at = now
            self.stored_bytes = await anyio.to_thread.run_sync(_stored_bytes)
        if self.stored_bytes + MAX_FILE_BYTES > UPLOADS_BYTES:
            raise Refusal(429, "error.busy", "disk", 60)


class Body:
    """A request's body, counted and timed while it arrives."""

    def __init__(self, receive: Receive, max_bytes: int) -> None:
        self._receive, self.max_bytes = receive, max_bytes
        self.received_bytes = 0
        self.is_complete = False
        self.kept: list[Message] = []
        self.refusal: Refusal | None = None  # raised while the app read; it may have caught it
        self.deadline = time.monotonic() + BODY_TIMEOUT_S

    def check_length(self, declared: str) -> None:
        """Refuse by what the client says of the length, before a byte of it is read."""
        if not declared.isdecimal() or len(declared) > 20:
            raise Refusal(*UNREADABLE)
        if int(declared) > self.max_bytes:
            raise Refusal(*TOO_LARGE)

    async def receive(self) -> Message:
        """Return the next message: first those that were read to be checked."""
        try:
            return self.kept.pop(0) if self.kept else await self._next()
        except Refusal as refusal:
            self.refusal = refusal
            raise

    async def check_json(self) -> None:
        """Read it all, refuse what is no JSON to be served, and keep it for the app."""
        content = b""
        while not self.is_complete:
            message = await self._next()
            self.kept.append(message)
            content += message.get("body", b"")
        check_json(content)

    async def _next(self) -> Message:
        if self.is_complete:
            return await self._receive()
        try:
            with anyio.fail_after(self.deadline - time.monotonic()):
                message = await self._receive()
        except TimeoutError as exc:
            raise Refusal(408, "error.connection", "slow") from exc
        self.received_bytes += len(message.get("body", b""))
        if self.received_bytes > self.max_bytes:
            raise Refusal(*TOO_LARGE)
        self.is_complete = not message.get("more_body", False)
        return message


def check_json(content: bytes) -> None:
    """Refuse what Gradio would stumble over, or fetch.

    Raises:
        Refusal: it is no strict JSON in UTF-8, is nested more than JSON_DEPTH deep, holds half a character or
            a number that is none, or an address where a file's path belongs.
    """
    try:
        value = json.loads(content.decode("utf-8"), parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as exc:
        raise Refusal(*UNREADABLE) from exc
    todo: list[tuple[Any, int]] = [(value, 0)]
    while todo:
        value, depth = todo.pop()
        if depth > JSON_DEPTH:
            raise Refusal(*UNREADABLE)
        if isinstance(value, dict):
            if _is_address(value.get("path")) or _is_address(value.get("url"), may_be_ours=True):
                raise Refusal(400, "error.unreadable", "address")
            todo += [(each, depth + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list):
            todo += [(each, depth + 1) for each in value]
        elif isinstance(value, str | int) and not _is_sound(value):
            raise Refusal(*UNREADABLE)


def _is_address(path: Any, may_be_ours: bool = False) -> bool:
    if not isinstance(path, str) or "://" not in path:
        return False
    return not (may_be_ours and f"{API}/file=" in path)  # the page repeats where its upload went


def _is_sound(value: str | int) -> bool:
    """Return whether it can be written as JSON again."""
    if isinstance(value, int):
        return abs(value) < MAX_INTEGER
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("too large a number")
    return number


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _is_json(headers: Headers) -> bool:
    return not headers.get("content-type", "").startswith("multipart/form-data")


def _stored_bytes() -> int:
    total = 0
    for path in upload_folder().rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # swept meanwhile
            continue
    return total
