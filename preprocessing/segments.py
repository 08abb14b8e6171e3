"""A drawing of several digits, cut into pieces that a digit is made of.

The connected parts of the ink are pieces; one that holds touching digits can be cut further, wherever a
path from top to bottom crosses little ink. Which pieces make up a digit is not decided here: every group of
neighbours that may be one is a candidate (over-segmentation; Casey and Lecolinet 1996, IEEE Trans. PAMI
18(7)).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np
from PIL import Image
from scipy import ndimage

from preprocessing.errors import BlankDrawing
from preprocessing.seams import seams

__all__ = ["Box", "Candidate", "Line", "Segments", "segment"]

Boxes = list[tuple[slice, slice]]  # rows and columns of each piece; None where a number is not used

WORK_SIDE_PX = 640  # of the whole number; more pixels than these only cost time
INK_THRESHOLD = 0.4  # of the strongest ink
DOT_WIDTHS = 2.0  # a dot is at most this many stroke widths long
DOT_SHARE = 0.3  # and at most this tall, of the line's height
TALL_SHARE = 0.5  # of the line's height: what is lower is a part of a digit, or a sign
SAME_LINE_OVERLAP = 0.35  # of the lower one's height
INSIDE_SHARE = 0.55  # a low piece of which so much stands over or under another one belongs to it
WIDE_SHARE = 0.65  # wider than this, of the line's height, may be two digits
MIN_DIGIT_HEIGHT = 0.4
MAX_DIGIT_WIDTH = 1.4  # of the line's height
MAX_GROUP = 8  # pieces of one digit
TALL_GAP_SHARE = 0.18  # two tall pieces farther apart than this are two digits
LOW_GAP_SHARE = 0.4
BAR_LENGTH = (0.2, 1.1)  # of a minus sign, of the line's height
BAR_SLOPE = 0.45
BAR_MIDDLE = (0.25, 0.75)  # where it stands, of the line's height
POINT_LEVEL = 0.72  # a decimal point stands lower than this


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the drawing, ``right`` and ``bottom`` exclusive."""

    left: int
    top: int
    right: int
    bottom: int


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


@dataclass(frozen=True)
class Candidate:
    """Neighbouring pieces of a line, ``first`` to ``last`` exclusive, that may be one digit.

    Attributes:
        height: of the line's height.
        width: of the line's height, both without the stroke's own width.
        joints: gaps between its pieces where there is paper between two tall ones, of the line's height;
            negative where one stands over the other.
        cut: ink cut through at its two sides, in stroke widths.
    """

    first: int
    last: int
    box: Box
    height: float
    width: float
    joints: tuple[float, ...]
    cut: float


