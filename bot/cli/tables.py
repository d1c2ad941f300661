"""Rows as a table for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli.headings import HEADINGS
from bot.terminal import harmless

MOST = 1_000


def table(rows: list[dict[str, Any]], *, empty: str) -> str:
    """A table as text, for people: `--json` has the names of columns and moments as they are kept.

    What nobody has is left out. Wide as it needs to be: a shell wraps, a file does not. More than `MOST` rows nobody
    reads, and to lay them out takes a millisecond each: the last ones are shown."""
    if not rows:
        return f"{empty}\n"
    if len(rows) > MOST:
        return f"{table(rows[-MOST:], empty=empty)}只列了最后 {MOST} 行；要全部的，加 --json。\n"
    columns = [name for name in rows[0] if any(row.get(name) not in (None, "", [], {}) for row in rows)]
    headings = [HEADINGS.get(name, name) for name in columns]
    shown = Table(*headings, box=None, header_style="bold", pad_edge=False, show_header=any(map(str.strip, headings)))
    for row in rows:
        # As text: a name in square brackets is no style.
        shown.add_row(*(Text(_cell(row.get(name))) for name in columns))
    console = Console(width=200, force_terminal=False, color_system=None)
    with console.capture() as captured:
        console.print(shown)
    return captured.get()


def clock(moment: str) -> str:
    """A moment as `iso` writes it, without what nobody wants to read in every row: microseconds and the zone."""
    return f"{moment[:10]} {moment[11:19]}"


def groups_named(topics: Sequence[str]) -> str:
    """Groups that have something in common, in one cell: the first few by name. What concerns no group is ""."""
    named = [topic for topic in topics if topic]
    return "、".join(named[:_NAMED]) + (f" 等 {len(named)} 个群" if len(named) > _NAMED else "")


def periods_named(periods: Iterable[str]) -> list[str]:
    """Periods in their order, each once; days that follow one another are one."""
    runs: list[list[str]] = []
    for period in sorted(set(periods)):
        if runs and _is_next(runs[-1][-1], period):
            runs[-1].append(period)
        else:
            runs.append([period])
    return [f"{run[0]} 到 {run[-1]}（{len(run)} 天）" if len(run) > 1 else run[0] for run in runs]


def _is_next(before: str, period: str) -> bool:
    if not len(before) == len(period) == _A_DAY:
        return False
    return date.fromisoformat(period) - date.fromisoformat(before) == timedelta(days=1)


_NAMED = 3
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
_A_DAY = len("2026-12-01")  # weeks and months are shorter, windows of days longer


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case list() | tuple():
            return harmless("、".join(map(str, value)))
        case dict():
            return "，".join(f"{HEADINGS.get(key, key)}={_cell(item)}" for key, item in value.items())
        case bool():
            return "是" if value else "否"
        case str() if _MOMENT.fullmatch(value):
            return clock(value)
        case _:
            return "\n".join(map(harmless, str(value).split("\n")))
