"""Whether the server lives, and whether it takes requests; and its end, which loses none.

``/healthz`` answers as long as the process does; ``/readyz`` answers 503 from the moment that it is told to
stop, so that a load balancer sends new requests elsewhere while those under way are answered.
"""

import time

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

__all__ = ["Health"]

POLL_S = 0.05


class Health:
    """The state of one server: is it draining, and how many requests are under way."""

    def __init__(self) -> None:
        self.is_draining = False
        self.under_way = 0

    def routes(self) -> list[BaseRoute]:
        """Return ``/healthz`` and ``/readyz``."""
        return [Route("/healthz", self._live), Route("/readyz", self._ready)]

    def drain(self, notice_s: float, longest_s: float) -> bool:
        """Take no more requests, and wait for those under way.

        Args:
            notice_s: how long a load balancer may need to notice; requests are still answered meanwhile.
            longest_s: how long to wait for the requests under way after that.

        Returns:
            whether all were answered.
        """
        self.is_draining = True
        time.sleep(notice_s)
        end = time.monotonic() + longest_s
        while self.under_way and time.monotonic() < end:
            time.sleep(POLL_S)
        return not self.under_way

    async def _live(self, request: Request) -> JSONResponse:
        return JSONResponse({"status": "alive"})

    async def _ready(self, request: Request) -> JSONResponse:
        if self.is_draining:
            return JSONResponse({"status": "draining"}, 503)
        return JSONResponse({"status": "ready"})
