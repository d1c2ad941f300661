"""The garbage collector rests while a transaction is made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No garbage collection within a batch or a claim: they make a hundred thousand values and not one cycle, for which
    Python would go through all that there is in memory again and again, a quarter of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def collector_seldom() -> Iterator[None]:
    """Garbage collection that leaves alone what is there already, the modules above all, and looks at what is new once
    in many thousand values. What the program makes lives long or dies by itself; a rehearsal of a year spent a twelfth
    of its time on looking for others."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_MANY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


_MANY = 50_000
