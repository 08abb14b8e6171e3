"""A model that is trained with corrections says what people said is right."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.training

MNIST_DIGITS = 1500
TRICKY = 40  # pictures of nothing in MNIST, corrected to a three


@pytest.mark.slow
def test_corrections_are_learnt(tmp_path: Path) -> None:
    """What the base model gets wrong is right after the stage that sees the corrections."""
    pytest.importorskip("keras")
    from model.config import RECIPES
    from model.dataset import load_mnist, scale
    from model.material import gather
    from model.recipe import fit_base, fit_pens

    mnist = load_mnist()
    few = replace(mnist, x_train=mnist.x_train[:MNIST_DIGITS], y_train=mnist.y_train[:MNIST_DIGITS])
    config = replace(
        RECIPES["default"],
        hidden_units=(64, 32),
        dropout=(0.0, 0.0),
        epochs=2,
        habit_drawings=100,
        scribbles=100,
        tuning_epochs=6,
        average_momentum=0.5,  # an epoch of nine steps would not move a longer average
    )
    images = np.zeros((TRICKY, 28, 28), np.uint8)
    for number, image in enumerate(images):
        image[6 + number % 4 : 22, 6:10] = image[12:16, 6 : 22 - number % 3] = 255
    labels = np.full(TRICKY, 3, np.uint8)
    material = gather(few, [], config, tmp_path)
    base = fit_base(material, config, tmp_path, resume=False)
    before = base.model.predict(scale(images), verbose=0)["digit"].argmax(axis=1)
    taught = fit_pens(
        base, material.with_corrections(images, labels), config, tmp_path / "corrections", False
    )
    after = taught.model.predict(scale(images), verbose=0)["digit"].argmax(axis=1)
    assert (before == 3).mean() < 0.5
    assert (after == 3).mean() > 0.9
