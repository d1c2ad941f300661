"""A peer in its own environment and process, warm from one round to the next."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import NotReady

_FOLDER = Path(__file__).parent / "peers"
PYTHON = Path(__file__).parents[1] / "build" / "peers" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a peer did with a lot of events: seconds of the clock, and of its CPU, for each of them."""

    seconds: float
    cpu: float


class Peer:
    """A script of `bench/peers` at work."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def take(self, events: int) -> Taken:
        """Have it handle so many further events. Raises `RuntimeError` if it did not handle them all."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{events}\n")
        self._process.stdin.flush()
        handled, seconds, cpu = self.answer().split()
        if int(handled) != events:
            raise RuntimeError(f"the peer handled {handled} of {events} events")
        return Taken(float(seconds) / events, float(cpu) / events)

    def answer(self) -> str:
        """The next line that it says. Raises `RuntimeError` if it has died."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("peer "):
                return line.removeprefix("peer ").strip()
        raise RuntimeError(f"the peer has ended with status {self._process.wait()}")


@contextmanager
def peer(script: str, *arguments: str) -> Iterator[Peer]:
    """Start a peer. Raises `NotReady` where the peers are not installed."""
    if not PYTHON.exists():
        raise NotReady("the peers are not installed: run `make peers`")
    command: Sequence[str] = [str(PYTHON), str(_FOLDER / f"{script}_peer.py"), *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
    ) as process:
        try:
            started = Peer(process)
            if started.answer() != "ready":
                raise RuntimeError(f"the peer {script} did not start")
            yield started
        finally:
            assert process.stdin is not None
            process.stdin.close()  # it ends when there is nothing more to read
