"""The How it works tab says what the served network is and does."""

import re
from typing import Any

import numpy as np
import pytest

from model import Recogniser
from model.dataset import load_mnist
from model.network import Network
from preprocessing import digit_steps
from ui.network import (
    STEPS,
    activations_view,
    layers_view,
    numbers_view,
    shapes_view,
    steps_view,
    weights_view,
)
from ui.text import LOCALES


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.load()


@pytest.fixture(scope="module")
def network(recogniser) -> Network:
    return Network.read(recogniser.model)


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return load_mnist().x_test[0].astype(np.float32) / 255


def test_the_layers_add_up(recogniser, network) -> None:
    """The total is the sum of what stands in the rows, whether the manifest or the file tells them."""
    manifests: list[dict[str, Any]] = [recogniser.manifest, {}]
    for manifest in manifests:
        shown = layers_view(manifest, network)
        rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", shown)
        counts = [int(re.findall(r"<td>([\d,]+)</td>", row)[-1].replace(",", "")) for row in rows]
        assert f"{sum(counts):,}" in shown
        assert len(rows) >= len(network.hidden) + 1


def test_the_file_tells_the_same_parameters_as_its_weights(network) -> None:
    """784 x 1024 weights and 1024 biases make the first layer."""
    assert network.hidden[0].parameters == 784 * 1024 + 1024


def test_every_input_shape_gives_the_same_probability(recogniser, network, image) -> None:
    """The four rows of the live example agree to the last digit that is shown but one."""
    shown = [
        float(value)
        for value in re.findall(r"<td>(0\.\d+|1\.0+)</td>", shapes_view(image, network, recogniser))
    ]
    assert len(shown) == 4
    assert max(shown) - min(shown) < 1e-5


def test_a_picture_is_reshaped_scaled_and_encoded(network, image) -> None:
    """The shapes and ranges are those of the arrays that the model takes."""
    shown = numbers_view(image, 7, network)
    for fact in ("(1, 28, 28, 1)", "(1, 784)", "0 … 255", "0.000 … ", "0 0 0 0 0 0 0 1 0 0"):
        assert fact in shown, fact


def test_every_step_of_a_drawing_is_a_picture() -> None:
    """Five pictures with their sizes, the last of them what the model reads."""
    drawing = np.zeros((560, 560, 4), np.uint8)
    drawing[100:460, 260:300] = (0, 0, 0, 255)
    steps = digit_steps({"background": None, "layers": [drawing], "composite": None})
    shown = steps_view(steps)
    assert shown.count("<img") == len(STEPS)
    assert "560×560" in shown
    assert "28×28" in shown


def test_every_hidden_layer_has_a_picture_of_its_activations(network, image) -> None:
    """One picture a hidden layer beside the input and the levelled one, and ten bars."""
    shown = activations_view(image, network)
    assert shown.count("<img") == 2 + len(network.hidden)
    assert shown.count("<li>") == 10


def test_the_strongest_units_come_first(network, image) -> None:
    """The units whose weights are shown fire in falling order, the strongest of all at the front."""
    strengths = [float(value) for value in re.findall(r"#\d+: ([\d.]+)", weights_view(image, network))]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] == pytest.approx(network.activations(image)[0].max(), abs=0.01)


def test_views_speak_every_language(network, image) -> None:
    """A sentence stands there once in each language."""
    shown = weights_view(image, network)
    assert all(f'<span lang="{locale}">' in shown for locale in LOCALES)
