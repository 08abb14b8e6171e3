"""The network: a multilayer perceptron."""

import keras

from model.config import CLASSES, TrainingConfig
from model.levelling import build_levelling
from preprocessing.normalise import IMAGE_SIDE_PX

__all__ = ["build_mlp"]


def build_mlp(config: TrainingConfig, with_likeness: bool = False) -> keras.Model:
    """Return an untrained MLP: pictures (n, 28, 28, 1) in 0..1 to class probabilities ``digit`` (n, 10).

    Where the config says so, pictures are levelled first. Each hidden layer is Dense, ReLU,
    BatchNormalization and, where its share is not 0, Dropout.

    Args:
        config: gives the layers' widths and dropout.
        with_likeness: add a second output ``likeness`` (n, 1) in 0..1, whether it looks like a digit at all.
    """
    inputs = keras.Input((IMAGE_SIDE_PX, IMAGE_SIDE_PX, 1), name="picture")
    x = build_levelling()(inputs) if config.levels_pictures else inputs
    x = keras.layers.Flatten(name="flatten")(x)
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
