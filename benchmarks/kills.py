"""Kills the corrections' store 10,000 times and counts what it lost of what it had acknowledged.

    python -m benchmarks.kills

Each time it runs a story of additions, batches and forgetting, ends it at another call to the disk (a write
after another number of bytes; killed, the disk full, or broken), opens the store anew, and looks. Then real
processes that add corrections are killed with SIGKILL. Writes benchmarks/results/kills.json.
"""

import argparse
import errno
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from corrections import CorrectionStore
from tests.corrections.faults import KilledError, System
from tests.corrections.test_store import ids, run_story

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "kills.json"
SEED = 0
ERRORS = [KilledError(), OSError(errno.ENOSPC, "full"), OSError(errno.EIO, "broken")]
WRITER = """
import sys
from pathlib import Path
from corrections import CorrectionStore
from tests.corrections.test_store import correction
store = CorrectionStore(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), 256):
    each = correction(number, right=int(sys.argv[3]))
    store.add(each)
    print(each.id, flush=True)
"""


def fault_points(folder: Path, count: int) -> list[tuple[int, int, BaseException]]:
    """Return `count` places where the story can end, every call and error among them."""
    system = System()
    run_story(folder, system)
    rng = np.random.default_rng(SEED)
    calls = [(number, name) for number, name in enumerate(system.calls)]
    return [
        (number, int(rng.integers(0, 2600)) if name == "write" else 0, error)
        for (number, name), error in islice(
            cycle([(call, error) for call in calls for error in ERRORS]), count
        )
    ]


def kill_story(folder: Path, number: int, kept: int, error: BaseException) -> bool:
    """End the story there, and return whether the store has neither lost nor invented anything."""
    shutil.rmtree(folder, ignore_errors=True)
    acknowledged, begun = run_story(folder, System(number, kept, error))
    return ids(folder) in (acknowledged, begun)


def kill_process(folder: Path, turn: int, after: int) -> bool:
    """Kill a process that adds corrections after so many, and return whether all it told of is there."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), "0", str(turn % 10)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout
    told = [writer.stdout.readline().strip() for _ in range(after)]
    writer.send_signal(signal.SIGKILL)
    told += [line.strip() for line in writer.stdout if line.endswith("\n")]
    writer.wait()
    writer.stdout.close()
    return set(told) - {""} <= set(ids(folder))


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="stories that end")
    parser.add_argument("--processes", type=int, default=50, help="processes that are killed")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        points = fault_points(folder / "whole", args.count)
        lost = sum(not kill_story(folder / "story", *point) for point in points)
        rng = np.random.default_rng(SEED)
        killed = [
            kill_process(folder / "processes", turn, int(rng.integers(1, 40)))
            for turn in range(args.processes)
        ]
        CorrectionStore(folder / "processes").close()
    results = {
        "stories_ended": len(points),
        "calls_they_ended_at": len({number for number, _, _ in points}),
        "stories_that_lost_or_invented": lost,
        "processes_killed": len(killed),
        "processes_that_lost": killed.count(False),
    }
    for key, value in results.items():
        print(f"{key.replace('_', ' '):32}{value:8}")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
