"""What a model makes of labelled digits: score, confusion, mistakes. No TensorFlow."""

from dataclasses import dataclass

import numpy as np

from model.config import CLASSES
from model.recogniser import Recogniser

__all__ = ["Evaluation", "evaluate"]

SMALLEST = 1e-7  # a probability of 0 would make the loss infinite; Keras clips there as well


@dataclass(frozen=True)
class Evaluation:
    """Answers beside what is right.

    Attributes:
        labels: (n,) the right digits.
        probabilities: float32 (n, 10).
    """

    labels: np.ndarray
    probabilities: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """The likeliest digit of each picture, (n,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        """The share that is answered right, 0..1."""
        return float((self.predicted == self.labels).mean())

    @property
    def loss(self) -> float:
        """The mean categorical cross-entropy."""
        right = self.probabilities[np.arange(len(self.labels)), self.labels]
        return float(-np.log(np.maximum(right.astype(np.float64), SMALLEST)).mean())

    @property
    def confusion(self) -> np.ndarray:
        """How many digits of each label (row) were taken for each digit (column), (10, 10)."""
        cells = np.bincount(CLASSES * self.labels.astype(int) + self.predicted, minlength=CLASSES**2)
        return cells.reshape(CLASSES, CLASSES)

    def most_confident(self, chosen: np.ndarray) -> np.ndarray:
        """Return the indices where ``chosen`` (n,) is true, the most confident answer first."""
        indices = np.flatnonzero(chosen)
        return indices[np.argsort(-self.probabilities[indices].max(axis=1), kind="stable")]


def evaluate(recogniser: Recogniser, pictures: np.ndarray, labels: np.ndarray) -> Evaluation:
    """Let the model read pictures uint8 (n, 28, 28), 255 is ink."""
    return Evaluation(labels, recogniser.probabilities(pictures.astype(np.float32) / 255))
