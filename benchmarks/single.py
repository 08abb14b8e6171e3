"""How long one picture of 800x800 pixels takes on one core, from what the pad holds to the answer.

    python -m benchmarks.single

times the decoded layer of a drawing and the decoded photo of one through preprocessing and the model, and
writes benchmarks/results/single.json.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.folder import ROOT, SIDE_PX, write_pictures
from model import Recogniser
from ui.answer import answer_for

RESULTS = ROOT / "benchmarks" / "results" / "single.json"
PICTURES = 50


def values(kind: str) -> list[object]:
    """Return drawings as the pad's layers, or photos of them, as arrays."""
    with tempfile.TemporaryDirectory() as folder:
        arrays = [np.asarray(Image.open(path)) for path in write_pictures(Path(folder), kind, PICTURES)]
    if kind == "paper":
        return list(arrays)
    return [{"background": None, "layers": [array], "composite": None} for array in arrays]


def milliseconds(kind: str, recogniser: Recogniser, repeat: int) -> list[float]:
    """Return the time of each recognition, in milliseconds; the first ones, which warm up, left out."""
    times = []
    for value in values(kind) * (repeat + 1):
        started = time.perf_counter()
        answer_for(value, recogniser)
        times.append(1000 * (time.perf_counter() - started))
    return times[PICTURES:]


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=10, help="times each of the pictures is read")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core
    recogniser = Recogniser.load()
    machine = {"python": platform.python_version(), "load": os.getloadavg()[0]}
    results: dict[str, object] = {"machine": machine, "side_px": SIDE_PX}
    print(f"{'kind':8}{'median':>10}{'95 %':>10}   (milliseconds a picture)")
    for kind in ("layer", "paper"):
        times = milliseconds(kind, recogniser, args.repeat)
        row = {"median_ms": statistics.median(times), "p95_ms": statistics.quantiles(times, n=20)[-1]}
        results[kind] = {key: round(value, 2) for key, value in row.items()}
        print(f"{kind:8}" + "".join(f"{value:10.1f}" for value in row.values()), flush=True)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
