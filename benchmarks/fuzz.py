"""Send a running server what no page sends, and see that it stays up and tells nothing.

    python -m benchmarks.fuzz --inputs 20000

starts the app, sends it the requests and messages of benchmarks/hostile.py, and writes
benchmarks/results/fuzz.json: answers by status, and every 5xx, traceback or path shown, file read, address
fetched or connection lost that there was; there should be none.
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import connect

from benchmarks.hostile import Request, hostile_message, hostile_request
from benchmarks.servers import ROOT, Server, served

RESULTS = Path(__file__).parent / "results" / "fuzz.json"
SECRET = "not-for-strangers-31415"
MESSAGES = 0.2  # share of the inputs that go to the WebSocket
TIMEOUT_S = 30
# What an answer must not hold. The page names the app's own assets folder nowhere.
TELLING = ("Traceback (most recent call last)", str(ROOT), "site-packages", SECRET, "root:x:0:0")


def main() -> None:
    """Fuzz as the command line says, write the results; end with 1 where something was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = fuzz(arguments.inputs, arguments.seed, Path(folder))
    print(json.dumps(results, indent=1))
    arguments.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    sys.exit(bool(results["found"]))


def fuzz(inputs: int, seed: int, folder: Path) -> dict[str, Any]:
    """Start the app, send it so many inputs, and return what came of them."""
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    variables = {
        "GRADIO_TEMP_DIR": str(folder / "uploads"),
        "DIGITS_CORRECTIONS": str(folder / "corrections"),
        "DIGITS_RATE": "1000000/minute",
    }
    with canary() as (canary_url, fetched), served([sys.executable, "app.py"], variables) as server:
        addresses = [
            str(folder / "secret.txt"), "/etc/passwd", str(ROOT / "app.py"), "file:///etc/passwd", canary_url,
            canary_url.replace("127.0.0.1", "localhost"), canary_url.replace("127.0.0.1", "0x7f000001"),
            "http://169.254.169.254/latest/meta-data/", "ftp://127.0.0.1/x", "//127.0.0.1/x",
            str(folder / "uploads" / ".." / "secret.txt"),
        ]  # fmt: skip
        started = time.perf_counter()
        statuses, found = send(server, inputs, random.Random(seed), addresses)
        found += [f"fetched {path}" for path in fetched]
        if server.process.poll() is not None:
            found.append(f"the server ended with {server.process.returncode}")
        return {
            "inputs": inputs,
            "seed": seed,
            "seconds": round(time.perf_counter() - started),
            "statuses": {str(status): count for status, count in sorted(statuses.items(), key=str)},
            "found": found,
            "memory_mb": round(server.memory_mb(), 1),
        }


def send(
    server: Server, inputs: int, chance: random.Random, addresses: list[str]
) -> tuple[Counter[int | str], list[str]]:
    """Send the inputs one by one; return the statuses, and what should not have been."""
    statuses: Counter[int | str] = Counter()
    found: list[str] = []
    messages = round(inputs * MESSAGES)
    with httpx.Client(base_url=server.url, timeout=TIMEOUT_S) as client:
        for _ in range(inputs - messages):
            request = hostile_request(chance, addresses)
            try:
                status, text = ask(client, request)
            except (httpx.InvalidURL, UnicodeError):  # what the client itself will not send
                statuses["not sent"] += 1
                continue
            except httpx.HTTPError as exc:
                found.append(f"{type(exc).__name__} at {request.method} {request.path[:80]}")
                continue
            statuses[status] += 1
            if status >= 500:
                found.append(f"{status} at {request.method} {request.path[:80]} {request.options}"[:600])
            # A reply may repeat the path that it was asked for.
            told = [word for word in TELLING if word in text and word not in request.path]
            found += [f"{word} at {request.path[:80]}" for word in told]
    with connect(server.url.replace("http", "ws") + "live") as socket:  # the one connection lives through all
        for _ in range(messages):
            socket.send(hostile_message(chance))
            reply = str(socket.recv(TIMEOUT_S))
            statuses["reply"] += 1
            found += [f"{word} in a reply" for word in TELLING if word in reply]
    return statuses, found


def ask(client: httpx.Client, request: Request) -> tuple[int, str]:
    """Send a request; return the answer's status and the start of its text."""
    with client.stream(request.method, request.path, **request.options) as reply:
        if reply.headers.get("content-type", "").startswith("text/event-stream"):
            return reply.status_code, ""
        return reply.status_code, reply.read().decode(errors="replace")


@contextmanager
def canary() -> Iterator[tuple[str, list[str]]]:
    """Serve on loopback, and tell of every path that anyone fetches."""
    fetched: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fetched.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/canary.png", fetched
    server.shutdown()


if __name__ == "__main__":
    main()
