"""Reading many picture files, on every core.

Decoding and preparing a picture costs far more than recognising it, so each process takes files in chunks
and does all three; the answers come back in the order of the files.
"""

import os
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from digits.pictures import load_picture
from model import Recogniser
from model.number import read_number
from preprocessing import DrawingError, digit_image
from preprocessing.canvas import ink_of

__all__ = ["FoundFile", "Reading", "find_pictures", "read_pictures"]

PICTURE_ENDINGS = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
CHUNK = 32  # files that a process takes at a time: one batch of the model
ONE_PROCESS_FILES = 2 * CHUNK  # so few are read sooner than other processes have started
CHUNKS_AHEAD = 4  # per process: bounds what waits in memory
UNREADABLE = (DrawingError, OSError, Image.DecompressionBombError, SyntaxError, ValueError)


class FoundFile(NamedTuple):
    """A file to read, and the name it goes by in the answer."""

    name: str
    path: Path


@dataclass(frozen=True)
class Reading:
    """What was read in one file.

    Attributes:
        file: the file's name.
        text: the digit or number, or nothing where it does not look like one or could not be read. Lines of a
            number are parted by a newline.
        confidences: the three likeliest digits or numbers with their probabilities, the best first.
        digit_likeness: 0..1, how much it looks like a digit at all; of a number, its least likely digit.
        error: why it could not be read; empty where it could.
    """

    file: str
    text: str = ""
    confidences: tuple[tuple[str, float], ...] = ()
    digit_likeness: float = 0.0
    error: str = ""


def find_pictures(paths: Sequence[Path]) -> list[FoundFile]:
    """Return the files named and the pictures in the folders named, by name.

    A file in a folder goes by its path within that folder; where two would have one name, both go by their
    whole path.

    Raises:
        FileNotFoundError: one of the paths does not exist.
    """
    found = []
    for path in paths:
        if path.is_dir():
            found += [
                FoundFile(str(each.relative_to(path)), each)
                for each in sorted(path.rglob("*"))
                if each.suffix.lower() in PICTURE_ENDINGS and each.is_file()
            ]
        elif path.exists():
            found.append(FoundFile(path.name, path))
        else:
            raise FileNotFoundError(f"There is no file or folder {path}.")
    times = Counter(each.name for each in found)
    return sorted(FoundFile(str(each.path), each.path) if times[each.name] > 1 else each for each in found)


def read_pictures(
    files: Sequence[FoundFile], processes: int | None = None, number: bool = False
) -> Iterator[Reading]:
    """Yield what stands in each file, in the order given.

    Args:
        files: what to read.
        processes: how many to share the work; as many as there are cores when None.
        number: whether to read whole numbers, and not one digit in each file.
    """
    read = _read_numbers if number else _read_chunk
    processes = processes or os.cpu_count() or 1
    chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    if processes == 1 or len(files) <= ONE_PROCESS_FILES:
        _load_model()
        for chunk in chunks:
            yield from read(chunk)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _start_worker) as pool:
        waiting = iter(chunks)
        # The workers start here and inherit the mask: Ctrl-C reaches none in the middle of an import.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            running = [pool.submit(read, chunk) for chunk in islice(waiting, processes * CHUNKS_AHEAD)]
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        try:
            while running:
                yield from running.pop(0).result()
                running += [pool.submit(read, chunk) for chunk in islice(waiting, 1)]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_recogniser: Recogniser | None = None  # of this process; a model is loaded once, not once a chunk


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it at once, without a traceback
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    _load_model()


def _load_model() -> None:
    global _recogniser
    if _recogniser is None:
        _recogniser = Recogniser.load()


def _read_chunk(files: Sequence[FoundFile]) -> list[Reading]:
    if _recogniser is None:
        raise RuntimeError("The model is loaded before files are read.")
    images: list[np.ndarray] = []
    errors: dict[str, str] = {}
    for each in files:
        try:
            images.append(digit_image(load_picture(each.path)))
        except UNREADABLE as exc:
            errors[each.name] = str(exc) or type(exc).__name__
    if not images:
        return [Reading(each.name, error=errors[each.name]) for each in files]
    recognition = _recogniser.recognise(np.stack(images))
    rows = iter(range(len(images)))
    readings = []
    for each in files:
        if each.name in errors:
            readings.append(Reading(each.name, error=errors[each.name]))
            continue
        row = next(rows)
        likeness = float(recognition.digit_likeness[row])
        best = tuple((str(digit), round(p, 4)) for digit, p in recognition.best(row))
        text = best[0][0] if _recogniser.is_digit(likeness) else ""
        readings.append(Reading(each.name, text, best, round(likeness, 4)))
    return readings


def _read_numbers(files: Sequence[FoundFile]) -> list[Reading]:
    return [_read_number(each) for each in files]


def _read_number(file: FoundFile) -> Reading:
    if _recogniser is None:
        raise RuntimeError("The model is loaded before files are read.")
    try:
        number = read_number(ink_of(load_picture(file.path)), _recogniser)
    except UNREADABLE as exc:
        return Reading(file.name, error=str(exc) or type(exc).__name__)
    likeness = min(digit.likeness for digit in number.digits)
    best = tuple((text, round(p, 4)) for text, p in number.best)
    return Reading(file.name, number.text if _recogniser.is_digit(likeness) else "", best, round(likeness, 4))
