"""How often somebody may try to get in: passwords are not guessed here."""

from __future__ import annotations

import time
from collections import defaultdict, deque

# Failures within so many seconds: of one address, and of one address with one name.
WINDOW_SECONDS = 300.0
PER_ADDRESS = 30
PER_NAME = 6
# Whoever comes from ever new addresses must not fill our memory with them.
_MOST_REMEMBERED = 10_000


class Attempts:
    """Failures of the last minutes, by address and name."""

    def __init__(self) -> None:
        self._failures: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def seconds_to_wait(self, address: str, name: str) -> int:
        """How long until this address may try this name again; 0: now."""
        waits = [self._wait((address, ""), PER_ADDRESS), self._wait((address, name), PER_NAME)]
        return max(waits)

    def failed(self, address: str, name: str) -> None:
        """Remember a failure."""
        if len(self._failures) > _MOST_REMEMBERED:
            self._failures.clear()
        for key in ((address, ""), (address, name)):
            self._failures[key].append(time.monotonic())

    def succeeded(self, address: str, name: str) -> None:
        """Whoever got in has mistyped before."""
        self._failures.pop((address, name), None)

    def _wait(self, key: tuple[str, str], most: int) -> int:
        times = self._failures.get(key)
        if times is None:
            return 0
        now = time.monotonic()
        while times and times[0] < now - WINDOW_SECONDS:
            times.popleft()
        if not times:
            del self._failures[key]
        return int(times[0] + WINDOW_SECONDS - now) + 1 if len(times) >= most else 0
