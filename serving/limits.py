"""How much a stranger may ask for, in one place. What an operator may change comes from the environment."""

import os
import tempfile
from pathlib import Path

from limits import RateLimitItem, parse

__all__ = [
    "BODY_TIMEOUT_S",
    "HEADERS_TIMEOUT_S",
    "JSON_DEPTH",
    "MAX_FILE_BYTES",
    "MAX_JSON_BYTES",
    "MAX_OPEN_FILES",
    "MAX_PICTURE_PIXELS",
    "MAX_RUNNING",
    "MAX_SESSIONS",
    "MAX_SOCKET_MESSAGE_BYTES",
    "MAX_STREAMS",
    "MAX_STREAMS_A_CLIENT",
    "MAX_UNREAD_BYTES",
    "MAX_WAITING",
    "UPLOADS_BYTES",
    "rate_a_client",
    "upload_folder",
]

MB = 1_000_000
MAX_JSON_BYTES = 2 * MB  # the page sends 3 kB; a drawing of the API as a data URI, 1 MB
MAX_FILE_BYTES = 25 * MB  # a phone's photo of 48 megapixels
MAX_SOCKET_MESSAGE_BYTES = 1 * MB
MAX_PICTURE_PIXELS = 50 * MB  # as preprocessing.canvas reads; held before a file is decoded
JSON_DEPTH = 20  # the page sends 4
HEADERS_TIMEOUT_S = 20  # for a request to arrive, its body aside
BODY_TIMEOUT_S = 60  # for a body to arrive
MAX_OPEN_FILES = 10_000  # one a connection: more than all streams, sockets and slow clients
MAX_UNREAD_BYTES = 1 * MB  # of a WebSocket's answers
MAX_RUNNING = 4 * (os.cpu_count() or 1)  # events at work at once: some wait for the disk
MAX_WAITING = 200  # events that wait for those
MAX_STREAMS = 2000  # open heartbeats and queues: two a page
MAX_STREAMS_A_CLIENT = 600  # a school behind one address
MAX_SESSIONS = 1000  # Gradio's state is kept for so many pages
UPLOADS_BYTES = int(os.environ.get("DIGITS_UPLOADS_MB", "500")) * MB  # all temporary files together
DEFAULT_RATE = "3000/minute"  # a class behind one address: 60 people at 50 a minute


def rate_a_client() -> RateLimitItem:
    """Return how many requests that cause work one address may make: DIGITS_RATE, such as ``600/minute``."""
    return parse(os.environ.get("DIGITS_RATE", DEFAULT_RATE))


def upload_folder() -> Path:
    """Return where Gradio keeps temporary files."""
    return Path(os.environ.get("GRADIO_TEMP_DIR") or Path(tempfile.gettempdir()) / "gradio")
