"""What stands between the network and the page: health, metrics, bounds, headers, logs.

Pure ASGI, and nothing of Gradio: :func:`serving_kwargs` gives ``launch(app_kwargs=...)`` its routes and its
middleware. A request passes, from the outside in: metrics, headers, faults, closed paths, the client's rate,
the bounds of its body, and the gate that lets only so many in at once.
"""

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from serving.bodies import BodyLimits
from serving.closed import ClosedPaths
from serving.faults import Faults
from serving.gate import Gate
from serving.headers import SecurityHeaders
from serving.health import Health
from serving.metrics import Metrics, MetricsMiddleware
from serving.rate import RateLimit
from serving.refusal import Sentence

__all__ = ["Health", "Metrics", "serving_kwargs"]


def serving_kwargs(
    routes: list[BaseRoute], health: Health, metrics: Metrics, sentence: Sentence
) -> dict[str, list[BaseRoute] | list[Middleware]]:
    """Return ``routes`` and ``middleware`` for FastAPI.

    Args:
        routes: the app's own, besides /healthz, /readyz and /metrics.
        health: whether the server takes requests, and how many are under way.
        metrics: where requests are counted.
        sentence: the words for a refusal, by its key and the language that the client accepts.
    """
    return {
        "routes": [*routes, *health.routes(), metrics.route()],
        "middleware": [
            Middleware(MetricsMiddleware, metrics=metrics, health=health),
            Middleware(SecurityHeaders),
            Middleware(Faults, metrics=metrics),
            Middleware(ClosedPaths),
            Middleware(RateLimit, metrics=metrics, sentence=sentence),
            Middleware(BodyLimits, metrics=metrics, sentence=sentence),
            Middleware(Gate, metrics=metrics, sentence=sentence),
        ],
    }
