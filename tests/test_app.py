"""The app as a program and as an API."""

import socket
from collections.abc import Iterator

import numpy as np
import pytest
from gradio_client import Client  # type: ignore[import-untyped]
from gradio_client.exceptions import AppError  # type: ignore[import-untyped]
from PIL import Image, ImageDraw

from app import build_app, launch_options, parse_settings


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Serve the app and return a client of its API."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    blocks = build_app()
    _, url, _ = blocks.launch(server_port=port, prevent_thread_lock=True, quiet=True, **launch_options())
    yield Client(url, verbose=False)
    blocks.close()


def drawing(tmp_path, points: list[tuple[int, int]]) -> dict[str, object]:
    """Return what the Sketchpad gives when a line is drawn through the points."""
    layer = Image.new("RGBA", (280, 280))
    if points:
        ImageDraw.Draw(layer).line(points, fill=(17, 17, 17, 255), width=22, joint="curve")
    layer.save(tmp_path / "layer.png")
    file = {"path": str(tmp_path / "layer.png"), "meta": {"_type": "gradio.FileData"}}
    return {"background": None, "layers": [file], "composite": None}


def test_predict_returns_the_three_best(client: Client, tmp_path) -> None:
    """The API names the digit, and gives the three best with falling confidence."""
    result = client.predict(drawing(tmp_path, [(80, 70), (200, 70), (130, 230)]), api_name="/predict")
    confidences = [entry["confidence"] for entry in result["confidences"]]
    assert result["label"] == result["confidences"][0]["label"] == "7"
    assert len(confidences) == 3
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < sum(confidences) <= 1 + 1e-6


def test_predict_refuses_a_blank_drawing(client: Client, tmp_path) -> None:
    """A blank drawing is an error that says so, not a guess."""
    with pytest.raises(AppError, match="Nothing is drawn"):
        client.predict(drawing(tmp_path, []), api_name="/predict")


def test_the_api_offers_what_is_meant_for_others(client: Client) -> None:
    """Nothing but the documented endpoints is to be seen."""
    assert "/predict" in client.view_api(return_format="dict", print_info=False)["named_endpoints"]


@pytest.mark.parametrize(
    ("argv", "environment", "expected"),
    [
        ([], {}, (None, None, False)),
        (["--host", "0.0.0.0", "--port", "9000", "--share"], {}, ("0.0.0.0", 9000, True)),
        ([], {"GRADIO_SHARE": "True"}, (None, None, True)),
    ],
)
def test_settings_come_from_flags_and_environment(monkeypatch, argv, environment, expected) -> None:
    """A flag counts; what it leaves out, Gradio's own variables say."""
    monkeypatch.delenv("GRADIO_SHARE", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = parse_settings(argv)
    assert (settings.host, settings.port, settings.share) == expected


def test_probabilities_reach_the_api_unrounded() -> None:
    """A confidence is the model's own number."""
    from ui.answer import Answer

    probabilities = np.array([0, 0, 0.123456, 0.8, 0.076544, 0, 0, 0, 0, 0], np.float32)
    shown = Answer(np.zeros((28, 28), np.float32), probabilities, is_digit=True).as_json()
    assert [entry["label"] for entry in shown["confidences"]] == ["3", "2", "4"]
    assert shown["confidences"][1]["confidence"] == pytest.approx(0.123456)
