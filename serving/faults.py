"""What goes wrong inside says so without telling how.

Gradio answers 500 to every event that raises, and most that do were sent what is no picture, no number or no
such component. Those are the client's: 422, or 400 where a route raises on its input. What remains is ours:
500 and nothing but that. The log has each with its traceback.
"""

import logging

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.metrics import Metrics
from serving.paths import kind_of

__all__ = ["Faults"]

log = logging.getLogger(__name__)

# What Python raises for a value of the wrong type or shape, or a key that is not there.
OF_THE_INPUT = (TypeError, ValueError, LookupError, AttributeError, RecursionError)
OF_LIBRARIES = (
    "gradio",
    "fastapi",
    "pydantic",
    "starlette",
    "PIL",
)  # errors of their own, such as no such event


class Faults:
    """Turns an error into an answer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and mend its status."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_started = False

        async def mended(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                headers = MutableHeaders(scope=message)
                is_json = headers.get("content-type", "").startswith("application/json")
                if message["status"] == 500 and is_json and kind_of(scope) == "event":
                    message["status"] = 422
            await send(message)

        try:
            await self.app(scope, receive, mended)
        except Exception as exc:
            status = 400 if _is_of_the_input(exc) else 500
            self.metrics.faults.inc()
            log.exception("%s raised at %s %s", type(exc).__name__, scope["method"], kind_of(scope))
            if has_started:
                raise
            await JSONResponse({"error": None}, status)(scope, receive, send)


def _is_of_the_input(exc: Exception) -> bool:
    return isinstance(exc, OF_THE_INPUT) or type(exc).__module__.split(".")[0] in OF_LIBRARIES
