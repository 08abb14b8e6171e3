"""Which pieces of a drawing stand on one line of writing, and which of them are no digits."""

from dataclasses import dataclass

import numpy as np

from preprocessing.pieces import Piece

__all__ = ["TALL_SHARE", "Line", "lines_of"]

DOT_SHARE = 0.3  # and at most this tall, of the line's height
TALL_SHARE = 0.5  # of the line's height: what is lower is a part of a digit, or a sign
SAME_LINE_OVERLAP = 0.35  # of the lower one's height
STEEP_OVERLAP = 0.1  # the same where nothing stands over or under the piece: writing that climbs or falls
INSIDE_SHARE = 0.55  # a low piece of which so much stands over or under another one belongs to it
BAR_LENGTH = (0.2, 1.1)  # of a minus sign, of the line's height
BAR_SLOPE = 0.45
BAR_MIDDLE = (0.25, 0.75)  # where it stands, of the line's height
POINT_LEVEL = 0.72  # a decimal point stands lower than this


@dataclass(frozen=True)
class Line:
    """A line of writing.

    Attributes:
        height_px: of its digits, as drawn in the working picture.
        pieces: numbers of its pieces, left to right.
        cuts: for each piece but the first, the ink that was cut to part it from the one before, in
            stroke widths; 0 where there was paper between.
        signs: (place, sign): a sign stands before the piece at that place; "-" and "." only.
    """

    height_px: float
    pieces: tuple[int, ...]
    cuts: tuple[float, ...]
    signs: tuple[tuple[int, str], ...] = ()


def lines_of(pieces: list[Piece], labels: np.ndarray) -> list[Line]:
    """Return the lines of writing, top to bottom.

    Args:
        pieces: at least one. Where all are dots, they are one dotted digit.
        labels: int (H, W), the number of each pixel's piece; a loose stroke gets that of its digit.
    """
    if all(piece.is_dot for piece in pieces):
        labels[labels > 0] = 1
        return [Line(float(labels.shape[0]), (1,), (0.0,))]
    lines = []
    for height, members in _lines(pieces):
        digits, signs = _without_signs(_joined(members, labels, height), height)
        numbers = tuple(piece.label for piece in digits)
        lines.append(Line(height, numbers, (0.0,) * len(numbers), tuple(signs)))
    return lines


def _lines(parts: list[Piece]) -> list[tuple[float, list[Piece]]]:
    """Return (height of the digits, parts left to right) of every line, top to bottom."""
    tallest = max(part.height for part in parts)
    tall = [part for part in parts if part.height >= TALL_SHARE * tallest and not part.is_dot] or parts
    lines: list[list[Piece]] = []
    for part in sorted(tall, key=lambda part: part.middle):
        # The nearest digit before it says where the line is, so that writing may climb or fall.
        is_alone = not any(_share_columns(part, other) for other in tall if other is not part)
        least = STEEP_OVERLAP if is_alone else SAME_LINE_OVERLAP
        fitting = [line for line in lines if _overlap(line[-1], part) >= least]
        if fitting:
            max(fitting, key=lambda line: _overlap(line[-1], part)).append(part)
        else:
            lines.append([part])
    heights = [float(np.median([part.height for part in line])) for line in lines]
    members: list[list[Piece]] = [list(line) for line in lines]
    for part in parts:
        if part in tall:
            continue
        distances = [_distance(part, line) / height for line, height in zip(lines, heights, strict=True)]
        nearest = int(np.argmin(distances))
        limit = 0.3 if part.is_dot else 0.8
        if distances[nearest] <= limit:
            members[nearest].append(part)
    found = [
        (height, sorted(line, key=lambda part: part.middle))
        for height, line in zip(heights, members, strict=True)
    ]
    return sorted(found, key=lambda line: float(np.mean([part.top + part.bottom for part in line[1]])))


def _overlap(one: Piece, other: Piece) -> float:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared / min(one.height, other.height)


def _share_columns(one: Piece, other: Piece) -> bool:
    return min(one.right, other.right) > max(one.left, other.left)


def _distance(part: Piece, line: list[Piece]) -> float:
    """Return how far a part is from the nearest one of a line, sideways or up and down."""
    return min(
        max(
            0,
            max(part.left - other.right, other.left - part.right),
            max(part.top - other.bottom, other.top - part.bottom),
        )
        for other in line
    )


def _joined(parts: list[Piece], labels: np.ndarray, height: float) -> list[Piece]:
    """Join low parts to the part that they stand over or under, as the flag of a five."""
    tall = [part for part in parts if part.height >= TALL_SHARE * height]
    kept = []
    for part in parts:
        if part in tall:
            continue
        shares = [(min(part.right, other.right) - max(part.left, other.left)) / part.width for other in tall]
        best = int(np.argmax(shares)) if shares else -1
        if best < 0 or shares[best] < INSIDE_SHARE:
            kept.append(part)
            continue
        labels[part.box][labels[part.box] == part.label] = tall[best].label
        tall[best] = tall[best].joined(part)
    return sorted(tall + kept, key=lambda part: part.middle)


def _without_signs(parts: list[Piece], height: float) -> tuple[list[Piece], list[tuple[int, str]]]:
    """Take out decimal points and a minus sign, and drop other dots.

    Returns:
        The other parts, and (place among them, sign).
    """
    digits = [part for part in parts if part.height >= TALL_SHARE * height]
    kept: list[Piece] = []
    signs: list[tuple[int, str]] = []
    for part in parts:
        if part in digits or not digits:
            kept.append(part)
            continue
        near = min(digits, key=lambda digit: abs(digit.middle - part.middle))
        level = ((part.top + part.bottom) / 2 - near.top) / near.height
        if part.is_dot and part.height <= DOT_SHARE * height:
            between = digits[0].middle < part.middle < digits[-1].middle
            if between and level > POINT_LEVEL and not any(s == "." for _, s in signs):
                signs.append((len(kept), "."))
            continue
        is_bar = (
            BAR_LENGTH[0] * height <= part.width <= BAR_LENGTH[1] * height
            and part.height - part.stroke_px <= BAR_SLOPE * part.width
            and BAR_MIDDLE[0] < level < BAR_MIDDLE[1]
        )
        if is_bar and part.right <= digits[0].left + part.stroke_px and not kept:
            signs.append((0, "-"))
            continue
        kept.append(part)
    return kept, signs
