"""The app to a Space: what goes there, putting it there, and waiting until it runs."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

from deploy.cards import space_card
from deploy.files import ROOT, serving_files
from deploy.patience import DeployError, patiently

__all__ = ["GOOD_STAGES", "push_space", "space_contents", "wait_for_space"]

log = logging.getLogger(__name__)

KEPT_THERE = {".gitattributes"}  # the Hub's own
BUSY_STAGES = {"BUILDING", "APP_STARTING", "RUNNING_BUILDING", "RUNNING_APP_STARTING"}
GOOD_STAGES = {"RUNNING", "SLEEPING"}
LOOK_EVERY_S = 5.0
GIVE_UP_S = 20 * 60.0


def space_contents(is_docker: bool, models: list[str], root: Path = ROOT) -> dict[str, bytes | Path]:
    """Return what the Space holds: the path there, and the file or text that goes to it."""
    contents: dict[str, bytes | Path] = {
        "README.md": space_card(root, is_docker, models).encode("utf-8"),
    }
    names = [path.as_posix() for path in serving_files(root)]
    if is_docker:
        names += ["Dockerfile", ".dockerignore"]
    else:
        names = [name for name in names if not name.startswith("locks/")] + ["requirements.txt"]
    contents |= {name: root / name for name in names}
    return dict(sorted(contents.items()))


def push_space(
    repo_id: str,
    contents: dict[str, bytes | Path],
    is_docker: bool,
    is_private: bool = False,
    variables: dict[str, str] | None = None,
    api: HfApi | None = None,
) -> list[str]:
    """Make the Space, or update it to hold these contents and nothing else; return what was removed there.

    Repeating it changes nothing.

    Raises:
        DeployError: the Hub refused or does not answer.
    """
    api = api or HfApi()
    sdk = "docker" if is_docker else "gradio"
    patiently(
        lambda: api.create_repo(
            repo_id, repo_type="space", space_sdk=sdk, private=is_private or None, exist_ok=True
        )
    )
    there = patiently(lambda: api.list_repo_files(repo_id, repo_type="space"))
    gone = sorted(set(there) - contents.keys() - KEPT_THERE)
    for key, value in (variables or {}).items():
        patiently(lambda key=key, value=value: api.add_space_variable(repo_id, key, value))  # type: ignore[misc]
    patiently(
        lambda: api.create_commit(
            repo_id,
            [
                *(CommitOperationAdd(path, data) for path, data in contents.items()),
                *(CommitOperationDelete(path) for path in gone),
            ],
            repo_type="space",
            commit_message="Update the app",
        )
    )
    return gone


def wait_for_space(
    repo_id: str,
    api: HfApi | None = None,
    wait: Callable[[float], None] = time.sleep,
    give_up_s: float = GIVE_UP_S,
) -> str:
    """Wait until the Space runs or has failed, and return its stage, as the Hub names it.

    Raises:
        DeployError: it is still being built after `give_up_s`.
    """
    api = api or HfApi()
    said = ""
    for _ in range(round(give_up_s / LOOK_EVERY_S)):
        wait(LOOK_EVERY_S)  # first, as a stage from before the commit is still told just after it
        stage = str(patiently(lambda: api.get_space_runtime(repo_id)).raw["stage"])
        if stage != said:
            log.info("%s is %s", repo_id, stage)
            said = stage
        if stage not in BUSY_STAGES:
            return stage
    raise DeployError(f"{repo_id} is still {said} after {give_up_s / 60:.0f} minutes; its logs may say why.")
