"""The exported model at work: pictures in, probabilities out. LiteRT only, no TensorFlow."""

import os
from dataclasses import dataclass
from pathlib import Path
from queue import LifoQueue
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter, SignatureRunner

from model.artifact import BUNDLED_ARTIFACT, ModelFileError, read_manifest, verified_file
from model.config import CLASSES
from preprocessing.normalise import IMAGE_SIDE_PX

__all__ = ["Recogniser", "Recognition"]

BATCH_SIZE = 512  # pictures a call of the interpreter: bounds its memory and how long others wait
MAX_INTERPRETERS = 2  # at 0.2 ms a picture more of them would only cost memory
LIKENESS_WIDTH = 1  # an output of this width is the likeness, one of CLASSES the probabilities


@dataclass(frozen=True)
class Recognition:
    """What the model says of n pictures.

    Attributes:
        probabilities: float32 (n, 10), each row sums to 1: which digit, if it is one.
        digit_likeness: float32 (n,) in 0..1: how much it looks like a digit at all.
    """

    probabilities: np.ndarray
    digit_likeness: np.ndarray

    def best(self, index: int = 0, count: int = 3) -> list[tuple[int, float]]:
        """Return the ``count`` likeliest digits of one picture with their probabilities, the best first."""
        row = self.probabilities[index]
        return [(int(digit), float(row[digit])) for digit in np.argsort(-row, kind="stable")[:count]]


class Recogniser:
    """The model of an artifact, ready to read pictures; safe to use from several threads at once.

    Attributes:
        manifest: the artifact's ``manifest.json``.
        sha256: of the model file.
        model: the LiteRT model, for who explains it.
        digit_threshold: likeness below which a picture is refused as no digit.
    """

    def __init__(self, model: bytes, manifest: dict[str, Any]) -> None:
        """Take the LiteRT model and its manifest; prefer :meth:`load`.

        Raises:
            ModelFileError: LiteRT cannot read the model, or its input or outputs are others.
        """
        self.manifest = manifest
        self.model = model
        self.sha256: str = manifest["files"]["litert"]["sha256"]
        self.digit_threshold = float(manifest.get("digit_threshold", 0.0))
        # One interpreter is not thread-safe, so each call borrows one.
        self._runners: LifoQueue[SignatureRunner] = LifoQueue()
        for _ in range(min(MAX_INTERPRETERS, os.cpu_count() or 1)):
            self._runners.put(_runner(model))

    @classmethod
    def load(cls, path: str | Path | None = None) -> "Recogniser":
        """Load the artifact in folder ``path``, or the one that the project brings.

        Raises:
            ModelFileError: the artifact is missing, truncated or foreign.
        """
        folder = BUNDLED_ARTIFACT if path is None else Path(path)
        return cls(verified_file(folder, "litert").read_bytes(), read_manifest(folder))

    def recognise(self, images: np.ndarray) -> Recognition:
        """Read pictures.

        Args:
            images: float32 (n, 28, 28) in 0..1, 1 is ink.

        Raises:
            ValueError: the array is of another shape or holds something that is no number.
        """
        images = _checked(images)
        probabilities = np.empty((len(images), CLASSES), np.float32)
        likeness = np.ones(len(images), np.float32)
        for start in range(0, len(images), BATCH_SIZE):
            part = slice(start, start + BATCH_SIZE)
            runner = self._runners.get()
            try:
                outputs = runner(**{_input_name(runner): images[part, ..., None]})
            finally:
                self._runners.put(runner)
            for output in outputs.values():
                if output.shape[1] == LIKENESS_WIDTH:
                    likeness[part] = output[:, 0]
                else:
                    probabilities[part] = output
        return Recognition(probabilities, likeness)

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Return float32 (n, 10), the probability of each digit; see :meth:`recognise`."""
        return self.recognise(images).probabilities

    def is_digit(self, likeness: float) -> bool:
        """Return whether a picture of this likeness is taken for a digit."""
        return likeness >= self.digit_threshold


def _runner(model: bytes) -> SignatureRunner:
    try:
        runner = Interpreter(model_content=model, num_threads=1).get_signature_runner("serving_default")
        shape = runner.get_input_details()[_input_name(runner)]["shape"].tolist()
        widths = {details["shape"].tolist()[-1] for details in runner.get_output_details().values()}
    except (ValueError, RuntimeError, KeyError, IndexError, StopIteration) as exc:
        raise ModelFileError(f"LiteRT cannot read the model: {exc}. Expected an export of train.py.") from exc
    if shape[1:] != [IMAGE_SIDE_PX, IMAGE_SIDE_PX, 1] or widths - {LIKENESS_WIDTH} != {CLASSES}:
        raise ModelFileError(
            f"Received a model with input {shape} and outputs of widths {widths}; "
            "expected (n, 28, 28, 1) and 10 probabilities. Run train.py to make one."
        )
    return runner


def _input_name(runner: SignatureRunner) -> str:
    return next(iter(runner.get_input_details()))


def _checked(images: np.ndarray) -> np.ndarray:
    images = np.asarray(images, np.float32)
    if images.ndim != 3 or images.shape[1:] != (IMAGE_SIDE_PX, IMAGE_SIDE_PX):
        raise ValueError(f"Received images of shape {images.shape}; expected (n, 28, 28).")
    if not np.isfinite(images).all():
        raise ValueError("Received images with NaN or infinity; expected numbers in 0..1.")
    return images
