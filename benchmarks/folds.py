"""Cross-validation by writer: each writer's digits are read by a model that never saw that writer."""

import hashlib
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from benchmarks.drawings import Reader
from model import Recogniser, Recognition
from model.config import RECIPES
from model.dataset import load_mnist
from model.export import litert_bytes
from model.fitting import Stage
from model.material import gather
from model.recipe import Fitted, calibrate, fit_pens
from model.strokes import PenDigit

__all__ = ["fold_reader", "fold_recognisers"]


def fold_recognisers(pens: list[PenDigit], folds: int, work: Path) -> dict[str, Recogniser]:
    """Fit one model a fold, or take those that a former run left; return for each writer what never saw them.

    They are exported as the one that serves. All have the largest of the folds' thresholds: the strictest.
    """
    models, threshold = _fold_models(pens, folds, work)
    exported = {id(model): model for model in models.values()}
    recognisers = {key: _exported(model, threshold) for key, model in exported.items()}
    return {writer: recognisers[id(model)] for writer, model in models.items()}


def _exported(model: keras.Model, threshold: float) -> Recogniser:
    content = litert_bytes(model)
    files = {"litert": {"sha256": hashlib.sha256(content).hexdigest()}}
    return Recogniser(content, {"files": files, "digit_threshold": threshold})


def fold_reader(pens: list[PenDigit], folds: int, work: Path) -> tuple[Reader, float]:
    """Return what reads each picture with the model that never saw its writer, and the threshold of all."""
    recognisers = fold_recognisers(pens, folds, work)

    def read(pictures: np.ndarray, writers: np.ndarray) -> Recognition:
        probabilities = np.empty((len(pictures), 10), np.float32)
        likeness = np.empty(len(pictures), np.float32)
        for writer in np.unique(writers).tolist():
            which = writers == writer
            part = recognisers[writer].recognise(pictures[which])
            probabilities[which], likeness[which] = part.probabilities, part.digit_likeness
        return Recognition(probabilities, likeness)

    return read, recognisers[""].digit_threshold


def _fold_models(pens: list[PenDigit], folds: int, work: Path) -> tuple[dict[str, keras.Model], float]:
    """Return each writer's model, fitted from the base in ``work``, and the largest threshold.

    The recipe, its settings and its validation writers are train.py's own, within the writers that a fold
    leaves. What nobody wrote, the writer "", is read by the last fold's.
    """
    config = RECIPES["default"]
    keras.utils.set_random_seed(config.seed)
    # As train.py does: without it Keras compiles with XLA, and the fits of keras 3.15 diverge.
    tf.config.experimental.enable_op_determinism()
    base = Fitted(Stage("base", config.epochs, config.batch_size, work, True).restore()[0])
    everything = gather(load_mnist(), pens, config, work, resume=True)
    everyone = sorted({digit.writer for digit in pens})
    order = np.random.default_rng(config.seed).permutation(everyone)
    models: dict[str, keras.Model] = {}
    thresholds = []
    for number, left_out in enumerate(np.array_split(order, folds)):
        print(f"Fold {number + 1} of {folds}, without writers {', '.join(sorted(left_out))}")
        material = everything.without(left_out, config)
        fitted = fit_pens(base, material, config, work / f"fold_{number}", resume=True)
        served, notes = calibrate(fitted.model, material)
        thresholds.append(notes["digit_threshold"])
        models |= dict.fromkeys(left_out.tolist(), served)
    models[""] = served
    return models, max(thresholds)
