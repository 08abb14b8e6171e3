"""Bring pictures to one form inside the model: upright, of one height, the centre of mass in the middle.

MNIST's digits lean as their writers did, and their box of 20 pixels depends on a tail or a flag. The moments
of the ink, which one stroke moves little, spare the layers that follow from learning every lean, place and
size (moment normalisation, Casey 1970, IBM J. Res. Dev. 14(5); deslanted digits, LeCun et al. 1998, Proc.
IEEE 86(11), section III.C). It is part of the model, so that whoever reads with it cannot forget it; it is
made of operations that LiteRT has as well, and has no weights.
"""

import keras
import numpy as np
from keras import ops

from model.resampling import finer
from preprocessing.normalise import CENTRE_PX, IMAGE_SIDE_PX, MAX_SLANT

__all__ = ["build_levelling"]

SLANT_TAKEN_BACK = 0.8  # share of the slant; with 0.6 or all of it as many digits are misread
MIN_HEIGHT_PX = 1.4  # standard deviation of rows; a flat line has no slant
MIN_WIDTH_PX = 0.7  # the same of columns; a line has that much
HEIGHT_PX = 5.1  # standard deviation of rows afterwards, a little less than MNIST's mean
HEIGHT_CHANGE = (0.55, 1.4)  # bounds, in pixels before to one after
ASPECT = 0.62  # width to height, the mean of MNIST's digits
WIDTH_EVENED = 0.4  # how much of the difference in aspect goes: all of it would make a one as wide as a zero
WIDTH_CHANGE = (0.6, 1.5)  # bounds, beside the height's
MIDDLE_PX = CENTRE_PX - 0.5  # counted from the middle of the first pixel, not from its edge
FINENESS = 4  # of the copy of a row in which it is looked up: so fine that sampling blurs nothing
BLANK = 1e-6  # of ink: a blank picture has no centre of mass, and must not divide by zero
PLACES = np.arange(IMAGE_SIDE_PX, dtype=np.float32)
FROM_MIDDLE = PLACES - MIDDLE_PX


def build_levelling() -> keras.Model:
    """Return what brings pictures (n, 28, 28, 1) in 0..1, 1 is ink, to that form, for use as a layer."""
    pictures = keras.Input((IMAGE_SIDE_PX, IMAGE_SIDE_PX, 1), name="as_given")
    return keras.Model(pictures, _levelled(pictures), name="level")


def _levelled(pictures: keras.KerasTensor) -> keras.KerasTensor:
    ink = ops.reshape(pictures, (-1, IMAGE_SIDE_PX, IMAGE_SIDE_PX))
    by_row, by_column = ops.sum(ink, 2), ops.sum(ink, 1)
    total = ops.sum(by_row, 1, keepdims=True) + BLANK
    row, column = (ops.sum(sums * PLACES, 1, keepdims=True) / total for sums in (by_row, by_column))
    below, right = ops.subtract(PLACES, row), ops.subtract(PLACES, column)
    row_variance = ops.sum(below**2 * by_row, 1, keepdims=True) / total
    column_variance = ops.sum(right**2 * by_column, 1, keepdims=True) / total
    covariance = ops.sum(below * ops.sum(ink * ops.expand_dims(right, 1), 2), 1, keepdims=True) / total
    slant = covariance / ops.maximum(row_variance, MIN_HEIGHT_PX**2)
    shear = SLANT_TAKEN_BACK * ops.clip(slant, -MAX_SLANT, MAX_SLANT)
    width_variance = column_variance - 2 * shear * covariance + shear**2 * row_variance
    height = ops.sqrt(ops.maximum(row_variance, MIN_HEIGHT_PX**2))
    width = ops.sqrt(ops.maximum(width_variance, MIN_WIDTH_PX**2))
    tall = ops.clip(height / HEIGHT_PX, *HEIGHT_CHANGE)  # pixels before to one after
    wide = tall * ops.clip((width / height / ASPECT) ** WIDTH_EVENED, *WIDTH_CHANGE)
    down, across = tall * FROM_MIDDLE, wide * FROM_MIDDLE  # (n, 28): how far from the centre each is taken
    rows = ops.repeat(ops.expand_dims(row + down, 1), IMAGE_SIDE_PX, 1)
    starts = ops.repeat(ops.expand_dims(column + shear * down, 2), IMAGE_SIDE_PX, 2)
    columns = starts + ops.expand_dims(across, 1)
    of_one_height = ops.swapaxes(_looked_up(ops.swapaxes(ink, 1, 2), rows), 1, 2)
    return ops.expand_dims(_looked_up(of_one_height, columns), -1)


def _looked_up(rows: keras.KerasTensor, columns: keras.KerasTensor) -> keras.KerasTensor:
    """Return what rows (n, 28, 28) hold at fractional columns (n, 28, 28); beyond the edge is paper.

    Cubic interpolation, as linear interpolation in a copy FINENESS times as fine.
    """
    side = IMAGE_SIDE_PX * FINENESS + 3  # with paper before and after
    fine = ops.reshape(ops.pad(ops.matmul(rows, finer(FINENESS).T), ((0, 0), (0, 0), (1, 2))), (-1,))
    pictures = ops.cumsum(ops.ones_like(ops.sum(rows, (1, 2), keepdims=True), dtype="int32"), 0) - 1
    starts = (pictures * IMAGE_SIDE_PX + np.arange(IMAGE_SIDE_PX, dtype=np.int32)[:, None]) * side
    places = ops.clip((columns + 0.5) * FINENESS + 0.5, 0, side - 2)
    left = ops.floor(places)
    index = starts + ops.cast(left, "int32")
    share = places - left
    return ops.clip((1 - share) * ops.take(fine, index) + share * ops.take(fine, index + 1), 0, 1)
