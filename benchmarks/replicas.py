"""Three replicas behind a real nginx, under load: one is killed, all three are replaced, nothing is lost.

    python -m benchmarks.replicas --people 30

runs deploy/nginx/nginx.conf on loopback (nginx has to be installed) and writes what people saw to
benchmarks/results/replicas.json: requests that failed, WebSockets that had to be opened again, and answers a
second of one and of three replicas.
"""

import argparse
import asyncio
import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from PIL import Image, ImageDraw
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from benchmarks.servers import ROOT, free_port

RESULTS = Path(__file__).parent / "results" / "replicas.json"
NGINX_CONF = ROOT / "deploy" / "nginx" / "nginx.conf"
REPLICAS = 3
START_S, STOP_S = 180, 60
PAUSE_S = 0.3  # of a person, between two questions
SETTLED = b"\x02"


class Replica:
    """One process of the app, on a port that stays the same."""

    def __init__(self, folder: Path, name: str) -> None:
        self.port, self.folder = free_port(), folder / name
        self.log = folder / f"{name}.log"

    def start(self) -> None:
        """Start it; see :meth:`wait`."""
        variables = {
            "GRADIO_TEMP_DIR": str(self.folder),
            "DIGITS_CORRECTIONS": "off",
            "DIGITS_RATE": "1000000/minute",
            "GRADIO_ANALYTICS_ENABLED": "False",
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py", "--port", str(self.port)],
                cwd=ROOT,
                env=os.environ | variables,
                stdout=log,
                stderr=log,
            )

    def wait(self) -> None:
        """Wait until it is ready.

        Raises:
            TimeoutError: it is not within START_S.
        """
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"No replica within {START_S} s: {self.log.read_text('utf-8')[-2000:]}")

    def kill(self) -> None:
        """End it as a machine that fails would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Tell it to stop, and wait until it has."""
        self.process.terminate()
        self.process.wait(STOP_S)


@contextmanager
def replicas(folder: Path, count: int = REPLICAS) -> Iterator[list[Replica]]:
    """Start so many replicas, and end them."""
    started = [Replica(folder, f"replica{number}") for number in range(count)]
    try:
        for replica in started:
            replica.start()
        for replica in started:
            replica.wait()
        yield started
    finally:
        for replica in started:
            replica.kill()


@contextmanager
def nginx(folder: Path, ports: list[int]) -> Iterator[str]:
    """Run nginx with the project's settings before these ports, and yield its URL."""
    port = free_port()
    servers = "\n".join(f"server 127.0.0.1:{each} max_fails=1 fail_timeout=2s;" for each in ports)
    text = re.sub(r"(?:\s*server app\d:.*;)+", "\n" + servers, NGINX_CONF.read_text("utf-8"))
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}").replace("/tmp/nginx", f"{folder}/nginx")
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8")
    command = [shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(folder), "-c", str(path)]
    subprocess.run([*command, "-t", "-q"], check=True)
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


class Crowd:
    """People who ask on and on, half of them over WebSockets, until told to stop."""

    def __init__(self, url: str, people: int, pause_s: float = PAUSE_S) -> None:
        self.url, self.people, self.pause_s = url, people, pause_s
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        self.is_over = asyncio.Event()
        self.picture = _seven()

    async def during(self, act: Callable[[], Awaitable[None]]) -> None:
        """Ask while something is done."""
        ways = (self._by_http, self._by_socket)
        people = [asyncio.create_task(ways[number % 2]()) for number in range(self.people)]
        await act()
        self.is_over.set()
        await asyncio.gather(*people)

    async def _by_http(self) -> None:
        uri = "data:image/webp;base64," + base64.b64encode(self.picture).decode()
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            while not self.is_over.is_set():
                try:
                    reply = await client.post("/gradio_api/run/answer", json={"data": [uri, False]})
                    self._told(reply.status_code == 200 and reply.json()["data"][0], str(reply.status_code))
                except (httpx.HTTPError, ValueError) as exc:
                    self.failures.append(repr(exc))
                await asyncio.sleep(self.pause_s)

    async def _by_socket(self) -> None:
        socket: ClientConnection | None = None
        while not self.is_over.is_set():
            try:
                socket = socket or await connect(self.url.replace("http", "ws") + "/live", open_timeout=60)
                await socket.send(SETTLED + self.picture)
                self._told(json.loads(await asyncio.wait_for(socket.recv(), 60)), "a reply")
                await asyncio.sleep(self.pause_s)
            except (ConnectionClosed, InvalidHandshake):  # the page asks again over another
                self.counts["sockets opened again"] += 1
                socket = None
            except (OSError, TimeoutError) as exc:
                self.failures.append(repr(exc))
                socket = None
        if socket:
            await socket.close()

    def _told(self, reply: Any, what: str) -> None:
        if reply and reply.get("label", {}).get("label") == "7":
            self.counts["answers"] += 1
        else:
            self.failures.append(f"{what}: {reply}")


def _seven() -> bytes:
    layer = Image.new("RGBA", (280, 280))
    ImageDraw.Draw(layer).line([(80, 70), (200, 70), (130, 230)], "black", 22, "curve")
    buffer = io.BytesIO()
    layer.save(buffer, "WEBP")
    return buffer.getvalue()


async def kill_one(started: list[Replica], seconds: float) -> None:
    """Kill a replica under load, and bring it back."""
    await asyncio.sleep(seconds)
    started[0].kill()
    await asyncio.sleep(seconds)
    await asyncio.to_thread(started[0].start)
    await asyncio.to_thread(started[0].wait)
    await asyncio.sleep(seconds)


async def roll(started: list[Replica], seconds: float) -> None:
    """Replace every replica, one after the other."""
    for replica in started:
        await asyncio.to_thread(replica.stop)
        await asyncio.to_thread(replica.start)
        await asyncio.to_thread(replica.wait)
        await asyncio.sleep(seconds)


def observed(
    url: str, people: int, act: Callable[[], Awaitable[None]], pause_s: float = PAUSE_S
) -> dict[str, Any]:
    """Return what people saw while something was done."""

    async def watch() -> Crowd:
        crowd = Crowd(url, people, pause_s)
        await crowd.during(act)
        return crowd

    started = time.perf_counter()
    crowd = asyncio.run(watch())
    seconds = time.perf_counter() - started
    return {
        "seconds": round(seconds, 1),
        **crowd.counts,
        "answers_a_second": round(crowd.counts["answers"] / seconds, 1),
        "failed": len(crowd.failures),
        "failures": crowd.failures[:5],
    }


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=5, help="between one event and the next")
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    people, seconds = arguments.people, arguments.seconds
    with tempfile.TemporaryDirectory() as name, replicas(Path(name)) as started:
        ports = [replica.port for replica in started]
        results: dict[str, Any] = {"people": people, "cores": os.cpu_count()}
        with nginx(Path(name), ports) as url:
            results["one_killed"] = observed(url, people, lambda: kill_one(started, seconds))
            results["all_replaced"] = observed(url, people, lambda: roll(started, seconds))
            results["three"] = observed(url, people, lambda: asyncio.sleep(2 * seconds), 0)
        with nginx(Path(name), ports[:1]) as url:
            results["one"] = observed(url, people, lambda: asyncio.sleep(2 * seconds), 0)
    print(json.dumps(results, indent=1))
    arguments.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
