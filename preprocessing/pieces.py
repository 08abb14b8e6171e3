"""The connected parts of the ink of a drawing, and the picture on which they are looked for."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from PIL import Image
from scipy import ndimage

from preprocessing.errors import BlankDrawing

__all__ = ["MAX_PIECES", "Boxes", "Piece", "pieces_of", "working_picture"]

Boxes = list[tuple[slice, slice]]  # rows and columns of each piece; None where a number is not used

WORK_SIDE_PX = 640  # of the whole number; more pixels than these only cost time
INK_THRESHOLD = 0.4  # of the strongest ink
MAX_PIECES = 100  # more than a page of digits has; of a picture of noise the largest are looked at
DOT_WIDTHS = 2.0  # a dot is at most this many stroke widths long


@dataclass(frozen=True)
class Piece:
    """A connected part of the ink.

    Attributes:
        label: its number.
        box: rows and columns that it spans.
        stroke_px: width of the drawing's strokes.
    """

    label: int
    box: tuple[slice, slice]
    stroke_px: float

    @property
    def top(self) -> int:
        """Return the first row."""
        return self.box[0].start

    @property
    def bottom(self) -> int:
        """Return the row after the last."""
        return self.box[0].stop

    @property
    def left(self) -> int:
        """Return the first column."""
        return self.box[1].start

    @property
    def right(self) -> int:
        """Return the column after the last."""
        return self.box[1].stop

    @property
    def height(self) -> int:
        """Return how many rows it spans."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Return how many columns it spans."""
        return self.right - self.left

    @property
    def middle(self) -> float:
        """Return the column half-way."""
        return (self.left + self.right) / 2

    @property
    def is_dot(self) -> bool:
        """Return whether it is as short, both ways, as the trace of a pen put down."""
        return max(self.height, self.width) <= DOT_WIDTHS * self.stroke_px

    def joined(self, other: "Piece") -> "Piece":
        """Return a piece of this one's number that spans both."""
        rows = slice(min(self.top, other.top), max(self.bottom, other.bottom))
        columns = slice(min(self.left, other.left), max(self.right, other.right))
        return Piece(self.label, (rows, columns), self.stroke_px)


def working_picture(ink: np.ndarray) -> tuple[np.ndarray, float, tuple[int, int]]:
    """Cut the ink's bounding box out, its longest side at most WORK_SIDE_PX.

    Returns:
        The picture; pixels of the drawing to one of it; its (left, top) in the drawing.

    Raises:
        BlankDrawing: no ink.
    """
    rows, columns = _span(ink, 0), _span(ink, 1)
    small, scale = _shrunk(ink[rows, columns])
    return small, scale, (columns.start, rows.start)


def pieces_of(picture: np.ndarray) -> tuple[np.ndarray, list[Piece], float]:
    """Return int labels (H, W), 0 is paper; the MAX_PIECES largest pieces; and the width of the strokes."""
    mask = picture > INK_THRESHOLD * picture.max()
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    boxes = cast(Boxes, ndimage.find_objects(labels))
    largest = np.argsort(-np.bincount(labels.ravel(), minlength=count + 1)[1:], kind="stable")[:MAX_PIECES]
    stroke_px = _stroke_px(mask)
    return labels, [Piece(i + 1, boxes[i], stroke_px) for i in sorted(largest.tolist())], stroke_px


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
