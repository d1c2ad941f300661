"""The command line: `python -m bench [NAME …] [--json]`. Exit status 1 when a figure is below its floor,
or could not be measured because something is not installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bar

from bench import (
    analysis,
    dispatch,
    expand,
    inbound,
    inbound_large,
    logged,
    memory,
    open_loop,
    pace,
    pg_apply,
    pg_workers,
    recover,
    send,
    year,
)
from bench.evidence import tell
from bench.figures import Figure, NotReady, Progress, show
from bot.logs import set_up_logs

BENCHMARKS: Mapping[str, Callable[[Progress], list[Figure]]] = {
    "inbound": inbound.measure,
    "analysis": analysis.measure,
    "pg_apply": pg_apply.measure,
    "pg_workers": pg_workers.measure,
    "dispatch_vs_aiogram": dispatch.vs_aiogram,
    "dispatch_vs_ptb": dispatch.vs_ptb,
    "dispatch_vs_nonebot": dispatch.vs_nonebot,
    "expand": expand.measure,
    "send": send.measure,
    "pace": pace.measure,
    "memory": memory.measure,
    "recover": recover.measure,
    "year": year.measure,
    "inbound_large": inbound_large.measure,
    "curve": inbound_large.curve,
    "open_loop": open_loop.measure,
    "logged_vs_chatrecorder": logged.measure,
}


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Some of {', '.join(BENCHMARKS)}; none: all.")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON line a figure.")] = False,
) -> None:
    """Measure how fast the program is, as ratios to limits and peers measured in the same run."""
    set_up_logs("WARNING")  # what a year logs would stand among the figures
    # Who is started again was started before: without compiled files each start would compile everything anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    wanted = names or list(BENCHMARKS)
    if unknown := [name for name in wanted if name not in BENCHMARKS]:
        raise typer.BadParameter(f"found {', '.join(unknown)}, expected some of {', '.join(BENCHMARKS)}")
    figures: list[Figure] = []
    is_whole = True
    for name in wanted:
        with Bar(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(name)
            load = os.getloadavg()[0]
            try:
                measured = BENCHMARKS[name](
                    lambda done, total, bar=bar, task=task: bar.update(task, completed=done, total=total)  # type: ignore[misc]
                )
            except NotReady as missing:
                print(f"{name}: {missing}", file=sys.stderr)
                is_whole = False
                continue
        figures += measured
        tell(name, measured, load)
        if json:
            for figure in measured:
                print(figure.to_json(), flush=True)
    if figures and not json:
        show(Console(), figures)
    raise typer.Exit(0 if is_whole and all(figure.holds for figure in figures) else 1)


app = typer.Typer(add_completion=False)
app.command()(main)

if __name__ == "__main__":
    app()
