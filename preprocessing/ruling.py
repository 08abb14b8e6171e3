"""The ruled lines or squares of a notebook, and how a photo gets rid of them.

A ruled line is straight, goes from edge to edge, and is thinner than a stroke. It is found as a row of the
picture, sheared to its tilt, that is nearly all ink: a projection profile, as for the skew of a page (Postl
1986, Proc. ICPR). Where a stroke crosses it the ink goes on above and below, and stays.
"""

import numpy as np
from scipy import ndimage

__all__ = ["without_ruling"]

SLOPES = np.arange(-0.14, 0.1401, 0.004)  # rows a column: as far as a photo taken by hand is tilted
SAMPLED_COLUMNS = 160  # at which a row is looked at
LINE_FILL = 0.7  # of a ruled row that is ink; grain and the shade of a hand break it here and there
BAND_PX = 3  # a line's pixels are so near to its middle
MAX_LINE_PX = 9  # high: what is higher is a stroke, or the edge of the page
SPREAD_PX = 2  # by which a line's height varies
EDGE_PX = 2


def without_ruling(contrast: np.ndarray, threshold: float) -> np.ndarray:
    """Wipe ruled lines out of a photo's contrast.

    Args:
        contrast: uint8 (H, W), how far each pixel is from its paper.
        threshold: what is above it may be ink.

    Returns:
        The same with 0 where there was a ruled line.
    """
    return _without_lines(_without_lines(contrast, threshold).T, threshold).T


def _without_lines(contrast: np.ndarray, threshold: float) -> np.ndarray:
    """Wipe out the lines from the left edge to the right."""
    edges = contrast[:, :EDGE_PX], contrast[:, -EDGE_PX:]
    if not all((edge > threshold).any() for edge in edges):
        return contrast
    return np.where(_ruled(contrast > threshold), 0, contrast)


def _ruled(mask: np.ndarray) -> np.ndarray:
    """Return where the lines from the left edge to the right are, without the strokes that cross them."""
    band = _bands(mask)
    if not band.any():
        return band
    heights = _run_heights(mask)
    line_px = float(np.median(heights[band & mask]))
    return band & (heights <= min(line_px + SPREAD_PX, MAX_LINE_PX))


def _run_heights(mask: np.ndarray) -> np.ndarray:
    """Return int (H, W): how many pixels of ink stand above each other where there is one; 0 on paper."""
    up, down = np.zeros(mask.shape, int), np.zeros(mask.shape, int)
    for row in range(len(mask)):
        up[row] = np.where(mask[row], (up[row - 1] if row else 0) + 1, 0)
        down[-row - 1] = np.where(mask[-row - 1], (down[-row] if row else 0) + 1, 0)
    return np.where(mask, up + down - 1, 0)


def _bands(mask: np.ndarray) -> np.ndarray:
    """Return bool (H, W): near the middle of a straight line that is nearly all ink."""
    height, width = mask.shape
    columns = np.linspace(0, width - 1, min(width, SAMPLED_COLUMNS)).astype(int)
    thick = ndimage.maximum_filter1d(mask[:, columns], 3, axis=0)
    margin = int(np.ceil(np.abs(SLOPES).max() * width / 2))
    padded = np.pad(thick, ((margin, margin), (0, 0))).T.astype(np.uint8, order="C")
    band = np.zeros_like(mask)
    everywhere = np.arange(width)
    rows = np.arange(height)[:, np.newaxis] + margin + BAND_PX
    for slope in SLOPES:
        tops = margin + np.rint(slope * (columns - width / 2)).astype(int)
        filled = np.zeros(height, np.uint8)  # columns with ink, of the line through each row's middle
        for column, top in zip(padded, tops.tolist(), strict=True):
            filled += column[top : top + height]
        hit = filled >= LINE_FILL * len(columns)
        if hit.any():
            near = ndimage.maximum_filter1d(np.pad(hit, margin + BAND_PX), 2 * BAND_PX + 1)
            drift = np.rint(slope * (everywhere - width / 2)).astype(int)
            band |= near[rows - drift]
    return band
