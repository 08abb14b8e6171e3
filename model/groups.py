"""Groups of pieces that may be a digit, recognised, and what speaks for each being exactly one.

All groups are recognised in one batch; touching digits, which read as no digit, are cut and recognised in a
second one.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from model.recogniser import Recognition
from preprocessing.normalise import normalise
from preprocessing.segments import Candidate, Segments, segment

__all__ = ["DigitRecogniser", "Group", "Whole", "recognised"]

CUT_BELOW = 0.9  # likeness: a piece below it may be touching digits
CUT_WIDTH = 0.4  # of the line's height: what is narrower holds one digit at most
ALWAYS_CUT_WIDTH = 1.4  # hardly a digit is wider
EVERYTHING: tuple[int, ...] = ()  # stands for all pieces where groups are known by their pieces
HOPELESS = -5.0  # what speaks against a group by its shape alone; no picture makes up for less
LOGIT_LIMIT = 7.0  # beyond this the recogniser's likeness knows no more

# What speaks for a group being exactly one digit: the weights of a semi-Markov conditional random field
# (Sarawagi and Cohen 2004, NIPS 17), fitted on composed numbers by writers that the recogniser had not seen.
WEIGHTS = {
    "bias": -4.06,
    "likeness": 0.61,
    "confidence": 3.18,
    "low": -10.92,
    "wide": -5.44,
    "joints": -1.41,
    "cut": -1.1,
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
        return {
            "bias": 1.0,
            "likeness": max(-LOGIT_LIMIT, min(LOGIT_LIMIT, math.log(likeness / (1 - likeness)))),
            "confidence": math.log(float(self.probabilities.max())),
        } | _shape(self.candidate)

    @property
    def weight(self) -> float:
        """Return the logarithm of what this group adds to the weight of a path."""
        return _weighed(self.features)


def _shape(candidate: Candidate) -> dict[str, float]:
    """Return the features that need no recogniser."""
    return {
        "low": max(0.0, 0.9 - candidate.height),
        "wide": max(0.0, candidate.width - 0.7),
        "joints": float(len(candidate.joints)),
        "cut": candidate.cut,
    }


def _weighed(features: dict[str, float]) -> float:
    return sum(WEIGHTS[name] * value for name, value in features.items())


def _may_be_a_digit(candidate: Candidate) -> bool:
    """Return whether it is worth a look: not where its shape is hopeless, and it was cut out of a piece."""
    return not candidate.cut or _weighed(_shape(candidate)) >= HOPELESS


def recognised(
    ink: np.ndarray, recogniser: DigitRecogniser, whole: Whole | None = None
) -> tuple[Segments, list[list[Group]], Whole]:
    """Return the pieces of the ink, touching digits cut; each line's groups; and all the ink as one digit.

    Args:
        ink: float32 (H, W) in 0..1.
        recogniser: the model.
        whole: all the ink read as one digit, where that is known already.

    Raises:
        BlankDrawing: no ink.
    """
    segments = segment(ink)
    if segments.is_one_piece and not whole:
        whole = Whole.read(ink, recogniser)
    known: dict[tuple[int, ...], Whole] = {EVERYTHING: whole} if whole else {}
    if segments.is_one_piece and whole:
        known[segments.lines[0].pieces] = whole
    groups = _groups(segments, ink, recogniser, known)
    touching = {
        line.pieces[group.candidate.first]
        for line, found in zip(segments.lines, groups, strict=True)
        for group in found
        if group.candidate.last == group.candidate.first + 1 and _may_be_touching(group)
    }
    if touching:
        segments = segments.cut(touching)
        known = {pieces: group for pieces, group in known.items() if not touching & set(pieces)}
        groups = _groups(segments, ink, recogniser, known)
    return segments, groups, known[EVERYTHING]


def _groups(
    segments: Segments, ink: np.ndarray, recogniser: DigitRecogniser, known: dict[tuple[int, ...], Whole]
) -> list[list[Group]]:
    """Recognise all candidates, and all the ink, where they are not known yet, in one batch."""
    lines = [
        (line, [each for each in candidates if _may_be_a_digit(each)])
        for line, candidates in zip(segments.lines, segments.candidates(), strict=True)
    ]
    new = [] if EVERYTHING in known else [(EVERYTHING, normalise(ink).centred)]
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
