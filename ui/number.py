"""A whole number, as the page and the API show it."""

from typing import Any

import numpy as np

from model import Recogniser
from model.number import Digit, Number, Whole, read_number
from preprocessing.canvas import ink_of
from ui.answer import NOT_A_DIGIT, picture_uri, three_best
from ui.saliency import overlay, saliency

__all__ = ["number_json", "number_reply"]

MAX_EXPLAINED = 12  # digits: each takes a hundred pictures of the recogniser


def number_json(value: Any, recogniser: Recogniser) -> dict[str, Any]:
    """Read the number, or the one digit, that the Sketchpad holds.

    Args:
        value: Gradio's EditorValue, or one picture.
        recogniser: the model.

    Returns:
        ``label`` and ``confidences`` of the three likeliest numbers, as Gradio's Label has them, and
        ``digits`` in reading order, each with its ``box`` (left, top, right, bottom, in shares of the
        drawing's width and height) and its own three best.

    Raises:
        DrawingError: there is nothing to read in ``value``.
    """
    ink = ink_of(value)
    number = read_number(ink, recogniser)
    return _json(number, ink, recogniser)


def number_reply(
    ink: np.ndarray, whole: Whole, recogniser: Recogniser, explain: bool = False
) -> dict[str, Any] | None:
    """Return what the page shows of a number, with each digit's picture; None where no number stands.

    One digit is none, nor is what has a part that looks like no digit.

    Args:
        ink: float32 (H, W) in 0..1.
        whole: the same read as one digit.
        recogniser: the model.
        explain: tell also why, for each of the first MAX_EXPLAINED digits, as a picture to lay over its own.
    """
    number = read_number(ink, recogniser, whole)
    if len(number.digits) < 2 or not _is_number(number, recogniser):
        return None
    reply = _json(number, ink, recogniser)
    for place, (shown, digit) in enumerate(zip(reply["digits"], number.digits, strict=True)):
        shown["picture"] = picture_uri(digit.image)
        shown["probabilities"] = [round(float(share), 4) for share in digit.probabilities]
        if explain and place < MAX_EXPLAINED:
            shown["saliency"] = picture_uri(overlay(saliency(digit.image, recogniser)))
    return reply


def _is_number(number: Number, recogniser: Recogniser) -> bool:
    return all(recogniser.is_digit(digit.likeness) for digit in number.digits)


def _json(number: Number, ink: np.ndarray, recogniser: Recogniser) -> dict[str, Any]:
    return {
        "label": number.text if _is_number(number, recogniser) else NOT_A_DIGIT,
        "confidences": [{"label": text, "confidence": share} for text, share in number.best],
        "digits": [_digit_json(digit, ink) for digit in number.digits],
    }


def _digit_json(digit: Digit, ink: np.ndarray) -> dict[str, Any]:
    height, width = ink.shape
    box = digit.box
    return {
        "box": [
            round(share, 4)
            for share in (box.left / width, box.top / height, box.right / width, box.bottom / height)
        ],
    } | three_best(digit.probabilities)
