"""How well whole numbers are read.

    python -m benchmarks.numbers --strokes pen_strokes.npz --held-out
    python -m benchmarks.numbers --strokes pen_strokes.npz --folds 5 --work build/training

composes numbers of digits that one writer wrote, spaced, tight, with boxes that overlap, touching, on two
lines, and on photos of paper, and prints how many are wholly right, how many digits are (by edit distance),
and how often a single digit is taken for several: pen digits in eight ways of using the pad, and MNIST's test
set made large. With --folds each writer is read by a model that never saw them, as in benchmarks.drawings;
without it by the served model, which has learnt from these very writers; with --held-out only those whom
train.py kept for validation: no weight has seen them.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.compositions import LAYOUTS, compose, compose_single
from benchmarks.conditions import CONDITIONS, Condition, sketchpad_value
from benchmarks.pens import chosen_pens, pen_parser, result_name
from benchmarks.photos import RULINGS, photograph
from model import Recogniser
from model.dataset import load_mnist
from model.number import read_number
from model.strokes import PenDigit, load_pen_digits
from preprocessing.canvas import ink_of
from preprocessing.normalise import normalise

__all__ = ["edit_distance", "measure"]

SEED = 31
LENGTHS = range(2, 7)
TIMED = 40  # six-digit numbers whose reading is timed
MNIST_SHARE = 4  # pictures of MNIST's test set, for each single digit under one condition
MNIST_SIDE_PX = 420
ByWriter = Callable[[str], Recogniser]
Singles = Iterable[tuple[np.ndarray, int, str]]  # ink, label and writer of single digits


def main() -> None:
    """Measure as the command line says, print the table and write the results."""
    arguments = _parse_arguments()
    pens = chosen_pens(arguments)
    recogniser = Recogniser.load(arguments.model)
    by_writer: ByWriter = lambda writer: recogniser  # noqa: E731
    if arguments.folds:
        from benchmarks.folds import fold_recognisers  # needs TensorFlow

        everybody = load_pen_digits(arguments.strokes)
        by_writer = fold_recognisers(everybody, arguments.folds, arguments.work).__getitem__
    report = {"model_sha256": recogniser.sha256, "folds": arguments.folds}
    report |= measure(pens, by_writer, arguments.count, arguments.singles)
    report |= {"six_digits": measure_time(pens, recogniser)}
    print_report(report)
    arguments.out.mkdir(parents=True, exist_ok=True)
    name = result_name("numbers", arguments)
    (arguments.out / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _parse_arguments() -> argparse.Namespace:
    parser = pen_parser(__doc__)
    parser.add_argument("--count", type=int, default=300, help="numbers of each kind")
    parser.add_argument("--singles", type=int, default=500, help="single digits under each condition")
    return parser.parse_args()


def measure(pens: list[PenDigit], by_writer: ByWriter, count: int, singles: int) -> dict[str, Any]:
    """Return the figures of every layout, of four-digit numbers, touching pairs and single digits.

    Args:
        pens: digits to compose numbers of.
        by_writer: the recogniser of a writer's digits.
        count: numbers a layout.
        singles: single digits under each condition.
    """
    rng = np.random.default_rng(SEED)
    writers = sorted({digit.writer for digit in pens})
    theirs = {writer: [digit for digit in pens if digit.writer == writer] for writer in writers}

    def numbers(
        layout: str, lengths: range, seen: Callable[[np.ndarray], np.ndarray] | None = None
    ) -> dict[str, float]:
        pairs = []
        for _ in range(count):
            own = theirs[writers[rng.integers(len(writers))]]
            digits = [own[i] for i in rng.integers(0, len(own), rng.choice(lengths))]
            written = compose(digits, layout, rng)
            ink = seen(written.ink) if seen else written.ink
            pairs.append((written.text, read_number(ink, by_writer(written.writer)).text))
        return _figures(pairs)

    report: dict[str, Any] = {"numbers": {}, "four_digits": {}}
    for layout in LAYOUTS:
        report["numbers"][layout] = numbers(layout, LENGTHS)
        report["four_digits"][layout] = numbers(layout, range(4, 5))
    report["touching_pairs"] = numbers("touching", range(2, 3))
    report["photos"] = {
        ruling: numbers("spaced", range(4, 5), partial(_photographed, ruling=ruling, rng=rng))
        for ruling in RULINGS
    }
    report["single_digits"] = {
        condition.name: _single_figures(_drawn(pens, condition, singles, rng), by_writer)
        for condition in CONDITIONS
    }
    report["single_digits"] |= {
        "any size, brush and habit": _single_figures(_drawn_freely(pens, singles, rng), by_writer),
        "MNIST test set": _single_figures(_mnist(MNIST_SHARE * singles, rng), by_writer),
    }
    return report


def _photographed(ink: np.ndarray, ruling: str, rng: np.random.Generator) -> np.ndarray:
    return ink_of(photograph(ink, ruling, rng))


def _figures(pairs: list[tuple[str, str]]) -> dict[str, float]:
    digits = sum(len(truth) for truth, _ in pairs)
    return {
        "count": len(pairs),
        "accuracy": sum(truth == read for truth, read in pairs) / len(pairs),
        "digit_accuracy": 1 - sum(edit_distance(truth, read) for truth, read in pairs) / digits,
        "segmented": sum([*map(len, t.split())] == [*map(len, r.split())] for t, r in pairs) / len(pairs),
    }


def _chosen(pens: list[PenDigit], count: int, rng: np.random.Generator) -> list[PenDigit]:
    return [pens[i] for i in rng.permutation(len(pens))[:count]]


def _drawn(pens: list[PenDigit], condition: Condition, count: int, rng: np.random.Generator) -> Singles:
    for digit in _chosen(pens, count, rng):
        yield ink_of(sketchpad_value(digit.strokes, condition, rng)), digit.label, digit.writer


def _drawn_freely(pens: list[PenDigit], count: int, rng: np.random.Generator) -> Singles:
    for digit in _chosen(pens, count, rng):
        yield compose_single(digit, rng), digit.label, digit.writer


def _mnist(count: int, rng: np.random.Generator) -> Singles:
    """Yield digits of MNIST's test set, made as large as on the pad."""
    mnist = load_mnist()
    for i in rng.permutation(len(mnist.x_test))[:count]:
        picture = Image.fromarray(mnist.x_test[i])
        large = picture.resize((MNIST_SIDE_PX, MNIST_SIDE_PX), Image.Resampling.BICUBIC)
        yield np.asarray(large, np.float32) / 255, int(mnist.y_test[i]), ""


