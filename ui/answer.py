"""A recognition, as the page and the API show it."""

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from model import Recogniser
from model.number import Whole
from preprocessing import PictureTooLarge, UnreadablePicture
from preprocessing.canvas import ink_of

__all__ = [
    "NOT_A_DIGIT",
    "TOP_COUNT",
    "Answer",
    "answer_for",
    "answer_of",
    "picture_from_bytes",
    "picture_from_uri",
    "picture_uri",
    "three_best",
]

TOP_COUNT = 3  # digits named in an answer
NOT_A_DIGIT = "?"  # what the answer says in a digit's place, in every language
MAX_URI_CHARS = 1_000_000  # the page sends 2,000
MAX_PAGE_SIDE_PX = 1024  # the page sends 280; a few bytes can hold far more


def three_best(probabilities: np.ndarray) -> dict[str, Any]:
    """Return the likeliest digits of (10,) probabilities as Gradio's Label writes them."""
    digits = np.argsort(-probabilities, kind="stable")[:TOP_COUNT]
    return {
        "label": str(digits[0]),
        "confidences": [{"label": str(digit), "confidence": float(probabilities[digit])} for digit in digits],
    }


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

    def as_json(self) -> dict[str, Any]:
        """Return the answer as Gradio's Label writes one: ``label`` and ``confidences``."""
        best = three_best(self.probabilities)
        return best if self.is_digit else best | {"label": NOT_A_DIGIT}

    def reply(self) -> dict[str, Any]:
        """Return all that the page shows. The Label of what is no digit names no candidates."""
        return {
            "label": self.as_json() if self.is_digit else {"label": NOT_A_DIGIT},
            "is_digit": self.is_digit,
            "probabilities": [round(float(share), 4) for share in self.probabilities],
            "picture": picture_uri(self.image),
        }


def answer_for(value: Any, recogniser: Recogniser) -> Answer:
    """Recognise what the Sketchpad holds.

    Args:
        value: Gradio's EditorValue, or one picture; see :func:`preprocessing.digit_image`.
        recogniser: the model.

    Raises:
        DrawingError: there is nothing to recognise in ``value``.
    """
    return answer_of(Whole.read(ink_of(value), recogniser), recogniser)


def answer_of(whole: Whole, recogniser: Recogniser) -> Answer:
    """Return the answer to a drawing that was read as one digit."""
    return Answer(whole.image, whole.probabilities, bool(recogniser.is_digit(whole.likeness)))


def picture_uri(image: np.ndarray) -> str:
    """Return a picture as the data URI of a PNG.

    Args:
        image: (height, width) float32 in 0..1, shown from black to white; or RGBA uint8 as it is.
    """
    if image.ndim == 2:
        image = np.round(image * 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def picture_from_uri(uri: str) -> Image.Image:
    """Return the picture that a data URI holds, its pixels in memory.

    Raises:
        PictureTooLarge: it has more than MAX_URI_CHARS characters or MAX_PAGE_SIDE_PX pixels a side.
        UnreadablePicture: the URI is no text, no base64, or no picture.
    """
    if not isinstance(uri, str):
        raise UnreadablePicture(f"Received {type(uri).__name__}; expected a picture as a data URI.")
    if len(uri) > MAX_URI_CHARS:
        raise PictureTooLarge(f"Received {len(uri)} characters; expected at most {MAX_URI_CHARS}.")
    _, _, encoded = uri.partition("base64,")
    try:
        content = base64.b64decode(encoded, validate=True)
    except ValueError as exc:
        raise UnreadablePicture(f"Received {uri[:40]!r}: {exc}. Expected a picture as a data URI.") from exc
    return picture_from_bytes(content)


def picture_from_bytes(content: bytes, formats: tuple[str, ...] | None = None) -> Image.Image:
    """Return the picture that a file of the page holds, its pixels in memory.

    Args:
        content: the file.
        formats: Pillow's names of those that are read; all when None.

    Raises:
        PictureTooLarge: it has more than MAX_PAGE_SIDE_PX pixels a side.
        UnreadablePicture: it is no picture.
    """
    try:
        picture = Image.open(io.BytesIO(content), formats=formats)
        if max(picture.size) <= MAX_PAGE_SIDE_PX:
            picture.load()
            return picture
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as exc:
        raise UnreadablePicture(
            f"Received {len(content)} bytes: {exc}. Expected a picture{f' of {formats}' if formats else ''}."
        ) from exc
    raise PictureTooLarge(f"Received {picture.size} pixels; expected at most {MAX_PAGE_SIDE_PX} a side.")
