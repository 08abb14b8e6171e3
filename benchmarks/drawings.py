"""How well the recogniser reads what people really draw.

    python -m benchmarks.drawings --strokes pen_strokes.npz
    python -m benchmarks.drawings --strokes pen_strokes.npz --held-out
    python -m benchmarks.drawings --strokes pen_strokes.npz --folds 5 --work build/training

draws every pen digit in eight ways of using the pad, runs the very pipeline that serves, and prints accuracy,
calibration and refusals; so for MNIST's test set, corruptions of it, slashed zeros, crossed sevens, and
drawings that are no digit. With --folds it trains once a fold without the fold's writers, from the base that
train.py left in its work folder, and judges each writer by the model that never saw them. Without it, it
judges the served model, which has learnt from these very writers; with --held-out only on those whom train.py
kept for validation: no weight has seen them, but the temperature and the threshold were set on them.
"""

import argparse
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np

from benchmarks.conditions import CONDITIONS, sketchpad_value
from benchmarks.corruptions import CORRUPTIONS
from benchmarks.pens import chosen_pens, pen_parser, result_name
from benchmarks.plots import plot_report
from model import Recogniser, Recognition
from model.calibration import auroc, expected_calibration_error
from model.dataset import load_mnist
from model.habits import add_habit
from model.scribbles import HELD_OUT_FACES, draw_letter, draw_scribble, letters_of
from model.strokes import PenDigit, Strokes, deform, fit_unit_box
from preprocessing import digit_image

__all__ = ["Reader", "measure"]

SEED = 20
LETTERS_EACH = 8  # hands that write each letter of a held-out face
SCRIBBLES = 1000
HABIT_DIGITS = (0, 7)  # slashed zeros and crossed sevens
Reader = Callable[[np.ndarray, np.ndarray], Recognition]  # pictures, and the writer of each, read


