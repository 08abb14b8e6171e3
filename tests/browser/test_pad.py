"""A person draws a digit and reads what the app makes of it."""

from playwright.sync_api import expect

from tests.browser.conftest import SEVEN


def test_a_drawn_digit_is_recognised(open_pad):
    """What the pointer draws is named by the Label, with the three best digits."""
    pad = open_pad()
    pad.draw(SEVEN)
    pad.page.get_by_role("button", name="Recognise").click()
    expect(pad.page.get_by_test_id("label-output-value")).to_have_text("7")
    expect(pad.page.locator("#answer-label .confidence-set")).to_have_count(3)
    expect(pad.page.locator(".model-picture")).to_be_visible()


def test_a_blank_pad_gets_a_hint(open_pad):
    """Recognise without a drawing says what to do, in the visitor's language."""
    pad = open_pad(locale="zh-TW")
    pad.page.get_by_role("button", name="辨識").click()
    expect(pad.page.locator(".answer-message")).to_have_text("畫板還是空白的，請先畫一個數字。")


def test_the_brush_is_in_hand_after_clear(open_pad):
    """Clear empties pad and answer, and the next stroke counts."""
    pad = open_pad()
    pad.draw(SEVEN)
    pad.page.get_by_role("button", name="Recognise").click()
    expect(pad.page.get_by_test_id("label-output-value")).to_have_text("7")
    pad.page.locator("#clear").click()
    expect(pad.page.get_by_test_id("label-output-value")).to_have_count(0)
    pad.draw(SEVEN)
    pad.page.get_by_role("button", name="Recognise").click()
    expect(pad.page.get_by_test_id("label-output-value")).to_have_text("7")
