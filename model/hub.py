"""A model from the Hugging Face Hub in place of the bundled one: pinned, verified, and kept.

DIGITS_MODEL names it: `hf://OWNER/NAME@REVISION`, or the folder of an artifact. What the Hub gave once is
served from the cache, without asking again where the revision is a commit.
"""

import logging
import os
import re
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path

import httpx2
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import EntryNotFoundError

from model.artifact import MANIFEST, ModelFileError, read_manifest, verified_file
from model.recogniser import Recogniser

__all__ = ["ADDRESS", "SCHEME", "VARIABLE", "fetch_artifact", "served_recogniser"]

log = logging.getLogger(__name__)

VARIABLE = "DIGITS_MODEL"
SCHEME = "hf://"
ADDRESS = re.compile(r"hf://(?P<repo>[\w.-]+/[\w.-]+)@(?P<revision>[\w./-]+)")
ANSWER_WITHIN_S = 5.0
GIVE_UP_S = 40.0  # the page waits for the model; a busy Hub may ask for an hour of patience


def served_recogniser(environment: Mapping[str, str] = os.environ) -> Recogniser:
    """Return the model that DIGITS_MODEL names, else the bundled one.

    Where the Hub does not give the model, or not the one that its manifest describes, the bundled one serves
    and the log has a warning.

    Raises:
        ModelFileError: the variable is of no known form, the folder it names holds no model, or the bundled
            model is damaged.
    """
    wanted = environment.get(VARIABLE, "")
    if not wanted.startswith(SCHEME):
        return Recogniser.load(wanted or None)
    if not ADDRESS.fullmatch(wanted):
        raise ModelFileError(f"Received {VARIABLE}={wanted}; expected hf://OWNER/NAME@REVISION.")
    try:
        return Recogniser.load(_fetch_in_time(wanted))
    except (httpx2.HTTPError, OSError, EntryNotFoundError, ValueError, ModelFileError) as exc:
        log.warning("%s cannot be served, the bundled model is: %s", wanted, exc)
        return Recogniser.load()


def _fetch_in_time(address: str) -> Path:
    """Return what :func:`fetch_artifact` does; what comes later than GIVE_UP_S serves the next start."""
    outcome: Future[Path] = Future()

    def fetch() -> None:
        try:
            outcome.set_result(fetch_artifact(address))
        except Exception as exc:  # noqa: BLE001  # raised again where the result is asked for
            outcome.set_exception(exc)

    threading.Thread(target=fetch, name="model-from-hub", daemon=True).start()
    try:
        return outcome.result(GIVE_UP_S)
    except FutureTimeout:
        raise TimeoutError(f"nothing came within {GIVE_UP_S:.0f} s") from None


def fetch_artifact(address: str) -> Path:
    """Return the folder of a model from the Hub, its sha256 verified; from the cache where that has it whole.

    Args:
        address: `hf://OWNER/NAME@REVISION`.

    Raises:
        ModelFileError: the Hub has no model there, or one that its manifest does not describe.
        httpx2.HTTPError, OSError: the Hub does not answer, refuses, or the disk is full.
    """
    match = ADDRESS.fullmatch(address)
    if match is None:
        raise ModelFileError(f"Received {address}; expected hf://OWNER/NAME@REVISION.")
    folder = _download(match["repo"], match["revision"])
    try:
        verified_file(folder, "litert")
    except ModelFileError:  # a file that the cache keeps can be damaged; ask for it anew, once
        folder = _download(match["repo"], match["revision"], anew=True)
        verified_file(folder, "litert")
    return folder


def _download(repo: str, revision: str, anew: bool = False) -> Path:
    def get(name: str) -> Path:
        path = hf_hub_download(
            repo, name, revision=revision, force_download=anew, etag_timeout=ANSWER_WITHIN_S
        )
        return Path(path)

    folder = get(MANIFEST).parent
    entry = read_manifest(folder)["files"].get("litert")
    if entry is None:
        raise ModelFileError(f"Received a manifest without a litert file in {repo}; train.py makes one.")
    if get(Path(entry["name"]).name).parent != folder:
        raise ModelFileError(f"{repo} changed while it was fetched. Pin a commit: hf://{repo}@COMMIT.")
    return folder
