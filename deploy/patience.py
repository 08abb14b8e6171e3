"""Asking the Hub again when it is busy, and saying in words what it refuses."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

import httpx2
from huggingface_hub.errors import HfHubHTTPError

__all__ = ["DeployError", "patiently"]

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
TRIES = 4
WAIT_MAX_S = 300.0  # the Hub counts requests in windows of five minutes
BUSY = {408, 429, 500, 502, 503, 504}
REASONS = {
    401: "The Hub does not know you: log in with `hf auth login`, or set HF_TOKEN to a token that may write.",
    403: "Your token may not write there. Make one that may, at https://huggingface.co/settings/tokens.",
    404: "There is no such repository, or your token may not see it.",
}


class DeployError(RuntimeError):
    """The Hub could not be made to do it; the message says what to do."""


def patiently(call: Callable[[], Answer], wait: Callable[[float], None] = time.sleep) -> Answer:
    """Return what `call` returns; where the Hub is busy or away, ask again, later and later or when it says.

    Raises:
        DeployError: it refused, or stayed away.
    """
    for number in range(1, TRIES + 1):
        try:
            return call()
        except HfHubHTTPError as exc:
            status = exc.response.status_code
            if status not in BUSY or number == TRIES:
                raise DeployError(f"{REASONS.get(status, 'The Hub refused.')} ({exc})") from exc
            seconds = _asked_for(exc) or 2.0**number
            log.warning("The Hub is busy (%d); asking again in %.0f s", status, seconds)
        except (httpx2.HTTPError, ConnectionError, TimeoutError) as exc:
            if number == TRIES:
                raise DeployError(f"The Hub does not answer: {exc!r}. Check the connection.") from exc
            seconds = 2.0**number
            log.warning("The Hub does not answer (%r); asking again in %.0f s", exc, seconds)
        except (RuntimeError, ValueError) as exc:  # an upload broken off, a README it does not like
            raise DeployError(f"The Hub refused: {exc}") from exc
        wait(seconds)
    raise DeployError("The Hub stayed busy.")


def _asked_for(error: HfHubHTTPError) -> float:
    asked = error.response.headers.get("Retry-After", "")
    return min(float(asked), WAIT_MAX_S) if asked.isdigit() else 0.0
