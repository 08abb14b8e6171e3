"""A person looks around in the tabs that explain."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SEVEN

TABS = ("data", "test", "learn", "network")
SHOWN = ("#data-numbers td", "#gallery button", "#learn-curves svg", "#network-weights img")
SLOW_MS = 60_000  # the first look at the test set reads 10,000 digits
ENGLISH_WORD = re.compile(r"[A-Za-z]{4,} [a-z]{3,}")


def open_tab(page: Page, number: int) -> None:
    """Choose a tab and wait for what it shows."""
    tabs = page.get_by_role("tab").locator("visible=true")
    expect(tabs.first).to_be_visible()
    if number < tabs.count():
        tabs.nth(number).click()
    else:  # a phone has room for some of them, and a menu for the rest
        page.locator(".overflow-menu > button").click()
        page.locator(".overflow-dropdown button").nth(number - tabs.count()).click()
    expect(page.locator(SHOWN[number - 1]).first).to_be_visible(timeout=SLOW_MS)


def test_digits_are_browsed_by_key_slider_and_kind(open_pad) -> None:
    """An arrow key, a typed position and a chosen digit each change the picture and its numbers."""
    page = open_pad().page
    open_tab(page, 1)
    caption = page.locator("#data-view figcaption :lang(en)")
    expect(caption).to_have_text("Index 0, label 5")
    expect(page.locator("#data-numbers tbody td")).to_have_count(28 * 28)
    page.locator("#data-view h3").click()
    page.keyboard.press("ArrowRight")
    expect(caption).to_have_text("Index 1, label 0")
    page.get_by_role("radio", name="7", exact=True).click()
    expect(caption).to_have_text("Index 15, label 7")
    position = page.get_by_role("spinbutton").locator("visible=true")
    position.fill("6264")  # the last of 6,265 sevens
    position.press("Enter")
    expect(caption).to_contain_text("label 7")
    expect(caption).not_to_contain_text("Index 15,")


def test_a_cell_of_the_confusion_matrix_shows_its_digits(open_pad) -> None:
    """Choosing a cell fills the gallery with its digits; choosing one of them shows it with its answers."""
    page = open_pad().page
    open_tab(page, 2)
    expect(page.locator("#test-score")).to_contain_text("Accuracy 9")
    cell = page.locator("#confusion td.miss button").first
    count = int(cell.inner_text())
    cell.click()
    tiles = page.locator("#gallery .gallery button")
    expect(tiles).to_have_count(count)
    tiles.first.click()
    expect(page.locator("#test-view .verdict")).to_contain_text("Wrong")
    expect(page.locator("#test-view .bars li")).to_have_count(3)


def test_the_drawing_is_explained_step_by_step(open_pad) -> None:
    """What was drawn on the first tab is there on the last one, in five steps; the pad keeps it."""
    pad = open_pad()
    pad.draw(SEVEN)
    pad.expect_digit("7")
    open_tab(pad.page, 4)
    expect(pad.page.locator("#network-steps figure")).to_have_count(6, timeout=SLOW_MS)
    expect(pad.page.locator("#network-activations")).to_contain_text("The last layer says 7.")
    pad.page.get_by_role("tab").first.click()
    pad.expect_digit("7")


def test_without_a_drawing_a_test_digit_is_explained(open_pad) -> None:
    """An empty pad is no dead end."""
    page = open_pad().page
    open_tab(page, 4)
    expect(page.locator("#network-steps")).to_contain_text("This is a test digit.")
    expect(page.locator("#network-activations")).to_contain_text("The last layer says 7.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tab_speaks_chinese_and_fits_a_phone(open_pad, scheme) -> None:
    """No English sentence is left, nothing sticks out at the side, and nothing is asked of other servers."""
    options = {"viewport": {"width": 360, "height": 640}, "locale": "zh-TW", "color_scheme": scheme}
    page = open_pad(**options).page
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url) if foreign(request.url) else None)
    for number in range(1, len(TABS) + 1):
        open_tab(page, number)
        visible = page.get_by_role("tabpanel").locator("visible=true").first.inner_text()
        assert not ENGLISH_WORD.search(visible), visible
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), TABS[number - 1]
    assert not elsewhere


def foreign(url: str) -> bool:
    """Return whether a request leaves the app's own server."""
    return not url.startswith(("http://127.0.0.1", "http://localhost", "data:", "blob:"))


def test_the_language_changes_without_the_server(open_pad) -> None:
    """What a tab already shows is in the other language at once."""
    page = open_pad().page
    open_tab(page, 3)
    page.locator("[data-locale=zh-TW]").click()
    expect(page.locator("#learn-curves h3")).to_have_text("學習過程", use_inner_text=True)
