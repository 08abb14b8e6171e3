"""A journal keeps every line it has acknowledged, and gives back nothing half-written."""

import errno
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrections.journal import Journal, JournalError, JournalFull
from tests.corrections.faults import KilledError, System

ROOM = 10_000_000
BEFORE = ["one", "two " * 20, "drei 三"]


def journal_at(folder: Path, system: Any = os, max_bytes: int = ROOM) -> Journal:
    return Journal(folder / "a.journal", max_bytes, system)


def lines(journal: Journal) -> list[str]:
    return [text for _, text in journal.unread()]


def reopened(folder: Path) -> list[str]:
    journal = journal_at(folder)
    try:
        return lines(journal)
    finally:
        journal.close()


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder whose journal holds the lines BEFORE."""
    journal = journal_at(tmp_path / "base")
    for text in BEFORE:
        journal.append(text)
    journal.close()
    return tmp_path / "base"


def test_lines_come_back_in_order(base: Path) -> None:
    """What was appended is read in its order by whoever opens the journal next."""
    assert reopened(base) == BEFORE


@given(texts=st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8")), max_size=8))
def test_any_text_without_newline_comes_back(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any text that is one line is given back as it was."""
    folder = tmp_path_factory.mktemp("any")
    journal = journal_at(folder)
    for text in texts:
        journal.append(text)
    assert lines(journal) == texts == reopened(folder)


def test_killed_at_every_byte_of_a_line(base: Path) -> None:
    """Killed after any number of bytes, a journal has all that was acknowledged, and goes on."""
    text = "x" * 9000 + "字" * 400
    size = len(text.encode()) + len("01234567 \n")
    whole = (base / "a.journal").read_bytes()
    for kept in range(size + 1):
        (base / "a.journal").write_bytes(whole)
        journal = journal_at(base, System(fails_at=1, kept=kept))  # 0 opens the file, 1 writes
        with pytest.raises(KilledError):
            journal.append(text)
        journal.close()
        assert reopened(base) in (BEFORE, [*BEFORE, text])
        journal = journal_at(base, System())
        journal.append("after")
        journal.close()
        after = reopened(base)
        assert after[: len(BEFORE)] == BEFORE
        assert after[len(BEFORE) :] in (["after"], [text, "after"])


def run_story(folder: Path, system: Any) -> tuple[list[str], list[str] | None]:
    """Write, replace and write again; return what was acknowledged, and what was being done when it ended."""
    acknowledged: list[str] = []
    doing: list[str] | None = None
    journal = None
    try:
        journal = journal_at(folder, system)
        for text in ("a" * 30, "b" * 40):
            doing = [*acknowledged, text]
            journal.append(text)
            acknowledged = doing
        doing = acknowledged[1:]
        journal.rewrite(doing)
        acknowledged = doing
        doing = [*acknowledged, "c" * 20]
        journal.append("c" * 20)
        return doing, None
    except (KilledError, JournalError):
        return acknowledged, doing
    finally:
        if journal is not None:
            journal.close()


def story_faults(tmp_path: Path) -> list[tuple[int, int]]:
    """Return every place where the story can end: each call, and each byte of each write."""
    system = System()
    run_story(tmp_path / "whole", system)
    return [
        (number, kept)
        for number, name in enumerate(system.calls)
        for kept in (range(51) if name == "write" else [0])
    ]


@pytest.mark.parametrize(
    "error", [KilledError(), OSError(errno.ENOSPC, "full"), OSError(errno.EIO, "broken")]
)
def test_story_ended_at_every_call(tmp_path: Path, error: BaseException) -> None:
    """Ended or failing at any call, a journal holds what was acknowledged, or what was begun."""
    faults = story_faults(tmp_path)
    assert len(faults) > 150
    for number, kept in faults:
        folder = tmp_path / "story"
        shutil.rmtree(folder, ignore_errors=True)
        acknowledged, begun = run_story(folder, System(number, kept, error))
        assert reopened(folder) in (acknowledged, begun), f"call {number}, {kept} bytes"


def test_acknowledged_only_when_on_the_disk(tmp_path: Path) -> None:
    """The last call before `append` or `rewrite` returns is the one that waits for the disk."""
    system = System()
    journal = journal_at(tmp_path, system)
    journal.append("a")
    assert system.calls == ["open", "fsync", "write", "fsync"]  # the folder's entry, then the line
    system.calls.clear()
    journal.rewrite(["b"])
    assert system.calls == ["open", "write", "fsync", "replace", "fsync"]


@pytest.mark.parametrize("tail", [b"\0" * 50, b"0", b"00000001 ", b"00000000 half a li", b"\xff\xfe"])
def test_a_torn_end_is_skipped_and_closed(base: Path, tail: bytes) -> None:
    """What a power cut leaves at the end is not read, and does not spoil what is written next."""
    with open(base / "a.journal", "ab") as file:
        file.write(tail)
    assert reopened(base) == BEFORE
    journal = journal_at(base)
    journal.append("after")
    assert reopened(base) == [*BEFORE, "after"]


