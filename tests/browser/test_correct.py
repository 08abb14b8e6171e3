"""Whoever sees a wrong answer corrects it, and sees the share link, in either language."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app import build_app, launch_options
from benchmarks.servers import free_port
from corrections import CorrectionStore
from sharing import ShareLink
from tests.browser.conftest import SEVEN, Pad
from ui.share import Sharing

URL = "https://a1b2c3.gradio.live"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> CorrectionStore:
    return CorrectionStore(tmp_path_factory.mktemp("corrections"))


@pytest.fixture(scope="module")
def url(store: CorrectionStore) -> Iterator[str]:
    """The app as it is served with a share link, where corrections are kept."""
    sharing = Sharing()
    sharing.link = ShareLink(URL, datetime(2026, 1, 31, 12, 0, tzinfo=UTC))
    sharing._settled.set()
    blocks = build_app(sharing=sharing, corrections=store)
    _, url, _ = blocks.launch(
        server_port=free_port(), prevent_thread_lock=True, quiet=True, **launch_options()
    )
    yield url
    blocks.close()


@pytest.mark.parametrize(
    ("locale", "question", "thanks", "right"),
    [
        ("en-US", "Wrong? It is a …", "Thank you. Your drawing is kept.", 1),
        ("zh-TW", "認錯了嗎？這是…", "謝謝！您的圖已經保存。", 2),
    ],
)
def test_a_wrong_answer_is_corrected(
    url: str, store: CorrectionStore, browser: Browser, tmp_path: Path, locale, question, thanks, right
) -> None:
    """There is no question without an answer; digits work after consent; then the drawing is kept."""
    context = browser.new_context(locale=locale)
    page = context.new_page()
    page.goto(url)
    page.locator("body.pad-ready").wait_for()
    panel = page.locator(".correct")
    expect(panel).to_be_hidden()
    before = len(store)
    pad = Pad(page)
    pad.draw(SEVEN)
    pad.expect_digit("7")
    page.get_by_text(question).click()
    digit = panel.get_by_role("button", name=str(right), exact=True)
    expect(digit).to_be_disabled()
    panel.get_by_role("checkbox").check()
    page.screenshot(path=tmp_path / f"correct-{locale}.png", full_page=True)
    digit.click()
    expect(panel.get_by_role("status")).to_have_text(thanks)
    assert len(store) == before + 1
    assert list(store)[-1].right == right
    expect(page.get_by_role("link", name=URL).first).to_be_visible()
    expect(page.locator(".share img")).to_be_visible()
    context.close()
