"""A drawing of several digits, cut into pieces that a digit is made of.

The connected parts of the ink are pieces; one that holds touching digits can be cut further, wherever a
path from top to bottom crosses little ink. Which pieces make up a digit is not decided here: every group of
neighbours that may be one is a candidate (over-segmentation; Casey and Lecolinet 1996, IEEE Trans. PAMI
18(7)).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import cast

import numpy as np
from scipy import ndimage

from preprocessing.lines import TALL_SHARE, Line, lines_of
from preprocessing.pieces import MAX_PIECES, Boxes, pieces_of, working_picture
from preprocessing.seams import seams

__all__ = ["Box", "Candidate", "Line", "Segments", "segment"]

MIN_DIGIT_HEIGHT = 0.4
MAX_DIGIT_WIDTH = 1.4  # of the line's height: a group is not wider, a connected piece may be
MAX_GROUP = 10  # pieces of one digit
MAX_CANDIDATES = 320  # of a drawing: bounds the time that a page of scribble takes
TALL_GAP_SHARE = 0.18  # two tall pieces farther apart than this are two digits
LOW_GAP_SHARE = 0.4


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the drawing, ``right`` and ``bottom`` exclusive."""

    left: int
    top: int
    right: int
    bottom: int


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

    def candidates(self) -> list[list[Candidate]]:
        """Return for each line every group of neighbours that is not too wide, or too far apart, for a digit.

        Where these are more than MAX_CANDIDATES, groups of the most pieces are left out. A piece that was cut
        is a candidate as a whole as well, of whatever width.
        """
        found = [self._candidates(line) for line in self.lines]
        sizes = np.bincount([each.last - each.first for line in found for each in line], minlength=2)
        largest = max(1, int(np.searchsorted(np.cumsum(sizes), MAX_CANDIDATES, side="right")) - 1)
        kept = [[each for each in line if each.last - each.first <= largest] for line in found]
        for line, candidates in zip(self.lines, kept, strict=True):
            candidates += [whole for whole in self._cut_wholes(line) if whole not in candidates]
        return kept

    def _cut_wholes(self, line: Line) -> list[Candidate]:
        """Return each connected piece that was cut, put together again."""
        starts = [place for place, cut in enumerate(line.cuts) if not cut] + [len(line.pieces)]
        return [
            self._candidate(line, first, last, ()) for first, last in pairwise(starts) if last > first + 1
        ]

    def _candidates(self, line: Line) -> list[Candidate]:
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
        """Return the same with some pieces cut wherever touching digits might be parted, up to MAX_PIECES."""
        labels = self.labels.copy()
        room = MAX_PIECES - sum(len(line.pieces) for line in self.lines)
        lines = []
        for line in self.lines:
            parts: list[int] = []
            cuts: list[float] = []
            places = []
            for piece, cost in zip(line.pieces, line.cuts, strict=True):
                places.append(len(parts))
                found = self._cut(piece, line, labels, room) if piece in pieces else []
                room -= len(found)
                parts += [piece, *(label for label, _ in found)]
                cuts += [cost, *(ink for _, ink in found)]
            places.append(len(parts))
            signs = tuple((places[place], sign) for place, sign in line.signs)
            lines.append(replace(line, pieces=tuple(parts), cuts=tuple(cuts), signs=signs))
        return replace(self, labels=labels, lines=tuple(lines))

    def _cut(self, piece: int, line: Line, labels: np.ndarray, room: int) -> list[tuple[int, float]]:
        """Cut a piece in ``labels``; return (label, stroke widths cut) of at most ``room`` new ones."""
        view = labels[self._boxes[piece - 1]]
        mask = view == piece
        found: list[tuple[int, float]] = []
        last = piece
        for seam, cost in seams(mask, self.stroke_px, line.height_px)[:room]:
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
    picture, scale, origin = working_picture(ink)
    labels, pieces, stroke_px = pieces_of(picture)
    return Segments(picture, labels, tuple(lines_of(pieces, labels)), stroke_px, scale, origin)
