"""The whole program, again and again: a process that stays warm and forks `python -m bot run` for whoever asks.

Started as `python -m tests.crash.worker`. Each line on standard input is CONFIG, DATABASE and LOG with tabs between:
the bot that runs on them is a fork, which spares it the second that Python's imports take. On standard output stands
`started PID` for each, and `gone STATUS` when it has ended (of a signal: its negative number).
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from pathlib import Path

from bot.cli.places import database_url
from bot.config import load_config
from bot.program import run_program


def say(line: str) -> None:
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def run_forked(config: str, database: str, log: str, *, worker: bool = False) -> int:
    """What `python -m bot run --quiet` does, with its standard streams in a log; returns the exit status."""
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for stream, target in ((0, nothing), (1, said), (2, said)):
        os.dup2(target, stream)
    try:
        loaded = load_config(Path(config), os.environ)
        return run_program(loaded, database_url(loaded, database), quiet=True, worker=worker)
    except BaseException:  # noqa: BLE001 - a fork must not go on as its parent
        traceback.print_exc()
        return 1


def main() -> None:
    gc.freeze()
    say("warm")
    for line in sys.stdin:
        config, database, log = line.rstrip("\n").split("\t")
        if child := os.fork():
            say(f"started {child}")
            say(f"gone {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}")
        else:
            status = run_forked(config, database, log)
            sys.stderr.flush()
            os._exit(status)


if __name__ == "__main__":
    main()
