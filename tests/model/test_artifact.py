"""Whoever reads the artifact's folder finds a whole artifact, whatever happened to the writer."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from model import ModelFileError
from model.artifact import read_manifest, verified_file, write_artifact

FORMER, NEW = b"the former model", b"the new model, somewhat longer"
FILE_OPERATIONS = [(tempfile, "mkstemp"), (os, "fsync"), (os, "chmod"), (os, "replace"), (Path, "unlink")]


def _write(folder: Path, content: bytes) -> None:
    write_artifact(
        folder, {"litert": ("tflite", content), "keras": ("keras", content[::-1])}, {"note": "é數"}
    )


@pytest.mark.parametrize("call", range(3))
@pytest.mark.parametrize(("owner", "name"), FILE_OPERATIONS, ids=lambda value: str(value))
def test_a_failure_leaves_a_whole_artifact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, call: int
) -> None:
    """Whichever file operation fails, at any of its calls, the former artifact or the new one is whole."""
    _write(tmp_path, FORMER)
    operation, calls = getattr(owner, name), iter(range(100))

    def failing(*arguments: Any, **options: Any) -> Any:
        if next(calls) == call:
            raise OSError("no space left on device")
        return operation(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, failing)
        try:
            _write(tmp_path, NEW)
        except OSError:
            failed = True
        else:
            failed = False
    assert failed == (name != "unlink" or call < 2)
    found = verified_file(tmp_path, "litert").read_bytes()
    assert found == (FORMER if name != "unlink" else NEW)
    assert verified_file(tmp_path, "keras").read_bytes() == found[::-1]
    assert not list(tmp_path.glob(".writing-*"))


def test_the_new_artifact_takes_the_place_of_the_former(tmp_path: Path) -> None:
    """After writing, only the new files are there, with what the manifest says of them."""
    _write(tmp_path, FORMER)
    _write(tmp_path, NEW)
    manifest = read_manifest(tmp_path)
    assert manifest["note"] == "é數"
    names = {entry["name"] for entry in manifest["files"].values()}
    assert {path.name for path in tmp_path.iterdir()} == names | {"manifest.json"}
    assert manifest["files"]["litert"]["bytes"] == len(NEW)


def test_a_file_outside_the_folder_is_never_read(tmp_path: Path) -> None:
    """A manifest that names a path elsewhere is refused."""
    folder = tmp_path / "artifact"
    _write(folder, FORMER)
    name = read_manifest(folder)["files"]["litert"]["name"]
    (folder / name).rename(tmp_path / name)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace(name, f"../{name}"), "utf-8")
    with pytest.raises(ModelFileError):
        verified_file(folder, "litert")