@dataclass(frozen=True)
class Segments:
    """The pieces of a drawing.

    Attributes:
        ink: float32 (H, W), the working picture.
        labels: int (H, W), the number of each pixel's piece; 0 is paper.
        lines: top to bottom.
        stroke_px: width of the strokes.
        scale: pixels of the drawing to one of the working picture.
        origin: (left, top) of the working picture in the drawing.
    """

    ink: np.ndarray
    labels: np.ndarray
    lines: tuple[Line, ...]
    stroke_px: float
    scale: float
    origin: tuple[int, int]

    @cached_property
    def _boxes(self) -> Boxes:
        return cast(Boxes, ndimage.find_objects(self.labels))

    def _extent(self, pieces: Iterable[int]) -> tuple[int, int, int, int]:
        boxes = [self._boxes[piece - 1] for piece in pieces]
        return (
            min(columns.start for _, columns in boxes),
            min(rows.start for rows, _ in boxes),
            max(columns.stop for _, columns in boxes),
            max(rows.stop for rows, _ in boxes),
        )

    @property
    def is_one_piece(self) -> bool:
        """Whether all that counts is one connected piece."""
        return len(self.lines) == 1 and len(self.lines[0].pieces) == 1 and not self.lines[0].signs

    @property
    def box(self) -> Box:
        """Where all the ink stands."""
        x, y = self.origin
        height, width = self.ink.shape
        return Box(x, y, x + round(width * self.scale), y + round(height * self.scale))

    def picture(self, line: Line, candidate: Candidate) -> np.ndarray:
        """Return the ink of a candidate alone."""
        pieces = line.pieces[candidate.first : candidate.last]
        left, top, right, bottom = self._extent(pieces)
        labels = self.labels[top:bottom, left:right]
        mine = np.zeros(len(self._boxes) + 1, bool)
        mine[list(pieces)] = True
        return np.where(mine[labels], self.ink[top:bottom, left:right], 0)

    def candidates(self, line: Line) -> list[Candidate]:
        """Return every group of neighbours in a line that is not too wide, or too far apart, for a digit."""
        signs = {place for place, _ in line.signs}
        found = []
        for first in range(len(line.pieces)):
            joints: list[float] = []
            for last in range(first + 1, min(first + MAX_GROUP, len(line.pieces)) + 1):
                if last > first + 1:
                    joint = self._joint(line, last - 1)
                    if last - 1 in signs or joint > (
                        LOW_GAP_SHARE if self._has_low(line, last - 1) else TALL_GAP_SHARE
                    ):
                        break
                    if not line.cuts[last - 1] and not self._has_low(line, last - 1):
                        joints.append(joint)
                candidate = self._candidate(line, first, last, tuple(joints))
                if last > first + 1 and candidate.width > MAX_DIGIT_WIDTH:
                    break
                if candidate.height >= MIN_DIGIT_HEIGHT or len(line.pieces) == 1:
                    found.append(candidate)
        return found

    def _candidate(self, line: Line, first: int, last: int, joints: tuple[float, ...]) -> Candidate:
        left, top, right, bottom = self._extent(line.pieces[first:last])
        core = max(line.height_px - self.stroke_px, 1.0)
        x, y = self.origin
        return Candidate(
            first,
            last,
            Box(
                round(left * self.scale) + x,
                round(top * self.scale) + y,
                round(right * self.scale) + x,
                round(bottom * self.scale) + y,
            ),
            height=max(bottom - top - self.stroke_px, 0.0) / core,
            width=max(right - left - self.stroke_px, 0.0) / core,
            joints=joints,
            cut=sum(line.cuts[place] for place in (first, last) if place < len(line.cuts)),
        )

    def cut(self, pieces: Collection[int]) -> "Segments":
        """Return the same with some pieces cut wherever touching digits might be parted."""
        labels = self.labels.copy()
        lines = []
        for line in self.lines:
            parts: list[int] = []
            cuts: list[float] = []
            places = []
            for piece, cost in zip(line.pieces, line.cuts, strict=True):
                places.append(len(parts))
                found = self._cut(piece, line, labels) if piece in pieces else []
                parts += [piece, *(label for label, _ in found)]
                cuts += [cost, *(ink for _, ink in found)]
            places.append(len(parts))
            signs = tuple((places[place], sign) for place, sign in line.signs)
            lines.append(replace(line, pieces=tuple(parts), cuts=tuple(cuts), signs=signs))
        return replace(self, labels=labels, lines=tuple(lines))

    def _cut(self, piece: int, line: Line, labels: np.ndarray) -> list[tuple[int, float]]:
        """Cut a piece in ``labels``; return (label, ink cut in stroke widths) of each new piece."""
        view = labels[self._boxes[piece - 1]]
        mask = view == piece
        found: list[tuple[int, float]] = []
        last = piece
        for seam, cost in seams(mask, self.stroke_px, line.height_px):
            right = (view == last) & (np.arange(mask.shape[1]) >= seam[:, None])
            if right.any() and ((view == last) & ~right).any():
                last = int(labels.max()) + 1
                view[right] = last
                found.append((last, cost))
        return found

    def _has_low(self, line: Line, place: int) -> bool:
        """Return whether the piece at a place, or the one before, is too low for a digit."""
        rows = (self._boxes[piece - 1][0] for piece in line.pieces[place - 1 : place + 1])
        return min(r.stop - r.start for r in rows) < TALL_SHARE * line.height_px

    def _joint(self, line: Line, place: int) -> float:
        """Return the gap before the piece at a place, of the line's height; 0 where it was cut."""
        if line.cuts[place]:
            return 0.0
        before, after = (self._boxes[piece - 1][1] for piece in line.pieces[place - 1 : place + 1])
        return (after.start - before.stop) / line.height_px


