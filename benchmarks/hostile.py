"""What a stranger may send, at random: pictures, values, files, paths, and messages that no page sends."""

import base64
import io
import json
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from PIL import Image

__all__ = ["Request", "hostile_message", "hostile_picture", "hostile_request", "hostile_value"]

API = "/gradio_api"
EVENTS = ("predict", "number", "answer", "correct", "recognise", "nothing", "../predict", "%00", "0", "")
HTML = "<script>alert(1)</script><img src=x onerror=alert(1)>"
TEXTS = (
    "",
    "\x00",
    HTML,
    "../../etc/passwd",
    "/etc/passwd",
    "NaN",
    "七",
    "\u202e",
    "A" * 5000,
    "{{7*7}}",
    "%s%n",
)
NUMBERS = (0, -1, 2**31, 2**63, -(2**63), 1e308, float("nan"), float("inf"), 10**40, 0.1)
FRAMES = 10_000
OF_THE_API = (
    "file=",
    "file/",
    "proxy=",
    "stream/",
    "custom_component/",
    "call/predict/",
    "upload_progress?upload_id=",
)
PLACES = (
    *(f"{API}/{path}" for path in (*OF_THE_API, "info?x=", "deep_link?x=")),
    *(
        "/static/",
        "/assets/",
        "/svelte/",
        "/",
        "/monitoring/",
        "/healthz",
        "/metrics",
        "/readyz",
        "/config?x=",
    ),
)


