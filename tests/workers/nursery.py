"""Workers, as many as are asked for: a process that stays warm and forks `python -m bot run --worker`, or `run`.

Started as `python -m tests.workers.nursery`. Each line on standard input is CONFIG, LOG and `worker` or `alone`, with
tabs between; the answer is the number of the process. Its exit status, if it comes to one, is the last line of its log.
The fork spares each worker the seconds that Python's imports take on a busy machine, and dies as any other does.
"""

from __future__ import annotations

import gc
import os
import signal
import sys

from tests.crash.worker import run_forked


def main() -> None:
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    for line in sys.stdin:
        config, log, role = line.rstrip("\n").split("\t")
        if child := os.fork():
            os.write(sys.stdout.fileno(), f"{child}\n".encode())
        else:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            status = run_forked(config, "", log, worker=role == "worker")
            sys.stderr.write(f"exit {status}\n")
            sys.stderr.flush()
            os._exit(status)


if __name__ == "__main__":
    main()
