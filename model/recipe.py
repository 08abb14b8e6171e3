"""The default recipe: a base without pen digits, a stage with them, calibration."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from model.architecture import build_mlp
from model.calibration import expected_calibration_error, fit_temperature
from model.config import TrainingConfig
from model.corpus import Corpus
from model.dataset import scale
from model.fitting import Curves, Epoch, Stage, fit, optimiser
from model.lesson import Share, lesson, pictures_shown, targets_of
from model.material import Material
from model.views import looking_around

__all__ = ["Fitted", "calibrate", "fit_base", "fit_pens"]

CALIBRATION_ROUNDS = 3  # a mean of tempered answers is not quite tempered by the same; it nears
REFUSED_SHARE = 0.003  # of held-out digits that may fall below the threshold of likeness
LOSSES = {"digit": "categorical_crossentropy", "likeness": "binary_crossentropy"}
LOSS_WEIGHTS = {"digit": 1.0, "likeness": 0.5}
METRICS = {"digit": "accuracy", "likeness": "auc"}


@dataclass(frozen=True)
class Fitted:
    """A model that a part of the recipe made, and the curves of each stage."""

    model: keras.Model
    curves: dict[str, Curves] = field(default_factory=dict)


def fit_base(material: Material, config: TrainingConfig, folder: Path, resume: bool) -> Fitted:
    """Fit the MLP on MNIST, habits and scribbles; no pen digit is looked at."""
    model, curves = _fit_mlp(
        build_mlp(config, with_likeness=True),
        Stage("base", config.epochs, config.batch_size, folder, resume),
        material.mnist,
        _drawings(material, config),
        material.mnist_validation,
        config,
        config.learning_rate,
    )
    return Fitted(model, {"base": curves})


def fit_pens(base: Fitted, material: Material, config: TrainingConfig, folder: Path, resume: bool) -> Fitted:
    """Go on with the MLP on everything, the pen drawings too, or corrections in their place."""
    model, curves = _fit_mlp(
        _copy(base.model),
        Stage("pens", config.tuning_epochs, config.batch_size, folder, resume),
        material.mnist,
        [*_drawings(material, config), (material.pens, config.pen_share)],
        material.pens_validation if len(material.pens_validation) else material.mnist_validation,
        config,
        config.tuning_learning_rate,
    )
    return Fitted(model, base.curves | {"pens": curves})


def calibrate(model: keras.Model, material: Material) -> tuple[keras.Model, dict[str, Any]]:
    """Make the model that serves: it looks around, and its confidence is set on the validation digits.

    Args:
        model: as it was fitted; its last layer is changed.
        material: gives the validation digits.

    Returns:
        The model, and what to store in the manifest.
    """
    held_out = Corpus.join(
        [part for part in (material.pens_validation, material.mnist_validation) if len(part)]
    )
    served, layer = looking_around(model), model.get_layer("digit")
    answers = partial(served.predict, scale(held_out.images), batch_size=1000, verbose=0)
    temperature = 1.0
    for _ in range(CALIBRATION_ROUNDS):
        change = fit_temperature(answers()["digit"], held_out.labels)
        layer.set_weights([weights / change for weights in layer.get_weights()])
        temperature *= change
    outputs = answers()
    return served, {
        "digit_threshold": round(float(np.quantile(outputs["likeness"], REFUSED_SHARE)), 6),
        "temperature": round(temperature, 4),
        "validation": {
            "accuracy": round(float((outputs["digit"].argmax(axis=1) == held_out.labels).mean()), 5),
            "calibration_error": round(expected_calibration_error(outputs["digit"], held_out.labels), 5),
        },
    }


def _drawings(material: Material, config: TrainingConfig) -> list[Share]:
    return [(material.habits, config.habit_share), (material.scribbles, config.scribble_share)]


def _copy(model: keras.Model) -> keras.Model:
    """Return a model of the same weights that has no optimiser yet."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


def _fit_mlp(
    model: keras.Model,
    stage: Stage,
    mnist: Corpus,
    drawings: list[Share],
    validation: Corpus,
    config: TrainingConfig,
    learning_rate: float,
) -> tuple[keras.Model, Curves]:
    steps = stage.epochs * -(-pictures_shown(mnist, drawings) // stage.batch_size)
    model.compile(
        optimiser(learning_rate, config.weight_decay, config.average_momentum, steps),
        loss=LOSSES,
        loss_weights=LOSS_WEIGHTS,
        weighted_metrics=None,
        metrics=METRICS,
    )
    validation_epoch = Epoch(scale(validation.images), targets_of(validation))
    return fit(model, stage, lesson(mnist, drawings, config), validation_epoch)
