"""`recover`: from kill -9 with a write-ahead log of 64 MB to the first event that the program decides again, against
2 s.

A process that holds the database as the program does writes batches of `inbound` until the log is that large, and
kills itself. Then `python -m bot run` starts as it would under a supervisor, Python's own start included: it finds
that it was not stopped in good order, checks the file, recovers the log, attaches to the simulator, and the first
event that it decides is the login of its account. A reader looks for it every millisecond.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec

from bench.evidence import Evidence, scratch_folder
from bench.figures import Figure, Progress, spread
from bench.inbound import Clock
from bench.inbound_mix import BATCH_SECONDS, QUESTIONS, START, wire_batches
from bench.inbound_world import CONFIG, load_world, make_crowd, open_world
from bot.control import Holding
from bot.intake import BATCH_SIZE
from bot.store import Store
from bot.store.batch import apply
from bot.store.engine import sqlite_driver
from handlers import decide
from models.events import Message

LIMIT_SECONDS = 2.0
ROUNDS = 5
WAL_BYTES = 64 * 1024 * 1024
_MEMBERS = 10_000
_ROOT = Path(__file__).parents[1]
# A start that takes longer than this has failed.
_PATIENCE_SECONDS = 60.0


def measure(
    progress: Progress, *, wal_bytes: int = WAL_BYTES, rounds: int = ROUNDS, members: int = _MEMBERS
) -> list[Figure]:
    """How many times a recovery fits into the limit."""
    evidence = Evidence("recover")
    seconds: list[float] = []
    cpu: list[float] = []
    with scratch_folder() as folder:
        killed = folder.resolve() / "killed.db"
        arguments = [sys.executable, "-m", "bench.recover", str(killed), str(wal_bytes), str(members)]
        status = subprocess.run(arguments, cwd=_ROOT, check=False).returncode
        if status != -signal.SIGKILL:
            raise RuntimeError(f"the process that was to be killed ended with status {status}")
        size = _wal(killed).stat().st_size
        for done in range(rounds):
            progress(done, rounds)
            again = folder / f"round-{done}"
            again.mkdir()
            for file in folder.glob("killed.db*"):
                shutil.copyfile(file, again / file.name)
            before = _cpu_of_children()
            seconds.append(recovery_seconds(again / killed.name))
            cpu.append(_cpu_of_children() - before)
            if done == rounds - 1:
                evidence.database("run", again / killed.name)
            shutil.rmtree(again)
    evidence.table(
        "rounds",
        [
            {"round": nth, "log_bytes": size, "seconds": clock, "cpu_seconds": used}
            for nth, (clock, used) in enumerate(zip(seconds, cpu, strict=True), 1)
        ],
    )
    return [
        Figure(
            name="recover",
            figure=round(LIMIT_SECONDS / statistics.median(seconds), 3),
            unit="times within 2 s",
            floor=1.0,
            detail=f"seconds {spread(seconds, 2)} in {rounds} rounds, of CPU {spread(cpu, 2)}, "
            f"with a log of {size / 1_048_576:.0f} MB",
        )
    ]


def recovery_seconds(database: Path) -> float:
    """Seconds from the start of the program to its first decision."""
    command = [
        sys.executable,
        "-m",
        "bot",
        "run",
        "--quiet",
        "--config",
        str(CONFIG),
        "--db",
        f"sqlite:///{database.resolve()}",
    ]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not _has_decided(database):
                if process.poll() is not None or time.perf_counter() - began > _PATIENCE_SECONDS:
                    raise RuntimeError(f"the program decided nothing; its status: {process.returncode}")
                time.sleep(0.001)
            return time.perf_counter() - began
        finally:
            process.kill()


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _has_decided(database: Path) -> bool:
    with closing(sqlite_driver().connect(f"file:{database}?mode=ro", uri=True)) as connection:
        last = connection.execute("SELECT type FROM journal ORDER BY id DESC LIMIT 20").fetchall()
    return ("login",) in last


def _wal(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")


def write_and_die(database: Path, wal_bytes: int, members: int) -> None:
    """Write until the log is large, and be killed. Never returns."""
    crowd = make_crowd(members, members // 50, len(QUESTIONS))
    url = f"sqlite:///{database}"
    load_world(url, crowd, QUESTIONS)
    clock, decode = Clock(START), msgspec.json.Decoder(Message).decode
    with Holding(url), closing(Store(url, clock.now)) as store:
        merchants = open_world(store)
        nth = 0
        while True:
            (lines,) = wire_batches(crowd, 1, BATCH_SIZE // 4, nth=nth, seed=nth)
            nth += 1
            clock.moment += timedelta(seconds=BATCH_SECONDS)
            apply(store, merchants, [*map(decode, lines)], decide)
            if _wal(database).stat().st_size >= wal_bytes * 0.97:  # one batch more, and it would be written back
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    write_and_die(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