def segment(ink: np.ndarray) -> Segments:
    """Cut ink into lines and pieces.

    Args:
        ink: float32 (H, W) in 0..1, as :func:`preprocessing.canvas.ink_of` returns it.

    Raises:
        BlankDrawing: no ink.
    """
    rows, columns = _span(ink, 0), _span(ink, 1)
    small, scale = _shrunk(ink[rows, columns])
    mask = small > INK_THRESHOLD * small.max()
    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    stroke = _stroke_px(mask)
    boxes = cast(Boxes, ndimage.find_objects(labels))
    parts = [_Part(number, box, stroke) for number, box in enumerate(boxes, start=1)]
    lines = []
    for height, members in _lines(parts):
        members, signs = _without_signs(_joined(members, labels, height), height)
        pieces = tuple(part.label for part in members)
        lines.append(Line(height, pieces, (0.0,) * len(pieces), tuple(signs)))
    return Segments(small, labels, tuple(lines), stroke, scale, (columns.start, rows.start))


@dataclass(frozen=True)
class _Part:
    """A connected part of the ink."""

    label: int
    box: tuple[slice, slice]
    stroke_px: float

    @property
    def top(self) -> int:
        return self.box[0].start

    @property
    def bottom(self) -> int:
        return self.box[0].stop

    @property
    def left(self) -> int:
        return self.box[1].start

    @property
    def right(self) -> int:
        return self.box[1].stop

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def is_dot(self) -> bool:
        return max(self.height, self.width) <= DOT_WIDTHS * self.stroke_px

    def joined(self, other: "_Part") -> "_Part":
        rows = slice(min(self.top, other.top), max(self.bottom, other.bottom))
        columns = slice(min(self.left, other.left), max(self.right, other.right))
        return _Part(self.label, (rows, columns), self.stroke_px)


def _span(ink: np.ndarray, axis: int) -> slice:
    used = np.flatnonzero((ink > INK_THRESHOLD * ink.max(initial=0.0)).any(axis=1 - axis))
    if not used.size:
        raise BlankDrawing(
            "Received a picture without ink; expected at least one stroke. Draw a digit first."
        )
    return slice(int(used[0]), int(used[-1]) + 1)


def _shrunk(ink: np.ndarray) -> tuple[np.ndarray, float]:
    scale = max(ink.shape) / WORK_SIDE_PX
    if scale <= 1:
        return ink, 1.0
    size = (max(1, round(ink.shape[1] / scale)), max(1, round(ink.shape[0] / scale)))
    small = Image.fromarray(ink).resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(small), scale


def _stroke_px(mask: np.ndarray) -> float:
    """Estimate the width of strokes: twice the area over the length of the outline.

    Outline lengths are counted along rows and columns, which is 4 / pi too long on average.
    """
    outline = sum(
        np.count_nonzero(np.diff(mask, axis=axis, prepend=False, append=False)) for axis in range(2)
    )
    return max(1.0, 2 * np.count_nonzero(mask) / (outline * np.pi / 4))


def _lines(parts: list[_Part]) -> list[tuple[float, list[_Part]]]:
    """Return (height of the digits, parts left to right) of every line, top to bottom."""
    tallest = max(part.height for part in parts)
    tall = [part for part in parts if part.height >= TALL_SHARE * tallest and not part.is_dot] or parts
    lines: list[list[_Part]] = []
    for part in sorted(tall, key=lambda part: part.middle):
        # The nearest digit before it says where the line is, so that writing may climb or fall.
        fitting = [line for line in lines if _overlap(line[-1], part) >= SAME_LINE_OVERLAP]
        if fitting:
            max(fitting, key=lambda line: _overlap(line[-1], part)).append(part)
        else:
            lines.append([part])
    heights = [float(np.median([part.height for part in line])) for line in lines]
    members: list[list[_Part]] = [list(line) for line in lines]
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


def _overlap(one: _Part, other: _Part) -> float:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared / min(one.height, other.height)


def _distance(part: _Part, line: list[_Part]) -> float:
    """Return how far a part is from the nearest one of a line, sideways or up and down."""
    return min(
        max(
            0,
            max(part.left - other.right, other.left - part.right),
            max(part.top - other.bottom, other.top - part.bottom),
        )
        for other in line
    )


def _joined(parts: list[_Part], labels: np.ndarray, height: float) -> list[_Part]:
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


def _without_signs(parts: list[_Part], height: float) -> tuple[list[_Part], list[tuple[int, str]]]:
    """Take out decimal points and a minus sign, and drop other dots.

    Returns:
        The other parts, and (place among them, sign).
    """
    digits = [part for part in parts if part.height >= TALL_SHARE * height]
    kept: list[_Part] = []
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
