"""MNIST's test set made worse, after MNIST-C (Mu and Gilmer 2019, arXiv 1906.02337), at one strength each."""

from collections.abc import Callable

import numpy as np
from scipy import ndimage

__all__ = ["CORRUPTIONS"]

Corruption = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def _affine(matrix: np.ndarray, shift_px: tuple[float, float] = (0, 0)) -> Corruption:
    def corrupt(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        middle = (np.array(image.shape) - 1) / 2
        offset = middle - matrix @ (middle + shift_px)
        return ndimage.affine_transform(image, matrix, offset, order=1)

    return corrupt


def _turned(degrees: float) -> np.ndarray:
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.clip(image + rng.normal(0, 0.2, image.shape), 0, 1)


def _blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return ndimage.gaussian_filter(image, 1.0)


def _wider(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return ndimage.grey_dilation(image, (2, 2))


def _thinner(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return ndimage.grey_erosion(image, (2, 2))


# Each takes one picture, float (28, 28) in 0..1, and gives another.
CORRUPTIONS: dict[str, Corruption] = {
    "rotate 20°": _affine(_turned(20)),
    "rotate -20°": _affine(_turned(-20)),
    "shear": _affine(np.array([[1.0, 0.0], [0.4, 1.0]])),
    "scale 80 %": _affine(np.eye(2) / 0.8),
    "translate 2 px each way": _affine(np.eye(2), (2.0, 2.0)),
    "noise": _noise,
    "blur": _blur,
    "wider strokes": _wider,
    "thinner strokes": _thinner,
}
