"""Start a server in a process of its own and wait for its page; see its memory; open it in Chromium."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["CHROMIUM_ARGS", "ROOT", "Server", "free_port", "idle_cores_s", "is_served", "memory_mb", "served"]

ROOT = Path(__file__).resolve().parent.parent
GIVE_UP_S = 180
CHROMIUM_ARGS = [  # headless, as root, drawing WebGL in software
    "--no-sandbox",
    "--disable-gpu",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
]


class Server:
    """A server that answers: its URL, its process, and the seconds until its page came."""

    def __init__(self, url: str, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.url, self.process, self.seconds = url, process, seconds

    def memory_mb(self) -> float:
        """Return the resident memory of the process."""
        return memory_mb(self.process.pid)["resident_mb"]

    def cpu_s(self) -> float:
        """Return the processor time that the process has taken."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle_cores_s() -> float:
    """Return for how long cores have had nothing to do, all together, since the machine was started."""
    return float(Path("/proc/uptime").read_text("ascii").split()[1])


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


@contextmanager
def served(command: list[str], environment: dict[str, str] | None = None) -> Iterator[Server]:
    """Start a server, wait for its page, and end it.

    Args:
        command: what starts it; ``--port`` and a free port are added.
        environment: variables besides this process's own.

    Raises:
        RuntimeError: it ended before it served.
        TimeoutError: it served nothing within GIVE_UP_S.
    """
    port = free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=ROOT,
        env=os.environ | {"GRADIO_ANALYTICS_ENABLED": "False"} | (environment or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        while not is_served(url):
            if process.poll() is not None:
                raise RuntimeError(f"{command} ended with {process.returncode} before it served.")
            if time.perf_counter() - started > GIVE_UP_S:
                raise TimeoutError(f"{command} served nothing within {GIVE_UP_S} s.")
            time.sleep(0.02)
        yield Server(url, process, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait()


def is_served(url: str) -> bool:
    """Return whether the page is there."""
    try:
        with urllib.request.urlopen(url, timeout=5) as page:
            page.read()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True
