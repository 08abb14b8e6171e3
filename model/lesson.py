"""The lessons of the default recipe: what each epoch shows the MLP."""

from collections.abc import Callable

import numpy as np

from model.augmentation import augment, draw_habits
from model.config import CLASSES, TrainingConfig
from model.corpus import NO_DIGIT, Corpus
from model.dataset import one_hot, scale
from model.fitting import Epoch

__all__ = ["Share", "lesson", "pictures_shown", "targets_of"]

Share = tuple[Corpus, float]  # drawings, and the part of them that an epoch shows
MNIST_STRENGTH = 0.9  # of the augmentation: more costs clean digits, less costs unusual ones
DRAWN_STRENGTH = 0.5  # for drawings that come deformed already


def lesson(mnist: Corpus, drawings: list[Share], config: TrainingConfig) -> Callable[[int], Epoch]:
    """Return what gives the epochs, counted from 0: fresh augmentation each time, the same for a number.

    Args:
        mnist: digits, all shown in each epoch.
        drawings: others, each with the part of them that an epoch shows, chosen at random.
        config: the settings.
    """

    def epoch(number: int) -> Epoch:
        rng = np.random.default_rng([config.seed, 1, number])
        habits = draw_habits(mnist.images, mnist.labels, rng)
        parts = [Corpus(augment(habits, rng, MNIST_STRENGTH), mnist.labels, mnist.writers)]
        for corpus, share in drawings:
            part = corpus.take(rng.permutation(len(corpus))[: _shown(corpus, share)])
            parts.append(Corpus(augment(part.images, rng, DRAWN_STRENGTH), part.labels, part.writers))
        shown = Corpus.join(parts)
        shown = shown.take(rng.permutation(len(shown)))
        return Epoch(scale(shown.images), targets_of(shown, config.label_smoothing))

    return epoch


def pictures_shown(mnist: Corpus, drawings: list[Share]) -> int:
    """Return how many pictures an epoch has."""
    return len(mnist) + sum(_shown(corpus, share) for corpus, share in drawings)


def _shown(corpus: Corpus, share: float) -> int:
    return round(share * len(corpus))


def targets_of(corpus: Corpus, smoothing: float = 0.0) -> dict[str, np.ndarray]:
    """Return the labels as the MLP's outputs: ``digit`` (n, 10) and ``likeness`` (n, 1).

    For what is no digit, ``digit`` is all zeros, which adds nothing to the loss.

    Args:
        corpus: gives the labels.
        smoothing: share of a label spread over all digits (Szegedy et al. 2016, CVPR), 0..1.
    """
    is_digit = corpus.labels != NO_DIGIT
    smooth = (1 - smoothing) * one_hot(np.maximum(corpus.labels, 0)) + smoothing / CLASSES
    digit = np.where(is_digit[:, None], smooth, 0)
    return {"digit": digit.astype(np.float32), "likeness": is_digit.astype(np.float32)[:, None]}
