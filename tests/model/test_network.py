"""The opened network says what the served one says."""

import numpy as np
import pytest

from model import Recogniser
from model.artifact import BUNDLED_ARTIFACT, verified_file
from model.config import RECIPES
from model.dataset import load_mnist
from model.network import Network


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.read(verified_file(BUNDLED_ARTIFACT, "litert").read_bytes())


def test_the_last_activations_are_the_served_probabilities(network) -> None:
    """Layer by layer in numpy comes out where LiteRT does, to 1e-4."""
    pictures = load_mnist().x_test[:20].astype(np.float32) / 255
    served = Recogniser.load().probabilities(pictures)
    opened = np.stack([network.activations(picture)[-1] for picture in pictures])
    np.testing.assert_allclose(opened, served, atol=1e-4)


def test_the_layers_have_the_widths_of_the_recipe(network) -> None:
    """What is read from the file is the network that was built."""
    assert tuple(layer.units for layer in network.hidden) == RECIPES["default"].hidden_units
    assert network.hidden[0].weights.shape[1] == 28 * 28


def test_the_shape_of_the_picture_does_not_matter(network) -> None:
    """(28, 28, 1), (784,) and (1, 784) hold the same numbers and give the same answer."""
    picture = load_mnist().x_test[0].astype(np.float32) / 255
    shapes = [(28, 28, 1), (784,), (1, 784)]
    answers = [network.activations(picture.reshape(shape))[-1] for shape in shapes]
    assert all(np.array_equal(answer, answers[0]) for answer in answers)


def test_a_model_of_something_else_is_refused() -> None:
    """Bytes that are no model are an error with a reason, not a crash."""
    with pytest.raises(ValueError):
        Network.read(b"no model")
