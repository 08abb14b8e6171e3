"""A picture file decoded as fast as it can be.

kornia-rs, whose PNG decoder is the png crate of Rust, takes a seventh of Pillow's time; so a plain PNG goes
there, and every other file, broken ones included, to Pillow, which says what is wrong with it.
"""

from pathlib import Path

import kornia_rs.io
from PIL import Image

from preprocessing.canvas import MAX_PICTURE_PIXELS

__all__ = ["load_picture"]

JPEG_SIDE_PX = 320  # a JPEG is decoded at half, quarter or eighth size where that is still as fine
PNG_BANDS = {"L": "mono", "RGB": "rgb", "RGBA": "rgba"}  # Pillow's names and kornia's
# Chunks that say more than pixels: transparency, the way a camera was held, an animation.
PNG_MARKS = (b"tRNS", b"eXIf", b"Raw profile type", b"iTXt", b"acTL")


def load_picture(path: Path) -> Image.Image:
    """Return the picture, its pixels in memory.

    Raises:
        OSError, SyntaxError, ValueError, Image.DecompressionBombError: it cannot be read, as Pillow says it.
    """
    with Image.open(path) as picture:
        if picture.format == "PNG" and picture.mode in PNG_BANDS:
            plain = _plain_png(path.read_bytes(), picture.size, PNG_BANDS[picture.mode])
            if plain is not None:
                return plain
        picture.draft(None, (JPEG_SIDE_PX, JPEG_SIDE_PX))
        picture.load()
        return picture


def _plain_png(data: bytes, size: tuple[int, int], bands: str) -> Image.Image | None:
    """Return a PNG of eight bits a band and nothing but pixels; None where it is another."""
    width_px, height_px = size
    if width_px * height_px > MAX_PICTURE_PIXELS or any(mark in data for mark in PNG_MARKS):
        return None
    try:
        pixels = kornia_rs.io.decode_image_png_u8(data, (height_px, width_px), bands)
    except Exception:  # noqa: BLE001 kornia-rs has no narrower one; Pillow tries next, and says what is wrong
        return None
    return Image.fromarray(pixels[..., 0] if bands == "mono" else pixels)
