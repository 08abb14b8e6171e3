"""A recognition, as the page and the API show it."""

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from model import Recogniser
from preprocessing import digit_image

__all__ = ["NOT_A_DIGIT", "TOP_COUNT", "Answer", "answer_for", "picture_uri"]

TOP_COUNT = 3  # digits named in an answer
NOT_A_DIGIT = "?"  # what the answer says in a digit's place, in every language


@dataclass(frozen=True)
class Answer:
    """What is known of one drawing.

    Attributes:
        image: (28, 28) float32 in 0..1, 1 is ink: what the model read.
        probabilities: (10,) float32, one a digit.
        is_digit: False when the drawing looks like no digit at all.
    """

    image: np.ndarray
    probabilities: np.ndarray
    is_digit: bool

    def best(self) -> dict[str, float]:
        """Return the likeliest digits and their probabilities, the best first."""
        digits = np.argsort(-self.probabilities, kind="stable")[:TOP_COUNT]
        return {str(digit): float(self.probabilities[digit]) for digit in digits}

    def as_json(self) -> dict[str, Any]:
        """Return the answer as Gradio's Label writes one: ``label`` and ``confidences``."""
        best = self.best()
        return {
            "label": next(iter(best)) if self.is_digit else NOT_A_DIGIT,
            "confidences": [{"label": digit, "confidence": share} for digit, share in best.items()],
        }


def answer_for(value: Any, recogniser: Recogniser) -> Answer:
    """Recognise what the Sketchpad holds.

    Args:
        value: Gradio's EditorValue, or one picture; see :func:`preprocessing.digit_image`.
        recogniser: the model.

    Raises:
        DrawingError: there is nothing to recognise in ``value``.
    """
    image = digit_image(value)
    recognition = recogniser.recognise(image[np.newaxis])
    return Answer(
        image=image,
        probabilities=recognition.probabilities[0],
        is_digit=bool(recogniser.is_digit(recognition.digit_likeness[0])),
    )


def picture_uri(image: np.ndarray) -> str:
    """Return a picture of 0..1, 1 is ink, as the data URI of a PNG: white ink on black."""
    buffer = io.BytesIO()
    Image.fromarray(np.round(image * 255).astype(np.uint8)).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
