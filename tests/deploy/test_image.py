"""The Dockerfile, carried out without an engine: its files, its user, its command, its health check."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.files import serving_files

USER = 1000


def instruction(root: Path, name: str) -> str:
    """Return what follows an instruction of the Dockerfile, its lines joined."""
    text = (root / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    (found,) = re.findall(rf"^{name} (.*)$", text, re.MULTILINE)
    return str(found)


def test_what_the_image_is_made_of(root: Path) -> None:
    """The base is pinned, nothing of training is installed, and the code comes after the packages."""
    text = (root / "Dockerfile").read_text("utf-8")
    assert re.search(r"^FROM python:3\.\d+\.\d+-slim", text, re.MULTILINE)
    assert text.index("pip install") < text.index("COPY . .")
    assert "--require-hashes -r locks/serving.txt" in text
    assert instruction(root, "USER") == "user"
    assert f"--uid {USER}" in text
    assert instruction(root, "EXPOSE") == "7860"
    lock = (root / "locks" / "serving.txt").read_text("utf-8")
    packages = {line.split("==")[0] for line in lock.splitlines()}
    assert not packages & {"tensorflow", "keras", "torch", "matplotlib", "pytest"}


def as_image_user() -> list[str]:
    """Return what to put before a command so that root runs it as the image's user; else nothing.

    It may read all that root may, as the interpreter may stand in root's home, and writes as the user.
    """
    if os.getuid() != 0:
        return []
    caps = "+dac_read_search"
    user = [f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    return ["setpriv", *user, f"--inh-caps={caps}", f"--ambient-caps={caps}", "--"]


@pytest.mark.slow
def test_it_serves_read_only_as_its_user(root: Path, tmp_path: Path) -> None:
    """With the image's files alone, not to be written to, the command serves and is healthy."""
    app = tmp_path / "app"
    for path in serving_files(root):
        (app / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / path, app / path)
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    if os.getuid() == 0:
        os.chown(scratch, USER, USER)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [port if part == "7860" else part for part in json.loads(instruction(root, "CMD"))]
    check = json.loads(instruction(root, "HEALTHCHECK").partition("CMD")[2])
    check[-1] = check[-1].replace(":7860", f":{port}")
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "HF_HOME": str(scratch),
        "GRADIO_TEMP_DIR": str(scratch / "gradio"),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "DIGITS_CORRECTIONS": str(scratch / "corrections"),
    }
    command[0] = check[0] = sys.executable
    for path in (app, *app.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted(app.rglob("*"))
    with subprocess.Popen([*as_image_user(), *command], cwd=app, env=environment) as server:
        try:
            until = time.monotonic() + 120
            health = 1
            while health and time.monotonic() < until and server.poll() is None:
                health = subprocess.run(check, env=environment, capture_output=True, check=False).returncode
            assert health == 0
            assert (scratch / "corrections").stat().st_uid == (os.getuid() or USER)
            assert sorted(app.rglob("*")) == before
        finally:
            server.terminate()
    for path in (app, *app.rglob("*")):
        path.chmod(0o755)
