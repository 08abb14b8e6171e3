"""All that the default recipe trains on and validates with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from model.config import TrainingConfig
from model.corpus import Corpus, habit_corpus, held_out_writers, pen_corpus, scribble_corpus
from model.dataset import Mnist
from model.strokes import PenDigit

__all__ = ["Material", "gather"]

CORRECTION_PASSES = 20  # a corrected mistake counts as much as so many pen drawings


@dataclass(frozen=True)
class Material:
    """All that the recipe trains on; the pen drawings may be none."""

    mnist: Corpus
    mnist_validation: Corpus
    habits: Corpus
    scribbles: Corpus
    pens: Corpus
    pens_validation: Corpus

    def without(self, writers: Iterable[str], config: TrainingConfig) -> "Material":
        """Return the same without some writers, other validation writers chosen from those that are left."""
        drawn = Corpus.join([self.pens, self.pens_validation])
        return replace(self, **_split_writers(drawn.take(~np.isin(drawn.writers, list(writers))), config))

    def with_corrections(self, images: np.ndarray, labels: np.ndarray) -> "Material":
        """Return the same with what people corrected among the pen digits.

        Args:
            images: uint8 (n, 28, 28), 255 is ink.
            labels: uint8 (n,), 0..9.
        """
        corrections = Corpus(images, labels.astype(np.int8), np.full(len(labels), ""))
        return replace(self, pens=Corpus.join([self.pens, *[corrections] * CORRECTION_PASSES]))


def gather(
    mnist: Mnist, pens: list[PenDigit], config: TrainingConfig, folder: Path, resume: bool = False
) -> Material:
    """Split off the validation parts and draw everything that is to be drawn.

    Drawing takes minutes, so the drawings are kept in ``folder``, and taken from there to resume.
    """
    drawn = {
        "habits": partial(habit_corpus, config.habit_drawings, config.seed + 1),
        "scribbles": partial(scribble_corpus, config.scribbles, config.seed + 2),
        "pens": partial(pen_corpus, pens, config.pen_passes, config.seed + 3),
    }
    corpora = {name: _kept(folder / f"{name}.npz", draw, resume) for name, draw in drawn.items()}
    order = np.random.default_rng([config.seed, 0]).permutation(len(mnist.x_train))
    everyone = Corpus(mnist.x_train, mnist.y_train.astype(np.int8), np.full(len(mnist.x_train), ""))
    kept = round(config.validation_share * len(order))
    return Material(
        mnist=everyone.take(order[kept:]),
        mnist_validation=everyone.take(order[:kept]),
        habits=corpora["habits"],
        scribbles=corpora["scribbles"],
        **_split_writers(corpora["pens"], config),
    )


def _kept(path: Path, draw: Callable[[], Corpus], resume: bool) -> Corpus:
    """Return what a former run kept at ``path``, or draw it and keep it there."""
    if not (resume and path.exists()):
        draw().save(path)
    return Corpus.load(path)


def _split_writers(drawn: Corpus, config: TrainingConfig) -> dict[str, Corpus]:
    held_out = np.isin(drawn.writers, held_out_writers(drawn.writers, config))
    return {"pens": drawn.take(~held_out), "pens_validation": drawn.take(held_out)}
