"""Hostile input in short; ``python -m benchmarks.fuzz`` is the long form."""

import io
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from benchmarks.fuzz import fuzz
from benchmarks.hostile import hostile_picture, pictures
from preprocessing import DrawingError, digit_image

INPUTS = 300


def test_a_server_that_is_sent_anything_stays_up_and_tells_nothing(tmp_path: Path) -> None:
    """No 5xx, no traceback or path shown, no file read, no address fetched, no connection lost."""
    results = fuzz(INPUTS, 1, tmp_path)
    assert results["found"] == []
    assert sum(results["statuses"].values()) == INPUTS


def is_answered(value: object) -> bool:
    """Return whether a value becomes a digit's picture or a DrawingError, and nothing else."""
    try:
        image = digit_image(value)
    except DrawingError:
        return True
    return image.shape == (28, 28) and bool(((image >= 0) & (image <= 1)).all())


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_any_file_is_a_digit_or_an_error(seed: int) -> None:
    """Damaged and odd pictures raise a DrawingError, or are read."""
    try:
        picture = Image.open(io.BytesIO(hostile_picture(random.Random(seed))))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return  # Pillow refuses it before we see it
    assert is_answered(picture)


SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["background", "layers", "composite"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=200)
@given(JSON | arrays.arrays(st.sampled_from([np.uint8, np.float32, np.int64, np.bool_]), SHAPES))
def test_any_value_is_a_digit_or_an_error(value: object) -> None:
    """NaN, huge numbers, lists and arrays of any shape or type raise a DrawingError, or are read."""
    assert is_answered(value)


@pytest.mark.parametrize("number", range(len(pictures())))
def test_files_made_by_hand(number: int) -> None:
    """Each alone as a layer: it is read, or refused in one of two ways."""
    try:
        layer = Image.open(io.BytesIO(pictures()[number]))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return
    assert is_answered({"background": None, "layers": [layer], "composite": None})
