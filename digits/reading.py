"""What stands in one chunk of picture files: the work of each process."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from PIL import Image

from digits.files import FoundFile, Reading
from digits.pictures import load_picture
from model import ModelFileError, Recogniser
from model.number import read_number
from preprocessing import DrawingError, digit_image
from preprocessing.canvas import ink_of

__all__ = ["load_model", "read_digits", "read_numbers"]

UNREADABLE = (DrawingError, OSError, Image.DecompressionBombError, SyntaxError, ValueError)


@cache
def load_model() -> Recogniser:
    """Return the model, loaded once a process, not once a chunk.

    Raises:
        OSError: its files cannot be read.
    """
    try:
        return Recogniser.load()
    except ModelFileError as exc:
        raise OSError(str(exc)) from exc


def read_digits(files: Sequence[FoundFile]) -> list[Reading]:
    """Read one digit in each file; all pictures are recognised as one batch."""
    recogniser = load_model()
    images: list[np.ndarray] = []
    errors: dict[str, str] = {}
    for each in files:
        try:
            images.append(digit_image(load_picture(each.path)))
        except UNREADABLE as exc:
            errors[each.name] = str(exc) or type(exc).__name__
    if not images:
        return [Reading(each.name, error=errors[each.name]) for each in files]
    recognition = recogniser.recognise(np.stack(images))
    rows = iter(range(len(images)))
    readings = []
    for each in files:
        if each.name in errors:
            readings.append(Reading(each.name, error=errors[each.name]))
            continue
        row = next(rows)
        likeness = float(recognition.digit_likeness[row])
        best = tuple((str(digit), round(p, 4)) for digit, p in recognition.best(row))
        text = best[0][0] if recogniser.is_digit(likeness) else ""
        readings.append(Reading(each.name, text, best, round(likeness, 4)))
    return readings


def read_numbers(files: Sequence[FoundFile]) -> list[Reading]:
    """Read a whole number in each file."""
    return [_read_number(each) for each in files]


def _read_number(file: FoundFile) -> Reading:
    recogniser = load_model()
    try:
        number = read_number(ink_of(load_picture(file.path)), recogniser)
    except UNREADABLE as exc:
        return Reading(file.name, error=str(exc) or type(exc).__name__)
    likeness = min(digit.likeness for digit in number.digits)
    best = tuple((text, round(p, 4)) for text, p in number.best)
    return Reading(file.name, number.text if recogniser.is_digit(likeness) else "", best, round(likeness, 4))
