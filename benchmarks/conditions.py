"""Eight ways of using the pad: pen strokes drawn as the Sketchpad would hand them over."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from model.strokes import Strokes, draw_ink, fit_unit_box

__all__ = ["CONDITIONS", "Condition", "sketchpad_value"]


@dataclass(frozen=True)
class Condition:
    """One way of using the pad.

    Attributes:
        name: as the table has it.
        canvas_px: width and height of the pad.
        digit_px: longest side of the digit, smallest and largest.
        brush_px: width of the brush.
        centred: in the middle, or anywhere.
        black: black ink, or any colour and opacity.
    """

    name: str
    canvas_px: tuple[int, int] = (800, 800)
    digit_px: tuple[int, int] = (400, 560)
    brush_px: int = 32
    centred: bool = True
    black: bool = True


CONDITIONS = (
    Condition("fills the pad", digit_px=(620, 740)),
    Condition("small", digit_px=(80, 140), brush_px=10),
    Condition("off-centre", digit_px=(200, 320), brush_px=20, centred=False),
    Condition("thin brush", brush_px=6),
    Condition("thick brush", brush_px=84),
    Condition("phone-shaped canvas", canvas_px=(360, 640), digit_px=(200, 320), brush_px=18, centred=False),
    Condition("wide canvas", canvas_px=(1200, 400), digit_px=(200, 340), brush_px=20, centred=False),
    Condition("another colour", black=False),
)


def sketchpad_value(strokes: Strokes, condition: Condition, rng: np.random.Generator) -> dict[str, Any]:
    """Return Gradio's EditorValue of a character drawn under a condition."""
    width, height = condition.canvas_px
    side = rng.uniform(*condition.digit_px)
    ink = draw_ink(fit_unit_box(strokes), side, condition.brush_px)[:height, :width]
    room = np.array([height - ink.shape[0], width - ink.shape[1]])
    top, left = room // 2 if condition.centred else rng.integers(0, room + 1)
    layer = np.zeros((height, width, 4), np.uint8)
    opacity = 1.0
    if not condition.black:
        layer[..., :3] = rng.integers(0, 256, 3)
        opacity = rng.uniform(0.4, 1.0)
    layer[top : top + ink.shape[0], left : left + ink.shape[1], 3] = np.rint(255 * opacity * ink)
    return {"background": None, "layers": [layer], "composite": layer}
