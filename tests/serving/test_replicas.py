"""Replicas behind a real nginx, in short; ``python -m benchmarks.replicas`` is the long form."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.replicas import nginx, observed, replicas

PEOPLE = 6
has_nginx = shutil.which("nginx") or Path("/usr/sbin/nginx").exists()


@pytest.mark.skipif(not has_nginx, reason="NGINX IS NOT INSTALLED: apt-get install nginx to test replicas")
def test_a_replica_dies_and_another_is_told_to_stop_and_nobody_notices(tmp_path: Path) -> None:
    """Of three, one is killed and one stopped while people draw: every question is answered."""
    with replicas(tmp_path) as started, nginx(tmp_path, [replica.port for replica in started]) as url:

        async def lose_two() -> None:
            await asyncio.sleep(1)
            started[0].kill()
            await asyncio.sleep(1)
            await asyncio.to_thread(started[1].stop)
            await asyncio.sleep(1)

        with ThreadPoolExecutor(1) as thread:  # an event loop of its own, whatever tests ran before
            seen = thread.submit(observed, url, PEOPLE, lose_two).result()
        assert started[1].process.returncode == 0
    assert seen["failures"] == []
    assert seen["answers"] >= PEOPLE
