"""A whole number drawn on the pad is read, boxed, and each of its digits can be looked at."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Pad

NUMBER = [
    [(0.1, 0.35), (0.1, 0.65)],
    [(0.3, 0.35), (0.5, 0.35), (0.38, 0.65)],
    [(0.75, 0.35), (0.75, 0.65)],
]
# In one go: a late answer replaces the boxes by others in the same places.
LEFTS = "[...document.querySelectorAll('.number-boxes span')].map((box) => box.getBoundingClientRect().x)"


def test_a_number_is_read_and_each_digit_can_be_selected(open_pad: Any) -> None:
    """The Label names the number; boxes stand on its digits; a digit's button shows that digit, and back."""
    pad = open_pad()
    pad.draw(NUMBER[:1])
    pad.expect_digit("1")
    expect(pad.page.locator(".number-boxes span")).to_have_count(0)
    pad.draw(NUMBER[1:])
    pad.expect_digit("171")
    boxes = pad.page.locator(".number-boxes span")
    expect(boxes).to_have_count(3)
    lefts = pad.page.evaluate(LEFTS)
    paper = pad.canvas.bounding_box()
    shares = [(left - paper["x"]) / paper["width"] for left in lefts]
    assert shares == pytest.approx([0.1, 0.3, 0.75], abs=0.06)  # half a brush, and the margin of the box
    digits = pad.page.locator(".number button")
    expect(digits).to_have_text(["1", "7", "1"])
    digits.nth(1).click()
    pad.expect_digit("7")
    expect(digits.nth(1)).to_have_attribute("aria-pressed", "true")
    digits.nth(1).click()
    pad.expect_digit("171")
    pad.page.locator("#clear").click()
    expect(boxes).to_have_count(0)
    expect(digits).to_have_count(0)


def test_boxes_stand_on_the_digits_while_the_pen_is_down(open_pad: Any) -> None:
    """The answer to a moving pen, which is asked about a part of the paper, is boxed where the digits are."""
    pad = open_pad()
    pad.draw(NUMBER[:2])
    pad.expect_digit("17")
    pad.draw(NUMBER[2:], lift=False)
    pad.expect_digit("171")
    paper = pad.canvas.bounding_box()
    shares = [(left - paper["x"]) / paper["width"] for left in pad.page.evaluate(LEFTS)]
    assert shares == pytest.approx([0.1, 0.3, 0.75], abs=0.06)


def draw_by_finger(pad: Pad, strokes: list[list[tuple[float, float]]]) -> None:
    """Draw strokes with one finger, their points in shares of the paper's side."""
    touch = pad.page.context.new_cdp_session(pad.page)
    for stroke in strokes:
        for kind, point in zip(["Start", *["Move"] * (len(stroke) - 1)], stroke, strict=True):
            x, y = pad.place(point)
            touch.send(
                "Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": [{"x": x, "y": y}]}
            )
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_each_digit_of_a_number_is_explained(open_pad: Any) -> None:
    """On a phone, by finger and by keyboard, in Chinese: a digit shows its own answer and why it reads so."""
    pad = open_pad(**PHONE, locale="zh-TW")
    draw_by_finger(pad, NUMBER)
    pad.expect_digit("171")
    pad.page.locator("[data-toggle='saliency']").tap()
    why = pad.page.locator(".saliency")
    expect(why).to_be_visible()
    first = why.get_attribute("src")
    digit = pad.page.locator(".number button").nth(1)
    expect(digit).to_have_accessible_name("第 2 個數字：7")
    digit.tap()
    pad.expect_digit("7")
    digit.tap()
    pad.expect_digit("171")
    digit.focus()
    pad.page.keyboard.press("Enter")
    pad.expect_digit("7")
    expect(why).to_be_visible()
    assert why.get_attribute("src") != first
