"""Pictures that the Sketchpad's page has sent and no event has asked for yet: only so many, only for a while.

Gradio keeps them in a dict for ever, and makes a list as long as the number that a stranger sends.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

__all__ = ["RecentBlobs", "checked"]

MAX_LAYERS = 8
MAX_ID_CHARS = 64
MAX_TOTAL_BYTES = 100_000_000
MAX_AGE_S = 120  # an event follows its pictures within a second


class RecentBlobs(MutableMapping[str, Any]):
    """A dict that forgets what is old, and the oldest when there is too much."""

    def __init__(self, max_bytes: int = MAX_TOTAL_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self.max_bytes, self.clock = max_bytes, clock
        self._entries: OrderedDict[str, tuple[float, int, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def __getitem__(self, key: str) -> Any:
        return self._entries[key][2]

    def __setitem__(self, key: str, value: Any) -> None:
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = (self.clock(), _size(value), value)
            while self._entries and self._is_too_much():
                self._entries.popitem(last=False)

    def __delitem__(self, key: str) -> None:
        with self._lock:
            del self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def _is_too_much(self) -> bool:
        oldest = next(iter(self._entries.values()))[0]
        total = sum(size for _, size, _ in self._entries.values())
        return total > self.max_bytes or self.clock() - oldest > MAX_AGE_S


def _size(blobs: Any) -> int:
    pictures = [blobs.background, blobs.composite, *blobs.layers]
    return 1000 + sum(len(picture) for picture in pictures if picture)


def checked(accept: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return ``ImageEditor.accept_blobs`` that refuses with a ValueError what no page sends."""

    def accept_blobs(data: Any) -> None:
        fields, files = data.data, data.files
        index = fields["index"]
        if index and index != "null" and not 0 <= int(index) < MAX_LAYERS:
            raise ValueError(f"Received layer {index[:20]}; expected fewer than {MAX_LAYERS}.")
        if len(files) != 1 or len(fields["id"]) > MAX_ID_CHARS:
            raise ValueError(f"Received {len(files)} files; expected one, and a short id.")
        accept(data)

    accept_blobs._is_server_fn = True  # type: ignore[attr-defined]  # how Gradio knows what a page may call
    return accept_blobs
