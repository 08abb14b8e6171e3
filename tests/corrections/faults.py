"""A disk on which any call can be the last one."""

import os
from types import SimpleNamespace
from typing import Any

__all__ = ["KilledError", "System"]


class KilledError(BaseException):
    """Stands for the end of the process: no `except Exception` or `except OSError` sees it."""


class System(SimpleNamespace):
    """The system's calls, counted; the call number `fails_at` raises `error`, a write after `kept` bytes."""

    def __init__(self, fails_at: int = -1, kept: int = 0, error: BaseException | None = None) -> None:
        self.calls: list[str] = []
        self.fails_at, self.kept, self.error = fails_at, kept, error or KilledError()
        for name in ("open", "write", "fsync", "ftruncate", "replace"):
            setattr(self, name, self._wrap(name))

    def _wrap(self, name: str) -> Any:
        def call(*args: Any) -> Any:
            self.calls.append(name)
            if len(self.calls) - 1 == self.fails_at:
                if name == "write":
                    os.write(args[0], args[1][: self.kept])
                raise self.error
            return None if name == "fsync" else getattr(os, name)(*args)

        return call
