"""What the recogniser trains on: pictures, what they are, and who wrote them.

MNIST's digits come as they are; strokes are drawn with a brush at random and go through the same
preprocessing as a drawing on the pad.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from model.config import TrainingConfig
from model.habits import add_habit, write_digit
from model.scribbles import draw_scribble
from model.strokes import PenDigit, Strokes, deform, draw_ink, fit_unit_box
from preprocessing.normalise import IMAGE_SIDE_PX, normalise

__all__ = ["NO_DIGIT", "Corpus", "habit_corpus", "held_out_writers", "pen_corpus", "scribble_corpus"]

NO_DIGIT = -1  # the label of a scribble
CHUNK = 500  # drawings a task of a worker
BRUSH_SHARE = (0.012, 0.2)  # width of the brush, of the digit's longest side
SIDE_PX = (40, 160)  # a digit drawn small has coarse edges, larger ones all look the same


@dataclass(frozen=True)
class Corpus:
    """n pictures with labels.

    Attributes:
        images: uint8 (n, 28, 28), 255 is ink.
        labels: int8 (n,), 0..9 or NO_DIGIT.
        writers: str (n,), empty where nobody in particular wrote it.
    """

    images: np.ndarray
    labels: np.ndarray
    writers: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, which: np.ndarray) -> "Corpus":
        """Return the part that a mask or indices choose."""
        return Corpus(self.images[which], self.labels[which], self.writers[which])

    def save(self, path: Path) -> None:
        """Write the corpus as an ``.npz`` file, in one step."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".writing.npz")
        np.savez(temporary, images=self.images, labels=self.labels, writers=self.writers)
        os.replace(temporary, path)

    @staticmethod
    def load(path: Path) -> "Corpus":
        """Read what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            return Corpus(file["images"], file["labels"], file["writers"])

    @staticmethod
    def join(parts: list["Corpus"]) -> "Corpus":
        """Return all the parts, one after another."""
        return Corpus(
            *(np.concatenate([getattr(p, name) for p in parts]) for name in ("images", "labels", "writers"))
        )


def habit_corpus(count: int, seed: int) -> Corpus:
    """Write ``count`` digits by the habits of :mod:`model.habits`."""
    labels = np.arange(count) % 10
    return _render(_habit_drawings, labels.tolist(), labels, np.full(count, ""), seed)


def scribble_corpus(count: int, seed: int) -> Corpus:
    """Draw ``count`` scribbles, letters and shapes."""
    return _render(_scribble_drawings, [None] * count, np.full(count, NO_DIGIT), np.full(count, ""), seed)


def pen_corpus(digits: list[PenDigit], passes: int, seed: int) -> Corpus:
    """Draw each pen digit ``passes`` times, each time with another hand and another brush."""
    items = [(digit.strokes, digit.label) for digit in digits] * passes
    labels = np.array([digit.label for digit in digits] * passes)
    return _render(_pen_drawings, items, labels, np.array([digit.writer for digit in digits] * passes), seed)


def held_out_writers(writers: np.ndarray, config: TrainingConfig) -> np.ndarray:
    """Return the writers, of all these, whom training keeps for validation and calibration."""
    order = np.random.default_rng([config.seed, 4]).permutation(np.unique(writers))
    return order[: config.validation_writers]


def _render(
    draw: Callable[[list, np.random.Generator], Iterator[Strokes]],
    items: list,
    labels: np.ndarray,
    writers: np.ndarray,
    seed: int,
) -> Corpus:
    """Draw every item, on all cores; the result depends on the seed alone."""
    chunks = [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
    seeds = np.random.SeedSequence(seed).spawn(len(chunks))
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        pictures = list(pool.map(partial(_draw_chunk, draw), chunks, seeds))
    images = np.concatenate(pictures) if pictures else np.empty((0, IMAGE_SIDE_PX, IMAGE_SIDE_PX), np.uint8)
    return Corpus(images, labels.astype(np.int8), writers.astype(str))


def _draw_chunk(
    draw: Callable[[list, np.random.Generator], Iterator[Strokes]], items: list, seed: np.random.SeedSequence
) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([_brushed(strokes, rng) for strokes in draw(items, rng)])


def _brushed(strokes: Strokes, rng: np.random.Generator) -> np.ndarray:
    side = np.exp(rng.uniform(*np.log(SIDE_PX)))
    width = max(1.0, side * np.exp(rng.uniform(*np.log(BRUSH_SHARE))))
    picture = normalise(draw_ink(strokes, side, width)).centred
    return np.rint(255 * picture).astype(np.uint8)


def _habit_drawings(labels: list[int], rng: np.random.Generator) -> Iterator[Strokes]:
    return (deform(write_digit(label, rng), rng) for label in labels)


def _scribble_drawings(items: list[None], rng: np.random.Generator) -> Iterator[Strokes]:
    return (draw_scribble(rng) for _ in items)


def _pen_drawings(items: list[tuple[Strokes, int]], rng: np.random.Generator) -> Iterator[Strokes]:
    for strokes, label in items:
        strength = rng.uniform(0, 1)  # some as they were written, some quite another hand
        yield deform(add_habit(fit_unit_box(strokes), label, rng), rng, strength)
