"""A trained model to the Hub, with its card."""

from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi

from deploy.cards import model_card
from deploy.patience import patiently
from model.artifact import BUNDLED_ARTIFACT, MANIFEST, read_manifest, verified_file

__all__ = ["push_model"]


def push_model(
    repo_id: str, folder: Path = BUNDLED_ARTIFACT, is_private: bool = False, api: HfApi | None = None
) -> str:
    """Upload an artifact, made where there is no such repository; return the `hf://` address that pins it.

    Raises:
        ModelFileError: the artifact is not whole.
        DeployError: the Hub refused or does not answer.
    """
    api = api or HfApi()
    manifest = read_manifest(folder)
    files = {MANIFEST: folder / MANIFEST}
    for kind in manifest["files"]:
        path = verified_file(folder, kind)
        files[path.name] = path
    patiently(lambda: api.create_repo(repo_id, private=is_private or None, exist_ok=True))
    commit = patiently(
        lambda: api.create_commit(
            repo_id,
            [
                CommitOperationAdd("README.md", model_card(repo_id, manifest).encode("utf-8")),
                *(CommitOperationAdd(name, path) for name, path in files.items()),
            ],
            commit_message=f"Add the model {manifest['files']['litert']['sha256'][:12]}",
        )
    )
    return f"hf://{repo_id}@{commit.oid}"
