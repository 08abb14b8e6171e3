"""The gradio.live link: Gradio's own tunnel, opened so that it fails in bounded time and says why.

Gradio asks its API for a server, downloads a client program on first use, and reads the link from what that
program prints. It waits for ever where the program prints nothing, keeps a program that was downloaded in
part, and leaves it running where the app is killed; all three are mended here.
"""

import hashlib
import logging
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, Queue
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from urllib.parse import urlsplit

from gradio import networking, tunneling
from gradio.exceptions import ChecksumMismatchError, ShareCertificateWriteError
from httpx import HTTPError

__all__ = ["ShareError", "ShareLink", "open_link"]

log = logging.getLogger(__name__)

GIVE_UP_S = 75.0  # the API, the download and the client may each take 30
LASTS = timedelta(days=7)  # as Gradio promises, if the app runs that long

_watchers: list[Popen[bytes]] = []  # kept, as their pipes are closed with the last reference


class ShareError(RuntimeError):
    """There is no link; `key` names the sentence that says why."""

    def __init__(self, key: str, detail: object) -> None:
        super().__init__(f"No share link ({key}): {detail}")
        self.key = key


@dataclass(frozen=True)
class ShareLink:
    """A public link.

    Attributes:
        url: https and a host of its own.
        expires: when Gradio ends it, in UTC.
    """

    url: str
    expires: datetime


def open_link(host: str, port: int, token: str, give_up_s: float = GIVE_UP_S) -> ShareLink:
    """Return a public link to the server on this computer.

    Args:
        host: the server's address.
        port: its port.
        token: a secret that names the tunnel.
        give_up_s: how long it may take.

    Raises:
        ShareError: it could not be had.
    """
    outcome: Queue[str | ShareError] = Queue()
    threading.Thread(target=_open, args=(host, port, token, outcome), name="share-link", daemon=True).start()
    try:
        result = outcome.get(timeout=give_up_s)
    except Empty:
        _end_tunnels()
        raise ShareError("share.silent", f"nothing came within {give_up_s:.0f} s") from None
    if isinstance(result, ShareError):
        _end_tunnels()
        raise result
    return ShareLink(urlsplit(result)._replace(scheme="https").geturl(), datetime.now(UTC) + LASTS)


def _open(host: str, port: int, token: str, outcome: "Queue[str | ShareError]") -> None:
    try:
        _remove_damaged_client()
        url = networking.setup_tunnel(host, port, token, None, None)
        _end_clients_with_us()
        outcome.put(url)
    except ShareCertificateWriteError as exc:
        outcome.put(ShareError("share.certificate", exc))
    except (ChecksumMismatchError, HTTPError, OSError) as exc:
        _remove_damaged_client()
        outcome.put(ShareError("share.client", repr(exc)))
    except RuntimeError as exc:
        outcome.put(ShareError("share.api", f"{exc} {exc.__cause__!r}"))
    except ValueError as exc:
        outcome.put(ShareError("share.refused", exc))


def _remove_damaged_client() -> None:
    """Remove a client program that is not the one Gradio vouches for, or it would be run next time."""
    path = Path(tunneling.BINARY_PATH)
    expected = tunneling.CHECKSUMS.get(tunneling.BINARY_URL)
    if expected and path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != expected:
        log.warning("%s is damaged and was removed", path)
        path.unlink()


def _end_clients_with_us() -> None:
    """Have the client end when this process does, even by kill -9.

    Its link would go on, and lead to whatever takes the port next.
    """
    for tunnel in tunneling.CURRENT_TUNNELS:
        process: Popen[bytes] | None = tunnel.proc
        if process:
            watch = ["sh", "-c", 'read -r _; kill "$0"', str(process.pid)]  # the pipe ends with us
            with suppress(FileNotFoundError):  # no shell, as on Windows
                _watchers.append(
                    Popen(watch, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True)
                )


def _end_tunnels() -> None:
    """End the client programs of tunnels that came to nothing."""
    while tunneling.CURRENT_TUNNELS:
        process: Popen[bytes] | None = tunneling.CURRENT_TUNNELS.pop().proc
        if process:
            with suppress(OSError, TimeoutExpired):
                process.kill()
                process.wait(1)
