"""Habits of writing that MNIST's writers did not have, made by hand.

People around the world slash their zeros, cross their sevens, give a one a long flag or a bar to stand on,
leave fours, sixes and eights open. Here each habit is a character of control points, and the frequent ones
are also added to digits that somebody wrote.
"""

import json
from pathlib import Path

import numpy as np

from model.strokes import Strokes, fit_unit_box, smooth

__all__ = ["HABITS", "SHAPES", "add_habit", "write_digit"]

CONTROL_JITTER = 0.03  # of the unit box: how far each control point strays
HABIT_SHARE = {0: 0.3, 1: 0.35, 7: 0.4}  # of a written digit: how often a habit is added

# Digit -> ways of writing it -> strokes -> control points [x, y] in the unit box, y down. A stroke of
# straight parts is given as several strokes of two points.
_FILE = Path(__file__).with_name("characters.json")
_CHARACTERS = json.loads(_FILE.read_text(encoding="utf-8"))
Ways = list[list[list[list[float]]]]
HABITS: dict[int, Ways] = {int(digit): ways for digit, ways in _CHARACTERS["digits"].items()}
SHAPES: dict[str, list[list[list[float]]]] = _CHARACTERS["shapes"]


def write_digit(label: int, rng: np.random.Generator) -> Strokes:
    """Write a digit by a habit chosen at random, in the unit box."""
    way = HABITS[label][rng.integers(len(HABITS[label]))]
    shifted: dict[tuple[float, ...], np.ndarray] = {}  # shared points stay joined
    strokes = []
    for stroke in way:
        for point in map(tuple, stroke):
            if point not in shifted:
                shifted[point] = point + rng.normal(0, CONTROL_JITTER, 2)
        strokes.append(smooth(np.array([shifted[tuple(point)] for point in stroke])))
    return fit_unit_box(strokes)


def add_habit(strokes: Strokes, label: int, rng: np.random.Generator) -> Strokes:
    """Now and then slash a zero, cross a seven, or set a one on a bar or give it a flag."""
    if rng.random() >= HABIT_SHARE.get(label, 0.0):
        return strokes
    return fit_unit_box(strokes + _extra(np.concatenate(strokes), label, rng))


def _extra(points: np.ndarray, label: int, rng: np.random.Generator) -> Strokes:
    low, high = points.min(axis=0), points.max(axis=0)
    size, height = high - low, float(high[1] - low[1])
    if label == 0:
        reach = rng.uniform(-0.2, 0.15) * size
        ends = np.array([[low[0] - reach[0], high[1] + reach[1]], [high[0] + reach[0], low[1] - reach[1]]])
        if rng.random() < 0.15:
            ends[:, 0] = ends[::-1, 0]
        return [ends.astype(np.float32)]
    if label == 7:
        at = low[1] + height * rng.uniform(0.4, 0.65)
        middle = points[np.abs(points[:, 1] - at).argmin(), 0]
        reach = height * rng.uniform(0.12, 0.32, 2)
        tilt = height * rng.normal(0, 0.04)
        return [np.array([[middle - reach[0], at + tilt], [middle + reach[1], at - tilt]], np.float32)]
    extras = []
    choice = rng.integers(3)
    if choice != 1:  # a bar to stand on
        foot = points[points[:, 1].argmax()]
        reach = height * rng.uniform(0.12, 0.4, 2)
        extras.append(foot + np.array([[-reach[0], 0], [reach[1], 0]], np.float32))
    if choice != 0:  # a flag
        head = points[points[:, 1].argmin()]
        flag = height * rng.uniform([0.15, 0.12], [0.45, 0.6])
        extras.append(head + np.array([[0, 0], [-flag[0], flag[1]]], np.float32))
    return extras
