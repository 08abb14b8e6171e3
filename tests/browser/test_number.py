"""A whole number drawn on the pad is read, boxed, and each of its digits can be looked at."""

from typing import Any

import pytest
from playwright.sync_api import expect

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
