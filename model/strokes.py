"""Digits as strokes of a pen: read them, deform them as hands do, draw them as brushes do.

A stroke is a float32 array (n, 2) of points, x to the right and y down; a character is a list of strokes.
"""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from PIL import Image, ImageDraw
from scipy.interpolate import CubicSpline

from model.dataset import DatasetError

__all__ = ["PenDigit", "Strokes", "deform", "draw_ink", "fit_unit_box", "load_pen_digits", "smooth"]

Strokes = list[np.ndarray]

SMOOTH_POINTS = 40  # a curve through control points is drawn with this many
OVERSAMPLING = 3  # of the drawing, for soft edges as a browser draws them
WARP_WAVES = 2  # half-waves of the smooth distortion across a digit


@dataclass(frozen=True)
class PenDigit:
    """One digit that somebody wrote: its strokes, what it is (0..9), and who wrote it."""

    strokes: Strokes
    label: int
    writer: str


def load_pen_digits(path: Path) -> list[PenDigit]:
    """Read an ``.npz`` file with ``points``, ``stroke_ends``, ``digit_ends``, ``labels`` and ``writers``.

    Raises:
        DatasetError: the file is missing, broken, or lacks an array.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            strokes = np.split(file["points"].astype(np.float32), file["stroke_ends"][:-1])
            starts = np.concatenate([[0], file["digit_ends"][:-1]])
            spans = list(zip(starts.tolist(), file["digit_ends"].tolist(), strict=True))
            labels, writers = file["labels"].tolist(), file["writers"].tolist()
    except (OSError, KeyError, ValueError, EOFError, BadZipFile) as exc:
        raise DatasetError(f"Received {path}: {exc}. Expected an .npz file of pen strokes.") from exc
    return [
        PenDigit(strokes[start:end], label, writer)
        for (start, end), label, writer in zip(spans, labels, writers, strict=True)
    ]


def fit_unit_box(strokes: Strokes) -> Strokes:
    """Move and scale the strokes so that the longest side of their box is 0..1, shape kept, centred."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    size = max(float((high - low).max()), 1e-6)
    return [(stroke - (low + high) / 2) / size + 0.5 for stroke in strokes]


def smooth(controls: np.ndarray) -> np.ndarray:
    """Return a curve (SMOOTH_POINTS, 2) through control points (n, 2); two points stay a straight line."""
    if len(controls) < 3:
        return controls.astype(np.float32)
    steps = np.linalg.norm(np.diff(controls, axis=0), axis=1) + 1e-3
    at = np.concatenate([[0], np.cumsum(steps)])
    curve = CubicSpline(at, controls, bc_type="natural")(np.linspace(0, at[-1], SMOOTH_POINTS))
    return curve.astype(np.float32)


def deform(strokes: Strokes, rng: np.random.Generator, strength: float = 1.0) -> Strokes:
    """Write the same character with another hand: slant, turn, stretch, warp and tremble.

    Args:
        strokes: a character in the unit box.
        rng: where chance comes from.
        strength: 0 none, 1 as much as still reads for certain.
    """
    turn = rng.normal(0, 0.11) * strength
    slant = rng.normal(0, 0.18) * strength
    stretch = np.exp(rng.normal(0, 0.14) * strength)
    rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shape = rotate @ np.array([[1.0, -slant], [0.0, 1.0]]) @ np.diag([stretch, 1 / stretch])
    phases = rng.uniform(0, 2 * np.pi, (2, 2))
    waves = rng.uniform(0.5, WARP_WAVES, (2, 2)) * np.pi
    heights = rng.normal(0, 0.028, (2, 2)) * strength
    tremble = abs(rng.normal(0, 0.006)) * strength
    deformed = []
    for stroke in strokes:
        offset = rng.normal(0, 0.012 * strength, 2)
        points = (stroke - 0.5) @ shape.T
        for axis in range(2):
            for other in range(2):
                points[:, axis] += heights[axis, other] * np.sin(
                    waves[axis, other] * points[:, other] * 2 + phases[axis, other]
                )
        deformed.append((points + 0.5 + offset + rng.normal(0, tremble, points.shape)).astype(np.float32))
    return fit_unit_box(deformed)


def draw_ink(strokes: Strokes, side_px: float, width_px: float) -> np.ndarray:
    """Draw a character of the unit box with a round brush.

    Args:
        strokes: a character in the unit box.
        side_px: the length of the box's side.
        width_px: of the brush.

    Returns:
        float32 (h, w) in 0..1, as large as the drawing with its brush.
    """
    margin = width_px / 2 + 1
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = np.ceil((high - low) * side_px + 2 * margin).astype(int)
    image = Image.new("L", (int(width) * OVERSAMPLING, int(height) * OVERSAMPLING))
    pen = ImageDraw.Draw(image)
    radius = width_px * OVERSAMPLING / 2
    for stroke in strokes:
        path = ((stroke - low) * side_px + margin) * OVERSAMPLING
        pen.line(path.ravel().tolist(), fill=255, width=max(1, round(2 * radius)))
        for x, y in path.tolist():
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.reduce(OVERSAMPLING), np.float32) / 255
