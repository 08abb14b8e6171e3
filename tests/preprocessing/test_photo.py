"""A photo of a digit on paper gives the picture that the digit drawn on the pad gives."""

import numpy as np
import pytest
from PIL import Image

from preprocessing import digit_image
from preprocessing.photo import photo_ink
from tests.strategies import DIGITS, draw, editor_value, grey_photo, layer

TOLERANCE = 0.06  # mean difference of a pixel
SIZE_TOLERANCE = 0.02  # the same, where only the size differs
ALPHA = {digit: draw(DIGITS[digit]) for digit in (1, 2, 5, 8)}
ROW, COLUMN = np.mgrid[:600, :600] / 600


def _colour(alpha: np.ndarray, paper: tuple, ink: tuple) -> np.ndarray:
    return np.dstack([grey_photo(alpha, p, i) for p, i in zip(paper, ink, strict=True)])


def _noisy(picture: np.ndarray) -> np.ndarray:
    grain = np.random.default_rng(0).normal(0, 6, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


PHOTOS = {
    "dark_on_light": lambda a: grey_photo(a),
    "light_on_dark": lambda a: grey_photo(a, paper=30, ink=230),
    "pencil": lambda a: grey_photo(a, paper=220, ink=150),
    "blue_on_yellow": lambda a: _colour(a, (250, 240, 160), (30, 40, 160)),
    "red_on_green_of_one_grey": lambda a: _colour(a, (60, 140, 60), (200, 70, 60)),
    "shadow": lambda a: (grey_photo(a) * (0.45 + 0.55 * COLUMN)).astype(np.uint8),
    "vignette": lambda a: (grey_photo(a) * (1 - 0.7 * (ROW - 0.5) ** 2 - (COLUMN - 0.5) ** 2)).astype(
        np.uint8
    ),
    "grain": lambda a: _noisy(grey_photo(a)),
}


@pytest.mark.parametrize("digit", ALPHA)
@pytest.mark.parametrize("photo", PHOTOS.values(), ids=PHOTOS.keys())
def test_a_photo_is_read_like_the_drawing(photo, digit: int) -> None:
    """Dark on light, light on dark, in colour, under a shadow: the same picture."""
    drawn = digit_image(editor_value(layer(ALPHA[digit])))
    assert np.abs(digit_image(photo(ALPHA[digit])) - drawn).mean() < TOLERANCE


@pytest.mark.parametrize("shade", [0, 128, 255])
@pytest.mark.parametrize("grain", [0, 2])
def test_a_plain_page_has_no_ink(shade: int, grain: float) -> None:
    """An empty page, with the grain of a camera or without, gives no ink at all."""
    page = np.clip(shade + np.random.default_rng(0).normal(0, grain, (200, 300)), 0, 255).astype(np.uint8)
    assert not photo_ink(Image.fromarray(page)).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (3, 3, 3), (2000, 7, 3), (641, 640)])
def test_any_shape_gives_ink_in_form(shape: tuple[int, ...]) -> None:
    """The ink of any picture is float32 in 0..1, its longest side at most 640 pixels."""
    ink = photo_ink(Image.fromarray(np.random.default_rng(0).integers(0, 256, shape, np.uint8)))
    assert ink.dtype == np.float32
    assert max(ink.shape) <= 640
    assert 0 <= ink.min() <= ink.max() <= 1


@pytest.mark.parametrize("side_px", [300, 641, 800, 1290, 2600])
@pytest.mark.parametrize("digit", ALPHA)
def test_shrinking_changes_little(digit: int, side_px: int) -> None:
    """A photo of any size, shrunk or not, gives the picture that the same photo of 600 pixels gives."""
    photo = Image.fromarray(grey_photo(ALPHA[digit])).convert("RGB")
    resized = photo.resize((side_px, side_px), Image.Resampling.BICUBIC)
    assert np.abs(digit_image(resized) - digit_image(photo)).mean() < SIZE_TOLERANCE
