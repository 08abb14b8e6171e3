"""python -m deploy puts on the Hub what serving needs, once, and says what the Hub refuses."""

import time
from pathlib import Path

import pytest
from huggingface_hub import metadata_load

from deploy import patience
from deploy.__main__ import main
from deploy.cards import gradio_version
from deploy.files import serving_files
from deploy.space import wait_for_space
from model.artifact import BUNDLED_ARTIFACT, read_manifest
from tests.hub import TOKEN, Fault, LocalHub

SPACE = "spaces/owner/digits"


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Wait for nothing, and note for how long it would have been."""
    noted: list[float] = []
    monkeypatch.setattr(time, "sleep", noted.append)
    monkeypatch.setattr(patience.patiently, "__defaults__", (noted.append,))
    monkeypatch.setattr(wait_for_space, "__defaults__", (None, noted.append, 1200.0))
    return noted


@pytest.mark.parametrize("kind", ["gradio", "docker"])
def test_a_space_gets_what_serves_and_nothing_else(hub: LocalHub, capsys, kind: str) -> None:
    """The Space holds app, model and requirements, nothing of training or of tests, and runs."""
    assert main(["space", "owner/digits", "--private", *(["--docker"] if kind == "docker" else [])]) == 0
    repo = hub.repos[SPACE]
    assert repo.private
    assert repo.sdk == kind
    litert = read_manifest(BUNDLED_ARTIFACT)["files"]["litert"]["name"]
    assert {"app.py", "README.md", f"model/artifacts/{litert}", "assets/translations/zh-TW.json"} <= set(
        repo.files
    )
    assert ("Dockerfile" in repo.files) is (kind == "docker")
    assert ("requirements.txt" in repo.files) is (kind == "gradio")
    unwanted = ("tests/", "benchmarks/", "train.py", "deploy/", ".git/", "data/")
    assert not [path for path in repo.files if path.startswith(unwanted) or path.endswith((".keras", ".pyc"))]
    assert sum(map(len, repo.files.values())) < 25_000_000
    said = capsys.readouterr().out
    assert f"{hub.url}/spaces/owner/digits" in said
    assert "RUNNING" in said
    assert TOKEN not in said


def test_deploying_again_changes_nothing(hub: LocalHub) -> None:
    """A second time there is no new commit; a stale file of the Space is removed."""
    assert main(["space", "owner/digits"]) == 0
    commits = len(hub.repos[SPACE].commits)
    assert main(["space", "owner/digits"]) == 0
    assert len(hub.repos[SPACE].commits) == commits
    hub.repos[SPACE].files["old.py"] = b"stale"
    assert main(["space", "owner/digits"]) == 0
    assert "old.py" not in hub.repos[SPACE].files
    assert ".gitattributes" in hub.repos[SPACE].files


def test_a_dry_run_asks_nothing(hub: LocalHub, capsys) -> None:
    """--dry-run lists files and size and sends no request."""
    assert main(["space", "owner/digits", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "app.py" in said
    assert " MB  in " in said
    assert not hub.requests


def test_a_space_can_serve_a_model_from_the_hub(hub: LocalHub, root: Path, tmp_path: Path) -> None:
    """--model sets the Space's variable and names the model in its front matter."""
    address = "hf://owner/model@0123456789012345678901234567890123456789"
    assert main(["space", "owner/digits", "--model", address]) == 0
    assert hub.repos[SPACE].variables == {"DIGITS_MODEL": address}
    (tmp_path / "README.md").write_bytes(hub.repos[SPACE].files["README.md"])
    front = metadata_load(tmp_path / "README.md")
    assert front
    assert front["models"] == ["owner/model"]
    assert front["sdk_version"] == gradio_version(root)


def test_a_space_that_fails_is_told(hub: LocalHub, capsys) -> None:
    """A build that ends in an error gives its state and status 1."""
    assert main(["space", "owner/digits"]) == 0
    hub.repos[SPACE].stages = ["BUILDING", "BUILD_ERROR"]
    assert main(["space", "owner/digits"]) == 1
    assert "BUILD_ERROR" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (Fault("/api/repos/create", 401, times=9), "hf auth login"),
        (Fault("/api/repos/create", 403, times=9), "may not write"),
        (Fault("/commit/main", 404, times=9), "no such repository"),
        (Fault("/api/repos/create", 500, times=99), "Server Error"),
        (Fault("/commit/main", 413, times=9), "413"),
    ],
)
def test_a_refusal_is_said_in_words(hub: LocalHub, capsys, fault: Fault, word: str) -> None:
    """What the Hub refuses ends the command with a sentence, without a traceback or the token."""
    hub.faults.append(fault)
    assert main(["space", "owner/digits"]) == 1
    captured = capsys.readouterr()
    assert word in captured.err
    assert "Traceback" not in captured.err
    assert TOKEN not in captured.err


@pytest.mark.parametrize(
    "where", ["/api/repos/create", "/preupload/", "/objects/batch", "PUT /storage", "/commit/", "/tree/"]
)
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_hub_is_asked_again(hub: LocalHub, where: str, status: int) -> None:
    """What is refused for a moment succeeds in the end, wherever it happens."""
    hub.faults.append(Fault(where, status))
    assert main(["space", "owner/digits"]) == 0
    assert "app.py" in hub.repos[SPACE].files


def test_retry_after_is_heeded(hub: LocalHub, waits: list[float]) -> None:
    """When the Hub says how long to wait, it is asked no sooner."""
    hub.faults.append(Fault("/api/repos/create", 429, {"Retry-After": "17"}))
    assert main(["space", "owner/digits"]) == 0
    assert 17.0 in waits


@pytest.mark.parametrize(
    "argv",
    [
        ["space", "digits"],
        ["model", "owner/digits/more"],
        ["space", "owner/digits", "--model", "hf://owner/digits"],
    ],
)
def test_half_a_name_is_refused_before_anything_is_made(hub: LocalHub, capsys, argv: list[str]) -> None:
    """What the Hub or the Space would stumble over later is said at once."""
    with pytest.raises(SystemExit):
        main(argv)
    assert "expected" in capsys.readouterr().err
    assert not hub.requests


def test_an_interruption_is_no_traceback(hub: LocalHub, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the Space is being built ends the command; the Space stays."""

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("deploy.__main__.wait_for_space", interrupted)
    assert main(["space", "owner/digits"]) == 130
    assert "stays there" in capsys.readouterr().err
    assert SPACE in hub.repos


def test_nobody_there_is_said(monkeypatch: pytest.MonkeyPatch, hub: LocalHub, capsys) -> None:
    """Without a network the command ends with a sentence."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    assert main(["model", "owner/digits"]) == 1
    assert "does not answer" in capsys.readouterr().err


def test_the_readme_can_be_a_space(root: Path) -> None:
    """The front matter of README.md is complete, and its Gradio is the pinned one."""
    front = metadata_load(root / "README.md")
    assert front
    assert front["sdk"] == "gradio"
    assert front["sdk_version"] == gradio_version(root)
    assert (root / front["app_file"]).is_file()
    keys = {
        "title",
        "emoji",
        "colorFrom",
        "colorTo",
        "python_version",
        "license",
        "tags",
        "short_description",
    }
    assert keys <= front.keys()
    assert len(front["short_description"]) <= 60
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {front["colorFrom"], front["colorTo"]} <= colours


def test_serving_files_are_in_the_project(root: Path) -> None:
    """Every file that serves is there, and is listed once."""
    paths = serving_files(root)
    assert len(set(paths)) == len(paths)
    assert all((root / path).is_file() for path in paths)
