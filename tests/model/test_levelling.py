"""The model's first step brings pictures to one form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from model.dataset import load_mnist

pytestmark = pytest.mark.training
keras = pytest.importorskip("keras", reason="needs requirements-train.txt")

DIGITS = load_mnist().x_test[:60].astype(np.float32) / 255
MEAN_DIFFERENCE = 0.02  # of a pixel, 0..1; two different digits differ by 0.1 and more


@pytest.fixture(scope="module")
def level():
    from model.levelling import build_levelling

    model = build_levelling()
    return lambda pictures: model.predict_on_batch(pictures[..., None])[..., 0]


def moments(picture: np.ndarray) -> tuple[float, float, float]:
    """Return the centre of mass (row, column) and the standard deviation of rows."""
    places = np.arange(28)
    rows, columns = picture.sum(axis=1), picture.sum(axis=0)
    row, column = rows @ places / rows.sum(), columns @ places / columns.sum()
    return row, column, np.sqrt(rows @ (places - row) ** 2 / rows.sum())


def test_digits_come_out_centred_and_of_one_height(level) -> None:
    """The centre of mass of every digit is in pixel 14, and heights differ less than before."""
    before, after = (np.array([moments(picture) for picture in of]) for of in (DIGITS, level(DIGITS)))
    np.testing.assert_allclose(after[:, :2], 14, atol=0.5)
    assert after[:, 2].std() < before[:, 2].std() / 2


@given(
    number=st.integers(0, len(DIGITS) - 1),
    lean=st.floats(-0.25, 0.25),
    size=st.floats(0.8, 1.0),
    shift=st.tuples(st.floats(-2, 2), st.floats(-2, 2)),
)
def test_lean_size_and_place_make_little_difference(
    level, number: int, lean: float, size: float, shift: tuple[float, float]
) -> None:
    """A digit that leans, is smaller or stands elsewhere comes out much as it does without."""
    digit = DIGITS[number]
    matrix = np.array([[1, 0], [lean, 1]]) / size
    moved = ndimage.affine_transform(digit, matrix, 13.5 - matrix @ (13.5 + np.array(shift)), order=1)
    plain, levelled = level(np.stack([digit, moved]))
    assert np.abs(plain - levelled).mean() <= max(MEAN_DIFFERENCE, np.abs(digit - moved).mean() / 2)


def test_a_picture_alone_comes_out_as_among_others(level) -> None:
    """The rest of the batch changes nothing."""
    alone = np.concatenate([level(digit[None]) for digit in DIGITS[:5]])
    np.testing.assert_allclose(alone, level(DIGITS)[:5], atol=1e-5)


@pytest.mark.parametrize("picture", [np.zeros((28, 28)), np.ones((28, 28)), np.eye(28), np.eye(28)[::-1]])
def test_any_picture_comes_out_in_range(level, picture: np.ndarray) -> None:
    """Blank paper, all ink or a diagonal: pixels stay in 0..1, and blank stays blank."""
    out = level(picture[None].astype(np.float32))
    assert np.all((out >= 0) & (out <= 1))
    assert out.any() == picture.any()
