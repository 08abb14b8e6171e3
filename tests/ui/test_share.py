"""The share link as the terminal and the page show it."""

import io
from datetime import UTC, datetime

import pytest
import segno

from sharing import ShareLink
from ui.share import Sharing, announcement, panel_html, terminal_locale

LINK = ShareLink("https://a1b2c3.gradio.live", datetime(2026, 1, 31, 12, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("locale", "has_password", "sentence"),
    [
        ("en", False, "This link is public"),
        ("en", True, "a name and a password"),
        ("zh-TW", False, "公開的連結"),
    ],
)
def test_the_terminal_shows_the_link_and_warns(locale: str, has_password: bool, sentence: str) -> None:
    """Link, QR code, expiry and who may come are told in the terminal's language."""
    sharing = Sharing(has_password)
    sharing.link = LINK
    told = announcement(sharing, "http://127.0.0.1:7860/", locale)
    drawn = io.StringIO()
    segno.make(LINK.url, error="l", micro=False).terminal(drawn, border=2, compact=True)
    for part in (drawn.getvalue(), LINK.url, "2026-01-31 12:00 UTC", sentence):
        assert part in told


@pytest.mark.parametrize("locale", ["en", "zh-TW"])
def test_the_terminal_says_why_there_is_none(locale: str) -> None:
    """Without a link the reason and the local address are told."""
    sharing = Sharing()
    sharing.problem = "share.api"
    told = announcement(sharing, "http://127.0.0.1:7860/", locale)
    assert "gradio.live" in told
    assert "http://127.0.0.1:7860/" in told


@pytest.mark.parametrize(("has_password", "key"), [(False, "share.public"), (True, "share.password")])
def test_the_page_shows_link_and_code(has_password: bool, key: str) -> None:
    """The panel holds the link, its QR code, the day on which it ends, and who may come in."""
    html = panel_html(LINK, Sharing(has_password).access)
    assert f'href="{LINK.url}"' in html
    assert "data:image/svg+xml" in html
    assert "2026-01-31" in html
    assert f'data-i18n="{key}"' in html


def test_a_space_needs_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a Space no tunnel is opened."""
    monkeypatch.setenv("SPACE_ID", "owner/name")
    sharing = Sharing()
    sharing.open("127.0.0.1", 1, "secret")
    assert sharing.problem == "share.space"


@pytest.mark.parametrize(
    ("environment", "locale"),
    [({"LANG": "zh_TW.UTF-8"}, "zh-TW"), ({"LC_ALL": "C", "LANG": "zh_TW"}, "en"), ({}, "en")],
)
def test_the_terminal_has_a_language(environment: dict[str, str], locale: str) -> None:
    """The terminal's own settings choose the language."""
    assert terminal_locale(environment) == locale
