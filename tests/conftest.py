"""What every test shares: settings, places, and which tests must run in one process."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# Gradio names an upload by its content, and an app that ends deletes its own: beside another process's
# apps, that would be theirs as well.
os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="digits-tests-")

import pytest
from huggingface_hub import constants
from hypothesis import HealthCheck, settings

from tests.hub import TOKEN, LocalHub, local_hub

ROOT = Path(__file__).resolve().parent.parent
atexit.register(shutil.rmtree, os.environ["GRADIO_TEMP_DIR"], ignore_errors=True)

settings.register_profile(
    "ci",
    deadline=None,  # the machine may be busy
    derandomize=True,  # the same examples on every run
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", settings.get_profile("ci"), derandomize=False, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests of one kind in one process: one browser, and TensorFlow loaded once."""
    for item in items:
        for kind in ("browser", "training"):
            if item.get_closest_marker(kind):
                item.add_marker(pytest.mark.xdist_group(kind))


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    """A Hub in this computer in the place of the real one, with an empty cache and a token."""
    with local_hub() as hub:
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub_cache"))
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        yield hub
