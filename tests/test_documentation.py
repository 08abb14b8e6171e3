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
README = (ROOT / "README.md").read_text("utf-8")
ELSEWHERE_SECTION = "From elsewhere"  # its commands are tried against a served app
FENCE = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# These only start, train or talk to the Hub; tests of their own do so. Here their options are tried.
SERVES = re.compile(r"^(?:\w+=\S+ )*python app\.py(.*)$")
MAKES = re.compile(r"^(make [^#]*)")
MEASURES = re.compile(r"^python -m (benchmarks\.\w+)(.*)$")
TRAINS = re.compile(r"^python train\.py(.*)$", re.MULTILINE)
ELSEWHERE = re.compile(r"^python (?:train\.py|-m deploy (?:space|model) OWNER/NAME(?! --dry-run)).*$")


def sections() -> dict[str, str]:
    """Return the README's sections by heading; what comes before the first by an empty one."""
    parts = re.split(r"^##+ (.+)$", README, flags=re.MULTILINE)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def blocks(section: str, language: str) -> list[str]:
    return [code for kind, code in FENCE.findall(sections()[section]) if kind == language]


OTHERS = [name for name in sections() if name != ELSEWHERE_SECTION and blocks(name, "sh")]


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
    (code,) = blocks(ELSEWHERE_SECTION, "python")
    values: dict = {}
    exec(code.replace("http://127.0.0.1:7860", served), values)
    assert values["answer"]["label"] == "7"


def test_the_curl_example(folder: Path, served: str) -> None:
    """curl gets the same answer."""
    code = blocks(ELSEWHERE_SECTION, "sh")[0].replace("http://127.0.0.1:7860", served)
    assert '"label":"7"' in shell(code, folder).replace(" ", "")


def test_the_call_in_two_steps(folder: Path, served: str) -> None:
    """Gradio's own way with curl works as well: ask, then fetch the event."""
    upload, ask = blocks(ELSEWHERE_SECTION, "sh")[0].split("curl -s $url/run/predict")
    fetch = "curl -sN $url/call/predict/$event"
    code = f"{upload}event=$(curl -s $url/call/predict{ask.rstrip()} | cut -d'\"' -f4)\n{fetch}"
    told = shell(code.replace("http://127.0.0.1:7860", served), folder)
    assert told.startswith("event: complete\n")
    assert '"label":"7"' in told.replace(" ", "")


def test_the_command_line(folder: Path) -> None:
    """The commands name the digit, as JSON and as a table."""
    assert '"text": "7"' in shell(blocks(ELSEWHERE_SECTION, "sh")[1], folder)
    assert "another.png,7," in (folder / "digits.csv").read_text("utf-8")


@pytest.mark.parametrize("section", OTHERS)
def test_every_other_command(section: str, folder: Path) -> None:
    """What can be run here is; of what serves, trains or measures, the options are read."""
    for line in "".join(blocks(section, "sh")).splitlines():
        if serves := SERVES.match(line):
            parse_settings(serves[1].split())
        elif makes := MAKES.match(line):
            assert shell(f"{makes[1]} --dry-run --directory {ROOT}", folder)
        elif measures := MEASURES.match(line):
            known = shell(f"python -m {measures[1]} --help", folder)
            assert all(option in known for option in re.findall(r"--[\w-]+", measures[2])), line
        elif not ELSEWHERE.match(line):
            shell(line, folder)


@pytest.mark.training
def test_the_options_of_training() -> None:
    """What the README tells to train with, train.py takes."""
    pytest.importorskip("keras", reason="needs requirements-train.txt")
    asked = [options for options in TRAINS.findall(README) if options]
    asked += re.findall(r'^make train ARGS="(.*)"', README, re.MULTILINE)
    known = shell("python train.py --help", ROOT)
    assert len(asked) >= 4
    assert all(option in known for options in asked for option in re.findall(r"--[\w-]+", options))


def test_the_translation_has_the_same_commands() -> None:
    """What the Chinese README tells to run stands in the English one too."""

    def commands(text: str) -> set[str]:
        return {
            line.partition(" #")[0].strip() for _, code in FENCE.findall(text) for line in code.splitlines()
        }

    chinese = commands((ROOT / "README.zh-TW.md").read_text("utf-8"))
    assert chinese
    assert chinese <= commands(README)
