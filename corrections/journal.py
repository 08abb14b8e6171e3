"""An append-only file of lines that survives kill -9, power cuts and full disks.

Each line is the CRC-32 of its text, a space, the text and a newline. `append` returns only when the line is
on the disk. What was being written when the process died is a line without a newline, or one whose CRC does
not fit: reading skips it, and the next `append` closes it. Several processes may share a journal: a lock
lets them take turns.
"""

import fcntl
import logging
import os
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

__all__ = ["Journal", "JournalError", "JournalFull"]

log = logging.getLogger(__name__)


class JournalError(OSError):
    """The line could not be stored; nothing of it will be read back."""


class JournalFull(JournalError):
    """The journal has reached the size that it may have."""


class Journal:
    """Lines of text in the file at `path`, at most `max_bytes` of them.

    Raises:
        JournalError: the folder cannot be made or written to.
    """

    def __init__(self, path: Path, max_bytes: int, system: ModuleType = os) -> None:
        self.path = path
        self.max_bytes = max_bytes
        self._os = system  # the system's calls; tests let them fail
        self._threads = threading.RLock()
        self._depth = 0  # of `locked` within `locked`
        self._file = -1
        self._read_to = 0
        self._unsure = False
        self._generation = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock_file = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as exc:
            raise JournalError(f"Nothing can be stored in {path.parent}: {exc}") from exc

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other threads and processes from writing."""
        with self._threads:
            if not self._depth:
                fcntl.flock(self._lock_file, fcntl.LOCK_EX)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if not self._depth:
                    fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    def append(self, text: str) -> None:
        """Store a line; on return it is on the disk.

        Raises:
            JournalFull: it would grow beyond `max_bytes`.
            JournalError: the disk is full or broken. The line is then not in the journal.
        """
        with self.locked():
            if self._unsure:
                raise JournalError(f"{self.path} could not be mended after an error. Start again.")
            file, size = self._open()
            line = _line(text)
            if size and os.pread(file, 1, size - 1) != b"\n":
                line = b"\n" + line
            if size + len(line) > self.max_bytes:
                raise JournalFull(f"{self.path} holds {size} bytes; {self.max_bytes} are allowed.")
            try:
                self._write(file, line)
            except OSError as exc:
                self._take_back(file, size)
                raise JournalError(f"{self.path} cannot be written: {exc}") from exc

    def sync(self) -> None:
        """Return when all that can be read is on the disk.

        Raises:
            JournalError: the disk is full or broken.
        """
        with self.locked():
            file, _ = self._open()
            try:
                self._os.fsync(file)
            except OSError as exc:
                raise JournalError(f"{self.path} cannot be written: {exc}") from exc

    def unread(self) -> Iterator[tuple[int, str]]:
        """Yield the lines that came since the last call, each with its place.

        All of them at first, and again when `generation` has changed.
        """
        with self.locked():
            file, _ = self._open()
            with open(os.dup(file), "rb") as lines:
                lines.seek(self._read_to)
                for line in lines:
                    if not line.endswith(b"\n"):
                        break  # never finished: the process that wrote it died
                    place = self._read_to
                    self._read_to += len(line)
                    text = _text(line)
                    if text is not None:
                        yield place, text
                    elif line != b"\n":
                        log.warning("%s: a damaged line of %d bytes was skipped", self.path, len(line))

    def generation(self) -> int:
        """Return a number that changes when the file does, by a `rewrite` of this process or another's."""
        with self.locked():
            self._open()
            return self._generation

    def line_at(self, place: int) -> str:
        """Return the line at a place that `unread` gave, in the same generation."""
        with self.locked(), open(os.dup(self._file), "rb") as lines:
            lines.seek(place)
            text = _text(lines.readline())
        if text is None:
            raise JournalError(f"{self.path} was damaged after it was read, at byte {place}.")
        return text

    def rewrite(self, texts: Iterable[str]) -> None:
        """Put other lines in place of all: either the old or the new ones are on the disk, never a mixture.

        Raises:
            JournalError: the disk is full or broken; the old lines stay.
        """
        with self.locked():
            draft = self.path.with_suffix(".draft")
            try:
                file = self._os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
                try:
                    for text in texts:
                        self._write_all(file, _line(text))
                    self._os.fsync(file)
                finally:
                    os.close(file)
                self._os.replace(draft, self.path)
                self._sync_folder()
            except OSError as exc:
                with suppress(OSError):
                    draft.unlink()  # it takes room that may be wanting
                raise JournalError(f"{self.path} cannot be rewritten: {exc}") from exc

    def close(self) -> None:
        """Let go of the files."""
        for file in (self._file, self._lock_file):
            with suppress(OSError):
                os.close(file)
        self._file = self._lock_file = -1

    def _open(self) -> tuple[int, int]:
        """Return the file now at `path`, and its size; another process may have put a new one there.

        Raises:
            JournalError: it cannot be opened or made.
        """
        try:
            return self._opened()
        except OSError as exc:
            raise JournalError(f"{self.path} cannot be opened: {exc}") from exc

    def _opened(self) -> tuple[int, int]:
        is_same = False
        if self._file >= 0:
            with suppress(FileNotFoundError):
                is_same = os.path.samestat(os.fstat(self._file), os.stat(self.path))
        if not is_same:
            is_new = not self.path.exists()
            file = self._os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            if self._file >= 0:
                os.close(self._file)
            self._file, self._read_to = file, 0
            self._generation += 1
            if is_new:
                self._sync_folder()
        return self._file, os.fstat(self._file).st_size

    def _write(self, file: int, line: bytes) -> None:
        self._write_all(file, line)
        self._os.fsync(file)

    def _write_all(self, file: int, line: bytes) -> None:
        while line:  # a disk that fills up takes a part of it first
            line = line[self._os.write(file, line) :]

    def _take_back(self, file: int, size: int) -> None:
        """Remove what was half written; where even that fails, accept nothing more."""
        try:
            self._os.ftruncate(file, size)
            self._os.fsync(file)
        except OSError:
            self._unsure = True
            log.exception("%s could not be mended", self.path)

    def _sync_folder(self) -> None:
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            self._os.fsync(folder)
        finally:
            os.close(folder)


def _line(text: str) -> bytes:
    data = text.encode("utf-8")
    if b"\n" in data:
        raise ValueError("A journal's line holds no newline.")
    return b"%08x %s\n" % (zlib.crc32(data), data)


def _text(line: bytes) -> str | None:
    """Return what a line says, or None where it is damaged."""
    crc, _, data = line[:-1].partition(b" ")
    if crc != b"%08x" % zlib.crc32(data):
        return None
    return data.decode("utf-8")
