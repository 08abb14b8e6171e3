"""A model pushed to the Hub comes back the same, and what comes otherwise is not served."""

import json
import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client, handle_file  # type: ignore[import-untyped]
from huggingface_hub import constants
from PIL import Image, ImageDraw

from deploy.model import push_model
from model import ModelFileError, Recogniser
from model.artifact import write_artifact
from model.hub import fetch_artifact, served_recogniser
from tests.hub import TOKEN, Fault, LocalHub


@pytest.fixture
def pushed(hub: LocalHub, tmp_path: Path) -> str:
    """The address of a model on the Hub that is not the bundled one by its manifest."""
    bundled = Recogniser.load()
    content = (Path("model/artifacts") / bundled.manifest["files"]["litert"]["name"]).read_bytes()
    manifest = {key: value for key, value in bundled.manifest.items() if key != "files"}
    write_artifact(tmp_path / "artifact", {"litert": ("tflite", content)}, manifest | {"from": "the Hub"})
    return push_model("owner/digits", tmp_path / "artifact")


def is_from_hub(recogniser: Recogniser) -> bool:
    return recogniser.manifest.get("from") == "the Hub"


def serve(address: str) -> Recogniser:
    return served_recogniser({"DIGITS_MODEL": address})


def test_a_round_trip(hub: LocalHub, pushed: str) -> None:
    """Pushed, fetched by its commit and put to work, a model reads as it did; the card says how."""
    assert pushed == f"hf://owner/digits@{hub.repos['models/owner/digits'].head}"
    recogniser = serve(pushed)
    assert is_from_hub(recogniser)
    images = np.random.default_rng(0).random((5, 28, 28), np.float32)
    assert np.array_equal(recogniser.probabilities(images), Recogniser.load().probabilities(images))
    card = hub.repos["models/owner/digits"].files["README.md"].decode()
    assert recogniser.sha256 in card
    assert "DIGITS_MODEL=hf://owner/digits@" in card


def test_pushing_again_keeps_the_address(hub: LocalHub, pushed: str, tmp_path: Path) -> None:
    """The same model pushed twice is one commit."""
    assert push_model("owner/digits", tmp_path / "artifact") == pushed


def test_a_commit_is_fetched_once(hub: LocalHub, pushed: str) -> None:
    """What the cache has of a commit is served without asking the Hub."""
    serve(pushed)
    hub.requests.clear()
    assert is_from_hub(serve(pushed))
    assert not hub.requests


