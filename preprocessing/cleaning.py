"""From what was drawn to the digit's ink alone: full ink, close-cropped, without stray dots."""

import numpy as np
from PIL import Image
from scipy import ndimage

from preprocessing.errors import BlankDrawing

__all__ = ["INK_THRESHOLD", "clean", "extent", "stroke_width"]

WORK_SIDE_PX = 120  # six work pixels to one of the box: fine enough for a smooth edge
INK_THRESHOLD = 0.5  # of the strongest ink nearby, so that a faint brush counts as well
FAINT_SHARE = 0.25  # of the strongest ink: what an eraser left behind is fainter, a brush is not
EDGE_REACH_PX = 2  # a stroke's soft edge is narrower than this
THIN_WORK_PX = 2.5  # a stroke thinner than this would fall to pieces when it is scaled down
MAX_SPECK_WIDTHS = 1.8  # a dot is at most this many stroke widths long
MAX_SPECK_SHARE = 0.12  # specks are few: more ink than this in dots is a dotted line
SPECK_GAP_WIDTHS = 2.0  # ink nearer than this to the rest belongs to it


def clean(ink: np.ndarray) -> np.ndarray:
    """Return the digit's ink at full strength, its longest side WORK_SIDE_PX, without specks or margin.

    Args:
        ink: float32 (H, W) in 0..1.

    Raises:
        BlankDrawing: no ink.
    """
    return _without_specks(_cropped(_even(ink)))


def _even(ink: np.ndarray) -> np.ndarray:
    """Cut the ink's bounding box out and bring every stroke, faint or strong, to full ink."""
    strongest = ink.max(initial=0.0)
    faintest = FAINT_SHARE * strongest
    if faintest <= 0:
        raise BlankDrawing(
            "Received a picture without ink; expected at least one stroke. Draw a digit first."
        )
    box = ink[extent(ink > faintest)]
    full = box == strongest
    if np.count_nonzero(full) == np.count_nonzero(box > 0):  # hard edges: there is nothing to even out
        return full.astype(np.float32)
    nearby = _strongest_nearby(box, EDGE_REACH_PX)
    return np.divide(box, nearby, out=np.zeros_like(box), where=nearby > faintest)


def _strongest_nearby(ink: np.ndarray, reach_px: int) -> np.ndarray:
    """Return the strongest ink within ``reach_px`` to the sides and up and down of each pixel."""
    most = ink.copy()
    for _ in range(reach_px):
        for lines in (most, most.T):
            if len(lines) > 1:
                pairs = np.maximum(lines[1:], lines[:-1])
                lines[0], lines[-1] = pairs[0], pairs[-1]
                np.maximum(pairs[1:], pairs[:-1], out=lines[1:-1])
    return most


def _cropped(ink: np.ndarray) -> np.ndarray:
    """Cut the ink's bounding box out and bring its longest side to WORK_SIDE_PX."""
    box = _unbroken(ink[extent(ink > INK_THRESHOLD)])
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
        np.count_nonzero(lines[1:] != lines[:-1]) + np.count_nonzero(lines[0]) + np.count_nonzero(lines[-1])
        for lines in (mask, mask.T)
    )
    return 2 * np.count_nonzero(mask) / (outline * np.pi / 4)


def extent(mask: np.ndarray) -> tuple[slice, slice]:
    """Return the rows and columns that the true pixels of a mask span."""
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
    width = stroke_width(ndimage.distance_transform_edt(np.pad(mask, 1)))
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


def stroke_width(inside: np.ndarray) -> float:
    """Estimate the width of the strokes, in pixels, from the distance of their pixels to the edge.

    Across a stroke of half-width r the distance to its edge is spread evenly over 0..r: its mean is r / 2.
    """
    return 4.0 * float(inside[inside > 0].mean())
