"""Fit a Keras model an epoch at a time, keeping a checkpoint that a killed run goes on from."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

__all__ = ["Curves", "Epoch", "Stage", "fit", "optimiser"]

Curves = dict[str, list[float]]


@dataclass(frozen=True)
class Epoch:
    """What one epoch trains on: float32 pictures (n, 28, 28, 1) and a target for each output of the model."""

    pictures: np.ndarray
    targets: np.ndarray | dict[str, np.ndarray]


@dataclass(frozen=True)
class Stage:
    """A part of training with an optimiser of its own.

    Attributes:
        name: of the checkpoint file, and for the reader of the log.
        epochs: how many.
        batch_size: pictures an optimiser step.
        folder: where the checkpoints stand.
        resume: go on from the checkpoint if there is one.
    """

    name: str
    epochs: int
    batch_size: int
    folder: Path
    resume: bool

    @property
    def log(self) -> Path:
        """The file that holds the curves of the epochs done; it names the checkpoint that counts."""
        return self.folder / f"{self.name}.json"

    def checkpoint(self, epochs_done: int) -> Path:
        """The file that holds the model with its optimiser after that many epochs."""
        return self.folder / f"{self.name}-{epochs_done}.keras"

    def restore(self) -> tuple[keras.Model, Curves]:
        """Return the model after the last whole epoch, and the curves up to it.

        Raises:
            FileNotFoundError: no epoch was saved here.
        """
        curves = json.loads(self.log.read_text(encoding="utf-8"))
        return keras.models.load_model(self.checkpoint(len(curves["loss"]))), curves


def optimiser(
    learning_rate: float, weight_decay: float, average_momentum: float, steps: int
) -> keras.optimizers.Optimizer:
    """Return AdamW (Loshchilov and Hutter 2019) whose rate falls along a cosine to zero over ``steps``.

    Keras replaces the weights with their moving average at the end of every ``fit``, so of every epoch here.
    """
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate / 20, steps, warmup_target=learning_rate, warmup_steps=steps // 30
    )
    return keras.optimizers.AdamW(
        schedule,
        weight_decay=weight_decay,
        use_ema=average_momentum > 0,
        ema_momentum=average_momentum or 0.99,
    )


def fit(
    model: keras.Model,
    stage: Stage,
    epoch_data: Callable[[int], Epoch],
    validation: Epoch,
) -> tuple[keras.Model, Curves]:
    """Fit a compiled model; where the stage resumes, its checkpoint takes the model's place.

    Args:
        model: compiled.
        stage: how long, and where the checkpoint stands.
        epoch_data: gives the data of an epoch, counted from 0; the same for the same number.
        validation: judged after each epoch.

    Returns:
        The fitted model, and each measure an epoch.
    """
    curves: Curves = {}
    if stage.resume and stage.log.exists():
        model, curves = stage.restore()
    done = len(curves.get("loss", []))
    with ThreadPoolExecutor(1) as ahead:  # makes the next epoch's pictures while this one trains
        upcoming = ahead.submit(epoch_data, done)
        for epoch in range(done, stage.epochs):
            data = upcoming.result()
            if epoch + 1 < stage.epochs:
                upcoming = ahead.submit(epoch_data, epoch + 1)
            history = model.fit(
                data.pictures,
                data.targets,
                batch_size=stage.batch_size,
                initial_epoch=epoch,
                epochs=epoch + 1,
                shuffle=False,
                validation_data=(validation.pictures, validation.targets),
                validation_batch_size=1000,
                verbose=2,
            )
            for name, values in history.history.items():
                curves.setdefault(name, []).append(round(float(values[-1]), 5))
            _save(model, curves, stage)
    return model, curves


def _save(model: keras.Model, curves: Curves, stage: Stage) -> None:
    """Write a new checkpoint, then the log that makes it count, then drop the former one."""
    epochs_done = len(curves["loss"])
    stage.folder.mkdir(parents=True, exist_ok=True)
    model.save(stage.folder / f"writing-{stage.name}.keras")
    log = stage.folder / f"writing-{stage.name}.json"
    log.write_text(json.dumps(curves), encoding="utf-8")
    os.replace(stage.folder / f"writing-{stage.name}.keras", stage.checkpoint(epochs_done))
    os.replace(log, stage.log)
    stage.checkpoint(epochs_done - 1).unlink(missing_ok=True)
