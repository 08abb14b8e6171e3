"""The settings of a training run, stored beside the model that it made."""

from dataclasses import asdict, dataclass, replace
from typing import Any

__all__ = ["CLASSES", "RECIPES", "TrainingConfig"]

CLASSES = 10


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides how a model comes out, apart from the data.

    Attributes:
        recipe: name of the recipe, a key of RECIPES.
        hidden_units: width of each hidden layer, input to output.
        dropout: share of units dropped after each hidden layer.
        epochs: passes over the training digits.
        batch_size: pictures an optimiser step.
        learning_rate: of the optimiser, at its highest.
        validation_share: part of the training digits kept for validation, 0..1.
        seed: of every random number.
        levels_pictures: the model brings pictures to one slant, place and size before its first layer.
        weight_decay: of AdamW; from here on only the default recipe looks.
        label_smoothing: share of each label spread over all digits, 0..1.
        average_momentum: of the moving average that the weights become after each epoch.
        habit_drawings: digits made by the habits of :mod:`model.habits`.
        habit_share: part of them in each epoch.
        scribbles: drawings that are no digit.
        scribble_share: part of them in each epoch.
        pen_passes: times that each pen digit is drawn.
        pen_share: part of these drawings in each epoch.
        tuning_epochs: passes over everything with the pen digits, after the ones without.
        tuning_learning_rate: at their start.
        validation_writers: pen writers kept for validation and calibration.
    """

    recipe: str
    hidden_units: tuple[int, ...]
    dropout: tuple[float, ...]
    epochs: int
    batch_size: int
    learning_rate: float
    validation_share: float
    seed: int = 0
    levels_pictures: bool = False
    weight_decay: float = 0.0
    average_momentum: float = 0.0
    label_smoothing: float = 0.0
    habit_drawings: int = 0
    habit_share: float = 0.0
    scribbles: int = 0
    scribble_share: float = 0.0
    pen_passes: int = 0
    pen_share: float = 0.0
    tuning_epochs: int = 0
    tuning_learning_rate: float = 0.0
    validation_writers: int = 0

    def shortened(self, epochs: int) -> "TrainingConfig":
        """Return the same with so many epochs, and no more with the pen digits."""
        return replace(self, epochs=epochs, tuning_epochs=min(epochs, self.tuning_epochs))

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as JSON can hold them."""
        return asdict(self)


RECIPES = {
    "notebook": TrainingConfig(
        recipe="notebook",
        hidden_units=(1024, 512, 256, 128),
        dropout=(0.4, 0.3, 0.2, 0.0),
        epochs=25,
        batch_size=256,
        learning_rate=5e-4,
        validation_share=0.2,
    ),
    "default": TrainingConfig(
        recipe="default",
        hidden_units=(1024, 512, 256, 128),
        dropout=(0.0, 0.0, 0.0, 0.0),
        epochs=150,
        batch_size=256,
        learning_rate=1.5e-3,
        validation_share=0.05,
        levels_pictures=True,
        weight_decay=0.02,
        average_momentum=0.99,
        label_smoothing=0.05,
        habit_drawings=14_000,
        habit_share=0.7,
        scribbles=20_000,
        scribble_share=0.6,
        pen_passes=4,
        pen_share=0.7,
        tuning_epochs=16,
        tuning_learning_rate=7e-4,
        validation_writers=3,
    ),
}
