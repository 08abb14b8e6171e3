"""Clearly drawn digits, as the pad hands them over, are read right; a file's name starts with its digit."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model import Recogniser
from preprocessing import digit_image
from tests.strategies import editor_value

PICTURES = sorted(Path(__file__).parent.glob("*.png"))


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.load()


def test_every_digit_has_a_picture() -> None:
    """There are pictures of all ten digits, so that the next test cannot pass by seeing none."""
    assert {path.name[0] for path in PICTURES} == set("0123456789")


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_a_clear_digit_is_read(recogniser: Recogniser, path: Path) -> None:
    """The likeliest digit is the one drawn, and the drawing is taken for a digit."""
    layer = np.asarray(Image.open(path))
    assert layer.shape[2] == 4
    answer = recogniser.recognise(digit_image(editor_value(layer))[None])
    assert answer.best()[0][0] == int(path.name[0]), answer.best()
    assert recogniser.is_digit(answer.digit_likeness[0])
