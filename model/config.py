"""The settings of a training run, stored beside the model that it made."""

from dataclasses import asdict, dataclass
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
    """

    recipe: str = "notebook"
    hidden_units: tuple[int, ...] = (1024, 512, 256, 128)
    dropout: tuple[float, ...] = (0.4, 0.3, 0.2, 0.0)
    epochs: int = 25
    batch_size: int = 256
    learning_rate: float = 5e-4
    validation_share: float = 0.2
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as JSON can hold them."""
        return asdict(self)


RECIPES = {"notebook": TrainingConfig()}
