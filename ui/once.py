"""Make something costly at its first use, and only once, whoever asks."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

__all__ = ["once"]

Made = TypeVar("Made")


def once(make: Callable[[], Made]) -> Callable[[], Made]:
    """Return a function that calls ``make`` the first time and gives its result ever after.

    ``functools.cache`` lets two threads that come at the same time both do the work. What ``make`` raises
    is not kept: the next caller tries again.
    """
    lock = Lock()
    made: list[Made] = []

    def get() -> Made:
        with lock:
            if not made:
                made.append(make())
            return made[0]

    return get
