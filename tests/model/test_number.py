"""Whole numbers are read, and single digits go on being read as before."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import Recogniser, Recognition
from model.number import Number, read_number
from preprocessing import BlankDrawing, digit_image
from preprocessing.normalise import normalise
from preprocessing.pieces import MAX_PIECES
from preprocessing.segments import MAX_CANDIDATES
from tests.preprocessing.test_segments import written
from tests.strategies import DIGITS, digits, draw


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """The served model."""
    return Recogniser.load()


class Counting:
    """A recogniser that keeps how many pictures each call brought."""

    def __init__(self, recogniser: Recogniser) -> None:
        self.recogniser = recogniser
        self.calls: list[int] = []

    def recognise(self, images: np.ndarray) -> Recognition:
        """Read pictures."""
        self.calls.append(len(images))
        return self.recogniser.recognise(images)

    def is_digit(self, likeness: float) -> bool:
        """Return whether this likeness is a digit's."""
        return self.recogniser.is_digit(likeness)


@pytest.mark.parametrize("text", ["10", "701", "5017", "-17", "1.75", "-0.5", "71\n105", "501770"])
def test_numbers_are_read(text: str, recogniser: Recogniser) -> None:
    """Digits, signs and lines come out as they were written."""
    scale = 0.8 if len(text) > 5 else 1.5
    assert read_number(written(text, scale=scale), recogniser).text == text


@pytest.mark.parametrize("text", ["0", "1", "5", "7"])
def test_a_single_digit_is_read_as_before(text: str, recogniser: Recogniser) -> None:
    """One digit gives the very picture and probabilities that reading one digit gives."""
    ink = written(text)
    number = read_number(ink, recogniser)
    layer = np.zeros((*ink.shape, 4), np.uint8)
    layer[..., 3] = np.rint(255 * ink)
    image = digit_image({"background": None, "layers": [layer], "composite": None})
    (digit,) = number.digits
    assert np.abs(digit.image - image).max() < 1e-5
    best = recogniser.recognise(digit.image[np.newaxis]).best()
    assert [label for label, _ in number.best] == [str(label) for label, _ in best]
    assert [share for _, share in number.best] == pytest.approx([share for _, share in best])


def test_the_three_likeliest_numbers_are_told(recogniser: Recogniser) -> None:
    """Their probabilities fall and make at most one; each digit has a box, left to right."""
    number = read_number(written("1705"), recogniser)
    shares = [share for _, share in number.best]
    assert len(shares) == 3
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1 + 1e-6
    lefts = [digit.box.left for digit in number.digits]
    assert len(lefts) == 4
    assert lefts == sorted(lefts)


def test_digits_apart_are_recognised_in_one_batch(recogniser: Recogniser) -> None:
    """Six spaced digits take one call of the recogniser."""
    counting = Counting(recogniser)
    number = read_number(written("170571", scale=0.8), counting)
    assert isinstance(number, Number)
    assert len(number.digits) == 6
    assert len(counting.calls) == 1


def test_the_probability_of_numbers_is_that_of_their_digits(recogniser: Recogniser) -> None:
    """Where the pieces leave no doubt, the best number is as likely as its digits together."""
    number = read_number(written("171", gap=60), recogniser)
    assert number.best[0][1] == pytest.approx(
        np.prod([digit.probabilities.max() for digit in number.digits]), rel=0.02
    )


def test_a_slanted_number_is_read(recogniser: Recogniser) -> None:
    """Digits whose boxes overlap, for they lean, are told apart."""
    ink = written("1701", gap=24)
    leaning = np.stack([np.roll(row, round((200 - y) / 4)) for y, row in enumerate(ink)])
    assert read_number(leaning, recogniser).text == "1701"


def test_a_broken_four_is_one_digit(recogniser: Recogniser) -> None:
    """A four of two strokes that do not meet, beside another digit, stays one."""
    pen = [[(0.45, 0.0), (0.15, 0.62), (0.62, 0.62)], [(0.75, 0.25), (0.75, 1.0)]]
    four = draw(pen, side=100, left=20, top=20, width=8, pad=140)
    one = draw(DIGITS[1], side=100, left=20, top=20, width=8, pad=140)
    assert read_number(np.hstack([four, one]) / np.float32(255), recogniser).text == "41"


