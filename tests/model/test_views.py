"""The model that serves answers with the mean over five views."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from model.config import RECIPES
from model.dataset import load_mnist

pytestmark = pytest.mark.training
keras = pytest.importorskip("keras", reason="needs requirements-train.txt")

DIGITS = load_mnist().x_test[:7, ..., None].astype(np.float32) / 255


@pytest.fixture(scope="module")
def trained():
    from model.architecture import build_mlp

    keras.utils.set_random_seed(0)
    return build_mlp(replace(RECIPES["default"], hidden_units=(32, 16), dropout=(0, 0)), with_likeness=True)


@pytest.fixture(scope="module")
def served(trained):
    from model.views import looking_around

    return looking_around(trained)


def test_the_answer_is_the_mean_of_the_views(trained, served) -> None:
    """Half a pixel up, down, left, right and none: their answers' mean is what the served model says."""
    level = trained.get_layer("level")
    rest = keras.Sequential([keras.Input((28, 28, 1)), *trained.layers[2:-2]])
    levelled = np.asarray(level(DIGITS))
    places = [(0, 0), (0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5)]
    nudged = [ndimage.shift(levelled, (0, *place, 0), order=1, mode="grid-constant") for place in places]
    views = [rest(view) for view in nudged]
    for name in ("digit", "likeness"):
        answers = [np.asarray(trained.get_layer(name)(view)) for view in views]
        assert np.ptp(answers, axis=0).max() > 1e-3  # else any one of them would do
        np.testing.assert_allclose(served(DIGITS)[name], np.mean(answers, axis=0), atol=1e-5)


def test_a_picture_alone_is_answered_as_among_others(served) -> None:
    """Views of one picture are not mixed with another's."""
    alone = np.concatenate([served(digit[None])["digit"] for digit in DIGITS])
    np.testing.assert_allclose(alone, served(DIGITS)["digit"], atol=1e-6)


def test_looking_around_adds_no_weights(trained, served) -> None:
    """The served model is the trained one: the same parameters, none of its own."""
    assert served.count_params() == trained.count_params()
