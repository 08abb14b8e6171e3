"""How many people may draw at once, and whether hours of it leave anything behind.

    python -m benchmarks.load --users 60 --seconds 60
    python -m benchmarks.load --users 60 90 120 --seconds 40 --no-notebook
    python -m benchmarks.load --soak 20

has people of benchmarks/people.py draw on this app and then, as many as were named first, on the notebook's
demo; on this machine, which also acts the people. Writes benchmarks/results/load.json and soak.json.
"""

from gevent import monkey

monkey.patch_all()  # before anything else: locust's people are greenlets

import argparse  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from locust import HttpUser  # noqa: E402
from locust.env import Environment  # noqa: E402
from locust.stats import StatsEntry  # noqa: E402

from benchmarks.people import NotebookVisitor, Visitor, drawings, pads  # noqa: E402
from benchmarks.servers import Server, idle_cores_s, served  # noqa: E402

RESULTS = Path(__file__).parent / "results"
TARGET_MS = 500  # at p95
ARRIVALS_A_S = 10  # people that come
WARM_UP_S = 15
SOAK_USERS = 6
SOAK_WARM_UP_S = 60
SAMPLE_S = 20
MB = 1_000_000
APP = [sys.executable, "app.py"]
NOTEBOOK = [sys.executable, "-m", "benchmarks.notebook_app"]


def main() -> None:
    """Measure as the command line says, and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--users", type=int, nargs="+", default=[60])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--soak", type=float, default=0, help="minutes, with few people")
    parser.add_argument("--notebook", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    drawings()  # made before anybody waits
    if arguments.notebook and not arguments.soak:
        pads()
    with tempfile.TemporaryDirectory() as folder:
        results = soak(arguments.soak, Path(folder)) if arguments.soak else load(arguments, Path(folder))
    print(json.dumps(results, indent=1))
    out = arguments.out or RESULTS / ("soak.json" if arguments.soak else "load.json")
    out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def load(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Have each number of people draw on the app, and the first of them on the notebook's demo."""
    results: dict[str, Any] = {"cores": os.cpu_count(), "app": [], "notebook": []}
    with served(APP, environment(folder)) as server:
        for users in arguments.users:
            results["app"].append(drawn(Visitor, server, users, arguments.seconds))
            print(results["app"][-1], flush=True)
    held = [row["users"] for row in results["app"] if row["p95_ms"] < TARGET_MS and not row["errors"]]
    results["users_held_at_p95_under_500_ms"] = max(held, default=0)
    if arguments.notebook:
        with served(NOTEBOOK, {"GRADIO_TEMP_DIR": str(folder / "notebook")}) as server:
            users = arguments.users[0]
            results["notebook"].append(drawn(NotebookVisitor, server, users, arguments.seconds))
    return results


def environment(folder: Path) -> dict[str, str]:
    """Return the variables that keep all the app writes within a folder."""
    return {
        "GRADIO_TEMP_DIR": str(folder / "uploads"),
        "DIGITS_CORRECTIONS": str(folder / "corrections"),
        "DIGITS_RATE": "100000/minute",  # all people here share one address
    }


def drawn(person: type[HttpUser], server: Server, users: int, seconds: float) -> dict[str, Any]:
    """Have people draw for a while, once all have come; return how long the answers took."""
    locust = Environment(user_classes=[person], host=server.url.rstrip("/"))
    runner = locust.create_local_runner()
    runner.start(users, spawn_rate=ARRIVALS_A_S)
    gevent.sleep(users / ARRIVALS_A_S + WARM_UP_S)
    locust.stats.reset_all()
    cpu_s, server_cpu_s, idle_s = sum(os.times()[:2]), server.cpu_s(), idle_cores_s()
    gevent.sleep(seconds)
    row = {
        "users": users,
        "seconds": seconds,
        **counted(locust),
        "memory_mb": round(server.memory_mb(), 1),
        "cores_taken": {
            "server": round((server.cpu_s() - server_cpu_s) / seconds, 2),
            "people": round((sum(os.times()[:2]) - cpu_s) / seconds, 2),
            "nobody": round((idle_cores_s() - idle_s) / seconds, 2),
        },
    }
    runner.quit()
    return row


def counted(locust: Environment) -> dict[str, Any]:
    """Return what locust has counted: the answers to a lifted pen, and all the rest."""
    entries = locust.stats.entries.items()
    settled = StatsEntry(locust.stats, "settled", "")
    for each in [each for (name, _), each in entries if name == "settled"]:
        settled.extend(each)
    return {
        "answers": settled.num_requests,
        "answers_a_s": round(settled.num_requests / _seconds(locust), 1),
        "median_ms": settled.median_response_time,
        "p95_ms": settled.get_response_time_percentile(0.95),
        "p99_ms": settled.get_response_time_percentile(0.99),
        "errors": locust.stats.total.num_failures,
        "error_kinds": [f"{each.name}: {each.error}"[:120] for each in locust.stats.errors.values()][:5],
        "requests": {f"{name} ({way})": each.num_requests for (name, way), each in entries},
    }


def _seconds(locust: Environment) -> float:
    total = locust.stats.total
    return max(1.0, (total.last_request_timestamp or 0) - total.start_time)


def soak(minutes: float, folder: Path) -> dict[str, Any]:
    """Have a few people draw for long; return memory and disk over time."""
    with served(APP, environment(folder)) as server:
        locust = Environment(user_classes=[Visitor], host=server.url.rstrip("/"))
        runner = locust.create_local_runner()
        runner.start(SOAK_USERS, spawn_rate=ARRIVALS_A_S)
        gevent.sleep(min(SOAK_WARM_UP_S, minutes * 30))
        samples = [sample(server, folder, 0)]
        for number in range(1, round(minutes * 60 / SAMPLE_S) + 1):
            gevent.sleep(SAMPLE_S)
            samples.append(sample(server, folder, number * SAMPLE_S))
            print(samples[-1], flush=True)
        counts = counted(locust)
        runner.quit()
    return {
        "users": SOAK_USERS,
        "minutes": minutes,
        "memory_growth_mb": round(samples[-1]["memory_mb"] - samples[0]["memory_mb"], 1),
        "temporary_growth_mb": round(samples[-1]["temporary_mb"] - samples[0]["temporary_mb"], 3),
        **counts,
        "samples": samples,
    }


def sample(server: Server, folder: Path, seconds: float) -> dict[str, float]:
    """Return the memory and the disk that are taken now."""
    return {
        "seconds": seconds,
        "memory_mb": round(server.memory_mb(), 1),
        "temporary_mb": _size_mb(folder / "uploads"),
        "corrections_mb": _size_mb(folder / "corrections"),
    }


def _size_mb(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MB, 3)


if __name__ == "__main__":
    main()