def _single_figures(singles: Singles, by_writer: ByWriter) -> dict[str, float]:
    count = right = right_before = split = 0
    for ink, label, writer in singles:
        recogniser = by_writer(writer)
        text = read_number(ink, recogniser).text
        before = recogniser.recognise(normalise(ink).centred[np.newaxis]).probabilities[0].argmax()
        count += 1
        right += text == str(label)
        right_before += int(before) == label
        split += len(text) != 1
    return {
        "count": count,
        "accuracy": right / count,
        "accuracy_as_one_digit": right_before / count,
        "split": split / count,
    }


def measure_time(pens: list[PenDigit], recogniser: Recogniser) -> dict[str, float]:
    """Return how long a spaced number of six digits takes, in milliseconds."""
    rng = np.random.default_rng(SEED)
    inks = [
        compose([pens[i] for i in rng.integers(0, len(pens), 6)], "spaced", rng).ink for _ in range(TIMED)
    ]
    times = []
    for ink in inks:
        start = time.perf_counter()
        read_number(ink, recogniser)
        times.append(1000 * (time.perf_counter() - start))
    return {"count": TIMED, "median_ms": float(np.median(times)), "p90_ms": float(np.quantile(times, 0.9))}


def edit_distance(one: str, other: str) -> int:
    """Return how many characters must be put in, left out or replaced (Levenshtein 1966)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
    return row[-1]


def print_report(report: dict[str, Any]) -> None:
    """Print the figures as tables."""
    rows = {f"2-6 digits, {name}": row for name, row in report["numbers"].items()}
    rows |= {f"4 digits, {name}": row for name, row in report["four_digits"].items()}
    rows |= {"touching pairs": report["touching_pairs"]}
    rows |= {f"photo, {name}": row for name, row in report["photos"].items()}
    print(f"{'':32}{'wholly right':>14}{'digits right':>14}{'segmented':>12}")
    for name, row in rows.items():
        print(f"{name:32}{row['accuracy']:>14.1%}{row['digit_accuracy']:>14.1%}{row['segmented']:>12.1%}")
    print(f"\n{'single digits':32}{'drawings':>10}{'right':>10}{'read as one':>14}{'split':>10}")
    for name, row in report["single_digits"].items():
        print(
            f"{name:32}{row['count']:>10}{row['accuracy']:>10.2%}"
            f"{row['accuracy_as_one_digit']:>14.2%}{row['split']:>10.2%}"
        )
    timed = report["six_digits"]
    print(f"\nsix digits: {timed['median_ms']:.0f} ms, 9 of 10 within {timed['p90_ms']:.0f} ms")


if __name__ == "__main__":
    main()
