"""The demo as the notebook has it, for other benchmarks to stand beside.

    python -m benchmarks.notebook_app --port 7870

A Sketchpad, a Submit button and a Label; the top layer pasted on white, squashed to 28x28, inverted, and
predicted with Keras. Its weights are not trained: that takes as long to answer.
"""

import argparse
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from model.architecture import build_mlp
from model.config import RECIPES


def build_notebook_app() -> gr.Interface:
    """Return the page, not yet launched."""
    model = build_mlp(RECIPES["notebook"])

    def recognise(drawing: dict[str, Any]) -> dict[str, float]:
        layer = drawing["layers"][-1]
        white = Image.new("RGBA", layer.size, "white")
        white.paste(layer, (0, 0), layer)
        grey = 255 - np.asarray(white.resize((28, 28)).convert("L"))
        prediction = model.predict(grey.reshape(1, 28, 28, 1) / 255.0, verbose=0)[0]
        return {str(digit): float(share) for digit, share in enumerate(prediction)}

    return gr.Interface(
        recognise, gr.Sketchpad(type="pil"), gr.Label(num_top_classes=3), flagging_mode="never"
    )


def main() -> None:
    """Serve it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    build_notebook_app().launch(server_port=parser.parse_args().port)


if __name__ == "__main__":
    main()
