"""Numbers that one writer might have written, put together from single pen digits."""

from dataclasses import dataclass

import numpy as np

from model.habits import add_habit
from model.strokes import PenDigit, draw_ink, fit_unit_box

__all__ = ["LAYOUTS", "Composition", "compose", "compose_single"]

LAYOUTS = ("spaced", "tight", "overlapping boxes", "touching", "two lines")
HEIGHT_PX = (70, 180)  # of a digit on the pad
BRUSH_SHARE = (0.05, 0.16)  # width of the brush, of a digit's height
MARGIN_PX = (10, 60)  # of the pad around the number
INK = 0.5
HABIT_SHARE = 0.3  # of single digits may be crossed, slashed or flagged
SINGLE_SIDE_PX = (80, 400)
SINGLE_BRUSH_SHARE = (0.02, 0.2)  # of its longest side


@dataclass(frozen=True)
class Composition:
    """A number that one writer wrote.

    Attributes:
        ink: float32 (H, W) in 0..1.
        owners: int8 (H, W), to which digit a pixel belongs, counted from 1; 0 is paper.
        text: what it says, lines parted by a newline.
        writer: whose digits they are.
    """

    ink: np.ndarray
    owners: np.ndarray
    text: str
    writer: str


def compose(digits: list[PenDigit], layout: str, rng: np.random.Generator) -> Composition:
    """Write the digits, all by one writer, one after another.

    Args:
        digits: at least one; their relative sizes are kept, as far as they are not extreme.
        layout: one of LAYOUTS. Between the ink of two neighbours there is much room, little, too little
            for a vertical line, none, or a new line begins half-way.
        rng: where sizes, the brush and the gaps come from.
    """
    height = rng.uniform(*HEIGHT_PX)
    brush = max(3.0, height * rng.uniform(*BRUSH_SHARE))
    inks = [_drawn(digit, height, brush, rng) for digit in digits]
    text = "".join(str(digit.label) for digit in digits)
    if layout == "two lines" and len(digits) > 1:
        half = len(digits) // 2
        upper, lower = (_line(part, "spaced", height, brush, rng) for part in (inks[:half], inks[half:]))
        lower[1, lower[1] > 0] += half
        written = _stacked(upper, lower, height, rng)
        text = f"{text[:half]}\n{text[half:]}"
    else:
        written = _line(inks, layout, height, brush, rng)
    margins = rng.integers(*MARGIN_PX, 4)
    ink, owners = np.pad(written, ((0, 0), tuple(margins[:2]), tuple(margins[2:])))
    return Composition(ink, owners.astype(np.int8), text, digits[0].writer)


def compose_single(digit: PenDigit, rng: np.random.Generator) -> np.ndarray:
    """Return the ink of one digit, drawn as large, with a brush and with the habits of anybody."""
    strokes = fit_unit_box(digit.strokes)
    if rng.random() < HABIT_SHARE:
        strokes = add_habit(strokes, digit.label, rng)
    side = rng.uniform(*SINGLE_SIDE_PX)
    ink = draw_ink(strokes, side, max(3.0, side * rng.uniform(*SINGLE_BRUSH_SHARE)))
    return np.pad(ink, MARGIN_PX[0])


def _drawn(digit: PenDigit, height: float, brush: float, rng: np.random.Generator) -> np.ndarray:
    points = np.concatenate(digit.strokes)
    size = np.maximum(np.ptp(points, axis=0), 1e-6)
    own_height = height * np.clip(np.exp(rng.normal(0, 0.08)), 0.8, 1.25)
    scale = min((own_height - brush) / size[1], 1.6 * height / size[0])
    return draw_ink(digit.strokes, scale, brush)


def _line(
    inks: list[np.ndarray], layout: str, height: float, brush: float, rng: np.random.Generator
) -> np.ndarray:
    """Put pictures side by side on a base line; return float32 (2, H, W), ink and owners."""
    line = _owned(inks[0], 1)
    bottom, right = inks[0].shape
    for number, ink in enumerate(inks[1:], 2):
        top = bottom + round(height * rng.normal(0, 0.04)) - ink.shape[0]
        left = right + round(_gap(line[0], ink, top, layout, height, brush, rng))
        line, shift = _pasted(line, _owned(ink, number), top, left)
        bottom += shift
        right = line.shape[2]
    return line


def _owned(ink: np.ndarray, number: int) -> np.ndarray:
    return np.stack([ink, np.where(ink > INK, np.float32(number), 0)])


def _gap(
    line: np.ndarray,
    ink: np.ndarray,
    top: int,
    layout: str,
    height: float,
    brush: float,
    rng: np.random.Generator,
) -> float:
    """Return the room between the boxes of the line and of what comes next, in pixels."""
    if layout in ("spaced", "two lines"):
        return height * rng.uniform(0.2, 0.6)
    if layout == "tight":
        return max(2.0, height * rng.uniform(0.02, 0.12))
    nearest = _nearest(line, ink, top)
    if layout == "overlapping boxes":
        return min(2.0, nearest + max(3.0, height * rng.uniform(0.03, 0.1)))
    return nearest - brush * rng.uniform(0.05, 0.4)


def _nearest(line: np.ndarray, ink: np.ndarray, top: int) -> float:
    """Return the gap of the boxes at which the two inks just touch; at most 0."""
    rows = range(max(0, top), min(len(line), top + len(ink)))
    room = [
        line.shape[1] - 1 - np.flatnonzero(line[row] > INK)[-1] + np.flatnonzero(ink[row - top] > INK)[0]
        for row in rows
        if (line[row] > INK).any() and (ink[row - top] > INK).any()
    ]
    return -float(min(room, default=0))


def _pasted(line: np.ndarray, ink: np.ndarray, top: int, left: int) -> tuple[np.ndarray, int]:
    """Return the line with the ink laid on it, and by how much it grew at its top."""
    _, height, width = ink.shape
    above, aside = max(0, -top), max(0, -left)
    below, beyond = max(0, top + height - line.shape[1]), max(0, left + width - line.shape[2])
    line = np.pad(line, ((0, 0), (above, below), (aside, beyond)))
    place = line[:, top + above : top + above + height, left + aside : left + aside + width]
    np.maximum(place, ink, out=place)
    return line, above


def _stacked(upper: np.ndarray, lower: np.ndarray, height: float, rng: np.random.Generator) -> np.ndarray:
    width = max(upper.shape[2], lower.shape[2])
    gap = np.zeros((2, round(height * rng.uniform(0.2, 0.5)), width), np.float32)
    upper, lower = (np.pad(part, ((0, 0), (0, 0), (0, width - part.shape[2]))) for part in (upper, lower))
    return np.concatenate([upper, gap, lower], axis=1)
