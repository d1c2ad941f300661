"""What a terminal shows: that something takes its time, and texts of others, in which there as in a log nothing may
move the cursor, begin a line or turn the reading."""

from __future__ import annotations

import contextlib
import re
import sys
import threading
from collections.abc import Iterator

# Control characters, line and paragraph separators, what changes the direction of reading, halves of characters.
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """The text on one line, with what a terminal would obey written as its code (`\\x1b`)."""
    return _HARMFUL.sub(_code, text)


def brief(text: str) -> str:
    """The text, or as much of it as a sentence may quote: in a file or a command there may stand anything."""
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED // 2]}…{text[-_QUOTED // 2 :]}"


@contextlib.contextmanager
def shown_waiting(patience: float) -> Iterator[None]:
    """While something takes longer than so many seconds, a bar on a terminal says that it is being done."""
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    waiting = threading.Thread(target=_pulse, args=(done, patience), daemon=True)
    waiting.start()
    try:
        yield
    finally:
        done.set()
        waiting.join()


def _pulse(done: threading.Event, patience: float) -> None:
    if done.wait(patience):
        return
    # most commands are done before it would have been imported
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("正在处理"), BarColumn(), TimeElapsedColumn())
    # What a command prints is gathered meanwhile, which must not pass through the bar.
    with Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False
    ) as bar:
        bar.add_task("", total=None)
        done.wait()


_QUOTED = 800


def _code(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
