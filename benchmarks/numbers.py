"""How well whole numbers are read.

    python -m benchmarks.numbers --strokes pen_strokes.npz
    python -m benchmarks.numbers --strokes pen_strokes.npz --folds 5 --work build/training

composes numbers of digits that one writer wrote, spaced, tight, with boxes that overlap, touching, and on two
lines, and prints how many are wholly right, how many digits are (by edit distance), and how often a single
digit is taken for several. With --folds each writer is read by a model that never saw them, as in
benchmarks.drawings; without it by the served model, which may have learnt from these very writers.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.compositions import LAYOUTS, Composition, compose, compose_single
from benchmarks.drawings import RESULTS, Reader
from model import Recogniser, Recognition
from model.number import DigitRecogniser, read_number
from model.strokes import PenDigit, load_pen_digits
from preprocessing.normalise import normalise

__all__ = ["edit_distance", "measure"]

SEED = 31
LENGTHS = range(2, 7)
TIMED = 40  # six-digit numbers whose reading is timed
ByWriter = Callable[[str], DigitRecogniser]


@dataclass(frozen=True)
class WriterRecogniser:
    """The recogniser of one writer's digits: the fold that left the writer out."""

    read: Reader
    threshold: float
    writer: str

    def recognise(self, images: np.ndarray) -> Recognition:
        """Read pictures of the writer."""
        return self.read(images, np.full(len(images), self.writer))

    def is_digit(self, likeness: float) -> bool:
        """Return whether a picture of this likeness is taken for a digit."""
        return likeness >= self.threshold


def main() -> None:
    """Measure as the command line says, print the table and write the results."""
    arguments = _parse_arguments()
    pens = load_pen_digits(arguments.strokes)
    recogniser = Recogniser.load(arguments.model)
    by_writer: ByWriter = lambda writer: recogniser  # noqa: E731
    if arguments.folds:
        from benchmarks.folds import fold_reader  # needs TensorFlow

        read, threshold = fold_reader(pens, arguments.folds, arguments.work)
        by_writer = lambda writer: WriterRecogniser(read, threshold, writer)  # noqa: E731
    if arguments.writers:
        pens = [digit for digit in pens if digit.writer in arguments.writers.split(",")]
    report = {"model_sha256": recogniser.sha256, "folds": arguments.folds}
    report |= measure(pens, by_writer, arguments.count, arguments.singles)
    report |= {"six_digits": measure_time(pens, recogniser)}
    print_report(report)
    arguments.out.mkdir(parents=True, exist_ok=True)
    name = "numbers_folds.json" if arguments.folds else "numbers.json"
    (arguments.out / name).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--strokes", type=Path, required=True, help="pen digits, see model/README.md")
    parser.add_argument("--model", type=Path, help="folder of another artifact than the served one")
    parser.add_argument("--folds", type=int, default=0, help="train that many times, by writer")
    parser.add_argument("--work", type=Path, default=Path("build/training"), help="train.py's work folder")
    parser.add_argument("--writers", default="", help="only these, parted by commas")
    parser.add_argument("--count", type=int, default=300, help="numbers of each kind")
    parser.add_argument("--singles", type=int, default=3000, help="single digits")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


def measure(pens: list[PenDigit], by_writer: ByWriter, count: int, singles: int) -> dict[str, Any]:
    """Return the figures of every layout, of four-digit numbers, touching pairs and single digits.

    Args:
        pens: digits to compose numbers of.
        by_writer: the recogniser of a writer's digits.
        count: numbers a layout.
        singles: single digits.
    """
    rng = np.random.default_rng(SEED)
    writers = sorted({digit.writer for digit in pens})
    theirs = {writer: [digit for digit in pens if digit.writer == writer] for writer in writers}

    def numbers(layout: str, lengths: range) -> dict[str, float]:
        pairs = []
        for _ in range(count):
            own = theirs[writers[rng.integers(len(writers))]]
            digits = [own[i] for i in rng.integers(0, len(own), rng.choice(lengths))]
            pairs.append(_read(compose(digits, layout, rng), by_writer))
        return _figures(pairs)

    report: dict[str, Any] = {"numbers": {}, "four_digits": {}}
    for layout in LAYOUTS:
        report["numbers"][layout] = numbers(layout, LENGTHS)
        report["four_digits"][layout] = numbers(layout, range(4, 5))
    report["touching_pairs"] = numbers("touching", range(2, 3))
    chosen = [pens[i] for i in rng.integers(0, len(pens), singles)]
    report["single_digits"] = _single_figures(chosen, by_writer, rng)
    return report


def _read(composition: Composition, by_writer: ByWriter) -> tuple[str, str]:
    return composition.text, read_number(composition.ink, by_writer(composition.writer)).text


def _figures(pairs: list[tuple[str, str]]) -> dict[str, float]:
    digits = sum(len(truth) for truth, _ in pairs)
    return {
        "count": len(pairs),
        "accuracy": sum(truth == read for truth, read in pairs) / len(pairs),
        "digit_accuracy": 1 - sum(edit_distance(truth, read) for truth, read in pairs) / digits,
        "segmented": sum([*map(len, t.split())] == [*map(len, r.split())] for t, r in pairs) / len(pairs),
    }


def _single_figures(pens: list[PenDigit], by_writer: ByWriter, rng: np.random.Generator) -> dict[str, float]:
    right = right_before = split = 0
    for digit in pens:
        ink = compose_single(digit, rng)
        recogniser = by_writer(digit.writer)
        text = read_number(ink, recogniser).text
        before = recogniser.recognise(normalise(ink).centred[np.newaxis]).probabilities[0].argmax()
        right += text == str(digit.label)
        right_before += int(before) == digit.label
        split += len(text) != 1
    return {
        "count": len(pens),
        "accuracy": right / len(pens),
        "accuracy_as_one_digit": right_before / len(pens),
        "split": split / len(pens),
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
    print(f"{'':32}{'wholly right':>14}{'digits right':>14}{'segmented':>12}")
    for name, row in rows.items():
        print(f"{name:32}{row['accuracy']:>14.1%}{row['digit_accuracy']:>14.1%}{row['segmented']:>12.1%}")
    single, timed = report["single_digits"], report["six_digits"]
    print(
        f"\n{single['count']} single digits: {single['accuracy']:.2%} right "
        f"({single['accuracy_as_one_digit']:.2%} read as one digit), {single['split']:.2%} split"
    )
    print(f"six digits: {timed['median_ms']:.0f} ms, 9 of 10 within {timed['p90_ms']:.0f} ms")


if __name__ == "__main__":
    main()
