"""What the benchmarks on pen digits share: options, whose digits are taken, and how results are named."""

import argparse
from pathlib import Path

import numpy as np

from model.config import RECIPES
from model.corpus import held_out_writers
from model.strokes import PenDigit, load_pen_digits

__all__ = ["RESULTS", "chosen_pens", "pen_parser", "result_name"]

RESULTS = Path(__file__).parent / "results"


def pen_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of the options that choose digits, models and where results go."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--strokes", type=Path, required=True, help="pen digits, see model/README.md")
    parser.add_argument("--model", type=Path, help="folder of another artifact than the served one")
    parser.add_argument("--folds", type=int, default=0, help="train that many times, by writer")
    parser.add_argument("--work", type=Path, default=Path("build/training"), help="train.py's work folder")
    parser.add_argument("--held-out", action="store_true", help="only the writers kept for validation")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser


def chosen_pens(arguments: argparse.Namespace) -> list[PenDigit]:
    """Return everybody's digits, or with --held-out those of the writers kept for validation."""
    pens = load_pen_digits(arguments.strokes)
    if not arguments.held_out:
        return pens
    held_out = held_out_writers(np.array([digit.writer for digit in pens]), RECIPES["default"])
    return [digit for digit in pens if digit.writer in held_out]


def result_name(benchmark: str, arguments: argparse.Namespace) -> str:
    """Return the name of the results, without its ending: it tells how the writers were kept apart."""
    return benchmark + ("_folds" if arguments.folds else "_held_out" if arguments.held_out else "")
