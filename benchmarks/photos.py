"""Photos of numbers on paper, as a phone takes them: tilted, lit from one side, on ruled paper, as a JPEG."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

__all__ = ["RULINGS", "photograph"]

RULINGS = ("plain", "lines", "squares")
PAGE_PX = (1280, 960)
WRITING_SHARE = (0.45, 0.75)  # of the page's width
HEIGHT_SHARE = 0.5  # of the page's height, at most
RULE_GAP_PX = (48, 90)
RULE_WIDTH_PX = (2, 4)
RULE_TINT = np.array([0.9, 0.97, 1.03])  # bluish
BEND_SHARE = 0.04  # of the page, by which its corners are off
DARKEST = (0.45, 0.8)  # light at the page's darkest side
SHADOW = (0.55, 0.85)  # light that a hand's shadow leaves
GRAIN = (2.0, 6.0)  # standard deviation of a pixel's noise
JPEG_QUALITY = (60, 90)


def photograph(ink: np.ndarray, ruling: str, rng: np.random.Generator) -> Image.Image:
    """Return an RGB photo of a page.

    Args:
        ink: float32 (h, w) in 0..1, the writing.
        ruling: one of RULINGS.
        rng: where the page, the light and the camera come from.
    """
    page = _page(ruling, rng)
    _write(page, ink, rng)
    page = _bent(page, rng).filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.5)))
    seen = np.asarray(page, np.float32) * _light(rng)[..., np.newaxis]
    seen += rng.normal(0, rng.uniform(*GRAIN), seen.shape)
    file = io.BytesIO()
    picture = Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8))
    picture.save(file, "JPEG", quality=int(rng.integers(*JPEG_QUALITY)))
    with Image.open(file) as photo:
        return photo.convert("RGB")


def _page(ruling: str, rng: np.random.Generator) -> Image.Image:
    paper = rng.uniform(220, 250, 3)
    page = Image.new("RGB", PAGE_PX, _colour(paper))
    pen = ImageDraw.Draw(page)
    width, height = PAGE_PX
    gap, rule = rng.uniform(*RULE_GAP_PX), int(rng.integers(*RULE_WIDTH_PX, endpoint=True))
    colour = _colour(paper * rng.uniform(0.55, 0.85) * RULE_TINT)
    if ruling != "plain":
        for y in np.arange(gap / 2, height, gap):
            pen.line([(0, y), (width, y)], colour, rule)
    if ruling == "squares":
        for x in np.arange(gap / 2, width, gap):
            pen.line([(x, 0), (x, height)], colour, rule)
    return page


def _colour(shades: np.ndarray) -> tuple[int, int, int]:
    red, green, blue = np.clip(np.rint(shades), 0, 255).astype(int).tolist()
    return red, green, blue


def _write(page: Image.Image, ink: np.ndarray, rng: np.random.Generator) -> None:
    scale = min(
        PAGE_PX[0] * rng.uniform(*WRITING_SHARE) / ink.shape[1], PAGE_PX[1] * HEIGHT_SHARE / ink.shape[0]
    )
    size = (round(ink.shape[1] * scale), round(ink.shape[0] * scale))
    strength = Image.fromarray((255 * ink).astype(np.uint8)).resize(size, Image.Resampling.BILINEAR)
    left, top = (
        int(rng.integers(room // 4, 3 * room // 4 + 1))
        for room in (PAGE_PX[0] - size[0], PAGE_PX[1] - size[1])
    )
    page.paste(_colour(rng.uniform(10, 80, 3)), (left, top), strength)


def _bent(page: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Look at the page askew: the photo's corners are not quite the page's, and lie within it."""
    width, height = PAGE_PX
    corners = np.array([(0, 0), (0, height), (width, height), (width, 0)], float)
    inwards = np.sign(np.array(PAGE_PX) / 2 - corners)
    corners += inwards * rng.uniform(0, BEND_SHARE, (4, 2)) * PAGE_PX
    return page.transform(PAGE_PX, Image.Transform.QUAD, corners.ravel().tolist(), Image.Resampling.BICUBIC)


def _light(rng: np.random.Generator) -> np.ndarray:
    """Return float32 (H, W): a gradient, and a soft shadow over a part."""
    rows, columns = np.mgrid[-1 : 1 : PAGE_PX[1] * 1j, -1 : 1 : PAGE_PX[0] * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    along = (np.cos(angle) * columns + np.sin(angle) * rows) / np.sqrt(2)
    light = 1 - (1 - rng.uniform(*DARKEST)) * (along + 1) / 2
    edge = np.cos(angle + 1) * columns + np.sin(angle + 1) * rows - rng.uniform(0.2, 0.8)
    softness = rng.uniform(0.05, 0.3)
    light *= 1 - (1 - rng.uniform(*SHADOW)) / (1 + np.exp(-edge / softness))
    return light.astype(np.float32)
