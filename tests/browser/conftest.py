"""The app, served; a browser; and a person's hand on the pad."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app import build_app, launch_options
from benchmarks.servers import CHROMIUM_ARGS, free_port

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
# Strokes of a digit, in shares of the pad's side.
SEVEN = [[(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]]
ONE = [[(0.5, 0.2), (0.5, 0.8)]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder as using the browser."""
    for item in items:
        if "/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """Serve the app on a free port."""
    blocks = build_app()
    options = launch_options()
    _, url, _ = blocks.launch(server_port=free_port(), prevent_thread_lock=True, quiet=True, **options)
    yield url
    blocks.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium where there is one, Playwright's own elsewhere."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_ARGS)
        yield browser
        browser.close()


class Pad:
    """The page as a person uses it."""

    def __init__(self, page: Page) -> None:
        """Take a page that shows the app."""
        self.page = page
        self.canvas = page.locator("#pad canvas").first

    def draw(self, strokes: list[list[tuple[float, float]]], lift: bool = True) -> None:
        """Draw strokes with the pointer, their points in shares of the paper's side."""
        mouse = self.page.mouse
        for start, *rest in strokes:
            mouse.move(*self.place(start))
            mouse.down()
            for point in rest:
                mouse.move(*self.place(point), steps=8)
            if lift:
                mouse.up()

    def place(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return where a point of the paper is on the screen."""
        box = self.canvas.bounding_box()
        assert box, "the pad is not to be seen"
        return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]

    def expect_digit(self, digit: str) -> None:
        """Wait until the answer names a digit."""
        expect(self.page.get_by_test_id("label-output-value")).to_have_text(digit)

    def expect_message(self, sentence: str) -> None:
        """Wait until the answer panel says a sentence."""
        expect(self.page.locator(".message")).to_have_text(sentence)


@pytest.fixture
def open_pad(app_url: str, browser: Browser) -> Iterator[Any]:
    """Return a function that opens the app in a fresh browser profile and returns its Pad.

    What it is given as ``before`` is called with the page before that is loaded.
    """
    contexts = []

    def open_page(before: Callable[[Page], Any] = lambda page: None, **options: Any) -> Pad:
        context = browser.new_context(**{"locale": "en-US", **options})
        contexts.append(context)
        page = context.new_page()
        before(page)
        page.goto(app_url)
        page.locator("body.pad-ready").wait_for()
        return Pad(page)

    yield open_page
    for context in contexts:
        context.close()
