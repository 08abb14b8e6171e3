"""Whoever keeps a connection without a request, or reads no answer, is cut off; others are not."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from serving import Health
from serving.connections import HttpConnection, bound_connections

PING = b"\x89\xfd\0\0\0\0" + bytes(125)
FLOOD_PINGS = 400_000  # 50 MB: more than what the system's own buffers hold


async def _echo(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


@pytest.fixture
def port(monkeypatch) -> Iterator[int]:
    """Serve an echo and /healthz with little patience."""
    monkeypatch.setattr(HttpConnection, "headers_s", 0.5)
    app = Starlette(routes=[WebSocketRoute("/echo", _echo), *Health().routes()])
    config = uvicorn.Config(app, port=0, log_level="critical")
    config.load()
    bound_connections(config)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def _read(client: socket.socket, until: bytes) -> None:
    received = b""
    while until not in received:
        received += client.recv(1000)


def _flood(client: socket.socket) -> None:
    for _ in range(FLOOD_PINGS // 100):
        client.sendall(100 * PING)


def _is_closed(client: socket.socket) -> bool:
    try:
        return not client.recv(1000)
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("beginning", [b"", b"GET / HTTP/1.1\r\nX: "])
def test_who_sends_no_request_is_cut_off(port: int, beginning: bytes) -> None:
    """A connection without a whole request is closed, also after an answer; a silent WebSocket is not."""
    with (
        connect(f"ws://127.0.0.1:{port}/echo") as silent,
        socket.create_connection(("127.0.0.1", port), timeout=30) as slow,
        socket.create_connection(("127.0.0.1", port), timeout=30) as answered,
    ):
        answered.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
        _read(answered, b"alive")
        for client in (slow, answered):
            client.sendall(beginning)
            assert _is_closed(client)
        silent.send("still there")
        assert silent.recv(30) == "still there"


def test_who_reads_no_answer_is_cut_off(port: int) -> None:
    """Pings whose pongs nobody reads do not fill the server's memory."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        head = b"GET /echo HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        client.sendall(head + key + b"\r\n")
        _read(client, b" 101 ")
        with pytest.raises(ConnectionError):
            _flood(client)
