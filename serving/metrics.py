"""What Prometheus reads at ``/metrics``: requests, how long they took, refusals, and which model serves."""

import time

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.health import Health
from serving.paths import is_stream, kind_of

__all__ = ["Metrics", "MetricsMiddleware"]

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NO_ANSWER = 499  # the client left before there was one


class Metrics:
    """The counters of one server."""

    def __init__(self, model_sha256: str) -> None:
        """Count for a server that serves the model with this hash."""
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.requests = Counter(
            "digits_requests", "Requests answered", ["kind", "status"], registry=self.registry
        )
        self.latency = Histogram(
            "digits_request_seconds",
            "From a request to the end of its answer",
            ["kind"],
            buckets=BUCKETS_S,
            registry=self.registry,
        )
        self.refusals = Counter("digits_refusals", "Requests refused", ["reason"], registry=self.registry)
        self.faults = Counter("digits_faults", "Requests that failed", registry=self.registry)
        self.under_way = Gauge("digits_under_way", "Requests under way", ["kind"], registry=self.registry)
        Info("digits_model", "The model that serves", registry=self.registry).info({"sha256": model_sha256})

    def route(self) -> BaseRoute:
        """Return ``/metrics``."""
        return Route("/metrics", self._show)

    async def _show(self, request: Request) -> Response:
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)


class MetricsMiddleware:
    """Counts every request and every connection, and tells :class:`Health` which must not be cut off."""

    def __init__(self, app: ASGIApp, metrics: Metrics, health: Health) -> None:
        self.app, self.metrics, self.health = app, metrics, health

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        kind, status, started = kind_of(scope), NO_ANSWER, time.perf_counter()
        may_be_cut = scope["type"] == "websocket" or is_stream(scope)

        async def watched(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        self.health.under_way += not may_be_cut
        self.metrics.under_way.labels(kind).inc()
        try:
            await self.app(scope, receive, watched)
        finally:
            self.health.under_way -= not may_be_cut
            self.metrics.under_way.labels(kind).dec()
            if not may_be_cut:
                self.metrics.latency.labels(kind).observe(time.perf_counter() - started)
            if scope["type"] == "http":
                self.metrics.requests.labels(kind, status).inc()
