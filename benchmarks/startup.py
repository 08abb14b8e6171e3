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
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "startup.json"
GIVE_UP_S = 180
NOTEBOOK_APP = """
import sys
import gradio as gr
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((28, 28, 1)), tf.keras.layers.Flatten(),
    *[tf.keras.layers.Dense(n, activation="relu") for n in (1024, 512, 256, 128)],
    tf.keras.layers.Dense(10, activation="softmax")])
gr.Interface(lambda drawing: {}, gr.Sketchpad(), gr.Label(num_top_classes=3)).launch(
    server_port=int(sys.argv[sys.argv.index("--port") + 1]))
"""


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def memory_mb(pid: int) -> dict[str, float]:
    """Return the resident and the proportional memory of a process, in MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    kb = {line.split(":")[0]: int(line.split()[1]) for line in text.splitlines()[1:]}
    return {"resident_mb": kb["Rss"] / 1024, "proportional_mb": kb["Pss"] / 1024}


def start_once(command: list[str]) -> dict[str, float]:
    """Start a server and return the seconds until its page came, and its memory then."""
    port = free_port()
    env = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False"}
    started = time.perf_counter()
    server = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - started < GIVE_UP_S:
            if server.poll() is not None:
                raise RuntimeError(f"{command} ended with {server.returncode} before it served.")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                    page.read()
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.02)
            else:
                seconds = time.perf_counter() - started
                return {"seconds": seconds, **memory_mb(server.pid)}
        raise TimeoutError(f"{command} served nothing within {GIVE_UP_S} s.")
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="times each is started")
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()

    commands = {"app": [sys.executable, "app.py"]}
    if importlib.util.find_spec("tensorflow"):
        commands["notebook"] = [sys.executable, "-c", NOTEBOOK_APP]
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
