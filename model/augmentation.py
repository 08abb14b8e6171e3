"""Pictures of digits as other hands would have written them: affine, elastic, width of stroke.

Elastic deformation after Simard, Steinkraus and Platt 2003 (ICDAR), here as cubic waves through a coarse grid
of random displacements, which costs two small matrix products a picture.
"""

from functools import cache

import numpy as np
from scipy.interpolate import CubicSpline

from model.resampling import finer
from preprocessing.normalise import IMAGE_SIDE_PX, STROKE_WIDTH_PX

__all__ = ["augment", "draw_habits"]

GRID = 5  # points a side of the coarse grid of displacements
ZOOM = 2  # pictures are sampled from a finer copy, so that bilinear sampling blurs little
TURN = np.deg2rad(10)  # standard deviations of the affine part
SHEAR = 0.16
SCALE = 0.09
SHIFT_PX = 0.8
ELASTIC_PX = 1.15
MAX_WIDTH_CHANGE = 0.7  # of the way to a pixel wider or thinner
MAX_SPREAD = 1.5  # each picture takes 0 to this times the strength: mild ones are as needed as wild ones
GAIN = (1.0, 2.1)  # sampling softens edges; contrast around half ink brings them back
HABIT_SHARE = {0: 0.15, 1: 0.15, 7: 0.2}  # of MNIST's own digits that get a slash, a bar or a cross
ALL, FIRST, LAST = slice(None), slice(None, -1), slice(1, None)
NEIGHBOURS = (
    ((ALL, FIRST), (ALL, LAST)),
    ((ALL, LAST), (ALL, FIRST)),
    ((ALL, ALL, FIRST), (ALL, ALL, LAST)),
    ((ALL, ALL, LAST), (ALL, ALL, FIRST)),
)  # a picture's slices and those of the pixel below, above, right and left of it
CHUNK = 1024  # pictures at a time, to bound memory


