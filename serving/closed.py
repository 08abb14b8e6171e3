"""Doors of Gradio that this app has no use for: a proxy, recordings, monitoring, editing by a model, streams.

Each takes work, or an address to fetch, from strangers; each answers 404.
"""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.paths import API, path_of

__all__ = ["ClosedPaths"]

OF_THE_API = (
    "/proxy",
    "/file=http:",
    "/file=https:",
    "/process_recording",
    "/vibe-",
    "/undo-vibe-edit",
    "/dev/",
    "/run-history",
    "/runs",
    "/stream",
    "/deep_link",
    "/profiling",
    "/custom_component",
)
MAX_NAME_BYTES = 255
CLOSED = (*(API + path for path in OF_THE_API), "/monitoring", "/svelte", "/pwa_icon/")


class ClosedPaths:
    """Answers 404 to them, and to what can be no file's name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is open."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = path_of(scope)
        is_name = path.isprintable() and max(map(len, path.encode().split(b"/"))) <= MAX_NAME_BYTES
        if path.lower().startswith(CLOSED) or not is_name:
            await JSONResponse({"detail": "Not Found"}, 404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)
