"""The teacher's answers reach the MLP's targets, softened, for the very pictures that are shown."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from model.config import CLASSES, RECIPES
from model.corpus import NO_DIGIT, Corpus
from model.dataset import load_mnist, one_hot

pytestmark = pytest.mark.training
keras = pytest.importorskip("keras", reason="needs requirements-train.txt")

COUNT = 60


def corpus(labels: np.ndarray) -> Corpus:
    return Corpus(load_mnist().x_train[: len(labels)], labels.astype(np.int8), np.full(len(labels), ""))


def answers_by_the_middle(pictures: np.ndarray) -> np.ndarray:
    """Return as the answer to a picture what can be told from it again: a digit by its middle pixel."""
    return one_hot(np.rint(255 * pictures[:, 14, 14, 0]).astype(int) % CLASSES)


def test_a_share_of_each_target_is_the_answer_to_the_picture_shown() -> None:
    """Shuffled among drawings, each of MNIST's digits keeps its own answer; the drawings have none."""
    from model.lesson import lesson

    config = replace(RECIPES["default"], label_smoothing=0.0, teacher_share=0.25)
    mnist, scribbles = corpus(np.full(COUNT, 4)), corpus(np.full(COUNT // 2, NO_DIGIT))
    epoch = lesson(mnist, [(scribbles, 1.0)], config, answers_by_the_middle)(0)
    is_digit = epoch.targets["likeness"][:, 0] == 1
    assert is_digit.sum() == COUNT
    expected = 0.75 * one_hot(np.full(COUNT, 4)) + 0.25 * answers_by_the_middle(epoch.pictures[is_digit])
    np.testing.assert_allclose(epoch.targets["digit"][is_digit], expected, atol=1e-6)
    assert not epoch.targets["digit"][~is_digit].any()


def test_a_teacher_changes_no_picture() -> None:
    """With a teacher and without one, an epoch shows the same pictures in the same order."""
    from model.lesson import lesson

    alone, taught = (
        lesson(corpus(np.arange(COUNT) % 10), [], RECIPES["default"], teach)(3)
        for teach in (None, answers_by_the_middle)
    )
    np.testing.assert_array_equal(alone.pictures, taught.pictures)


@pytest.mark.parametrize("temperature", [1.0, 2.0, 5.0])
def test_softened_answers_keep_their_order(temperature: float) -> None:
    """They sum to one; the best stays the best, and is the less sure the higher the temperature."""
    from model.teacher import softened

    probabilities = np.array([[0.9, 0.1, 0.0, *[0.0] * 7], [0.2, 0.3, 0.5, *[0.0] * 7]], np.float32)
    teacher = SimpleNamespace(predict=lambda pictures, **_: probabilities)
    soft = softened(teacher, temperature)(np.zeros((2, 28, 28, 1), np.float32))
    np.testing.assert_allclose(soft.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(soft.argmax(axis=1), probabilities.argmax(axis=1))
    assert soft[0, 1] / soft[0, 0] == pytest.approx((0.1 / 0.9) ** (1 / temperature), rel=1e-4)


def test_the_teacher_answers_every_digit() -> None:
    """Untrained, it already gives probabilities of ten digits; it is no MLP."""
    from model.teacher import build_teacher

    teacher = build_teacher()
    answers = teacher.predict(np.zeros((3, 28, 28, 1), np.float32), verbose=0)
    assert answers.shape == (3, CLASSES)
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)
    assert any(isinstance(layer, keras.layers.Conv2D) for layer in teacher.layers)


@pytest.mark.parametrize(("epochs", "teacher", "tuning"), [(2, 2, 2), (20, 20, 16), (300, 24, 16)])
def test_a_shorter_run_is_short_in_every_stage(epochs: int, teacher: int, tuning: int) -> None:
    """The other stages get no more epochs than asked for, and no more than the recipe's."""
    config = RECIPES["default"].shortened(epochs)
    assert (config.epochs, config.teacher_epochs, config.tuning_epochs) == (epochs, teacher, tuning)
