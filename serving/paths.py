"""What a path asks for: the few kinds that bounds and metrics tell apart."""

from starlette.types import Scope

__all__ = ["API", "is_stream", "kind_of", "path_of"]

API = "/gradio_api"
STREAMS = (f"{API}/heartbeat/", f"{API}/queue/data", f"{API}/upload_progress", f"{API}/startup-events")
KINDS = (  # the first beginning that fits
    (f"{API}/run/", "event"),
    (f"{API}/api/", "event"),
    (f"{API}/call/", "event"),
    (f"{API}/queue/join", "event"),
    (f"{API}/component_server", "blob"),
    (f"{API}/upload", "upload"),
    (f"{API}/mcp", "mcp"),
    (f"{API}/file", "file"),
    (API, "other"),
    ("/login", "login"),
    ("/live", "live"),
    ("/assets", "asset"),
    ("/static", "asset"),
    ("/theme.css", "asset"),
    ("/config", "page"),
)


def path_of(scope: Scope) -> str:
    """Return the path that the app sees, with no folder of a proxy before it."""
    path, root = scope["path"], scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root) else path


def is_stream(scope: Scope) -> bool:
    """Return whether the answer goes on for as long as the page is open."""
    path = path_of(scope)
    return path.startswith(STREAMS) or (path.startswith(f"{API}/call/") and scope.get("method") == "GET")


def kind_of(scope: Scope) -> str:
    """Return what the request is counted as."""
    path = path_of(scope)
    if is_stream(scope):
        return "stream"
    if path == "/":
        return "page"
    return next((kind for beginning, kind in KINDS if path.startswith(beginning)), "other")
