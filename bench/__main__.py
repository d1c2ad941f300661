"""The command line: `python -m bench [NAME …] [--json]`. Exit status 1 when a figure is below its floor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bar

from bench import analysis, inbound, pg_apply, pg_workers
from bench.figures import Figure, Progress, show

BENCHMARKS: Mapping[str, Callable[[Progress], list[Figure]]] = {
    "inbound": inbound.measure,
    "analysis": analysis.measure,
    "pg_apply": pg_apply.measure,
    "pg_workers": pg_workers.measure,
}


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Some of {', '.join(BENCHMARKS)}; none: all.")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON line a figure.")] = False,
) -> None:
    """Measure how fast the program is, as ratios to limits and peers measured in the same run."""
    wanted = names or list(BENCHMARKS)
    if unknown := [name for name in wanted if name not in BENCHMARKS]:
        raise typer.BadParameter(f"found {', '.join(unknown)}, expected some of {', '.join(BENCHMARKS)}")
    figures: list[Figure] = []
    for name in wanted:
        with Bar(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(name)
            measured = BENCHMARKS[name](
                lambda done, total, bar=bar, task=task: bar.update(task, completed=done, total=total)  # type: ignore[misc]
            )
        figures += measured
        if json:
            for figure in measured:
                print(figure.to_json(), flush=True)
    if not json:
        show(Console(), figures)
    raise typer.Exit(0 if all(figure.holds for figure in figures) else 1)


if __name__ == "__main__":
    typer.run(main)
