"""How long `make run` takes from nothing to a page, and how much disk what serving installs takes.

    python -m benchmarks.install

copies what serving needs to an empty folder, runs `make run` there, waits for the page, and weighs the
virtual environment. The first run only warms the package cache. Writes benchmarks/results/install.json.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.servers import ROOT, free_port, is_served
from deploy.files import serving_files

RESULTS = ROOT / "benchmarks" / "results" / "install.json"
ALSO_NEEDED = ("Makefile", "tools/make_venv.sh", "locks/serving.txt")
GIVE_UP_S = 600


def copy_project(folder: Path) -> None:
    """Copy what `make run` needs."""
    for path in {*serving_files(ROOT), *map(Path, ALSO_NEEDED)}:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)


def run_until_page(folder: Path) -> float:
    """Run `make run` and return the seconds until its page came.

    Raises:
        RuntimeError: it ended before it served, or served nothing within GIVE_UP_S.
    """
    port = free_port()
    started = time.perf_counter()
    with subprocess.Popen(
        ["make", "run"],
        cwd=folder,
        env=os.environ | {"GRADIO_SERVER_PORT": str(port), "DIGITS_CORRECTIONS": "off"},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            while process.poll() is None and time.perf_counter() - started < GIVE_UP_S:
                if is_served(f"http://127.0.0.1:{port}/"):
                    return time.perf_counter() - started
                time.sleep(0.1)
            raise RuntimeError(f"make run served no page; its status is {process.poll()}.")
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def disk_mb(folder: Path) -> float:
    """Return what a folder takes on the disk, as `du` counts it."""
    blocks = {(s.st_dev, s.st_ino): s.st_blocks for s in (path.lstat() for path in folder.rglob("*"))}
    return sum(blocks.values()) * 512 / 1e6


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=2, help="runs; the first one warms the cache")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()

    seconds, sizes = [], []
    for _ in range(args.repeat):
        with tempfile.TemporaryDirectory() as name:
            copy_project(Path(name))
            seconds.append(run_until_page(Path(name)))
            sizes.append(disk_mb(Path(name) / ".venv"))
            print(f"page after {seconds[-1]:6.1f} s, installed {sizes[-1]:6.0f} MB", flush=True)
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}
    results = {"machine": machine, "page_after_s": round(seconds[-1], 1), "installed_mb": round(sizes[-1])}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
