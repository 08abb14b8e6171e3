"""From a trained Keras model to the artifact that the app serves."""

import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras

from model.artifact import write_artifact

__all__ = ["export_artifact", "litert_bytes"]

LIBRARIES = ("tensorflow", "keras", "numpy", "ai-edge-litert")


def litert_bytes(model: keras.Model) -> bytes:
    """Return the model as a LiteRT flatbuffer; its batch size may be changed when it is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "digits.tflite")
        model.export(path, format="litert", verbose=False)
        return Path(path).read_bytes()


def export_artifact(model: keras.Model, folder: Path, manifest: dict[str, Any]) -> None:
    """Write the ``.keras`` model, the LiteRT export and the manifest with the libraries' versions."""
    bare = keras.Model.from_config(model.get_config())  # without the optimiser, three times as large
    bare.set_weights(model.get_weights())
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "digits.keras"
        bare.save(path)
        keras_bytes = path.read_bytes()
    files = {"litert": ("tflite", litert_bytes(model)), "keras": ("keras", keras_bytes)}
    about = {"layers": _layers(model), "versions": {name: version(name) for name in LIBRARIES}}
    write_artifact(folder, files, manifest | about)


def _layers(model: keras.Model) -> list[dict[str, Any]]:
    """Return what ``model.summary()`` tells of each layer."""
    return [
        {
            "name": layer.name,
            "kind": type(layer).__name__,
            "output_shape": list(layer.output.shape[1:]),
            "parameters": layer.count_params(),
        }
        for layer in model.layers
    ]
