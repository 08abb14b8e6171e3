"""What the overlay says is what the model does."""

import numpy as np

from model import Recogniser
from preprocessing import digit_image
from tests.browser.conftest import SEVEN
from ui.saliency import PATCH_PX, overlay, saliency


def seven() -> np.ndarray:
    """Return the model's picture of a drawn seven."""
    from PIL import Image, ImageDraw

    layer = Image.new("RGBA", (280, 280))
    points = [(x * 280, y * 280) for x, y in SEVEN[0]]
    ImageDraw.Draw(layer).line(points, fill="#111", width=22, joint="curve")
    return digit_image(layer)


def test_paper_says_nothing_and_ink_does() -> None:
    """Only ink is coloured, and wiping some of it changes the answer."""
    image = seven()
    shares = saliency(image, Recogniser.load())
    assert shares.dtype == np.float32
    assert not shares[image == 0].any()
    assert np.abs(shares).max() > 0


def test_the_strongest_patch_is_the_one_that_the_model_needs_most() -> None:
    """Wiping the patch around the strongest pixel costs the digit more than around the weakest."""
    image, recogniser = seven(), Recogniser.load()
    shares = np.where(image > 0.5, saliency(image, recogniser), np.nan)
    best = recogniser.probabilities(image[np.newaxis])[0].argmax()

    def without(index: int) -> float:
        y, x = np.unravel_index(index, image.shape)
        wiped = image.copy()
        half = PATCH_PX // 2
        wiped[max(0, y - half) : y + half, max(0, x - half) : x + half] = 0
        return float(recogniser.probabilities(wiped[np.newaxis])[0, best])

    assert without(int(np.nanargmax(shares))) < without(int(np.nanargmin(shares)))


def test_the_overlay_is_transparent_where_nothing_is_said() -> None:
    """Colour tells for from against, alpha how much."""
    picture = overlay(np.array([[1.0, 0.0, -0.5]], np.float32))
    assert picture.shape == (1, 3, 4)
    assert picture[0, 1, 3] == 0
    assert picture[0, 0, 3] > picture[0, 2, 3] > 0
    assert tuple(picture[0, 0, :3]) != tuple(picture[0, 2, :3])
