"""A person draws a digit and reads what the app makes of it."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import ONE, PHONE, SEVEN


def test_a_drawn_digit_is_answered_when_the_pen_lifts(open_pad):
    """What the pointer draws is named with the three best digits, without a button."""
    pad = open_pad()
    pad.draw(SEVEN)
    pad.expect_digit("7")
    expect(pad.page.locator("#answer-label .confidence-set")).to_have_count(3)


@pytest.mark.parametrize("ratio", [1, 3])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_whole_stroke_is_seen_while_the_pen_is_down(open_pad, scheme, ratio):
    """Begin, middle and end of a stroke are dark on the white paper, as long as it lasts and after."""
    pad = open_pad(color_scheme=scheme, device_scale_factor=ratio)
    pad.draw(ONE)
    pad.draw(SEVEN, lift=False)
    for act in (lambda: None, pad.page.mouse.up):
        act()
        pad.page.wait_for_timeout(500)
        paper = np.asarray(Image.open(io.BytesIO(pad.canvas.screenshot())).convert("L"))
        inked = {(x, y): paper[int(y * len(paper)), int(x * len(paper))] for x, y in SEVEN[0]}
        assert max(inked.values()) < 100, inked
        assert paper[int(0.9 * len(paper)), int(0.9 * len(paper))] > 200


def test_recognise_reads_the_layers(open_pad):
    """The button's answer, from the Sketchpad's own layers, is that of the pen."""
    pad = open_pad()
    pad.draw(SEVEN)
    pad.expect_digit("7")
    with pad.page.expect_response("**/upload*"):
        pad.page.get_by_role("button", name="Recognise").click()
    pad.expect_digit("7")


@pytest.mark.parametrize(
    ("locale", "button", "sentence"),
    [
        ("en-US", "Recognise", "Nothing is drawn yet. Draw a digit on the pad first."),
        ("zh-TW", "辨識", "畫板還是空白的，請先畫一個數字。"),
    ],
)
def test_a_blank_pad_gets_a_hint(open_pad, locale, button, sentence):
    """Recognise without a drawing says what to do, in the visitor's language."""
    pad = open_pad(locale=locale)
    pad.page.get_by_role("button", name=button, exact=True).click()
    pad.expect_message(sentence)


def test_the_brush_is_in_hand_after_clear(open_pad):
    """Clear empties pad and answer, and the next stroke counts."""
    pad = open_pad()
    pad.draw(SEVEN)
    pad.expect_digit("7")
    pad.page.get_by_role("button", name="Clear", exact=True).click()
    expect(pad.page.get_by_test_id("label-output-value")).to_have_count(0)
    pad.draw(ONE)
    pad.expect_digit("1")


@pytest.mark.parametrize("width_px", [320, 360])
def test_a_phone_shows_pad_answer_and_clear_at_once(open_pad, width_px):
    """Nothing scrolls sideways, and what one needs is on the first screen."""
    pad = open_pad(**PHONE | {"viewport": {"width": width_px, "height": 640}})
    pad.draw(SEVEN)
    pad.expect_digit("7")
    assert pad.page.evaluate("document.documentElement.scrollWidth") == width_px
    for part in ("#pad", "#clear", "#answer-label"):
        box = pad.page.locator(part).bounding_box()
        assert box, part
        assert box["y"] + box["height"] <= 640, part
