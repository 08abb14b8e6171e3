"""A training run leaves an artifact that the app loads, and a killed one goes on as if nothing had been."""

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from model import Recogniser
from model.config import RECIPES
from model.dataset import BUNDLED_MNIST, load_mnist

pytestmark = [pytest.mark.training, pytest.mark.slow]
keras = pytest.importorskip("keras", reason="needs requirements-train.txt")

TINY: dict[str, Any] = {
    "hidden_units": (32, 16),
    "dropout": (0.0, 0.0),
    "habit_drawings": 60,
    "scribbles": 40,
    "tuning_epochs": 2,
    "validation_writers": 1,
}
EPOCHS = 4


class Killed(BaseException):
    """Stands for a signal: nothing catches it."""


@pytest.fixture(scope="module")
def train() -> ModuleType:
    import train

    return train


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MNIST's first 600 training and 200 test digits."""
    path = tmp_path_factory.mktemp("data") / "mnist.npz"
    with np.load(BUNDLED_MNIST) as file:
        np.savez(path, **{n: file[n][: 600 if "train" in n else 200] for n in file.files})
    return path


@pytest.fixture(scope="module")
def pens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty pen digits of two writers: ones, a stroke each."""
    path = tmp_path_factory.mktemp("data") / "pens.npz"
    ends = np.arange(1, 41)
    points = np.tile(np.array([[0.5, 0.0], [0.45, 1.0]], np.float32), (40, 1))
    writers = np.array(["anna", "ben"] * 20)
    labels = np.ones(40, np.uint8)
    np.savez(path, points=points, stroke_ends=2 * ends, digit_ends=ends, labels=labels, writers=writers)
    return path


def _run(train: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(train, "RECIPES", RECIPES | {"default": replace(RECIPES["default"], **TINY)})
    monkeypatch.setattr(sys, "argv", ["train.py", *map(str, arguments)])
    train.main()


def test_the_notebook_recipe_writes_an_artifact(train, data, tmp_path, monkeypatch) -> None:
    """One epoch of the notebook's recipe leaves a model that loads and is as good as its manifest says."""
    _run(train, monkeypatch, "--recipe", "notebook", "--epochs", 1, "--data", data, "--out", tmp_path)
    recogniser, mnist = Recogniser.load(tmp_path), load_mnist(data)
    predicted = recogniser.probabilities(mnist.x_test / np.float32(255)).argmax(axis=1)
    claimed = recogniser.manifest["results"]["mnist_test"]["accuracy"]
    assert (predicted == mnist.y_test).mean() == pytest.approx(claimed, abs=0.006)  # one digit of 200
    assert recogniser.manifest["settings"]["hidden_units"] == [1024, 512, 256, 128]
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(recogniser.manifest["curves"])


def _arguments(folder: Path, data: Path, pens: Path) -> list[object]:
    places = ["--work", folder / "work", "--out", folder / "out"]
    return ["--epochs", 3, "--data", data, "--strokes", pens, *places]


