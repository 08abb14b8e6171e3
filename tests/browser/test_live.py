"""Answers that follow the pen: what they see, late ones, lost ones, and those of odd browsers."""

import json
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import ONE, SEVEN, Pad

SAME_PICTURE = 0.02  # mean difference of two 28x28 pictures in 0..1: one is read at half the resolution
PICTURE = """() => {
  const { data } = document.querySelector(".picture").getContext("2d").getImageData(0, 0, 28, 28);
  return Array.from({ length: 784 }, (_, at) => data[4 * at]);
}"""
FORGET_PICTURE = """document.querySelector(".picture").getContext("2d").clearRect(0, 0, 28, 28)"""
TWO = [[(0.3, 0.35), (0.45, 0.2), (0.6, 0.25), (0.6, 0.45), (0.3, 0.75)], [(0.3, 0.75), (0.7, 0.75)]]
ERASED = [[(0.5, 0.78), (0.8, 0.78)]]
LOST = "The server does not answer. Your drawing is safe; trying again."


def picture_after(pad: Pad, act: Callable[[], None]) -> np.ndarray:
    """Do something that is answered; return what the model then sees, as shown: (784,) in 0..1."""
    pad.page.wait_for_timeout(500)  # for what is still on its way
    pad.page.evaluate(FORGET_PICTURE)
    act()
    pad.page.wait_for_function(f"({PICTURE})().some((value) => value)")
    pad.page.wait_for_timeout(500)
    return np.array(pad.page.evaluate(PICTURE)) / 255


@pytest.mark.parametrize("ratio", [1, 2, 3])
def test_the_pen_and_recognise_see_the_same_picture(open_pad, ratio: int) -> None:
    """On any screen, drawn, erased, undone, redone: what the pen asks about is what the Sketchpad holds."""
    pad: Pad = open_pad(device_scale_factor=ratio)
    page = pad.page

    def draw_with(tool: str, strokes: list[list[tuple[float, float]]]) -> None:
        page.get_by_role("button", name=tool).click()
        pad.draw(strokes)

    steps: dict[str, Callable[[], None]] = {
        "drawn": lambda: pad.draw(TWO),
        "erased": lambda: draw_with("Eraser", ERASED),
        "undone": lambda: page.keyboard.press("Control+z"),
        "redone": lambda: page.keyboard.press("Control+Shift+z"),
        "drawn on": lambda: draw_with("Brush", [[(0.5, 0.75), (0.75, 0.9)]]),
    }
    by_pen = {}
    for step, act in steps.items():
        by_pen[step] = picture_after(pad, act)
        by_layers = picture_after(pad, page.locator("#recognise").click)
        difference = np.abs(by_pen[step] - by_layers).mean()
        assert difference <= SAME_PICTURE, f"{step}: {difference:.4f} is more than {SAME_PICTURE}"
    assert np.abs(by_pen["erased"] - by_pen["undone"]).mean() > SAME_PICTURE
    assert np.abs(by_pen["erased"] - by_pen["redone"]).mean() <= SAME_PICTURE


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
        "WebSocket.prototype.send = function (data) { sent.push(data.byteLength); send.call(this, data); }; 0"
    )
    pad.draw(SEVEN)
    pad.expect_digit("7")
    assert [url for url in requests if not url.startswith(("data:", "blob:"))] == []
    assert max(json.loads(pad.page.evaluate("JSON.stringify(sent)"))) < 2500
