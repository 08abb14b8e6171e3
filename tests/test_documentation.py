"""Every command of the documentation works as it stands there."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from app import build_app, launch_options, parse_settings
from corrections import Correction, CorrectionStore

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))
FENCE = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# These only start, train or talk to the Hub; tests of their own do so. Here their options are tried.
SERVES = re.compile(r"^(?:\w+=\S+ )*python app\.py(.*)$")
ELSEWHERE = re.compile(r"^python (?:train\.py|-m deploy (?:space|model) OWNER/NAME(?! --dry-run)).*$")


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text("utf-8")
    return [code for kind, code in FENCE.findall(text) if kind == language]


def drawn_seven(path: Path) -> None:
    layer = Image.new("RGBA", (280, 280))
    ImageDraw.Draw(layer).line([(80, 60), (200, 60), (130, 230)], fill="#111", width=22, joint="curve")
    layer.save(path)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the documentation's commands find where they are run."""
    monkeypatch.chdir(tmp_path)
    drawn_seven(tmp_path / "seven.png")
    (tmp_path / "pictures").mkdir()
    drawn_seven(tmp_path / "pictures" / "another.png")
    store = CorrectionStore(tmp_path / "data" / "corrections")
    store.add(Correction(np.zeros((28, 28), np.uint8), 3, [0.1] * 10, "a" * 64, day="2026-01-01"))
    store.close()
    return tmp_path


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The app on a port of its own."""
    app = build_app()
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, **launch_options())
    yield url.rstrip("/")
    app.close()


def shell(code: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PATH": path}
    run = subprocess.run(
        ["bash", "-euc", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, f"{code}\n{run.stderr}"
    return run.stdout


def test_the_python_example(folder: Path, served: str) -> None:
    """The client's example names the digit."""
    (code,) = blocks("use.md", "python")
    values: dict = {}
    exec(code.replace("http://127.0.0.1:7860", served), values)
    assert values["answer"]["label"] == "7"


def test_the_curl_example(folder: Path, served: str) -> None:
    """curl gets the same answer."""
    code = blocks("use.md", "sh")[0].replace("http://127.0.0.1:7860", served)
    assert '"label":"7"' in shell(code, folder).replace(" ", "")


def test_the_command_line(folder: Path) -> None:
    """The commands name the digit, as JSON and as a table."""
    assert '"text": "7"' in shell(blocks("use.md", "sh")[1], folder)
    assert "another.png,7," in (folder / "digits.csv").read_text("utf-8")


@pytest.mark.parametrize(
    "page", [page.name for page in PAGES if page.name != "use.md" and blocks(page.name, "sh")]
)
def test_every_other_command(page: str, folder: Path) -> None:
    """What can be run here is; of what serves, the options are read."""
    tried = 0
    for line in "".join(blocks(page, "sh")).splitlines():
        tried += 1
        if serves := SERVES.match(line):
            parse_settings(serves[1].split())
        elif not ELSEWHERE.match(line):
            shell(line, folder)
    assert tried
