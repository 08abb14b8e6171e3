"""gradio.live in this computer: its API and its client, as Gradio's tunnel talks to them."""

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from gradio import networking, tunneling

CLIENTS = {
    "works": "echo 'start proxy success: http://a1b2c3.gradio.live'; exec sleep 600",
    "refused": "echo 'login to server failed: authorization failed'; exec sleep 600",
    "silent": "exec sleep 600",
}
HOST_REPLY = [{"host": "127.0.0.1", "port": 7000, "root_ca": "certificate"}]


@dataclass
class GradioLive:
    """What the API and the download answer; tests change it."""

    url: str = ""
    api: tuple[int, bytes] = (200, json.dumps(HOST_REPLY).encode())
    client: tuple[int, bytes] = (200, b"")
    folder: Path = Path()
    asked: list[str] = field(default_factory=list)

    def use_client(self, name: str) -> None:
        """Offer a client that behaves as CLIENTS says, and notes its process."""
        pid_file = self.folder / "client.pid"
        self.client = (200, f"#!/bin/sh\necho $$ > {pid_file}\n{CLIENTS[name]}\n".encode())

    @property
    def checksum(self) -> str:
        """Of the client that is offered."""
        return hashlib.sha256(self.client[1]).hexdigest()


@pytest.fixture
def gradio_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GradioLive]:
    """A local server in the place of gradio.live, with a client that works."""
    live = GradioLive(folder=tmp_path)
    live.use_client("works")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            live.asked.append(self.path)
            status, body = live.api if self.path == "/v3/tunnel-request" else live.client
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    live.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(networking, "GRADIO_API_SERVER", f"{live.url}/v3/tunnel-request")
    monkeypatch.setattr(tunneling, "BINARY_URL", f"{live.url}/client")
    monkeypatch.setattr(tunneling, "BINARY_FOLDER", tmp_path / "clients")
    monkeypatch.setattr(tunneling, "BINARY_PATH", str(tmp_path / "clients" / "client"))
    monkeypatch.setattr(tunneling, "CHECKSUMS", {})
    monkeypatch.setattr(tunneling, "CURRENT_TUNNELS", [])
    yield live
    for tunnel in tunneling.CURRENT_TUNNELS:
        tunnel.kill()
    server.shutdown()
    server.server_close()
