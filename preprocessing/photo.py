"""A photo or scan of writing on paper: find the paper, and call ink what differs from it.

Ink is the distance in colour from the paper around it, so dark on light, light on dark and colour on
colour are the same thing, and a shadow, which changes slowly, is paper.
"""

from functools import reduce

import numpy as np
from PIL import Image, ImageChops
from scipy import ndimage

from preprocessing.ruling import without_ruling

__all__ = ["photo_ink", "reduction"]

WORK_SIDE_PX = 640  # at most; finer than half of it is sensor noise, not handwriting
PAPER_SIDE_PX = 48  # the paper's shade is estimated on a thumbnail of this size
PAPER_WINDOW_PX = 25  # of the thumbnail: wider than a stroke, narrower than a shadow
MIN_CONTRAST = 24.0  # of 255; a plain page's grain and JPEG blocks stay below it
SOFT_EDGE = 0.5  # width of the ramp from paper to ink, as a share of the threshold
PLAIN_PAPER_SHARE = 0.5  # a picture whose most common shade covers this much has even light


def photo_ink(image: Image.Image) -> np.ndarray:
    """Return the ink of an opaque picture.

    Args:
        image: of mode L or RGB.

    Returns:
        float32 array in 0..1, 1 where the picture differs most from its paper; all zeros for a plain page.
        It is the picture's size over :func:`reduction`.
    """
    contrast = _contrast(_colourless(image.reduce(reduction(image.size))))
    if contrast.max() < MIN_CONTRAST:
        return np.zeros(contrast.shape, np.float32)
    threshold = _otsu_threshold(contrast)
    unruled = without_ruling(contrast, max(SOFT_EDGE * threshold, MIN_CONTRAST / 2))
    if not np.array_equal(unruled, contrast):
        threshold = _otsu_threshold(unruled)
    threshold = max(threshold, MIN_CONTRAST / 2)
    ramp = (np.arange(256) - threshold * (1 - SOFT_EDGE)) / (2 * SOFT_EDGE * threshold)
    return np.take(np.clip(ramp, 0, 1).astype(np.float32), unruled, mode="clip")  # quicker than ramp[unruled]


def reduction(size: tuple[int, int]) -> int:
    """Return the least whole number that brings a picture of this size to at most WORK_SIDE_PX a side."""
    return -(-max(size) // WORK_SIDE_PX)


def _colourless(image: Image.Image) -> Image.Image:
    """Return one band of a picture whose bands are all the same: a third of the work."""
    first, *others = image.split()
    return first if all(band == first for band in others) else image


def _contrast(image: Image.Image) -> np.ndarray:
    """Return uint8 (H, W): how far each pixel is from its paper, one shade where the light is even."""
    shades = np.reshape(_median_shade(image), (-1, 1))
    contrast = _largest(image.point(np.abs(np.arange(256) - shades).ravel().tolist()))
    if np.count_nonzero(contrast < MIN_CONTRAST / 2) >= PLAIN_PAPER_SHARE * contrast.size:
        return contrast
    return _largest(ImageChops.difference(image, _local_paper(image)))


def _largest(image: Image.Image) -> np.ndarray:
    """Return uint8 (H, W), the largest of the bands."""
    return np.asarray(reduce(ImageChops.lighter, image.split()))


def _median_shade(image: Image.Image) -> list[int]:
    counts = np.reshape(image.histogram(), (-1, 256)).cumsum(axis=1)
    return [int(np.searchsorted(row, row[-1] / 2)) for row in counts]


def _local_paper(image: Image.Image) -> Image.Image:
    """Estimate the paper's shade at every pixel by the median around it."""
    scale = PAPER_SIDE_PX / max(image.size)
    small = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    thumbnail = np.asarray(image.resize(small, Image.Resampling.BOX))
    window = (PAPER_WINDOW_PX, PAPER_WINDOW_PX, 1)[: thumbnail.ndim]
    smooth = ndimage.median_filter(thumbnail, size=window, mode="nearest")
    return Image.fromarray(smooth).resize(image.size, Image.Resampling.BILINEAR)


def _otsu_threshold(contrast: np.ndarray) -> float:
    """Return the level that separates two classes best (Otsu 1979, IEEE Trans. SMC 9(1))."""
    counts = np.array(Image.fromarray(contrast).histogram(), np.float64)
    below = np.cumsum(counts)
    above = below[-1] - below
    sum_below = np.cumsum(counts * np.arange(256))
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = sum_below / below - (sum_below[-1] - sum_below) / above
    between = np.nan_to_num(below * above * gap**2)
    return float(between.argmax()) + 0.5
