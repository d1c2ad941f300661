"""An asyncio event loop whose time jumps: a month of sleeping takes as long as the work in between.

When nothing is ready to run, the loop's clock moves straight to the next timer. So `asyncio.sleep`,
`asyncio.timeout` and `asyncio.wait_for` mean virtual seconds, and the same program gives the same run every time.
Nothing from outside can wake such a loop: threads and sockets have no place in it.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class NothingLeft(RuntimeError):
    """The program waits for something that can never come: no task is ready and no timer is set."""


class JumpingSelector(selectors.BaseSelector):
    """A selector that never waits: it advances a virtual clock by the time it was asked to wait."""

    def __init__(self) -> None:
        self.time = 0.0
        self._keys: dict[int, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Remember the file, as the loop's own wake-up pipe must be; nothing is ever read from it."""
        descriptor = fileobj if isinstance(fileobj, int) else int(fileobj.fileno())
        key = self._keys[descriptor] = selectors.SelectorKey(fileobj, descriptor, events, data)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Forget the file. Raises `KeyError` when it was never registered."""
        return self._keys.pop(fileobj if isinstance(fileobj, int) else int(fileobj.fileno()))

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Move the clock on by `timeout` seconds. `None` means that the loop would sleep for ever: `NothingLeft`."""
        if timeout is None:
            raise NothingLeft("Nothing is left to wait for: no task is ready and no timer is set.")
        if timeout > 0:
            self.time += timeout
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """Map descriptors to what is registered."""
        return self._keys

    def close(self) -> None:
        """Forget everything."""
        self._keys.clear()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time, which begins at `start` (aware)."""

    def __init__(self, start: datetime) -> None:
        self.start = start.astimezone(UTC)
        self._jumping = JumpingSelector()
        super().__init__(self._jumping)
        # The loop takes a timer as due when it is nearer than this. The real clock's nanosecond is less than what a
        # float can tell apart after some weeks, and a timer that is due "exactly now" would be waited for for ever.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Return the virtual seconds since the start."""
        return self._jumping.time

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """Run `func` here and now: a thread could neither wake this loop nor finish at a certain virtual moment."""
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to who awaits the future
            future.set_exception(error)
        return future


class VirtualClock:
    """What time it is in a virtual loop: the truth, and what the program reads when its clock is off by `shift`."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.shift = timedelta(0)
        self._looked_at = -1.0  # the loop's time of the last look, at which mostly several look
        self._moment = loop.start

    @classmethod
    def running(cls) -> VirtualClock:
        """Return the clock of the running loop. Raises `RuntimeError` when that loop is not a virtual one."""
        loop = asyncio.get_running_loop()
        if not isinstance(loop, VirtualLoop):
            raise RuntimeError("the running event loop is not a virtual one")
        return cls(loop)

    def true_now(self) -> datetime:
        """Return the true virtual time: aware, UTC, rounded to the millisecond."""
        if (seconds := self._loop.time()) != self._looked_at:
            self._looked_at = seconds
            self._moment = self._loop.start + timedelta(milliseconds=round(seconds * 1000))
        return self._moment

    def now(self) -> datetime:
        """Return the time that the program reads: the true time and the shift (aware, UTC, milliseconds)."""
        return self.true_now() + self.shift

    async def sleep(self, seconds: float) -> None:
        """Sleep for so many virtual seconds."""
        await asyncio.sleep(seconds)

    async def sleep_until(self, moment: datetime) -> None:
        """Sleep until this true time; return at once when it has passed."""
        await asyncio.sleep(max(0.0, (moment - self._loop.start).total_seconds() - self._loop.time()))


def run_virtually(main: Coroutine[Any, Any, T], start: datetime) -> T:
    """Run `main` to its end in virtual time from `start` (aware) and return its result.

    Raises `NothingLeft` when `main` is not done and nothing can wake any task, `ValueError` for a naive start.
    """
    if start.tzinfo is None:
        raise ValueError(f"virtual time must start at an aware time, not at {start.isoformat()}")
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(start)) as runner:
        return runner.run(main)
