"""Pulling the plug in the practice ground: this process is gone at once, as by `kill -9`, and another takes its place.

`exec` throws away everything that is in memory: no farewell, no flush, no transaction ended. What only the simulated
WeChat knows (who was written what) is put into a file before, because the real one would not be gone either.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import msgspec

from bot.practice_talk import Kept

_VARIABLE = "PRACTICE_POWER_CUT"


class PowerCut(msgspec.Struct):
    """What outlives it: when it was, the seed of the crowd, how far the clock was ahead, and the platform's side."""

    at: datetime
    seed: int
    ahead_seconds: float
    kept: Kept


def pull_the_plug(cut: PowerCut) -> None:
    """End this process now; the same command line starts anew under the same process id."""
    handle, name = tempfile.mkstemp(prefix="zhanggui-power-", suffix=".json")
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(cut))
    os.environ[_VARIABLE] = name
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def after_power_cut() -> PowerCut | None:
    """What the process before left behind, if its plug was pulled; once."""
    name = os.environ.pop(_VARIABLE, "")
    if not name:
        return None
    path = Path(name)
    try:
        return msgspec.json.decode(path.read_bytes(), type=PowerCut)
    except (OSError, msgspec.DecodeError):
        return None
    finally:
        path.unlink(missing_ok=True)
