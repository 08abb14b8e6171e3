"""Whole numbers are read, and single digits go on being read as before."""

import numpy as np
import pytest

from model import Recogniser, Recognition
from model.number import Number, read_number
from preprocessing import BlankDrawing, digit_image
from tests.preprocessing.test_segments import written


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


def test_blank_ink_is_an_error(recogniser: Recogniser) -> None:
    """Where nothing is drawn there is no number."""
    with pytest.raises(BlankDrawing):
        read_number(np.zeros((30, 30), np.float32), recogniser)
