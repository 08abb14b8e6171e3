"""The Test set tab tells what the served model does, and nothing else."""

import re

import numpy as np
import pytest

from model import Recogniser
from model.dataset import load_mnist
from model.evaluation import Evaluation, evaluate
from ui.test_set import GALLERY_SIZE, confusion_view, gallery_view, prediction_view


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    mnist = load_mnist()
    return evaluate(Recogniser.load(), mnist.x_test, mnist.y_test)


def test_score_and_loss_are_those_of_the_training_run(evaluation) -> None:
    """What the app measures is what the manifest says that Keras measured."""
    measured = Recogniser.load().manifest["results"]["mnist_test"]
    assert evaluation.accuracy == pytest.approx(measured["accuracy"], abs=2e-4)
    assert evaluation.loss == pytest.approx(measured["loss"], abs=5e-4)


def test_the_confusion_matrix_counts_every_digit_once(evaluation) -> None:
    """Rows are labels, columns answers, and the diagonal is what is right."""
    confusion = evaluation.confusion
    assert confusion.sum() == 10_000
    assert np.array_equal(confusion.sum(axis=1), np.bincount(evaluation.labels))
    assert confusion.trace() == (evaluation.predicted == evaluation.labels).sum()
    cells = dict(re.findall(r'data-pick="(\d+)">(\d+)<', confusion_view(evaluation)))
    assert {int(cell): int(count) for cell, count in cells.items()} == {
        place: count for place, count in enumerate(confusion.ravel().tolist()) if count
    }


def test_the_gallery_begins_with_the_most_confident_mistake(evaluation) -> None:
    """Every tile is a mistake, and no later one is surer than an earlier one."""
    wrong = evaluation.predicted != evaluation.labels
    shown = gallery_view(evaluation, load_mnist().x_test, wrong, "")
    indices = [int(index) for index in re.findall(r'data-pick="(\d+)"', shown)]
    assert len(indices) == min(GALLERY_SIZE, wrong.sum())
    assert wrong[indices].all()
    confidence = evaluation.probabilities[indices].max(axis=1)
    assert (np.diff(confidence) <= 0).all()
    assert confidence[0] == evaluation.probabilities[wrong].max()


def test_a_digit_is_shown_with_its_three_best_answers(evaluation) -> None:
    """Three answers, the likeliest first, and a word on whether it is right."""
    shown = prediction_view(evaluation, load_mnist().x_test[0], 0)
    answers = re.findall(r"<li><span>(\d)</span>", shown)
    assert len(answers) == 3
    assert answers[0] == str(evaluation.predicted[0])
    assert "Right" in shown
