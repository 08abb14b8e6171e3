"""The model is data: its hash is checked, and nothing in it is ever run."""

import ast
from pathlib import Path

import pytest

from model import ModelFileError, Recogniser

UNPICKLES = {"pickle", "dill", "joblib", "cloudpickle", "shelve", "marshal"}


def test_another_file_in_the_models_place_is_refused(root: Path, tmp_path: Path) -> None:
    """One changed byte, and the model is not served."""
    artifacts = root / "model" / "artifacts"
    for path in artifacts.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    model = next(tmp_path.glob("*.tflite"))
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    with pytest.raises(ModelFileError, match="sha256"):
        Recogniser.load(tmp_path)


@pytest.mark.parametrize(
    "folder", ["model", "preprocessing", "ui", "serving", "corrections", "sharing", "digits"]
)
def test_nothing_is_unpickled(root: Path, folder: str) -> None:
    """No module imports what unpickles, and numpy is not allowed to."""
    for path in (root / folder).rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {name.split(".")[0] for name in names} & UNPICKLES, path
        assert "allow_pickle=True" not in path.read_text("utf-8"), path
