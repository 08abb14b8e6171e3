"""A convolutional network that teaches the MLP. It makes fewer mistakes, and is too slow and large to serve.

Distillation after Hinton, Vinyals and Dean 2015 (arXiv 1503.02531). The teacher is asked afresh about the
very pictures that the MLP sees, for many epochs (Beyer et al. 2022, CVPR): answers kept from a few passes are
learnt by heart.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from model.config import CLASSES, TrainingConfig
from model.corpus import Corpus
from model.dataset import one_hot, scale
from model.fitting import Curves, Epoch, Stage, fit, optimiser
from model.lesson import lesson, pictures_shown
from preprocessing.normalise import IMAGE_SIDE_PX

__all__ = ["build_teacher", "fit_teacher", "softened"]

CHANNELS = (32, 64, 128, 128)
DROPOUT = 0.3
BATCH = 1000  # pictures asked about at a time
SMALLEST = 1e-7  # a probability of zero has no logarithm


def build_teacher() -> keras.Model:
    """Return an untrained network: pictures (n, 28, 28, 1) in 0..1 to class probabilities (n, 10)."""
    inputs = keras.Input((IMAGE_SIDE_PX, IMAGE_SIDE_PX, 1), name="picture")
    x = _convolution(inputs, CHANNELS[0], side=5, stride=2)
    x = _convolution(x, CHANNELS[1])
    x = keras.layers.MaxPooling2D()(x)
    for channels in CHANNELS[2:]:
        x = _convolution(x, channels)
    x = keras.layers.Dropout(DROPOUT)(keras.layers.Flatten()(x))
    return keras.Model(inputs, keras.layers.Dense(CLASSES, activation="softmax")(x), name="teacher")


def _convolution(x: keras.KerasTensor, channels: int, side: int = 3, stride: int = 1) -> keras.KerasTensor:
    x = keras.layers.Conv2D(channels, side, strides=stride, padding="same", use_bias=False)(x)
    return keras.layers.ReLU()(keras.layers.BatchNormalization()(x))


def fit_teacher(
    mnist: Corpus, validation: Corpus, config: TrainingConfig, folder: Path, resume: bool
) -> tuple[keras.Model, Curves]:
    """Fit the teacher on MNIST's digits, deformed as the MLP's are but never the same pictures.

    Its labels are not smoothed: that would take from the MLP what the teacher knows of other digits (Müller,
    Kornblith and Hinton 2019, NeurIPS).
    """
    keras.utils.set_random_seed(config.seed)  # so that it does not matter whether a run was resumed before
    stage = Stage("teacher", config.teacher_epochs, config.batch_size, folder, resume)
    model = build_teacher()
    steps = stage.epochs * -(-pictures_shown(mnist, []) // stage.batch_size)
    model.compile(
        optimiser(config.teacher_learning_rate, config.weight_decay, config.average_momentum, steps),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    pictures_of = lesson(mnist, [], replace(config, seed=config.seed + 1, label_smoothing=0.0))

    def epoch(number: int) -> Epoch:
        shown = pictures_of(number)
        return Epoch(shown.pictures, shown.targets["digit"])

    return fit(model, stage, epoch, Epoch(scale(validation.images), one_hot(validation.labels)))


def softened(teacher: keras.Model, temperature: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return what answers pictures float32 (n, 28, 28, 1) with probabilities float32 (n, 10).

    Args:
        teacher: a fitted teacher.
        temperature: above 1, unlikely digits count for more.
    """

    def answers(pictures: np.ndarray) -> np.ndarray:
        probabilities = teacher.predict(pictures, batch_size=BATCH, verbose=0)
        soft = np.maximum(probabilities, SMALLEST) ** (1 / temperature)
        return soft / soft.sum(axis=1, keepdims=True)

    return answers
