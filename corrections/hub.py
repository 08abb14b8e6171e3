"""Corrections on their way to a data set on the Hub: in the background, until it works; and back out."""

import logging
import threading
from typing import Any

import httpx2
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import HfHubHTTPError

from corrections.archive import tar_bytes
from corrections.record import Correction
from corrections.store import CorrectionStore

__all__ = ["HubUploader", "forget_on_hub"]

log = logging.getLogger(__name__)

BATCH_MAX = 500  # corrections in one file on the Hub: some 3 MB
EVERY_S = 300.0
WAIT_MAX_S = 3600.0


class HubUploader(threading.Thread):
    """A thread that sends new corrections to the data set `repo_id`, made private where there is none.

    What cannot be sent stays in the store and is tried again, after longer and longer or as the Hub asks.
    """

    def __init__(
        self, store: CorrectionStore, repo_id: str, api: HfApi | None = None, every_s: float = EVERY_S
    ) -> None:
        super().__init__(name="corrections-to-hub", daemon=True)
        self._store, self._repo_id, self._every_s = store, repo_id, every_s
        self._api = api or HfApi()
        self._stopped = threading.Event()
        self._failures = 0
        self._is_made = False

    def run(self) -> None:
        """Send until stopped."""
        wait_s = 0.0
        while not self._stopped.wait(wait_s):
            wait_s = self.step()

    def stop(self) -> None:
        """End after what is being sent."""
        self._stopped.set()

    def step(self) -> float:
        """Send all that waits, and return the seconds until the next try."""
        try:
            sent = self.send_all()
        except HfHubHTTPError as exc:
            wait_s = self._next_wait(exc.response)
            log.warning("The Hub refused the corrections; trying again in %.0f s: %s", wait_s, exc)
        except (
            httpx2.HTTPError,
            OSError,
            RuntimeError,
            ValueError,
        ) as exc:  # no network, an upload broken off
            wait_s = self._next_wait(None)
            log.warning("The corrections did not reach the Hub; trying again in %.0f s: %s", wait_s, exc)
        else:
            self._failures, wait_s = 0, self._every_s
            if sent:
                log.info("%d corrections are now in %s", sent, self._repo_id)
        return wait_s

    def send_all(self) -> int:
        """Send what waits, and return how many corrections that were.

        Raises:
            HfHubHTTPError: the Hub refused.
            httpx2.HTTPError, OSError, RuntimeError, ValueError: the Hub was not reached or made no sense.
        """
        sent = 0
        while (batch := self._store.pending_batch(BATCH_MAX)) is not None:
            path, corrections = batch
            if not self._is_made:
                self._api.create_repo(self._repo_id, repo_type="dataset", private=True, exist_ok=True)
                self._is_made = True
            _put(self._api, self._repo_id, {path: corrections}, f"Add {len(corrections)} corrections")
            again = self._store.pending_batch(BATCH_MAX)
            if again is not None and again[0] == path and len(again[1]) != len(corrections):
                continue  # some were forgotten meanwhile: put what is left in its place
            self._store.mark_sent(path)
            sent += len(corrections)
        return sent

    def _next_wait(self, response: Any) -> float:
        self._failures += 1
        wait_s = min(self._every_s * 2 ** min(self._failures - 1, 10), WAIT_MAX_S)
        asked = response.headers.get("Retry-After", "") if response is not None else ""
        return max(wait_s, float(asked)) if asked.isdigit() else wait_s


def forget_on_hub(store: CorrectionStore, repo_id: str, ids: set[str], api: HfApi | None = None) -> int:
    """Remove corrections from the files on the Hub, their history too, and return how many files changed.

    To be called while the store still has them.

    Raises:
        HfHubHTTPError: the Hub refused; nothing is removed there.
    """
    api = api or HfApi()
    known = {each.id: each for each in store}
    changed = {
        path: [known[each] for each in batch if each in known and each not in ids]
        for path, batch in store.batches().items()
        if ids & set(batch)
    }
    if changed:
        _put(api, repo_id, changed, "Forget corrections")
        api.super_squash_history(repo_id, repo_type="dataset")
    return len(changed)


def _put(api: HfApi, repo_id: str, files: dict[str, list[Correction]], message: str) -> None:
    """Write files of corrections in one commit; one that would be empty is removed instead."""
    operations: list[CommitOperationAdd | CommitOperationDelete] = []
    for path, corrections in files.items():
        if corrections:
            operations.append(CommitOperationAdd(path, tar_bytes(corrections)))
        elif api.file_exists(repo_id, path, repo_type="dataset"):
            operations.append(CommitOperationDelete(path))
    if operations:
        api.create_commit(repo_id, operations, repo_type="dataset", commit_message=message)