@dataclass
class Request:
    """One request, as httpx takes it."""

    method: str
    path: str
    options: dict[str, Any] = field(default_factory=dict)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _png(width: int, height: int, data: bytes = b"", depth: int = 8, colour: int = 6) -> bytes:
    """Return a PNG that says it is as large as that, whatever its data."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _saved(mode: str, file_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (64, 64), 0).save(buffer, file_format, **options)
    return buffer.getvalue()


@cache
def pictures() -> tuple[bytes, ...]:
    """Return files made by hand, good and bad."""
    gif = _saved("L", "GIF")
    frame = gif[gif.index(b",") : -1]
    palette = Image.new("P", (64, 64), 3)
    palette.putpalette([value % 256 for value in range(768)])
    transparent = io.BytesIO()
    palette.save(transparent, "PNG", transparency=3)
    good = _saved("RGBA", "PNG")
    return (
        b"",
        good,
        good[: len(good) // 2],
        _png(0, 0),
        _png(1, 2**31 - 1),
        _png(60_000, 60_000),  # a bomb
        _png(20_000, 20_000, zlib.compress(bytes(10_000_000), 9)),
        _saved("CMYK", "JPEG"),
        _saved("I;16", "PNG"),
        _saved("1", "PNG"),
        _saved("F", "TIFF"),
        _saved("RGB", "WEBP"),
        _saved("RGB", "ICO"),
        transparent.getvalue(),
        gif[:-1] + frame * FRAMES + b";",
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        b"%PDF-1.7\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file\n",
        b"PK\x03\x04" + bytes(100),
    )


def hostile_picture(chance: random.Random) -> bytes:
    """Return a file: one made by hand, often damaged, or plain bytes."""
    kind = chance.random()
    if kind < 0.1:
        return chance.randbytes(chance.randrange(300))
    picture = bytearray(chance.choice(pictures()))
    if kind < 0.6 and picture:
        for _ in range(chance.randrange(1, 9)):
            picture[chance.randrange(min(len(picture), 3000))] = chance.randrange(256)
    return bytes(picture)


def _file(chance: random.Random, addresses: list[str]) -> Any:
    path = chance.choice([*addresses, *TEXTS, 7, None])
    value: dict[str, Any] = {"path": path, "meta": {"_type": "gradio.FileData"}}
    if chance.random() < 0.3:
        value |= {
            chance.choice(["url", "orig_name", "size", "is_stream"]): chance.choice([*addresses, True, -1])
        }
    return value


def _uri(chance: random.Random) -> str:
    encoded = base64.b64encode(hostile_picture(chance)).decode()[:20_000]
    kind = chance.choice(["image/png", "image/svg+xml", "text/html", "", HTML])
    return f"data:{kind};base64,{encoded if chance.random() < 0.8 else encoded[::-1] + '!'}"


def hostile_value(chance: random.Random, addresses: list[str], depth: int = 0) -> Any:
    """Return a JSON value, often shaped as what an event takes.

    Args:
        chance: where it comes from.
        addresses: URLs and paths that must be neither fetched nor read.
        depth: how deep it lies already.
    """
    makers: list[Callable[[], Any]] = [
        lambda: chance.choice(TEXTS),
        lambda: chance.choice(NUMBERS),
        lambda: chance.choice([None, True, False, [], {}]),
        lambda: _uri(chance),
        lambda: _file(chance, addresses),
        lambda: chance.choice(addresses),
    ]
    if depth < 3:
        makers += [
            lambda: [hostile_value(chance, addresses, depth + 1) for _ in range(chance.randrange(4))],
            lambda: {
                name: hostile_value(chance, addresses, depth + 1)
                for name in ("background", "layers", "composite", "id", "meta", "x")
                if chance.random() < 0.7
            },
            lambda: {
                "background": None,
                "layers": [_file(chance, addresses)],
                "composite": _file(chance, addresses),
                "id": chance.choice([None, None, "a", *TEXTS]),
            },
        ]
    return chance.choice(makers)()


def hostile_request(chance: random.Random, addresses: list[str]) -> Request:
    """Return a request to any endpoint there is, or is not."""
    makers = [_event, _event, _event, _queue, _upload, _blob, _read, _raw]
    return chance.choice(makers)(chance, addresses)


def _body(content: Any) -> dict[str, Any]:
    return {"content": json.dumps(content).encode(), "headers": {"content-type": "application/json"}}


def _event(chance: random.Random, addresses: list[str]) -> Request:
    way = chance.choice(["run", "run", "api", "call", "call/v2"])
    data = [hostile_value(chance, addresses) for _ in range(chance.choice([1, 1, 2, 3]))]
    body = {"data": data, "session_hash": chance.choice(["a", None, *TEXTS])}
    if chance.random() < 0.2:
        body |= {"fn_index": chance.choice([*NUMBERS, *range(40), "x"]), "event_data": data[0]}
    return Request("POST", f"{API}/{way}/{chance.choice(EVENTS)}", _body(body))


def _queue(chance: random.Random, addresses: list[str]) -> Request:
    body = {
        "data": [hostile_value(chance, addresses)],
        "fn_index": chance.choice([*range(40), *NUMBERS]),
        "session_hash": chance.choice(["a", *TEXTS]),
        "event_id": chance.choice([None, *TEXTS]),
        "component_id": chance.choice([0, 7, "x"]),
        "fn_name": chance.choice(["accept_blobs", "__init__", "preprocess", HTML]),
    }
    paths = ("queue/join", "cancel", "reset", "component_server", "upload", "stream/x", "process_recording")
    return Request("POST", f"{API}/{chance.choice(paths)}", _body(body))


def _upload(chance: random.Random, addresses: list[str]) -> Request:
    names = (
        "a.png",
        "../../evil.png",
        "/etc/cron.d/x",
        "a\x00.png",
        HTML,
        "x" * 400,
        "CON",
        "",
        ".",
        "七.svg",
    )
    files = [("files", (chance.choice(names), hostile_picture(chance))) for _ in range(chance.choice([1, 3]))]
    upload_id = chance.choice(["", "?upload_id=" + "x" * 500])
    return Request("POST", f"{API}/upload{upload_id}", {"files": files})


def _blob(chance: random.Random, addresses: list[str]) -> Request:
    fields = {
        "type": chance.choice(["layer", "composite", "background", HTML]),
        "index": chance.choice(["0", "-1", "null", "", "9" * 12, "x"]),
        "id": chance.choice(["a", "b" * 500, HTML]),
        "component_id": chance.choice([*map(str, range(40)), "-1", "x", ""]),
        "session_hash": "a",
        "fn_name": chance.choice(["accept_blobs", "accept_blobs", "load", "__class__"]),
    }
    for name in list(fields):
        if chance.random() < 0.05:
            del fields[name]
    file = ("blob.png", hostile_picture(chance))
    return Request("POST", f"{API}/component_server", {"data": fields, "files": {"file": file}})


def _read(chance: random.Random, addresses: list[str]) -> Request:
    place = chance.choice(PLACES)
    target = chance.choice(
        [*addresses, "..%2f..%2fetc%2fpasswd", "../../../../etc/passwd", "%00", "a" * 3000]
    )
    if "upload_progress" in place or "call/" in place:  # these wait for what never comes
        target = ""
    method = chance.choice(["GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
    return Request(method, place + target.replace("\x00", "%00"))


def _raw(chance: random.Random, addresses: list[str]) -> Request:
    content = chance.choice(
        [b"", b"{", b"[" * 100_000, b"\xff\xfe", b'{"data": NaN}', b'{"data": ["\\ud800"]}', b"9" * 5000,
         b'{"data": [' + b"1," * 1000 + b"1]}", json.dumps({"data": [HTML]}).encode()]
    )  # fmt: skip
    kind = chance.choice(
        ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", ""]
    )
    headers = {"content-type": kind, "accept-language": chance.choice(["zh-TW", "xx", "\x01;q=9" * 50, ""])}
    path = chance.choice([f"{API}/run/answer", f"{API}/upload", f"{API}/queue/join", "/login", "/", "/live"])
    return Request("POST", path, {"content": content, "headers": headers})


def hostile_message(chance: random.Random) -> bytes:
    """Return a message to the WebSocket."""
    return bytes([chance.randrange(256)]) + hostile_picture(chance)[:150_000]
