"""One correction: a drawing, what the model read and said, and what is right.

It holds nothing of who drew: no address, no name, no time finer than the day.
"""

import base64
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np
from PIL import Image

__all__ = ["Correction", "png_bytes"]

DRAWING_SIDE_MAX_PX = 512  # a larger drawing is stored smaller: nothing of a digit is lost
IMAGE_SHAPE = (28, 28)
DIGITS = 10


def png_bytes(image: np.ndarray) -> bytes:
    """Return a PNG of a uint8 picture (H, W), (H, W, 3) or (H, W, 4), with nothing in it but pixels."""
    picture = Image.fromarray(image)
    picture.thumbnail((DRAWING_SIDE_MAX_PX, DRAWING_SIDE_MAX_PX))
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


@dataclass(frozen=True, eq=False)
class Correction:
    """A drawing that the model read wrongly.

    Attributes:
        image: what the model read, (28, 28) uint8, 255 is ink.
        right: the digit that it is, 0..9.
        said: the model's ten probabilities.
        model_sha256: the model that said so.
        drawing: PNG of the paper as drawn; may be empty.
        day: UTC day, as 2026-01-31.

    Raises:
        ValueError: a value is not of this form.
    """

    image: np.ndarray = field(repr=False)
    right: int
    said: Sequence[float]
    model_sha256: str
    drawing: bytes = field(default=b"", repr=False)
    day: str = field(default_factory=_today)

    def __post_init__(self) -> None:
        if self.image.shape != IMAGE_SHAPE or self.image.dtype != np.uint8:
            raise ValueError(
                f"A correction's image is (28, 28) uint8. Received: {self.image.shape} {self.image.dtype}"
            )
        if type(self.right) is not int or self.right not in range(DIGITS):
            raise ValueError(f"A correction names a digit of 0 to 9. Received: right={self.right!r}")
        if len(self.said) != DIGITS:
            raise ValueError(f"The model says ten probabilities. Received: {len(self.said)}")

    @property
    def id(self) -> str:
        """The same for the same picture corrected to the same digit."""
        return hashlib.sha256(self.image.tobytes() + bytes([self.right])).hexdigest()[:20]

    def as_dict(self) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        return {
            "id": self.id,
            "day": self.day,
            "right": self.right,
            "said": [round(float(p), 6) for p in self.said],
            "model_sha256": self.model_sha256,
            "image": base64.b64encode(self.image.tobytes()).decode("ascii"),
            "drawing": base64.b64encode(self.drawing).decode("ascii"),
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the correction that `as_dict` wrote."""
        image = np.frombuffer(base64.b64decode(values["image"]), np.uint8).reshape(IMAGE_SHAPE)
        return cls(
            image=image,
            right=values["right"],
            said=values["said"],
            model_sha256=values["model_sha256"],
            drawing=base64.b64decode(values["drawing"]),
            day=values["day"],
        )
