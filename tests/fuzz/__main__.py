"""`make fuzz`: every target, so many executions, over all processors, under one seed that is printed."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.fuzz.engine import execute
from tests.fuzz.targets import BY_NAME, run_some

EXECUTIONS = 200_000
_AT_ONCE = 500


def main() -> int:
    """Attack; 1 if something was found."""
    parser = argparse.ArgumentParser(prog="make fuzz ARGS=…", description="Attack what reads from outside.")
    parser.add_argument("targets", nargs="*", choices=[*BY_NAME, []], help="all, if none is named")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="another one each time")
    parser.add_argument("--executions", type=int, default=EXECUTIONS, help="of each target")
    parser.add_argument("--execution", type=int, help="only this one, in this process")
    chosen = parser.parse_args()
    names = chosen.targets or list(BY_NAME)
    print(f"seed {chosen.seed}", flush=True)  # noqa: T201 - what it found is its output
    if chosen.execution is not None:
        for name in names:
            execute(BY_NAME[name], chosen.seed, chosen.execution)
        return 0
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
    finds = 0
    # Started afresh: what this process has loaded, its threads above all, is not what a worker should begin with.
    context = multiprocessing.get_context("spawn")
    with bar, context.Pool(os.cpu_count()) as pool:
        for name in names:
            began = time.monotonic()
            task = bar.add_task(name, total=chosen.executions)
            work = [
                (name, chosen.seed, range(start, min(start + _AT_ONCE, chosen.executions)))
                for start in range(0, chosen.executions, _AT_ONCE)
            ]
            executed = 0
            for done, found in pool.imap_unordered(run_some, work):
                executed += done
                bar.update(task, advance=done)
                if found:
                    finds += 1
                    print(f"{name}: {found}", flush=True)  # noqa: T201
            spent = time.monotonic() - began
            print(f"{name}: {executed} executions in {spent:.0f} s", flush=True)  # noqa: T201
    print(f"seed {chosen.seed}: {finds or 'nothing'} found", flush=True)  # noqa: T201
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
