"""A short training run in a process of its own, which the page follows and may cancel."""

import contextlib
import importlib.util
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from model.artifact import ModelFileError, read_manifest

__all__ = ["Progress", "TrainingRun", "training_available"]

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
RECIPE = "notebook"  # its epochs take seconds; one of the default recipe takes minutes
MEASURE = re.compile(r"(\w+): ([-+.\deE]+)")
STOP_WAIT_S = 5
LAST_LINES = 20  # of a failed run, for the log


def training_available() -> bool:
    """Return whether this server can and may train.

    It can where TensorFlow is installed. In a Space it may not, for all visitors share its processors,
    unless ALLOW_TRAINING=1 says so; ALLOW_TRAINING=0 forbids it elsewhere.
    """
    allowed = os.environ.get("ALLOW_TRAINING", "0" if os.environ.get("SPACE_ID") else "1")
    return allowed == "1" and importlib.util.find_spec("tensorflow") is not None


@dataclass(frozen=True)
class Progress:
    """How far a run has come.

    Attributes:
        state: ``running``, ``done``, ``cancelled``, ``failed`` or ``busy`` with somebody else's run.
        epochs: how many there will be.
        curves: each measure, a value an epoch, as far as it has come.
        results: of the test set, when done.
    """

    state: str
    epochs: int
    curves: dict[str, list[float]] = field(default_factory=dict)
    results: dict[str, float] = field(default_factory=dict)

    @property
    def epochs_done(self) -> int:
        """How many epochs have ended."""
        return len(self.curves.get("loss", []))


class TrainingRun:
    """At most one run at a time. It writes to a folder that is thrown away: the served model stays."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-u", "train.py")) -> None:
        """Take the command that trains, as ``train.py`` understands its flags."""
        self._command = command
        self._busy = Lock()
        self._process: subprocess.Popen[str] | None = None
        self._cancelled = False

    def run(self, epochs: int) -> Generator[Progress, None, None]:
        """Train; yield the progress after each epoch and at the end. Closing the iterator ends the run."""
        if not self._busy.acquire(blocking=False):
            yield Progress("busy", epochs)
            return
        try:
            with tempfile.TemporaryDirectory(prefix="digits-training-") as folder:
                yield from self._follow(epochs, Path(folder))
        finally:
            self._busy.release()

    def cancel(self) -> None:
        """End the run that is under way, if there is one."""
        self._cancelled = True
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()

    def _follow(self, epochs: int, folder: Path) -> Iterator[Progress]:
        self._cancelled = False
        flags = ["--recipe", RECIPE, "--epochs", str(epochs), "--out", str(folder / "artifact")]
        with subprocess.Popen(
            [*self._command, *flags],
            cwd=ROOT,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            self._process = process
            try:
                yield from self._read(process, epochs, folder)
            finally:
                self._process = None
                with contextlib.suppress(ProcessLookupError):
                    process.kill()

    def _read(self, process: "subprocess.Popen[str]", epochs: int, folder: Path) -> Iterator[Progress]:
        curves: dict[str, list[float]] = {}
        lines: list[str] = []
        yield Progress("running", epochs)
        for line in process.stdout or ():
            lines = [*lines[1 - LAST_LINES :], line]
            measures = dict(MEASURE.findall(line))
            if "val_loss" not in measures:
                continue
            for name, value in measures.items():
                curves.setdefault(name, []).append(float(value))
            yield Progress("running", epochs, {name: list(points) for name, points in curves.items()})
        if self._cancelled:
            yield Progress("cancelled", epochs, curves)
            return
        try:
            if process.wait():
                raise ModelFileError(f"the run ended with {process.returncode}")
            results = read_manifest(folder / "artifact")["results"]["mnist_test"]
        except ModelFileError as exc:
            log.error("training failed: %s\n%s", exc, "".join(lines))
            yield Progress("failed", epochs, curves)
        else:
            yield Progress("done", epochs, curves, results)
