"""Whoever cannot see well, or uses no pointer, can use every tab."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import SEVEN, Pad
from tests.browser.test_explore import open_tab

GRAVE = {"serious", "critical"}


def grave_faults(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical, with the places."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:120]} {node['any'][0]['message'] if node['any'] else ''}"
        for fault in violations
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("locale", ["en-US", "zh-TW"])
def test_axe_finds_nothing_serious(open_pad, locale: str) -> None:
    """On every tab, in light and in dark, and with an answer shown."""
    pad: Pad = open_pad(locale=locale)
    pad.draw(SEVEN)
    pad.expect_digit("7")
    pad.page.locator("[data-toggle=bars]").click()
    found = {}
    for tab in range(5):
        if tab:
            open_tab(pad.page, tab)
        for scheme in ("light", "dark"):
            pad.page.evaluate("(dark) => document.body.classList.toggle('dark', dark)", scheme == "dark")
            pad.page.evaluate("document.getAnimations().forEach((animation) => animation.finish())")
            found[tab, scheme] = grave_faults(pad.page)
    assert not any(found.values()), {place: faults for place, faults in found.items() if faults}


def test_the_keyboard_reaches_everything_in_order(open_pad) -> None:
    """Tab goes from the language to the tabs, the tools, the buttons and the answer's, each with a name."""
    page = open_pad().page
    names = []
    for _ in range(18):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                "document.activeElement.ariaLabel || document.activeElement.innerText"
                " || document.activeElement.tagName"
            ).strip()
        )
    wanted = ["English", "中文", "Draw", "Brush", "Eraser", "Brush width", "Open a picture", "Clear"]
    wanted += ["Recognise", "Why?", "All ten digits"]
    places = [names.index(name) for name in wanted]
    assert places == sorted(places), names
    page.get_by_role("button", name="All ten digits").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#all-digits li")).to_have_count(10)
