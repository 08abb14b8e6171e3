"""Corrections in a journal: each picture once, bounded in size, and a note of what went to the Hub."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

from corrections.journal import Journal
from corrections.record import Correction

__all__ = ["JOURNAL_NAME", "CorrectionStore", "default_folder"]

JOURNAL_NAME = "corrections.journal"
STORE_MAX_BYTES = 256 * 1024 * 1024  # about 50,000 corrections
SPACE_STORAGE = Path("/data")  # where a Space with storage keeps it


def default_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return where corrections are kept, or None where they are not.

    `DIGITS_CORRECTIONS` names the folder, or says `off`. A Space without storage of its own forgets all when
    it restarts: there they are off.
    """
    wanted = environment.get("DIGITS_CORRECTIONS", "")
    if wanted:
        return None if wanted.lower() == "off" else Path(wanted)
    if "SPACE_ID" in environment:
        return SPACE_STORAGE / "corrections" if os.access(SPACE_STORAGE, os.W_OK) else None
    return Path("data") / "corrections"


class CorrectionStore:
    """The corrections in a folder.

    Safe from several threads and processes.

    Raises:
        JournalError: the folder cannot be written to.
    """

    def __init__(self, folder: Path, max_bytes: int = STORE_MAX_BYTES, system: ModuleType = os) -> None:
        self._journal = Journal(folder / JOURNAL_NAME, max_bytes, system)
        self._forget_index()

    def add(self, correction: Correction) -> bool:
        """Store a correction; on return it is on the disk. False where it was there already.

        Raises:
            JournalFull: the store has reached its size.
            JournalError: the disk is full or broken; the correction is not stored.
        """
        with self._journal.locked():
            self._refresh()
            if correction.id in self._places:
                self._journal.sync()
                return False
            self._append("correction", correction.as_dict())
            return True

    def __iter__(self) -> Iterator[Correction]:
        """Yield the corrections, oldest first."""
        with self._journal.locked():
            self._refresh()
            ids = list(self._places)
        for each in ids:
            yield from self._those([each])

    def __len__(self) -> int:
        with self._journal.locked():
            self._refresh()
            return len(self._places)

    def forget(self, ids: set[str]) -> int:
        """Remove corrections for good, from the disk too, and return how many there were."""
        with self._journal.locked():
            self._refresh()
            found = ids & self._places.keys()
            if found:
                self._journal.rewrite(self._lines_without(found))
                self._refresh()
            return len(found)

    def batches(self) -> dict[str, list[str]]:
        """Return what went to the Hub: the ids in each file there."""
        with self._journal.locked():
            self._refresh()
            return {path: ids for path, ids in self._batches.items() if path in self._sent}

    def pending_batch(self, limit: int) -> tuple[str, list[Correction]] | None:
        """Return what should go to the Hub next, and the name of its file there; None where nothing waits.

        The same batch comes again until `mark_sent` is called, after a crash too, so that sending it twice
        changes nothing.
        """
        with self._journal.locked():
            self._refresh()
            for path, ids in self._batches.items():
                if path not in self._sent:
                    return path, self._those(ids)
            batched = {each for ids in self._batches.values() for each in ids}
            ids = [each for each in self._places if each not in batched][:limit]
            if not ids:
                return None
            corrections = self._those(ids)
            path = f"data/{corrections[0].day}-{ids[0]}.tar"
            self._append("batch", {"path": path, "ids": ids})
            return path, corrections

    def mark_sent(self, path: str) -> None:
        """Note that the batch of that name is on the Hub."""
        self._append("sent", {"path": path})

    def close(self) -> None:
        """Let go of the files."""
        self._journal.close()

    def _append(self, kind: str, values: dict) -> None:
        self._journal.append(json.dumps({"kind": kind, **values}, separators=(",", ":")))
        self._refresh()

    def _those(self, ids: list[str]) -> list[Correction]:
        """Read corrections from the disk; those forgotten meanwhile are left out."""
        with self._journal.locked():
            self._refresh()
            lines = [self._journal.line_at(self._places[each]) for each in ids if each in self._places]
        return [Correction.from_dict(json.loads(line)) for line in lines]

    def _forget_index(self) -> None:
        self._generation = self._journal.generation()
        self._places: dict[str, int] = {}  # where each correction stands in the journal
        self._batches: dict[str, list[str]] = {}
        self._sent: set[str] = set()

    def _refresh(self) -> None:
        """Read what was written since, by this process or by another."""
        if self._generation != self._journal.generation():
            self._forget_index()
        for place, line in self._journal.unread():
            values = json.loads(line)
            match values["kind"]:
                case "correction":
                    self._places.setdefault(values["id"], place)
                case "batch":
                    self._batches[values["path"]] = values["ids"]
                case "sent":
                    self._sent.add(values["path"])

    def _lines_without(self, ids: set[str]) -> Iterator[str]:
        for each, place in self._places.items():
            if each not in ids:
                yield self._journal.line_at(place)
        for path, batch in self._batches.items():
            yield json.dumps({"kind": "batch", "path": path, "ids": [i for i in batch if i not in ids]})
        for path in sorted(self._sent):
            yield json.dumps({"kind": "sent", "path": path})
