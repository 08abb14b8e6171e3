"""The How it learned tab shows how both recipes went, and follows a run of its own."""

import sys
import threading
import time

import pytest

from model.artifact import BUNDLED_ARTIFACT, read_manifest
from ui.learning import NOTEBOOK_ARTIFACT, curves_view, progress_view, settings_view
from ui.training_run import Progress, TrainingRun, training_available

NESTED = {
    "settings": {"recipe": "default", "epochs": 2},
    "curves": {
        "teacher": {
            "accuracy": [0.5, 0.6],
            "loss": [1.0, 0.5],
            "val_accuracy": [0.5, 0.7],
            "val_loss": [1, 0.4],
        },
        "base": {"digit_accuracy": [0.8], "digit_loss": [0.5], "loss": [0.7], "val_digit_accuracy": [0.9]},
    },
}
EPOCH = "print('188/188 - 5s - 28ms/step - accuracy: 0.9 - loss: 3e-1 - val_accuracy: 0.95 - val_loss: 0.2')"


def run_of(code: str) -> TrainingRun:
    """A run whose training is a few lines of Python."""
    return TrainingRun((sys.executable, "-u", "-c", code))


def test_each_stage_has_its_two_charts() -> None:
    """Accuracy and loss of every stage, flat or nested, with training and validation."""
    shown = curves_view([NESTED, read_manifest(NOTEBOOK_ARTIFACT)])
    assert shown.count("<svg") == 2 * 3
    assert shown.count("<polyline") == 4 + 3 + 4  # the base stage above has no validation loss


def test_settings_of_both_recipes_stand_side_by_side() -> None:
    """A setting that one recipe lacks is a dash there, and the results come last."""
    shown = settings_view([NESTED, read_manifest(NOTEBOOK_ARTIFACT)])
    assert "<code>hidden_units</code></th><td>–</td><td>1024, 512, 256, 128</td>" in shown
    assert "98.31%" in shown


def test_the_bundled_manifests_can_be_shown() -> None:
    """Whatever train.py wrote last."""
    for folder in (BUNDLED_ARTIFACT, NOTEBOOK_ARTIFACT):
        assert "<svg" in curves_view([read_manifest(folder)])


def test_a_run_is_followed_epoch_by_epoch_and_judged() -> None:
    """Each epoch's line is one step, and the results are read from the artifact that the run wrote."""
    code = (
        f"import sys, json, pathlib\n{EPOCH}\n{EPOCH}\n"
        "folder = pathlib.Path(sys.argv[sys.argv.index('--out') + 1]); folder.mkdir()\n"
        "(folder / 'manifest.json').write_text(json.dumps("
        "{'files': {}, 'results': {'mnist_test': {'accuracy': 0.9, 'loss': 0.3}}}))"
    )
    steps = list(run_of(code).run(2))
    assert [(step.state, step.epochs_done) for step in steps] == [
        ("running", 0),
        ("running", 1),
        ("running", 2),
        ("done", 2),
    ]
    assert "90.00%" in progress_view(steps[-1])


def test_a_run_that_fails_says_so_and_logs_why(caplog) -> None:
    """The visitor reads a sentence, the log has the last lines."""
    *_, last = run_of("raise SystemExit('no such thing')").run(1)
    assert last.state == "failed"
    assert "no such thing" in caplog.text
    assert "no such thing" not in progress_view(last)


def test_a_cancelled_run_ends_its_process() -> None:
    """Cancel stops the process and frees the place for the next run."""
    run = run_of(f"{EPOCH}\nimport time; time.sleep(600)")
    steps = run.run(3)
    assert [next(steps).state, next(steps).state] == ["running", "running"]
    threading.Thread(target=run.cancel).start()
    assert next(steps).state == "cancelled"
    assert list(steps) == []
    assert next(run.run(1)).state == "running"


def test_a_second_run_is_told_to_wait() -> None:
    """One run at a time, whoever asks."""
    run = run_of("import time; time.sleep(600)")
    first = run.run(1)
    next(first)
    assert [step.state for step in run.run(1)] == ["busy"]
    started = time.monotonic()
    first.close()  # the visitor has gone
    assert time.monotonic() - started < 60
    assert next(run.run(1)).state == "running"


@pytest.mark.parametrize("state", ["running", "done", "cancelled", "failed", "busy"])
def test_every_state_has_its_words(state) -> None:
    """No state leaves the visitor without a sentence."""
    assert "<p>" in progress_view(Progress(state, 2))


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, True),
        ({"SPACE_ID": "me/digits"}, False),
        ({"SPACE_ID": "me/digits", "ALLOW_TRAINING": "1"}, True),
        ({"ALLOW_TRAINING": "0"}, False),
    ],
)
def test_training_is_off_in_a_space_unless_allowed(monkeypatch, environment, expected) -> None:
    """A Space trains only where its owner says so."""
    for name in ("SPACE_ID", "ALLOW_TRAINING"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("ui.training_run.importlib.util.find_spec", lambda name: object())
    assert training_available() is expected


def test_training_is_off_without_tensorflow(monkeypatch) -> None:
    """Where training's requirements are missing, nothing is offered that would fail."""
    monkeypatch.setattr("ui.training_run.importlib.util.find_spec", lambda name: None)
    assert not training_available()
