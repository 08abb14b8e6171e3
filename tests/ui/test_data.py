"""The Data tab shows the digits as they are."""

import re

import gradio as gr
import numpy as np
import pytest

from model.dataset import load_mnist
from ui.data import counts_view, matrix, one_hot_table
from ui.picker import ANY_DIGIT, checked_position, matching
from ui.text import LOCALES


@pytest.mark.parametrize("index", [0, 59_999])
def test_the_matrix_is_the_picture(index) -> None:
    """All 784 numbers stand there, row by row."""
    pixels = load_mnist().x_train[index]
    shown = [int(value) for value in re.findall(r"--v:\d+\">(\d+)</td>", matrix(pixels))]
    assert np.array_equal(np.reshape(shown, (28, 28)), pixels)


@pytest.mark.parametrize("label", range(10))
def test_the_one_hot_vector_has_its_one_in_the_labels_column(label) -> None:
    """Ten cells, one of them 1, at the place of the label."""
    cells = re.findall(r"<td>(?:<b>)?([01])(?:</b>)?</td>", one_hot_table(label))
    assert cells == [str(int(column == label)) for column in range(10)]


def test_the_counts_are_mnists() -> None:
    """60,000 digits, of which 5,923 are zeros and 6,742 are ones."""
    shown = counts_view(load_mnist().y_train)
    assert all(number in shown for number in ("60,000", "5,923", "6,742"))


@pytest.mark.parametrize("position", [-1, 100, 1.5, None, float("nan"), float("inf")])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_position_outside_is_refused_with_the_limits(position, locale) -> None:
    """Whatever is typed, nothing beyond the last digit is looked up."""
    with pytest.raises(gr.Error, match="99"):
        checked_position(position, 100, locale)


def test_digits_of_one_kind_are_found_all() -> None:
    """The filter keeps the digits of its kind and no others."""
    labels = load_mnist().y_test
    assert len(matching(labels, ANY_DIGIT)) == 10_000
    sevens = matching(labels, "7")
    assert len(sevens) == 1028
    assert set(labels[sevens]) == {7}
