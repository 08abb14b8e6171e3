"""From what a person drew or photographed to ink: one number a pixel, 0 paper to 1 full ink.

A layer of the Sketchpad is transparent where nothing is drawn, so its alpha is the ink, whatever the
colour. A picture without transparency goes to :mod:`preprocessing.photo`, which finds the paper.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageOps

from preprocessing.errors import BlankDrawing, PictureTooLarge, UnreadablePicture
from preprocessing.photo import photo_ink

__all__ = ["MAX_PICTURE_PIXELS", "ink_of"]

MAX_PICTURE_PIXELS = 50_000_000  # a 48-megapixel phone photo still passes
OPAQUE_ALPHA = 250  # soft borders of a photo count as opaque
PHOTO_OPAQUE_SHARE = 0.6  # no digit covers this much of the pad, so what does is a photo
UPRIGHT = 1  # Exif's orientation of a picture that is to be shown as it is
TRANSPARENT_MODES = {"RGBA", "LA", "PA", "RGBa", "La"}

EXPECTED = "expected Gradio's EditorValue dict or one L, RGB or RGBA picture: a uint8 array or a PIL image"


def ink_of(value: Any) -> np.ndarray:
    """Return the ink of a Sketchpad value or of one picture.

    Args:
        value: Gradio's EditorValue dict (``background``, ``layers``, ``composite``), or one
            L, RGB or RGBA picture: a ``uint8`` array of shape (H, W), (H, W, 1|3|4) or a PIL image.

    Returns:
        float32 array (H, W) in 0..1, where 0 is paper and 1 is ink.

    Raises:
        BlankDrawing: there is no picture, or no ink in it.
        PictureTooLarge: a picture has more than MAX_PICTURE_PIXELS pixels.
        UnreadablePicture: the value is of another type, dtype or shape.
    """
    ink = _editor_ink(value) if isinstance(value, Mapping) else _picture_ink(value)
    if ink is None or not ink.any():
        raise BlankDrawing(
            "Received a drawing without ink; expected at least one stroke. Draw a digit first."
        )
    return ink


def _editor_ink(value: Mapping[str, Any]) -> np.ndarray | None:
    layers = value.get("layers")
    if not isinstance(layers, list | tuple | None):
        raise UnreadablePicture(
            f"Received layers of type {type(layers).__name__}; expected a list of pictures."
        )
    ink: np.ndarray | None = None
    for layer in layers or ():
        ink = _union(ink, _picture_ink(layer, is_layer=True))
    if not layers:
        ink = _picture_ink(value.get("composite"))
    if value.get("background") is not None:
        ink = _union(ink, _picture_ink(value["background"]))
    return ink


def _union(below: np.ndarray | None, above: np.ndarray | None) -> np.ndarray | None:
    """Lay one ink over another; where their sizes differ the first one's size rules."""
    if below is None or above is None:
        return above if below is None else below
    if above.shape != below.shape:
        resized = Image.fromarray(above).resize(below.shape[::-1], Image.Resampling.BOX)
        above = np.asarray(resized)
    return np.maximum(below, above)


def _picture_ink(picture: Any, is_layer: bool = False) -> np.ndarray | None:
    if picture is None:
        return None
    image = _from_pil(picture) if isinstance(picture, Image.Image) else _from_array(picture)
    if image.mode != "RGBA":
        return photo_ink(image)
    alpha = np.asarray(image.getchannel("A"))
    opaque_share = np.count_nonzero(alpha >= OPAQUE_ALPHA) / alpha.size
    if is_layer or opaque_share < PHOTO_OPAQUE_SHARE:
        return alpha / np.float32(255)
    return photo_ink(image.convert("RGB") if opaque_share == 1 else _on_paper(image))


def _on_paper(image: Image.Image) -> Image.Image:
    """Lay a photo's transparent parts on the shade of its opaque ones."""
    pixels = np.asarray(image)
    opaque = pixels[..., 3] >= OPAQUE_ALPHA
    paper = np.median(pixels[opaque][:, :3], axis=0).astype(np.uint8)
    return Image.fromarray(np.where(opaque[..., None], pixels[..., :3], paper))


def _from_array(picture: Any) -> Image.Image:
    """Return an array as a picture of mode L, RGB or RGBA."""
    if not isinstance(picture, np.ndarray):
        raise UnreadablePicture(f"Received {type(picture).__name__}; {EXPECTED}.")
    if picture.dtype != np.uint8:
        raise UnreadablePicture(f"Received an array of dtype {picture.dtype}; {EXPECTED}.")
    if picture.ndim == 3 and picture.shape[2] == 1:
        picture = picture[..., 0]
    if picture.size == 0 or not (picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] in (3, 4))):
        raise UnreadablePicture(f"Received an array of shape {picture.shape}; {EXPECTED}.")
    _check_size(picture.shape[1], picture.shape[0])
    return Image.fromarray(picture)


def _from_pil(picture: Image.Image) -> Image.Image:
    """Return a picture of mode L, RGB or RGBA, turned as its camera says."""
    _check_size(*picture.size)
    if 0 in picture.size:
        raise UnreadablePicture(f"Received a picture of size {picture.size}; expected at least one pixel.")
    try:
        if picture.getexif().get(ExifTags.Base.Orientation, UPRIGHT) != UPRIGHT:
            picture = ImageOps.exif_transpose(picture)
        if picture.mode in TRANSPARENT_MODES or "transparency" in picture.info:
            return _in_mode(picture, "RGBA")
        if picture.mode.startswith("I") or picture.mode == "F":
            return Image.fromarray(_deep_grey(np.asarray(picture, dtype=np.float64)))
        return _in_mode(picture, "L" if picture.mode in ("1", "L") else "RGB")
    except (OSError, SyntaxError, ValueError) as exc:
        raise UnreadablePicture(f"Received a {picture.mode} picture that cannot be decoded: {exc}.") from exc


def _in_mode(picture: Image.Image, mode: str) -> Image.Image:
    """Return the picture in a mode; unlike ``convert``, itself where it has that already."""
    picture.load()
    return picture if picture.mode == mode else picture.convert(mode)


def _deep_grey(grey: np.ndarray) -> np.ndarray:
    """Map 16-bit, 32-bit and float grey to uint8 by the picture's own range."""
    finite = np.nan_to_num(grey, nan=0.0, posinf=0.0, neginf=0.0)
    span = float(np.ptp(finite)) or 1.0
    return np.asarray(255 * (finite - finite.min()) / span, np.uint8)


def _check_size(width_px: int, height_px: int) -> None:
    if width_px * height_px > MAX_PICTURE_PIXELS:
        raise PictureTooLarge(
            f"Received a picture of {width_px}x{height_px} px; expected at most {MAX_PICTURE_PIXELS} pixels. "
            "Make the picture smaller."
        )