@pytest.fixture(scope="module")
def whole(train, data, pens, tmp_path_factory) -> Recogniser:
    """What an uninterrupted run of the default recipe makes."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        _run(train, patch, *_arguments(folder, data, pens))
    return Recogniser.load(folder / "out")


@pytest.mark.parametrize("epochs_saved", [2, 3, 4], ids=["in the base", "before the pens", "with the pens"])
def test_the_default_recipe_resumes_to_the_same_model(
    train, data, pens, whole, tmp_path, monkeypatch, epochs_saved: int
) -> None:
    """A run killed at any stage and resumed ends with the very model of an uninterrupted one."""
    from model import fitting

    save, saved = fitting._save, []

    def killing(*of: Any) -> None:
        save(*of)
        saved.append(of)
        if len(saved) == epochs_saved:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(fitting, "_save", killing)
        with pytest.raises(Killed):
            _run(train, monkeypatch, *_arguments(tmp_path, data, pens))
    assert not (tmp_path / "out").exists()
    _run(train, monkeypatch, *_arguments(tmp_path, data, pens), "--resume")

    resumed = Recogniser.load(tmp_path / "out")
    pictures = load_mnist(data).x_test / np.float32(255)
    np.testing.assert_allclose(whole.probabilities(pictures), resumed.probabilities(pictures), atol=1e-6)
    assert whole.manifest["curves"] == resumed.manifest["curves"]
    assert 0 < whole.digit_threshold < 1
    assert whole.recognise(pictures).digit_likeness.std() > 0
    epochs = {stage: len(curves["loss"]) for stage, curves in resumed.manifest["curves"].items()}
    assert epochs == {"base": 3, "pens": 2}


def test_corrections_are_learnt_from_the_base_of_a_former_run(
    train, data, tmp_path, monkeypatch, capsys
) -> None:
    """The base is not fitted again; the manifest counts the corrections."""
    from model import fitting

    places = ["--data", data, "--work", tmp_path / "work", "--out", tmp_path / "out"]
    _run(train, monkeypatch, "--epochs", 2, *places)
    before = Recogniser.load(tmp_path / "out")
    assert before.manifest["corrections"] == 0

    mnist = load_mnist(data)
    np.savez(tmp_path / "corrections.npz", images=mnist.x_train[:7], labels=mnist.y_train[:7])
    stages: list[str] = []
    save = fitting._save

    def noting(model: Any, curves: Any, stage: Any) -> None:
        stages.append(stage.name)
        save(model, curves, stage)

    monkeypatch.setattr(fitting, "_save", noting)
    corrections = ["--corrections", tmp_path / "corrections.npz"]
    _run(train, monkeypatch, "--epochs", 2, "--resume", *corrections, *places)
    after = Recogniser.load(tmp_path / "out")
    assert stages == ["pens", "pens"]
    assert "7 corrections" in capsys.readouterr().out
    assert after.manifest["corrections"] == 7
    assert after.manifest["curves"]["base"] == before.manifest["curves"]["base"]
    assert after.sha256 != before.sha256


@pytest.mark.parametrize("killed_at", ["before the model", "between model and log", "after the log"])
def test_a_killed_fit_ends_with_the_same_weights(tmp_path, monkeypatch, killed_at: str) -> None:
    """Killed at any point of saving and resumed, a fit ends with an uninterrupted one's weights, to 1e-6."""
    from model import fitting

    def fitted(folder: Path, resume: bool) -> list[np.ndarray]:
        keras.utils.set_random_seed(1)
        model = keras.Sequential(
            [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")]
        )
        optimiser = fitting.optimiser(1e-2, 1e-2, 0.9, 8 * EPOCHS)
        model.compile(optimiser, "categorical_crossentropy", metrics=["accuracy"])
        stage = fitting.Stage("tiny", EPOCHS, 16, folder, resume)
        model, curves = fitting.fit(model, stage, _epoch, _epoch(99))
        assert len(curves["loss"]) == EPOCHS
        return model.get_weights()

    whole = fitted(tmp_path / "whole", resume=False)
    replaced = iter(range(100))
    last = {"before the model": 2, "between model and log": 3, "after the log": 4}[killed_at]

    def replacing(source: Path, target: Path) -> None:
        if next(replaced) == last:
            raise Killed
        Path(source).rename(target)

    with monkeypatch.context() as patch:
        patch.setattr(fitting.os, "replace", replacing)
        with pytest.raises(Killed):
            fitted(tmp_path / "killed", resume=False)
    resumed = fitted(tmp_path / "killed", resume=True)
    for expected, found in zip(whole, resumed, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6)


def _epoch(number: int):
    from model.fitting import Epoch

    rng = np.random.default_rng(number)
    labels = rng.integers(0, 10, 128)
    pictures = rng.random((128, 28, 28, 1), np.float32)
    pictures[np.arange(128), labels] += 1
    return Epoch(pictures, np.eye(10, dtype=np.float32)[labels])
