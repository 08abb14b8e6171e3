"""From ink to a picture made as MNIST's own were.

MNIST's authors scaled each digit to a box of 20x20 pixels, keeping its shape, and moved its centre of mass
to the middle of 28x28 (LeCun et al. 1998, Proc. IEEE 86(11), section III.A). Their writers all had much the
same pen; people on a pad do not, so the stroke is first brought to one width.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from preprocessing.errors import BlankDrawing

__all__ = ["DIGIT_BOX_PX", "IMAGE_SIDE_PX", "DigitSteps", "normalise"]

IMAGE_SIDE_PX = 28
DIGIT_BOX_PX = 20.0
CENTRE_PX = IMAGE_SIDE_PX / 2 + 0.5  # MNIST's centres of mass lie in pixel 14, whose middle is 14.5
STROKE_WIDTH_PX = 2.75  # in the box of 20: the width of MNIST's own strokes
WORK_SIDE_PX = 160  # eight work pixels to one of the box: fine enough for a smooth edge
INK_THRESHOLD = 0.5  # of the strongest ink, so that a faint brush counts as well
MAX_SPECK_WIDTHS = 1.8  # a dot is at most this many stroke widths long
MAX_SPECK_SHARE = 0.12  # specks are few: more ink than this in dots is a dotted line
SPECK_GAP_WIDTHS = 2.0  # ink nearer than this to the rest belongs to it
MIN_CORE_PX = 0.2  # of the box: a dot has no length, and must not be magnified without end


@dataclass(frozen=True)
class DigitSteps:
    """The pictures on the way from ink to what the model reads; float32, 0 paper to 1 ink.

    Attributes:
        ink: what was drawn, (H, W).
        cropped: the ink alone, without specks and empty margin.
        widened: the same with strokes of one width.
        boxed: the digit in a box of 20 pixels, shape kept.
        centred: (28, 28), the centre of mass in the middle; this is what the model reads.
    """

    ink: np.ndarray
    cropped: np.ndarray
    widened: np.ndarray
    boxed: np.ndarray
    centred: np.ndarray


def normalise(ink: np.ndarray) -> DigitSteps:
    """Bring one digit's ink to MNIST's form.

    Args:
        ink: float32 (H, W) in 0..1.

    Returns:
        Every step; ``.centred`` is the float32 (28, 28) picture.

    Raises:
        BlankDrawing: no ink.
    """
    cropped = _without_specks(_cropped(ink))
    widened, box_scale = _one_width(cropped)
    return DigitSteps(ink, cropped, widened, _boxed(widened), _centred(widened, box_scale))


def _cropped(ink: np.ndarray) -> np.ndarray:
    """Cut the ink's bounding box out and bring its longest side to WORK_SIDE_PX, strongest ink to 1."""
    strongest = ink.max(initial=0.0)
    if strongest <= 0:
        raise BlankDrawing(
            "Received a picture without ink; expected at least one stroke. Draw a digit first."
        )
    box = ink[_extent(ink > INK_THRESHOLD * strongest)]
    scale = WORK_SIDE_PX / max(box.shape)
    size = (max(1, round(box.shape[1] * scale)), max(1, round(box.shape[0] * scale)))
    resampling = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(box).resize(size, resampling, reducing_gap=2.0)) / strongest


def _extent(mask: np.ndarray) -> tuple[slice, slice]:
    rows = np.flatnonzero(mask.any(axis=1))
    columns = np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _without_specks(ink: np.ndarray) -> np.ndarray:
    """Wipe out stray dots that lie apart from the digit, and crop again where that freed a margin."""
    mask = ink > INK_THRESHOLD
    labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
    if count < 2:
        return ink
    areas = np.bincount(labels.ravel())[1:]
    width = _stroke_width(mask)
    lengths = np.array([max(s.stop - s.start for s in box) for box in ndimage.find_objects(labels)])
    small = (lengths <= MAX_SPECK_WIDTHS * width) & (areas < areas.max())
    if not small.any() or areas[small].sum() > MAX_SPECK_SHARE * areas.sum():
        return ink
    distance = ndimage.distance_transform_edt(~np.isin(labels, np.flatnonzero(~small) + 1))
    gaps = ndimage.minimum(distance, labels, np.arange(1, count + 1))
    specks = np.flatnonzero(small & (gaps > SPECK_GAP_WIDTHS * width)) + 1
    if not specks.size:
        return ink
    kept = np.where(np.isin(labels, specks) | ((labels == 0) & (distance > width)), 0, ink)
    return _cropped(kept.astype(np.float32))


def _stroke_width(mask: np.ndarray) -> float:
    """Estimate the width of the strokes, in pixels.

    Across a stroke of half-width r the distance to its edge is spread evenly over 0..r: its mean is r / 2.
    """
    inside = ndimage.distance_transform_edt(np.pad(mask, 1))
    return 4.0 * float(inside[inside > 0].mean())


def _one_width(ink: np.ndarray) -> tuple[np.ndarray, float]:
    """Widen or thin the strokes to STROKE_WIDTH_PX of the box.

    Returns:
        The picture with a margin, and its scale in pixels to one of the box. The scale is set by the
        stroke's middle line, whose extent is the box less one stroke width.
    """
    mask = ink > INK_THRESHOLD
    width = _stroke_width(mask)
    core = max(max(mask.shape) - width, MIN_CORE_PX)
    scale = max(core / (DIGIT_BOX_PX - STROKE_WIDTH_PX), max(mask.shape) / DIGIT_BOX_PX / 2)
    grow = (STROKE_WIDTH_PX * scale - width) / 2
    padded = np.pad(mask, int(np.ceil(max(grow, 0))) + 2)
    signed = ndimage.distance_transform_edt(padded)
    signed -= ndimage.distance_transform_edt(~padded)
    signed -= np.sign(signed) * 0.5  # distances are to the next pixel's middle, the edge lies half-way
    grow = max(grow, 1 - signed.max())  # thinning never wipes out the last of the ink
    return np.clip(signed + grow + 0.5, 0, 1).astype(np.float32), scale


def _boxed(widened: np.ndarray) -> np.ndarray:
    digit = widened[_extent(widened > INK_THRESHOLD)]
    scale = DIGIT_BOX_PX / max(digit.shape)
    size = (max(1, round(digit.shape[1] * scale)), max(1, round(digit.shape[0] * scale)))
    return np.asarray(Image.fromarray(digit).resize(size, Image.Resampling.BOX))


def _centred(widened: np.ndarray, scale: float) -> np.ndarray:
    """Sample 28x28 pixels, ``scale`` wide each, with the centre of mass in the middle of pixel 14."""
    side = IMAGE_SIDE_PX * scale
    margin = int(np.ceil(side))
    total = widened.sum()
    row = widened.sum(axis=1) @ (np.arange(widened.shape[0]) + 0.5) / total
    column = widened.sum(axis=0) @ (np.arange(widened.shape[1]) + 0.5) / total
    left = column - CENTRE_PX * scale + margin
    top = row - CENTRE_PX * scale + margin
    image = Image.fromarray(np.pad(widened, margin))
    size = (IMAGE_SIDE_PX, IMAGE_SIDE_PX)
    small = image.resize(size, Image.Resampling.BOX, box=(left, top, left + side, top + side))
    return np.clip(np.asarray(small, np.float32), 0, 1)
