"""The likeliest ways through the pieces of a line, and what they read."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.groups import Group
from preprocessing.lines import Line

__all__ = ["BEST", "Reading", "combined", "readings"]

BEST = 3  # numbers named
BEAM = 12  # numbers followed from left to right
LEFT_OUT = -8.0  # log weight of a piece that belongs to no digit
SMALLEST = 1e-9  # probability whose logarithm is taken


@dataclass(frozen=True)
class Reading:
    """One way to read a line, or the beginning of one: log weight, text, and the digits."""

    weight: float
    text: str = ""
    digits: tuple[Group, ...] = ()


def readings(line: Line, groups: list[Group]) -> list[Reading]:
    """Return the likeliest readings of a line, the best first, weighed by the log of their probability.

    A path's probability is its weight over that of all paths; a number's is the sum over its paths of the
    path's probability times its digits'.
    """
    signs = dict(line.signs)
    length = len(line.pieces)
    total = [0.0] + [-math.inf] * length
    beams: list[dict[str, Reading]] = [{"": Reading(0.0)}, *({} for _ in range(length))]
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
    beam: dict[str, Reading], kept: Sequence[Reading], weight: float, text: str, digits: tuple[Group, ...]
) -> None:
    """Add to a beam every reading kept, grown by a digit; readings of one text become one."""
    for reading in kept:
        grown = Reading(reading.weight + weight, reading.text + text, reading.digits + digits)
        other = beam.get(grown.text)
        if other:
            likelier = max(grown, other, key=lambda each: each.weight)
            grown = replace(likelier, weight=float(np.logaddexp(grown.weight, other.weight)))
        beam[grown.text] = grown


def combined(lines: Iterable[Sequence[Reading]]) -> list[Reading]:
    """Return the likeliest readings of all lines together, the best first."""
    best = [Reading(0.0)]
    for number, line in enumerate(lines):
        both = [
            Reading(
                before.weight + after.weight,
                f"{before.text}\n{after.text}" if number else after.text,
                before.digits + after.digits,
            )
            for before in best
            for after in line
        ]
        best = sorted(both, key=lambda reading: -reading.weight)[:BEST]
    return best
