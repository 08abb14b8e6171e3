"""The README of a Space and of a model: what people read, under the front matter that the Hub reads."""

import re
from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCard, ModelCardData, SpaceCard

__all__ = ["gradio_version", "model_card", "space_card"]

PORT = 7860
GRADIO_PIN = re.compile(r"^gradio(?:\[[^\]]*\])?==([\w.]+)", re.MULTILINE)


def gradio_version(root: Path) -> str:
    """Return the version of Gradio that requirements.txt pins.

    Raises:
        ValueError: it pins none.
    """
    match = GRADIO_PIN.search((root / "requirements.txt").read_text(encoding="utf-8"))
    if match is None:
        raise ValueError("requirements.txt pins no version of gradio, as gradio==6.0.0.")
    return match[1]


def space_card(root: Path, is_docker: bool, models: list[str]) -> str:
    """Return README.md with the front matter of a Space.

    Args:
        root: the project's folder.
        is_docker: whether the Space builds the Dockerfile, or Gradio runs app.py.
        models: the models on the Hub that the Space serves.
    """
    card = SpaceCard((root / "README.md").read_text(encoding="utf-8"), ignore_metadata_errors=False)
    values = card.data.to_dict()
    for key in ("sdk", "sdk_version", "app_file", "python_version", "app_port"):
        values.pop(key, None)
    if is_docker:
        values |= {"sdk": "docker", "app_port": PORT}
    else:
        values |= {
            "sdk": "gradio",
            "sdk_version": gradio_version(root),
            "python_version": "3.11",
            "app_file": "app.py",
        }
    if models:
        values["models"] = models
    card.data.__dict__.clear()
    card.data.__dict__.update(values)
    return str(card)


def model_card(repo_id: str, manifest: dict[str, Any]) -> str:
    """Return the card of a trained model: what it is, what was measured, how to use it."""
    results = manifest.get("results", {})
    tested = results.get("mnist_test", {})
    data = ModelCardData(
        license="mit",
        library_name="tflite",
        pipeline_tag="image-classification",
        tags=["mnist", "handwriting", "mlp"],
        datasets=["ylecun/mnist"],
        model_name=repo_id.rpartition("/")[2],
        eval_results=[
            EvalResult("image-classification", "mnist", "MNIST", name, value, dataset_split="test")
            for name, value in tested.items()
        ]
        or None,
    )
    figures = "\n".join(
        f"| {part.replace('_', ' ')} | {name.replace('_', ' ')} | {value} |"
        for part, values in results.items()
        for name, value in values.items()
    )
    settings = "\n".join(f"| {name} | {value} |" for name, value in manifest.get("settings", {}).items())
    sha256 = manifest["files"]["litert"]["sha256"]
    text = f"""---
{data.to_yaml()}
---

# {repo_id.rpartition("/")[2]}

A multilayer perceptron that reads a handwritten digit: input float32 (n, 28, 28, 1) in 0..1, where 1 is ink,
the digit 20 pixels long and its weight in the centre, as in MNIST; outputs ten probabilities and, where it
was trained to, how much the picture looks like a digit at all.

```sh
DIGITS_MODEL=hf://{repo_id}@REVISION python app.py
```

`manifest.json` has the sha256 of each file; that of the LiteRT model is `{sha256}`.

| measured on | figure | value |
|---|---|---|
{figures}

| setting | value |
|---|---|
{settings}
"""
    return str(ModelCard(text))
