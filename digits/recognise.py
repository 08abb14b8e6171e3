"""Reading many picture files, on every core.

Decoding and preparing a picture costs far more than recognising it, so each process takes files in chunks
and does all three; the answers come back in the order of the files.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

from digits.files import FoundFile, Reading

__all__ = ["read_pictures"]

CHUNK = 32  # files that a process takes at a time: one batch of the model
ONE_PROCESS_FILES = 2 * CHUNK  # so few are read sooner than other processes have started
CHUNKS_AHEAD = 4  # per process: bounds what waits in memory


def read_pictures(
    files: Sequence[FoundFile], processes: int | None = None, number: bool = False
) -> Iterator[Reading]:
    """Yield what stands in each file, in the order given.

    Args:
        files: what to read.
        processes: how many to share the work; as many as there are cores when None.
        number: whether to read whole numbers, and not one digit in each file.

    Raises:
        OSError: the model cannot be read.
        BrokenProcessPool: a process died, or could not read the model.
    """
    processes = processes or os.cpu_count() or 1
    chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    if processes == 1 or len(files) <= ONE_PROCESS_FILES:
        for chunk in chunks:
            yield from _read(chunk, number)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _start_worker) as pool:
        waiting = iter(chunks)
        # The workers start here and inherit the mask: Ctrl-C reaches none in the middle of an import.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            running = [
                pool.submit(_read, chunk, number) for chunk in islice(waiting, processes * CHUNKS_AHEAD)
            ]
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        try:
            while running:
                yield from running.pop(0).result()
                running += [pool.submit(_read, chunk, number) for chunk in islice(waiting, 1)]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


# What reads is imported where it reads: a command whose workers do it starts them half a second sooner.
def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it at once, without a traceback
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    from digits.reading import load_model

    load_model()


def _read(files: Sequence[FoundFile], number: bool) -> list[Reading]:
    from digits.reading import read_digits, read_numbers

    return read_numbers(files) if number else read_digits(files)
