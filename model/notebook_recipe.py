"""The notebook's way to train: RMSprop on MNIST as it is, a fixed share of it kept for validation."""

import keras
import numpy as np

from model.config import TrainingConfig
from model.fitting import Curves

__all__ = ["compile_mlp", "fit_mlp"]


def compile_mlp(model: keras.Model, config: TrainingConfig) -> None:
    """Give the model its optimiser, loss and measure."""
    model.compile(
        optimizer=keras.optimizers.RMSprop(config.learning_rate),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )


def fit_mlp(model: keras.Model, pictures: np.ndarray, targets: np.ndarray, config: TrainingConfig) -> Curves:
    """Fit a compiled model and return each measure an epoch.

    Args:
        model: compiled.
        pictures: float32 (n, 28, 28, 1) in 0..1.
        targets: one-hot labels (n, 10).
        config: the settings.
    """
    history = model.fit(
        pictures,
        targets,
        batch_size=config.batch_size,
        epochs=config.epochs,
        validation_split=config.validation_share,
        verbose=2,
    )
    return {name: [round(float(value), 5) for value in values] for name, values in history.history.items()}
