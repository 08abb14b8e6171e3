"""A number on a page of a notebook is read, whatever the light, and the page's lines are no ink."""

import numpy as np
import pytest

from benchmarks.photos import RULINGS, photograph
from model import Recogniser
from model.number import read_number
from preprocessing.canvas import ink_of
from preprocessing.ruling import without_ruling
from tests.strategies import DIGITS, draw

DRAWN = {digit: draw(DIGITS[digit], side=100, left=20, top=20, width=12, pad=140) for digit in DIGITS}


@pytest.mark.parametrize("ruling", RULINGS)
@pytest.mark.parametrize("seed", range(4))
def test_a_photo_of_a_number_is_read(ruling: str, seed: int) -> None:
    """Askew, in shadow, with grain and JPEG blocks, on plain, lined and squared paper."""
    ink = np.hstack([DRAWN[digit] for digit in (2, 0, 7, 5)]) / np.float32(255)
    photo = photograph(ink, ruling, np.random.default_rng(seed))
    assert read_number(ink_of(photo), Recogniser.load()).text == "2075"


@pytest.mark.parametrize("slope", [-0.1, 0.0, 0.1])
@pytest.mark.parametrize("turned", [False, True])
def test_lines_go_and_strokes_stay(slope: float, turned: bool) -> None:
    """Tilted lines from edge to edge are wiped out; a stroke that crosses them keeps nearly all its ink."""
    page = np.zeros((300, 400), np.uint8)
    columns = np.arange(400)
    for top in range(60, 300, 60):
        rows = np.rint(top + slope * (columns - 200)).astype(int)
        for row in (rows, rows + 1):
            page[row.clip(0, 299), columns] = 90
    stroke = np.zeros_like(page)
    stroke[70:230, 195:207] = stroke[218:230, 195:260] = 200
    page = np.maximum(page, stroke)
    if turned:
        page, stroke = page.T, stroke.T
    wiped = without_ruling(page, 40) > 0
    assert (wiped & (stroke == 0)).mean() < 0.002
    assert wiped[stroke > 0].mean() > 0.97


def test_a_page_without_lines_stays_as_it_is() -> None:
    """A drawing, with its margin or cut close, is not touched, not even a straight bar across it."""
    picture = np.hstack([DRAWN[7], DRAWN[4]])
    close = picture[:, 18:262]
    bar = np.zeros((40, 200), np.uint8)
    bar[10:30] = 255
    for each in (picture, close, bar):
        assert np.array_equal(without_ruling(each, 100), each)
