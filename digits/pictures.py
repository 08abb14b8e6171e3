"""A picture file decoded as fast as it can be.

kornia-rs, whose PNG decoder is the png crate of Rust, takes a seventh of Pillow's time; so a plain PNG goes
there, and every other file, broken ones included, to Pillow, which says what is wrong with it.
"""

import struct
from pathlib import Path

import kornia_rs.io
import numpy as np
from PIL import Image

from preprocessing.canvas import MAX_PICTURE_PIXELS
from preprocessing.photo import reduction

__all__ = ["load_picture"]

JPEG_SIDE_PX = 320  # a JPEG is decoded at half, quarter or eighth size where that is still as fine
PNG_START = struct.Struct(">8s8xIIBB")  # signature, (the first chunk's name), width, height, bits, colour
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_BITS = 8
PNG_BANDS = {0: "mono", 2: "rgb", 6: "rgba"}  # the file's number of a colour, and kornia's name
STRIP_BYTES = 1 << 17  # of sums at a time: they stay in the processor's cache, and malloc reuses them
# Chunks that say more than pixels: transparency, the way a camera was held, an animation.
PNG_MARKS = (b"tRNS", b"eXIf", b"Raw profile type", b"iTXt", b"acTL")


def load_picture(path: Path) -> Image.Image:
    """Return the picture, its pixels in memory; one without transparency may be smaller than in the file.

    Raises:
        OSError, SyntaxError, ValueError, Image.DecompressionBombError: it cannot be read, as Pillow says it.
    """
    plain = _plain_png(path)
    if plain is not None:
        return plain
    with Image.open(path) as picture:
        picture.draft(None, (JPEG_SIDE_PX, JPEG_SIDE_PX))
        picture.load()
        return picture


def _plain_png(path: Path) -> Image.Image | None:
    """Return a PNG of eight bits a band and nothing but pixels; None where it is another file."""
    with path.open("rb") as file:
        start = file.read(PNG_START.size)
        if len(start) < PNG_START.size:
            return None
        signature, width_px, height_px, bits, colour = PNG_START.unpack(start)
        if signature != PNG_SIGNATURE or bits != PNG_BITS or colour not in PNG_BANDS:
            return None
        if width_px * height_px > MAX_PICTURE_PIXELS:
            return None
        data = start + file.read()
    if any(mark in data for mark in PNG_MARKS):
        return None
    bands = PNG_BANDS[colour]
    try:
        pixels = kornia_rs.io.decode_image_png_u8(data, (height_px, width_px), bands)
    except Exception:  # noqa: BLE001 kornia-rs has no narrower one; Pillow tries next, and says what is wrong
        return None
    if bands == "rgb" and reduction((width_px, height_px)) == 2 and not (width_px % 2 or height_px % 2):
        return Image.fromarray(_halved(pixels))
    return Image.fromarray(pixels[..., 0] if bands == "mono" else pixels)


def _halved(pixels: np.ndarray) -> np.ndarray:
    """Return pixels at half size, as Pillow's ``reduce(2)`` does, in two thirds of the time.

    Args:
        pixels: uint8 (H, W, 3), both even.

    Returns:
        uint8 (H / 2, W / 2, 3), or of two dimensions where all bands are the same.
    """
    height, width, bands = pixels.shape
    halved = np.empty((bands, height // 2, width // 2), np.uint8)
    strip = max(1, STRIP_BYTES // (2 * width * bands))
    for start in range(0, height // 2, strip):
        rows = pixels[2 * start : 2 * (start + strip)].reshape(-1, 2, width * bands)
        pairs = np.add(rows[:, 0], rows[:, 1], dtype=np.uint16)
        means = (pairs[:, :-bands] + pairs[:, bands:] + 2) >> 2  # of each pixel and its right neighbour
        for band in range(bands):
            halved[band, start : start + strip] = means[:, band :: 2 * bands]
    grey = all(np.array_equal(halved[0], band) for band in halved[1:])
    return halved[0] if grey else np.stack([*halved], axis=-1)
