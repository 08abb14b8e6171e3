"""A trained model that looks at each picture in five places: as it is, and half a pixel to each side.

Where a digit could be one or another, five answers are surer than one (test-time augmentation, Krizhevsky et
al. 2012, NeurIPS 25). The mean is of probabilities: views that disagree then say so.
"""

import keras
from keras import ops

from preprocessing.normalise import IMAGE_SIDE_PX

__all__ = ["VIEWS", "looking_around"]

NUDGES = (((1, 0), (0, 0)), ((0, 1), (0, 0)), ((0, 0), (1, 0)), ((0, 0), (0, 1)))  # padding: rows, columns
VIEWS = 1 + len(NUDGES)
MEANS = {"digit": "mean_digit", "likeness": "mean_likeness"}  # of each output: the name of its mean


def looking_around(model: keras.Model) -> keras.Model:
    """Return a model of the same layers and weights whose answer is that of all views.

    Args:
        model: of :func:`model.architecture.build_mlp`, with its likeness.
    """
    pictures = keras.Input(model.input.shape[1:], name="picture")
    flow = pictures
    for layer in model.layers:
        if layer.name == "flatten":
            flow = _views()(flow)
        if layer.name not in ("picture", *MEANS):
            flow = layer(flow)
    of_views = {name: model.get_layer(name)(flow) for name in MEANS}
    answers = {name: _mean(MEANS[name], answer.shape[1])(answer) for name, answer in of_views.items()}
    return keras.Model(pictures, answers, name=model.name)


def _views() -> keras.Model:
    """Return what makes n pictures (28, 28, 1) to VIEWS * n: all as they are, then all nudged one way."""
    pictures = keras.Input((IMAGE_SIDE_PX, IMAGE_SIDE_PX, 1), name="levelled")
    nudged = []
    for padding in NUDGES:
        window = tuple(1 + sum(side) for side in padding)  # two neighbours' mean lies half a pixel aside
        padded = keras.layers.ZeroPadding2D(padding)(pictures)
        nudged.append(keras.layers.AveragePooling2D(window, strides=1)(padded))
    return keras.Model(pictures, ops.concatenate([pictures, *nudged], axis=0), name="views")


def _mean(name: str, width: int) -> keras.Model:
    """Return what makes answers (VIEWS * n, width) to their mean over the views, (n, width)."""
    answers = keras.Input((width,), name="of_views")
    mean = ops.mean(ops.reshape(answers, (VIEWS, -1, width)), axis=0)
    return keras.Model(answers, mean, name=name)
