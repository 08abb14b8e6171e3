"""Corrections reach the data set in the end, whatever the Hub does meanwhile, and leave it when forgotten."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from corrections import CorrectionStore
from corrections.hub import HubUploader, forget_on_hub
from tests.corrections.test_store import correction
from tests.hub import TOKEN, Fault, LocalHub

REPO = "datasets/owner/corrections"


@pytest.fixture
def store(tmp_path: Path, hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[CorrectionStore]:
    """A store with three corrections, and a Hub; nothing waits for long."""
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda seconds: None)
    store = CorrectionStore(tmp_path / "store")
    for number in range(3):
        store.add(correction(number))
    yield store
    store.close()


def there(hub: LocalHub) -> list[str]:
    """Return the ids of the corrections on the Hub, in the latest commit."""
    found = []
    for path, data in hub.repos[REPO].files.items():
        if path.endswith(".tar"):
            with tarfile.open(fileobj=io.BytesIO(data)) as tar:
                found += [name.removesuffix(".json") for name in tar.getnames() if name.endswith(".json")]
    return sorted(found)


def kept(store: CorrectionStore) -> list[str]:
    return sorted(each.id for each in store)


def test_they_are_sent_once(store: CorrectionStore, hub: LocalHub) -> None:
    """All go to a private data set in one file; later ones go in another; nothing is sent twice."""
    uploader = HubUploader(store, "owner/corrections", every_s=60)
    assert uploader.step() == 60
    assert hub.repos[REPO].private
    assert there(hub) == kept(store)
    commits = len(hub.repos[REPO].commits)
    uploader.step()
    assert len(hub.repos[REPO].commits) == commits
    store.add(correction(9))
    uploader.step()
    assert there(hub) == kept(store)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/api/repos/create", 401, times=99),
        Fault("/commit/main", 404, times=99),
        Fault("/commit/main", 429, {"Retry-After": "1"}, times=99),
        Fault("/preupload/", 500, times=99),
        Fault("PUT /storage", 503, times=99),
    ],
    ids=["401", "404", "429", "500", "503"],
)
def test_a_refusal_only_delays(store: CorrectionStore, hub: LocalHub, caplog, fault: Fault) -> None:
    """What the Hub refuses stays in the store, waits longer each time, and is sent when it gives way."""
    uploader = HubUploader(store, "owner/corrections", every_s=10)
    hub.faults.append(fault)
    waits = [uploader.step() for _ in range(3)]
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]
    assert len(store) == 3
    assert TOKEN not in caplog.text
    hub.faults.clear()
    uploader.step()
    assert there(hub) == kept(store)


def test_no_network_only_delays(store: CorrectionStore, hub: LocalHub, monkeypatch) -> None:
    """Where nobody answers the thread goes on, and sends when the Hub is back."""
    uploader = HubUploader(store, "owner/corrections", every_s=10)
    good = uploader._api.endpoint
    uploader._api.endpoint = "http://127.0.0.1:9"
    assert uploader.step() >= 10
    uploader._api.endpoint = good
    uploader.step()
    assert there(hub) == kept(store)


def test_the_answer_that_was_lost_changes_nothing(store: CorrectionStore, hub: LocalHub) -> None:
    """Killed after sending and before noting it, the same file is sent again and holds the same."""
    HubUploader(store, "owner/corrections").step()
    files = dict(hub.repos[REPO].files)
    batch = next(iter(store.batches()))
    store._sent.discard(batch)  # as a process would find it that was killed before the note
    HubUploader(store, "owner/corrections").step()
    assert hub.repos[REPO].files == files


def test_forgetting_reaches_the_history(store: CorrectionStore, hub: LocalHub) -> None:
    """What is forgotten is in no commit of the data set."""
    HubUploader(store, "owner/corrections").step()
    gone = correction(1).id
    assert forget_on_hub(store, "owner/corrections", {gone}) == 1
    store.forget({gone})
    assert there(hub) == kept(store)
    every_version = b"".join(data for files in hub.repos[REPO].commits.values() for data in files.values())
    assert gone.encode() not in every_version