def augment(images: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Return each picture deformed at random.

    Args:
        images: uint8 (n, 28, 28), 255 is ink.
        rng: where chance comes from.
        strength: 1 for pictures of a few hundred writers, less for what already varies.

    Returns:
        uint8 (n, 28, 28).
    """
    parts = [
        _augment_chunk(images[start : start + CHUNK], rng, strength) for start in range(0, len(images), CHUNK)
    ]
    return np.concatenate(parts) if parts else images.copy()


def _augment_chunk(images: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    spread = (strength * rng.uniform(0, MAX_SPREAD, len(images))).astype(np.float32)
    rows, columns = _source_points(rng, spread)
    moved = _sample(images, (rows + 0.5) * ZOOM - 0.5, (columns + 0.5) * ZOOM - 0.5)
    changed = _change_width(moved, rng, spread)
    gain = rng.uniform(*GAIN, (len(images), 1, 1)).astype(np.float32)
    return np.clip((changed - 127.5) * gain + 127.5, 0, 255).astype(np.uint8)


def _sample(images: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Sample bilinearly from a copy ZOOM times as fine, at its rows and columns (n, 28, 28)."""
    zoom = finer(ZOOM)
    side = IMAGE_SIDE_PX * ZOOM + 2  # a border of paper
    fine = np.zeros((len(images), side, side), np.float32)
    fine[:, 1:-1, 1:-1] = zoom @ images.astype(np.float32) @ zoom.T
    rows = np.clip(rows + 1, 0, side - 1.001)
    columns = np.clip(columns + 1, 0, side - 1.001)
    row, column = rows.astype(np.int32), columns.astype(np.int32)
    down, right = rows - row, columns - column
    flat = fine.ravel()
    first = (np.arange(len(images), dtype=np.int32) * side * side)[:, None, None] + row * side + column
    upper = flat[first] * (1 - right) + flat[first + 1] * right
    lower = flat[first + side] * (1 - right) + flat[first + side + 1] * right
    return upper * (1 - down) + lower * down


def _source_points(rng: np.random.Generator, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each picture the row and column (n, 28, 28) from which each of its pixels is taken."""
    count = len(spread)
    turn = rng.normal(0, TURN, count) * spread
    shear = rng.normal(0, SHEAR, count) * spread
    scale = np.exp(rng.normal(0, SCALE, (2, count)) * spread)
    shift = rng.normal(0, SHIFT_PX, (2, count)) * spread
    cosine, sine = np.cos(turn), np.sin(turn)
    middle = (IMAGE_SIDE_PX - 1) / 2
    row, column = np.mgrid[:IMAGE_SIDE_PX, :IMAGE_SIDE_PX].astype(np.float32) - middle
    row, column = row[None], column[None]
    a, b, c, d = (
        x[:, None, None] for x in (cosine / scale[0], -sine / scale[0], sine / scale[1], cosine / scale[1])
    )
    new_row = a * row + b * column
    new_column = c * row + d * column + shear[:, None, None] * row
    waves = (
        _basis()
        @ (rng.normal(0, ELASTIC_PX, (2, count, GRID, GRID)).astype(np.float32) * spread[:, None, None])
        @ _basis().T
    )
    rows = new_row + waves[0] + (middle + shift[0])[:, None, None]
    columns = new_column + waves[1] + (middle + shift[1])[:, None, None]
    return rows.astype(np.float32), columns.astype(np.float32)


@cache
def _basis() -> np.ndarray:
    """Return (28, GRID): the cubic spline that leads GRID values to every pixel of a side."""
    basis = CubicSpline(np.linspace(0, IMAGE_SIDE_PX - 1, GRID), np.eye(GRID))(np.arange(IMAGE_SIDE_PX))
    return basis.astype(np.float32)


def _change_width(images: np.ndarray, rng: np.random.Generator, spread: np.ndarray) -> np.ndarray:
    """Blend each picture with its dilation or its erosion."""
    amount = rng.uniform(-MAX_WIDTH_CHANGE, MAX_WIDTH_CHANGE, len(images)).astype(np.float32)
    amount = (amount * spread)[:, None, None]
    wider, thinner = images.copy(), images.copy()
    for to, source in NEIGHBOURS:
        np.maximum(wider[to], images[source], out=wider[to])
        np.minimum(thinner[to], images[source], out=thinner[to])
    return images + np.maximum(amount, 0) * (wider - images) + np.minimum(amount, 0) * (images - thinner)


def draw_habits(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Slash some zeros, cross some sevens, and set some ones on a bar or give them a flag.

    Args:
        images: uint8 (n, 28, 28), as MNIST has them: centred, 20 pixels high or wide.
        labels: (n,) what they are.
        rng: where chance comes from.

    Returns:
        uint8 (n, 28, 28), a copy.
    """
    images = images.copy()
    chosen = rng.random(len(images)) < np.vectorize(lambda label: HABIT_SHARE.get(label, 0.0))(labels)
    for index in np.flatnonzero(chosen):
        for start, end in _habit_lines(images[index] > 127, int(labels[index]), rng):
            line = _line(start, end, STROKE_WIDTH_PX * rng.uniform(0.7, 1.2))
            images[index] = np.maximum(images[index], line)
    return images


def _habit_lines(
    mask: np.ndarray, label: int, rng: np.random.Generator
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return lines from (row, column) to (row, column) that a writer of this habit would add."""
    rows, columns = np.nonzero(mask)
    if not rows.size:
        return []
    top, bottom, left, right = rows.min(), rows.max(), columns.min(), columns.max()
    if label == 0:
        reach = rng.uniform(-3.5, 2.0)
        return [((bottom + reach, left - reach), (top - reach, right + reach))]
    if label == 7:
        row = top + (bottom - top) * rng.uniform(0.42, 0.65)
        middle = columns[np.abs(rows - row).argmin()]
        reach_left, reach_right = rng.uniform(2.0, 5.5, 2)
        tilt = rng.normal(0, 0.8)
        return [((row + tilt, middle - reach_left), (row - tilt, middle + reach_right))]
    lines = []
    if rng.random() < 0.6:
        foot = columns[rows == bottom].mean()
        reach_left, reach_right = rng.uniform(2.0, 6.0, 2)
        lines.append(((float(bottom), foot - reach_left), (float(bottom), foot + reach_right)))
    if not lines or rng.random() < 0.4:
        head = columns[rows == top].mean()
        flag = rng.uniform([3.0, 2.5], [10.0, 8.0])
        lines.append(((float(top), head), (top + flag[0], head - flag[1])))
    return lines


def _line(start: tuple[float, float], end: tuple[float, float], width_px: float) -> np.ndarray:
    """Return a soft-edged line as uint8 (28, 28)."""
    point = np.mgrid[:IMAGE_SIDE_PX, :IMAGE_SIDE_PX].astype(np.float32)
    a, b = np.array(start)[:, None, None], np.array(end)[:, None, None]
    along = ((point - a) * (b - a)).sum(axis=0) / max(((b - a) ** 2).sum(), 1e-6)
    distance = np.linalg.norm(point - a - np.clip(along, 0, 1) * (b - a), axis=0)
    return (255 * np.clip(width_px / 2 + 0.5 - distance, 0, 1)).astype(np.uint8)
