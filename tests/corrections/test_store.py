"""The store keeps each correction once, forgets for good, and loses nothing acknowledged when killed."""

import io
import shutil
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corrections import Correction, CorrectionStore, JournalError, default_folder
from corrections.__main__ import main
from corrections.archive import read_training_set, tar_bytes
from tests.corrections.faults import KilledError, System


def correction(number: int, right: int = 3) -> Correction:
    image = np.full((28, 28), number, np.uint8)
    return Correction(image, right, [0.1] * 10, "a" * 64, b"drawing", "2026-01-31")


def ids(folder: Path) -> list[str]:
    store = CorrectionStore(folder)
    try:
        return [each.id for each in store]
    finally:
        store.close()


def run_story(folder: Path, system: Any) -> tuple[list[str], list[str]]:
    """Add, batch, forget and add; return what is acknowledged, and what was being done at the end."""
    first, second, third = (correction(number) for number in (1, 2, 3))
    kept: list[str] = []
    store = None
    doing = kept
    try:
        store = CorrectionStore(folder, system=system)
        for each in (first, second, first):
            doing = kept if each.id in kept else [*kept, each.id]
            store.add(each)
            kept = doing
        batch = store.pending_batch(10)
        assert batch
        store.mark_sent(batch[0])
        doing = [second.id]
        store.forget({first.id})
        kept = doing
        doing = [*kept, third.id]
        store.add(third)
        return doing, doing
    except (KilledError, JournalError):
        return kept, doing
    finally:
        if store:
            store.close()


def test_killed_at_every_write_boundary(tmp_path: Path) -> None:
    """Ended before, in and after each call that changes the disk, the store has what it acknowledged."""
    system = System()
    run_story(tmp_path / "whole", system)
    points = [
        (number, kept)
        for number, name in enumerate(system.calls)
        for kept in ((0, 1, 9, 200, 10**9) if name == "write" else (0,))
    ]
    assert len(points) > 40
    for number, kept in points:
        folder = tmp_path / "story"
        shutil.rmtree(folder, ignore_errors=True)
        acknowledged, begun = run_story(folder, System(number, kept))
        assert ids(folder) in (acknowledged, begun), f"call {number}, {kept} bytes"


def test_forgetting_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    """What is forgotten is in no file of the store."""
    store = CorrectionStore(tmp_path)
    for number in (1, 2):
        store.add(correction(number))
    assert store.forget({correction(1).id, "unknown"}) == 1
    text = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert correction(1).id.encode() not in text
    assert correction(2).id.encode() in text


def test_exports_hold_what_was_kept(tmp_path: Path) -> None:
    """Both exports hold every correction; a training set is read from an export or from the store itself."""
    store = CorrectionStore(tmp_path / "store")
    for number in range(5):
        store.add(correction(number, right=number))
    for name in ("out.npz", "out.tar"):
        assert main(["--store", str(tmp_path / "store"), "export", str(tmp_path / name)]) == 0
    for path in (tmp_path / "store", tmp_path / "out.npz"):
        images, labels = read_training_set(path)
        assert images[:, 0, 0].tolist() == labels.tolist() == [0, 1, 2, 3, 4]
    with tarfile.open(tmp_path / "out.tar") as tar:
        assert len(tar.getnames()) == 15
    assert tar_bytes(store) == (tmp_path / "out.tar").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(tar_bytes(store))) as tar:
        assert {entry.mtime for entry in tar} == {0}


SQUARES = np.zeros((3, 28, 28), np.uint8)


@pytest.mark.parametrize(
    "arrays",
    [
        {"x": SQUARES},
        {"images": SQUARES / 255, "labels": [1, 2, 3]},
        {"images": SQUARES, "labels": [1, 2]},
        {"images": SQUARES, "labels": [1, 2, 30]},
        {"images": SQUARES[:0], "labels": np.zeros(0, np.uint8)},
    ],
)
def test_a_file_of_something_else_is_not_learnt(tmp_path: Path, arrays: dict) -> None:
    """What is not an export of corrections is named before hours of training."""
    np.savez(tmp_path / "other.npz", **arrays)
    with pytest.raises(ValueError, match=r"other\.npz"):
        read_training_set(tmp_path / "other.npz")


def test_a_file_or_folder_of_another_kind_is_not_learnt(tmp_path: Path) -> None:
    """A tar of corrections, half a file and a folder without any are told from an export, and left alone."""
    (tmp_path / "out.tar").write_bytes(tar_bytes([correction(1)]))
    np.savez(tmp_path / "whole.npz", images=SQUARES, labels=[1, 2, 3])
    (tmp_path / "half.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:200])
    (tmp_path / "folder").mkdir()
    for name, error in {"out.tar": ValueError, "half.npz": ValueError, "folder": FileNotFoundError}.items():
        with pytest.raises(error, match=name):
            read_training_set(tmp_path / name)
    assert not any((tmp_path / "folder").iterdir())


@pytest.mark.parametrize(
    ("argv", "status", "told"),
    [
        (["stats"], 0, "3 corrections"),
        (["forget"], 1, "Say what to forget"),
        (["forget", "--before", "2026-02-01"], 0, "3 corrections forgotten"),
        (["forget", "--all"], 0, "3 corrections forgotten"),
        (["forget", "nobody"], 0, "0 corrections forgotten"),
        (["export", "out.zip"], 1, ".npz or .tar"),
    ],
)
def test_the_commands(tmp_path: Path, capsys, argv: list[str], status: int, told: str) -> None:
    """Each command does what it says, or says what it needs."""
    store = CorrectionStore(tmp_path)
    for number in range(3):
        store.add(correction(number))
    assert main(["--store", str(tmp_path), *argv]) == status
    captured = capsys.readouterr()
    assert told in captured.out + captured.err


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({}, Path("data/corrections")),
        ({"DIGITS_CORRECTIONS": "/x"}, Path("/x")),
        ({"DIGITS_CORRECTIONS": "off"}, None),
        ({"SPACE_ID": "a/b"}, None),
        ({"SPACE_ID": "a/b", "DIGITS_CORRECTIONS": "/x"}, Path("/x")),
    ],
)
def test_where_they_are_kept(monkeypatch, environment: dict[str, str], folder: Path | None) -> None:
    """At home by default, where one says, and not at all in a Space without storage."""
    monkeypatch.setattr("corrections.store.SPACE_STORAGE", Path("/no/storage"))
    assert default_folder(environment) == folder


def test_a_space_with_storage_keeps_them(monkeypatch, tmp_path: Path) -> None:
    """Where a Space has storage, they are kept in it."""
    monkeypatch.setattr("corrections.store.SPACE_STORAGE", tmp_path)
    assert default_folder({"SPACE_ID": "a/b"}) == tmp_path / "corrections"
