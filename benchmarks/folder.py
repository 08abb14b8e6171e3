"""How many picture files a second `python -m digits recognise` reads, and what decoding them alone allows.

    python -m benchmarks.folder

makes a folder of PNG files of 800x800 pixels (digits of MNIST's test set, written with a pen on paper, and as
layers of the pad), reads each kind with one process and with one a core, and writes
benchmarks/results/folder.json. Of several runs the quickest counts: what else the machine does only slows.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from digits.pictures import load_picture
from model.dataset import load_mnist

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "folder.json"
SIDE_PX = 800
INK = (17, 17, 17)
CHUNK = 32


def write_pictures(folder: Path, kind: str, count: int) -> list[Path]:
    """Write ``count`` PNG files and return their paths."""
    paths = []
    for number, digit in enumerate(load_mnist().x_test[:count]):
        mask = Image.fromarray(digit).resize((SIDE_PX, SIDE_PX), Image.Resampling.BICUBIC)
        mask = mask.point(lambda value: 255 * (value > 127))
        paper = Image.new("RGB", mask.size, "white") if kind == "paper" else Image.new("RGBA", mask.size)
        paper.paste(Image.new(paper.mode, mask.size, INK), mask=mask)
        paths.append(folder / f"{number:05}.png")
        paper.save(paths[-1])
    return paths


def decode(paths: Sequence[Path]) -> int:
    """Do nothing but decode."""
    for path in paths:
        load_picture(path)
    return len(paths)


def decoded_per_second(paths: Sequence[Path], processes: int) -> float:
    """Return how many files a second are decoded, once the processes have started."""
    chunks = [paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK)]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        list(pool.map(decode, chunks[: 2 * processes]))
        started = time.perf_counter()
        list(pool.map(decode, chunks))
        return len(paths) / (time.perf_counter() - started)


def command_seconds(paths: Sequence[Path], processes: int) -> float:
    """Return how long the command takes, its start included."""
    command = [sys.executable, "-m", "digits", "recognise", "--processes", str(processes), *map(str, paths)]
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def measure(kind: str, count: int, processes: int, runs: int) -> dict[str, float]:
    """Return pictures a second: decoded alone, by the whole command, and by it once it has started."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write_pictures(Path(folder), kind, count)
        few = count // 4
        whole, part = (
            min(command_seconds(some, processes) for _ in range(runs)) for some in (paths, paths[:few])
        )
        rates = {
            "command": count / whole,
            "command_started": (count - few) / (whole - part),
            "decoder_alone": max(decoded_per_second(paths, processes) for _ in range(runs)),
        }
    return {f"{name}_per_second": round(rate, 1) for name, rate in rates.items()}


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="pictures of each kind")
    parser.add_argument("--runs", type=int, default=3, help="of which the quickest counts")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()

    cores = os.cpu_count() or 1
    results: dict[str, object] = {
        "machine": {"python": platform.python_version(), "cores": cores, "load": os.getloadavg()[0]},
        "pictures": args.count,
        "runs": args.runs,
        "side_px": SIDE_PX,
    }
    print(f"{'kind':8}{'processes':>10}{'command':>10}{'started':>10}{'decoder':>10}   (pictures a second)")
    for kind in ("paper", "layer"):
        for processes in sorted({1, cores}):
            row = measure(kind, args.count, processes, args.runs)
            results[f"{kind}_{processes}"] = row
            print(f"{kind:8}{processes:10}" + "".join(f"{rate:10.0f}" for rate in row.values()), flush=True)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
