"""Whole numbers: which pieces of a drawing are digits, and what the number is.

Every group of pieces that may be a digit is recognised, all in one batch; touching digits, which read as no
digit, are cut and recognised in a second one. What speaks for a group being exactly one digit follows from
the recogniser's likeness and confidence and from the group's shape; the best path through the pieces is read.
"""

import math
from dataclasses import dataclass

import numpy as np

from model.groups import DigitRecogniser, Group, Whole, recognised
from model.paths import BEST, combined, readings
from preprocessing.segments import Box

__all__ = ["Digit", "DigitRecogniser", "Number", "Whole", "read_number"]

SURELY_SEVERAL = 4  # digits with paper between: one may fall into two or three of them, but not into so many


@dataclass(frozen=True)
class Digit:
    """One digit of a number.

    Attributes:
        box: where it stands on the drawing.
        image: (28, 28) float32 in 0..1, what the model read.
        probabilities: (10,) float32.
        likeness: 0..1, how much it looks like a digit at all.
    """

    box: Box
    image: np.ndarray
    probabilities: np.ndarray
    likeness: float


@dataclass(frozen=True)
class Number:
    """What is known of a drawing of a number.

    Attributes:
        digits: those of the likeliest number, in reading order.
        best: the likeliest numbers with their probabilities, the best first. A newline parts lines.
    """

    digits: tuple[Digit, ...]
    best: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """Return the likeliest number, its lines parted by a newline."""
        return self.best[0][0]


def read_number(ink: np.ndarray, recogniser: DigitRecogniser, whole: Whole | None = None) -> Number:
    """Read the number in ``ink``, which may be a single digit.

    What reads as one digit when it is taken whole stays one, unless a number is likelier.

    Args:
        ink: float32 (H, W) in 0..1, as :func:`preprocessing.canvas.ink_of` returns it.
        recogniser: the model.
        whole: all of ``ink`` read as one digit, where that is known already.

    Raises:
        BlankDrawing: no ink.
    """
    segments, groups, whole = recognised(ink, recogniser, whole)
    best = combined([readings(line, found) for line, found in zip(segments.lines, groups, strict=True)])
    digits = best[0].digits
    if len(digits) < 2 or not _is_number(math.exp(best[0].weight), digits, whole.likeness, recogniser):
        return _single(whole, segments.box)
    likeliest = tuple((each.text, math.exp(each.weight)) for each in best)
    return Number(tuple(_digit(group) for group in digits), likeliest)


def _is_number(
    probability: float, digits: tuple[Group, ...], likeness: float, recogniser: DigitRecogniser
) -> bool:
    """Return whether these digits are likelier than that all the ink is one, of that likeness."""
    if all(recogniser.is_digit(digit.likeness) for digit in digits):
        return probability > likeness or sum(not each.candidate.cut for each in digits) >= SURELY_SEVERAL
    if recogniser.is_digit(likeness):
        return False
    return probability > likeness


def _single(whole: Whole, box: Box) -> Number:
    order = np.argsort(-whole.probabilities, kind="stable")[:BEST]
    digit = Digit(box, whole.image, whole.probabilities, whole.likeness)
    return Number((digit,), tuple((str(each), float(whole.probabilities[each])) for each in order))


def _digit(group: Group) -> Digit:
    return Digit(group.candidate.box, group.image, group.probabilities, group.likeness)
