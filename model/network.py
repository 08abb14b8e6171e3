"""The served network opened up: its layers' weights, and what each layer answers to a picture. No TensorFlow.

The export folds every BatchNormalization into the Dense layer after it, so the weights here are the ones
that serve and not the ones that Keras trained; the outputs agree.
"""

from dataclasses import dataclass
from threading import Lock

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from model.config import CLASSES
from preprocessing.normalise import IMAGE_SIDE_PX

__all__ = ["DenseLayer", "Eye", "Network"]

PIXELS = IMAGE_SIDE_PX**2


@dataclass(frozen=True)
class DenseLayer:
    """One fully connected layer.

    Attributes:
        weights: float32 (units, inputs).
        biases: float32 (units,).
    """

    weights: np.ndarray
    biases: np.ndarray

    @property
    def units(self) -> int:
        """How many numbers the layer gives."""
        return len(self.biases)

    @property
    def parameters(self) -> int:
        """How many numbers training has set."""
        return self.weights.size + self.biases.size

    def sums(self, inputs: np.ndarray) -> np.ndarray:
        """Return the weighted sums float32 (n, units) of inputs (n, inputs), before the activation."""
        return inputs @ self.weights.T + self.biases


class Eye:
    """What the model makes of a picture before its first layer: levelled views of it, or just itself."""

    def __init__(self, interpreter: Interpreter, tensor: int) -> None:
        """Take an interpreter that keeps all its tensors, and the one that the first layer takes."""
        self._interpreter = interpreter
        self._tensor = tensor
        self._lock = Lock()  # an interpreter is not thread-safe

    def views(self, picture: np.ndarray) -> np.ndarray:
        """Return float32 (views, 784): what the first layer gets for 784 numbers in any shape."""
        given = self._interpreter.get_input_details()[0]
        with self._lock:
            self._interpreter.set_tensor(given["index"], picture.reshape(given["shape"]).astype(np.float32))
            self._interpreter.invoke()
            return np.array(self._interpreter.get_tensor(self._tensor))


@dataclass(frozen=True)
class Network:
    """A multilayer perceptron: hidden layers with ReLU, then a softmax over the digits.

    Attributes:
        eye: gives the views of a picture that the first layer takes.
        hidden: the hidden layers, input to output.
        digit: the last layer.
    """

    eye: Eye
    hidden: tuple[DenseLayer, ...]
    digit: DenseLayer

    @classmethod
    def read(cls, model: bytes) -> "Network":
        """Read the layers out of a LiteRT model.

        Raises:
            ValueError: LiteRT cannot read it, or it has no layers from PIXELS to CLASSES.
        """
        interpreter = Interpreter(
            model_content=model,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
            experimental_preserve_all_tensors=True,
        )
        interpreter.allocate_tensors()
        # LiteRT's public interface names tensors but not what connects them.
        dense = [op["inputs"] for op in interpreter._get_ops_details() if op["op_name"] == "FULLY_CONNECTED"]
        shapes = [interpreter.get_tensor(inputs[1]).shape for inputs in dense]
        first = next((number for number, shape in enumerate(shapes) if shape[1] == PIXELS), len(dense))
        layers = [_dense_layer(interpreter, inputs) for inputs in dense[first:]]
        digits = [layer for layer in layers if layer.units == CLASSES]
        if not digits:
            raise ValueError(
                f"Received a model without layers from {PIXELS} pixels to {CLASSES} digits; "
                "run train.py to make one."
            )
        digit = digits[-1]
        width = digit.weights.shape[1]
        last = next(number for number, layer in enumerate(layers) if layer.units == width)
        return cls(Eye(interpreter, dense[first][0]), tuple(layers[: last + 1]), digit)

    def levelled(self, picture: np.ndarray) -> np.ndarray:
        """Return the first view of a picture, float32 (28, 28)."""
        return self.eye.views(picture)[0].reshape(IMAGE_SIDE_PX, IMAGE_SIDE_PX)

    def activations(self, picture: np.ndarray) -> list[np.ndarray]:
        """Return what every layer answers: float32 (units,) each, the ten probabilities last.

        The hidden layers' answers are those to the first view; the probabilities are the mean of all views'.

        Args:
            picture: float32 in 0..1, of 784 numbers in any shape.
        """
        flow = self.eye.views(picture)
        answers = []
        for layer in self.hidden:
            flow = np.maximum(layer.sums(flow), 0)
            answers.append(flow[0])
        scores = self.digit.sums(flow)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return [*answers, (powers / powers.sum(axis=1, keepdims=True)).mean(axis=0)]


def _dense_layer(interpreter: Interpreter, inputs: np.ndarray) -> DenseLayer:
    """Return the layer of an operation's inputs: indices of picture, weights and biases, -1 for none."""
    weights = interpreter.get_tensor(inputs[1])
    biases = interpreter.get_tensor(inputs[2]) if inputs[2] >= 0 else np.zeros(len(weights), np.float32)
    return DenseLayer(weights, biases)
