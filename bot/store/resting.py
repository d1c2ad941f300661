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
