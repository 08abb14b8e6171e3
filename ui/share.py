"""The share link, where people see it: in the terminal and in a panel of the page, each with a QR code."""

import io
import logging
import os
import threading
from collections.abc import Mapping
from html import escape
from pathlib import Path

import gradio as gr
import segno

from sharing import ShareError, ShareLink, open_link
from ui.text import DEFAULT_LOCALE, translate

__all__ = ["Sharing", "announcement", "build_share", "terminal_locale"]

log = logging.getLogger(__name__)

PANEL_HTML = Path(__file__).parent.parent / "assets" / "pages" / "share.html"
PAGE_WAIT_S = 90.0  # a page opened at once waits for the link as long as it may take to come
EXPIRY_FORMAT = "%Y-%m-%d %H:%M UTC"


class Sharing:
    """The link of the app that runs, once it is there, or why there is none.

    Attributes:
        link: the link.
        problem: the key of why there is none.
        access: the key of who may come in.
    """

    def __init__(self, has_password: bool = False) -> None:
        self.access = "share.password" if has_password else "share.public"
        self.link: ShareLink | None = None
        self.problem = ""
        self._settled = threading.Event()

    def open(self, host: str, port: int, token: str) -> None:
        """Get the link. Where it cannot be had, note the problem's key and go on."""
        try:
            if "SPACE_ID" in os.environ:
                raise ShareError("share.space", "this is a Space")
            self.link = open_link(host, port, token)
        except ShareError as exc:
            log.warning("%s", exc)
            self.problem = exc.key
        self._settled.set()

    def wait(self, seconds: float) -> None:
        """Wait until it is known whether there is a link."""
        self._settled.wait(seconds)


def build_share(blocks: gr.Blocks, sharing: Sharing) -> None:
    """Put the panel into the page; it shows the link to those who open the page."""
    panel = gr.HTML(visible="hidden", elem_id="share")

    def show() -> dict:
        sharing.wait(PAGE_WAIT_S)
        if sharing.link is None:
            return gr.update()
        return gr.update(value=panel_html(sharing.link, sharing.access), visible=True)

    blocks.load(show, None, panel, api_visibility="private", show_progress="hidden", concurrency_limit=None)


def panel_html(link: ShareLink, access: str) -> str:
    """Return the panel: the link, its QR code, until when it is good, and who may come in."""
    return PANEL_HTML.read_text(encoding="utf-8").format(
        url=escape(link.url),
        qr=segno.make(link.url, error="m", micro=False).svg_data_uri(border=2, light="#fff"),
        expires=link.expires.strftime(EXPIRY_FORMAT),
        expires_iso=link.expires.isoformat(),
        access=access,
    )


def announcement(sharing: Sharing, local_url: str, locale: str) -> str:
    """Return what the terminal says: the link with its QR code, or why there is none."""
    if sharing.link is None:
        reason = translate(sharing.problem, locale)
        return translate("share.failed", locale, reason=reason, url=local_url)
    drawn = io.StringIO()
    segno.make(sharing.link.url, error="l", micro=False).terminal(drawn, border=2, compact=True)
    return "\n".join(
        [
            drawn.getvalue(),
            translate("share.link", locale, url=sharing.link.url),
            translate("share.expires", locale) + " " + sharing.link.expires.strftime(EXPIRY_FORMAT),
            translate(sharing.access, locale),
        ]
    )


def terminal_locale(environment: Mapping[str, str] = os.environ) -> str:
    """Return the locale of ours that the terminal's own is nearest to."""
    named = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return "zh-TW" if named.startswith("zh") else DEFAULT_LOCALE
