"""The notebook runs from its first cell to its last."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.training

SHORT = {"EPOCHS = 3": "EPOCHS = 1", "TRAINING_DIGITS = 60_000": "TRAINING_DIGITS = 6_000"}
CELL_TIMEOUT_S = 300


def test_every_cell_runs(root: Path) -> None:
    """A fresh kernel trains on few digits, exports, predicts the test set and serves the app."""
    pytest.importorskip("tensorflow")
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(root / "notebook.ipynb", as_version=4)
    (parameters,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    for written, short in SHORT.items():
        assert written in parameters.source
        parameters.source = parameters.source.replace(written, short)
    client = nbclient.NotebookClient(
        notebook, timeout=CELL_TIMEOUT_S, resources={"metadata": {"path": str(root)}}
    )
    client.execute()
    texts = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    assert "10000" in texts  # the test set was loaded
    assert "LiteRT: accuracy" in texts
    assert "Running on local URL" in texts


def test_the_notebook_is_stored_without_outputs(root: Path) -> None:
    """What is committed is text, no pictures and no times of an old run."""
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(root / "notebook.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") for cell in notebook.cells)
