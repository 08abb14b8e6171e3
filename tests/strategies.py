"""Drawings for tests, made with Pillow, and Hypothesis strategies over them."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from PIL import Image, ImageDraw

PAD_PX = 600
OVERSAMPLING = 4  # for soft edges, as a browser draws them
Strokes = list[list[tuple[float, float]]]  # points (x, y) in the unit box, y down


def _arc(x: float, y: float, width: float, height: float, start: float, end: float) -> list:
    """Points of an ellipse around (x, y), in degrees clockwise from the right."""
    angles = np.radians(np.linspace(start, end, 40))
    return [(x + width / 2 * np.cos(a), y + height / 2 * np.sin(a)) for a in angles]


DIGITS: dict[int, Strokes] = {
    0: [_arc(0.5, 0.5, 0.6, 1.0, 0, 360)],
    1: [[(0.3, 0.2), (0.5, 0.0), (0.5, 1.0)]],
    2: [[*_arc(0.5, 0.28, 0.56, 0.56, 190, 395), (0.2, 1.0), (0.82, 1.0)]],
    3: [_arc(0.45, 0.26, 0.5, 0.52, 200, 445) + _arc(0.45, 0.75, 0.6, 0.5, 275, 515)],
    4: [[(0.6, 1.0), (0.6, 0.0), (0.15, 0.66), (0.85, 0.66)]],
    5: [[(0.78, 0.0), (0.28, 0.0), (0.24, 0.45), *_arc(0.45, 0.7, 0.62, 0.6, 235, 515)]],
    6: [[(0.66, 0.0), (0.4, 0.25), (0.24, 0.6), *_arc(0.5, 0.73, 0.54, 0.54, 180, 540)]],
    7: [[(0.2, 0.0), (0.8, 0.0), (0.4, 1.0)]],
    8: [_arc(0.5, 0.24, 0.46, 0.48, 90, 450) + _arc(0.5, 0.74, 0.56, 0.52, 270, 630)],
    9: [[*_arc(0.5, 0.27, 0.5, 0.54, 0, -360), (0.75, 0.27), (0.68, 1.0)]],
}


def draw(
    strokes: Strokes,
    side: float = 300.0,
    left: float = 150.0,
    top: float = 150.0,
    width: float = 30.0,
    pad: int = PAD_PX,
) -> np.ndarray:
    """Return alpha uint8 (pad, pad): strokes in a box of ``side`` pixels, drawn with a round brush."""
    image = Image.new("L", (pad * OVERSAMPLING, pad * OVERSAMPLING))
    pen = ImageDraw.Draw(image)
    radius = width * OVERSAMPLING / 2
    for stroke in strokes:
        points = [((left + x * side) * OVERSAMPLING, (top + y * side) * OVERSAMPLING) for x, y in stroke]
        pen.line(points, fill=255, width=round(2 * radius))
        for x, y in points:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.reduce(OVERSAMPLING))


def layer(alpha: np.ndarray, colour: tuple[int, int, int] = (0, 0, 0)) -> np.ndarray:
    """Return a layer as the Sketchpad gives it: RGBA, transparent where nothing is drawn."""
    return np.dstack([np.full(alpha.shape, c, np.uint8) for c in colour] + [alpha])


def editor_value(*layers: Any, composite: Any = None, background: Any = None) -> dict[str, Any]:
    """Return Gradio's EditorValue."""
    return {"background": background, "layers": list(layers), "composite": composite}


def grey_photo(alpha: np.ndarray, paper: float = 235, ink: float = 40) -> np.ndarray:
    """Return a grey photo uint8 of ink on paper."""
    share = alpha / 255
    return np.rint(paper * (1 - share) + ink * share).astype(np.uint8)


colours = st.tuples(*[st.integers(0, 255)] * 3)
digits = st.sampled_from(sorted(DIGITS))
