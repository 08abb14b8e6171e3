"""What a person drew, to what the model reads."""

from typing import Any

import numpy as np

from preprocessing.canvas import ink_of
from preprocessing.errors import BlankDrawing, DrawingError, PictureTooLarge, UnreadablePicture
from preprocessing.normalise import DigitSteps, normalise

__all__ = [
    "BlankDrawing",
    "DigitSteps",
    "DrawingError",
    "PictureTooLarge",
    "UnreadablePicture",
    "digit_image",
    "digit_steps",
]


def digit_image(value: Any) -> np.ndarray:
    """Return the (28, 28) float32 picture, 0 paper to 1 ink, that the model reads for ``value``.

    Args:
        value: Gradio's EditorValue dict, or one L, RGB or RGBA picture (uint8 array or PIL image).

    Raises:
        BlankDrawing: nothing is drawn.
        DrawingError: the value cannot be read; see :mod:`preprocessing.errors`.
    """
    return digit_steps(value).centred


def digit_steps(value: Any) -> DigitSteps:
    """Return every picture on the way from ``value`` to the model's, as :func:`digit_image` makes them."""
    return normalise(ink_of(value))
