"""Every value that the pad, a file or a program may hand over is read, or refused with the right error."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from preprocessing import BlankDrawing, DrawingError, PictureTooLarge, UnreadablePicture, canvas, digit_image
from tests.strategies import DIGITS, draw, editor_value, grey_photo, layer

ALPHA = draw(DIGITS[5])
GREY = grey_photo(ALPHA, paper=255, ink=0)
RGB = np.dstack([GREY] * 3)
RGBA = layer(ALPHA, (200, 30, 60))
EMPTY = np.zeros_like(RGBA)
TOLERANCE = 0.06  # mean difference of a pixel: a photo's edge is a ramp, a layer's is its alpha


def _pil(mode: str) -> Image.Image:
    return Image.fromarray(RGB).convert(mode)


def _decoded(image: Image.Image, kind: str, **options: Any) -> Image.Image:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return Image.open(io.BytesIO(file.getvalue()))


def _turned_by_exif() -> Image.Image:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show the picture a quarter clockwise
    turned = Image.fromarray(RGB).transpose(Image.Transpose.ROTATE_90)
    return _decoded(turned, "JPEG", exif=exif, quality=95)


READABLE: dict[str, Callable[[], Any]] = {
    "layer": lambda: editor_value(RGBA),
    "layer_pil": lambda: editor_value(Image.fromarray(RGBA)),
    "empty_layer_beside": lambda: editor_value(EMPTY, RGBA, EMPTY),
    "layer_none_beside": lambda: editor_value(None, RGBA),
    "composite_beside": lambda: editor_value(RGBA, composite=RGBA),
    "composite_only": lambda: editor_value(composite=RGBA),
    "composite_on_white": lambda: editor_value(composite=np.dstack([RGB, np.full_like(ALPHA, 255)])),
    "background_only": lambda: editor_value(background=RGB),
    "background_below_an_empty_layer": lambda: editor_value(EMPTY, background=RGB),
    "layers_none": lambda: {"background": None, "layers": None, "composite": RGBA},
    "array_L": lambda: GREY,
    "array_L1": lambda: GREY[..., None],
    "array_RGB": lambda: RGB,
    "array_RGBA": lambda: RGBA,
    "array_not_contiguous": lambda: np.asfortranarray(RGB)[::1],
    "pil_RGBA": lambda: Image.fromarray(RGBA),
    "pil_LA": lambda: Image.merge("LA", [Image.new("L", ALPHA.shape[::-1]), Image.fromarray(ALPHA)]),
    "pil_P_transparent": lambda: _decoded(Image.fromarray(RGBA).quantize(16), "PNG"),
    "pil_16_bit": lambda: Image.fromarray(GREY.astype(np.uint16) * 257),
    "pil_int32": lambda: Image.fromarray(GREY.astype(np.int32) * 1000),
    "pil_float": lambda: Image.fromarray(GREY.astype(np.float32) / 255),
    "exif": _turned_by_exif,
} | {f"pil_{mode}": (lambda mode=mode: _pil(mode)) for mode in ("1", "L", "P", "RGB", "CMYK", "YCbCr", "HSV")}  # type: ignore[misc]


@pytest.mark.parametrize("make", READABLE.values(), ids=READABLE.keys())
def test_every_kind_of_value_gives_the_same_picture(make: Callable[[], Any]) -> None:
    """However the same drawing is handed over, the model reads the same picture."""
    np.testing.assert_allclose(
        np.abs(digit_image(make()) - digit_image(editor_value(RGBA))).mean(), 0, atol=TOLERANCE
    )


BROKEN_PNG = io.BytesIO()
Image.fromarray(RGB).save(BROKEN_PNG, "PNG")
REFUSED: dict[str, tuple[Callable[[], Any], type[DrawingError]]] = {
    "none": (lambda: None, BlankDrawing),
    "editor_value_of_nothing": (lambda: editor_value(), BlankDrawing),
    "empty_dict": (dict, BlankDrawing),
    "empty_layers": (lambda: editor_value(EMPTY, EMPTY), BlankDrawing),
    "white_page": (lambda: np.full((50, 50, 3), 255, np.uint8), BlankDrawing),
    "black_page": (lambda: np.zeros((50, 50), np.uint8), BlankDrawing),
    "one_pixel": (lambda: np.zeros((1, 1), np.uint8), BlankDrawing),
    "nan_picture": (lambda: Image.fromarray(np.full((9, 9), np.nan, np.float32)), BlankDrawing),
    "text": (lambda: "seven", UnreadablePicture),
    "list": (lambda: [[0, 1]], UnreadablePicture),
    "layers_of_text": (lambda: editor_value("seven"), UnreadablePicture),
    "layers_no_list": (lambda: {"layers": 5}, UnreadablePicture),
    "float_array": (lambda: np.zeros((9, 9), np.float32), UnreadablePicture),
    "bool_array": (lambda: np.zeros((9, 9), bool), UnreadablePicture),
    "object_array": (lambda: np.array([None]), UnreadablePicture),
    "one_dimension": (lambda: np.zeros(9, np.uint8), UnreadablePicture),
    "four_dimensions": (lambda: np.zeros((1, 9, 9, 3), np.uint8), UnreadablePicture),
    "two_channels": (lambda: np.zeros((9, 9, 2), np.uint8), UnreadablePicture),
    "no_rows": (lambda: np.zeros((0, 9, 3), np.uint8), UnreadablePicture),
    "no_columns_pil": (lambda: Image.new("RGB", (0, 9)), UnreadablePicture),
    "truncated_png": (
        lambda: Image.open(io.BytesIO(BROKEN_PNG.getvalue()[: len(BROKEN_PNG.getvalue()) // 2])),
        UnreadablePicture,
    ),
}


@pytest.mark.parametrize(("make", "error"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_drawing_is_refused(make: Callable[[], Any], error: type[DrawingError]) -> None:
    """Bad input raises its own DrawingError, never another exception."""
    with pytest.raises(error) as caught:
        digit_image(make())
    assert "expected" in str(caught.value) or "cannot be decoded" in str(caught.value)


@pytest.mark.parametrize("picture", [np.zeros((11, 10), np.uint8), Image.new("L", (10, 11))], ids=type)
def test_a_picture_of_too_many_pixels_is_refused(monkeypatch: pytest.MonkeyPatch, picture: Any) -> None:
    """A picture above the limit is refused before any work on it."""
    monkeypatch.setattr(canvas, "MAX_PICTURE_PIXELS", 100)
    with pytest.raises(PictureTooLarge, match="10x11"):
        digit_image(picture)


def test_the_hole_of_an_eraser_stays_open() -> None:
    """What was rubbed out of a layer is paper, in its own layer only."""
    erased = RGBA.copy()
    erased[:300] = 0
    lower = digit_image(editor_value(erased))
    np.testing.assert_array_equal(lower, digit_image(editor_value(erased, EMPTY)))
    assert np.abs(lower - digit_image(editor_value(RGBA))).mean() > TOLERANCE
    np.testing.assert_array_equal(digit_image(editor_value(erased, RGBA)), digit_image(editor_value(RGBA)))


def test_the_value_is_left_as_it_was() -> None:
    """Reading a drawing changes none of its arrays."""
    value = editor_value(RGBA.copy(), background=RGB.copy())
    digit_image(value)
    np.testing.assert_array_equal(value["layers"][0], RGBA)
    np.testing.assert_array_equal(value["background"], RGB)
