"""A photo or scan of writing on paper: find the paper, and call ink what differs from it.

Ink is the distance in colour from the paper around it, so dark on light, light on dark and colour on
colour are the same thing, and a shadow, which changes slowly, is paper.
"""

import numpy as np
from PIL import Image
from scipy import ndimage

__all__ = ["photo_ink"]

WORK_SIDE_PX = 480  # finer than this is sensor noise, not handwriting
PAPER_SIDE_PX = 48  # the paper's shade is estimated on a thumbnail of this size
PAPER_WINDOW_PX = 25  # of the thumbnail: wider than a stroke, narrower than a shadow
MIN_CONTRAST = 24.0  # of 255; a plain page's grain and JPEG blocks stay below it
SOFT_EDGE = 0.5  # width of the ramp from paper to ink, as a share of the threshold
PLAIN_PAPER_SHARE = 0.5  # a picture whose most common shade covers this much has even light


def photo_ink(pixels: np.ndarray) -> np.ndarray:
    """Return the ink of an opaque picture.

    Args:
        pixels: uint8 array (H, W) or (H, W, 3).

    Returns:
        float32 array in 0..1, 1 where the picture differs most from its paper; all zeros for a plain page.
        Its longest side is at most WORK_SIDE_PX.
    """
    colour = _shrunk(pixels)
    contrast = np.abs(colour - _paper(colour)).max(axis=2)
    if contrast.max() < MIN_CONTRAST:
        return np.zeros(contrast.shape, np.float32)
    threshold = max(_otsu_threshold(contrast), MIN_CONTRAST / 2)
    ramp = (contrast - threshold * (1 - SOFT_EDGE)) / (2 * SOFT_EDGE * threshold)
    return np.clip(ramp, 0, 1).astype(np.float32)


def _shrunk(pixels: np.ndarray) -> np.ndarray:
    """Return float32 (h, w, channels) with the longest side at most WORK_SIDE_PX."""
    image = Image.fromarray(pixels)
    scale = WORK_SIDE_PX / max(image.size)
    if scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    colour = np.asarray(image, np.float32)
    return colour[..., None] if colour.ndim == 2 else colour


def _paper(colour: np.ndarray) -> np.ndarray:
    """Estimate the paper's colour at every pixel: one shade where the light is even, else a local median."""
    height, width, channels = colour.shape
    shade = np.median(colour, axis=(0, 1))
    near = (np.abs(colour - shade).max(axis=2) < MIN_CONTRAST / 2).mean()
    if near >= PLAIN_PAPER_SHARE:
        return np.broadcast_to(shade.astype(np.float32), colour.shape)
    scale = PAPER_SIDE_PX / max(height, width)
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    paper = np.empty_like(colour)
    for channel in range(channels):
        thumbnail = Image.fromarray(np.ascontiguousarray(colour[..., channel])).resize(
            small, Image.Resampling.BOX
        )
        smooth = ndimage.median_filter(np.asarray(thumbnail), size=PAPER_WINDOW_PX, mode="nearest")
        paper[..., channel] = Image.fromarray(smooth).resize((width, height), Image.Resampling.BILINEAR)
    return paper


def _otsu_threshold(contrast: np.ndarray) -> float:
    """Return the level that separates two classes best (Otsu 1979, IEEE Trans. SMC 9(1))."""
    counts = np.bincount(contrast.astype(np.uint8).ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    above = below[-1] - below
    sum_below = np.cumsum(counts * np.arange(256))
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = sum_below / below - (sum_below[-1] - sum_below) / above
    between = np.nan_to_num(below * above * gap**2)
    return float(between.argmax()) + 0.5
