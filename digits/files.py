"""The files to read, and what is read in one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

__all__ = ["FoundFile", "Reading", "find_pictures"]

PICTURE_ENDINGS = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}


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
