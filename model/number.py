"""Whole numbers: which pieces of a drawing are digits, and what the number is.

Every group of pieces that may be a digit is recognised, all in one batch; touching digits, which read as no
digit, are cut and recognised in a second one. What speaks for a group being exactly one digit follows from
the recogniser's likeness and confidence and from the group's shape; the best path through the pieces is read.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Protocol

import numpy as np

from model.recogniser import Recognition
from preprocessing.normalise import normalise
from preprocessing.segments import Box, Candidate, Line, Segments, segment

__all__ = ["Digit", "DigitRecogniser", "Number", "Whole", "read_number"]

BEST = 3  # numbers named
BEAM = 12  # numbers followed from left to right
LEFT_OUT = -8.0  # log weight of a piece that belongs to no digit
CUT_BELOW = 0.9  # likeness: a piece below it may be touching digits
CUT_WIDTH = 0.4  # of the line's height: what is narrower holds one digit at most
ALWAYS_CUT_WIDTH = 1.4  # hardly a digit is wider
SURE_DIGIT = 0.5  # likeness: what reads so as one digit stays one, unless ...
SURE_NUMBER = 0.6  # ... a number is at least so probable
SMALLEST = 1e-9  # probability whose logarithm is taken
LOGIT_LIMIT = 7.0  # beyond this the recogniser's likeness knows no more

# What speaks for a group being exactly one digit: the weights of a semi-Markov conditional random field
# (Sarawagi and Cohen 2004, NIPS 17), fitted on composed numbers by writers that the recogniser had not seen.
WEIGHTS = {
    "bias": 0.14,
    "likeness": 0.25,
    "confidence": 1.43,
    "low": -1.97,
    "wide": -1.26,
    "joints": -0.32,
    "cut": -0.78,
}


class DigitRecogniser(Protocol):
    """What :class:`model.Recogniser` is to a number."""

    def recognise(self, images: np.ndarray) -> Recognition:
        """Read float32 pictures (n, 28, 28)."""

    def is_digit(self, likeness: float) -> bool:
        """Return whether a picture of this likeness is taken for a digit."""


@dataclass(frozen=True)
class Whole:
    """Some ink read as one digit.

    Attributes:
        image: (28, 28) float32 in 0..1, what the model read.
        probabilities: (10,) float32.
        likeness: 0..1, how much it looks like a digit at all.
    """

    image: np.ndarray
    probabilities: np.ndarray
    likeness: float

    @classmethod
    def read(cls, ink: np.ndarray, recogniser: DigitRecogniser) -> "Whole":
        """Read all of ``ink``, float32 (H, W) in 0..1, as one digit.

        Raises:
            BlankDrawing: no ink.
        """
        image = normalise(ink).centred
        recognition = recogniser.recognise(image[np.newaxis])
        return cls(image, recognition.probabilities[0], float(recognition.digit_likeness[0]))


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


@dataclass(frozen=True)
class Group:
    """A candidate that was recognised."""

    candidate: Candidate
    image: np.ndarray
    probabilities: np.ndarray
    likeness: float

    @property
    def features(self) -> dict[str, float]:
        """Return what tells a digit from parts of one and from several."""
        likeness = min(max(self.likeness, 1e-6), 1 - 1e-6)
        candidate = self.candidate
        return {
            "bias": 1.0,
            "likeness": max(-LOGIT_LIMIT, min(LOGIT_LIMIT, math.log(likeness / (1 - likeness)))),
            "confidence": math.log(float(self.probabilities.max())),
            "low": max(0.0, 0.9 - candidate.height),
            "wide": max(0.0, candidate.width - 0.7),
            "joints": float(len(candidate.joints)),
            "cut": candidate.cut,
        }

    @property
    def weight(self) -> float:
        """Return the logarithm of what this group adds to the weight of a path."""
        return sum(WEIGHTS[name] * value for name, value in self.features.items())


@dataclass(frozen=True)
class _Reading:
    """One way to read a line, or the beginning of one: log weight, text, and the digits."""

    weight: float
    text: str = ""
    digits: tuple[Group, ...] = ()


def read_number(ink: np.ndarray, recogniser: DigitRecogniser, whole: Whole | None = None) -> Number:
    """Read the number in ``ink``, which may be a single digit.

    What reads as one digit when it is taken whole stays one, unless all its parts read as digits too.

    Args:
        ink: float32 (H, W) in 0..1, as :func:`preprocessing.canvas.ink_of` returns it.
        recogniser: the model.
        whole: all of ``ink`` read as one digit, where that is known already.

    Raises:
        BlankDrawing: no ink.
    """
    segments = segment(ink)
    if segments.is_one_piece:
        whole = whole or Whole.read(ink, recogniser)
    segments, groups = recognised(segments, recogniser, whole)
    lines = [_readings(line, found) for line, found in zip(segments.lines, groups, strict=True)]
    best = sorted(
        (
            ("\n".join(each.text for each in combined), math.exp(sum(each.weight for each in combined)))
            for combined in product(*lines)
        ),
        key=lambda each: -each[1],
    )
    digits = [group for line in lines for group in line[0].digits]
    if len(digits) < 2:
        return _single(whole or Whole.read(ink, recogniser), segments.box)
    all_digits = all(recogniser.is_digit(group.likeness) for group in digits)
    if not all_digits or best[0][1] < SURE_NUMBER:
        whole = whole or Whole.read(ink, recogniser)
        if whole.likeness >= SURE_DIGIT or (not all_digits and recogniser.is_digit(whole.likeness)):
            return _single(whole, segments.box)
    return Number(tuple(_digit(group) for group in digits), tuple(best[:BEST]))


def _single(whole: Whole, box: Box) -> Number:
    order = np.argsort(-whole.probabilities, kind="stable")[:BEST]
    digit = Digit(box, whole.image, whole.probabilities, whole.likeness)
    return Number((digit,), tuple((str(each), float(whole.probabilities[each])) for each in order))


def _digit(group: Group) -> Digit:
    return Digit(group.candidate.box, group.image, group.probabilities, group.likeness)


def recognised(
    segments: Segments, recogniser: DigitRecogniser, whole: Whole | None = None
) -> tuple[Segments, list[list[Group]]]:
    """Return the pieces of the drawing, touching digits cut, and for each line the groups that may be digits.

    Args:
        segments: the pieces that stand apart.
        recogniser: the model.
        whole: all the ink read as one digit; the one group of a drawing of one piece is that.
    """
    known: dict[tuple[int, ...], Whole] = {}
    if segments.is_one_piece and whole:
        known[segments.lines[0].pieces] = whole
    groups = _groups(segments, recogniser, known)
    touching = {
        line.pieces[group.candidate.first]
        for line, found in zip(segments.lines, groups, strict=True)
        for group in found
        if group.candidate.last == group.candidate.first + 1 and _may_be_touching(group)
    }
    if touching:
        segments = segments.cut(touching)
        known = {pieces: group for pieces, group in known.items() if not touching & set(pieces)}
        groups = _groups(segments, recogniser, known)
    return segments, groups


def _groups(
    segments: Segments, recogniser: DigitRecogniser, known: dict[tuple[int, ...], Whole]
) -> list[list[Group]]:
    """Recognise all candidates that are not known yet, in one batch."""
    lines = [(line, segments.candidates(line)) for line in segments.lines]
    new: list[tuple[tuple[int, ...], np.ndarray]] = []
    for line, candidates in lines:
        for candidate in candidates:
            pieces = line.pieces[candidate.first : candidate.last]
            if pieces not in known:
                new.append((pieces, normalise(segments.picture(line, candidate)).centred))
    if new:
        recognition = recogniser.recognise(np.stack([image for _, image in new]))
        for row, (pieces, image) in enumerate(new):
            likeness = float(recognition.digit_likeness[row])
            known[pieces] = Whole(image, recognition.probabilities[row], likeness)
    return [
        [
            Group(each, old.image, old.probabilities, old.likeness)
            for each in candidates
            for old in [known[line.pieces[each.first : each.last]]]
        ]
        for line, candidates in lines
    ]


def _may_be_touching(group: Group) -> bool:
    width = group.candidate.width
    return width > ALWAYS_CUT_WIDTH or (width > CUT_WIDTH and group.likeness < CUT_BELOW)


def _readings(line: Line, groups: list[Group]) -> list[_Reading]:
    """Return the likeliest readings of a line, the best first, weighed by the log of their probability.

    A path's probability is its weight over that of all paths; a number's is the sum over its paths of the
    path's probability times its digits'.
    """
    signs = dict(line.signs)
    length = len(line.pieces)
    total = [0.0] + [-math.inf] * length
    beams: list[dict[str, _Reading]] = [{"": _Reading(0.0)}, *({} for _ in range(length))]
    for place in range(length):
        kept = sorted(beams[place].values(), key=lambda reading: -reading.weight)[:BEAM]
        steps = [group for group in groups if group.candidate.first == place]
        for group in steps:
            end = group.candidate.last
            total[end] = np.logaddexp(total[end], total[place] + group.weight)
            for digit in np.argsort(-group.probabilities, kind="stable")[:BEST]:
                weight = group.weight + math.log(max(float(group.probabilities[digit]), SMALLEST))
                _extend(beams[end], kept, weight, signs.get(place, "") + str(digit), (group,))
        if length > 1:
            total[place + 1] = np.logaddexp(total[place + 1], total[place] + LEFT_OUT)
            _extend(beams[place + 1], kept, LEFT_OUT, signs.get(place, ""), ())
    readings = sorted(beams[length].values(), key=lambda reading: -reading.weight)[:BEST]
    return [replace(each, weight=float(each.weight - total[length])) for each in readings]


def _extend(
    beam: dict[str, _Reading], kept: Sequence[_Reading], weight: float, text: str, digits: tuple[Group, ...]
) -> None:
    """Add to a beam every reading kept, grown by a digit; readings of one text become one."""
    for reading in kept:
        grown = _Reading(reading.weight + weight, reading.text + text, reading.digits + digits)
        other = beam.get(grown.text)
        if other:
            likelier = max(grown, other, key=lambda each: each.weight)
            grown = replace(likelier, weight=float(np.logaddexp(grown.weight, other.weight)))
        beam[grown.text] = grown
