"""People who draw, for locust: the requests of a browser, at the pace of a hand.

A person opens the page and its WebSocket, draws digits of five strokes, has the moving pen answered every
170 ms and the lifted one at once, looks, clears; now and then corrects one, or asks over HTTP. A person at
the notebook's demo uploads the pad's three pictures and submits once a digit.
"""

import base64
import io
import json
import random
import time
import uuid
from functools import cache

import numpy as np
import websocket  # websocket-client, which locust brings
from locust import HttpUser, between, task
from PIL import Image

from tests.strategies import DIGITS, draw, layer

__all__ = ["NotebookVisitor", "Visitor", "drawings", "pads"]

Points = list[tuple[float, float]]  # (x, y) in the unit box

STROKES = 5  # a digit
MOVES, MOVING_S = 4, 0.17  # questions while the pen is down, and between them as assets/scripts/live.js
PAUSE_S = 0.35  # the pen up
MOVING_PX, SETTLED_PX = 140, 280  # as there
SETTLED_FLAG = 2
LOOK_S = 2.0  # at the answer, before the pad is cleared
CORRECTING = 0.05  # share of digits
BY_HTTP = 0.05  # share of people whose network lets no WebSocket through
TIMEOUT_S = 30
PATH_POINTS = 60  # of a digit
BRUSH_SHARE = 0.055  # of the pad's side, as the pad begins with
CANVAS_PX = 800


@cache
def drawings() -> list[list[tuple[list[bytes], bytes]]]:
    """Return digits as they come to be: a stroke's pictures of the moving pen, and the settled one."""
    paths = [_path(strokes[0]) for strokes in DIGITS.values()]
    return [[_stroke(path, number) for number in range(STROKES)] for path in paths]


def _path(points: Points) -> Points:
    """Return PATH_POINTS points at even distances along a line."""
    line = np.array(points)
    along = np.append(0, np.hypot(*np.diff(line, axis=0).T).cumsum())
    places = np.linspace(0, along[-1], PATH_POINTS)
    return list(zip(*(np.interp(places, along, axis) for axis in line.T), strict=True))


def _stroke(path: Points, number: int) -> tuple[list[bytes], bytes]:
    """Return what is asked while a path's stroke of that number is drawn, and after it."""
    ends = [round(PATH_POINTS * (number + part / MOVES) / STROKES) for part in range(1, MOVES + 1)]
    return [_webp(_ink(path[:end], MOVING_PX)) for end in ends], _webp(_ink(path[: ends[-1]], SETTLED_PX))


def _ink(path: Points, side_px: int) -> np.ndarray:
    return draw([path], side_px / 2, side_px / 4, side_px / 4, BRUSH_SHARE * side_px, side_px)


def _webp(ink: np.ndarray) -> bytes:
    return _file(ink, "WEBP", quality=50)


