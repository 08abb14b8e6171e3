"""The served network opened up: its layers' weights, and what each layer answers to a picture. No TensorFlow.

The export folds every BatchNormalization into the Dense layer after it, so the weights here are the ones
that serve and not the ones that Keras trained; the outputs agree.
"""

from dataclasses import dataclass

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from model.config import CLASSES

__all__ = ["DenseLayer", "Network"]


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


@dataclass(frozen=True)
class Network:
    """A multilayer perceptron: hidden layers with ReLU, then a softmax over the digits.

    Attributes:
        hidden: the hidden layers, input to output.
        digit: the last layer.
    """

    hidden: tuple[DenseLayer, ...]
    digit: DenseLayer

    @classmethod
    def read(cls, model: bytes) -> "Network":
        """Read the layers out of a LiteRT model.

        Raises:
            ValueError: LiteRT cannot read it, or it has no layer of CLASSES units.
        """
        interpreter = Interpreter(model_content=model)
        interpreter.allocate_tensors()
        # LiteRT's public interface names tensors but not what connects them.
        layers = [
            DenseLayer(*(interpreter.get_tensor(index) for index in operation["inputs"][1:3]))
            for operation in interpreter._get_ops_details()
            if operation["op_name"] == "FULLY_CONNECTED"
        ]
        digits = [layer for layer in layers if layer.units == CLASSES]
        if not digits:
            raise ValueError(
                f"Received a model without a layer of {CLASSES} units; run train.py to make one."
            )
        digit = digits[-1]
        width = digit.weights.shape[1]
        last = next(number for number, layer in enumerate(layers) if layer.units == width)
        return cls(tuple(layers[: last + 1]), digit)

    def activations(self, picture: np.ndarray) -> list[np.ndarray]:
        """Return what every layer answers: float32 (units,) each, the ten probabilities last.

        Args:
            picture: float32 in 0..1, of 784 numbers in any shape.
        """
        flow = picture.reshape(1, -1)
        answers = []
        for layer in self.hidden:
            flow = np.maximum(layer.sums(flow), 0)
            answers.append(flow[0])
        scores = self.digit.sums(flow)[0]
        shares = np.exp(scores - scores.max())
        return [*answers, shares / shares.sum()]
