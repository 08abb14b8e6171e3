"""The lessons of the default recipe: what each epoch shows the teacher and the MLP.

A lesson is a number of passes over augmented copies of the data. The teacher's answers to them are asked for
once; the MLP then sees the same passes again and again, as in Beyer et al. 2022 (CVPR), "Knowledge
distillation: a good teacher is patient and consistent".
"""

from collections.abc import Callable

import keras
import numpy as np

from model.augmentation import augment, draw_habits
from model.config import TrainingConfig
from model.corpus import NO_DIGIT, Corpus
from model.dataset import one_hot, scale
from model.fitting import Epoch

__all__ = ["Lesson", "Share", "targets_of", "teacher_epoch"]

Share = tuple[Corpus, float]  # drawings, and the part of them that a pass shows
PEN_STRENGTH = 0.5  # of the augmentation of drawings that come deformed already
PREDICT_BATCH = 1000


class Lesson:
    """Augmented copies of the data with the teacher's answers."""

    def __init__(
        self,
        mnist: Corpus,
        extras: list[Share],
        teacher: keras.Model,
        config: TrainingConfig,
        passes: int,
    ) -> None:
        """Make ``passes`` copies.

        Args:
            mnist: digits of MNIST, whole in each pass.
            extras: other drawings, each with the share of them in a pass.
            teacher: gives probabilities (n, 10) for pictures (n, 28, 28, 1).
            config: the settings.
            passes: how many copies; epochs beyond them see the first ones again.
        """
        self._config = config
        self._passes = [self._make(number, mnist, extras, teacher) for number in range(passes)]

    def __len__(self) -> int:
        return len(self._passes[0][1])

    def epoch(self, number: int) -> Epoch:
        """Return the data of an epoch, counted from 0, in an order of its own."""
        images, answers, labels = self._passes[number % len(self._passes)]
        order = np.random.default_rng([self._config.seed, 3, number]).permutation(len(images))
        return Epoch(
            scale(images[order]),
            {
                "digit": answers[order].astype(np.float32),
                "likeness": (labels[order] != NO_DIGIT).astype(np.float32)[:, None],
            },
        )

    def _make(
        self, number: int, mnist: Corpus, extras: list[Share], teacher: keras.Model
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        joined = _augmented(mnist, extras, np.random.default_rng([self._config.seed, 2, number]))
        taught = teacher.predict(scale(joined.images), batch_size=PREDICT_BATCH, verbose=0)
        share = self._config.teacher_share
        answers = share * taught + (1 - share) * targets_of(joined)["digit"]
        answers[joined.labels == NO_DIGIT] = 0  # a target of zeros adds nothing to the loss
        return joined.images, answers.astype(np.float16), joined.labels


def targets_of(corpus: Corpus) -> dict[str, np.ndarray]:
    """Return the labels as the MLP's outputs: ``digit`` (n, 10), zeros for no digit, ``likeness`` (n, 1)."""
    is_digit = corpus.labels != NO_DIGIT
    digit = np.where(is_digit[:, None], one_hot(np.maximum(corpus.labels, 0)), 0)
    return {"digit": digit.astype(np.float32), "likeness": is_digit.astype(np.float32)[:, None]}


def teacher_epoch(mnist: Corpus, extras: list[Share], config: TrainingConfig) -> Callable[[int], Epoch]:
    """Return what gives the teacher's epochs: fresh augmentation each time, labels as they are."""

    def epoch(number: int) -> Epoch:
        rng = np.random.default_rng([config.seed, 1, number])
        joined = _augmented(mnist, extras, rng)
        joined = joined.take(rng.permutation(len(joined)))
        return Epoch(scale(joined.images), one_hot(joined.labels))

    return epoch


def _augmented(mnist: Corpus, extras: list[Share], rng: np.random.Generator) -> Corpus:
    images = draw_habits(mnist.images, mnist.labels, rng)
    parts = [Corpus(augment(images, rng), mnist.labels, mnist.writers)]
    for corpus, share in extras:
        part = corpus.take(rng.permutation(len(corpus))[: round(share * len(corpus))])
        parts.append(Corpus(augment(part.images, rng, PEN_STRENGTH), part.labels, part.writers))
    return Corpus.join(parts)
