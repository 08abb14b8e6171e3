"""Answers that follow the pen: late ones, lost ones, and those of odd browsers."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import ONE, SEVEN, Pad

LOST = "The server does not answer. Your drawing is safe; trying again."


def test_a_late_reply_is_dropped(app_url: str, open_pad) -> None:
    """The reply to a drawing that was cleared meanwhile is not shown; the next drawing's is."""
    held: list[Callable[[], None]] = []
    is_holding = True

    def route(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(
            lambda message: held.append(lambda: socket.send(message)) if is_holding else socket.send(message)
        )

    pad: Pad = open_pad(before=lambda page: page.route_web_socket("**/live", route))
    pad.draw(SEVEN)
    pad.page.wait_for_timeout(300)  # pumps the held messages
    assert held
    pad.page.get_by_role("button", name="Clear", exact=True).click()
    is_holding = False
    for send in held:
        send()
    pad.page.wait_for_timeout(200)
    expect(pad.page.locator("#result")).to_have_attribute("data-state", "empty")
    pad.draw(ONE)
    pad.expect_digit("1")


def test_a_lost_connection_is_told_and_mended(open_pad) -> None:
    """Without a server the drawing stays and a sentence says so; then the answer comes by itself."""
    pad: Pad = open_pad(before=lambda page: page.route_web_socket("**/live", lambda socket: socket.close()))
    pad.page.route("**/run/answer", lambda route: route.abort())
    pad.draw(SEVEN)
    pad.expect_message(LOST)
    pad.page.unroute("**/run/answer")
    pad.expect_digit("7")
    expect(pad.page.locator(".message")).to_have_text("")


@pytest.mark.parametrize(
    "handicap",
    [
        "WebSocket = class { constructor() { throw new Error('forbidden'); } }",
        "CanvasRenderingContext2D.prototype.getImageData = () => { throw new Error('forbidden'); }",
        "Object.defineProperty(window, 'editor', { get() {}, set() {} })",
    ],
    ids=["no WebSocket", "no read-back", "no editor"],
)
def test_an_odd_browser_gets_its_answer(open_pad, handicap: str) -> None:
    """Where something that the live answer needs is not to be had, the pen is answered all the same."""
    pad: Pad = open_pad(before=lambda page: page.add_init_script(handicap))
    pad.draw(SEVEN)
    pad.expect_digit("7")


def test_a_stroke_costs_no_request(open_pad) -> None:
    """What the pen draws is asked about in a few small messages on one connection."""
    pad: Pad = open_pad()
    requests: list[str] = []
    pad.page.on("request", lambda request: requests.append(request.url))
    pad.page.evaluate(
        "window.sent = []; const send = WebSocket.prototype.send;"
        "WebSocket.prototype.send = function (data) { sent.push(data.size); send.call(this, data); }; 0"
    )
    pad.draw(SEVEN)
    pad.expect_digit("7")
    assert [url for url in requests if not url.startswith(("data:", "blob:"))] == []
    assert max(json.loads(pad.page.evaluate("JSON.stringify(sent)"))) < 3000
