"""The share link comes, or it is said why not; the app goes on either way."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from gradio import tunneling

from sharing import ShareError, open_link
from tests.sharing.conftest import GradioLive


def is_running(pid_file: Path) -> bool:
    """Return whether the client that noted its number there still runs."""
    status = Path(f"/proc/{pid_file.read_text().strip()}/status")
    return status.exists() and "Z (zombie)" not in status.read_text()


def test_a_link_is_https_and_lasts_a_week(gradio_live: GradioLive) -> None:
    """The link that the client prints comes back, with the day on which it ends."""
    link = open_link("127.0.0.1", 1, "secret")
    assert link.url == "https://a1b2c3.gradio.live"
    assert timedelta(days=6) < link.expires - datetime.now(UTC) <= timedelta(days=7)
    assert (gradio_live.folder / ".gradio" / "certificate.pem").read_text() == "certificate"


def api_is_down(live: GradioLive) -> None:
    live.api = (503, b"busy")


def api_is_gone(live: GradioLive) -> None:
    from gradio import networking

    networking.GRADIO_API_SERVER = "http://127.0.0.1:9/"


def no_client(live: GradioLive) -> None:
    live.client = (404, b"")


def no_client_for_this_computer(live: GradioLive) -> None:
    live.client = (403, b"")


def damaged_client(live: GradioLive) -> None:
    tunneling.CHECKSUMS[tunneling.BINARY_URL] = live.checksum
    live.client = (200, live.client[1][:-10])


def certificate_in_the_way(live: GradioLive) -> None:
    Path(".gradio").write_text("a file where a folder should be")


@pytest.mark.parametrize(
    ("trouble", "key"),
    [
        (api_is_down, "share.api"),
        (api_is_gone, "share.api"),
        (no_client, "share.client"),
        (no_client_for_this_computer, "share.client"),
        (damaged_client, "share.client"),
        (certificate_in_the_way, "share.certificate"),
        (lambda live: live.use_client("refused"), "share.refused"),
    ],
)
def test_each_trouble_has_its_sentence(gradio_live: GradioLive, trouble, key: str) -> None:
    """What stands in the way is named, and no client is left running."""
    trouble(gradio_live)
    with pytest.raises(ShareError) as caught:
        open_link("127.0.0.1", 1, "secret", give_up_s=20)
    assert caught.value.key == key
    if key == "share.refused":
        assert not is_running(gradio_live.folder / "client.pid")


def test_a_silent_client_is_given_up(gradio_live: GradioLive) -> None:
    """A client that says nothing, for which Gradio would wait for ever, is ended."""
    gradio_live.use_client("silent")
    with pytest.raises(ShareError) as caught:
        open_link("127.0.0.1", 1, "secret", give_up_s=2)
    assert caught.value.key == "share.silent"
    assert not is_running(gradio_live.folder / "client.pid")


def test_a_damaged_client_is_fetched_again(gradio_live: GradioLive) -> None:
    """What is left of a download that was cut off is never run."""
    tunneling.CHECKSUMS[tunneling.BINARY_URL] = gradio_live.checksum
    Path(tunneling.BINARY_PATH).parent.mkdir()
    Path(tunneling.BINARY_PATH).write_bytes(gradio_live.client[1][:20])
    assert open_link("127.0.0.1", 1, "secret").url.endswith("gradio.live")
    assert gradio_live.asked.count("/client") == 1


GRADIO_LIVE = """
import sys
from gradio import networking, tunneling
networking.GRADIO_API_SERVER = sys.argv[1] + "/v3/tunnel-request"
tunneling.BINARY_URL = sys.argv[1] + "/client"
tunneling.BINARY_PATH = sys.argv[2] + "/clients/client"
tunneling.BINARY_FOLDER = sys.argv[2] + "/clients"
sys.path.insert(0, sys.argv[3])
"""
LINK = """
import os, signal
from sharing import open_link
open_link("127.0.0.1", 1, "secret")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_app_leaves_no_link(gradio_live: GradioLive, root: Path) -> None:
    """After kill -9 the client ends too: its link would lead to whatever takes the port next."""
    command = [sys.executable, "-c", GRADIO_LIVE + LINK, gradio_live.url, str(gradio_live.folder), str(root)]
    run = subprocess.run(command, cwd=gradio_live.folder, stderr=subprocess.DEVNULL, check=False)
    assert run.returncode == -signal.SIGKILL
    until = time.monotonic() + 60
    while is_running(gradio_live.folder / "client.pid") and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_running(gradio_live.folder / "client.pid")


RUN = """
import app
app.main(["--share"])
"""


@pytest.mark.slow
@pytest.mark.parametrize("has_link", [True, False])
def test_the_app_serves_with_a_link_and_without(gradio_live: GradioLive, root: Path, has_link: bool) -> None:
    """python app.py --share prints link, QR code and warning, or why there is none, and serves either way."""
    if not has_link:
        gradio_live.api = (503, b"busy")
    command = [sys.executable, "-c", GRADIO_LIVE + RUN, gradio_live.url, str(gradio_live.folder), str(root)]
    log = gradio_live.folder / "log.txt"
    with log.open("w") as out:
        app = subprocess.Popen(
            command,
            cwd=gradio_live.folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"},
        )
    try:
        wanted = "no longer than" if has_link else "The app goes on at"
        until = time.monotonic() + 120
        while wanted not in log.read_text() and time.monotonic() < until and app.poll() is None:
            time.sleep(0.1)
        told = log.read_text()
        assert wanted in told
        if has_link:
            assert "Anyone can now open https://a1b2c3.gradio.live" in told
            assert "public" in told
            assert "▄▄" in told
        else:
            assert "gradio.live does not answer" in told
        assert "Traceback" not in told
        local = told.split("local URL:")[1].split()[0]
        assert urllib.request.urlopen(local, timeout=10).status == 200
        app.send_signal(signal.SIGTERM)
        assert app.wait(20) == 0
        if has_link:
            assert not is_running(gradio_live.folder / "client.pid")
    finally:
        app.kill()
        app.wait()
