"""Why the model answered so: what its answer would have been without each patch of ink.

Occlusion after Zeiler and Fergus 2014 (ECCV), asked of the very model that serves, in one batch.
"""

import numpy as np

from model import Recogniser

__all__ = ["overlay", "saliency"]

PATCH_PX = 4  # about one stroke and a half: smaller ones change nothing, larger ones blur the map
STRIDE_PX = 2
FOR_RGB, AGAINST_RGB = (0, 158, 115), (213, 94, 0)  # told apart by colour-blind eyes too (Okabe and Ito)
MAX_ALPHA = 230
SMALLEST = 1e-6  # probability whose logarithm still counts


def saliency(image: np.ndarray, recogniser: Recogniser) -> np.ndarray:
    """Return how much each pixel's ink speaks for the best digit, in units of log-probability.

    Args:
        image: float32 (28, 28) in 0..1, 1 is ink.
        recogniser: the model.

    Returns:
        float32 (28, 28): the fall of the best digit's log-probability when a patch is wiped, averaged over
        the patches that hold the pixel; negative where the ink speaks against it, 0 on paper.
    """
    side = image.shape[0]
    corners = [(y, x) for y in range(0, side, STRIDE_PX) for x in range(0, side, STRIDE_PX)]
    patches = [(slice(y, y + PATCH_PX), slice(x, x + PATCH_PX)) for y, x in corners]
    patches = [patch for patch in patches if image[patch].any()]
    pictures = np.repeat(image[np.newaxis], len(patches) + 1, axis=0)
    for number, patch in enumerate(patches, start=1):
        pictures[(number, *patch)] = 0
    probabilities = np.maximum(recogniser.probabilities(pictures), SMALLEST)
    logarithms = np.log(probabilities[:, probabilities[0].argmax()])
    total, count = np.zeros_like(image), np.zeros_like(image)
    for patch, fall in zip(patches, logarithms[0] - logarithms[1:], strict=True):
        total[patch] += fall
        count[patch] += 1
    return np.where(image > 0, total / np.maximum(count, 1), 0).astype(np.float32)


def overlay(shares: np.ndarray) -> np.ndarray:
    """Return a saliency (28, 28) as an RGBA uint8 picture to lay over the model's."""
    strength = np.abs(shares) / max(float(np.abs(shares).max()), SMALLEST)
    colour = np.where((shares >= 0)[..., np.newaxis], FOR_RGB, AGAINST_RGB)
    return np.concatenate([colour, (MAX_ALPHA * strength)[..., np.newaxis]], axis=2).astype(np.uint8)