def main() -> None:
    """Measure as the command line says, print the tables and write results and plots."""
    arguments = _parse_arguments()
    pens = chosen_pens(arguments)
    if arguments.limit:
        pens = [pens[i] for i in np.random.default_rng(SEED).permutation(len(pens))[: arguments.limit]]
    recogniser = Recogniser.load(arguments.model)
    read: Reader = lambda pictures, writers: recogniser.recognise(pictures)  # noqa: E731
    threshold = recogniser.digit_threshold
    if arguments.folds:
        from benchmarks.folds import fold_reader  # needs TensorFlow

        read, threshold = fold_reader(pens, arguments.folds, arguments.work)
    report = {"model_sha256": recogniser.sha256, "folds": arguments.folds} | measure(pens, read, threshold)
    report |= measure_mnist(recogniser)
    arguments.out.mkdir(parents=True, exist_ok=True)
    name = result_name("drawings", arguments)
    plot_report(report.pop("pictures"), arguments.out, name)
    (arguments.out / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print_report(report)


def _parse_arguments() -> argparse.Namespace:
    parser = pen_parser(__doc__)
    parser.add_argument("--limit", type=int, default=0, help="only that many digits, at random")
    return parser.parse_args()


def measure(pens: list[PenDigit], read: Reader, threshold: float) -> dict[str, Any]:
    """Return the figures of every condition, of habits, and of what is no digit.

    Args:
        pens: digits to draw.
        read: recognises pictures of given writers.
        threshold: likeness below which a drawing is refused.
    """
    labels = np.array([digit.label for digit in pens])
    writers = np.array([digit.writer for digit in pens])
    conditions, pictures, recognitions = {}, [], []
    for number, condition in enumerate(CONDITIONS):
        images = _pictures([(digit.strokes, number) for digit in pens])
        recognition = read(images, writers)
        conditions[condition.name] = _figures(recognition, labels, threshold)
        pictures.append(images)
        recognitions.append(recognition)
    everything = _joined(recognitions)
    all_labels = np.tile(labels, len(CONDITIONS))
    accuracies = [row["accuracy"] for row in conditions.values()]
    rng = np.random.default_rng(SEED)
    foreign = {
        "letters": [
            deform(draw_letter(face, letter), rng, 0.7)
            for face in HELD_OUT_FACES
            for letter in letters_of(face)
            for _ in range(LETTERS_EACH)
        ],
        "scribbles and shapes": [draw_scribble(rng) for _ in range(SCRIBBLES)],
    }
    return {
        "digits": len(pens),
        "conditions": conditions,
        "mean": _figures(everything, all_labels, threshold) | {"accuracy": float(np.mean(accuracies))},
        "habits": _measure_habits(pens, read, threshold, rng),
        "no_digit": {
            name: _foreign_figures(drawings, read, everything.digit_likeness, threshold)
            for name, drawings in foreign.items()
        },
        "pictures": (np.concatenate(pictures), everything, all_labels),
    }


def measure_mnist(recogniser: Recogniser) -> dict[str, Any]:
    """Return the figures of MNIST's test set, as it is and made worse."""
    mnist = load_mnist()
    images = mnist.x_test.astype(np.float32) / 255
    rng = np.random.default_rng(SEED)
    corrupted = {}
    for name, corrupt in CORRUPTIONS.items():
        worse = np.stack([corrupt(image, rng) for image in images]).astype(np.float32)
        corrupted[name] = _figures(recogniser.recognise(worse), mnist.y_test, recogniser.digit_threshold)
    clean = _figures(recogniser.recognise(images), mnist.y_test, recogniser.digit_threshold)
    return {"mnist_test": clean, "mnist_corrupted": corrupted}


def _measure_habits(
    pens: list[PenDigit], read: Reader, threshold: float, rng: np.random.Generator
) -> dict[str, dict[str, float]]:
    """Slash every zero and cross every seven that is not crossed by its writer's hand."""
    figures = {}
    for label, name in zip(HABIT_DIGITS, ("slashed zeros", "crossed sevens"), strict=True):
        chosen = [digit for digit in pens if digit.label == label]
        drawings = [_with_habit(digit, rng) for digit in chosen]
        recognition = read(_pictures([(s, 0) for s in drawings]), np.array([d.writer for d in chosen]))
        figures[name] = _figures(recognition, np.full(len(chosen), label), threshold)
    return figures


def _with_habit(digit: PenDigit, rng: np.random.Generator) -> Strokes:
    strokes = fit_unit_box(digit.strokes)
    while True:
        changed = add_habit(strokes, digit.label, rng)
        if changed is not strokes:
            return changed


def _foreign_figures(
    drawings: list[Strokes], read: Reader, digits: np.ndarray, threshold: float
) -> dict[str, float]:
    likeness = read(_pictures([(s, 0) for s in drawings]), np.full(len(drawings), "")).digit_likeness
    return {
        "drawings": len(drawings),
        "auroc": auroc(digits, likeness),
        "refused": float((likeness < threshold).mean()),
    }


def _figures(recognition: Recognition, labels: np.ndarray, threshold: float) -> dict[str, float]:
    probabilities = recognition.probabilities
    return {
        "accuracy": float((probabilities.argmax(axis=1) == labels).mean()),
        "calibration_error": expected_calibration_error(probabilities, labels),
        "refused": float((recognition.digit_likeness < threshold).mean()),
    }


def _joined(recognitions: Iterable[Recognition]) -> Recognition:
    parts = list(recognitions)
    return Recognition(
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.digit_likeness for part in parts]),
    )


def _pictures(drawings: list[tuple[Strokes, int]]) -> np.ndarray:
    """Return (n, 28, 28): each drawing under the condition of its number, as the app would see it."""
    seeds = np.random.SeedSequence(SEED).spawn(len(drawings))
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return np.stack(list(pool.map(_picture, drawings, seeds, chunksize=100)))


def _picture(drawing: tuple[Strokes, int], seed: np.random.SeedSequence) -> np.ndarray:
    strokes, condition = drawing
    return digit_image(sketchpad_value(strokes, CONDITIONS[condition], np.random.default_rng(seed)))


def print_report(report: dict[str, Any]) -> None:
    """Print the figures as tables."""
    rows = report["conditions"] | {"mean of the eight": report["mean"]} | report["habits"]
    rows |= {"MNIST test set": report["mnist_test"]}
    rows |= {f"MNIST, {name}": figures for name, figures in report["mnist_corrupted"].items()}
    print(f"{'':24}{'accuracy':>10}{'calibration error':>20}{'refused':>10}")
    for name, row in rows.items():
        print(f"{name:24}{row['accuracy']:>10.2%}{row['calibration_error']:>20.2%}{row['refused']:>10.2%}")
    print(f"\n{'':24}{'AUROC':>10}{'drawings':>20}{'refused':>10}")
    for name, row in report["no_digit"].items():
        print(f"{name:24}{row['auroc']:>10.4f}{row['drawings']:>20}{row['refused']:>10.2%}")


if __name__ == "__main__":
    main()
