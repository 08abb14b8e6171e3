"""Corrections as files that others read: arrays to train with, or a WebDataset for people and the Hub."""

import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO
from zipfile import BadZipFile

import numpy as np

from corrections.record import Correction, png_bytes
from corrections.store import JOURNAL_NAME, CorrectionStore

__all__ = ["read_training_set", "tar_bytes", "write_npz", "write_tar"]


def write_tar(path: Path, corrections: Iterable[Correction]) -> int:
    """Write a WebDataset, and return how many corrections it holds.

    Each has `<id>.drawing.png` (as drawn), `<id>.image.png` (28x28, as the model read it) and `<id>.json`.
    """
    with _whole_file(path) as file:
        return _write_tar(file, corrections)


def tar_bytes(corrections: Iterable[Correction]) -> bytes:
    """Return the same WebDataset as bytes; the same corrections give the same bytes."""
    file = io.BytesIO()
    _write_tar(file, corrections)
    return file.getvalue()


def write_npz(path: Path, corrections: Iterable[Correction]) -> int:
    """Write `images (n, 28, 28) uint8` (255 is ink) and `labels (n,) uint8`, and return n."""
    images, labels = _arrays(corrections)
    with _whole_file(path) as file:
        np.savez_compressed(file, images=images, labels=labels)
    return len(labels)


def read_training_set(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return `(n, 28, 28) uint8` pictures and `(n,) uint8` labels of a store's folder or an exported .npz.

    Raises:
        FileNotFoundError: nothing is there.
        ValueError: the file is not an export, or there is no correction in it.
    """
    images, labels = _stored(path) if path.is_dir() else _exported(path)
    if not len(labels):
        raise ValueError(f"{path} holds no corrections.")
    return images, labels


def _stored(path: Path) -> tuple[np.ndarray, np.ndarray]:
    if not (path / JOURNAL_NAME).exists():
        raise FileNotFoundError(f"{path} is no folder of corrections: there is no {JOURNAL_NAME} in it.")
    with closing(CorrectionStore(path)) as store:
        return _arrays(store)


def _exported(path: Path) -> tuple[np.ndarray, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as file:
            images, labels = file["images"], file["labels"]
    except (KeyError, TypeError, ValueError, BadZipFile) as exc:
        raise ValueError(f"{path} is no export of corrections (.npz): {exc}") from exc
    is_whole = images.dtype == np.uint8 and images.shape == (*labels.shape, 28, 28)
    if not (is_whole and np.isin(labels, range(10)).all()):
        raise ValueError(
            f"{path} holds images {images.dtype} {images.shape}, labels {labels.dtype} {labels.shape}; "
            "expected (n, 28, 28) uint8, and n digits of 0 to 9."
        )
    return images, labels


def _arrays(corrections: Iterable[Correction]) -> tuple[np.ndarray, np.ndarray]:
    kept = [(each.image, each.right) for each in corrections]
    images = np.array([image for image, _ in kept], np.uint8).reshape(-1, 28, 28)
    return images, np.array([right for _, right in kept], np.uint8)


def _write_tar(file: IO[bytes], corrections: Iterable[Correction]) -> int:
    count = 0
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for count, each in enumerate(corrections, 1):  # noqa: B007
            values = each.as_dict()
            del values["image"], values["drawing"]
            parts = {
                "drawing.png": each.drawing,
                "image.png": png_bytes(each.image),
                "json": json.dumps(values).encode("utf-8"),
            }
            for ending, data in parts.items():
                entry = tarfile.TarInfo(f"{each.id}.{ending}")
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
    return count


@contextmanager
def _whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its name only when all of it is written."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with open(handle, "wb") as file:
            yield file
        os.replace(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)