def _file(ink: np.ndarray, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(layer(ink)).save(buffer, kind, **options)
    return buffer.getvalue()


class Person(HttpUser):
    """Opens the page when they come."""

    abstract = True
    wait_time = between(0.5, 1.5)

    def on_start(self) -> None:
        """Open the page."""
        self.client.get("/", name="page")

    def told(self, name: str, started: float, error: Exception | None = None, size: int = 0) -> None:
        """Count an answer, or its lack."""
        self.environment.events.request.fire(
            request_type="pen",
            name=name,
            response_time=1000 * (time.perf_counter() - started),
            response_length=size,
            exception=error,
            context={},
        )


class Visitor(Person):
    """A person at this app."""

    def on_start(self) -> None:
        """Open the page and its connection."""
        super().on_start()
        self.client.get("/config", name="page")
        self.has_socket = random.random() > BY_HTTP
        self.socket: websocket.WebSocket | None = None

    def on_stop(self) -> None:
        """Close the page."""
        if self.socket:
            self.socket.close()

    @task
    def draw(self) -> None:
        """Draw a digit, look at the answer, clear; sometimes correct it."""
        strokes = random.choice(drawings())
        for moves, settled in strokes:
            for moving in moves:
                started = time.perf_counter()
                if self.has_socket:
                    self.ask("moving", 0, moving)
                time.sleep(max(0.0, MOVING_S - (time.perf_counter() - started)))
            self.ask("settled", SETTLED_FLAG, settled)
            time.sleep(PAUSE_S * random.uniform(0.5, 1.5))
        time.sleep(LOOK_S)
        if random.random() < CORRECTING:
            uri = "data:image/webp;base64," + base64.b64encode(strokes[-1][1]).decode()
            body = {"data": [uri, random.randrange(10), True]}
            self.client.post("/gradio_api/run/correct", json=body, name="correct", timeout=TIMEOUT_S)

    def ask(self, name: str, flags: int, picture: bytes) -> None:
        """Ask about a drawing, and wait for the reply; where the connection is lost, once more by HTTP."""
        started = time.perf_counter()
        if not self.has_socket:
            self.ask_by_http(name, picture)
            return
        try:
            reply = self.ask_by_socket(flags, picture)
            error = ValueError(reply["error"]) if reply.get("error") else None
            self.told("busy" if reply.get("busy") else name, started, error)
        except (OSError, websocket.WebSocketException, json.JSONDecodeError):
            self.socket = None
            self.ask_by_http("asked again", picture)

    def ask_by_socket(self, flags: int, picture: bytes) -> dict:
        """Ask over the WebSocket, opened when needed."""
        if self.socket is None:
            url = self.environment.host.replace("http", "ws", 1).rstrip("/") + "/live"
            self.socket = websocket.create_connection(url, timeout=TIMEOUT_S)
        self.socket.send_binary(bytes([flags]) + picture)
        return json.loads(self.socket.recv())

    def ask_by_http(self, name: str, picture: bytes) -> None:
        """Ask as a page does whose network lets no WebSocket through."""
        uri = "data:image/webp;base64," + base64.b64encode(picture).decode()
        body = {"data": [uri, False]}
        self.client.post("/gradio_api/run/answer", json=body, name=name, timeout=TIMEOUT_S)


@cache
def pads() -> list[bytes]:
    """Return what the notebook's pad uploads, three times a submission: its picture as a PNG."""
    inks = [_ink(_path(strokes[0]), CANVAS_PX) for strokes in DIGITS.values()]
    return [_file(ink, "PNG", compress_level=1) for ink in inks]


class NotebookVisitor(Person):
    """A person at the demo as the notebook has it."""

    def on_start(self) -> None:
        """Open the page, and see which event Submit is."""
        super().on_start()
        config = self.client.get("/config", name="page").json()
        self.event = next(each["id"] for each in config["dependencies"] if each["api_name"] == "recognise")

    @task
    def draw(self) -> None:
        """Draw a digit for as long as on this app, submit it, look, clear."""
        time.sleep(STROKES * (MOVES * MOVING_S + PAUSE_S))
        started = time.perf_counter()
        try:
            self.submit(random.choice(pads()))
            self.told("settled", started)
        except (OSError, ValueError, KeyError) as exc:
            self.told("settled", started, exc)
        time.sleep(LOOK_S)

    def submit(self, picture: bytes) -> None:
        """Upload the pad's pictures, join the queue, and wait for the answer in its stream."""
        paths = [
            self.client.post(
                "/gradio_api/upload", files={"files": ("blob.png", picture)}, name="upload", timeout=TIMEOUT_S
            ).json()[0]
            for _ in range(3)
        ]
        files = [{"path": path, "meta": {"_type": "gradio.FileData"}} for path in paths]
        session = uuid.uuid4().hex[:11]
        value = {"background": files[0], "layers": [files[1]], "composite": files[2]}
        body = {"data": [value], "fn_index": self.event, "session_hash": session}
        self.client.post("/gradio_api/queue/join", json=body, name="join", timeout=TIMEOUT_S)
        url = f"/gradio_api/queue/data?session_hash={session}"
        with self.client.get(
            url, stream=True, catch_response=True, name="stream", timeout=TIMEOUT_S
        ) as stream:
            for line in stream.iter_lines():
                if line.startswith(b"data:") and b"process_completed" in line:
                    if not json.loads(line[5:])["success"]:
                        raise ValueError("no answer")
                    return
        raise ValueError("the stream ended without an answer")
