"""Answers over the WebSocket: whatever is sent, the reply is one, and the next question is answered too."""

import io
from collections.abc import Iterator

import gradio as gr
import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from app import build_app, launch_options
from model import Recogniser
from tests.strategies import DIGITS, draw, layer
from ui.socket import MAX_MESSAGE_BYTES, NOT_LOGGED_IN, SETTLED, SOCKET_PATH, Cores


@pytest.fixture(scope="module")
def app() -> gr.routes.App:
    """The app, not served."""
    recogniser = Recogniser.load()
    return gr.routes.App.create_app(
        build_app(recogniser), app_kwargs=launch_options(recogniser)["app_kwargs"]
    )


@pytest.fixture(scope="module")
def socket(app: gr.routes.App) -> Iterator[WebSocketTestSession]:
    """A connection that stays open."""
    with TestClient(app).websocket_connect(SOCKET_PATH) as session:
        yield session


def picture(image: Image.Image, file_format: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format)
    return buffer.getvalue()


def question(digit: int, flags: int = SETTLED, file_format: str = "PNG", side_px: int = 280) -> bytes:
    drawn = Image.fromarray(layer(draw(DIGITS[digit]))).resize((side_px, side_px))
    return bytes([flags]) + picture(drawn, file_format)


def reply(socket: WebSocketTestSession, message: bytes) -> dict:
    socket.send_bytes(message)
    return socket.receive_json()


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
@pytest.mark.parametrize("digit", [1, 4, 7])
def test_a_drawing_is_answered(socket: WebSocketTestSession, digit: int, file_format: str) -> None:
    """The digit is named, and what the model saw is sent along."""
    answer = reply(socket, question(digit, file_format=file_format))
    assert answer["label"]["label"] == str(digit)
    assert answer["picture"].startswith("data:image/png")
    assert "saliency" not in answer


def test_why_is_told_when_asked(socket: WebSocketTestSession) -> None:
    """The flag for it brings the saliency."""
    assert "saliency" in reply(socket, question(4, flags=3))


@pytest.mark.parametrize(
    ("message", "key"),
    [
        (b"", "error.unreadable"),
        (b"\x02", "error.unreadable"),
        (b"\x02GIF89a", "error.unreadable"),
        (question(7)[:200], "error.unreadable"),
        (question(7, file_format="GIF"), "error.unreadable"),
        (question(7, side_px=2000), "error.too_large"),
        (b"\x02" + bytes(MAX_MESSAGE_BYTES), "error.too_large"),
        (b"\x02" + picture(Image.new("RGBA", (280, 280)), "PNG"), "error.blank"),
    ],
    ids=["nothing", "flags only", "no picture", "half a picture", "GIF", "large", "long", "blank"],
)
def test_what_cannot_be_read_is_told(socket: WebSocketTestSession, message: bytes, key: str) -> None:
    """The reply names the sentence to show, and the connection stays."""
    assert reply(socket, message) == {"error": key}
    assert reply(socket, question(7))["label"]["label"] == "7"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.integers(0, 255), st.booleans())
def test_junk_is_replied_to(socket: WebSocketTestSession, junk: bytes, flags: int, as_png: bool) -> None:
    """Any bytes, a damaged picture among them, get a reply with an error's key."""
    start = picture(Image.new("RGBA", (8, 8), "black"), "PNG")[:40] if as_png else b""
    assert set(reply(socket, bytes([flags]) + start + junk)) == {"error"}


@pytest.mark.parametrize("is_settled", [True, False])
def test_moving_pens_wait_where_a_lifted_one_is_late(
    monkeypatch: pytest.MonkeyPatch, is_settled: bool
) -> None:
    """The question of a lifted pen that waited too long makes room; that of a moving one does not."""
    monkeypatch.setattr("ui.socket.LATE_S", -1)
    monkeypatch.setattr("ui.socket.PAUSE_S", 1000)

    async def are_busy() -> bool:
        cores = Cores()
        await cores.run(dict, is_settled)
        return cores.are_busy()

    with start_blocking_portal() as portal:  # a loop of its own: the browser's may run in this thread
        assert portal.call(are_busy) is is_settled


def test_text_closes_the_connection(app: gr.routes.App) -> None:
    """A message that is no bytes is a stranger's: the connection is closed, the server goes on."""
    with TestClient(app).websocket_connect(SOCKET_PATH) as session:
        session.send_text("7")
        with pytest.raises(WebSocketDisconnect):
            session.receive_json()
    with TestClient(app).websocket_connect(SOCKET_PATH) as session:
        assert reply(session, question(7))["label"]["label"] == "7"


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({}, False),
        ({"cookie": "access-token-{id}=stolen", "origin": "http://testserver"}, False),
        ({"cookie": "access-token-{id}=known", "origin": "http://elsewhere"}, False),
        ({"cookie": "access-token-{id}=known", "origin": "http://testserver"}, True),
    ],
    ids=["no cookie", "wrong cookie", "foreign page", "logged in"],
)
def test_a_login_is_asked_for_where_the_app_has_one(
    app: gr.routes.App, monkeypatch, headers: dict[str, str], is_let_in: bool
) -> None:
    """Without it, or from another site's page, the connection is closed with a code that says so."""
    monkeypatch.setattr(app, "auth", lambda name, password: False)
    monkeypatch.setitem(app.tokens, "known", "somebody")
    headers = {name: value.replace("{id}", app.cookie_id) for name, value in headers.items()}
    with TestClient(app).websocket_connect(SOCKET_PATH, headers=headers) as session:
        if is_let_in:
            assert reply(session, question(7))["label"]["label"] == "7"
        else:
            with pytest.raises(WebSocketDisconnect) as closed:
                session.receive_json()
            assert closed.value.code == NOT_LOGGED_IN
