"""The exported model, as the app loads it."""

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from model import ModelFileError, Recogniser
from model.artifact import BUNDLED_ARTIFACT, read_manifest, verified_file, write_artifact
from model.dataset import load_mnist
from model.evaluation import evaluate

ACCURACY_FLOOR = 0.98


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.load()


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUNDLED_ARTIFACT, tmp_path / "artifact"))


def _pictures(count: int) -> np.ndarray:
    return load_mnist().x_test[:count].astype(np.float32) / 255


@pytest.mark.slow
def test_accuracy_is_what_the_manifest_claims(recogniser: Recogniser) -> None:
    """On MNIST's 10,000 test digits the file reads as well as claimed, to 0.0005, and 98 % at least."""
    mnist = load_mnist()
    assert len(mnist.x_test) == 10_000
    accuracy = evaluate(recogniser, mnist.x_test, mnist.y_test).accuracy
    assert accuracy == pytest.approx(recogniser.manifest["results"]["mnist_test"]["accuracy"], abs=5e-4)
    assert accuracy >= ACCURACY_FLOOR


@pytest.mark.training
def test_keras_and_litert_agree(recogniser: Recogniser) -> None:
    """The Keras model and its export give the same probabilities and likeness, to 1e-4."""
    keras = pytest.importorskip("keras")
    pictures = np.concatenate([_pictures(500), np.random.default_rng(0).random((50, 28, 28), np.float32)])
    outputs = keras.models.load_model(verified_file(BUNDLED_ARTIFACT, "keras")).predict(
        pictures[..., None], verbose=0
    )
    served = recogniser.recognise(pictures)
    if not isinstance(outputs, dict):
        outputs = {"digit": outputs, "likeness": np.ones((len(pictures), 1))}
    np.testing.assert_allclose(served.probabilities, outputs["digit"], atol=1e-4)
    np.testing.assert_allclose(served.digit_likeness, outputs["likeness"][:, 0], atol=1e-4)


def test_several_threads_get_the_same_answers(recogniser: Recogniser) -> None:
    """Eight threads at once are answered as one alone."""
    pictures = _pictures(64)
    alone = recogniser.recognise(pictures)
    with ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda i: recogniser.recognise(pictures[i : i + 1]), list(range(64)) * 3))
    for index, part in enumerate(parts):
        np.testing.assert_allclose(part.probabilities[0], alone.probabilities[index % 64], atol=1e-5)
        np.testing.assert_allclose(part.digit_likeness[0], alone.digit_likeness[index % 64], atol=1e-5)


@pytest.mark.parametrize("count", [0, 1, 511, 513])
def test_any_number_of_pictures_is_read(recogniser: Recogniser, count: int) -> None:
    """Each picture gets float32 probabilities that sum to 1 and a likeness in 0..1."""
    answer = recogniser.recognise(np.random.default_rng(0).random((count, 28, 28), np.float32))
    assert answer.probabilities.shape == (count, 10)
    assert answer.digit_likeness.shape == (count,)
    assert answer.probabilities.dtype == answer.digit_likeness.dtype == np.float32
    np.testing.assert_allclose(answer.probabilities.sum(axis=1), 1, atol=1e-5)
    assert np.all((answer.digit_likeness >= 0) & (answer.digit_likeness <= 1))


def test_the_best_come_first(recogniser: Recogniser) -> None:
    """best() gives the likeliest digits in falling order."""
    answer = recogniser.recognise(_pictures(1))
    best = answer.best(0, 10)
    assert [share for _, share in best] == sorted(answer.probabilities[0].tolist(), reverse=True)
    assert best[0][0] == answer.probabilities[0].argmax()
    assert len(answer.best()) == 3


@pytest.mark.parametrize("shape", [(28, 28), (1, 27, 28), (1, 28, 28, 1)])
def test_pictures_of_another_shape_are_refused(recogniser: Recogniser, shape: tuple[int, ...]) -> None:
    """What is not (n, 28, 28) raises ValueError."""
    with pytest.raises(ValueError, match="expected"):
        recogniser.recognise(np.zeros(shape, np.float32))


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_no_number_is_refused(recogniser: Recogniser, wrong: float) -> None:
    """NaN and infinity raise ValueError."""
    with pytest.raises(ValueError, match="expected"):
        recogniser.recognise(np.full((1, 28, 28), wrong, np.float32))


def _model_file(folder: Path) -> Path:
    return folder / read_manifest(folder)["files"]["litert"]["name"]


def _tamper(folder: Path) -> None:
    content = bytearray(_model_file(folder).read_bytes())
    content[len(content) // 2] ^= 1
    _model_file(folder).write_bytes(content)


def _set_manifest(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text, encoding="utf-8")


BROKEN: dict[str, Callable[[Path], object]] = {
    "no_folder": lambda folder: shutil.rmtree(folder),
    "no_manifest": lambda folder: (folder / "manifest.json").unlink(),
    "no_model": lambda folder: _model_file(folder).unlink(),
    "manifest_truncated": lambda folder: os.truncate(folder / "manifest.json", 40),
    "manifest_list": lambda folder: _set_manifest(folder, "[]"),
    "manifest_without_files": lambda folder: _set_manifest(folder, "{}"),
    "manifest_without_model": lambda folder: _set_manifest(folder, json.dumps({"files": {}})),
    "manifest_binary": lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe\x00"),
    "model_truncated": lambda folder: os.truncate(_model_file(folder), 1000),
    "model_empty": lambda folder: os.truncate(_model_file(folder), 0),
    "model_tampered": _tamper,
    "model_of_noise": lambda folder: write_artifact(folder, {"litert": ("tflite", b"noise" * 999)}, {}),
    "model_of_nothing": lambda folder: write_artifact(folder, {"litert": ("tflite", b"")}, {}),
}


@pytest.mark.parametrize("spoil", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_artifact_is_refused(artifact: Path, spoil: Callable[[Path], object]) -> None:
    """A missing, truncated, changed or foreign file raises ModelFileError."""
    spoil(artifact)
    with pytest.raises(ModelFileError):
        Recogniser.load(artifact)
