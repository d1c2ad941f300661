"""The generator of `open_loop`: `python -m bench.offer FILE RATE BEGIN` writes the lines of a file to its output.

Line n leaves RATE lines a second after BEGIN (seconds of the monotonic clock), or as soon as the pipe takes it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

# It looks at its clock so often.
_STEP_SECONDS = 0.002


def offer(file: Path, rate: int, began: float) -> None:
    """Offer everything."""
    given = 0
    with file.open("rb") as lines:
        while True:
            due = int((time.monotonic() - began) * rate) + 1
            share = [line for _, line in zip(range(due - given), lines, strict=False)]
            if due > given and not share:
                return
            given += len(share)
            sys.stdout.buffer.write(b"".join(share))
            sys.stdout.buffer.flush()
            time.sleep(_STEP_SECONDS)


if __name__ == "__main__":
    offer(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
