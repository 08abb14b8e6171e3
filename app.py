"""Draw a digit in the browser and see the three likeliest: settings, the page, the server."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from huggingface_hub import get_token
from PIL import Image
from starlette.requests import HTTPConnection

from corrections import CorrectionStore, JournalError, default_folder
from corrections.hub import HubUploader
from model import Recogniser
from model.hub import served_recogniser
from serving import Health, Metrics, serving_kwargs
from serving.blobs import RecentBlobs, checked
from serving.connections import bound_connections
from serving.limits import (
    MAX_FILE_BYTES,
    MAX_PICTURE_PIXELS,
    MAX_SESSIONS,
    MAX_WAITING,
)
from serving.logs import set_up_log
from sharing import PasswordFile, PasswordFileError
from ui.correct import build_correct
from ui.explore import build_explore
from ui.pad import build_pad
from ui.share import Sharing, announcement, build_share, terminal_locale
from ui.socket import socket_route
from ui.text import I18N, locale_of, translate
from ui.tools import build_tools

__all__ = ["build_app", "launch_options", "main"]

log = logging.getLogger(__name__)

ASSETS_DIR = Path(__file__).parent / "assets"
SCRIPTS = (
    "language.js",
    "frames.js",
    "paper.js",
    "socket.js",
    "answer.js",
    "number.js",
    "live.js",
    "pad.js",
    "correct.js",
    "explore.js",
)  # one module, in this order
CACHE_SWEEP_S, CACHE_AGE_S = 60, 300  # how often uploads are swept, and how old they may grow
SWITCH_INTERVAL_S = 0.001  # how long a thread that reads drawings may keep the event loop waiting
DRAIN_S = 20  # for the requests under way when the app is told to stop


def build_app(
    recogniser: Recogniser | None = None,
    sharing: Sharing | None = None,
    corrections: CorrectionStore | None = None,
) -> gr.Blocks:
    """Return the whole page, not yet launched.

    Args:
        recogniser: the model; the one that DIGITS_MODEL names, or the bundled one, when None.
        sharing: the public link to show, where one is made.
        corrections: where corrections are kept; without it nobody is asked for any.

    Raises:
        ModelFileError: the model is missing or damaged.
    """
    recogniser = recogniser or served_recogniser()
    with gr.Blocks(
        title=translate("app.title"),
        analytics_enabled=False,
        delete_cache=(CACHE_SWEEP_S, CACHE_AGE_S),
    ) as blocks:
        gr.HTML((ASSETS_DIR / "pages" / "masthead.html").read_text(encoding="utf-8"))
        with gr.Tabs():
            with gr.Tab(I18N("tabs.draw")):
                pad = build_pad(recogniser)
                if corrections is not None:
                    build_correct(recogniser, corrections)
            build_explore(pad, recogniser)
        build_tools(recogniser)
        if sharing:
            build_share(blocks, sharing)
    pad.blob_storage = RecentBlobs()  # type: ignore[assignment]  # all that Gradio asks of its dict
    pad.accept_blobs = checked(pad.accept_blobs)
    Image.MAX_IMAGE_PIXELS = MAX_PICTURE_PIXELS // 2  # Pillow warns at this, and refuses twice as many
    return blocks.queue(max_size=MAX_WAITING)


def launch_options(recogniser: Recogniser | None = None, health: Health | None = None) -> dict[str, Any]:
    """Return what ``launch()`` needs to know of the page's looks and language, its live answers and bounds.

    Args:
        recogniser: the model, as for :func:`build_app`.
        health: told of every request, where the caller wants to know.
    """
    recogniser = recogniser or served_recogniser()
    script = "\n".join((ASSETS_DIR / "scripts" / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return {
        "theme": _theme(),
        "css_paths": [
            ASSETS_DIR / "app.css",
            ASSETS_DIR / "explore.css",
            ASSETS_DIR / "share.css",
            ASSETS_DIR / "correct.css",
        ],
        "head": f'<script type="module">{script}</script>',
        "i18n": I18N,
        "ssr_mode": False,  # one process, one page: a node server would only cost memory
        "footer_links": ["api"],
        "run_history": False,  # nobody's drawings are kept in a browser that others may use
        "max_file_size": MAX_FILE_BYTES,
        "state_session_capacity": MAX_SESSIONS,
        "app_kwargs": serving_kwargs(
            [socket_route(recogniser)], health or Health(), Metrics(recogniser.sha256), sentence
        ),
    }


def sentence(key: str, connection: HTTPConnection) -> str:
    """Return the words for a key in the language that a client accepts."""
    return translate(key, locale_of(connection))


def is_set(name: str) -> bool:
    """Return whether an environment variable says yes."""
    return os.environ.get(name, "").lower() in {"1", "true", "yes"}


def _theme() -> gr.themes.Base:
    """Return Gradio's soft theme, a shade darker where its contrast is less than the 4.5:1 that AA asks."""
    theme = gr.themes.Soft(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    return theme.set(
        color_accent="*primary_600",
        body_text_color_subdued="*neutral_500",
        block_title_text_color="*primary_700",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        checkbox_label_background_fill_selected="*primary_600",
    )


def parse_settings(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; what it leaves out comes from Gradio's own environment variables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", help="address to serve on (GRADIO_SERVER_NAME; 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to serve on (GRADIO_SERVER_PORT; 7860)")
    parser.add_argument(
        "--share",
        action="store_true",
        default=is_set("GRADIO_SHARE"),
        help="also make a public link (GRADIO_SHARE)",
    )
    parser.add_argument(
        "--mcp",
        action="store_true",
        default=is_set("GRADIO_MCP_SERVER"),
        help="also serve tools at /gradio_api/mcp/ (GRADIO_MCP_SERVER)",
    )
    parser.add_argument(
        "--auth-file", type=Path, help="names and passwords, as python -m sharing password makes it"
    )
    settings = parser.parse_args(argv)
    if settings.mcp and settings.auth_file:
        parser.error("MCP asks nobody for a password: serve with --mcp or with --auth-file, not both.")
    return settings


def open_corrections() -> CorrectionStore | None:
    """Return where corrections are kept, and send them on where DIGITS_CORRECTIONS_REPO names a data set."""
    folder = default_folder()
    if folder is None:
        return None
    try:
        store = CorrectionStore(folder)
    except JournalError as exc:
        log.warning("No corrections are kept: %s", exc)
        return None
    repo = os.environ.get("DIGITS_CORRECTIONS_REPO")
    if repo and get_token():
        HubUploader(store, repo).start()
    elif repo:
        log.warning("Corrections stay here: there is no HF_TOKEN to send them to %s with.", repo)
    return store


def main(argv: Sequence[str] | None = None) -> None:
    """Serve the app until it is interrupted."""
    set_up_log()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    settings = parse_settings(argv)
    try:
        auth = PasswordFile(settings.auth_file) if settings.auth_file else None
    except PasswordFileError as exc:
        sys.exit(str(exc))
    sharing = Sharing(bool(auth)) if settings.share else None
    recogniser = served_recogniser()
    health = Health()
    blocks = build_app(recogniser, sharing, open_corrections())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the share link ends with the app
    blocks.launch(
        server_name=settings.host,
        server_port=settings.port,
        share=False,  # the app is there before the link, which may take a minute to come or fail
        auth=auth,
        mcp_server=settings.mcp,
        prevent_thread_lock=True,
        **launch_options(recogniser, health),
    )
    bound_connections(blocks.server.config)
    if sharing:
        sharing.open(blocks.server_name, blocks.server_port, blocks.share_token)
        print(announcement(sharing, str(blocks.local_url), terminal_locale()), flush=True)
    try:
        blocks.block_thread()
    except SystemExit:  # told to stop
        if not health.drain(float(os.environ.get("DIGITS_DRAIN_S", "0")), DRAIN_S):
            log.warning("Stopped with %d requests unanswered.", health.under_way)
        blocks.close(verbose=False)
        raise


if __name__ == "__main__":
    main()
