"""The folder that a training run leaves and the app reads: model files and ``manifest.json``.

The files carry their sha256 in their name and the manifest is replaced last, in one step. So whoever
reads the folder while it is written, or after the writer was killed, finds the former artifact or the
new one, whole.
"""

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

__all__ = [
    "BUNDLED_ARTIFACT",
    "MANIFEST",
    "ModelFileError",
    "read_manifest",
    "verified_file",
    "write_artifact",
]

BUNDLED_ARTIFACT = Path(__file__).parent / "artifacts"
MANIFEST = "manifest.json"
HASH_CHARACTERS = 12  # of the sha256, in a file's name


class ModelFileError(RuntimeError):
    """A file of the artifact is missing, truncated, changed, or not what it should be."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of an artifact folder.

    Raises:
        ModelFileError: it is missing or is not a manifest.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        files = manifest["files"]
        if not all(
            isinstance(entry["name"], str) and isinstance(entry["sha256"], str) for entry in files.values()
        ):
            raise TypeError("a file's entry lacks its name or sha256")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise ModelFileError(
            f"Received {path}: {exc!r}. Expected the manifest of a trained model; run train.py to make one."
        ) from exc
    return manifest


def verified_file(folder: Path, kind: str) -> Path:
    """Return the path of the artifact's file of a kind, ``litert`` or ``keras``, whose sha256 was checked.

    Raises:
        ModelFileError: the file is missing or its sha256 is another.
    """
    entry = read_manifest(folder)["files"].get(kind)
    if entry is None:
        raise ModelFileError(
            f"Received an artifact in {folder} without a {kind} file; run train.py to make one."
        )
    path = folder / Path(entry["name"]).name
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as exc:
        raise ModelFileError(
            f"Received {path}: {exc}. Expected the model file that {MANIFEST} names."
        ) from exc
    if found != entry["sha256"]:
        raise ModelFileError(
            f"Received {path} with sha256 {found}; expected {entry['sha256']}. "
            "The file is truncated or is not of this artifact: copy it again, or run train.py."
        )
    return path


def write_artifact(folder: Path, files: dict[str, tuple[str, bytes]], manifest: dict[str, Any]) -> None:
    """Write an artifact so that ``folder`` always holds a whole one.

    Args:
        folder: where to; made if missing.
        files: kind to (file ending, content).
        manifest: what to store beside ``files``, whose entries this function adds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries: dict[str, dict[str, Any]] = {}
    for kind, (ending, content) in files.items():
        digest = hashlib.sha256(content).hexdigest()
        name = f"digits-{digest[:HASH_CHARACTERS]}.{ending}"
        _replace(folder / name, content)
        entries[kind] = {"name": name, "sha256": digest, "bytes": len(content)}
    text = json.dumps({"files": entries} | manifest, indent=1, ensure_ascii=False) + "\n"
    _replace(folder / MANIFEST, text.encode())
    for old in set(folder.glob("digits-*.*")) - {folder / entry["name"] for entry in entries.values()}:
        old.unlink()


def _replace(path: Path, content: bytes) -> None:
    """Write a file in one step: all of it is there or nothing is."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
