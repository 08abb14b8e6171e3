"""Pictures of a report: reliability, confusion matrix, and the worst mistakes as a contact sheet."""

from pathlib import Path

import matplotlib as mpl
import numpy as np

from model import Recognition
from model.calibration import BINS

mpl.use("Agg")
from matplotlib import pyplot as plt

__all__ = ["plot_report"]

SHEET_COLUMNS, SHEET_ROWS = 12, 6


def plot_report(pictures: tuple[np.ndarray, Recognition, np.ndarray], folder: Path, name: str) -> None:
    """Write the plots as PNG files.

    Args:
        pictures: the (n, 28, 28) pictures, what the model said of them, and their labels (n,).
        folder: where to.
        name: what the files' names begin with.
    """
    images, recognition, labels = pictures
    plots = {
        "reliability": lambda: _reliability(recognition.probabilities, labels),
        "confusion": lambda: _confusion(recognition.probabilities.argmax(axis=1), labels),
        "mistakes": lambda: _mistakes(images, recognition.probabilities, labels),
    }
    for kind, plot in plots.items():
        figure = plot()
        figure.savefig(folder / f"{name}_{kind}.png", dpi=80, bbox_inches="tight")
        plt.close(figure)


def _reliability(probabilities: np.ndarray, labels: np.ndarray) -> plt.Figure:
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], "--", color="grey")
    for number in np.unique(bins):
        chosen = bins == number
        axes.plot(confidence[chosen].mean(), right[chosen].mean(), "o", color="C0")
        axes.annotate(f"{chosen.sum()}", (confidence[chosen].mean(), right[chosen].mean()), fontsize=7)
    axes.set(xlabel="confidence", ylabel="accuracy", title="Reliability (number of drawings at each point)")
    return figure


def _confusion(predicted: np.ndarray, labels: np.ndarray) -> plt.Figure:
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, predicted), 1)
    figure, axes = plt.subplots(figsize=(6, 6))
    axes.imshow(np.log1p(counts), cmap="Blues")
    for row, column in np.ndindex(counts.shape):
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=7)
    axes.set(xlabel="read", ylabel="written", xticks=range(10), yticks=range(10), title="Confusion matrix")
    return figure


def _mistakes(images: np.ndarray, probabilities: np.ndarray, labels: np.ndarray) -> plt.Figure:
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    worst = wrong[np.argsort(-probabilities[wrong].max(axis=1))][: SHEET_COLUMNS * SHEET_ROWS]
    figure, axes = plt.subplots(SHEET_ROWS, SHEET_COLUMNS, figsize=(SHEET_COLUMNS, SHEET_ROWS * 1.2))
    for axis in axes.flat:
        axis.axis("off")
    for axis, index in zip(axes.flat, worst, strict=False):
        axis.imshow(images[index], cmap="gray_r")
        axis.set_title(f"{labels[index]} read {probabilities[index].argmax()}", fontsize=8)
    return figure
