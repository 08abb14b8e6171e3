"""A drawing's place, size, colour and layers do not matter to the picture that the model reads."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from preprocessing import BlankDrawing, DigitSteps, digit_image, digit_steps
from preprocessing.normalise import normalise
from tests.strategies import DIGITS, colours, digits, draw, editor_value, layer

TOLERANCE = 0.03  # mean difference of a pixel, from the grid of pixels that a drawing falls on
REFERENCE = {digit: digit_image(editor_value(layer(draw(strokes)))) for digit, strokes in DIGITS.items()}
FEW = settings(max_examples=40)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).mean())


@FEW
@given(digits, st.floats(60, 400), st.floats(0, 1), st.floats(0, 1))
def test_place_and_size_do_not_matter(digit: int, side: float, right: float, down: float) -> None:
    """The same digit, moved and scaled with its brush, gives the same picture."""
    width = side / 10
    room = 600 - side - width
    alpha = draw(DIGITS[digit], side, width / 2 + right * room, width / 2 + down * room, width)
    assert difference(digit_image(editor_value(layer(alpha))), REFERENCE[digit]) < TOLERANCE


@FEW
@given(digits, colours, st.integers(64, 255))
def test_colour_and_opacity_do_not_matter(digit: int, colour: tuple[int, int, int], opacity: int) -> None:
    """The same digit in another colour or a fainter brush gives the same picture."""
    alpha = np.rint(draw(DIGITS[digit]) * (opacity / 255)).astype(np.uint8)
    assert difference(digit_image(editor_value(layer(alpha, colour))), REFERENCE[digit]) < TOLERANCE


@FEW
@given(digits, st.integers(151, 449))
def test_layers_do_not_matter(digit: int, cut: int) -> None:
    """The same digit, split over two layers, gives the very same picture."""
    upper, lower = layer(draw(DIGITS[digit])), layer(draw(DIGITS[digit]))
    upper[cut:] = 0
    lower[:cut] = 0
    np.testing.assert_array_equal(digit_image(editor_value(upper, lower)), REFERENCE[digit])


@pytest.mark.parametrize("width", [6, 15, 30, 50])
@pytest.mark.parametrize("digit", [1, 2, 4, 7])
def test_the_brush_hardly_matters(digit: int, width: float) -> None:
    """A thin brush and a thick one give strokes of much the same width."""
    picture = digit_image(editor_value(layer(draw(DIGITS[digit], width=width))))
    assert 0.7 < picture.sum() / REFERENCE[digit].sum() < 1.4


strokes = st.lists(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6), min_size=1, max_size=4
)


@settings(max_examples=80)
@given(strokes, st.floats(1, 100), st.floats(1, 80))
def test_any_drawing_gives_a_picture_in_form(strokes: list, side: float, width: float) -> None:
    """Whatever is drawn comes out float32 (28, 28), in 0..1, its centre of mass in the middle."""
    alpha = draw(strokes, side, 50, 50, width, pad=200)
    assume(alpha.any())
    picture = digit_image(editor_value(layer(alpha)))
    assert picture.shape == (28, 28)
    assert picture.dtype == np.float32
    assert np.isfinite(picture).all()
    assert picture.min() >= 0
    assert 0.4 < picture.max() <= 1
    for axis in range(2):
        middle = picture.sum(axis=1 - axis) @ (np.arange(28) + 0.5) / picture.sum()
        assert abs(middle - 14.5) <= 1


noise = st.integers(0, 2**32 - 1)


@FEW
@given(noise, st.integers(1, 40), st.integers(1, 40))
def test_noise_gives_a_picture_too(seed: int, height: int, width: int) -> None:
    """Random ink of any shape raises nothing and gives a finite picture."""
    ink = np.random.default_rng(seed).random((height, width), np.float32)
    assert np.isfinite(normalise(ink).centred).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (28, 28)])
def test_blank_ink_is_refused(shape: tuple[int, int]) -> None:
    """A picture without ink raises BlankDrawing."""
    with pytest.raises(BlankDrawing):
        normalise(np.zeros(shape, np.float32))


@pytest.mark.parametrize("spot", [(20, 20), (560, 30), (30, 560), (300, 570)])
@pytest.mark.parametrize("digit", [0, 3, 8])
def test_a_speck_apart_is_ignored(digit: int, spot: tuple[int, int]) -> None:
    """A stray dot far from the digit changes nothing."""
    alpha = draw(DIGITS[digit]).copy()
    alpha[spot[0] : spot[0] + 12, spot[1] : spot[1] + 12] = 255
    assert difference(digit_image(editor_value(layer(alpha))), REFERENCE[digit]) < TOLERANCE


def test_a_faint_trace_of_the_eraser_is_ignored() -> None:
    """Ink below a quarter of the strongest is what an eraser left behind."""
    alpha = draw(DIGITS[3]).copy()
    alpha[:60, :60] = 40
    assert difference(digit_image(editor_value(layer(alpha))), REFERENCE[3]) < TOLERANCE


def test_the_steps_lead_to_the_picture() -> None:
    """Each step is float32 in 0..1, the ink is what was drawn, the box is 20 pixels long."""
    alpha = draw(DIGITS[2])
    steps = digit_steps(editor_value(layer(alpha)))
    for picture in vars(steps).values():
        assert picture.dtype == np.float32
        assert 0 <= picture.min() <= picture.max() <= 1
    np.testing.assert_allclose(steps.ink, alpha / 255, atol=1e-6)
    assert max(steps.boxed.shape) == 20
    np.testing.assert_array_equal(steps.centred, REFERENCE[2])


@pytest.mark.parametrize("slant", [-0.5, -0.25, 0.25, 0.5])
@pytest.mark.parametrize("digit", [1, 4, 8])
def test_slant_is_partly_taken_back(digit: int, slant: float) -> None:
    """A slanted hand's digit comes nearer to the upright one than the slant alone would leave it."""

    def sheared(share: float) -> DigitSteps:
        strokes = [[(x + share * slant * (0.5 - y), y) for x, y in stroke] for stroke in DIGITS[digit]]
        return digit_steps(editor_value(layer(draw(strokes))))

    before, after = (drift(getattr(sheared(1), name)) for name in ("cropped", "upright"))
    upright = drift(sheared(0).upright)
    assert abs(after - upright) < 0.6 * abs(before - drift(sheared(0).cropped))


def drift(ink: np.ndarray) -> float:
    """Return the slant of a picture: columns a row, from its moments."""
    rows, columns = np.mgrid[: ink.shape[0], : ink.shape[1]]
    rows = rows - (rows * ink).sum() / ink.sum()
    columns = columns - (columns * ink).sum() / ink.sum()
    return float((rows * columns * ink).sum() / (rows**2 * ink).sum())
