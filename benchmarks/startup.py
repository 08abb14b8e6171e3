"""How long the app takes to serve its page, and how much memory it then holds.

    python -m benchmarks.startup

starts it several times, beside a plain app as a notebook has it (TensorFlow imported, one Sketchpad, one
Label) where TensorFlow is installed, in turn, and writes benchmarks/results/startup.json.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import sys
from pathlib import Path

from benchmarks.servers import ROOT, memory_mb, served

RESULTS = ROOT / "benchmarks" / "results" / "startup.json"


def start_once(command: list[str]) -> dict[str, float]:
    """Start a server and return the seconds until its page came, and its memory then."""
    with served(command) as server:
        return {"seconds": server.seconds, **memory_mb(server.process.pid)}


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="times each is started")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()

    commands = {"app": [sys.executable, "app.py"]}
    if importlib.util.find_spec("tensorflow"):
        commands["notebook"] = [sys.executable, "-m", "benchmarks.notebook_app"]
    for command in commands.values():
        start_once(command)  # warms the disk's cache
    runs = [{name: start_once(commands[name]) for name in commands} for _ in range(args.repeat)]

    results = {
        name: {key: round(statistics.median(run[name][key] for run in runs), 2) for key in runs[0][name]}
        for name in commands
    }
    print(f"{'':10} {'page after':>11} {'resident':>10} {'proportional':>13}   (median of {args.repeat})")
    for name, row in results.items():
        print(
            f"{name:10} {row['seconds']:9.2f} s {row['resident_mb']:7.0f} MB"
            f" {row['proportional_mb']:10.0f} MB"
        )
    args.out.parent.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    args.out.write_text(json.dumps({"machine": machine, **results}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
