"""The lessons of the default recipe: what each epoch shows the teacher and the MLP.

A lesson is a number of passes over augmented copies of the data. The teacher's answers to them are asked for
once; the MLP then sees the same passes again and again, as in Beyer et al. 2022 (CVPR), "Knowledge
distillation: a good teacher is patient and consistent".
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from model.augmentation import augment, draw_habits
from model.config import TrainingConfig
from model.corpus import NO_DIGIT, Corpus
from model.dataset import one_hot, scale
from model.fitting import Epoch

__all__ = ["Pass", "Share", "base_pass", "joined", "lesson", "pen_pass", "targets_of", "teacher_epoch"]

Share = tuple[Corpus, float]  # drawings, and the part of them that a pass shows
MNIST_STRENGTH = 0.85  # of the augmentation: more costs clean digits, less costs unusual ones
DRAWN_STRENGTH = 0.5  # for drawings that come deformed already
PREDICT_BATCH = 1000


@dataclass(frozen=True)
class Pass:
    """One augmented copy of the data with the teacher's answers.

    Attributes:
        images: uint8 (n, 28, 28), 255 is ink.
        answers: float16 (n, 10), a probability a digit; zeros for what is no digit.
        is_digit: bool (n,).
    """

    images: np.ndarray
    answers: np.ndarray
    is_digit: np.ndarray

    def __len__(self) -> int:
        return len(self.is_digit)

    def save(self, path: Path) -> None:
        """Write the pass as an ``.npz`` file, in one step."""
        temporary = path.with_suffix(".writing.npz")
        np.savez(temporary, images=self.images, answers=self.answers, is_digit=self.is_digit)
        os.replace(temporary, path)

    @staticmethod
    def load(path: Path) -> "Pass":
        """Read what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            return Pass(file["images"], file["answers"], file["is_digit"])


def base_pass(
    number: int, mnist: Corpus, drawings: list[Share], teacher: keras.Model, config: TrainingConfig
) -> Pass:
    """Return the augmented copy of that number of MNIST, whole, and of the drawings."""
    rng = np.random.default_rng([config.seed, 2, number])
    return _taught(Corpus.join([_augmented_mnist(mnist, rng), *_augmented(drawings, rng)]), teacher, config)


def pen_pass(number: int, pens: Share, teacher: keras.Model, config: TrainingConfig) -> Pass:
    """Return the augmented copy of that number of pen drawings."""
    rng = np.random.default_rng([config.seed, 5, number])
    return _taught(Corpus.join(_augmented([pens], rng)), teacher, config)


def joined(one: Pass, other: Pass) -> Pass:
    """Return both, one after the other."""
    return Pass(
        np.concatenate([one.images, other.images]),
        np.concatenate([one.answers, other.answers]),
        np.concatenate([one.is_digit, other.is_digit]),
    )


def lesson(passes: list[Pass], config: TrainingConfig) -> Callable[[int], Epoch]:
    """Return what gives the MLP's epochs: the passes in turn, each time in another order."""

    def epoch(number: int) -> Epoch:
        chosen = passes[number % len(passes)]
        order = np.random.default_rng([config.seed, 3, number]).permutation(len(chosen))
        return Epoch(
            scale(chosen.images[order]),
            {
                "digit": chosen.answers[order].astype(np.float32),
                "likeness": chosen.is_digit[order].astype(np.float32)[:, None],
            },
        )

    return epoch


def teacher_epoch(mnist: Corpus, drawings: list[Share], config: TrainingConfig) -> Callable[[int], Epoch]:
    """Return what gives the teacher's epochs: fresh augmentation each time, labels as they are."""

    def epoch(number: int) -> Epoch:
        rng = np.random.default_rng([config.seed, 1, number])
        shown = Corpus.join([_augmented_mnist(mnist, rng), *_augmented(drawings, rng)])
        shown = shown.take(rng.permutation(len(shown)))
        return Epoch(scale(shown.images), one_hot(shown.labels))

    return epoch


def targets_of(corpus: Corpus) -> dict[str, np.ndarray]:
    """Return the labels as the MLP's outputs: ``digit`` (n, 10) and ``likeness`` (n, 1).

    For what is no digit, ``digit`` is all zeros, which adds nothing to the loss.
    """
    is_digit = corpus.labels != NO_DIGIT
    digit = np.where(is_digit[:, None], one_hot(np.maximum(corpus.labels, 0)), 0)
    return {"digit": digit.astype(np.float32), "likeness": is_digit.astype(np.float32)[:, None]}


def _augmented_mnist(mnist: Corpus, rng: np.random.Generator) -> Corpus:
    images = draw_habits(mnist.images, mnist.labels, rng)
    return Corpus(augment(images, rng, MNIST_STRENGTH), mnist.labels, mnist.writers)


def _augmented(drawings: list[Share], rng: np.random.Generator) -> list[Corpus]:
    parts = []
    for corpus, share in drawings:
        part = corpus.take(rng.permutation(len(corpus))[: round(share * len(corpus))])
        parts.append(Corpus(augment(part.images, rng, DRAWN_STRENGTH), part.labels, part.writers))
    return parts


def _taught(shown: Corpus, teacher: keras.Model, config: TrainingConfig) -> Pass:
    taught = teacher.predict(scale(shown.images), batch_size=PREDICT_BATCH, verbose=0)
    answers = targets_of(shown)["digit"]
    right = taught.argmax(axis=1) == shown.labels  # a teacher that errs is not listened to
    share = config.teacher_share
    answers[right] = share * taught[right] + (1 - share) * answers[right]
    return Pass(shown.images, answers.astype(np.float16), shown.labels != NO_DIGIT)
