"""The pad's tools by button, key and finger; pictures; and the brush that stays in hand."""

import base64
import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ONE, PHONE, SEVEN, Pad

PICTURE = Path(__file__).resolve().parents[1] / "golden" / "3_plain.png"
HINT = "Draw a digit from 0 to 9, or drop a picture of one."
ERASED = [[(0.28, 0.25), (0.62, 0.25)]]  # most of the seven's bar
# How many columns of the paper's 560 have ink.
INK_WIDTH = """() => {
  const layers = editor.layer_manager;
  const texture = layers.get_layer_textures(layers.get_layers()[0].id).draw;
  const { pixels, width } = editor.app.renderer.extract.pixels(texture);
  const columns = new Set();
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at]) columns.add((at >> 2) % width);
  return columns.size;
}"""
PASTE = """async (base64) => {
  const blob = await (await fetch(`data:image/png;base64,${base64}`)).blob();
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([blob], "digit.png", { type: "image/png" }));
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
}"""


def test_undo_redo_and_clear_by_button_and_by_key(open_pad) -> None:
    """Undo and redo change the drawing and its answer, and so do Ctrl+Z, Ctrl+Shift+Z and Delete."""
    pad: Pad = open_pad()
    undo, redo = (pad.page.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo"))
    expect(undo).to_be_disabled()
    pad.draw(SEVEN)
    pad.expect_digit("7")
    undo.click()
    pad.expect_message(HINT)
    redo.click()
    pad.expect_digit("7")
    pad.page.keyboard.press("Control+z")
    pad.expect_message(HINT)
    pad.page.keyboard.press("Control+Shift+Z")
    pad.expect_digit("7")
    pad.page.keyboard.press("Delete")
    pad.expect_message(HINT)
    pad.draw(ONE)
    pad.expect_digit("1")


def test_the_eraser_erases_and_the_brush_has_a_width(open_pad) -> None:
    """What the eraser takes is gone from the answer, too; the slider sets how wide a stroke is."""
    pad: Pad = open_pad()
    pad.draw(SEVEN)
    pad.expect_digit("7")
    pad.page.get_by_role("button", name="Eraser").click()
    pad.draw(ERASED)
    pad.expect_digit("1")
    pad.page.get_by_role("button", name="Clear", exact=True).click()
    pad.expect_message(HINT)
    widths = []
    for value in ("10", "48"):
        pad.page.get_by_role("slider", name="Brush width").fill(value)
        pad.draw(ONE)
        pad.expect_digit("1")
        widths.append(pad.page.evaluate(INK_WIDTH))
        pad.page.keyboard.press("Control+z")
        pad.expect_message(HINT)
    assert widths[1] / widths[0] == pytest.approx(4.8, rel=0.15)


@pytest.mark.parametrize("way", ["upload", "paste"])
def test_a_picture_takes_the_place_of_a_drawing(open_pad, way) -> None:
    """A picture of a digit, chosen or pasted, is answered."""
    pad: Pad = open_pad()
    if way == "upload":
        with pad.page.expect_file_chooser() as chooser:
            pad.page.get_by_role("button", name="Open a picture").click()
        chooser.value.set_files(PICTURE)
    else:
        pad.page.evaluate(PASTE, base64.b64encode(PICTURE.read_bytes()).decode())
    pad.expect_digit("3")


def test_the_brush_stays_in_hand_whatever_changes(open_pad) -> None:
    """After another theme, language and window, the next stroke counts; the drawing is still there."""
    pad: Pad = open_pad(viewport={"width": 1280, "height": 800})
    pad.draw(SEVEN)
    pad.expect_digit("7")
    pad.page.evaluate("document.body.classList.add('dark')")
    pad.page.get_by_role("button", name="中文").click()
    expect(pad.page.locator("#clear")).to_have_text("清除")
    pad.page.set_viewport_size({"width": 700, "height": 700})
    pad.page.wait_for_function("document.querySelector('#pad canvas').getBoundingClientRect().right < 700")
    pad.expect_digit("7")
    pad.page.get_by_role("button", name="復原").click()
    pad.expect_message("畫一個 0 到 9 的數字，或拖放一張數字圖片。")
    pad.draw(ONE)
    pad.expect_digit("1")


def test_a_finger_draws_and_two_scroll(open_pad) -> None:
    """On a phone one finger draws and the page stays; two fingers on the pad scroll it and draw nothing."""
    pad: Pad = open_pad(**PHONE)
    touch = pad.page.context.new_cdp_session(pad.page)

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        places = [dict(zip("xy", pad.place(point), strict=True), id=n) for n, point in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": places})

    fingers("Start", SEVEN[0][0])
    for (x0, y0), (x1, y1) in pairwise(SEVEN[0]):
        for share in (step / 8 for step in range(1, 9)):
            fingers("Move", (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share))
    fingers("End")
    pad.expect_digit("7")
    assert pad.page.evaluate("scrollY") == 0
    pad.page.keyboard.press("Control+z")
    pad.expect_message(HINT)

    fingers("Start", (0.3, 0.9))
    fingers("Start", (0.3, 0.9), (0.6, 0.9))
    box = pad.canvas.bounding_box()
    assert box
    for step in range(1, 6):
        high = box["height"] * (0.9 - 0.1 * step) + box["y"]
        places = [{"x": box["x"] + box["width"] * x, "y": high, "id": n} for n, x in enumerate((0.3, 0.6))]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": places})
    fingers("End")
    pad.page.wait_for_function("scrollY > 40")
    expect(pad.page.locator("#result")).to_have_attribute("data-state", "empty")
    assert pad.page.evaluate(INK_WIDTH) == 0


def test_reduced_motion_is_respected(open_pad) -> None:
    """Who asks for less motion sees no drawing fly, and bars that do not slide."""
    pad: Pad = open_pad(reduced_motion="reduce")
    pad.page.evaluate(
        "new MutationObserver(() => (window.flew ||= !!document.querySelector('.flyer')))"
        ".observe(document.body, { childList: true })"
    )
    pad.draw(SEVEN)
    pad.expect_digit("7")
    expect(pad.page.get_by_role("status").first).to_have_text(re.compile(r"7, \d+ percent sure"))
    assert pad.page.evaluate("window.flew") is None
    bar = pad.page.locator(".all-digits .bar span").first
    assert bar.evaluate("(bar) => getComputedStyle(bar).transitionDuration") == "0s"
