"""A refusal is told in the person's language, and the drawing is asked about again."""

from typing import Any

import pytest

from tests.browser.conftest import SEVEN
from ui.text import translate


@pytest.mark.parametrize("locale", ["en-US", "zh-TW"])
def test_too_many_people_is_said_and_passes(open_pad: Any, locale: str) -> None:
    """While the server answers 429 the page says so; the answer follows by itself."""
    pad = open_pad(locale=locale)
    pad.page.route_web_socket("**/live", lambda socket: socket.close())
    pad.page.reload()
    pad.page.locator("body.pad-ready").wait_for()
    busy = {"error": "", "key": "error.busy"}
    pad.page.route("**/run/answer", lambda route: route.fulfill(status=429, json=busy))
    pad.draw(SEVEN)
    pad.expect_message(translate("error.busy", "zh-TW" if locale == "zh-TW" else "en"))
    pad.page.unroute("**/run/answer")
    pad.expect_digit("7")
