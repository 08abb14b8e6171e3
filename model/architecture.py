"""The networks that are trained: the MLP that serves, and the convolutional teacher of the default recipe."""

import keras

from model.config import CLASSES, TrainingConfig
from preprocessing.normalise import IMAGE_SIDE_PX

__all__ = ["build_mlp", "build_teacher"]

TEACHER_FILTERS = ((32, 1), (32, 2), (64, 1), (64, 2), (128, 1))  # of each 3x3 convolution, and its stride


def build_mlp(config: TrainingConfig, with_likeness: bool = False) -> keras.Model:
    """Return an untrained MLP: pictures (n, 28, 28, 1) in 0..1 to class probabilities ``digit`` (n, 10).

    Each hidden layer is Dense, ReLU, BatchNormalization and, where its share is not 0, Dropout.

    Args:
        config: gives the layers' widths and dropout.
        with_likeness: add a second output ``likeness`` (n, 1) in 0..1, whether it looks like a digit at all.
    """
    inputs = keras.Input((IMAGE_SIDE_PX, IMAGE_SIDE_PX, 1), name="picture")
    x = keras.layers.Flatten(name="flatten")(inputs)
    for number, (units, dropout) in enumerate(zip(config.hidden_units, config.dropout, strict=True), start=1):
        x = keras.layers.Dense(units, activation="relu", name=f"hidden_{number}")(x)
        x = keras.layers.BatchNormalization(name=f"normalise_{number}")(x)
        if dropout:
            x = keras.layers.Dropout(dropout, name=f"dropout_{number}")(x)
    digit = keras.layers.Dense(CLASSES, activation="softmax", name="digit")(x)
    if not with_likeness:
        return keras.Model(inputs, digit, name="digits")
    likeness = keras.layers.Dense(1, activation="sigmoid", name="likeness")(x)
    return keras.Model(inputs, {"digit": digit, "likeness": likeness}, name="digits")


def build_teacher() -> keras.Model:
    """Return an untrained convolutional network: pictures (n, 28, 28, 1) to class probabilities (n, 10)."""
    inputs = keras.Input((IMAGE_SIDE_PX, IMAGE_SIDE_PX, 1), name="picture")
    x = keras.layers.Conv2D(16, 5, strides=2, padding="same", use_bias=False)(inputs)
    for filters, stride in TEACHER_FILTERS:
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.Activation("relu")(x)
        x = keras.layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Activation("relu")(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dropout(0.3)(x)
    return keras.Model(inputs, keras.layers.Dense(CLASSES, activation="softmax")(x), name="teacher")