def test_a_branch_is_served_from_the_cache_when_the_hub_is_away(
    hub: LocalHub, pushed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that was fetched by a branch's name goes on serving when the Hub does not answer."""
    serve("hf://owner/digits@main")
    hub.faults.append(Fault("/resolve/", 503, times=99))
    assert is_from_hub(serve("hf://owner/digits@main"))


@pytest.mark.parametrize(
    "fault",
    [
        Fault("HEAD ", 401, times=99),
        Fault("HEAD ", 404, times=99),
        Fault("HEAD ", 429, {"Retry-After": "3600"}, times=99),
        Fault("HEAD ", 500, times=99),
        Fault("HEAD ", silent_s=3, times=99),
        Fault("GET ", 403, times=99),
        Fault(".tflite", corrupt=True, times=99),
    ],
    ids=["401", "404", "429", "500", "time-out", "403", "damaged"],
)
def test_a_hub_that_fails_leaves_the_bundled_model(
    hub: LocalHub,
    pushed: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:
    """Whatever the Hub does, the app serves: the bundled model, with a warning."""
    monkeypatch.setattr("model.hub.ANSWER_WITHIN_S", 1.0)
    monkeypatch.setattr("model.hub.GIVE_UP_S", 4.0)
    hub.faults.append(fault)
    with caplog.at_level(logging.WARNING):
        recogniser = serve(pushed)
    assert not is_from_hub(recogniser)
    assert recogniser.sha256 == Recogniser.load().sha256
    assert "the bundled model is" in caplog.text
    assert TOKEN not in caplog.text


def test_a_truncated_download_is_completed(hub: LocalHub, pushed: str) -> None:
    """A download that breaks off is taken up again; half a model is never served."""
    hub.faults.append(Fault("GET /owner/digits/resolve", cut_to=100, times=1))
    hub.faults.append(Fault(".tflite", cut_to=100_000, times=2))
    assert is_from_hub(serve(pushed))


def test_a_damaged_cache_is_mended(hub: LocalHub, pushed: str) -> None:
    """A file that was spoilt on the disk is fetched anew."""
    folder = fetch_artifact(pushed)
    (model,) = folder.glob("*.tflite")
    blob = model.resolve()
    blob.chmod(0o644)
    blob.write_bytes(blob.read_bytes()[:-5] + b"spoil")
    assert is_from_hub(serve(pushed))


def test_a_manifest_that_lies_is_not_served(hub: LocalHub, pushed: str) -> None:
    """A model whose sha256 is not the one that its manifest names is refused."""
    repo = hub.repos["models/owner/digits"]
    manifest = json.loads(repo.files["manifest.json"])
    manifest["files"]["litert"]["sha256"] = "0" * 64
    repo.commit(repo.files | {"manifest.json": json.dumps(manifest).encode()})
    assert not is_from_hub(serve(f"hf://owner/digits@{repo.head}"))


@pytest.mark.parametrize("address", ["hf://owner/digits", "hf://digits@main", "hf://", "hf://a/b@"])
def test_an_address_without_a_revision_is_refused(address: str) -> None:
    """What pins nothing is a mistake that stops the app, and is told in words."""
    with pytest.raises(ModelFileError, match="hf://OWNER/NAME@REVISION"):
        serve(address)


def test_a_folder_can_be_served(pushed: str, tmp_path: Path) -> None:
    """DIGITS_MODEL may name a folder; one without a model is an error."""
    assert is_from_hub(serve(str(tmp_path / "artifact")))
    with pytest.raises(ModelFileError):
        serve(str(tmp_path))


@pytest.mark.slow
def test_hf_endpoint_is_all_it_takes(hub: LocalHub, pushed: str, tmp_path: Path, root: Path) -> None:
    """The app started with DIGITS_MODEL and HF_ENDPOINT has the Hub's model."""
    code = "from model.hub import served_recogniser; print(served_recogniser().manifest.get('from'))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env=os.environ
        | {
            "HF_ENDPOINT": hub.url,
            "HF_TOKEN": TOKEN,
            "HF_HOME": str(tmp_path / "home"),
            "HF_HUB_DISABLE_XET": "1",
            "DIGITS_MODEL": pushed,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "the Hub", run.stderr
    assert hub.url == constants.ENDPOINT


@pytest.mark.slow
@pytest.mark.parametrize("is_there", [True, False], ids=["the Hub is there", "the Hub is away"])
def test_the_app_serves_it(hub: LocalHub, pushed: str, tmp_path: Path, root: Path, is_there: bool) -> None:
    """The app started with a model of the Hub reads with it, and with its own where the Hub is away."""
    if not is_there:
        hub.faults.append(Fault("/resolve/", 404, times=99))
    hub.requests.clear()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": TOKEN,
        "HF_HOME": str(tmp_path / "home"),
        "HF_HUB_DISABLE_XET": "1",
        "DIGITS_MODEL": pushed,
        "DIGITS_CORRECTIONS": "off",
    }
    layer = Image.new("RGBA", (280, 280))
    ImageDraw.Draw(layer).line([(80, 60), (200, 60), (130, 230)], fill="#111", width=22, joint="curve")
    layer.save(tmp_path / "seven.png")
    drawing = {"background": None, "layers": [handle_file(tmp_path / "seven.png")], "composite": None}
    log = tmp_path / "log"
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [sys.executable, "app.py", "--port", str(port)], cwd=root, env=environment, stdout=out, stderr=out
        ) as app,
    ):
        try:
            while app.poll() is None and "Running on" not in log.read_text("utf-8"):
                time.sleep(0.1)
            answer = Client(f"http://127.0.0.1:{port}/", verbose=False).predict(drawing, api_name="/predict")
        finally:
            app.terminate()
    assert answer["label"] == "7"
    said = log.read_text("utf-8")
    assert ("the bundled model is" in said) is not is_there
    assert any("/resolve/" in request for request in hub.requests)
    assert TOKEN not in said
