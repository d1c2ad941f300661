"""`memory`: what a worker with 1,000 accounts keeps in memory on a file with a million members, against 350 MB.

A process of its own runs the whole program (`bot.app`) on a copy of the large file, with transports that send
nothing. Its accounts log in, then it takes twenty thousand messages of the whole crowd; its resident set is the
greatest that the kernel saw.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.evidence import Evidence, scratch_folder
from bench.figures import Figure, Progress
from bench.large_world import GROUPS, MEMBERS, ROWS, large_world
from bench.raw_rows import copy_of

LIMIT_MEGABYTES = 350
ACCOUNTS = 1_000
MESSAGES = 20_000
_ROOT = Path(__file__).parents[1]


def measure(
    progress: Progress,
    *,
    members: int = MEMBERS,
    groups: int = GROUPS,
    rows: int = ROWS,
    accounts: int = ACCOUNTS,
    messages: int = MESSAGES,
) -> list[Figure]:
    """How many times the worker's memory fits into the limit."""
    world = large_world(progress, members, groups, rows)
    evidence = Evidence("memory")
    with scratch_folder() as folder, copy_of(world, folder.resolve() / "memory.db") as database:
        arguments = [str(database), *map(str, (members, groups, accounts, messages))]
        command = [sys.executable, "-m", "bench.memory_worker", *arguments]
        said = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout
        evidence.added("run", database, world)
    before, after, most = (int(one) / 1_000_000 for one in said.splitlines()[-1].split())
    evidence.table("resident", [{"megabytes_on_line": before, "megabytes_after": after, "megabytes_at_most": most}])
    return [
        Figure(
            name="memory",
            figure=round(LIMIT_MEGABYTES / most, 3),
            unit="times within 350 MB",
            floor=1.0,
            detail=f"{before:.0f} MB once {accounts} accounts are on line, {after:.0f} MB after {messages} messages, "
            f"{most:.0f} MB at most; {members:,} members, {groups:,} groups, {rows:,} logged rows",
        )
    ]
