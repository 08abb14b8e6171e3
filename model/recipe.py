"""The default recipe: a base without pen digits, a stage with them, calibration."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from model.architecture import build_mlp
from model.calibration import expected_calibration_error, fit_temperature
from model.config import TrainingConfig
from model.corpus import Corpus, habit_corpus, held_out_writers, pen_corpus, scribble_corpus
from model.dataset import Mnist, scale
from model.fitting import Curves, Epoch, Stage, fit, optimiser
from model.lesson import Share, lesson, pictures_shown, targets_of
from model.strokes import PenDigit

__all__ = ["Fitted", "Material", "calibrate", "fit_base", "fit_pens", "gather"]

CORRECTION_PASSES = 20  # a corrected mistake counts as much as so many pen drawings
REFUSED_SHARE = 0.003  # of held-out digits that may fall below the threshold of likeness
LOSSES = {"digit": "categorical_crossentropy", "likeness": "binary_crossentropy"}
LOSS_WEIGHTS = {"digit": 1.0, "likeness": 0.5}
METRICS = {"digit": "accuracy", "likeness": "auc"}


@dataclass(frozen=True)
class Material:
    """All that the recipe trains on; the pen drawings may be none."""

    mnist: Corpus
    mnist_validation: Corpus
    habits: Corpus
    scribbles: Corpus
    pens: Corpus
    pens_validation: Corpus

    def without(self, writers: Iterable[str], config: TrainingConfig) -> "Material":
        """Return the same without some writers, other validation writers chosen from those that are left."""
        drawn = Corpus.join([self.pens, self.pens_validation])
        return replace(self, **_split_writers(drawn.take(~np.isin(drawn.writers, list(writers))), config))

    def with_corrections(self, images: np.ndarray, labels: np.ndarray) -> "Material":
        """Return the same with what people corrected among the pen digits.

        Args:
            images: uint8 (n, 28, 28), 255 is ink.
            labels: uint8 (n,), 0..9.
        """
        corrections = Corpus(images, labels.astype(np.int8), np.full(len(labels), ""))
        return replace(self, pens=Corpus.join([self.pens, *[corrections] * CORRECTION_PASSES]))


@dataclass(frozen=True)
class Fitted:
    """A model that a part of the recipe made, and the curves of each stage."""

    model: keras.Model
    curves: dict[str, Curves] = field(default_factory=dict)


def gather(
    mnist: Mnist, pens: list[PenDigit], config: TrainingConfig, folder: Path, resume: bool = False
) -> Material:
    """Split off the validation parts and draw everything that is to be drawn.

    Drawing takes minutes, so the drawings are kept in ``folder``, and taken from there to resume.
    """
    drawn = {
        "habits": partial(habit_corpus, config.habit_drawings, config.seed + 1),
        "scribbles": partial(scribble_corpus, config.scribbles, config.seed + 2),
        "pens": partial(pen_corpus, pens, config.pen_passes, config.seed + 3),
    }
    corpora = {name: _kept(folder / f"{name}.npz", draw, resume) for name, draw in drawn.items()}
    order = np.random.default_rng([config.seed, 0]).permutation(len(mnist.x_train))
    everyone = Corpus(mnist.x_train, mnist.y_train.astype(np.int8), np.full(len(mnist.x_train), ""))
    kept = round(config.validation_share * len(order))
    return Material(
        mnist=everyone.take(order[kept:]),
        mnist_validation=everyone.take(order[:kept]),
        habits=corpora["habits"],
        scribbles=corpora["scribbles"],
        **_split_writers(corpora["pens"], config),
    )


def _kept(path: Path, draw: Callable[[], Corpus], resume: bool) -> Corpus:
    """Return what a former run kept at ``path``, or draw it and keep it there."""
    if not (resume and path.exists()):
        draw().save(path)
    return Corpus.load(path)


def _split_writers(drawn: Corpus, config: TrainingConfig) -> dict[str, Corpus]:
    held_out = np.isin(drawn.writers, held_out_writers(drawn.writers, config))
    return {"pens": drawn.take(~held_out), "pens_validation": drawn.take(held_out)}


def fit_base(material: Material, config: TrainingConfig, folder: Path, resume: bool) -> Fitted:
    """Fit the MLP on MNIST, habits and scribbles; no pen digit is looked at."""
    model, curves = _fit_mlp(
        build_mlp(config, with_likeness=True),
        Stage("base", config.epochs, config.batch_size, folder, resume),
        material.mnist,
        [(material.habits, config.habit_share), (material.scribbles, config.scribble_share)],
        material.mnist_validation,
        config,
        config.learning_rate,
    )
    return Fitted(model, {"base": curves})


def fit_pens(base: Fitted, material: Material, config: TrainingConfig, folder: Path, resume: bool) -> Fitted:
    """Go on with the MLP on everything, the pen drawings too, or corrections in their place."""
    model = keras.models.clone_model(base.model)
    model.set_weights(base.model.get_weights())
    model, curves = _fit_mlp(
        model,
        Stage("pens", config.tuning_epochs, config.batch_size, folder, resume),
        material.mnist,
        [
            (material.habits, config.habit_share),
            (material.scribbles, config.scribble_share),
            (material.pens, config.pen_share),
        ],
        material.pens_validation if len(material.pens_validation) else material.mnist_validation,
        config,
        config.tuning_learning_rate,
    )
    return Fitted(model, base.curves | {"pens": curves})


def calibrate(model: keras.Model, material: Material) -> dict[str, Any]:
    """Set the model's temperature on the validation digits; return what to store in the manifest."""
    held_out = Corpus.join(
        [part for part in (material.pens_validation, material.mnist_validation) if len(part)]
    )
    outputs = model.predict(scale(held_out.images), batch_size=1000, verbose=0)
    temperature = fit_temperature(outputs["digit"], held_out.labels)
    layer = model.get_layer("digit")
    layer.set_weights([weights / temperature for weights in layer.get_weights()])
    outputs = model.predict(scale(held_out.images), batch_size=1000, verbose=0)
    return {
        "digit_threshold": round(float(np.quantile(outputs["likeness"], REFUSED_SHARE)), 6),
        "temperature": round(temperature, 4),
        "validation": {
            "accuracy": round(float((outputs["digit"].argmax(axis=1) == held_out.labels).mean()), 5),
            "calibration_error": round(expected_calibration_error(outputs["digit"], held_out.labels), 5),
        },
    }


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
