"""The page asks nobody else."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from tests.browser.conftest import SEVEN, Pad


def test_every_request_goes_to_the_apps_own_origin(app_url: str, browser: Browser) -> None:
    """Opening the page, drawing, and walking through the tabs asks no other host, and breaks no policy."""
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    hosts: set[str] = set()
    refused: list[str] = []

    def seen(asked: Any) -> None:
        if asked.url.startswith(("http", "ws")):
            hosts.add(urlsplit(asked.url).netloc)

    page.on("request", seen)
    page.on("websocket", seen)
    page.on("console", lambda line: refused.append(line.text) if "Content Security" in line.text else None)
    page.goto(app_url)
    page.locator("body.pad-ready").wait_for()
    pad = Pad(page)
    pad.draw(SEVEN)
    pad.expect_digit("7")
    for tab in page.get_by_role("tab").all():
        tab.click()
    page.wait_for_load_state()
    context.close()
    assert hosts == {urlsplit(app_url).netloc}
    assert refused == []