def test_a_broken_zero_is_one_digit(recogniser: Recogniser) -> None:
    """A zero that the eraser went through stays one, though its parts might be ones and sevens."""
    zero = draw(DIGITS[0], side=400, left=200, top=200, width=40, pad=800) / np.float32(255)
    zero[400:440] = 0
    assert read_number(zero, recogniser).text == "0"


def test_specks_do_not_change_a_number(recogniser: Recogniser) -> None:
    """Dots above and below the writing are no digits and no signs."""
    ink = written("170")
    ink[12:16, 150:154] = ink[300:304, 60:64] = 1
    assert read_number(ink, recogniser).text == "170"


@settings(max_examples=25)
@given(digits, st.floats(60, 420), st.floats(0.05, 0.14), st.floats(0, 1), st.floats(0, 1))
def test_any_single_digit_is_read_as_before(
    recogniser: Recogniser, digit: int, side: float, brush: float, x: float, y: float
) -> None:
    """Of any size, with any brush, anywhere: one digit, with the probabilities of reading one."""
    width = side * brush
    room = 600 - side - 2 * width
    alpha = draw(DIGITS[digit], side, width + x * room, width + y * room, width)
    ink = alpha / np.float32(255)
    number = read_number(ink, recogniser)
    best = recogniser.recognise(normalise(ink).centred[np.newaxis]).best()
    assert [label for label, _ in number.best] == [str(label) for label, _ in best]
    assert [share for _, share in number.best] == pytest.approx([share for _, share in best])


def test_twenty_digits_are_read(recogniser: Recogniser) -> None:
    """A telephone number, with its country, and then some."""
    row = np.hstack([draw(DIGITS[i % 10], 100, 15, 20, 12, 130) for i in range(20)]) / np.float32(255)
    assert read_number(row, recogniser).text == "01234567890123456789"


def page_of(kind: str) -> np.ndarray:
    """Return the ink of a page that nobody would write."""
    rng = np.random.default_rng(0)
    page = np.zeros((600, 600), np.float32)
    if kind == "noise":
        page[rng.random(page.shape) < 0.1] = 1
    elif kind == "specks":
        for y, x in rng.integers(0, 590, (50, 2)):
            page[y : y + 8, x : x + 8] = 1
    elif kind == "bars":
        page[100:500, ::6] = page[100:500, 1::6] = 1
    elif kind == "comb":
        page[100:500, ::20] = page[100:500, 1::20] = 1
        page[300:304] = 1
    elif kind == "blot":
        page[:] = 1
    return page if kind != "strip" else np.ones((1, 5000), np.float32)


@pytest.mark.parametrize("kind", ["noise", "specks", "bars", "comb", "blot", "strip"])
def test_the_work_on_any_page_is_bounded(kind: str, recogniser: Recogniser) -> None:
    """No page takes more pictures of the recogniser, in more calls, than the limits say."""
    counting = Counting(recogniser)
    number = read_number(page_of(kind), counting)
    assert len(counting.calls) <= 3
    assert sum(counting.calls) <= 2 * MAX_CANDIDATES + 2
    assert len(number.digits) <= MAX_PIECES


@pytest.mark.parametrize("kind", ["specks", "blot", "strip"])
def test_what_is_no_writing_is_no_number(kind: str, recogniser: Recogniser) -> None:
    """Specks alone, a blot or a strip are not a number: one drawing, or refused."""
    digits = read_number(page_of(kind), recogniser).digits
    assert len(digits) == 1 or not all(recogniser.is_digit(digit.likeness) for digit in digits)


def test_blank_ink_is_an_error(recogniser: Recogniser) -> None:
    """Where nothing is drawn there is no number."""
    with pytest.raises(BlankDrawing):
        read_number(np.zeros((30, 30), np.float32), recogniser)
