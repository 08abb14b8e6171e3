"""From ink to a picture made as MNIST's own were.

MNIST's authors scaled each digit to a box of 20x20 pixels, keeping its shape, and moved its centre of mass
to the middle of 28x28 (LeCun et al. 1998, Proc. IEEE 86(11), section III.A). Their writers all had much the
same pen; people on a pad do not, so the stroke is first brought to one width.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from preprocessing.cleaning import INK_THRESHOLD, clean, extent, stroke_width

__all__ = ["DIGIT_BOX_PX", "IMAGE_SIDE_PX", "DigitSteps", "normalise"]

IMAGE_SIDE_PX = 28
DIGIT_BOX_PX = 20.0
CENTRE_PX = IMAGE_SIDE_PX / 2 + 0.5  # MNIST's centres of mass lie in pixel 14, whose middle is 14.5
STROKE_WIDTH_PX = 2.75  # in the box of 20: the width of MNIST's own strokes
SLANT_TAKEN_BACK = 0.6  # of the slant: all of it would lose what tells a 7 from a 1
MAX_SLANT = 0.8  # columns a row; a line leaning more is no upright stroke
MIN_HEIGHT_PX = 6  # standard deviation of rows; a flat line has no slant
MIN_CORE_PX = 0.2  # of the box: a dot has no length, and must not be magnified without end


@dataclass(frozen=True)
class DigitSteps:
    """The pictures on the way from ink to what the model reads; float32, 0 paper to 1 ink.

    Attributes:
        ink: what was drawn, (H, W).
        cropped: the ink alone, without specks and empty margin.
        upright: the same, its slant partly taken back.
        widened: the same with strokes of one width.
        boxed: the digit in a box of 20 pixels, shape kept.
        centred: (28, 28), the centre of mass in the middle; this is what the model reads.
    """

    ink: np.ndarray
    cropped: np.ndarray
    upright: np.ndarray
    widened: np.ndarray
    centred: np.ndarray

    @property
    def boxed(self) -> np.ndarray:
        """Return the digit in the box."""
        digit = self.widened[extent(self.widened > INK_THRESHOLD)]
        scale = DIGIT_BOX_PX / max(digit.shape)
        size = (max(1, round(digit.shape[1] * scale)), max(1, round(digit.shape[0] * scale)))
        return np.asarray(Image.fromarray(digit).resize(size, Image.Resampling.BOX))


def normalise(ink: np.ndarray) -> DigitSteps:
    """Bring one digit's ink to MNIST's form.

    Args:
        ink: float32 (H, W) in 0..1.

    Returns:
        Every step; ``.centred`` is the float32 (28, 28) picture.

    Raises:
        BlankDrawing: no ink.
    """
    cropped = clean(ink)
    upright = _upright(cropped)
    widened, box_scale = _one_width(upright)
    return DigitSteps(ink, cropped, upright, widened, _centred(widened, box_scale))


def _upright(ink: np.ndarray) -> np.ndarray:
    """Shear the rows so that SLANT_TAKEN_BACK of the slant is gone, and crop again.

    The slant is read from the moments of the ink, as for the deslanted digits of LeCun et al. 1998.
    """
    rows, columns = (np.arange(side, dtype=np.float32) for side in ink.shape)
    total = ink.sum()
    rows -= ink.sum(axis=1) @ rows / total
    columns -= ink.sum(axis=0) @ columns / total
    drift = rows @ ink @ columns / max(rows**2 @ ink.sum(axis=1), MIN_HEIGHT_PX**2 * total)
    shear = SLANT_TAKEN_BACK * float(np.clip(drift, -MAX_SLANT, MAX_SLANT))
    if not shear:
        return ink
    reach = int(np.ceil(abs(shear) * len(ink) / 2)) + 1
    padded = np.pad(ink, ((0, 0), (reach, reach)))
    size = (padded.shape[1], padded.shape[0])
    matrix = (1.0, shear, -shear * len(ink) / 2, 0.0, 1.0, 0.0)
    sheared = np.asarray(
        Image.fromarray(padded).transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    )
    mask = sheared > INK_THRESHOLD
    return sheared[extent(mask)] if mask.any() else ink


def _one_width(ink: np.ndarray) -> tuple[np.ndarray, float]:
    """Widen or thin the strokes to STROKE_WIDTH_PX of the box.

    Returns:
        The picture with a margin, and its scale in pixels to one of the box. The scale is set by the
        stroke's middle line, whose extent is the box less one stroke width.
    """
    mask = ink > INK_THRESHOLD
    inside = ndimage.distance_transform_edt(np.pad(mask, 1))
    width = stroke_width(inside)
    longest = max(ink.shape)
    core = max(longest - width, MIN_CORE_PX)
    scale = max(core / (DIGIT_BOX_PX - STROKE_WIDTH_PX), longest / DIGIT_BOX_PX / 2)
    # Distances are to the next pixel's middle, the edge lies half-way; thinning leaves the last of the ink.
    grow = max((STROKE_WIDTH_PX * scale - width) / 2, 1.5 - inside.max())
    if grow > 0:
        widened = 1 + grow - ndimage.distance_transform_edt(~np.pad(mask, int(grow) + 2))
    else:
        widened = inside + grow
    return np.clip(widened, 0, 1).astype(np.float32), scale


def _centred(widened: np.ndarray, scale: float) -> np.ndarray:
    """Sample 28x28 pixels, ``scale`` wide each, with the centre of mass in the middle of pixel 14."""
    side = IMAGE_SIDE_PX * scale
    height, width = widened.shape
    total = widened.sum()
    left = widened.sum(axis=0) @ (np.arange(width) + 0.5) / total - CENTRE_PX * scale
    top = widened.sum(axis=1) @ (np.arange(height) + 0.5) / total - CENTRE_PX * scale
    margin = max(0, int(np.ceil(max(-left, -top, left + side - width, top + side - height))))
    left, top = left + margin, top + margin
    image = Image.fromarray(np.pad(widened, margin))
    size = (IMAGE_SIDE_PX, IMAGE_SIDE_PX)
    small = image.resize(size, Image.Resampling.BOX, box=(left, top, left + side, top + side))
    return np.clip(np.asarray(small, np.float32), 0, 1)
