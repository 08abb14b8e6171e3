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
WORK_SIDE_PX = 120  # six work pixels to one of the box: fine enough for a smooth edge
MARGIN_PX = 12  # strokes grow by at most half of STROKE_WIDTH_PX at six pixels each
INK_THRESHOLD = 0.5  # of the strongest ink nearby, so that a faint brush counts as well
FAINT_SHARE = 0.25  # of the strongest ink: what an eraser left behind is fainter, a brush is not
EDGE_REACH_PX = 2  # a stroke's soft edge is narrower than this
THIN_WORK_PX = 2.5  # a stroke thinner than this would fall to pieces when it is scaled down
MAX_SPECK_WIDTHS = 1.8  # a dot is at most this many stroke widths long
MAX_SPECK_SHARE = 0.12  # specks are few: more ink than this in dots is a dotted line
SPECK_GAP_WIDTHS = 2.0  # ink nearer than this to the rest belongs to it
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
    cropped = _without_specks(_cropped(_even(ink)))
    upright = _upright(cropped)
    widened, box_scale = _one_width(upright)
    return DigitSteps(ink, cropped, upright, widened, _boxed(widened), _centred(widened, box_scale))


def _even(ink: np.ndarray) -> np.ndarray:
    """Cut the ink's bounding box out and bring every stroke, faint or strong, to full ink."""
    faintest = FAINT_SHARE * ink.max(initial=0.0)
    if faintest <= 0:
        raise BlankDrawing(
            "Received a picture without ink; expected at least one stroke. Draw a digit first."
        )
    box = ink[_extent(ink > faintest)]
    nearby = _strongest_nearby(box, EDGE_REACH_PX)
    return np.where(nearby > faintest, box / np.maximum(nearby, faintest), 0)


def _strongest_nearby(ink: np.ndarray, reach_px: int) -> np.ndarray:
    """Return the strongest ink within ``reach_px`` to the sides and up and down of each pixel."""
    most = ink.copy()
    for _ in range(reach_px):
        for lines in (most, most.T):
            before = lines.copy(order="K")
            np.maximum(lines[1:], before[:-1], out=lines[1:])
            np.maximum(lines[:-1], before[1:], out=lines[:-1])
    return most


def _cropped(ink: np.ndarray) -> np.ndarray:
    """Cut the ink's bounding box out and bring its longest side to WORK_SIDE_PX."""
    box = _unbroken(ink[_extent(ink > INK_THRESHOLD)])
    scale = WORK_SIDE_PX / max(box.shape)
    size = (max(1, round(box.shape[1] * scale)), max(1, round(box.shape[0] * scale)))
    resampling = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(box).resize(size, resampling, reducing_gap=2.0))


def _unbroken(ink: np.ndarray) -> np.ndarray:
    """Widen strokes that are too thin to survive scaling down to WORK_SIDE_PX."""
    longest = max(ink.shape)
    if longest <= WORK_SIDE_PX or _pen_width(ink > INK_THRESHOLD) * WORK_SIDE_PX / longest >= THIN_WORK_PX:
        return ink
    step = -(-longest // (2 * WORK_SIDE_PX))
    for axis in range(2):
        ink = np.maximum.reduceat(ink, range(0, ink.shape[axis], step), axis)
    return _strongest_nearby(np.pad(ink, 1), 1)


def _pen_width(mask: np.ndarray) -> float:
    """Estimate the width of thin strokes, in pixels: twice the area over the length of the outline.

    Outline lengths are counted along rows and columns, which is 4 / pi too long on average.
    """
    outline = sum(
        np.count_nonzero(np.diff(mask, axis=axis, prepend=False, append=False)) for axis in range(2)
    )
    return 2 * np.count_nonzero(mask) / (outline * np.pi / 4)


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
    width = _stroke_width(ndimage.distance_transform_edt(np.pad(mask, 1)))
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
    reach = int(np.ceil(abs(shear) * len(ink)))
    if not reach:
        return ink
    padded = np.pad(ink, ((0, 0), (reach, reach)))
    size = (padded.shape[1], padded.shape[0])
    matrix = (1.0, shear, -shear * len(ink) / 2, 0.0, 1.0, 0.0)
    sheared = np.asarray(
        Image.fromarray(padded).transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    )
    mask = sheared > INK_THRESHOLD
    return sheared[_extent(mask)] if mask.any() else ink


def _stroke_width(inside: np.ndarray) -> float:
    """Estimate the width of the strokes, in pixels, from the distance of their pixels to the edge.

    Across a stroke of half-width r the distance to its edge is spread evenly over 0..r: its mean is r / 2.
    """
    return 4.0 * float(inside[inside > 0].mean())


def _one_width(ink: np.ndarray) -> tuple[np.ndarray, float]:
    """Widen or thin the strokes to STROKE_WIDTH_PX of the box.

    Returns:
        The picture with a margin, and its scale in pixels to one of the box. The scale is set by the
        stroke's middle line, whose extent is the box less one stroke width.
    """
    mask = np.pad(ink > INK_THRESHOLD, MARGIN_PX)
    inside = ndimage.distance_transform_edt(mask)
    width = _stroke_width(inside)
    longest = max(ink.shape)
    core = max(longest - width, MIN_CORE_PX)
    scale = max(core / (DIGIT_BOX_PX - STROKE_WIDTH_PX), longest / DIGIT_BOX_PX / 2)
    grow = (STROKE_WIDTH_PX * scale - width) / 2
    signed = inside - ndimage.distance_transform_edt(~mask)
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
