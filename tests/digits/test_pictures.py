"""A picture file is the same picture whoever decodes it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, PngImagePlugin

from digits import pictures
from digits.pictures import load_picture
from preprocessing.photo import photo_ink, reduction

NOISE = np.random.default_rng(7).integers(0, 256, (31, 47, 4), np.uint8)
PLAIN = {"L": NOISE[..., 0], "RGB": NOISE[..., :3], "RGBA": NOISE}


def turned() -> dict[str, object]:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    return {"exif": exif}


def described() -> dict[str, object]:
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", "tiff:Orientation='6'")
    return {"pnginfo": text}


@pytest.mark.parametrize("mode", PLAIN)
def test_a_plain_png_is_what_pillow_reads(tmp_path: Path, mode: str, monkeypatch) -> None:
    """Pixel for pixel, and without Pillow's own decoder."""
    Image.fromarray(PLAIN[mode]).save(tmp_path / "plain.png")
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda self: pytest.fail("Pillow decoded it"))
    picture = load_picture(tmp_path / "plain.png")
    assert picture.mode == mode
    np.testing.assert_array_equal(np.asarray(picture), PLAIN[mode])


@pytest.mark.parametrize("grey", [True, False], ids=["grey", "colour"])
@pytest.mark.parametrize("size", [(800, 800), (642, 130), (130, 1280), (801, 800), (1282, 600), (640, 640)])
def test_a_page_may_come_smaller_but_its_ink_is_the_same(tmp_path: Path, size, grey: bool) -> None:
    """To the last bit, whether or not its pixels were halved while they were loaded."""
    shades = np.random.default_rng(3).integers(0, 256, (*size[::-1], 3), np.uint8)
    shades[20:60, 30:100] //= 8  # a stroke
    page = Image.fromarray(np.repeat(shades[..., :1], 3, axis=2) if grey else shades)
    page.save(tmp_path / "page.png")
    loaded = load_picture(tmp_path / "page.png")
    assert reduction(loaded.size) in (1, reduction(size))
    np.testing.assert_array_equal(photo_ink(loaded), photo_ink(page))


@pytest.mark.parametrize(
    ("picture", "options"),
    [
        (Image.fromarray(PLAIN["RGB"]).convert("P"), {}),
        (Image.fromarray(PLAIN["L"]).convert("1"), {}),
        (Image.fromarray(NOISE[..., 0].astype(np.uint16) * 257), {}),
        (Image.fromarray(PLAIN["RGBA"]).convert("LA"), {}),
        (Image.fromarray(PLAIN["RGB"]), {"transparency": (255, 255, 255)}),
        (Image.fromarray(PLAIN["RGB"]), turned()),
        (Image.fromarray(PLAIN["L"]), described()),
        (Image.fromarray(PLAIN["RGBA"]), {"save_all": True, "append_images": [Image.new("RGBA", (47, 31))]}),
    ],
    ids=["palette", "one bit", "16 bits", "grey and alpha", "one clear colour", "turned", "xmp", "animated"],
)
def test_any_other_png_is_left_to_pillow(tmp_path: Path, picture: Image.Image, options: dict) -> None:
    """What says more than pixels of eight bits keeps its mode, its transparency and its way up."""
    picture.save(tmp_path / "other.png", **options)
    loaded = load_picture(tmp_path / "other.png")
    with Image.open(tmp_path / "other.png") as expected:
        assert (loaded.mode, loaded.info) == (expected.mode, expected.info)
        assert loaded.getexif() == expected.getexif()
        np.testing.assert_array_equal(np.asarray(loaded), np.asarray(expected))


def test_a_png_too_large_is_never_decoded_whole_by_the_other_decoder(tmp_path: Path, monkeypatch) -> None:
    """Its size is read before its pixels."""
    monkeypatch.setattr(pictures, "MAX_PICTURE_PIXELS", 31 * 47 - 1)
    monkeypatch.setattr(pictures.kornia_rs.io, "decode_image_png_u8", lambda *_: pytest.fail("decoded"))
    Image.fromarray(PLAIN["L"]).save(tmp_path / "large.png")
    assert load_picture(tmp_path / "large.png").size == (47, 31)


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_png_cut_short_is_told_by_pillow(tmp_path: Path, kept: float) -> None:
    """The error is the same as ever."""
    file = tmp_path / "cut.png"
    Image.fromarray(PLAIN["RGB"]).save(file)
    file.write_bytes(file.read_bytes()[: int(kept * file.stat().st_size)])
    with pytest.raises(OSError, match="truncated"):
        load_picture(file)
