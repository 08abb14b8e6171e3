"""MNIST as arrays: load, scale, one-hot encode."""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from model.config import CLASSES

__all__ = ["BUNDLED_MNIST", "DatasetError", "Mnist", "load_mnist", "one_hot", "scale"]

BUNDLED_MNIST = Path(__file__).parent.parent / "assets" / "mnist.npz"
ARRAYS = {"x_train": 3, "y_train": 1, "x_test": 3, "y_test": 1}


class DatasetError(ValueError):
    """The data file is missing, cannot be read, or does not hold MNIST's arrays."""


@dataclass(frozen=True)
class Mnist:
    """The pictures (n, 28, 28) uint8, 255 is ink, and labels (n,) uint8 of both parts."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def load_mnist(path: Path = BUNDLED_MNIST) -> Mnist:
    """Read an ``.npz`` file with the arrays of ``keras.datasets.mnist.load_data()``.

    Raises:
        DatasetError: the file is missing, broken, or lacks an array.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in ARRAYS}
    except (OSError, KeyError, ValueError, EOFError, BadZipFile) as exc:
        raise DatasetError(
            f"Received {path}: {exc}. Expected an .npz file with {', '.join(ARRAYS)}."
        ) from exc
    for name, dimensions in ARRAYS.items():
        array = arrays[name]
        if array.dtype != np.uint8 or array.ndim != dimensions:
            raise DatasetError(
                f"Received {name} of dtype {array.dtype} and shape {array.shape} in {path}; "
                f"expected uint8 in {dimensions} dimensions."
            )
    return Mnist(**arrays)


def scale(pictures: np.ndarray) -> np.ndarray:
    """Return uint8 pictures (n, 28, 28), 0..255, as float32 (n, 28, 28, 1) in 0..1: what the model takes."""
    return pictures[..., None].astype(np.float32) / 255


def one_hot(labels: np.ndarray) -> np.ndarray:
    """Return labels (n,) as float32 (n, 10): 1 in the label's column, 0 elsewhere."""
    return np.eye(CLASSES, dtype=np.float32)[labels]