def test_a_damaged_line_loses_no_other(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A line that the disk has spoilt is skipped with a warning; those around it are read."""
    path = base / "a.journal"
    path.write_bytes(path.read_bytes().replace(b"two two", b"two twO", 1))
    assert reopened(base) == [BEFORE[0], BEFORE[2]]
    assert "damaged line" in caplog.text


def test_a_full_disk_leaves_the_journal_usable(base: Path) -> None:
    """When the disk is full the line is refused, taken back, and accepted once there is room."""
    system = System(fails_at=1, kept=5, error=OSError(errno.ENOSPC, "No space left on device"))
    journal = journal_at(base, system)
    with pytest.raises(JournalError, match="No space left"):
        journal.append("more")
    assert reopened(base) == BEFORE
    journal.append("more")
    assert reopened(base) == [*BEFORE, "more"]


def test_a_full_disk_keeps_no_draft(base: Path) -> None:
    """A rewrite for which there is no room leaves the old lines, and nothing that takes room."""
    system = System(fails_at=2, kept=5, error=OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(JournalError, match="No space left"):
        journal_at(base, system).rewrite(["new"])
    assert reopened(base) == BEFORE
    assert sorted(path.name for path in base.iterdir()) == ["a.journal", "a.lock"]


def test_what_cannot_be_taken_back_stops_the_journal(base: Path) -> None:
    """Where a half-written line cannot be removed, nothing more is acknowledged until a restart."""
    system = System(fails_at=1, kept=5, error=OSError(errno.EIO, "broken"))
    system.ftruncate = system.write  # fails too, as its arguments are not a write's
    journal = journal_at(base, system)

    def broken(*args: Any) -> None:
        raise OSError(errno.EIO, "broken")

    system.ftruncate = broken
    for _ in range(2):
        with pytest.raises(JournalError):
            journal.append("more")
    assert reopened(base) == BEFORE


def test_size_is_bounded(tmp_path: Path) -> None:
    """A line that would make the journal too large is refused, and the journal stays as it was."""
    journal = journal_at(tmp_path, max_bytes=100)
    journal.append("x" * 80)
    with pytest.raises(JournalFull, match="100 are allowed"):
        journal.append("y" * 80)
    assert reopened(tmp_path) == ["x" * 80]


def test_a_newline_is_refused(tmp_path: Path) -> None:
    """A text of two lines is a mistake of the caller, and stores nothing."""
    with pytest.raises(ValueError, match="newline"):
        journal_at(tmp_path).append("a\nb")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """Where the folder's place is taken by a file, the error names it."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(JournalError, match="taken"):
        journal_at(tmp_path / "taken")


WRITER = """
import sys
from pathlib import Path
from corrections.journal import Journal
journal = Journal(Path(sys.argv[1]) / "a.journal", 10**9)
for number in range(10**6):
    text = f"{sys.argv[2]}-{number}-" + "x" * 2000
    journal.append(text)
    print(text, flush=True)
"""


@pytest.mark.slow
def test_kill_9_loses_nothing_acknowledged(tmp_path: Path, root: Path) -> None:
    """A process killed again and again while it writes has lost no line that it told us of."""
    told: list[str] = []
    for turn in range(12):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(turn)],
            cwd=root,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        for _ in range(5 + 7 * turn):
            told.append(writer.stdout.readline().strip())
        writer.send_signal(signal.SIGKILL)
        told += [line.strip() for line in writer.stdout if line.endswith("\n")]
        writer.wait()
        writer.stdout.close()
    kept = reopened(tmp_path)
    assert [text for text in kept if text in set(told)] == told
    assert all(text.endswith("x" * 2000) for text in kept)


LIMITED = """
import resource, sys
from pathlib import Path
from corrections.journal import Journal, JournalError
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
journal = Journal(Path(sys.argv[1]) / "a.journal", 10**9)
for number in range(100):
    try:
        journal.append(f"{number}-" + "x" * 300)
    except JournalError as exc:
        print("refused:", exc)
        break
    print(number)
"""


def test_the_kernel_refusing_more(tmp_path: Path, root: Path) -> None:
    """When the kernel takes only a part of a line, the line is refused and none of it is read back."""
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], cwd=root, capture_output=True, text=True, check=True
    )
    *accepted, last = run.stdout.splitlines()
    assert last.startswith("refused:")
    assert [text.split("-")[0] for text in reopened(tmp_path)] == accepted


def append_many(folder: Path, name: str) -> None:
    journal = journal_at(folder)
    for number in range(100):
        journal.append(f"{name}{number}")


def test_several_processes_share_a_journal(tmp_path: Path) -> None:
    """Lines of processes that write at once all arrive, each whole."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=append_many, args=(tmp_path, name)) for name in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(reopened(tmp_path)) == sorted(f"{name}{n}" for name in "abc" for n in range(100))


def test_readers_follow_a_rewrite(base: Path) -> None:
    """Whoever has the journal open sees that another put new lines in place of all."""
    reader, writer = journal_at(base), journal_at(base)
    assert lines(reader) == BEFORE
    generation = reader.generation()
    writer.rewrite(["new"])
    assert reader.generation() != generation
    assert lines(reader) == ["new"]
    reader.append("newer")
    assert lines(writer) == ["new", "newer"]
