"""A small fuzzer: valid examples, mutated under a seed, given to one target at a time.

Each execution has a chance of its own, made of target, seed and number, so that any one of them can be run again alone.
A target takes bytes and returns; whatever it raises is a find.
"""

from __future__ import annotations

import contextlib
import random
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.mutation import mutated

# Beside the other things that are made and not kept; .gitignore names it.
FINDS = Path(__file__).parents[2] / "build" / "fuzz"
# Nearly all inputs take milliseconds. A megabyte of rows with nothing but faults takes about 15 s, on an idle machine.
MOST_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Target:
    """What is attacked. `examples` are valid inputs; `more` are pieces of this format that break into others."""

    name: str
    examples: Sequence[bytes]
    run: Callable[[bytes], None]
    more: Sequence[bytes] = field(default=())


class Find(Exception):
    """An input that a target could not stand; the message says how to see it again."""


class TookTooLong(Exception):
    """An input kept a target busy for longer than `MOST_SECONDS` of CPU."""


def content_of(target: Target, seed: int, execution: int) -> bytes:
    """The input of one execution: each of the first ones is an example as it is, to know that those are valid."""
    if execution < len(target.examples):
        return target.examples[execution]
    chance = random.Random(f"{target.name}:{seed}:{execution}")
    return mutated(chance, target.examples, target.more)


def execute(target: Target, seed: int, execution: int) -> None:
    """Run one execution. Raises `Find`, after the input was written to a file."""
    content = content_of(target, seed, execution)
    try:
        with _limited():
            target.run(content)
    except Exception:  # noqa: BLE001 - whatever it is, it is what was looked for
        FINDS.mkdir(parents=True, exist_ok=True)
        file = FINDS / f"{target.name}-{seed}-{execution}"
        file.write_bytes(content)
        again = f'make fuzz ARGS="{target.name} --seed {seed} --execution {execution}"'
        raise Find(f"{traceback.format_exc()}\n{file} holds the input; again: {again}") from None


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """By the CPU that it takes: a machine may be busy with other things. None of the targets waits for anything."""

    def stop(_signal: int, _frame: object) -> None:
        raise TookTooLong(f"more than {MOST_SECONDS} s of CPU")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
